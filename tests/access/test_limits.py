"""How fast somebody may ask: windows that move, accounts that do not mix."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import hypothesis.strategies as st
import pytest
from hypothesis import given

from corpora.document import DocumentRef
from guard.access.limits import Limiter, Metering
from guard.access.limits.windows import EXACT, MovingWindows
from guard.prices import Prices
from guard.principal import ANONYMOUS, Principal
from guard.request import Call
from guard.rights import Right
from guard.verdict import Reason
from guard.watch.events import Judged, Retrieved

START = 1_800_000_000.0


@dataclass(frozen=True)
class Tier:
    per_minute: int = 6
    per_day: int = 100
    tenant_per_minute: int = 1000
    key_per_minute: int = 1000
    address_per_minute: int = 1000


@pytest.fixture
def now(monkeypatch):
    """Time as the limiter and its library see it; a list, so that tests can move it."""
    clock = [START]
    monkeypatch.setattr(time, "time", lambda: clock[0])
    return clock


def user(name="ann", tenant="acme", tier="standard"):
    return Principal(user=name, tenant=tenant, tier=tier)


def admitted(limiter, principal, times, **options):
    return sum(limiter.admit(principal, **options).allowed for _ in range(times))


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
    assert limiter.admit(user()).allowed
    assert limiter.admit(user()).allowed
    refused = limiter.admit(user())
    wait = refused.retry_after
    assert (refused.allowed, wait) == (False, pytest.approx(10, abs=0.1))
    now[0] += wait - 0.5
    assert not limiter.admit(user()).allowed
    now[0] += 0.6
    assert limiter.admit(user()).allowed


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
    assert admitted(limiter, ANONYMOUS, 9, call=Call(address="192.0.2.1")) == 2
    assert admitted(limiter, ANONYMOUS, 9, call=Call(address="192.0.2.1")) == 0
    assert admitted(limiter, user("anonymous"), 9) == 2


def test_tiers_differ_and_an_unlisted_one_gets_the_tightest_of_each(now):
    tiers = {"batch": Tier(per_minute=600, per_day=50), "standard": Tier(per_minute=6, per_day=100)}
    limiter = Limiter(tiers)

    assert admitted(limiter, user("a"), 99) == 2
    assert admitted(limiter, user("b", tier="batch"), 99) == 50
    assert admitted(limiter, user("c", tier="gold"), 99) == 2


def test_cost_counts_as_so_many_questions(now):
    limiter = Limiter({"standard": Tier(per_minute=30)})

    assert limiter.admit(user(), 7).allowed
    assert not limiter.admit(user(), 4).allowed
    assert limiter.admit(user(), 3).allowed


def test_what_costs_more_than_a_limit_takes_all_of_it(now):
    limiter = Limiter({"standard": Tier(per_minute=30)})

    assert limiter.admit(user(), 10**6).allowed
    assert not limiter.admit(user()).allowed


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
        allowed = list(pool.map(lambda _: limiter.admit(user()).allowed, range(400)))
    assert sum(allowed) == 50


def test_accounts_that_are_idle_are_forgotten(now):
    limiter = Limiter({"standard": Tier(per_minute=60, per_day=100)})
    for number in range(300):
        limiter.admit(user(f"user{number}"))
    now[0] += 2 * 86_400
    for _ in range(10):
        admitted(limiter, user("late"), 40)
        now[0] += 60

    kept = [account for accounts in limiter._windows._windows.values() for account in accounts]
    assert 3 <= len(kept) < 3 * 300 - 2 * 300


def test_a_key_and_an_address_are_bounded_whoever_asks_with_them(now):
    limiter = Limiter({"standard": Tier(per_minute=60, key_per_minute=5, address_per_minute=7)})
    keyed, placed = Call(key="app"), Call(address="192.0.2.1")

    assert sum(admitted(limiter, user(f"a{number}"), 1, call=keyed) for number in range(20)) == 5
    assert sum(admitted(limiter, user(f"b{number}"), 1, call=placed) for number in range(20)) == 7
    assert limiter.admit(user("x"), call=keyed).violated == ("key-minute",)
    assert limiter.admit(user("x"), call=placed).violated == ("address-minute",)
    assert admitted(limiter, user("x"), 1) == 1


def test_a_smaller_budget_leaves_less_of_the_day_and_gives_it_back(now):
    limiter = Limiter({"standard": Tier(per_minute=6000, per_day=100)})

    assert admitted(limiter, user(), 50, budget=0.25) == 25
    assert admitted(limiter, user(), 50, budget=0.0) == 0
    assert admitted(limiter, user(), 100) == 75
    assert admitted(limiter, user("bob"), 9, budget=0.0) == 1


def test_what_a_question_turns_out_to_cost_is_counted_then(now):
    limiter = Limiter({"standard": Tier(per_minute=60)})
    limiter.admit(user())
    limiter.charge(user(), 50)
    standing = limiter.admit(user())
    assert (quota(standing, "user-minute"), quota(standing, "user-day")) == ((60, 8), (100, 48))
    limiter.charge(user(), 10**9)  # no more than there is
    assert limiter.admit(user()).violated == ("user-minute", "user-day")
    now[0] += 61
    assert limiter.admit(user()).violated == ("user-day",)
    assert admitted(limiter, user("bob"), 1) == 1


def test_the_decision_says_how_the_askers_own_windows_stand(now):
    limiter = Limiter({"standard": Tier(per_minute=6, per_day=100)})
    first = limiter.admit(user(), call=Call(key="app", address="192.0.2.1"))

    assert [(one.name, one.limit, one.seconds, one.left) for one in first.quotas] == [
        ("user-burst", 2, 10, 1),
        ("user-minute", 6, 60, 5),
        ("user-day", 100, 86_400, 99),
        ("key-minute", 1000, 60, 999),
    ]
    limiter.admit(user())
    refused = limiter.admit(user())
    assert refused.violated == ("user-burst",)
    assert quota(refused, "user-burst") == (2, 0)
    assert quota(refused, "user-minute") == (6, 4)


def quota(decision, name):
    (found,) = [one for one in decision.quotas if one.name == name]
    return found.limit, found.left


STEPS = st.lists(st.tuples(st.integers(-40, 40) | st.floats(0, 2), st.integers(1, 4)), max_size=150)


@given(STEPS)
def test_a_window_never_admits_what_a_list_of_everything_would_not(steps):
    """Against the obvious way; time that goes back stands still.  What is counted may stay for a 64th longer."""
    clock = [START]
    windows = MovingWindows(lambda: clock[0])
    counted = []
    for seconds, amount in steps:
        clock[0] += seconds
        moment = max([clock[0], *counted])
        recent = len([one for one in counted if one > moment - 30])
        longer = len([one for one in counted if one > moment - 30 * (1 + 1 / EXACT)])
        used, wait = windows.look("a", 90, 30, amount)
        assert recent <= used <= longer
        assert (wait == 0) == (used + amount <= 90)
        allowed = windows.take("a", 90, 30, amount)
        assert allowed == (wait == 0)
        if allowed:
            counted.extend([moment] * amount)


@given(st.lists(st.floats(0.01, 9), max_size=40), st.integers(1, 9))
def test_when_it_says_to_come_back_it_fits_and_not_before(pauses, amount):
    clock = [START]
    windows = MovingWindows(lambda: clock[0])
    for pause in pauses:
        clock[0] += pause
        windows.take("a", 12, 30, 3)
    _, wait = windows.look("a", 12, 30, amount)
    began = clock[0]
    if wait > 0.01:
        clock[0] = began + wait - 0.005
        assert windows.look("a", 12, 30, amount)[1] > 0
    clock[0] = began + wait + 0.005
    assert windows.look("a", 12, 30, amount)[1] == 0


def test_an_account_stays_small_however_much_is_asked(now):
    limiter = Limiter({"standard": Tier(per_minute=10**6, per_day=10**6)})
    for _ in range(3000):
        limiter.admit(user())
        now[0] += 0.5

    sizes = [len(counts.times) for accounts in limiter._windows._windows.values() for counts in accounts.values()]
    assert max(sizes) <= 2 * EXACT + 1


def test_a_question_costs_by_its_length_and_by_what_is_wanted():
    prices = Prices(question=1000, answer=4000, documents=4)

    assert prices.asked("", Call()) == 1
    assert prices.asked("x" * 1000, Call()) == 1
    assert prices.asked("x" * 1001, Call()) == 2
    assert prices.asked("x", Call(choices=5)) == 5
    assert prices.asked("x", Call(choices=2, longest=1001)) == 4
    assert (prices.fetched(3), prices.fetched(4), prices.fetched(11)) == (0, 1, 2)
    assert (prices.answered(0), prices.answered(4000), prices.answered(4001)) == (0, 0, 1)


def test_one_dear_question_does_not_shut_out_the_others(now):
    limiter = Limiter({"standard": Tier(per_minute=60, tenant_per_minute=300)})
    limiter.admit(user(), 10**6)
    limiter.charge(user(), 10**6)

    assert admitted(limiter, user("bob"), 9) == 9


def test_what_comes_close_together_counts_as_of_its_latest_moment():
    clock = [START]
    windows = MovingWindows(lambda: clock[0])
    counted = []
    for _ in range(400):
        assert windows.take("a", 10**6, 60, 1)
        counted.append(clock[0])
        clock[0] += 0.11
    while counted and clock[0] < START + 200:
        used, _ = windows.look("a", 10**6, 60, 1)
        recent = sum(one > clock[0] - 60 for one in counted)
        longer = sum(one > clock[0] - 60 * (1 + 1 / EXACT) for one in counted)
        assert recent <= used <= longer
        clock[0] += 0.37


def test_what_was_fetched_and_answered_is_charged(now):
    limiter = Limiter({"standard": Tier(per_minute=60)})
    metering = Metering(limiter, Prices(question=1000, answer=1000, documents=2))
    refs = [DocumentRef("files", name) for name in "abcdef"]
    labels = ("confidential", "restricted", "confidential", "confidential", "internal", "confidential")
    rights = {
        ref: Right(family=ref.id, label=label, length=9, readable=True) for ref, label in zip(refs, labels, strict=True)
    }
    about = {"at": START, "principal": user(), "request_id": "r", "question": "x"}
    list(metering.retrieved(Retrieved(**about, kept=tuple(refs[:5]), dropped=(), rights=rights)))
    assert quota(limiter.admit(user()), "user-minute") == (60, 60 - 2 - 1)

    answer = {"context": (), "reason": Reason.OK, "findings": (), "rights": {}, "cells": {}, "shown": 9, "action": None}
    list(metering.judged(Judged(**about, **answer, answered=3500, record=True)))
    list(metering.judged(Judged(**about, **answer, answered=3500, record=False)))
    assert quota(limiter.admit(user()), "user-minute") == (60, 60 - 3 - 3 - 1)
