"""Statistics survive restarts, several processes, damage and a database that is away; and they stay small."""

import gc
import os
import random
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.engine import make_url

from guard.access.behaviour.book import Book
from guard.access.behaviour.campaigns import WINDOWS
from guard.access.behaviour.population import Population
from guard.access.behaviour.profile import Profile, Question, count_often, remember
from guard.access.behaviour.store import Row, Store, open_store
from guard.access.behaviour.touched import Touched
from guard.access.ledger.keys import tenant_key, user_key
from guard.principal import Principal
from tests.access.behaviour.conftest import START, Desk, open_desk, question

ANN = Principal(user="ann", tenant="acme")
DAY = 86_400


@pytest.fixture
def file(tmp_path):
    return tmp_path / "state" / "behaviour.db"


def open_book(file, **options):
    return Book(Store(make_url(f"sqlite:///{file}")), **{"every": 3600, **options})


def busy(profile, seed=1, questions=40, at=START):
    """Fill a profile as much as it holds."""
    rng = random.Random(seed)
    for number in range(questions):
        profile.turn(at + number)
        profile.recent.append(
            Question(
                at + number, rng.getrandbits(64), rng.getrandbits(32), rng.getrandbits(32), rng.getrandbits(32), False
            )
        )
        for _ in range(10):
            key = rng.getrandbits(56)
            profile.touch(key)
            profile.sensitive.add(key)
            count_often(profile.repeats, key & 0xFFFF)
        remember(profile.sessions, rng.getrandbits(32), at + number)
        remember(profile.doors, rng.getrandbits(32), at + number)
        profile.count_words(rng.randbytes(20).translate(bytes(one % 64 for one in range(256))))
        profile.questions += 1


def same(one, other):
    assert one.pack() == other.pack()


def test_what_is_packed_comes_back():
    profile = Profile(tenant="acme", user="ann")
    busy(profile)
    back = Profile.unpack(profile.pack())

    assert list(back.recent) == list(profile.recent)
    assert back.sensitive.today == pytest.approx(profile.sensitive.today, rel=0.3)
    assert back.everything.get_estimate() == profile.everything.get_estimate()
    same(back, profile)
    same(Profile.unpack(Profile().pack()), Profile())


@pytest.mark.parametrize("damage", [b"", b"x", b"\x00" * 100, None])
def test_what_is_damaged_is_refused_and_nothing_else(damage):
    packed = Profile().pack()
    for end in range(0, len(packed), 7) if damage is None else [0]:
        with pytest.raises(ValueError, match="statistics"):
            Profile.unpack(packed[:end] if damage is None else damage)


@given(st.lists(st.tuples(st.integers(-3, 40), st.integers(0, 400)), max_size=60))
def test_windows_hold_what_was_touched_in_them(steps):
    """Against a list of everything; a window reaches back by one to two of its lengths, and time never goes back."""
    touched, day, latest, days = Touched(), 20_000, 20_000, {}
    touched.turn(latest * DAY)
    for passed, key in steps:
        day = max(day + passed, 0)
        latest = max(latest, day)
        touched.turn(day * DAY + 5)
        touched.add(key)
        days.setdefault(latest, set()).add(key)
        if key % 5 == 0:
            touched = Touched.unpack(touched.pack())
    touched.turn(latest * DAY)
    for window, length in enumerate(WINDOWS):
        first = (latest // length - 1) * length
        expected = set().union(*(keys for one, keys in days.items() if one >= first))
        seen = touched.within(window)
        assert (0 if seen is None else seen.get_estimate()) == len(expected)


def test_the_same_user_in_two_processes_is_joined(file):
    one, other = open_book(file), open_book(file)
    busy(one.of(ANN), seed=1)
    busy(other.of(ANN), seed=2)
    one.flush()
    other.flush()
    one.of(ANN)
    one.flush()
    both = Profile()
    busy(both, seed=1)
    busy(both, seed=2)

    for book in (one, other):
        profile = book.of(ANN)
        assert profile.everything.get_estimate() == pytest.approx(both.everything.get_estimate(), rel=0.02)
        assert profile.sensitive.today == pytest.approx(both.sensitive.today, rel=0.3)
        assert len(profile.recent) == 32
    assert one.of(ANN).recent.text() == other.of(ANN).recent.text()
    one.close()
    other.close()


def test_merging_with_oneself_changes_nothing_but_may_round():
    profile = Profile(tenant="acme", user="ann")
    busy(profile, questions=8)
    twin = Profile.unpack(profile.pack())
    profile.merge(Profile.unpack(profile.pack()))

    assert list(profile.recent) == list(twin.recent)
    assert profile.sensitive.today == pytest.approx(twin.sensitive.today)
    assert profile.levels == twin.levels


def test_a_restart_forgets_nothing_that_was_written(file):
    book = open_book(file)
    busy(book.of(ANN))
    before = book.of(ANN).pack()
    book.close()
    again = open_book(file)

    assert again.find(Principal(user="bob", tenant="acme")) is None
    found = again.find(ANN)
    assert found is not None
    assert found.pack() == before
    assert [(one.tenant, one.user) for one in again.profiles()] == [("acme", "ann")]
    again.close()


KILLED = """
import os, sys
sys.path.insert(0, os.getcwd())
from pathlib import Path
from guard.principal import Principal
from tests.access.behaviour.test_keeping import busy, open_book
book = open_book(Path(sys.argv[1]))
busy(book.of(Principal(user="ann", tenant="acme")))
book.flush()
busy(book.of(Principal(user="bob", tenant="acme")))
os._exit(9)
"""


def test_a_killed_process_loses_what_was_not_written_and_no_more(file):
    subprocess.run([sys.executable, "-c", KILLED, str(file)], check=False, cwd=Path(__file__).parents[3], timeout=120)
    book = open_book(file)

    assert book.find(ANN) is not None
    assert book.find(Principal(user="bob", tenant="acme")) is None
    book.close()


def test_a_damaged_row_begins_anew(file, caplog):
    book = open_book(file)
    busy(book.of(ANN))
    book.close()
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE behaviour SET state = x'00'")
    connection.close()
    again = open_book(file)

    assert again.find(ANN) is None
    assert again.of(ANN).questions == 0
    again.flush()
    assert "begins anew" in caplog.text
    again.close()


def test_a_store_that_is_away_stops_nothing(tmp_path, caplog):
    blocked = tmp_path / "file"
    blocked.write_text("no folder")
    book = open_book(blocked / "behaviour.db")
    busy(book.of(ANN))

    assert book.flush() == 0
    assert book.find(ANN).questions == 40
    assert "they go on in memory" in caplog.text
    book.close()


def test_looking_leaves_no_file(file):
    book = open_book(file)
    assert book.find(ANN) is None
    book.close()
    assert not file.exists()


def test_memory_holds_so_many_users_and_the_store_the_rest(file):
    book = open_book(file, most=20)
    for number in range(100):
        book.of(Principal(user=f"u{number}", tenant="acme")).questions = number
        if number % 10 == 9:
            book.flush()
    assert len(book.profiles()) <= 40
    assert book.find(Principal(user="u3", tenant="acme")).questions == 3
    book.close()


def test_users_not_seen_for_long_are_forgotten(file):
    store = Store(make_url(f"sqlite:///{file}"))
    store.write({b"a" * 32: Row(b"old", 1)}, START - 100 * DAY)
    store.write({b"b" * 32: Row(b"new", 1)}, START)

    assert store.forget(START - 90 * DAY) == 1
    assert store.read([b"a" * 32, b"b" * 32]) == {b"b" * 32: Row(b"new", 1)}
    store.close()


def test_populations_add_up_over_processes_and_restarts(file):
    books = [open_book(file) for _ in range(3)]
    for number, book in enumerate(books):
        for user in range(30):
            for population in book.count("acme"):
                population.count_user(f"{number}-{user}")
                population.end_day(documents=10.0 * number, characters=100, novelty=0.5)
        book.flush()
    books[0].flush()
    for book in books:
        book.close()
    last = open_book(file)

    assert last.population("acme").users == pytest.approx(90, rel=0.05)
    assert last.population("acme").documents() == 20.0
    assert last.everybody().users == pytest.approx(90, rel=0.05)
    assert last.population("globex").documents() == 0.0
    last.close()


def test_a_handful_of_attackers_does_not_move_what_is_usual():
    population = Population()
    for number in range(200):
        population.end_day(documents=900.0 if number % 20 == 0 else 10.0 + number % 7, characters=5, novelty=0.1)
    assert population.documents() <= 17


def test_the_store_stands_beside_the_ledger(tmp_path):
    store = open_store(f"sqlite:///{tmp_path}/ledger.db")
    store.write({b"k" * 32: Row(b"s", 1)}, START)
    store.close()
    assert [one.name for one in tmp_path.iterdir()] == ["ledger-behaviour.db"]


def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="reads the memory of the process from /proc")
def test_an_active_user_takes_less_than_16_kilobytes():
    """Twelve questions a day with four sensitive documents each, everything else as full as it gets."""
    rng, users = random.Random(1), 200
    desk = open_desk(documents=10**6)
    fill(desk, rng, 20, "warm")
    gc.collect()
    before = resident()
    for _ in range(2):
        fill(desk, rng, users, "u")
        desk.now[0] += DAY
    gc.collect()

    assert (resident() - before) / users < 16_000
    assert max(len(one.pack()) for one in desk.behaviour.book.profiles()) < 9_000
    desk.behaviour.close()


def fill(desk: Desk, rng, users, name):
    for number in range(users):
        for _ in range(12):
            desk.now[0] += 0.5
            desk.ask(f"{name}{number}", f"{question(rng)} {rng.random()}", session=str(rng.random()))
            documents = [rng.randrange(5000) for _ in range(4)]
            desk.retrieve(f"{name}{number}", documents)
            desk.answer(f"{name}{number}", [(documents[0], rng.randrange(5000), 300)], sketch=rng.getrandbits(64))
        desk.signals.clear()


@pytest.mark.slow
def test_looking_a_user_up_does_not_slow_down_with_users(file):
    """Twenty times the users may cost twice the time at most; a tree over keys costs a level more."""
    store = Store(make_url(f"sqlite:///{file}"))
    state = Profile(tenant="acme", user="ann").pack()

    def key(number):
        return tenant_key("acme") + user_key("acme", f"u{number}")

    def fastest(users, rng):
        took = []
        for _ in range(300):
            one = key(rng.randrange(users))
            began = time.process_time()
            assert store.read([one])[one].state == state
            took.append(time.process_time() - began)
        return sorted(took)[len(took) // 4]

    rng = random.Random(1)
    store.write({key(number): Row(state, 1) for number in range(2_000)}, START)
    few = fastest(2_000, rng)
    store.write({key(number): Row(state, 1) for number in range(2_000, 40_000)}, START)
    assert fastest(40_000, rng) < 2 * few + 50e-6
    store.close()
