"""Windows that several processes share, in a store of the `limits` library: Redis or Valkey."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING, Final

from guard.access.limits.windows import MovingWindows, Windows, WindowsUnavailable
from guard.errors import ConfigError

if TYPE_CHECKING:
    from limits.storage import Storage

IN_MEMORY: Final = "memory"
SCHEMES: Final = ("redis", "rediss", "redis+unix", "valkey", "valkeys", "valkey+unix")
"""Stores that count and refuse in one step, by the scheme of their URL."""
LONGEST_LIST: Final = 60
"""Seconds.  Windows up to this one keep every moment, longer ones two counters, weighted by their age."""
PATIENCE: Final = 0.5
"""Seconds to wait for the store, and to leave it alone after it did not answer."""


def open_windows(url: str) -> Windows:
    """
    Return the counts that *url* names: ``memory``, or the URL of a Redis or Valkey server.

    The server is not asked yet; one that does not answer shows with the first question.

    Raises:
        ConfigError: There is no such kind of store, its client is not installed, or the URL cannot be read.
    """
    if url == IN_MEMORY:
        return MovingWindows()
    scheme = url.partition("://")[0]
    if scheme not in SCHEMES:
        raise ConfigError(f'limits.store: must be "memory" or a URL that begins with one of {", ".join(SCHEMES)}')
    from limits.errors import ConfigurationError
    from limits.storage import Storage, storage_from_string

    try:
        # The URL may hold a password, so no message of the library is passed on.
        storage = storage_from_string(
            url, wrap_exceptions=True, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE
        )
    except ConfigurationError:
        client = "valkey" if scheme.startswith("valkey") else "redis"
        raise ConfigError(f"limits.store: {scheme} needs its client; pip install {client}") from None
    except Exception as error:  # noqa: BLE001 - whatever the client says, the URL is wrong
        raise ConfigError(f"limits.store: the URL cannot be used ({type(error).__name__})") from None
    if not isinstance(storage, Storage):
        raise ConfigError("limits.store: this kind of store cannot be used")
    return SharedWindows(storage)


class SharedWindows:
    """
    Counts in a store of the `limits` library, each step one call that counts and refuses at once.

    Args:
        storage: With moving windows and sliding window counters.
        clock: Seconds, never going backwards; for leaving a silent store alone.
    """

    def __init__(self, storage: Storage, clock: Callable[[], float] = time.monotonic) -> None:
        from limits.storage import MovingWindowSupport, SlidingWindowCounterSupport

        if not isinstance(storage, MovingWindowSupport) or not isinstance(storage, SlidingWindowCounterSupport):
            raise TypeError("the store has no moving windows")
        self._moving: MovingWindowSupport = storage
        self._sliding: SlidingWindowCounterSupport = storage
        self._clock = clock
        self._silent_until = float("-inf")

    @staticmethod
    def exclusive() -> AbstractContextManager[object]:
        """Return nothing: other processes cannot be kept out."""
        return nullcontext()

    def look(self, account: str, limit: int, seconds: int, amount: int) -> tuple[int, float]:
        """Return how much is counted now, and about how many seconds it takes until *amount* more fits."""
        with self._asking():
            if seconds <= LONGEST_LIST:
                oldest, used = self._moving.get_moving_window(account, limit, seconds)
                if used + amount <= limit:
                    return used, 0.0
                return used, max(oldest + seconds - time.time(), 0.001)
            before, expires, current, resets = self._sliding.get_sliding_window(account, seconds)
            used = int(before * expires / seconds + current)
            if used + amount <= limit:
                return used, 0.0
            # What is too much fades with the window before, and with this one once it is the one before.
            over = used + amount - limit
            fades = over * seconds / before if before else float("inf")
            if fades > expires:
                # A store may count the time that this window is kept as the one before as well.
                ends = resets - seconds if resets > seconds else resets
                fades = ends + seconds * max(0.0, 1 - max(0, limit - amount) / max(1, current))
            return used, max(fades, 0.001)

    def take(self, account: str, limit: int, seconds: int, amount: int) -> bool:
        """Count *amount* now if it fits into *limit*, else count nothing."""
        with self._asking():
            if seconds <= LONGEST_LIST:
                return self._moving.acquire_entry(account, limit, seconds, amount)
            return self._sliding.acquire_sliding_window_entry(account, limit, seconds, amount)

    @contextmanager
    def _asking(self) -> Iterator[None]:
        from limits.errors import StorageError

        if self._clock() < self._silent_until:
            raise WindowsUnavailable("the store of the limits did not answer a moment ago")
        try:
            yield
        except StorageError as error:
            self._silent_until = self._clock() + PATIENCE
            raise WindowsUnavailable(
                f"the store of the limits does not answer ({type(error.storage_error).__name__})"
            ) from None
