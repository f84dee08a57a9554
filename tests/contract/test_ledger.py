"""What every ledger promises about what was shown: one suite, handed to each backend."""

from __future__ import annotations

import pytest

from guard.access.ledger import Account, Charge, Count
from guard.errors import LedgerUnavailable

ANN = Account("acme", "ann")
BOB = Account("acme", "bob")
FAMILY = "handbook\x1fhr/42"
OTHER = "handbook\x1fhr/43"


def charge(*cells, user=10, tenant=20, family=FAMILY):
    return Charge(family, cells, user, tenant)


def show(ledger, account, *charges):
    """Reserve and commit everything granted; return what was granted."""
    reservation = ledger.reserve(account, charges, request_id="r")
    ledger.commit(reservation.id, reservation.granted)
    return reservation.granted


def cells_of(ledger, scope="user", **where):
    return {entry.family: entry.cells for entry in ledger.exposure(**where) if entry.scope == scope}


def test_what_is_committed_is_shown_in_both_scopes(ledger, clock):
    show(ledger, ANN, charge(3, 4, 5))
    show(ledger, BOB, charge(5, 6))

    assert cells_of(ledger, tenant="acme", user="ann") == {FAMILY: {3, 4, 5}}
    assert cells_of(ledger, tenant="acme", user="bob") == {FAMILY: {5, 6}}
    assert cells_of(ledger, "tenant", tenant="acme") == {FAMILY: {3, 4, 5, 6}}
    assert {entry.updated for entry in ledger.exposure()} == {clock.now}
    assert ledger.counts(ANN, [FAMILY, OTHER]) == {FAMILY: Count(3, 4), OTHER: Count(0, 0)}


def test_a_reservation_alone_shows_nothing(ledger):
    ledger.reserve(ANN, [charge(1, 2)], request_id="r")

    assert ledger.exposure() == []
    assert ledger.counts(ANN, [FAMILY]) == {FAMILY: Count(0, 0)}


@pytest.mark.parametrize(
    ("wanted", "user_cap", "tenant_cap", "granted"),
    [
        ((0, 1, 2, 3), 10, 10, {0, 1, 2, 3}),
        ((0, 1, 2, 3), 2, 10, {0, 1}),
        ((0, 1, 2, 3), 10, 3, {0, 1, 2}),
        ((9, 4, 7, 1), 2, 2, {9, 4}),  # in the order of the answer
        ((5, 5, 5, 6, 6, 7), 2, 9, {5, 6}),  # repeats take no room
        ((0, 1), 0, 10, set()),
        ((0, 1), 10, 0, set()),
        ((), 10, 10, set()),
        ((2**32 - 1, 0), 1, 1, {2**32 - 1}),
    ],
)
def test_caps_bound_what_is_granted(ledger, wanted, user_cap, tenant_cap, granted):
    reservation = ledger.reserve(ANN, [charge(*wanted, user=user_cap, tenant=tenant_cap)], request_id="r")

    assert reservation.granted == {FAMILY: granted}


def test_a_cap_may_be_larger_than_any_document(ledger):
    assert show(ledger, ANN, charge(1, user=10**30, tenant=10**30)) == {FAMILY: {1}}


def test_showing_again_is_free_even_when_nothing_else_fits(ledger):
    show(ledger, ANN, charge(0, 1, 2, user=3))

    assert show(ledger, ANN, charge(9, 1, 8, 0, user=3)) == {FAMILY: {1, 0}}
    assert show(ledger, ANN, charge(0, 1, 2, user=0, tenant=0)) == {FAMILY: {0, 1, 2}}


def test_what_one_user_was_shown_is_not_free_for_another_but_costs_the_tenant_nothing(ledger):
    show(ledger, ANN, charge(0, 1, 2, 3, tenant=5))

    assert show(ledger, BOB, charge(3, 2, 7, 8, user=3, tenant=5)) == {FAMILY: {3, 2, 7}}
    assert cells_of(ledger, "tenant") == {FAMILY: {0, 1, 2, 3, 7}}


def test_a_tenant_full_leaves_its_users_what_the_tenant_has_seen(ledger):
    show(ledger, ANN, charge(0, 1, tenant=2))

    assert show(ledger, BOB, charge(5, 0, 6, tenant=2)) == {FAMILY: {0}}


def test_held_room_counts_as_taken(ledger):
    ledger.reserve(ANN, [charge(0, 1, 2, user=4, tenant=5)], request_id="r")

    assert ledger.reserve(ANN, [charge(7, 8, user=4, tenant=5)], request_id="r").granted == {FAMILY: {7}}
    assert ledger.reserve(BOB, [charge(8, 9, user=4, tenant=5)], request_id="r").granted == {FAMILY: {8}}


def test_a_cell_held_twice_takes_room_once(ledger):
    first = ledger.reserve(ANN, [charge(0, 1, user=3)], request_id="r")
    second = ledger.reserve(ANN, [charge(0, 1, 2, 3, user=3)], request_id="r")

    assert second.granted == {FAMILY: {0, 1, 2}}
    ledger.release(first.id)  # the second still holds all of it
    assert ledger.reserve(ANN, [charge(5, user=3)], request_id="r").granted == {FAMILY: set()}


@pytest.mark.parametrize("caps", [{"user": 2}, {"tenant": 2}], ids=str)
def test_what_is_held_already_is_granted_again_when_nothing_else_fits(ledger, caps):
    ledger.reserve(ANN, [charge(0, 1, **caps)], request_id="r")

    assert ledger.reserve(ANN, [charge(7, 1, 0, **caps)], request_id="r").granted == {FAMILY: {1, 0}}


def test_commit_frees_what_was_not_shown(ledger):
    reservation = ledger.reserve(ANN, [charge(0, 1, 2, 3, user=4)], request_id="r")
    ledger.commit(reservation.id, {FAMILY: [2]})

    assert cells_of(ledger, tenant="acme", user="ann") == {FAMILY: {2}}
    assert show(ledger, ANN, charge(10, 11, 12, 13, user=4)) == {FAMILY: {10, 11, 12}}


@pytest.mark.parametrize("shown", [{}, {FAMILY: []}])
def test_commit_of_nothing_frees_everything(ledger, shown):
    reservation = ledger.reserve(ANN, [charge(0, 1, user=2)], request_id="r")
    ledger.commit(reservation.id, shown)

    assert ledger.exposure() == []
    assert show(ledger, ANN, charge(5, 6, user=2)) == {FAMILY: {5, 6}}


def test_release_frees_everything_and_may_be_repeated(ledger):
    reservation = ledger.reserve(ANN, [charge(0, 1, user=2)], request_id="r")
    ledger.release(reservation.id)
    ledger.release(reservation.id)
    ledger.release("never seen")

    assert show(ledger, ANN, charge(5, 6, user=2)) == {FAMILY: {5, 6}}


def test_release_after_commit_changes_nothing(ledger):
    reservation = ledger.reserve(ANN, [charge(0, 1)], request_id="r")
    ledger.commit(reservation.id, {FAMILY: [0, 1]})
    ledger.release(reservation.id)
    ledger.commit(reservation.id, {FAMILY: [1, 0]})

    assert cells_of(ledger) == {FAMILY: {0, 1}}


def test_commit_may_be_repeated_but_not_changed(ledger):
    reservation = ledger.reserve(ANN, [charge(0, 1, 2)], request_id="r")
    ledger.commit(reservation.id, {FAMILY: [0, 1]})
    ledger.commit(reservation.id, {FAMILY: {1, 0}, OTHER: []})
    with pytest.raises(ValueError, match="with other cells"):
        ledger.commit(reservation.id, {FAMILY: [0, 1, 2]})
    with pytest.raises(ValueError, match="with other cells"):
        ledger.commit(reservation.id, {FAMILY: [0]})

    assert cells_of(ledger) == {FAMILY: {0, 1}}


@pytest.mark.parametrize("shown", [{FAMILY: [2]}, {FAMILY: [0, 2]}, {OTHER: [0]}, {FAMILY: [0], OTHER: [1]}])
def test_what_was_not_granted_cannot_be_committed(ledger, shown):
    reservation = ledger.reserve(ANN, [charge(0, 1)], request_id="r")
    with pytest.raises(ValueError, match="not granted"):
        ledger.commit(reservation.id, shown)

    assert ledger.exposure() == []
    ledger.commit(reservation.id, {FAMILY: [0]})  # the reservation still stands
    assert cells_of(ledger) == {FAMILY: {0}}


@pytest.mark.parametrize("cells", [[-1], [2**32], ["1"], [None], 7])
def test_commit_of_nonsense_is_refused(ledger, cells):
    reservation = ledger.reserve(ANN, [charge(0, 1)], request_id="r")
    with pytest.raises(ValueError, match="cells are numbers"):
        ledger.commit(reservation.id, {FAMILY: cells})


@pytest.mark.parametrize("state", ["never seen", "released"])
def test_commit_of_no_reservation_is_unavailable(ledger, state):
    reservation = ledger.reserve(ANN, [charge(0)], request_id="r")
    ledger.release(reservation.id)
    with pytest.raises(LedgerUnavailable, match="reserve again"):
        ledger.commit(reservation.id if state == "released" else state, {FAMILY: [0]})

    assert ledger.exposure() == []


def test_all_charges_are_granted_in_one_step(ledger):
    granted = show(ledger, ANN, charge(0, 1, 2, user=2), charge(5, 6, family=OTHER, tenant=1))

    assert granted == {FAMILY: {0, 1}, OTHER: {5}}
    assert cells_of(ledger) == {FAMILY: {0, 1}, OTHER: {5}}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"user": 9}, {"user": 3}),
        ({"user": 3}, {"user": 9}),
        ({"tenant": 9}, {"tenant": 3}),
        ({"tenant": 3}, {"user": 9}),
    ],
    ids=str,
)
def test_charges_of_one_family_share_the_smaller_caps(ledger, first, second):
    granted = show(ledger, ANN, charge(0, 1, **first), charge(2, 3, **second))

    assert granted == {FAMILY: {0, 1, 2}}


def test_no_charges_are_a_reservation_too(ledger):
    reservation = ledger.reserve(ANN, [], request_id="r")

    assert reservation.granted == {}
    ledger.commit(reservation.id, {})


def test_reservations_of_one_request_are_different(ledger):
    first = ledger.reserve(ANN, [charge(0)], request_id="same")
    second = ledger.reserve(ANN, [charge(1)], request_id="same")
    ledger.commit(first.id, first.granted)
    ledger.commit(second.id, second.granted)

    assert cells_of(ledger) == {FAMILY: {0, 1}}


# Expiry, and clocks that jump.


def test_expired_room_is_given_away(ledger, clock):
    ledger.reserve(ANN, [charge(0, 1, user=2)], request_id="r", ttl=10)
    clock.now += 9.9
    assert ledger.reserve(ANN, [charge(5, user=2)], request_id="r").granted == {FAMILY: set()}
    clock.now += 0.2
    assert ledger.reserve(ANN, [charge(5, user=2)], request_id="r").granted == {FAMILY: {5}}


def test_a_late_commit_is_charged_while_there_is_room(ledger, clock):
    late = ledger.reserve(ANN, [charge(0, 1, user=2)], request_id="r", ttl=10)
    clock.now += 11
    ledger.commit(late.id, {FAMILY: [0, 1]})

    assert cells_of(ledger) == {FAMILY: {0, 1}}
    assert show(ledger, ANN, charge(5, user=2)) == {FAMILY: set()}


@pytest.mark.parametrize("taken", ["held", "committed"])
@pytest.mark.parametrize("who", [ANN, BOB], ids=["same user", "same tenant"])
def test_a_late_commit_does_not_take_what_was_given_away(ledger, clock, taken, who):
    caps = {"user": 2, "tenant": 9} if who is ANN else {"user": 9, "tenant": 2}
    late = ledger.reserve(ANN, [charge(0, 1, **caps)], request_id="r", ttl=10)
    clock.now += 11
    if taken == "held":
        ledger.reserve(who, [charge(7, **caps)], request_id="r")
    else:
        show(ledger, who, charge(7, **caps))
    with pytest.raises(LedgerUnavailable, match="given away"):
        ledger.commit(late.id, {FAMILY: [0, 1]})

    ledger.commit(late.id, {FAMILY: [0]})  # one of the two still fits
    assert ledger.counts(ANN, [FAMILY])[FAMILY].user == (2 if (taken, who) == ("committed", ANN) else 1)


def test_processes_need_not_agree_on_the_time(opened, clock):
    """One whose clock is ahead gives away what another still believes to hold; the cap stands all the same."""
    behind, ahead = opened(clock=clock), opened(clock=lambda: clock.now + 1000)
    early = behind.reserve(ANN, [charge(0, 1, user=2)], request_id="r", ttl=10)
    assert show(ahead, ANN, charge(7, 8, user=2)) == {FAMILY: {7, 8}}
    with pytest.raises(LedgerUnavailable, match="given away"):
        behind.commit(early.id, early.granted)

    assert cells_of(behind) == {FAMILY: {7, 8}}


def test_a_clock_that_goes_back_keeps_room_held(ledger, clock):
    ledger.reserve(ANN, [charge(0, 1, user=2)], request_id="r", ttl=10)
    clock.now -= 100_000

    assert ledger.reserve(ANN, [charge(5, user=2)], request_id="r").granted == {FAMILY: set()}


def test_clearing_away_never_touches_what_was_committed(ledger, clock):
    show(ledger, ANN, charge(0, 1, user=2))
    abandoned = ledger.reserve(ANN, [charge(0, user=2)], request_id="r")
    for days in (1, 400):
        clock.now += days * 86_400
        ledger.purge()

    assert cells_of(ledger) == {FAMILY: {0, 1}}
    assert show(ledger, ANN, charge(5, user=2)) == {FAMILY: set()}
    with pytest.raises(LedgerUnavailable, match="reserve again"):
        ledger.commit(abandoned.id, {FAMILY: [0]})


def test_more_is_cleared_away_than_one_batch_holds(ledger, clock):
    for _ in range(510):
        ledger.reserve(ANN, [], request_id="r", ttl=1)
    kept = ledger.reserve(ANN, [charge(1)], request_id="r", ttl=100_000)
    clock.now += 10_000
    ledger.purge()

    ledger.commit(kept.id, {FAMILY: [1]})
    assert cells_of(ledger) == {FAMILY: {1}}


# Names.

HARD_NAMES = [
    "a|b",
    "a/b",
    "a:b",
    "a\x1fb",
    "a\x00b",
    "a",
    "b",
    "A",
    "a ",
    "é",
    "e\u0301",
    "李雷",
    "\U0001f600",
    "x" * 10_240,
    "x" * 10_239 + "y",
    "'; DROP TABLE ledger_exposure; --",
    "%s",
    "{0}",
]


def test_no_two_names_share_an_account(ledger):
    """Each name as tenant, user and family beside each other name: nobody's cells are anybody else's."""
    expected = {}
    for number, first in enumerate(HARD_NAMES):
        second = HARD_NAMES[(number + 1) % len(HARD_NAMES)]
        for tenant, user, family in ((first, second, first), (second, first, second), (first, first, second)):
            cell = len(expected)
            show(ledger, Account(tenant, user), charge(cell, user=1, tenant=9, family=family))
            expected[tenant, user, family] = {cell}

    entries = [entry for entry in ledger.exposure() if entry.user]
    found = [({entry.tenant, entry.user, entry.family}, entry.cells) for entry in entries]
    assert len(found) == len(expected) == 3 * len(HARD_NAMES)
    for key, cells in expected.items():
        # A database that cannot keep NUL in a name shows its picture; accounts are told apart all the same.
        assert (set(key), cells) in found or ({name.replace("\x00", "\u2400") for name in key}, cells) in found


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (Account("a|b", "c"), Account("a", "b|c")),
        (Account("ab", "c"), Account("a", "bc")),
        (Account("a\x1fb", "c"), Account("a", "b\x1fc")),
        (Account("a", "usera"), Account("auser", "a")),
    ],
    ids=repr,
)
def test_moving_the_border_between_tenant_and_user_makes_another_account(ledger, first, second):
    show(ledger, first, charge(0, user=1, tenant=1))

    assert show(ledger, second, charge(5, user=1, tenant=1)) == {FAMILY: {5}}
    assert cells_of(ledger, tenant=first.tenant, user=first.user) == {FAMILY: {0}}
    assert cells_of(ledger, tenant=second.tenant, user=second.user) == {FAMILY: {5}}


@pytest.mark.parametrize("name", ["", "x" * 65_537, "\ud800", 7, None])
def test_what_cannot_be_a_name_is_refused(ledger, name):
    with pytest.raises(ValueError, match="tenant"):
        Account(name, "ann")
    with pytest.raises(ValueError, match="user"):
        Account("acme", name)
    with pytest.raises(ValueError, match="family"):
        Charge(name, (0,), 1, 1)
    with pytest.raises(ValueError, match="request_id"):
        ledger.reserve(ANN, [], request_id=name)


@pytest.mark.parametrize("bad", [{"cells": (-1,)}, {"cells": (2**32,)}, {"user_cap": -1}, {"tenant_cap": -1}])
def test_what_cannot_be_a_charge_is_refused(bad):
    with pytest.raises(ValueError, match="cells"):
        Charge(**{"family": FAMILY, "cells": (0,), "user_cap": 1, "tenant_cap": 1} | bad)


@pytest.mark.parametrize("ttl", [0, -1, float("inf"), float("nan")])
def test_a_reservation_lasts_for_some_time_and_not_for_ever(ledger, ttl):
    with pytest.raises(ValueError, match="ttl"):
        ledger.reserve(ANN, [charge(0)], request_id="r", ttl=ttl)


# Reading, reopening, closing.


def test_exposure_can_be_asked_for_by_tenant_and_by_user(ledger):
    for tenant, user in (("acme", "ann"), ("acme", "bob"), ("globex", "ann")):
        show(ledger, Account(tenant, user), charge(0))

    def who(**where):
        return [(entry.tenant, entry.user) for entry in ledger.exposure(**where)]

    assert who(tenant="acme") == [("acme", None), ("acme", "ann"), ("acme", "bob")]
    assert who(user="ann") == [("acme", "ann"), ("globex", "ann")]
    assert who(tenant="globex", user="ann") == [("globex", "ann")]
    assert who(tenant="nobody") == []
    assert len(who()) == 5


def test_exposure_is_complete_when_it_takes_many_pages(ledger):
    charges = [charge(number, family=f"f{number}") for number in range(510)]
    show(ledger, ANN, *charges)

    for where in ({}, {"tenant": "acme"}, {"tenant": "acme", "user": "ann"}, {"user": "ann"}):
        assert cells_of(ledger, **where) == {f"f{number}": {number} for number in range(510)}


def test_accounts_outlive_the_process_that_opened_them(opened, clock):
    first = opened(clock=clock)
    show(first, ANN, charge(0, 1, user=3))
    held = first.reserve(ANN, [charge(5, user=3)], request_id="r")
    first.close()
    second = opened(clock=clock)

    assert cells_of(second) == {FAMILY: {0, 1}}
    assert second.reserve(ANN, [charge(8, user=3)], request_id="r").granted == {FAMILY: set()}
    second.commit(held.id, held.granted)
    assert cells_of(second) == {FAMILY: {0, 1, 5}}


def test_a_closed_ledger_is_unavailable(ledger):
    ledger.close()
    ledger.close()
    with pytest.raises(LedgerUnavailable, match="closed"):
        ledger.reserve(ANN, [charge(0)], request_id="r")


def test_a_ledger_is_a_context_manager(opened):
    with opened() as ledger:
        show(ledger, ANN, charge(0))
    with pytest.raises(LedgerUnavailable, match="closed"):
        ledger.exposure()


def test_large_accounts_survive(ledger):
    cells = range(0, 200_000, 2)
    show(ledger, ANN, charge(*cells, user=100_000, tenant=100_000))

    assert ledger.counts(ANN, [FAMILY]) == {FAMILY: Count(100_000, 100_000)}
    assert show(ledger, ANN, charge(1, 2, 3, user=100_000, tenant=100_000)) == {FAMILY: {2}}
