"""Those who watch are told what happened; a gate holds people and documents before anything leaves."""

from collections.abc import Iterable

import pytest

from corpora import DocumentRef
from guard import Action, CheckRequest, Guard, GuardUnavailable, Principal
from guard.verdict import Dropped, Reason
from guard.watch import Asked, Hold, Judged, Retrieved, Signal, Watch
from tests.guard.conftest import LEASE, PAGE

FILES_LEASE = DocumentRef("files", "lease")
FILES_PAGE = DocumentRef("files", "page")


class Notes:
    """Writes down what it is told, and may fail or conclude."""

    name = "notes"

    def __init__(self, *, fails: bool = False) -> None:
        self.events: list[Asked | Retrieved | Judged] = []
        self.signals: list[Signal] = []
        self.fails = fails

    def _note(self, event: Asked | Retrieved | Judged) -> Iterable[Signal]:
        if self.fails:
            raise RuntimeError("the text of a question")
        self.events.append(event)
        yield Signal(
            kind="test",
            at=event.at,
            principal=event.principal,
            request_id=event.request_id,
            strength=0.5,
            reason="seen",
        )

    asked = retrieved = judged = _note

    def take(self, signal: Signal) -> None:
        self.signals.append(signal)


class Holding:
    """A gate with one hold for everybody."""

    def __init__(self, hold: Hold | None) -> None:
        self._hold = hold

    def hold(self, principal: Principal) -> Hold:
        del principal
        if self._hold is None:
            raise OSError("the database is away")
        return self._hold


def test_everything_that_happens_is_told(guard: Guard, ann: Principal) -> None:
    notes = Notes()
    guard.watch = Watch(observers=[notes], sinks=[notes])
    guard.admit("What is the rent?", ann, request_id="r1", address="192.0.2.1")
    guard.filter_documents([FILES_LEASE, DocumentRef("files", "letter")], ann, question="rent", request_id="r1")
    guard.check(CheckRequest(answer=LEASE, principal=ann, context=(FILES_LEASE,), request_id="r1"))
    asked, retrieved, judged = notes.events

    assert isinstance(asked, Asked)
    assert (asked.question, asked.call.address, asked.reason) == ("What is the rent?", "192.0.2.1", Reason.OK)
    assert isinstance(retrieved, Retrieved)
    assert retrieved.kept == (FILES_LEASE,)
    assert {ref.id: right.label for ref, right in retrieved.rights.items()} == {
        "lease": "confidential",
        "letter": "restricted",
    }
    assert isinstance(judged, Judged)
    assert (judged.action, judged.reason, judged.context) == (Action.REDACT, Reason.FINDING, (FILES_LEASE,))
    assert judged.rights["files", "lease"].label == "confidential"
    assert sum(judged.cells.values()) > 0
    assert (judged.answered, judged.record) == (len(LEASE), True)
    assert [signal.request_id for signal in notes.signals] == ["r1"] * 3


def test_an_answer_given_up_is_told_once(guard: Guard, ann: Principal) -> None:
    notes = Notes()
    guard.watch = Watch(observers=[notes])
    with guard.stream(principal=ann) as stream:
        stream.feed(LEASE)
    (judged,) = notes.events

    assert isinstance(judged, Judged)
    assert judged.action is None
    assert judged.shown > 0


def test_a_failing_observer_is_left_out(guard: Guard, ann: Principal, caplog: pytest.LogCaptureFixture) -> None:
    notes = Notes()
    guard.watch = Watch(observers=[Notes(fails=True), notes])

    assert guard.admit("What is the rent?", ann).allowed
    assert len(notes.events) == 1
    assert "RuntimeError" in caplog.text
    assert "question" not in caplog.text


def test_who_is_quarantined_gets_nothing(guard: Guard, ann: Principal) -> None:
    guard.watch = Watch(gates=[Holding(Hold()), Holding(Hold(quarantined=True, retry_after=60.0))])
    admission = guard.admit("What is the rent?", ann)
    kept = guard.filter_documents([FILES_PAGE], ann)
    verdict = guard.check(CheckRequest(answer=PAGE, principal=ann))

    assert (admission.allowed, admission.reason, admission.retry_after) == (False, Reason.CONTAINED, 60.0)
    assert (kept.kept, kept.dropped) == ((), (Dropped(ref=FILES_PAGE, reason=Reason.CONTAINED),))
    assert (verdict.action, verdict.reason) == (Action.BLOCK, Reason.CONTAINED)
    assert verdict.text == guard.policy.notice


def test_a_document_that_is_held_is_nobodys(guard: Guard, ann: Principal) -> None:
    guard.watch = Watch(gates=[Holding(Hold(documents=frozenset({FILES_LEASE})))])
    kept = guard.filter_documents([FILES_LEASE, FILES_PAGE, DocumentRef("files", "letter")], ann)
    verdict = guard.check(CheckRequest(answer=LEASE, principal=ann))

    assert kept.kept == (FILES_PAGE,)
    assert [(one.ref.id, one.reason) for one in kept.dropped] == [
        ("lease", Reason.CONTAINED),
        ("letter", Reason.ENTITLEMENT),
    ]
    assert (verdict.action, verdict.reason) == (Action.BLOCK, Reason.ENTITLEMENT)


def test_a_gate_that_cannot_say_stops_everything(guard: Guard, ann: Principal) -> None:
    guard.watch = Watch(gates=[Holding(None)])
    for act in (
        lambda: guard.admit("What is the rent?", ann),
        lambda: guard.filter_documents([FILES_PAGE], ann),
        lambda: guard.check(CheckRequest(answer=PAGE, principal=ann)),
    ):
        with pytest.raises(GuardUnavailable):
            act()


def test_slowing_down_counts_a_question_as_many(open_guard: object, ann: Principal) -> None:
    guard = open_guard("[tiers.standard]\nper_minute = 30\n")  # type: ignore[operator]
    guard.watch = Watch(gates=[Holding(Hold(cost=5))])

    assert [guard.admit("What is the rent?", ann).allowed for _ in range(3)] == [True, True, False]


def test_a_part_of_the_daily_budgets_is_gone_and_comes_back(open_guard: object, ann: Principal) -> None:
    guard = open_guard("[labels.confidential]\nretrievals = 6\n")  # type: ignore[operator]

    def kept() -> int:
        return sum(bool(guard.filter_documents([FILES_LEASE], ann).kept) for _ in range(9))

    for budget, times in ((0.5, 3), (0.0, 0), (1.0, 3)):
        guard.watch = Watch(gates=[Holding(Hold(budget=budget))])
        assert kept() == times
