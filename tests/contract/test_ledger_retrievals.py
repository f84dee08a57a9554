"""What every ledger promises about retrievals: per document, and of different sensitive documents, in any 24 hours."""

from __future__ import annotations

import pytest

from guard.access.ledger import Account, Retrieval

ANN = Account("acme", "ann")
HOUR = 3600.0
DAY = 24 * HOUR


@pytest.fixture
def ask(ledger):
    """Retrieve under a request id never used before, unless one is given."""
    number = iter(range(10**9))

    def asking(*retrievals, account=ANN, distinct=None, request_id=None, payload=""):
        return ledger.retrieve(
            account,
            retrievals,
            distinct_cap=distinct,
            request_id=request_id or f"r{next(number)}",
            payload=payload,
        )

    return asking


def secret(family, per_day=None):
    return Retrieval(family, per_day, sensitive=True)


def test_a_document_is_retrieved_as_often_as_its_budget_allows(ask):
    assert [bool(ask(Retrieval("a", 3))) for _ in range(5)] == [True, True, True, False, False]
    assert ask(Retrieval("a", 3), Retrieval("b", 3)) == {"b"}
    assert ask(Retrieval("a", 3), account=Account("acme", "bob")) == {"a"}
    assert ask(Retrieval("a", 3), account=Account("globex", "ann")) == {"a"}


def test_a_budget_of_nothing_allows_nothing(ask):
    assert ask(Retrieval("a", 0), secret("b", 0), Retrieval("c")) == {"c"}
    assert ask(secret("a"), distinct=0) == set()


def test_what_has_no_limit_is_always_allowed(ask):
    assert all(ask(Retrieval("a"), Retrieval("b")) == {"a", "b"} for _ in range(50))


def test_a_family_counts_once_per_request_under_its_stricter_limit(ask):
    assert ask(Retrieval("a", 9), Retrieval("a", 2), Retrieval("a")) == {"a"}
    assert ask(Retrieval("a", 2)) == {"a"}
    assert ask(Retrieval("a", 2)) == set()
    assert ask(Retrieval("b"), secret("b"), distinct=0) == set()


def test_different_sensitive_documents_are_bounded(ask):
    assert ask(secret("a"), secret("b"), secret("c"), Retrieval("open"), distinct=2) == {"a", "b", "open"}
    assert ask(secret("c"), secret("a"), distinct=2) == {"a"}
    assert ask(secret("d"), distinct=3) == {"d"}
    assert ask(secret("c"), distinct=None) == {"c"}


def test_an_exhausted_document_takes_no_place_among_the_distinct_ones(ask):
    ask(Retrieval("a", 1))

    assert ask(secret("a", 1), secret("b"), distinct=1) == {"b"}


def test_a_document_that_becomes_sensitive_counts_from_then_on(ask):
    assert ask(Retrieval("a", 9)) == {"a"}
    assert ask(secret("a", 9), secret("b", 9), distinct=1) == {"a"}
    assert ask(Retrieval("a", 9)) == {"a"}
    assert ask(secret("b", 9), distinct=1) == set()


def test_budgets_return_after_24_hours_and_no_earlier(ask, clock):
    clock.now = 1_800_000_000 // HOUR * HOUR + 1800  # half past
    assert ask(secret("a", 1), distinct=1) == {"a"}
    clock.now += DAY - 1
    assert ask(secret("a", 1), distinct=1) == set()
    assert ask(secret("b", 1), distinct=1) == set()
    clock.now += HOUR + 1
    assert ask(secret("b", 1), distinct=1) == {"b"}
    assert ask(secret("a", 1), distinct=2) == {"a"}


def test_midnight_gives_nothing_back(ask, clock):
    clock.now = 1_800_000_000 // DAY * DAY - 60
    assert [bool(ask(Retrieval("a", 2))) for _ in range(2)] == [True, True]
    clock.now += 120

    assert ask(Retrieval("a", 2)) == set()


def test_a_budget_comes_back_piece_by_piece(ask, clock):
    for _ in range(4):
        assert ask(Retrieval("a", 4))
        clock.now += 5 * HOUR
    assert not ask(Retrieval("a", 4))
    clock.now += 5 * HOUR

    assert [bool(ask(Retrieval("a", 4))) for _ in range(2)] == [True, False]


@pytest.mark.parametrize("back", [1, HOUR, DAY, 40 * DAY])
def test_a_clock_that_goes_back_widens_nothing(ask, clock, back):
    assert ask(secret("a", 1), distinct=1) == {"a"}
    clock.now -= back
    assert ask(secret("a", 1), distinct=1) == set()
    assert ask(secret("b", 1), distinct=1) == set()


def test_what_was_refused_meanwhile_lets_nothing_be_forgotten(ask, clock):
    clock.now = 1_800_000_000 // HOUR * HOUR
    assert ask(Retrieval("a", 1)) == {"a"}
    clock.now += 25 * HOUR + 60
    assert ask(Retrieval("a", 0)) == set()
    clock.now -= 300  # into the hour before, whose day still holds the first one

    assert ask(Retrieval("a", 1)) == set()


def test_what_is_retrieved_under_a_clock_set_back_counts_until_real_time_passes_it(ask, clock):
    ask(Retrieval("a", 5))
    clock.now -= 20 * HOUR
    assert ask(Retrieval("b", 1)) == {"b"}
    clock.now += 20 * HOUR + 6 * HOUR  # 26 hours of the wrong clock, 6 of the right one

    assert ask(Retrieval("b", 1)) == set()


def test_a_retry_gets_the_first_answer_and_counts_nothing(ask, clock):
    first = ask(secret("a", 2), secret("b", 2), distinct=1, request_id="q", payload="why?")
    clock.now += 599
    again = [ask(secret("b", 2), secret("a", 2), distinct=1, request_id="q", payload="why?") for _ in range(5)]

    assert [first, *again] == [{"a"}] * 6
    assert ask(secret("a", 2)) == {"a"}
    assert ask(secret("a", 2)) == set()


@pytest.mark.parametrize(
    "change",
    [{"request_id": "p"}, {"payload": "how?"}, {"account": Account("acme", "bob")}, {"extra": True}],
    ids=str,
)
def test_the_same_id_with_anything_else_is_charged_as_new(ask, change):
    given = {"request_id": "q", "payload": "why?", "account": ANN}
    changed = {key: value for key, value in change.items() if key != "extra"}
    extra = [Retrieval("z", 1)] if "extra" in change else []
    assert ask(Retrieval("a", 1), **given) == {"a"}

    expected = {"a"} if "account" in change else {"z"} if extra else set()
    assert ask(Retrieval("a", 1), *extra, **given | changed) == expected


@pytest.mark.parametrize("later", [601, -1])
def test_a_retry_must_come_soon(ask, clock, later):
    assert ask(Retrieval("a", 1), request_id="q") == {"a"}
    clock.now += later

    assert ask(Retrieval("a", 1), request_id="q") == set()


def test_clearing_away_forgets_no_running_budget(ledger, ask, clock):
    ask(secret("a", 1), request_id="q", distinct=1)
    ask(secret("b", 1), account=Account("acme", "gone"))
    clock.now += 20 * HOUR
    ledger.purge()
    assert ask(secret("a", 1), distinct=1) == set()
    assert ask(secret("b", 1), distinct=1) == set()
    clock.now += 30 * DAY
    ledger.purge()
    assert ask(secret("b", 1), distinct=1) == {"b"}


def test_nothing_asked_nothing_allowed(ask):
    assert ask() == set()


@pytest.mark.parametrize("family", ["", "\ud800", 5])
def test_what_cannot_be_a_retrieval_is_refused(ledger, family):
    with pytest.raises(ValueError, match="family"):
        Retrieval(family)
    with pytest.raises(ValueError, match="per_day"):
        Retrieval("a", -1)
    with pytest.raises(ValueError, match="distinct_cap"):
        ledger.retrieve(ANN, [], distinct_cap=-1, request_id="r")
    with pytest.raises(ValueError, match="request_id"):
        ledger.retrieve(ANN, [], distinct_cap=None, request_id="")
