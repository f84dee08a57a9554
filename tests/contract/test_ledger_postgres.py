"""What only a server can do: refuse, vanish, keep somebody waiting, be shared with a forked child."""

from __future__ import annotations

import os
import subprocess
import sys
import threading

import pytest

from guard.access.ledger import Account, Charge, Retrieval, open_ledger
from guard.errors import GuardError, LedgerUnavailable

pytestmark = [
    pytest.mark.xdist_group("postgres"),
    # From Python 3.12 on, a fork beside other threads warns; that it works here is what the tests of forks are for.
    pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning"),
]

ANN = Account("acme", "ann")


@pytest.fixture
def psycopg(postgres_url):
    return pytest.importorskip("psycopg")


@pytest.fixture
def ledger(postgres_url):
    with open_ledger(postgres_url) as ledger:
        yield ledger


@pytest.fixture
def other(postgres_url, psycopg):
    """A connection of somebody else to the same schema."""
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        yield connection


def show(ledger, *cells, family="f"):
    reservation = ledger.reserve(ANN, [Charge(family, cells, 10**6, 10**6)], request_id="r")
    ledger.commit(reservation.id, reservation.granted)
    return reservation.granted[family]


def shown(url):
    with open_ledger(url) as ledger:
        return {one.family: one.cells for one in ledger.exposure() if one.scope == "user"}


def test_a_server_that_is_not_there_is_unavailable_and_the_password_is_not_told(postgres_server, tmp_path):
    with pytest.raises(LedgerUnavailable, match="cannot be reached") as caught:
        open_ledger(f"postgresql://me:hunter2@/ledger?host={tmp_path}")

    assert "hunter2" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_database_that_does_not_exist_says_so(postgres_server):
    with pytest.raises(LedgerUnavailable, match=r"check .* database and user in ledger\.url"):
        open_ledger(postgres_server.replace("/postgres?", "/nowhere?"))


def test_a_user_without_rights_is_told_so(postgres_url, psycopg, other):
    other.execute("CREATE ROLE visitor LOGIN")
    try:
        with pytest.raises(LedgerUnavailable, match="user's rights"):
            open_ledger(postgres_url.replace("postgres@", "visitor@"))
    finally:
        other.execute("DROP ROLE visitor")


def test_a_newer_schema_is_not_touched(postgres_url, ledger, other):
    other.execute("UPDATE ledger_schema SET version = 99")
    with pytest.raises(LedgerUnavailable, match="schema version 99"):
        open_ledger(postgres_url)


def test_many_may_open_a_new_ledger_at_once(postgres_url):
    start = threading.Barrier(6)
    done, failures = [], []

    def opening():
        start.wait()
        try:
            with open_ledger(postgres_url) as ledger:
                done.append(show(ledger, 1))
        except GuardError as error:
            failures.append(error)

    threads = [threading.Thread(target=opening) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert len(done) == 6
    assert shown(postgres_url) == {"f": {1}}


def test_a_lock_that_nobody_gives_back_is_unavailable_and_then_back(postgres_url, ledger, other):
    show(ledger, 1)
    reservation = ledger.reserve(ANN, [Charge("f", (2,), 9, 9)], request_id="secret request")
    with ledger._store.transaction() as work:
        work._cursor.execute("SET lock_timeout = '50ms'")  # of one pooled connection, which is the next one used
    with other.transaction():
        other.execute("LOCK TABLE ledger_hold, ledger_exposure, ledger_reservation IN EXCLUSIVE MODE")
        with pytest.raises(LedgerUnavailable, match="other requests hold its locks") as caught:
            ledger.commit(reservation.id, {"f": [2]})
    ledger.commit(reservation.id, {"f": [2]})

    assert shown(postgres_url) == {"f": {1, 2}}
    assert "acme" not in str(caught.value)
    assert "secret" not in str(caught.value)


def test_a_connection_cut_in_mid_transaction_charges_nothing_and_the_next_works(postgres_url, ledger, other):
    cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND state <> 'active'"

    def cut_short():
        with ledger._store.transaction() as work:
            work._cursor.execute("CREATE TABLE half_done ()")
            other.execute(cut)
            work._cursor.execute("SELECT 1")

    with pytest.raises(LedgerUnavailable, match=r"shutting down|cannot be reached"):
        cut_short()
    other.execute(cut)  # also those that idle in the pool

    assert show(ledger, 5) == {5}
    assert other.execute("SELECT to_regclass('half_done')").fetchone() == (None,)


@pytest.mark.parametrize(("setting", "kept"), [("off", "on"), ("local", "local"), ("on", "on")])
def test_what_is_committed_is_on_the_servers_disk_whatever_its_default(postgres_url, psycopg, setting, kept):
    url = f"{postgres_url}%20-csynchronous_commit%3D{setting}"
    with open_ledger(url) as ledger:
        for durable, expected in ((True, kept), (False, "off"), (True, kept)):
            with ledger._store.transaction(durable=durable) as work:
                assert work._cursor.execute("SHOW synchronous_commit").fetchone() == (expected,)
        with ledger._store.transaction() as work:
            assert work._cursor.execute("SHOW transaction_isolation").fetchone() == ("read committed",)


def test_a_failing_statement_shows_no_name_and_no_sql(ledger, other):
    other.execute("DROP TABLE ledger_retrieval")
    with pytest.raises(LedgerUnavailable) as caught:
        ledger.retrieve(ANN, [Retrieval("secret", 1)], distinct_cap=1, request_id="r")

    assert str(caught.value).endswith("/postgres is unavailable: the database failed (UndefinedTable)")


def test_both_sides_of_a_fork_use_the_same_ledger(postgres_url, ledger):
    show(ledger, 0)
    for number in range(1, 4):
        pid = os.fork()
        if not pid:
            code = 1
            try:
                show(ledger, number)
                code = 0
            finally:
                os._exit(code)
        show(ledger, 100 + number)
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
        show(ledger, 200 + number)

    assert shown(postgres_url) == {"f": {0, 1, 2, 3, 101, 102, 103, 201, 202, 203}}


def test_a_missing_driver_is_a_setting_to_mend():
    code = """
import sys
sys.modules["psycopg"] = None
from guard.access.ledger import open_ledger
from guard.errors import ConfigError
try:
    open_ledger("postgresql://localhost/ledger")
except ConfigError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)

    assert "pip install 'echoguard[postgres]'" in done.stdout
