"""What only a file can suffer: a full disk, a missing or foreign file, a fork with it open."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from guard.access.ledger import Account, Charge, Retrieval, open_ledger
from guard.access.ledger import sqlite as module
from guard.errors import ConfigError, GuardError, LedgerUnavailable

ANN = Account("acme", "ann")

# From Python 3.12 on, a fork beside other threads warns; that it works here is what the tests of forks are for.
pytestmark = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")


@pytest.fixture
def path(tmp_path) -> Path:
    return tmp_path / "ledger.db"


@pytest.fixture
def ledger(path):
    with open_ledger(f"sqlite:///{path}") as ledger:
        yield ledger


def show(ledger, *cells, family="f", user=10**6):
    reservation = ledger.reserve(ANN, [Charge(family, cells, user, 10**6)], request_id="r")
    ledger.commit(reservation.id, reservation.granted)
    return reservation.granted[family]


def shown(path):
    with open_ledger(f"sqlite:///{path}") as ledger:
        return {one.family: one.cells for one in ledger.exposure() if one.scope == "user"}


# Opening.


def test_missing_directories_are_made(tmp_path):
    path = tmp_path / "a" / "b" / "ledger.db"
    with open_ledger(f"sqlite:///{path}") as ledger:
        show(ledger, 1)

    assert shown(path) == {"f": {1}}


def test_the_file_is_for_its_owner_only(ledger, path):
    show(ledger, 1)

    assert {stat.S_IMODE(file.stat().st_mode) for file in path.parent.glob("ledger.db*")} == {0o600}


def test_a_relative_path_stays_where_it_was_opened(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with open_ledger("sqlite:///ledger.db") as ledger:
        monkeypatch.chdir("/")
        ledger._store._disconnect()
        show(ledger, 1)

    assert shown(tmp_path / "ledger.db") == {"f": {1}}


def test_odd_characters_in_the_path_are_just_characters(tmp_path):
    path = tmp_path / "a?b#c%20 d" / "ledger é.db"
    path.parent.mkdir()
    module.SqliteStore(str(path), durability="process").close()

    assert path.read_bytes().startswith(b"SQLite format 3")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "ledger.db",
        "sqlite://",
        "sqlite:///",
        "sqlite:///:memory:",
        "sqlite://host/ledger.db",
        "sqlite:///ledger.db?mode=ro",
        "mysql://somebody:hunter2@db/ledger",
        "redis://localhost",
        "://",
        "sqlite+aiosqlite:///ledger.db",
    ],
)
def test_a_wrong_url_is_a_setting_to_mend(url):
    with pytest.raises(ConfigError, match=r"ledger\.url") as caught:
        open_ledger(url)

    assert "\n" not in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_a_wrong_durability_is_a_setting_to_mend(path):
    with pytest.raises(ConfigError, match=r"ledger\.durability is one of process, power"):
        open_ledger(f"sqlite:///{path}", durability="none")


@pytest.mark.parametrize(("durability", "level"), [("process", 1), ("power", 2)])
def test_durability_is_what_was_asked_for(path, durability, level):
    """1 is NORMAL: a commit stands in the log.  2 is FULL: the log stands on the disk."""
    with open_ledger(f"sqlite:///{path}", durability=durability) as ledger:
        ledger.exposure()
        connection = ledger._store._connection
        for number in range(3):
            reservation = ledger.reserve(ANN, [Charge("f", (number,), 9, 9)], request_id="r")
            assert connection.execute("PRAGMA synchronous").fetchone() == (1,)
            ledger.commit(reservation.id, reservation.granted)
            assert connection.execute("PRAGMA synchronous").fetchone() == (level,)
            ledger.retrieve(ANN, [Retrieval("f", 9)], distinct_cap=None, request_id=f"r{number}")
            assert connection.execute("PRAGMA synchronous").fetchone() == (level,)
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        ledger._store._disconnect()
        show(ledger, 5)  # and again on a new connection
        assert ledger._store._connection.execute("PRAGMA synchronous").fetchone() == (level,)


def spoil_with_text(path):
    path.write_text("this is no database, and it is longer than a header of one hundred bytes " * 3)


def spoil_with_another_program(path):
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE customers (name)")
    connection.close()


def spoil_with_another_application_id(path):
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA application_id = 17")
        connection.execute("VACUUM")
    connection.close()


def spoil_with_newer_schema(path):
    open_ledger(f"sqlite:///{path}").close()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE ledger_schema SET version = 99")
    connection.close()


def spoil_by_truncation(path):
    with open_ledger(f"sqlite:///{path}") as ledger:
        show(ledger, *range(0, 9000, 3))
    os.truncate(path, 8192)


def spoil_with_a_directory(path):
    path.mkdir()


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (spoil_with_text, "not a ledger database"),
        (spoil_with_another_program, "another program's database"),
        (spoil_with_another_application_id, "another program's database"),
        (spoil_with_newer_schema, "schema version 99"),
        (spoil_by_truncation, "damaged"),
        (spoil_with_a_directory, "cannot be written"),
    ],
)
def test_what_is_no_ledger_is_not_opened(path, spoil, message):
    spoil(path)
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(LedgerUnavailable, match=message) as caught:
        open_ledger(f"sqlite:///{path}").exposure()

    assert "\n" not in str(caught.value)
    assert before is None or path.read_bytes() == before  # and left as it was


def test_a_path_that_cannot_be_written_says_so(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(LedgerUnavailable, match=r"cannot be written at .* change ledger\.url or the rights"):
        open_ledger(f"sqlite:///{tmp_path}/file/ledger.db")
    with pytest.raises(LedgerUnavailable, match="not a path"):
        open_ledger(f"sqlite:///{tmp_path}/\0/ledger.db")


def test_many_may_open_a_new_ledger_at_once(path):
    """The switch to the write-ahead log and the creation of tables are races of their own."""
    start = threading.Barrier(12)
    done, failures = [], []

    def opening():
        start.wait()
        try:
            with open_ledger(f"sqlite:///{path}") as ledger:
                done.append(show(ledger, 1))
        except (GuardError, OSError, sqlite3.Error) as error:
            failures.append(error)

    threads = [threading.Thread(target=opening) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert len(done) == 12
    assert shown(path) == {"f": {1}}


# Running.


def every_call(ledger):
    reservation = ledger.reserve(ANN, [Charge("f", (77,), 100, 100)], request_id="r")
    return {
        "reserve": lambda: ledger.reserve(ANN, [Charge("secret family", (1,), 9, 9)], request_id="secret request"),
        "commit": lambda: ledger.commit(reservation.id, {"f": [77]}),
        "release": lambda: ledger.release(reservation.id),
        "retrieve": lambda: ledger.retrieve(ANN, [Retrieval("secret", 1)], distinct_cap=1, request_id="secret request"),
        "exposure": ledger.exposure,
        "counts": lambda: ledger.counts(ANN, ["secret family"]),
        "purge": ledger.purge,
    }


CALLS = ["reserve", "commit", "release", "retrieve", "exposure", "counts", "purge"]


@pytest.mark.parametrize("call", CALLS)
def test_a_deleted_file_is_noticed_at_once_and_not_made_anew(ledger, path, call):
    calls = every_call(ledger)
    path.unlink()
    with pytest.raises(LedgerUnavailable, match="has gone"):
        calls[call]()

    assert not path.exists()


@pytest.mark.parametrize("call", CALLS)
def test_a_replaced_file_is_noticed_at_once(ledger, path, call):
    calls = every_call(ledger)
    copy = path.with_name("copy.db")
    shutil.copy(path, copy)
    copy.replace(path)
    with pytest.raises(LedgerUnavailable, match="was replaced"):
        calls[call]()


@pytest.mark.parametrize("call", ["reserve", "commit", "release", "retrieve", "purge"])
def test_a_locked_database_is_unavailable_and_then_back(path, monkeypatch, call):
    monkeypatch.setattr(module, "BUSY_SECONDS", 0.05)
    with open_ledger(f"sqlite:///{path}") as ledger:
        calls = every_call(ledger)
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(LedgerUnavailable, match="locked by another process") as caught:
            calls[call]()
        other.execute("ROLLBACK")
        other.close()
        calls[call]()

    assert "secret" not in str(caught.value)
    assert "acme" not in str(caught.value)


def test_reading_waits_for_no_writer(ledger, path):
    show(ledger, 1)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    other.execute("DELETE FROM ledger_exposure")

    assert ledger.counts(ANN, ["f"])["f"].user == 1
    assert len(ledger.exposure()) == 2
    other.execute("ROLLBACK")
    other.close()


def test_a_thread_that_waits_too_long_for_its_turn_is_told_so(ledger, monkeypatch):
    monkeypatch.setattr(module, "BUSY_SECONDS", 0.05)
    with ledger._store.transaction(), pytest.raises(LedgerUnavailable, match="busy"):
        ledger.exposure()


def test_a_full_disk_is_unavailable_and_charges_nothing_that_was_not_promised(ledger, path):
    """SQLite's own page limit stands for the disk's: it fails the same way."""
    show(ledger, 1)
    connection = ledger._store._connection
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {pages}")
    promised = {"f": {1}}

    def fill():
        for number in range(10_000):
            family = f"family {number}"
            promised[family] = show(ledger, *range(0, 50, 3), family=family)

    with pytest.raises(LedgerUnavailable, match="the disk is full"):
        fill()
    assert len(promised) > 1
    assert shown(path) == promised
    show(ledger, 2)  # the failed connection was given up, and the new one has room
    assert shown(path) == {**promised, "f": {1, 2}}


WRITES_AS_NOBODY = """
import os, sys, json, resource, tempfile
from guard.access.ledger import Account, Charge, open_ledger
from guard.errors import LedgerUnavailable
import guard.access.ledger.sqlite
path, what = sys.argv[1:]
if what == "size":
    import signal
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
elif os.getuid() == 0:
    with tempfile.TemporaryDirectory() as warm:  # loads what could not be read afterwards
        with open_ledger(f"sqlite:///{warm}/ledger.db") as ledger:
            ledger.exposure()
    os.setgid(65534), os.setuid(65534)
promised = 0
try:
    with open_ledger(f"sqlite:///{path}") as ledger:
        if what == "size":
            size = os.path.getsize(path + "-wal") + 40_000
            resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
        while True:
            made = ledger.reserve(Account("acme", "ann"), [Charge("f", (promised,), 10**6, 10**6)], request_id="r")
            ledger.commit(made.id, made.granted)
            promised += 1
except LedgerUnavailable as error:
    print(json.dumps([promised, str(error)]))
"""


def run_elsewhere(path, what):
    done = subprocess.run(
        [sys.executable, "-c", WRITES_AS_NOBODY, str(path), what],
        check=True,
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
        timeout=60,
    )
    assert done.stderr == ""
    return json.loads(done.stdout)


def test_a_file_that_may_not_grow_is_unavailable_and_keeps_what_was_promised(path):
    """The file-size limit of the process stands for a quota or a failing disk."""
    show_before = open_ledger(f"sqlite:///{path}")
    show(show_before, 10**6)
    promised, message = run_elsewhere(path, "size")
    show_before.close()

    assert promised > 0
    assert "reading or writing it failed" in message or "the disk is full" in message
    assert shown(path) == {"f": {*range(promised), 10**6}}


@pytest.mark.parametrize("what", ["file", "directory"])
def test_what_may_not_be_written_is_unavailable(tmp_path, what):
    folder = tmp_path / "state"
    path = folder / "ledger.db"
    folder.mkdir()
    if what == "file":
        open_ledger(f"sqlite:///{path}").close()
        path.chmod(0o444)
    folder.chmod(0o555)
    try:
        reachable = all(parent.stat().st_mode & 0o005 == 0o005 for parent in folder.parents)
        if os.getuid() == 0 and not reachable:
            for parent in list(folder.parents)[:3]:  # pytest's own folders are for their owner only
                parent.chmod(parent.stat().st_mode | 0o055)
        promised, message = run_elsewhere(path, what)
    finally:
        folder.chmod(0o755)

    assert promised == 0
    assert "cannot be written" in message


def test_a_damaged_account_is_unavailable_never_empty(ledger, path):
    show(ledger, 1, 2, 3)
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE ledger_exposure SET cells = x'00ff00'")
    connection.close()
    for call in (ledger.exposure, lambda: show(ledger, 1)):
        with pytest.raises(LedgerUnavailable, match="damaged account"):
            call()


def test_a_failing_statement_shows_no_name_and_no_sql(ledger, path):
    reservation = ledger.reserve(ANN, [Charge("secret", (1,), 9, 9)], request_id="r")
    with sqlite3.connect(path) as connection:
        connection.execute("DROP TABLE ledger_hold")
    connection.close()
    with pytest.raises(LedgerUnavailable) as caught:
        ledger.commit(reservation.id, {"secret": [1]})

    assert str(caught.value) == f"the ledger at {str(path)!r} is unavailable: the database failed (OperationalError)"


# Forks.


def in_a_child(task):
    """Run *task* in a fork of this process; return how it ended."""
    pid = os.fork()
    if not pid:
        code = 1
        try:
            task()
            code = 0
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def test_both_sides_of_a_fork_use_the_same_ledger(ledger, path):
    show(ledger, 0)
    for number in range(1, 6):
        assert in_a_child(lambda number=number: show(ledger, number)) == 0
        show(ledger, 100 + number)

    assert shown(path) == {"f": {0, 1, 2, 3, 4, 5, 101, 102, 103, 104, 105}}


def test_the_child_inherits_no_open_file(ledger, path):
    show(ledger, 0)
    files = Path("/proc/self/fd")
    if not files.is_dir():
        pytest.skip("needs /proc")

    def open_here():
        return [link for link in files.iterdir() if link.is_symlink() and str(link.readlink()).startswith(str(path))]

    assert open_here()
    assert in_a_child(lambda: open_here() == [] or os._exit(3)) == 0


def test_a_fork_waits_for_the_running_transaction(ledger, path):
    """Threads write while others fork: no child finds a lock that nobody in it will ever give back."""
    stop = threading.Event()
    written = []

    def writing(number):
        while not stop.is_set():
            written.append(number)
            show(ledger, len(written))

    writers = [threading.Thread(target=writing, args=(number,)) for number in range(4)]
    for writer in writers:
        writer.start()
    codes = [in_a_child(lambda number=number: show(ledger, 10**5 + number)) for number in range(10)]
    stop.set()
    for writer in writers:
        writer.join()

    assert codes == [0] * 10
    assert {10**5 + number for number in range(10)} <= shown(path)["f"]


def test_two_threads_may_fork_at_once(ledger, path):
    def forking(first):
        for number in range(first, first + 5):
            assert in_a_child(lambda number=number: show(ledger, number)) == 0

    threads = [threading.Thread(target=forking, args=(first,)) for first in (0, 100, 200)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(shown(path)["f"]) == 15


def test_a_parent_that_closes_leaves_its_child_a_working_ledger(ledger, path):
    """The last connection of a process removes the log; a child that still writes must not lose it."""
    show(ledger, 0)
    ready, go = os.pipe()

    def late():
        show(ledger, 1)
        os.read(ready, 1)
        show(ledger, 2)

    pid = os.fork()
    if not pid:
        code = 1
        try:
            late()
            code = 0
        finally:
            os._exit(code)
    while shown(path) != {"f": {0, 1}}:
        time.sleep(0.01)
    ledger.close()
    with open_ledger(f"sqlite:///{path}") as again:
        show(again, 3)
    os.write(go, b"x")

    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    assert shown(path) == {"f": {0, 1, 2, 3}}


def test_importing_the_ledger_loads_no_database():
    code = "import sys, guard.access.ledger, guard.access.limits, guard.access.entitlements;"
    code += "print([name for name in ('sqlalchemy', 'sqlite3', 'pyroaring', 'limits') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)

    assert done.stdout == "[]\n"
