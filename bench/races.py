"""
The ledger under fire: many processes charge the same few accounts, and writers are killed in mid-work all the time.

    python -m bench.races [--operations 1000000] [--processes 16] [--database sqlite|postgres|both] [--url URL]

An operation is one call of ``reserve``, ``commit`` or ``release``.  Every commit that returned is written down by its
process, and looked for in the end.  Prints one JSON line per database: accounts over their cap (asked: 0), accounts
exactly at it (many, or there was no race), promises that were lost (asked: 0), processes killed.
"""

from __future__ import annotations

import argparse
import json
import mmap
import multiprocessing
import os
import random
import signal
import struct
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing.process import BaseProcess
from pathlib import Path

from bench.figures import emit
from bench.ledger import cells
from bench.servers import postgres
from guard.access.ledger import Account, Charge, open_ledger
from guard.errors import LedgerUnavailable

CAPS = (120, 200)
"""Cells of a family for a user and for a tenant."""
USERS = 6
FAMILIES = 5
EPOCH = 20_000
"""Operations after which other accounts are fought for: those before are full by then."""
KILL_EVERY = 0.4
"""Seconds between two kills."""
_STORES = ("guard.access.ledger.sqlite", "guard.access.ledger.postgres")
_COUNT = struct.Struct("<Q")


def writer(url: str, folder: str, slot: int, seed: int) -> None:
    """Charge at random until killed or told to stop; count operations in the slot, write down what was promised."""
    chance = random.Random(seed)
    with Path(folder, "counts").open("r+b") as file, mmap.mmap(file.fileno(), 0) as counts:
        log = os.open(Path(folder, f"promised-{seed}"), os.O_CREAT | os.O_WRONLY | os.O_APPEND)
        (mine,) = _COUNT.unpack_from(counts, 8 * slot)
        every = len(counts) // 8
        with open_ledger(url) as ledger:
            while not counts[-8]:
                epoch = sum(_COUNT.unpack_from(counts, 8 * other)[0] for other in range(every - 1)) // EPOCH
                account = Account("race", f"user{chance.randrange(USERS)}")
                family = f"{epoch}/{chance.randrange(FAMILIES)}"
                with suppress(LedgerUnavailable):  # waited too long for its turn: shows nothing
                    made = ledger.reserve(account, [Charge(family, cells(chance), *CAPS)], request_id="r")
                    what = chance.random()
                    if what < 0.08:
                        ledger.release(made.id)
                    elif what < 0.95:  # the others are abandoned
                        ledger.commit(made.id, made.granted)
                        shown = sorted(made.granted[family])
                        os.write(log, f"{json.dumps([account.user, family, shown])}\n".encode())
                    mine += 1 + (what < 0.95)
                    _COUNT.pack_into(counts, 8 * slot, mine)


def race(url: str, folder: Path, operations: int, processes: int) -> dict[str, object]:
    """Run so many operations, killing writers all the while, and return what became of the accounts."""
    # Nothing is open yet, so what is loaded once may be forked: a new writer starts in milliseconds.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["bench.ledger", "guard.access.ledger.sql", *_STORES])
    counts = folder / "counts"
    counts.write_bytes(bytes(8 * (processes + 1)))
    seeds = iter(range(10**9))
    logs: dict[int, Path] = {}
    workers: dict[int, BaseProcess] = {}

    def start(slot: int) -> None:
        seed = next(seeds)
        logs[slot] = folder / f"promised-{seed}"
        workers[slot] = context.Process(target=writer, args=(url, str(folder), slot, seed))
        workers[slot].start()

    with open_ledger(url):
        pass  # so that the tables are there
    chance, killed, began = random.Random(3), 0, time.perf_counter()
    for slot in range(processes):
        start(slot)
    with counts.open("r+b") as file, mmap.mmap(file.fileno(), 0) as shared:

        def done() -> int:
            return sum(_COUNT.unpack_from(shared, 8 * slot)[0] for slot in range(processes))

        while done() < operations:
            time.sleep(chance.uniform(0, 2 * KILL_EVERY))
            slot = chance.randrange(processes)
            # One that has promised nothing yet is left alone, or all would spend their time starting.
            if logs[slot].exists() and logs[slot].stat().st_size:
                os.kill(workers[slot].pid or 0, signal.SIGKILL)
                workers[slot].join()
                killed += 1
                start(slot)
        shared[-8] = 1
        total = done()
        for worker in workers.values():
            worker.join()
    took = time.perf_counter() - began
    return {
        "operations": total,
        "processes": processes,
        "killed": killed,
        "seconds": round(took),
        **outcome(url, folder),
    }


def outcome(url: str, folder: Path) -> dict[str, object]:
    """Compare the accounts with their caps and with what was promised."""
    promised: dict[tuple[str | None, str], set[int]] = {}
    commits = 0
    for log in folder.glob("promised-*"):
        for line in log.read_text().splitlines():
            user, family, shown = json.loads(line)
            promised.setdefault((user, family), set()).update(shown)
            commits += 1
    with open_ledger(url) as ledger:
        found = ledger.exposure("race")
    held = {(one.user, one.family): one.cells for one in found if one.scope == "user"}
    return {
        "commits": commits,
        "accounts": len(found),
        "at_cap": sum(len(one.cells) == CAPS[one.scope == "tenant"] for one in found),
        "over_cap": sum(len(one.cells) > CAPS[one.scope == "tenant"] for one in found),
        "lost": sum(len(shown - held.get(key, frozenset())) for key, shown in promised.items()),
    }


@contextmanager
def database(name: str, folder: Path) -> Iterator[str]:
    """Yield the URL of an empty database."""
    if name == "postgres":
        with postgres() as url:
            yield url
    else:
        yield f"sqlite:///{folder}/ledger.db"


def main() -> None:
    """Run the race on each database."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--operations", type=int, default=1_000_000)
    parser.add_argument("--processes", type=int, default=16)
    parser.add_argument("--database", choices=("sqlite", "postgres", "both"), default="both")
    parser.add_argument("--url", help="an empty database of your own instead")
    options = parser.parse_args()
    names = ("sqlite", "postgres") if options.database == "both" else (options.database,)
    for name in ("own",) if options.url else names:
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place)
            with database(name, folder) as url:
                figures = race(options.url or url, folder, options.operations, options.processes)
            emit("ledger", "writers killed in mid-work", database=name, target="over_cap 0, lost 0", **figures)


if __name__ == "__main__":
    main()
