"""What the demo builds before anybody asks."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from corpora.sample import CANARY_PLACEHOLDER
from guard import Guard, Principal
from guard.access.ledger import open_ledger
from guard.access.ledger.base import Account, Charge
from guard.doors.cli.demo import knowledge, people
from guard.doors.cli.demo.model import INSTALL, model_file
from guard.doors.cli.failures import CommandError
from guard.request import CheckRequest
from guard.verdict import Action


def test_every_placeholder_becomes_a_marker_that_the_guard_knows(
    prepared: knowledge.Knowledge, sample_guard: Guard
) -> None:
    assert prepared.markers == 2
    assert not any(CANARY_PLACEHOLDER in document.text for document in prepared.documents)
    lines = [line for document in prepared.documents for line in document.text.splitlines() if "EXDOC-" in line]
    assert len(set(lines)) == 2
    for line in lines:
        verdict = sample_guard.check(CheckRequest(answer=f"See here. {line}", record=False))
        assert Action.BLOCK is verdict.action
        assert "EXDOC" not in verdict.text


def test_the_settings_load_and_name_the_people(prepared: knowledge.Knowledge, sample_guard: Guard) -> None:
    assert {"ann", "ben", "eve"} == set(sample_guard.settings.users)
    assert frozenset({"sales", "staff"}) == sample_guard.settings.users["ann"].groups
    assert len(prepared.documents) == len(sample_guard.corpora[knowledge.CORPUS])


def test_the_key_of_the_markers_is_its_owner_s_alone(prepared: knowledge.Knowledge) -> None:
    key = prepared.settings.parent / "state" / "canary.key"

    assert stat.S_IMODE(key.stat().st_mode) == 0o600


def test_every_run_begins_with_full_budgets(tmp_path: Path, folder: Path) -> None:
    documents = knowledge.own_documents(folder, "confidential", print)
    questions = people.own_script(documents, "default").questions
    settings = knowledge.prepare(tmp_path, documents, people.people_of(questions), []).settings
    with Guard.open(settings) as guard:
        verdict = guard.check(CheckRequest(answer=documents[0].text, principal=Principal(user="reader")))
        assert Action.REDACT is verdict.action
        assert guard.ledger.exposure()
    knowledge.prepare(tmp_path, documents, people.people_of(questions), [])
    with Guard.open(settings) as guard:
        assert guard.ledger.exposure() == []


def test_own_documents_have_the_demo_s_reader_and_the_label_asked_for(folder: Path) -> None:
    (folder / "named.md").write_text("---\nlabel: restricted\nreaders: ['*']\n---\nThe vault opens at nine.\n")
    found = knowledge.own_documents(folder, "internal", print)

    assert {frozenset({"user:reader"})} == {document.readers for document in found}
    assert [document.label for document in found] == ["internal", "restricted", "internal"]


def test_a_folder_without_documents_is_one_clear_message(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no such folder"):
        knowledge.own_documents(tmp_path / "nowhere", "internal", print)
    with pytest.raises(CommandError, match="no document"):
        knowledge.own_documents(tmp_path, "internal", print)


def test_questions_about_own_documents_are_asked_by_one_who_may_and_one_who_may_not(folder: Path) -> None:
    documents = knowledge.own_documents(folder, "confidential", print)
    questions = people.own_script(documents, "default").questions

    assert [person.name for person in people.people_of(questions)] == ["reader", "visitor"]
    assert {"lease.md", "recipe.txt"} == {question.about for question in questions}
    assert {True, False} == {question.attack for question in questions if question.person.name == "visitor"}


def test_everybody_asks_and_everything_asked_about_is_there(prepared: knowledge.Knowledge) -> None:
    short, whole = people.sample_script(), people.sample_script(everything=True)
    known = {document.id for document in prepared.documents}

    assert [person.name for person in people.people_of(short.questions)] == ["ann", "ben", "eve"]
    assert [person.name for person in people.people_of(whole.questions)] == ["ann", "ben", "eve"]
    assert set(short.questions) < set(whole.questions)
    assert short.reserve
    assert {question.about for question in (*whole.questions, *short.reserve)} <= known


def test_a_missing_model_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("guard.doors.cli.demo.model.PACKAGE", "no_such_model_package")

    with pytest.raises(CommandError, match="not installed") as raised:
        model_file()
    assert INSTALL in str(raised.value)


def test_the_ledger_of_the_demo_is_a_real_one(prepared: knowledge.Knowledge) -> None:
    from guard.settings import Settings

    settings = Settings.load(prepared.settings)
    with open_ledger(settings.ledger.url) as ledger:
        account = Account("halden", "ann")
        reservation = ledger.reserve(account, [Charge("probe", (0, 1), 9, 9)], request_id="r")
        ledger.release(reservation.id)
        assert [seen for seen in ledger.exposure() if seen.family == "probe" and seen.cells] == []
