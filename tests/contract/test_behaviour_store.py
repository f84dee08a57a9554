"""What the store of statistics promises, on SQLite and on a real PostgreSQL."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy.engine import make_url

from guard.access.behaviour.book import Book
from guard.access.behaviour.store import Row, Store
from guard.principal import Principal

NOW = 1_800_000_000.0


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.xdist_group("postgres"))])
def url(request, tmp_path):
    if request.param == "postgres":
        return make_url(request.getfixturevalue("postgres_url")).set(drivername="postgresql+psycopg")
    return make_url(f"sqlite:///{tmp_path}/behaviour.db")


def test_rows_come_back_and_the_latest_come_first(url):
    store = Store(url)
    assert store.read([b"a" * 32]) == {}
    store.write({b"a" * 32: Row(b"\x00one", 1), b"b" * 32: Row(b"two", 1)}, NOW)
    store.write({b"a" * 32: Row(b"three", 2)}, NOW + 5)

    assert store.read([b"a" * 32, b"b" * 32, b"c" * 32]) == {b"a" * 32: Row(b"three", 2), b"b" * 32: Row(b"two", 1)}
    assert list(store.latest(1)) == [b"a" * 32]
    assert store.forget(NOW + 1) == 1
    store.close()
    again = Store(url)
    assert list(again.latest(9)) == [b"a" * 32]
    again.close()


def test_many_writers_leave_whole_rows(url):
    stores = [Store(url) for _ in range(4)]
    keys = [bytes([number]) * 32 for number in range(300 // 2)]

    def write(turn):
        rng = random.Random(turn)
        rows = {key: Row(bytes([turn]) * 500, turn) for key in rng.sample(keys, 100)}
        stores[turn % 4].write(rows, NOW + turn)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(40)))
    rows = stores[0].read(keys)
    assert len(rows) == len(keys)
    assert all(row.state == bytes([row.version]) * 500 for row in rows.values())
    for store in stores:
        store.close()


def test_processes_learn_from_one_another(url):
    ann = Principal(user="ann", tenant="acme")
    books = [Book(Store(url), every=3600) for _ in range(3)]
    for number, book in enumerate(books):
        book.of(ann).turn(NOW)
        for key in range(50 * number, 50 * number + 50):
            book.of(ann).touch(key)
    for _ in range(2):
        for book in books:
            book.of(ann)
            book.flush()

    assert [round(book.of(ann).everything.get_estimate(), -1) for book in books] == [150, 150, 150]
    for book in books:
        book.close()
