"""Every decision is a row; where none can be written, only public text is shown."""

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from corpora import DocumentRef
from guard import Action, CheckRequest, Guard, GuardUnavailable, Principal
from guard.access.audit import audit_folder, verify
from guard.access.audit.opening import audit_key
from tests.guard.conftest import LEASE, LETTER, PAGE

FILES_LEASE = DocumentRef("files", "lease")
FILES_PAGE = DocumentRef("files", "page")


def rows_of(guard: Guard) -> list[dict]:
    paths = sorted(audit_folder(guard.settings).glob("*.chain"))
    return [json.loads(line) for path in paths for line in path.read_text().splitlines()]


def told(guard: Guard, kind: str) -> list[dict]:
    return [row for row in rows_of(guard) if row["kind"] == kind]


def test_decisions_are_rows_without_text(open_guard: Callable[..., Guard], ann: Principal, eve: Principal) -> None:
    guard = open_guard("[tiers.standard]\nper_minute = 3\n")
    for number in range(2):
        guard.admit(f"What is the rent in year {number}?", ann, request_id=f"a{number}", address="192.0.2.7")
    guard.filter_documents([FILES_LEASE, DocumentRef("files", "Herr Maier's file")], ann, question="rent?")
    guard.check(CheckRequest(answer=LEASE, principal=ann, question="rent?", request_id="r1"))
    guard.check(CheckRequest(answer=f"Well: {LETTER}", principal=eve, request_id="r2"))
    guard.check(CheckRequest(answer=PAGE, principal=eve))

    (loaded,) = told(guard, "configuration.loaded")
    assert loaded["facts"]["policy"] == guard.policy.digest
    (refused,) = told(guard, "admission.refused")
    assert (refused["request"], refused["facts"]["reason"]) == ("a1", "limit")
    (retrieval,) = told(guard, "retrieval")
    assert retrieval["facts"]["kept"] == [["files", "lease"]]
    assert [entry[-1] for entry in retrieval["facts"]["dropped"]] == ["entitlement"]
    redacted, blocked = told(guard, "verdict")  # and no row for the public page
    assert redacted["who"] == {"tenant": "acme", "user": "ann"}
    assert (redacted["facts"]["action"], redacted["facts"]["cells"]["files/lease"] > 0) == ("redact", True)
    assert redacted["facts"]["findings"][0]["documents"][0][:2] == ["files", "lease"]
    assert (blocked["request"], blocked["facts"]["reason"]) == ("r2", "entitlement")
    assert retrieval["facts"]["question"] == redacted["facts"]["question"]

    text = json.dumps(rows_of(guard))
    for forbidden in ("rent", "Maier", "landlord", "lipoma", "192.0.2"):
        assert forbidden not in text


def test_the_rows_verify(open_guard: Callable[..., Guard], ann: Principal) -> None:
    guard = open_guard()
    for _ in range(3):
        guard.check(CheckRequest(answer=LEASE, principal=ann))
    guard.close()
    report = verify(audit_folder(guard.settings), [audit_key(guard.settings).public])

    assert report.sound
    assert report.rows >= 5  # and what they gave rise to
    assert report.uncovered == 0


def test_without_an_audit_nothing_is_written(open_guard: Callable[..., Guard], ann: Principal) -> None:
    guard = open_guard("[audit]\nenabled = false\n")

    assert guard.check(CheckRequest(answer=LEASE, principal=ann)).action is Action.REDACT
    assert not audit_folder(guard.settings).exists()


@pytest.fixture
def full(guard: Guard, monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """The disk takes half of each row."""
    real = os.write
    monkeypatch.setattr("guard.access.audit.chain.os.write", lambda handle, data: real(handle, data[: len(data) // 2]))
    return monkeypatch


def test_with_a_full_disk_only_public_work_goes_on(
    guard: Guard, ann: Principal, eve: Principal, full: pytest.MonkeyPatch
) -> None:
    request = CheckRequest(answer=LEASE, principal=ann)
    with pytest.raises(GuardUnavailable, match="audit"):  # the row of the first is what fails
        guard.check(request)
    for act in (
        lambda: guard.check(request),
        lambda: guard.filter_documents([FILES_LEASE, FILES_PAGE], ann),
        lambda: guard.check(CheckRequest(answer=LETTER, principal=eve)),
    ):
        with pytest.raises(GuardUnavailable):
            act()
    assert guard.admit("What is the cheese?", eve).allowed
    assert guard.filter_documents([FILES_PAGE], eve).kept == (FILES_PAGE,)
    assert guard.check(CheckRequest(answer=PAGE, principal=eve)).action is Action.ALLOW

    full.undo()
    guard.watch._recorders[0]._audit._broken_until = 0.0
    assert guard.check(request).action is Action.REDACT
    assert told(guard, "audit.gap")[0]["facts"]["lost"] > 0


def test_a_stream_whose_row_failed_has_no_verdict(guard: Guard, ann: Principal, full: pytest.MonkeyPatch) -> None:
    del full
    stream = guard.stream(principal=ann)
    stream.feed(LEASE)
    for _ in range(2):
        with pytest.raises(GuardUnavailable):
            stream.finish()
    stream.close()
    with guard.stream(principal=ann) as given_up, pytest.raises(GuardUnavailable):
        given_up.feed(LEASE)


def test_the_key_may_live_elsewhere(
    open_guard: Callable[..., Guard], ann: Principal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AUDIT_KEY", "5f" * 32)
    guard = open_guard('[audit]\npath = "elsewhere"\nkey_env = "AUDIT_KEY"\nship_to = "shipped.log"\n')
    guard.check(CheckRequest(answer=LEASE, principal=ann))
    guard.close()

    assert not (tmp_path / "elsewhere" / "signing.pem").exists()
    assert "5f5f" not in "".join(path.read_text() for path in (tmp_path / "elsewhere").iterdir())
    shipped = tuple((tmp_path / "shipped.log").read_bytes().splitlines())
    assert verify(tmp_path / "elsewhere", [audit_key(guard.settings).public], shipped=shipped).sound
