"""What every ledger promises about the documents that a user has lately met."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from guard.access.ledger import Account
from guard.access.ledger.nearness import LIFETIME, MOST

ANN = Account("acme", "ann")


def test_what_was_met_is_remembered_the_latest_first(ledger, clock):
    assert ledger.near(ANN) == ()
    assert ledger.near(ANN, ["a", "b"]) == ("a", "b")
    clock.now += 1
    assert ledger.near(ANN, ["c"]) == ("c", "a", "b")
    clock.now += LIFETIME / 2
    assert ledger.near(ANN, ["b"]) == ("b", "c", "a")
    assert ledger.near(ANN) == ("b", "c", "a")


def test_nobody_is_told_what_another_met(ledger):
    ledger.near(ANN, ["a"])

    assert ledger.near(Account("acme", "bob")) == ()
    assert ledger.near(Account("globex", "ann")) == ()


def test_after_an_hour_it_is_forgotten(ledger, clock):
    ledger.near(ANN, ["a"])
    clock.now += LIFETIME - 1
    assert ledger.near(ANN, ["b"]) == ("b", "a")
    clock.now += 2
    assert ledger.near(ANN) == ("b",)
    clock.now += LIFETIME
    ledger.purge()
    assert ledger.near(ANN) == ()


def test_meeting_it_again_keeps_it(ledger, clock):
    for _ in range(10):
        assert ledger.near(ANN, ["a"]) == ("a",)
        clock.now += LIFETIME - 1


def test_a_clock_set_back_makes_nothing_immortal(ledger, clock):
    ledger.near(ANN, ["a"])
    clock.now -= 10 * LIFETIME
    assert ledger.near(ANN, ["b"]) == ("b", "a")
    clock.now += LIFETIME + 1
    assert ledger.near(ANN) == ()


def test_only_so_many_are_remembered(ledger):
    ledger.near(ANN, [f"old{number}" for number in range(MOST)])
    names = [f"new{number}" for number in range(2 * MOST)]

    assert ledger.near(ANN, names) == tuple(names[:MOST])
    assert len(ledger.near(ANN, ["one more"])) == MOST


def test_names_may_hold_anything(ledger):
    names = ["files\x1fhr/42", 'quo"te', "it's", "%s", "\0", "文"]

    assert ledger.near(ANN, names) == tuple(names)
    with pytest.raises(ValueError, match="surrogate"):
        ledger.near(ANN, ["\ud800"])


def test_what_many_threads_meet_is_all_remembered(ledger):
    names = [f"d{number}" for number in range(24)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda name: ledger.near(ANN, [name]), names))

    assert set(ledger.near(ANN)) == set(names)


def test_every_process_sees_it(opened, clock):
    one, other = opened(clock=clock), opened(clock=clock)
    one.near(ANN, ["a"])

    assert other.near(ANN) == ("a",)
