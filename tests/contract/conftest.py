"""Every backend of the ledger, handed to one suite."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from guard.access.ledger import Ledger, open_ledger

Opener = Callable[..., Ledger]


class Clock:
    """A clock that goes where it is told."""

    def __init__(self, now: float = 1_800_000_000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=["sqlite"])
def ledger_url(request, tmp_path) -> str:
    """A database of its own for each test, empty."""
    return f"sqlite:///{tmp_path}/state/ledger.db"


@pytest.fixture
def opened(ledger_url) -> Iterator[Opener]:
    """Open the test's database as often as wanted; closed at the end."""
    ledgers: list[Ledger] = []

    def opener(**options) -> Ledger:
        ledgers.append(open_ledger(ledger_url, **options))
        return ledgers[-1]

    yield opener
    for ledger in ledgers:
        ledger.close()


@pytest.fixture
def ledger(opened, clock) -> Ledger:
    return opened(clock=clock)
