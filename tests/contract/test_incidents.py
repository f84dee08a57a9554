"""Incidents and containment, on every database."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from corpora import DocumentRef
from guard.access.incidents import Desk, IncidentKeeper, Moment, Severity, Target, open_desk
from guard.access.incidents.book import MOST_MOMENTS, Threshold
from guard.access.incidents.containment import FRESH_SECONDS, STALE_SECONDS, Containments
from guard.access.incidents.outbox import LEASE_SECONDS
from guard.access.incidents.rules import RULES
from guard.access.ledger import Account, Charge, open_ledger
from guard.errors import LedgerUnavailable
from guard.principal import Principal
from guard.settings import LedgerSetting
from guard.watch import Signal

ANN = Principal(user="ann", tenant="acme")
BOB = Principal(user="bob", tenant="acme")
ONCE = Threshold(Severity.HIGH, 1, 3600.0)


def moment(at: float = 0.0, **fields) -> Moment:
    return Moment(at=at, kind="verdict.dump", reason="one answer held much", **fields)


@pytest.fixture
def open_another(ledger_url, clock) -> Iterator:
    opened: list[Desk] = []

    def opener(**options) -> Desk:
        opened.append(open_desk(LedgerSetting(ledger_url), **({"clock": clock} | options)))
        return opened[-1]

    yield opener
    for desk in opened:
        desk.close()


@pytest.fixture
def desk(open_another) -> Desk:
    return open_another()


def test_it_stands_beside_the_ledger(ledger_url, desk) -> None:
    with open_ledger(ledger_url) as ledger:
        ledger.reserve(Account("acme", "ann"), [Charge("h\x1fa", (1,), 5, 5)], request_id="r")
    assert desk.book.listed() == []


def test_signals_of_one_group_and_user_are_one_incident(desk, clock) -> None:
    first = desk.book.add("extraction", "acme", "ann", moment(clock.now), ONCE)
    again = desk.book.add("extraction", "acme", "ann", moment(clock.now + 1), ONCE, times=3)
    other = desk.book.add("extraction", "acme", "bob", moment(clock.now), ONCE)
    nobody = desk.book.add("extraction", "acme", None, moment(clock.now), ONCE)
    secret = desk.book.add("secret", "acme", "ann", moment(clock.now), ONCE)

    assert (first.opened, again.opened) == (True, False)
    assert first.incident.id == again.incident.id
    assert len({added.incident.id for added in (first, other, nobody, secret)}) == 4
    assert again.incident.count == 4
    assert [one.at for one in desk.book.moments(first.incident.id)] == [clock.now, clock.now + 1]


def test_a_moment_comes_back_as_it_was(desk) -> None:
    told = moment(
        5.0,
        request_id="r1",
        strength=0.5,
        documents=(DocumentRef("files", "hr/42"),),
        others=("bob",),
        facts={"characters": 7, "who": "ann"},
    )
    added = desk.book.add("extraction", "acme", "ann", told, ONCE)

    assert desk.book.moments(added.incident.id) == [told]


def test_it_opens_when_enough_came_within_the_window(desk, clock) -> None:
    rule = Threshold(Severity.MEDIUM, 3, 100.0)
    opened = []
    for at in (0, 200, 250, 290, 295):
        clock.now = 1_800_000_000.0 + at
        opened.append(desk.book.add("extraction", "acme", "ann", moment(clock.now), rule).opened)

    assert opened == [False, False, False, True, False]
    assert [one.state for one in desk.book.listed()] == ["open"]
    assert desk.book.listed()[0].opened == clock.now - 5


def test_what_is_only_watched_is_not_listed_and_in_the_end_forgotten(desk, clock) -> None:
    rule = Threshold(Severity.MEDIUM, 3, 100.0)
    watched = desk.book.add("extraction", "acme", "ann", moment(clock.now), rule).incident
    assert desk.book.listed(closed=True) == []
    clock.now += 40 * 86_400
    desk.book.add("extraction", "acme", "bob", moment(clock.now), rule)

    assert desk.book.get(watched.id) is None
    assert desk.book.moments(watched.id) == []


def test_it_gets_worse_and_never_better(desk) -> None:
    desk.book.add("canary", "acme", "ann", moment(), Threshold(Severity.MEDIUM, 1, 10.0))
    worse = desk.book.add("canary", "acme", "ann", moment(), Threshold(Severity.CRITICAL, 1, 10.0))
    same = desk.book.add("canary", "acme", "ann", moment(), Threshold(Severity.LOW, 1, 10.0))

    assert (worse.worse, same.worse) == (True, False)
    assert same.incident.severity is Severity.CRITICAL


def test_what_is_closed_stays_closed_and_another_is_opened(desk) -> None:
    first = desk.book.add("extraction", "acme", "ann", moment(), ONCE).incident
    desk.book.hold(first.id, held=True)
    desk.book.close(first.id, by="kim")
    second = desk.book.add("extraction", "acme", "ann", moment(), ONCE)

    assert second.opened
    assert second.incident.id != first.id
    told = desk.book.get(first.id)
    assert (told.state, told.closed_by, told.held) == ("closed", "kim", True)
    assert {one.id for one in desk.book.listed()} == {second.incident.id}
    assert {one.id for one in desk.book.listed(closed=True)} == {first.id, second.incident.id}


def test_a_timeline_is_bounded_and_what_operators_did_is_not_lost(desk) -> None:
    for _ in range(MOST_MOMENTS + 5):
        added = desk.book.add("extraction", "acme", "ann", moment(), ONCE)
    desk.book.note(added.incident.id, Moment(at=9.0, kind="operator.note", reason="looked at"))
    moments = desk.book.moments(added.incident.id)

    assert added.incident.count == MOST_MOMENTS + 5
    assert len(moments) == MOST_MOMENTS + 1
    assert moments[-1].kind == "operator.note"


def test_processes_that_see_the_same_open_one_incident(open_another) -> None:
    desks = [open_another() for _ in range(4)]
    with ThreadPoolExecutor(8) as pool:
        added = list(
            pool.map(lambda n: desks[n % 4].book.add("extraction", "acme", "ann", moment(float(n)), ONCE), range(40))
        )

    assert len({one.incident.id for one in added}) == 1
    assert [one.opened for one in added].count(True) == 1
    assert desks[0].book.listed()[0].count == 40
    assert len(desks[0].book.moments(added[0].incident.id)) == 40


USER = Target(kind="user", tenant="acme", name="ann")


def contain(desk: Desk, action="quarantine", target=USER, seconds=60.0, **options):
    return desk.containments.contain(
        action, target, by="kim", reason="looks wrong", seconds=seconds, **options
    ).containment


def test_containment_holds_whom_it_names_until_it_ends(desk, clock) -> None:
    contain(desk)
    held = desk.containments.hold(ANN)
    assert (held.quarantined, held.retry_after) == (True, 60.0)
    assert not desk.containments.hold(BOB).quarantined
    assert not desk.containments.hold(Principal(user="ann", tenant="other")).quarantined
    clock.now += 59
    assert desk.containments.hold(ANN).quarantined
    clock.now += 2
    assert not desk.containments.hold(ANN).quarantined


def test_a_clock_that_goes_back_frees_nobody(desk, clock) -> None:
    contain(desk)
    clock.now -= 10_000

    assert desk.containments.hold(ANN).quarantined
    assert desk.containments.active()


def test_tenants_documents_and_keys(desk) -> None:
    document = DocumentRef("files", "hr/42")
    contain(desk, target=Target(kind="tenant", tenant="acme"), seconds=None)
    contain(desk, target=Target(kind="document", corpus="files", name="hr/42"))
    contain(desk, "revoke", Target(kind="key", name="app"), seconds=None)

    for one in (ANN, BOB, Principal(tenant="acme")):
        assert desk.containments.hold(one).quarantined
    stranger = desk.containments.hold(Principal(user="ann", tenant="other"))
    assert (stranger.quarantined, stranger.documents) == (False, frozenset({document}))
    assert desk.containments.revoked("app")
    assert not desk.containments.revoked("ap")


def test_a_longer_throttle_does_not_lengthen_a_quarantine(desk, clock) -> None:
    contain(desk, seconds=10.0)
    contain(desk, "throttle", seconds=100.0, cost=4, budget=0.5)
    clock.now += 20
    held = desk.containments.hold(ANN)

    assert (held.quarantined, held.cost, held.budget) == (False, 4, 0.5)


def test_throttling_again_is_the_longer_and_stricter_of_both(desk, clock) -> None:
    first = contain(desk, "throttle", seconds=100.0, cost=4, budget=0.5)
    second = contain(desk, "throttle", seconds=10.0, cost=2, budget=0.25)

    assert second.id == first.id
    assert (second.cost, second.budget, second.expires) == (4, 0.25, clock.now + 100)
    assert len(desk.containments.active()) == 1


def test_releasing(desk) -> None:
    done = contain(desk)
    assert desk.containments.release(done.id).id == done.id
    assert not desk.containments.hold(ANN).quarantined
    assert desk.containments.release(done.id) is None
    assert desk.containments.release("c-none") is None
    assert [one.id for one in desk.containments.all()] == [done.id]


def test_other_processes_know_within_a_second(open_another) -> None:
    here, there = open_another(), open_another()
    contain(here)
    deadline = time.monotonic() + FRESH_SECONDS + 0.5
    while not there.containments.hold(ANN).quarantined:
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_names_with_separators_are_not_mixed_up(desk) -> None:
    contain(desk, target=Target(kind="user", tenant="a", name="b/c"))

    assert desk.containments.hold(Principal(user="b/c", tenant="a")).quarantined
    assert not desk.containments.hold(Principal(user="c", tenant="a/b")).quarantined


class Ticks:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_without_the_database_the_last_that_was_known_holds_and_only_public_text_leaves(
    desk, clock, monkeypatch
) -> None:
    ticks = Ticks()
    gate = Containments(desk.store, clock=clock, ticks=ticks)
    contain(desk)
    gate.refresh()

    def away(**_options):
        raise LedgerUnavailable("the ledger is away")

    monkeypatch.setattr(desk.store, "transaction", away)
    ticks.now += FRESH_SECONDS + 0.1
    assert gate.hold(ANN).quarantined
    assert not gate.hold(BOB).public_only
    ticks.now += STALE_SECONDS
    assert gate.hold(ANN).quarantined
    assert gate.hold(BOB).public_only
    monkeypatch.undo()
    ticks.now += FRESH_SECONDS + 0.1
    assert not gate.hold(BOB).public_only


def signal(kind: str, who: Principal = ANN, strength: float = 0.9) -> Signal:
    return Signal(kind=kind, at=1.0, principal=who, request_id="r", strength=strength, reason="something")


@pytest.fixture
def keeper(desk, ledger) -> IncidentKeeper:
    return IncidentKeeper(desk.book, desk.containments, ledger, rules=RULES)


def test_only_the_acting_user_is_slowed_down_by_itself(desk, keeper) -> None:
    for kind in ("verdict.dump", "canary.answer", "verdict.secret", "behaviour.campaign", "whatever"):
        for _ in range(12):
            keeper.take(signal(kind))
    held = desk.containments.hold(ANN)

    assert (held.quarantined, held.documents) == (False, frozenset())
    assert held.cost == 5
    assert desk.containments.hold(BOB).cost == 1
    assert {one.action for one in desk.containments.active()} == {"throttle"}


def test_a_marker_in_a_question_contains_nobody(desk, keeper) -> None:
    for _ in range(5):
        keeper.take(signal("canary.question"))
    assert [one.group for one in desk.book.listed()] == ["canary"]
    assert desk.containments.active() == []


def test_nobody_is_slowed_down_for_what_is_anonymous(desk, keeper) -> None:
    keeper.take(signal("verdict.dump", Principal()))
    assert desk.book.listed()[0].user is None
    assert desk.containments.active() == []


def test_weak_signals_and_few_are_no_incident(desk, keeper) -> None:
    keeper.take(signal("behaviour.novelty", strength=0.6))
    for _ in range(9):
        keeper.take(signal("behaviour.novelty", strength=0.1))
    assert desk.book.listed() == []


def test_behaviour_opens_incidents_and_slows_nobody_down_a_second_time(desk, keeper) -> None:
    for _ in range(20):
        keeper.take(signal("behaviour.other"))
        keeper.take(signal("behaviour.canary"))
    assert desk.book.listed() == []
    keeper.take(signal("behaviour.harvest", strength=0.5))
    assert desk.book.listed() == []
    keeper.take(signal("behaviour.no-sentence", strength=0.6))
    keeper.take(signal("behaviour.slowed", strength=0.6))
    assert [(one.group, one.severity.word) for one in desk.book.listed()] == [("extraction", "medium")]
    assert desk.containments.active() == []


def test_an_incident_tells_what_was_shown_until_then(desk, keeper, ledger) -> None:
    charge = Charge("files\x1fhr/42", tuple(range(10)), 100, 100)
    reservation = ledger.reserve(Account("acme", "ann"), [charge], request_id="r")
    ledger.commit(reservation.id, {charge.family: range(10)})
    keeper.take(signal("verdict.dump"))

    assert desk.book.listed()[0].exposure == {
        "characters": 320,
        "documents": 1,
        "listed": [["files", "hr/42", 320]],
    }


def test_what_the_database_could_not_take_is_kept_for_later(desk, keeper, monkeypatch) -> None:
    def away(**_options):
        raise LedgerUnavailable("the ledger is away")

    monkeypatch.setattr(desk.store, "transaction", away)
    for who in (ANN, BOB):
        with pytest.raises(LedgerUnavailable):
            keeper.take(signal("verdict.dump", who))
    monkeypatch.undo()
    keeper.take(signal("verdict.secret"))

    assert {(one.group, one.user) for one in desk.book.listed()} == {
        ("extraction", "ann"),
        ("extraction", "bob"),
        ("secret", "ann"),
    }


def test_signals_from_many_threads(desk, keeper) -> None:
    threads = [threading.Thread(target=keeper.take, args=(signal("verdict.dump"),)) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (incident,) = desk.book.listed()
    assert 1 <= incident.count <= 12


def test_messages_wait_until_they_are_sent(desk, clock) -> None:
    box = desk.outbox
    assert box.take("soc") is None
    assert box.put("soc", {"n": 1})
    clock.now += 1
    box.put("soc", {"n": 2})
    box.put("other", {"n": 3})
    first = box.take("soc")
    second = box.take("soc")

    assert [json.loads(one.body)["n"] for one in (first, second)] == [1, 2]
    assert box.take("soc") is None, "both are somebody's"
    box.sent(first)
    box.failed(second, again_in=30.0)
    clock.now += 31
    again = box.take("soc")
    assert (again.id, again.tries) == (second.id, 2)
    box.failed(again, again_in=None)
    clock.now += 86_400
    assert box.take("soc") is None
    assert box.states() == {"soc": {"sent": 1, "failed": 1}, "other": {"waiting": 1}}


def test_a_message_of_a_process_that_died_is_taken_by_another(desk, open_another, clock) -> None:
    desk.outbox.put("soc", {"n": 1})
    lost = desk.outbox.take("soc")
    clock.now += LEASE_SECONDS + 1

    assert open_another().outbox.take("soc").id == lost.id


def test_a_message_is_taken_by_one_process_only(open_another) -> None:
    desks = [open_another() for _ in range(4)]
    for number in range(20):
        desks[0].outbox.put("soc", {"n": number})
    with ThreadPoolExecutor(8) as pool:
        taken = [one.id for one in pool.map(lambda n: desks[n % 4].outbox.take("soc"), range(30)) if one is not None]

    assert len(taken) == len(set(taken)) == 20


def test_the_outbox_is_bounded(desk, monkeypatch) -> None:
    monkeypatch.setattr("guard.access.incidents.outbox.MOST_WAITING", 3)
    assert [desk.outbox.put("soc", {"n": number}) for number in range(5)] == [True, True, True, False, False]
    assert desk.outbox.put("other", {})
