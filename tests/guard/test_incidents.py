"""From verdicts to incidents: what opens one, whom it slows down, and whom it leaves alone."""

from collections.abc import Callable, Iterator

import pytest

from corpora import DocumentRef
from guard import Action, CheckRequest, Guard, Principal
from guard.access.incidents import Desk, Target, open_desk
from guard.verdict import Reason
from tests.guard.conftest import LEASE, LETTER, PAGE

TOKEN = "ghp_" + "a1B2" * 9


@pytest.fixture
def desk(guard: Guard) -> Iterator[Desk]:
    with open_desk(guard.settings.ledger) as opened:
        yield opened


def told(desk: Desk) -> dict[str, str]:
    return {one.group: one.severity.word for one in desk.book.listed()}


def test_a_dump_is_an_incident_at_once_and_slows_its_user_down(guard: Guard, desk: Desk, ann: Principal) -> None:
    guard.check(CheckRequest(answer=f"{LEASE}\n\n{LEASE}", principal=ann, request_id="r1"))
    (incident,) = desk.book.listed()

    assert (incident.group, incident.severity.word, incident.user) == ("extraction", "high", "ann")
    (moment,) = desk.book.moments(incident.id)
    assert (moment.kind, moment.request_id, moment.documents) == (
        "verdict.dump",
        "r1",
        (DocumentRef("files", "lease"),),
    )
    assert incident.exposure["documents"] == 1
    assert incident.exposure["listed"][0][:2] == ["files", "lease"]
    (containment,) = desk.containments.of(incident.id)
    assert (containment.action, containment.by, containment.cost) == ("throttle", "rule:verdict.dump", 5)
    assert guard.watch.hold(ann).cost == 5


def test_a_quote_is_none(guard: Guard, desk: Desk, ann: Principal) -> None:
    for start in range(0, 600, 200):
        guard.check(CheckRequest(answer=f"The lease says: {LEASE[start : start + 200]}", principal=ann))
    guard.check(CheckRequest(answer=PAGE, principal=ann))

    assert told(desk) == {}
    assert guard.watch.hold(ann).cost == 1


def test_what_may_not_be_read_and_secrets_and_training_text(guard: Guard, desk: Desk, eve: Principal) -> None:
    from tests.guard.conftest import TRAINING

    guard.check(CheckRequest(answer=LETTER, principal=eve))
    guard.check(CheckRequest(answer=f"The token is {TOKEN}.", principal=eve))
    guard.check(CheckRequest(answer=TRAINING, principal=eve))

    assert told(desk) == {"entitlement": "high", "secret": "high", "training": "high"}
    assert desk.containments.active() == []
    text = str([desk.book.moments(one.id) for one in desk.book.listed()])
    for forbidden in (TOKEN, "lipoma", "priest"):
        assert forbidden not in text


def test_trying_out_is_no_incident(guard: Guard, desk: Desk, eve: Principal) -> None:
    guard.check(CheckRequest(answer=LETTER, principal=eve, record=False))
    assert told(desk) == {}


def test_spending_a_budget_again_and_again_is_one(guard: Guard, desk: Desk, ann: Principal) -> None:
    for start in range(0, 800, 50):
        guard.check(CheckRequest(answer=f"It says: {LEASE[start : start + 240]}", principal=ann))
    assert told(desk) == {"extraction": "medium"}


def test_rules_can_be_set(open_guard: Callable[..., Guard], ann: Principal) -> None:
    guard = open_guard('[incidents.rules."verdict.dump"]\nseverity = "critical"\ncount = 2\ncost = 1\nbudget = 1.0\n')
    with open_desk(guard.settings.ledger) as desk:
        guard.check(CheckRequest(answer=f"{LEASE}\n\n{LEASE}", principal=ann))
        assert told(desk) == {}
        guard.check(CheckRequest(answer=f"{LEASE}\n\n{LEASE}", principal=ann))
        assert told(desk) == {"extraction": "critical"}
        assert desk.containments.active() == []


def test_without_incidents_nobody_is_contained(open_guard: Callable[..., Guard], ann: Principal) -> None:
    guard = open_guard("[incidents]\nenabled = false\n")
    guard.check(CheckRequest(answer=f"{LEASE}\n\n{LEASE}", principal=ann))
    with open_desk(guard.settings.ledger) as desk:
        assert told(desk) == {}
    assert guard.watch.hold(ann).cost == 1


def test_an_operator_stops_a_user_and_lets_go_again(
    guard: Guard, desk: Desk, ann: Principal, eve: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("guard.access.incidents.containment.FRESH_SECONDS", 0.0)
    target = Target(kind="user", tenant="acme", name="ann")
    held = desk.containments.contain("quarantine", target, by="kim", reason="campaign", seconds=600.0).containment

    assert guard.admit("What is the rent?", ann).reason is Reason.CONTAINED
    assert guard.check(CheckRequest(answer=PAGE, principal=ann)).reason is Reason.CONTAINED
    assert guard.admit("What is the cheese?", eve).allowed
    desk.containments.release(held.id)
    assert guard.admit("What is the rent?", ann).allowed


def test_a_quarantined_document_is_nobodys(
    guard: Guard, desk: Desk, ann: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("guard.access.incidents.containment.FRESH_SECONDS", 0.0)
    target = Target(kind="document", corpus="files", name="lease")
    desk.containments.contain("quarantine", target, by="kim", reason="wrong label", seconds=None)

    assert guard.filter_documents([DocumentRef("files", "lease")], ann).dropped[0].reason is Reason.CONTAINED
    assert guard.check(CheckRequest(answer=LEASE, principal=ann)).action is Action.BLOCK
