"""Failing closed: whatever the guard did not foresee is a check that could not run, never a clean answer."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from guard.errors import GuardUnavailable, RequestError

if TYPE_CHECKING:
    from guard.doors.http.metrics import Metrics

_LOG: Final = logging.getLogger("echoguard.http")


@contextmanager
def failing_closed(metrics: Metrics) -> Iterator[None]:
    """
    Run calls of the guard.

    Raises:
        RequestError: The guard says that the input is wrong.
        GuardUnavailable: The check could not run, for whatever reason; counted and logged by the type of error alone.
    """
    try:
        yield
    except RequestError:
        raise
    except Exception as error:
        metrics.failed(error)
        _LOG.error("a check could not run: %s", type(error).__name__)
        if isinstance(error, GuardUnavailable):
            raise
        raise GuardUnavailable(f"the check failed: {type(error).__name__}") from None
