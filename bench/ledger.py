"""
The ledger: how long a charge takes, and whether any cap is overrun when many processes charge at once.

    python -m bench.ledger [--url URL] [--operations 12000] [--processes 8] [--users 1000000]

Prints one JSON line per figure.  The URL's database should be empty; without one a file in a temporary folder is used.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from pyroaring import BitMap
from sqlalchemy import create_engine, insert

from bench.figures import emit
from guard.access.ledger import Account, Charge, Ledger, Retrieval, open_ledger
from guard.access.ledger.cells import packed
from guard.access.ledger.keys import family_key, tenant_key, user_key
from guard.access.ledger.schema import EXPOSURE

CAPS = (120, 200)
"""Cells of a family for a user and for a tenant: low enough to be reached, so that the race is one."""
FAMILIES = 5
USERS = 6


def timed(step: Callable[[int], object], rounds: int) -> dict[str, float]:
    """Return milliseconds at the median and the 99th percentile, by the clock and by CPU; a tenth is warm-up."""
    wall, cpu = [], []
    for number in range(rounds + rounds // 10):
        wall_start, cpu_start = time.perf_counter(), time.thread_time()
        step(number)
        cpu.append(1e3 * (time.thread_time() - cpu_start))
        wall.append(1e3 * (time.perf_counter() - wall_start))
    cuts = {name: statistics.quantiles(took[rounds // 10 :], n=100) for name, took in (("wall", wall), ("cpu", cpu))}
    return {f"p{part}_ms_{name}": round(cuts[name][part - 1], 3) for name in cuts for part in (50, 99)}


def charge_once(ledger: Ledger, number: int, users: int = 200, tenant: str = "acme") -> None:
    """Reserve and commit 12 cells of each of two documents, as for a quote of some hundred characters."""
    charges = [
        Charge(f"handbook\x1fdoc{(7 * number + part) % 400}", tuple(range(number % 50, number % 50 + 12)), 4000, 9000)
        for part in range(2)
    ]
    made = ledger.reserve(Account(tenant, f"user{number % users}"), charges, request_id=f"r{number}")
    ledger.commit(made.id, made.granted)


def fill(url: str, users: int) -> None:
    """Write the accounts of so many users straight into the table, as charging them one after another would."""
    cells = packed(BitMap(range(10, 22)))
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    for first in range(0, users, 10_000):
        rows = [
            {
                "tenant_key": tenant_key("crowd"),
                "user_key": user_key("crowd", f"user{number}"),
                "family_key": family_key(f"handbook\x1fdoc{7 * number % 400}"),
                "tenant": "crowd",
                "user_name": f"user{number}",
                "family": f"handbook\x1fdoc{7 * number % 400}",
                "cells": cells,
                "updated": 1.8e9,
            }
            for number in range(first, min(first + 10_000, users))
        ]
        with engine.begin() as connection:
            connection.execute(insert(EXPOSURE), rows)
    engine.dispose()


def retrieve_once(ledger: Ledger, number: int) -> None:
    """Count five retrieved confidential documents."""
    wanted = [Retrieval(f"handbook\x1fdoc{(3 * number + part) % 400}", 20, sensitive=True) for part in range(5)]
    ledger.retrieve(Account("acme", f"user{number % 200}"), wanted, distinct_cap=50, request_id=f"q{number}")


def charge_at_once(url: str, seed: int, rounds: int) -> None:
    """Charge at random, as one process of many."""
    chance = random.Random(seed)
    with open_ledger(url) as ledger:
        for _ in range(rounds):
            account = Account("race", f"user{chance.randrange(USERS)}")
            family = f"family{chance.randrange(FAMILIES)}"
            made = ledger.reserve(account, [Charge(family, cells(chance), *CAPS)], request_id="r")
            if chance.random() < 0.9:  # the others are abandoned
                ledger.commit(made.id, made.granted)


def check_then_write(url: str, seed: int, rounds: int) -> None:
    """The negative control: look whether there is room, then write, in two steps."""
    chance = random.Random(seed)
    with open_ledger(url) as ledger:
        for _ in range(rounds):
            account = Account("control", f"user{chance.randrange(USERS)}")
            family = f"family{chance.randrange(FAMILIES)}"
            wanted = cells(chance)
            count = ledger.counts(account, [family])[family]
            if count.user + len(wanted) <= CAPS[0] and count.tenant + len(wanted) <= CAPS[1]:
                made = ledger.reserve(account, [Charge(family, wanted, 10**6, 10**6)], request_id="r")
                ledger.commit(made.id, made.granted)


def cells(chance: random.Random) -> tuple[int, ...]:
    """Return up to twelve cells in a row."""
    first = chance.randrange(2000)
    return tuple(range(first, first + chance.randint(1, 12)))


def at_once(task: Callable[[str, int, int], None], url: str, operations: int, processes: int) -> float:
    """Run *task* in so many processes and return the seconds that took."""
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=task, args=(url, seed, operations // processes)) for seed in range(processes)]
    start = time.perf_counter()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    failed = [worker.exitcode for worker in workers if worker.exitcode]
    if failed:
        raise SystemExit(f"{len(failed)} of {processes} processes failed")
    return time.perf_counter() - start


def overruns(url: str, tenant: str) -> dict[str, object]:
    """Count the accounts over their cap, and how far the worst is over it."""
    with open_ledger(url) as ledger:
        found = [(len(one.cells), CAPS[one.scope == "tenant"]) for one in ledger.exposure(tenant)]
    return {
        "accounts": len(found),
        "at_cap": sum(count == cap for count, cap in found),
        "over_cap": sum(count > cap for count, cap in found),
        "worst": round(max(count / cap for count, cap in found), 3),
    }


def main() -> None:
    """Run everything."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url")
    parser.add_argument("--operations", type=int, default=12_000)
    parser.add_argument("--processes", type=int, default=8)
    parser.add_argument("--users", type=int, default=1_000_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = options.url or f"sqlite:///{folder}/ledger.db"
        for durability in ("process", "power"):
            with open_ledger(url, durability=durability) as ledger:
                figures = timed(lambda number: charge_once(ledger, number), 2000)
                emit(
                    "ledger",
                    "reserve and commit, two documents",
                    durability=durability,
                    target="p50 1, p99 10",
                    **figures,
                )
        with open_ledger(url) as ledger:
            emit("ledger", "retrieve, five documents", **timed(lambda number: retrieve_once(ledger, number), 2000))
        fill(url, options.users)
        with open_ledger(url) as ledger:
            figures = timed(lambda number: charge_once(ledger, 499 * number, options.users, "crowd"), 2000)
            emit("ledger", "reserve and commit among many users", users=options.users, **figures)
        if not options.url:
            size = sum(file.stat().st_size for file in Path(folder).iterdir())
            emit("ledger", "size on disk", users=options.users, megabytes=round(size / 1e6, 1))
        took = at_once(charge_at_once, url, options.operations, options.processes)
        race = {"operations": options.operations, "processes": options.processes, "seconds": round(took, 1)}
        emit("ledger", "many processes, one step", **race, target="over_cap 0", **overruns(url, "race"))
        at_once(check_then_write, url, options.operations, options.processes)
        emit("ledger", "many processes, check and write apart", processes=options.processes, **overruns(url, "control"))


if __name__ == "__main__":
    main()
