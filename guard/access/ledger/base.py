"""What a ledger is: its values and its promises, whatever keeps it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, Protocol, Self

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from types import TracebackType

MAX_CELL: Final = 2**32 - 1
MAX_NAME: Final = 65_536
"""Longest tenant, user, family or request id, in code points; principals and documents bound theirs far below."""
RETRY_WINDOW: Final = 600.0
"""Seconds in which a repeated retrieval with the same request id is taken for a retry and not counted again."""

LONGEST_REASON: Final = 500
"""Characters of the reason for a reset, and of the name of who decides it."""

Scope = Literal["user", "tenant"]


def checked_name(value: object, what: str) -> str:
    """
    Return *value* if it can name an account: a non-empty string that can be encoded.

    Raises:
        ValueError: It cannot; the message names *what*, never the value.
    """
    if not isinstance(value, str):
        raise ValueError(f"{what} must be a string, not {type(value).__name__}")
    if not 0 < len(value) <= MAX_NAME:
        raise ValueError(f"{what} has {len(value)} characters; 1 to {MAX_NAME} are allowed")
    try:
        value.encode("utf-8")
    except UnicodeEncodeError as error:
        raise ValueError(f"{what} holds a lone surrogate at offset {error.start}") from None
    return value


@dataclass(frozen=True, slots=True)
class Account:
    """
    Whose disclosure is counted.  Names are compared exactly; a principal's already have one spelling.

    Attributes:
        tenant: The organisation; its cap bounds all its users together.
        user: Unique in the tenant.
    """

    tenant: str
    user: str

    def __post_init__(self) -> None:
        checked_name(self.tenant, "tenant")
        checked_name(self.user, "user")


@dataclass(frozen=True, slots=True)
class Charge:
    """
    What an answer would show of one family of near-duplicate documents.

    Attributes:
        family: Names the account within the tenant: corpus and document family.
        cells: Numbers of the cells, in the order they stand in the answer; repeats are free.
        user_cap: Cells of this family the user may ever be shown.
        tenant_cap: Cells of this family all users of the tenant together may ever be shown.
    """

    family: str
    cells: tuple[int, ...]
    user_cap: int
    tenant_cap: int

    def __post_init__(self) -> None:
        checked_name(self.family, "family")
        object.__setattr__(self, "cells", tuple(self.cells))
        if self.cells and (min(self.cells) < 0 or max(self.cells) > MAX_CELL):
            raise ValueError(f"cells are numbers from 0 to {MAX_CELL}")
        if self.user_cap < 0 or self.tenant_cap < 0:
            raise ValueError("caps are numbers of cells, 0 or more")


@dataclass(frozen=True, slots=True)
class Reservation:
    """
    Room held for cells that are about to be shown.

    Attributes:
        id: For :meth:`Ledger.commit` and :meth:`Ledger.release`.
        granted: Per family of the charges, the cells that may be shown; possibly none.
    """

    id: str
    granted: Mapping[str, frozenset[int]]


@dataclass(frozen=True, slots=True)
class Retrieval:
    """
    One family about to be put into a prompt.

    Attributes:
        family: As in :class:`Charge`.
        per_day: Times this user may retrieve it in any 24 hours; None for no limit.
        sensitive: Whether it counts among the distinct sensitive documents of the user's day.
    """

    family: str
    per_day: int | None = None
    sensitive: bool = False

    def __post_init__(self) -> None:
        checked_name(self.family, "family")
        if self.per_day is not None and self.per_day < 0:
            raise ValueError("per_day is a number of retrievals, 0 or more")


@dataclass(frozen=True, slots=True)
class Count:
    """How many cells of one family have been shown to a user, and to all users of the tenant together."""

    user: int
    tenant: int


@dataclass(frozen=True, slots=True)
class Exposure:
    """
    What has been shown of one family, to one user or to one tenant.

    Attributes:
        scope: ``"user"`` or ``"tenant"``.
        user: None in the tenant's scope.
        cells: Cells shown so far; reservations are not among them.
        updated: When it last grew, in seconds since the epoch.
    """

    scope: Scope
    tenant: str
    user: str | None
    family: str
    cells: frozenset[int]
    updated: float


@dataclass(frozen=True, slots=True)
class Reset:
    """
    Budgets that were given back.

    Attributes:
        id: Of the command; its batches share it.
        at: Seconds since the epoch.
        by: Who decided it.
        reason: Why.
        tenant: Whose accounts.
        user: None where it was every user's, and the tenant's own.
        family: None where it was every family of the user.
        accounts: How many accounts were emptied.
        cells: How many cells they held together.
    """

    id: str
    at: float
    by: str
    reason: str
    tenant: str
    user: str | None
    family: str | None
    accounts: int
    cells: int


class Ledger(Protocol):
    """
    Who has been shown which cells of which document, and who retrieved what today.

    What every backend promises (``tests/contract/test_ledger.py`` checks it):

    * Atomic: whatever runs at once, in however many threads and processes, the cells committed in a scope never
      exceed the cap they were reserved under.
    * Durable: what :meth:`commit` acknowledged survives the death of the process (and of the machine, as configured).
    * Never undercharged: a crash may leave cells charged that nobody saw, never the reverse.
    * Clocks may jump: a clock that goes backwards never widens a budget.
    * Thread-safe, and safe to use on both sides of a fork.
    * Every failure of the store is :class:`guard.errors.LedgerUnavailable`; its message holds no name of an account.
    """

    def reserve(
        self, account: Account, charges: Sequence[Charge], *, request_id: str, ttl: float = 300.0
    ) -> Reservation:
        """
        Hold room for as many of the cells as both caps allow, all charges in one step.

        Cells the user was shown before are granted free, whatever the caps.  New ones are granted in the order of
        the charge while what is committed and held stays within the user's and the tenant's cap.  Charges of one
        family are taken together under the smaller of their caps.

        Args:
            account: Who asks.
            charges: What the answer would show.
            request_id: Ties reservations of one question together in the records; not a key.
            ttl: Seconds after which the room may be given to others unless committed.
        """
        ...

    def commit(self, reservation_id: str, shown: Mapping[str, Collection[int]]) -> None:
        """
        Record for good what is about to leave, and free the rest; return only when it is durable.

        Repeating it with the same cells changes nothing.  A reservation that expired is charged if there is still
        room.

        Raises:
            ValueError: *shown* holds cells that were not granted, or the reservation was committed with other cells.
            LedgerUnavailable: The reservation is unknown, was released, or expired and its room is taken: show nothing.
        """
        ...

    def release(self, reservation_id: str) -> None:
        """Free a reservation that was not committed; otherwise, or when repeated, change nothing."""
        ...

    def retrieve(
        self,
        account: Account,
        retrievals: Sequence[Retrieval],
        *,
        distinct_cap: int | None,
        request_id: str,
        payload: str = "",
    ) -> frozenset[str]:
        """
        Count the retrievals that the budgets of any 24 hours allow, in the order given, and return their families.

        A family counts once per call.  The same call again (account, request id, payload, families) within
        :data:`RETRY_WINDOW` seconds is a retry: it gets the first answer and counts nothing.  The same request id with
        anything else is counted as new.

        Args:
            account: Who asks.
            retrievals: What would go into the prompt, the most wanted first.
            distinct_cap: Different sensitive families the user may retrieve in any 24 hours; None for no limit.
            request_id: Names the request; a retry repeats it.
            payload: What the request was about (the question); only a digest is kept.
        """
        ...

    def near(self, account: Account, names: Sequence[str] = ()) -> tuple[str, ...]:
        """
        Remember that the user has just met these documents, and return all met in the last hour, the latest first.

        At most 64 are remembered.  They may be forgotten when the process dies.

        Args:
            account: Who met them.
            names: Whatever names a document, the nearest first; empty to only look.
        """
        ...

    def counts(self, account: Account, families: Collection[str]) -> Mapping[str, Count]:
        """Return how much of each of *families* has been shown, whether anything was or not."""
        ...

    def exposure(self, tenant: str | None = None, user: str | None = None) -> list[Exposure]:
        """Return what has been shown, of all or one tenant (both scopes), or of one user (the user's scope only)."""
        ...

    def reset(self, *, tenant: str, user: str | None = None, family: str | None = None, by: str, reason: str) -> Reset:
        """
        Give back what was shown to a user, of a family, or to a user of a family, and write down who wanted it and why.

        A user's reset leaves the tenant's total as it is.  A family's empties all accounts of it in the tenant, the
        tenant's own among them.  What is held and not yet committed is charged when it is committed.

        Args:
            tenant: Whose accounts.
            user: None for all users of the tenant, and the tenant itself; then *family* must be named.
            family: None for all families of the user.
            by: Who decides it.
            reason: Why; 1 to 500 characters.

        Raises:
            ValueError: Neither user nor family is named, or a text is empty or too long.
        """
        ...

    def resets(self) -> list[Reset]:
        """Return everything that was ever reset, the oldest first; nobody can change or remove any of it."""
        ...

    def close(self) -> None:
        """Give connections back; the ledger cannot be used afterwards."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
