"""Libraries kept quiet while they parse: their warnings may quote the text of a document."""

from __future__ import annotations

import logging
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

_LOCK = threading.RLock()


@contextmanager
def quiet(logger: str) -> Iterator[None]:
    """
    Silence Python warnings, and *logger* with everything below it, while the block runs.

    One block at a time in the process: what is silenced is shared by all threads, and two blocks that overlap would
    each restore what the other had set.  Never yield to a caller from inside.
    """
    noisy = logging.getLogger(logger)
    with _LOCK, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        before = noisy.level
        noisy.setLevel(logging.CRITICAL + 1)
        try:
            yield
        finally:
            noisy.setLevel(before)
