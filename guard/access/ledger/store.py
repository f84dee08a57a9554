"""What differs between databases: connecting, locking, and what their errors mean.  Nothing else does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractContextManager

    from sqlalchemy import Connection


class Store(Protocol):
    """
    A database that is connected and holds today's tables.

    Every failure of the driver leaves :meth:`transaction` as :class:`guard.errors.LedgerUnavailable`.
    """

    def transaction(self) -> AbstractContextManager[Connection]:
        """Open a transaction that is durable once the block ends, and undone if it raises."""
        ...

    def lock(self, connection: Connection, keys: Sequence[bytes]) -> None:
        """Wait until no other transaction holds any of *keys*, and hold them until this one ends."""
        ...

    def close(self) -> None:
        """Give connections back."""
        ...
