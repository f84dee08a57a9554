"""Accounts that share the work meet less often than chance; people do not."""

import random
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guard.access.behaviour.campaigns import Member, apart, shared
from tests.access.behaviour.conftest import open_desk, zipf

ALL = 2**63


def campaign(desk, *, accounts, each, documents, honest=0, seed=1):
    """Let accounts share out the documents among honest people, and return the first campaign that is seen."""
    rng = random.Random(seed)
    left = list(range(documents))
    rng.shuffle(left)
    turns = [f"eve{number}" for number in range(accounts) for _ in range(each)]
    turns += [f"ann{number}" for number in range(honest) for _ in range(12)]
    rng.shuffle(turns)
    own = {}
    for count, user in enumerate(turns, 1):
        mine = own.setdefault(user, [0])
        found = zipf(rng, documents, 4)
        if user.startswith("eve"):
            found = {left.pop() if left and rng.random() < 0.8 else rng.choice(mine) for _ in range(4)}
            mine += found
        desk.retrieve(user, found)
        desk.now[0] += 28_800 / len(turns)
        if count % 50 == 0 and (seen := desk.behaviour.campaigns.look("acme")):
            return seen, documents - len(left)
    return None, documents - len(left)


@pytest.mark.parametrize(
    ("accounts", "each", "honest"), [(100, 10, 0), (10, 60, 0), (5, 40, 0), (10, 60, 50), (100, 10, 100)]
)
def test_accounts_that_share_the_work_are_seen(accounts, each, honest):
    desk = open_desk()
    seen, covered = campaign(desk, accounts=accounts, each=each, documents=1000, honest=honest)

    assert seen is not None
    assert covered < 900
    eves = sum(user.startswith("eve") for user in seen.users)
    assert eves >= 5
    assert eves >= 0.7 * len(seen.users)
    assert seen.facts["days"] == 1
    (signal,) = [one for one in desk.signals if one.kind == "behaviour.campaign"]
    assert (signal.principal.user, *signal.others) == seen.users
    assert "share" in signal.reason
    desk.behaviour.close()


def test_a_slow_campaign_shows_in_a_longer_window():
    desk = open_desk()
    rng = random.Random(1)
    left = list(range(1000))
    rng.shuffle(left)
    days = []
    for _ in range(25):
        for user in range(8):
            desk.retrieve(f"eve{user}", [left.pop() for _ in range(4)])
        if seen := desk.behaviour.campaigns.look("acme"):
            days.append(seen.facts["days"])
        desk.now[0] += 86_400
    assert days
    assert min(days) > 1
    desk.behaviour.close()


def test_tenants_are_looked_at_apart():
    desk = open_desk()
    for number in range(60):
        desk.retrieve(f"eve{number % 6}", range(10 * number, 10 * number + 10), tenant="globex")

    assert desk.behaviour.campaigns.look("acme") is None
    assert desk.behaviour.campaigns.look("globex") is not None
    desk.behaviour.close()


HOLDINGS = st.lists(st.sets(st.integers(0, 60), min_size=1, max_size=20), min_size=2, max_size=8)


@given(HOLDINGS)
def test_pairs_are_counted_as_the_obvious_way_counts_them(holdings):
    members = [Member(str(number), sorted(one), ALL) for number, one in enumerate(holdings)]
    lies = shared(members, 100)

    assert lies.union == len(set().union(*holdings))
    assert lies.pairs == sum(len(one & other) for one, other in combinations(holdings, 2))
    assert lies.by_chance == pytest.approx(sum(len(one) * len(other) / 100 for one, other in combinations(holdings, 2)))


@pytest.mark.parametrize("draw", ["uniform", "zipf"])
def test_independent_users_are_hardly_ever_apart(draw):
    found = 0
    for seed in range(60):
        rng = random.Random(seed)
        members = [
            Member(str(user), rng.sample(range(1000), 48) if draw == "uniform" else zipf(rng, 1000, 48), ALL)
            for user in range(60)
        ]
        found += apart(members, 1000)[1] is not None
    assert found == 0
