"""
Everything the guard raises.

* GuardError              base
  + ConfigError           settings or policy are wrong; the message names the key, what is wrong and what to do
  + RequestError          an input is malformed or too large; the message names the field (HTTP 4xx)
    + TooLarge            the answer, question or document list is over its bound (HTTP 413)
    + UnknownUser         the configuration lists its users and this one is not among them (HTTP 403)
  + GuardUnavailable      a check could not run; nothing may be shown (HTTP 503)
    + LedgerUnavailable   the ledger cannot be read or written
    + AuditUnavailable    the audit cannot be written

No message holds any part of an answer, a question or a document.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


class GuardError(Exception):
    """Base of everything the guard raises."""


class ConfigError(GuardError):
    """Settings or policy are wrong; mend the key the message names."""


class RequestError(GuardError, ValueError):
    """An input is malformed; mend the field the message names."""


class TooLarge(RequestError):
    """An input is over its bound; send less or raise the bound in the settings."""


class UnknownUser(RequestError):
    """The configuration lists its users and this one is not among them."""


class GuardUnavailable(GuardError):
    """A check could not run: nothing of the answer may be shown.  Try again, or mend what the message names."""


class LedgerUnavailable(GuardUnavailable):
    """The ledger cannot be read or written; without it no account can be kept, so nothing may be shown."""


class AuditUnavailable(GuardUnavailable):
    """The audit cannot be written; without its row no decision about text that is not public counts."""


@contextmanager
def or_unavailable(what: str) -> Iterator[None]:
    """Turn every failure that is not ours into one that says *what* could not be done, without its message."""
    try:
        yield
    except GuardError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever failed, it was not decided
        # The message of an unforeseen error may hold text, so only its type is told.
        raise GuardUnavailable(f"{what}: {type(error).__name__}") from None
