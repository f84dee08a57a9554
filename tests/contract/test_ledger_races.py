"""Many threads and processes at once: no cap is overrun, and checking apart from writing does overrun it."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from guard.access.ledger import Account, Charge, Retrieval

WORKER = Path(__file__).with_name("ledger_worker.py")
ANN = Account("acme", "ann")
THREADS = 32


def total(ledger, scope, user=None):
    (entry,) = [one for one in ledger.exposure() if one.scope == scope and one.user == user]
    return len(entry.cells)


def test_a_cap_holds_under_contention(ledger):
    """32 threads race for room for 100 cells, each wanting ten that nobody else wants."""

    def show(number):
        charge = Charge("f", tuple(range(number * 10, number * 10 + 10)), 100, 1000)
        reservation = ledger.reserve(ANN, [charge], request_id=f"r{number}")
        ledger.commit(reservation.id, reservation.granted)
        return len(reservation.granted["f"])

    with ThreadPoolExecutor(THREADS) as pool:
        granted = list(pool.map(show, range(THREADS)))

    assert sum(granted) == 100
    assert total(ledger, "user", "ann") == 100


def test_a_tenants_cap_holds_for_all_its_users_together(ledger):
    def show(number):
        charge = Charge("f", tuple(range(number * 10, number * 10 + 10)), 100, 105)
        reservation = ledger.reserve(Account("acme", f"user{number}"), [charge], request_id="r")
        ledger.commit(reservation.id, reservation.granted)

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(show, range(THREADS)))

    assert total(ledger, "tenant") == 105


def test_checking_apart_from_writing_overruns_the_cap(ledger):
    """The negative control: what the ledger's one step is for."""
    cap, each = 100, 10
    everybody_has_checked = threading.Barrier(THREADS)

    def check_then_write(number):
        room = cap - ledger.counts(ANN, ["f"])["f"].user
        everybody_has_checked.wait()
        if room >= each:
            charge = Charge("f", tuple(range(number * each, number * each + each)), 10**6, 10**6)
            reservation = ledger.reserve(ANN, [charge], request_id="r")
            ledger.commit(reservation.id, reservation.granted)

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(check_then_write, range(THREADS)))

    assert total(ledger, "user", "ann") == THREADS * each > cap


def test_retrieval_budgets_hold_under_contention(ledger):
    def retrieve(number):
        return ledger.retrieve(
            ANN,
            [Retrieval("busy", 7), Retrieval(f"secret{number}", None, sensitive=True)],
            distinct_cap=5,
            request_id=f"r{number}",
        )

    with ThreadPoolExecutor(THREADS) as pool:
        allowed = list(pool.map(retrieve, range(THREADS)))

    assert sum("busy" in families for families in allowed) == 7
    assert sum(len(families - {"busy"}) for families in allowed) == 5


def test_one_reservation_committed_by_many_at_once_is_charged_once(ledger):
    reservation = ledger.reserve(ANN, [Charge("f", (1, 2, 3), 3, 3)], request_id="r")

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(lambda _: ledger.commit(reservation.id, {"f": [1, 2]}), range(THREADS)))

    assert total(ledger, "user", "ann") == 2


class Writers:
    """The processes of ``ledger_worker.py``, and what they were promised."""

    def __init__(self, url, caps):
        self.caps = caps  # of a user, of a tenant
        command = [sys.executable, str(WORKER), url, *map(str, caps)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
        self.promised = {}

    def start(self, seed, rounds=10**9):
        self.process.stdin.write(f"{seed} {rounds}\n")
        return self.read_until("started")["started"]

    def ended(self):
        """Wait for a writer to end."""
        self.process.stdin.write("\n")
        return self.read_until("ended")

    def read_until(self, word):
        while True:
            entry = self.read()
            if word in entry:
                return entry

    def read(self):
        entry = json.loads(self.process.stdout.readline())
        if isinstance(entry, list):
            user, shown = entry
            for family, cells in shown.items():
                self.promised.setdefault((user, family), set()).update(cells)
        return entry

    def close(self):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(timeout=10)


@pytest.fixture
def writers(ledger_url, caps):
    writers = Writers(ledger_url, caps)
    yield writers
    writers.close()


def check(opened, writers):
    """What was promised is there, the tenant holds what its users hold, and no cap is overrun."""
    with opened() as ledger:
        entries = ledger.exposure()
    found = {(one.user, one.family): one.cells for one in entries if one.scope == "user"}
    for key, cells in writers.promised.items():
        assert cells <= found.get(key, frozenset())
    for one in entries:
        assert len(one.cells) <= writers.caps[one.scope == "tenant"]
        if one.scope == "tenant":
            assert one.cells == frozenset().union(*(cells for (_, name), cells in found.items() if name == one.family))
    return found


@pytest.mark.slow
@pytest.mark.parametrize("caps", [(30, 45)])
def test_caps_hold_between_processes(opened, writers):
    for seed in range(8):
        writers.start(seed, rounds=120)
    assert [writers.ended()["exit"] for _ in range(8)] == [0] * 8

    found = check(opened, writers)
    assert found == writers.promised
    with opened() as ledger:
        fullest = max(len(one.cells) for one in ledger.exposure() if one.scope == "tenant")
    assert fullest == writers.caps[1]  # reached, so the race was one


@pytest.mark.slow
@pytest.mark.parametrize("caps", [(300, 390)])
def test_what_was_promised_survives_kill_9(opened, writers):
    """Two writers at a time are killed in mid-work, again and again, on one database."""
    chance = random.Random(7)
    for seed in range(20):
        pids = [writers.start(2 * seed + number) for number in range(2)]
        for _ in range(chance.randint(1, 12)):
            writers.read()
        time.sleep(chance.uniform(0, 0.004))  # anywhere within a transaction
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
        assert [writers.ended()["signal"] for _ in pids] == [signal.SIGKILL] * 2
        check(opened, writers)

    assert sum(map(len, writers.promised.values())) > 100
