"""Budgets are given back by one command only, which is written down for good."""

from __future__ import annotations

import threading

import pytest
import sqlalchemy

from guard.access.ledger import Account, Charge
from guard.access.ledger.resetting import BATCH
from guard.errors import LedgerUnavailable

ANN, BOB, EVE = Account("acme", "ann"), Account("acme", "bob"), Account("globex", "ann")
WHY = {"by": "olga", "reason": "a new contract"}


def show(ledger, account, family, cells, cap=100):
    reservation = ledger.reserve(account, [Charge(family, tuple(cells), cap, cap)], request_id="r")
    ledger.commit(reservation.id, reservation.granted)
    return len(reservation.granted[family])


@pytest.fixture
def full(ledger):
    for account in (ANN, BOB, EVE):
        for family in ("f", "g"):
            show(ledger, account, family, range(5))
    return ledger


def seen(ledger):
    return {(one.tenant, one.user, one.family) for one in ledger.exposure()}


EVERYTHING = {(tenant, user, family) for family in "fg" for tenant, user in
              [("acme", "ann"), ("acme", "bob"), ("acme", None), ("globex", "ann"), ("globex", None)]}  # fmt: skip


@pytest.mark.parametrize(
    ("what", "gone"),
    [
        ({"user": "ann"}, {("acme", "ann", "f"), ("acme", "ann", "g")}),
        ({"family": "f"}, {("acme", "ann", "f"), ("acme", "bob", "f"), ("acme", None, "f")}),
        ({"user": "ann", "family": "f"}, {("acme", "ann", "f")}),
        ({"user": "nobody"}, set()),
    ],
)
def test_what_was_named_is_given_back_and_nothing_else(full, clock, what, gone):
    done = full.reset(tenant="acme", **what, **WHY)

    assert seen(full) == EVERYTHING - gone
    assert (done.accounts, done.cells) == (len(gone), 5 * len(gone))
    assert full.resets() == [done]
    assert (done.by, done.reason, done.at) == ("olga", "a new contract", clock.now)


def test_a_user_who_was_reset_may_be_shown_as_much_again_and_the_tenant_still_counts(ledger):
    assert show(ledger, ANN, "f", range(5), cap=5) == 5
    assert show(ledger, ANN, "f", range(5, 10), cap=5) == 0

    ledger.reset(tenant="acme", user="ann", **WHY)

    assert ledger.counts(ANN, ["f"])["f"].user == 0
    assert ledger.counts(ANN, ["f"])["f"].tenant == 5
    reservation = ledger.reserve(ANN, [Charge("f", tuple(range(5, 10)), 5, 8)], request_id="r")
    assert len(reservation.granted["f"]) == 3


def test_what_is_held_meanwhile_is_charged_when_it_is_shown(ledger):
    reservation = ledger.reserve(ANN, [Charge("f", (1, 2), 5, 5)], request_id="r")
    ledger.reset(tenant="acme", family="f", **WHY)
    ledger.commit(reservation.id, {"f": [1, 2]})

    assert ledger.counts(ANN, ["f"])["f"].user == 2


def test_more_is_given_back_than_one_batch_holds(ledger):
    count = BATCH + 7
    charges = [Charge(f"f{number}", (1,), 5, 5) for number in range(count)]
    reservation = ledger.reserve(ANN, charges, request_id="r")
    ledger.commit(reservation.id, reservation.granted)

    assert ledger.reset(tenant="acme", user="ann", **WHY).accounts == count
    assert [one.accounts for one in ledger.resets()] == [BATCH, 7]
    assert len(ledger.exposure("acme", "ann")) == 0


def test_who_listens_is_told_before_it_counts_and_can_stop_it(opened, clock):
    def refuse(done):
        told.append(done)
        raise RuntimeError("the audit is away")

    told = []
    with opened(clock=clock, on_reset=refuse) as ledger:
        show(ledger, ANN, "f", range(5))
        with pytest.raises(RuntimeError, match="audit"):
            ledger.reset(tenant="acme", user="ann", **WHY)

        assert [one.user for one in told] == ["ann"]
        assert ledger.counts(ANN, ["f"])["f"].user == 5
        assert ledger.resets() == []


@pytest.mark.parametrize("change", ["UPDATE ledger_reset SET reason = 'x'", "DELETE FROM ledger_reset"])
def test_what_was_written_down_cannot_be_changed(full, ledger_url, change):
    full.reset(tenant="acme", user="ann", **WHY)
    engine = sqlalchemy.create_engine(ledger_url.replace("postgresql:", "postgresql+psycopg:"))
    with pytest.raises(sqlalchemy.exc.DBAPIError, match="kept as they are"), engine.begin() as connection:
        connection.execute(sqlalchemy.text(change))
    engine.dispose()

    assert len(full.resets()) == 1


@pytest.mark.parametrize(
    "what",
    [
        {},
        {"user": "ann", "reason": ""},
        {"user": "ann", "reason": " "},
        {"user": "ann", "reason": "x" * 501},
        {"user": "ann", "by": ""},
        {"user": ""},
        {"family": "\ud800"},
        {"user": "ann", "tenant": ""},
    ],
)
def test_what_cannot_be_a_reset_is_refused(full, what):
    with pytest.raises(ValueError, match=r"name|characters|surrogate"):
        full.reset(**{"tenant": "acme", **WHY, **what})

    assert seen(full) == EVERYTHING
    assert full.resets() == []


def test_resets_and_charges_at_once_lose_nothing(ledger):
    """Whatever is shown between two resets is either given back, and counted so, or still there."""
    given_back = []
    stop = threading.Event()

    def give_back():
        while not stop.is_set():
            given_back.append(ledger.reset(tenant="acme", user="ann", family="f", **WHY).cells)

    thread = threading.Thread(target=give_back)
    thread.start()
    for number in range(60):
        show(ledger, ANN, "f", [number], cap=1000)
    stop.set()
    thread.join()

    assert sum(given_back) + ledger.counts(ANN, ["f"])["f"].user == 60


def test_a_lost_store_resets_nothing(full):
    full.close()

    with pytest.raises(LedgerUnavailable):
        full.reset(tenant="acme", user="ann", **WHY)


def test_a_ledger_of_before_learns_it_and_keeps_what_it_holds(opened, ledger_url, clock):
    with opened(clock=clock) as ledger:
        show(ledger, ANN, "f", range(5))
    engine = sqlalchemy.create_engine(ledger_url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        connection.execute(sqlalchemy.text("DROP TABLE ledger_reset"))
        if "postgres" in ledger_url:
            connection.execute(sqlalchemy.text("DROP FUNCTION ledger_reset_kept"))
        connection.execute(sqlalchemy.text("UPDATE ledger_schema SET version = 2"))
    engine.dispose()

    with opened(clock=clock) as ledger:
        assert ledger.reset(tenant="acme", user="ann", **WHY).cells == 5
