"""The ledger against a slow, obvious one: whatever is done in whatever order, both answer the same."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass, field

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from guard.access.ledger import Account, Charge, Retrieval, open_ledger
from guard.errors import LedgerUnavailable

ACCOUNTS = [Account("acme", "ann"), Account("acme", "bob"), Account("globex", "ann")]
FAMILIES = {"f": (3, 5), "g": (4, 4), "h": (6, 2)}  # caps: user, tenant
HOUR = 3600.0


@dataclass
class Held:
    account: Account
    cells: dict
    expires: float
    shown: dict | None = None


@dataclass
class SlowLedger:
    """Sets in dictionaries, counted anew each time."""

    shown: dict = field(default_factory=dict)
    held: dict = field(default_factory=dict)
    retrieved: list = field(default_factory=list)

    def seen(self, tenant, family, user=None):
        return {
            cell
            for (account, name), cells in self.shown.items()
            if name == family and account.tenant == tenant and user in {None, account.user}
            for cell in cells
        }

    def holding(self, tenant, family, now, user=None, but=None):
        return {
            cell
            for key, one in self.held.items()
            if key != but and one.shown is None and one.expires > now
            if one.account.tenant == tenant and user in {None, one.account.user}
            for cell in one.cells.get(family, ())
        }

    def reserve(self, account, wanted, now):
        granted = {}
        for family, cells in wanted.items():
            user_cap, tenant_cap = FAMILIES[family]
            known = self.seen(account.tenant, family, account.user)
            mine = known | self.holding(account.tenant, family, now, account.user)
            ours = self.seen(account.tenant, family) | self.holding(account.tenant, family, now)
            granted[family] = set()
            for cell in cells:
                if cell in known:
                    granted[family].add(cell)
                elif len(mine | {cell}) <= max(user_cap, len(mine)) and len(ours | {cell}) <= max(
                    tenant_cap, len(ours)
                ):
                    granted[family].add(cell)
                    mine.add(cell)
                    ours.add(cell)
        return granted

    def commit(self, key, cells, now):
        one = self.held.get(key)
        if one is None:
            return LedgerUnavailable
        cells = {family: set(some) for family, some in cells.items() if some}
        if one.shown is not None:
            return None if one.shown == cells else ValueError
        if any(not some <= one.cells.get(family, set()) for family, some in cells.items()):
            return ValueError
        for family, some in cells.items():
            user_cap, tenant_cap = FAMILIES[family]
            tenant, user = one.account.tenant, one.account.user
            mine, ours = self.seen(tenant, family, user), self.seen(tenant, family)
            if some <= mine:
                continue
            if one.expires <= now:
                mine = mine | self.holding(tenant, family, now, user, but=key)
                ours = ours | self.holding(tenant, family, now, but=key)
            full_user = not some <= mine and len(some | mine) > user_cap
            full_tenant = not some <= ours and len(some | ours) > tenant_cap
            if full_user or full_tenant:
                return LedgerUnavailable
        for family, some in cells.items():
            self.shown.setdefault((one.account, family), set()).update(some)
        one.shown = cells
        return None

    def retrieve(self, account, wanted, distinct_cap, now):
        mine = [event for event in self.retrieved if event[0] == account]
        hour = max([int(now // HOUR), *(event[2] for event in mine)])
        recent = [event for event in mine if event[2] >= hour - 24]
        allowed = set()
        for family, (per_day, sensitive) in wanted.items():
            times = sum(event[1] == family for event in recent)
            known = {event[1] for event in recent if event[3]}
            if times >= per_day or (sensitive and family not in known and len(known) >= distinct_cap):
                continue
            recent.append((account, family, hour, sensitive))
            self.retrieved.append(recent[-1])
            allowed.add(family)
        return allowed


cells = st.lists(st.integers(0, 8), max_size=6).map(tuple)
accounts = st.sampled_from(ACCOUNTS)


class BothLedgers(RuleBasedStateMachine):
    reservations = Bundle("reservations")

    def __init__(self, fresh_url):
        super().__init__()
        self.fresh_url = fresh_url

    @initialize()
    def start(self):
        self.now = 1_800_000_000.0
        self.url = self.fresh_url()
        self.ledger = open_ledger(self.url, clock=lambda: self.now)
        self.slow = SlowLedger()
        self.requests = 0

    @rule(seconds=st.sampled_from([1, 50, 400, 30_000, 90_000, -1, -300, -30_000, -100_000]))
    def time_passes(self, seconds):
        self.now += seconds

    @rule(
        target=reservations, account=accounts, wanted=st.dictionaries(st.sampled_from([*FAMILIES]), cells, max_size=3)
    )
    def reserve(self, account, wanted):
        charges = [Charge(family, some, *FAMILIES[family]) for family, some in wanted.items()]
        made = self.ledger.reserve(account, charges, request_id="r", ttl=300)
        expected = self.slow.reserve(account, wanted, self.now)
        assert made.granted == expected
        self.slow.held[made.id] = Held(account, expected, self.now + 300)
        return made

    @rule(made=reservations, share=st.sampled_from(["all", "half", "none", "foreign"]))
    def commit(self, made, share):
        shown = {
            "all": made.granted,
            "half": {family: [cell for cell in some if cell % 2] for family, some in made.granted.items()},
            "none": {},
            "foreign": {"f": [99]},
        }[share]
        expected = self.slow.commit(made.id, shown, self.now)
        with nullcontext() if expected is None else pytest.raises(expected):
            self.ledger.commit(made.id, shown)

    @rule(made=consumes(reservations))
    def release(self, made):
        self.ledger.release(made.id)
        if self.slow.held[made.id].shown is None:
            del self.slow.held[made.id]

    @rule(
        account=accounts,
        wanted=st.dictionaries(
            st.sampled_from("abcd"), st.tuples(st.integers(0, 3), st.booleans()), min_size=1, max_size=4
        ),
        distinct=st.integers(0, 3),
    )
    def retrieve(self, account, wanted, distinct):
        self.requests += 1
        allowed = self.ledger.retrieve(
            account,
            [Retrieval(family, *one) for family, one in wanted.items()],
            distinct_cap=distinct,
            request_id=f"r{self.requests}",
        )
        assert allowed == self.slow.retrieve(account, wanted, distinct, self.now)

    @rule()
    def reopen(self):
        self.ledger.close()
        self.ledger = open_ledger(self.url, clock=lambda: self.now)

    @invariant()
    def the_same_is_shown_and_no_cap_is_overrun(self):
        found = {
            (Account(one.tenant, one.user), one.family): one.cells
            for one in self.ledger.exposure()
            if one.scope == "user"
        }
        assert found == {key: some for key, some in self.slow.shown.items() if some}
        for one in self.ledger.exposure():
            user_cap, tenant_cap = FAMILIES[one.family]
            assert len(one.cells) <= (user_cap if one.scope == "user" else tenant_cap)
            if one.scope == "tenant":
                assert one.cells == self.slow.seen(one.tenant, one.family)

    def teardown(self):
        self.ledger.close()


@pytest.mark.slow
def test_both_ledgers_answer_the_same(fresh_url):
    on_a_server = "postgres" in fresh_url()
    run_state_machine_as_test(
        lambda: BothLedgers(fresh_url),
        settings=settings(
            max_examples=8 if on_a_server else 25,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
        ),
    )
