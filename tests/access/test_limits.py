"""How fast somebody may ask: windows that move, accounts that do not mix."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import hypothesis.strategies as st
import pytest
from hypothesis import given

from guard.access.limits import Limiter
from guard.access.windows import MovingWindows
from guard.principal import ANONYMOUS, Principal

START = 1_800_000_000.0


@dataclass(frozen=True)
class Tier:
    per_minute: int = 6
    per_day: int = 100
    tenant_per_minute: int = 1000


@pytest.fixture
def now(monkeypatch):
    """Time as the limiter and its library see it; a list, so that tests can move it."""
    clock = [START]
    monkeypatch.setattr(time, "time", lambda: clock[0])
    return clock


def user(name="ann", tenant="acme", tier="standard"):
    return Principal(user=name, tenant=tenant, tier=tier)


def admitted(limiter, principal, times, **options):
    return sum(limiter.admit(principal, **options)[0] for _ in range(times))


def test_a_minute_holds_no_more_than_the_tier_allows(now):
    limiter = Limiter({"standard": Tier()})
    count = 0
    for _ in range(12):  # a minute, five seconds at a time
        count += admitted(limiter, user(), 5)
        now[0] += 5

    assert count == 6
    now[0] += 5
    assert admitted(limiter, user(), 5) == 2


def test_a_burst_is_a_third_of_a_minute(now):
    limiter = Limiter({"standard": Tier(per_minute=9)})

    assert admitted(limiter, user(), 20) == 3
    now[0] += 10.5
    assert admitted(limiter, user(), 20) == 3


def test_windows_move_and_do_not_start_afresh(now):
    limiter = Limiter({"standard": Tier(per_minute=2)})
    now[0] = START // 60 * 60 + 59  # the last second of a calendar minute
    assert admitted(limiter, user(), 1) == 1
    now[0] += 11
    assert admitted(limiter, user(), 1) == 1
    now[0] += 11
    assert admitted(limiter, user(), 1) == 0


def test_a_day_is_bounded(now):
    limiter = Limiter({"standard": Tier(per_minute=60, per_day=50)})
    count = 0
    for _ in range(23 * 4):
        count += admitted(limiter, user(), 5)
        now[0] += 900

    assert count == 50


def test_retry_after_is_when_the_next_question_passes(now):
    limiter = Limiter({"standard": Tier()})
    assert limiter.admit(user()) == (True, 0.0)
    assert limiter.admit(user()) == (True, 0.0)
    allowed, wait = limiter.admit(user())
    assert (allowed, wait) == (False, pytest.approx(10, abs=0.1))
    now[0] += wait - 0.5
    assert limiter.admit(user())[0] is False
    now[0] += 0.6
    assert limiter.admit(user()) == (True, 0.0)


def test_a_refused_question_counts_nowhere(now):
    limiter = Limiter({"standard": Tier(per_minute=3, per_day=4)})
    assert admitted(limiter, user(), 100) == 1
    now[0] += 61

    assert admitted(limiter, user(), 1) == 1


def test_users_have_accounts_of_their_own(now):
    limiter = Limiter({"standard": Tier(per_minute=3)})

    assert [admitted(limiter, user(*names), 9) for names in (("ann",), ("bob",), ("ann", "globex"))] == [1, 1, 1]
    assert admitted(limiter, user("Ann "), 9) == 0


def test_a_slash_in_a_name_does_not_make_it_another_account(now):
    limiter = Limiter({"standard": Tier(per_minute=3)})

    assert admitted(limiter, user("c", "a/b"), 9) == 1
    assert admitted(limiter, user("b/c", "a"), 9) == 1
    assert admitted(limiter, user("b%2fc", "a"), 9) == 1


def test_a_tenant_is_bounded_however_many_users_it_has(now):
    limiter = Limiter({"standard": Tier(per_minute=60, tenant_per_minute=25)})

    assert sum(admitted(limiter, user(f"user{number}"), 2) for number in range(100)) == 25
    assert admitted(limiter, user("x", "globex"), 1) == 1


def test_people_without_identity_share_an_account_per_address(now):
    limiter = Limiter({"standard": Tier(per_minute=6)})

    assert admitted(limiter, ANONYMOUS, 9) == 2
    assert admitted(limiter, ANONYMOUS, 9, address="192.0.2.1") == 2
    assert admitted(limiter, ANONYMOUS, 9, address="192.0.2.1") == 0
    assert admitted(limiter, user("anonymous"), 9) == 2


def test_tiers_differ_and_an_unlisted_one_gets_the_tightest_of_each(now):
    tiers = {"batch": Tier(per_minute=600, per_day=50), "standard": Tier(per_minute=6, per_day=100)}
    limiter = Limiter(tiers)

    assert admitted(limiter, user("a"), 99) == 2
    assert admitted(limiter, user("b", tier="batch"), 99) == 50
    assert admitted(limiter, user("c", tier="gold"), 99) == 2


def test_cost_counts_as_so_many_questions(now):
    limiter = Limiter({"standard": Tier(per_minute=30)})

    assert limiter.admit(user(), 7)[0]
    assert not limiter.admit(user(), 4)[0]
    assert limiter.admit(user(), 3)[0]


def test_what_costs_more_than_a_limit_takes_all_of_it(now):
    limiter = Limiter({"standard": Tier(per_minute=30)})

    assert limiter.admit(user(), 10**6) == (True, 0.0)
    assert limiter.admit(user())[0] is False


@pytest.mark.parametrize("cost", [0, -1])
def test_nothing_is_free(cost):
    with pytest.raises(ValueError, match="cost"):
        Limiter({"standard": Tier()}).admit(user(), cost)


@pytest.mark.parametrize(
    "tiers", [{}, {"a": Tier(per_minute=0)}, {"a": Tier(per_day=0)}, {"a": Tier(tenant_per_minute=-1)}]
)
def test_a_tier_that_admits_nobody_is_refused(tiers):
    with pytest.raises(ValueError, match=r"tier|limit"):
        Limiter(tiers)


def test_a_clock_that_goes_back_admits_nobody_more(now):
    limiter = Limiter({"standard": Tier()})
    admitted(limiter, user(), 9)
    now[0] -= 3600

    assert admitted(limiter, user(), 9) == 0


def test_threads_share_one_account():
    limiter = Limiter({"standard": Tier(per_minute=150)})

    with ThreadPoolExecutor(32) as pool:
        allowed = list(pool.map(lambda _: limiter.admit(user())[0], range(400)))
    assert sum(allowed) == 50


def test_accounts_that_are_idle_are_forgotten(now):
    limiter = Limiter({"standard": Tier(per_minute=60, per_day=100)})
    for number in range(300):
        limiter.admit(user(f"user{number}"))
    now[0] += 2 * 86_400
    for _ in range(10):
        admitted(limiter, user("late"), 40)
        now[0] += 60

    kept = {key for accounts in limiter._window.storage._windows.values() for key in accounts}
    assert len([key for key in kept if "late" in key]) == 3
    assert len(kept) < 3 * 300 - 2 * 300


@given(st.lists(st.tuples(st.integers(-40, 40), st.integers(1, 4)), max_size=60))
def test_a_window_counts_as_a_list_of_everything_would(steps):
    """Against the obvious way; time that goes back stands still."""
    windows = MovingWindows()
    with pytest.MonkeyPatch.context() as patch:
        clock = [START]
        patch.setattr(time, "time", lambda: clock[0])
        counted = []
        for seconds, amount in steps:
            clock[0] += seconds
            moment = max([clock[0], *counted])
            recent = [one for one in counted if one > moment - 30]
            assert windows.get_moving_window("a", 9, 30) == ((recent or [clock[0]])[0], len(recent))
            allowed = windows.acquire_entry("a", 9, 30, amount)
            assert allowed == (len(recent) + amount <= 9)
            if allowed:
                counted.extend([moment] * amount)
