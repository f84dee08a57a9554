"""
Processes that work on a ledger, for the tests of races and of sudden death.

    ledger_worker.py URL USER_CAP TENANT_CAP

Each line on the input starts a writer: ``SEED ROUNDS``.  An empty line waits for a writer to end.  The output is JSON
lines: ``{"started": pid}``, ``{"ended": pid, "signal": n, "exit": n}``, and for every commit that returned
``[user, {family: cells}]``: that is what the writer was promised.
"""

from __future__ import annotations

import importlib
import json
import os
import random
import sys

from guard.access.ledger import Account, Charge, open_ledger

FAMILIES = ("f", "g", "h")
USERS = ("ann", "bob", "cleo")
CELLS = 400


def tell(what: object) -> None:
    """Write one line in one piece: writers share the pipe."""
    os.write(1, f"{json.dumps(what)}\n".encode())


def work(url: str, seed: int, rounds: int, caps: tuple[int, int]) -> None:
    chance = random.Random(seed)
    with open_ledger(url) as ledger:
        for _ in range(rounds):
            account = Account("acme", chance.choice(USERS))
            charges = [
                Charge(family, tuple(chance.sample(range(CELLS), chance.randint(1, 12))), *caps)
                for family in chance.sample(FAMILIES, chance.randint(1, 3))
            ]
            reservation = ledger.reserve(account, charges, request_id="r")
            what = chance.random()
            if what < 0.15:
                ledger.release(reservation.id)
            elif what < 0.9:
                most = chance.randint(1, 12)
                shown = {family: sorted(cells)[:most] for family, cells in reservation.granted.items()}
                ledger.commit(reservation.id, shown)
                tell([account.user, shown])
            # else abandoned: nobody ever commits or releases it


def main(url: str, user_cap: str, tenant_cap: str) -> None:
    # Loaded before the fork, so that a writer starts at once.
    importlib.import_module(f"guard.access.ledger.{'sqlite' if url.startswith('sqlite') else 'postgres'}")
    importlib.import_module("guard.access.ledger.sql")
    for line in sys.stdin:
        if not line.strip():
            pid, status = os.wait()
            died = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
            tell({"ended": pid, "signal": died, "exit": os.WEXITSTATUS(status) if not died else None})
            continue
        seed, rounds = map(int, line.split())
        pid = os.fork()
        if pid:
            tell({"started": pid})
            continue
        code = 1
        try:
            work(url, seed, rounds, (int(user_cap), int(tenant_cap)))
            code = 0
        finally:
            os._exit(code)


if __name__ == "__main__":
    main(*sys.argv[1:])
