"""From settings to everything an operator works with."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from guard.access.incidents.book import Book
from guard.access.incidents.containment import Containments
from guard.access.incidents.outbox import Outbox
from guard.access.incidents.schema import migrate
from guard.access.ledger.opening import open_store

if TYPE_CHECKING:
    from types import TracebackType

    from guard.access.ledger.store import Store
    from guard.settings import LedgerSetting


@dataclass(frozen=True, slots=True)
class Desk:
    """
    Incidents and containment of one installation.

    Attributes:
        book: The incidents.
        containments: Who and what is held.
        outbox: What is still to be told.
        store: The database of all.
    """

    book: Book
    containments: Containments
    outbox: Outbox
    store: Store

    def close(self) -> None:
        """Give connections back."""
        self.store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_desk(setting: LedgerSetting, *, clock: Callable[[], float] = time.time) -> Desk:
    """
    Open incidents and containment in the ledger's database.

    Raises:
        ConfigError: The URL is wrong.
        LedgerUnavailable: The database cannot be opened.
    """
    store = open_store(setting.url, durability=setting.durability, tables=migrate)
    try:
        return Desk(Book(store, clock=clock), Containments(store, clock=clock), Outbox(store, clock=clock), store)
    except BaseException:
        store.close()
        raise
