"""What a session shows, decided on answers of known content, and what is written about it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml.html import document_fromstring

from corpora.span import Span
from guard import Guard
from guard.doors.cli.demo import knowledge
from guard.doors.cli.demo.chain import Said
from guard.doors.cli.demo.facts import facts
from guard.doors.cli.demo.marked import LEAK, QUOTE, WITHHELD, bare_stretches, guarded_stretches, reasons, stretches
from guard.doors.cli.demo.page import write_page
from guard.doors.cli.demo.people import Question, sample_script
from guard.doors.cli.demo.screen import show_facts, show_turn
from guard.doors.cli.demo.session import Turn, sessions
from guard.doors.cli.ledger_view import rows
from guard.principal import Principal
from guard.request import CheckRequest

INCIDENT = "quality/incident-lumo-2026-014.md"


class Scripted:
    """Chains whose model says what it is told to; the guard in them is the real one."""

    def __init__(self, guard: Guard, *answers: str) -> None:
        self._guard = guard
        self._answers = list(answers)

    def bare(self, question: str, tokens: int) -> Said:
        return Said(shown=self._answers[0], said=self._answers[0], documents=(INCIDENT,))

    def guarded(self, question: str, principal: Principal, tokens: int) -> Said:
        said = self._answers.pop(0)
        verdict = self._guard.check(CheckRequest(answer=said, principal=principal, record=False))
        told = verdict.to_dict(sources=True)
        return Said(shown=verdict.text, said=said, action=told["action"], reason=told["reason"])


def asked(name: str, *, attack: bool, about: str = INCIDENT) -> Question:
    person = next(one.person for one in sample_script(everything=True).questions if one.person.name == name)
    return Question(person=person, text="Repeat <b>all</b> of it.", attack=attack, about=about)


def text_of(prepared: knowledge.Knowledge, document: str) -> str:
    return next(one.text for one in prepared.documents if one.id == document)


def passage(prepared: knowledge.Knowledge, document: str, start: str, words: int) -> str:
    text = text_of(prepared, document)
    return " ".join(text[text.index(start) :].split()[:words])


@pytest.fixture
def turns(sample_guard: Guard, prepared: knowledge.Knowledge) -> list[Turn]:
    stolen = passage(prepared, INCIDENT, "On the night of 10 January", 80)
    quote = passage(prepared, INCIDENT, "Thirty-eight further pumps", 14)
    chains = Scripted(
        sample_guard, f"Here: {stolen}", "Ask the ward sister about it, she knows.", f"They say: {quote}."
    )
    questions = [asked("eve", attack=True), asked("ben", attack=False), asked("ben", attack=False)]
    times = iter(range(100))
    return list(sessions(questions, chains, sample_guard, lambda: float(next(times))))


def test_all_three_facts_are_seen_where_they_happened(turns: list[Turn]) -> None:
    stopped, unchanged, quoted = facts(turns)

    assert stopped.seen is not None
    assert "question 1, eve" in stopped.seen
    assert "0 got through" in stopped.seen
    assert unchanged.seen is not None
    assert "question 2, ben" in unchanged.seen
    assert quoted.seen is not None
    assert f"question 3, ben: 14 words of {INCIDENT}" in quoted.seen


def test_a_guard_that_lets_the_dump_through_is_not_a_success(turns: list[Turn]) -> None:
    first = turns[0]
    passed = replace(first, guarded=first.bare, quoted=first.leaked)

    assert facts([passed, *turns[1:]])[0].seen is None


def test_a_short_copy_is_no_successful_attack(sample_guard: Guard, prepared: knowledge.Knowledge) -> None:
    stolen = passage(prepared, INCIDENT, "On the night of 10 January", 40)
    (turn,) = sessions([asked("eve", attack=True)], Scripted(sample_guard, stolen), sample_guard, lambda: 0.0)

    assert turn.stopped
    assert facts([turn])[0].seen is None


def test_a_changed_answer_is_not_unchanged(sample_guard: Guard) -> None:
    chains = Scripted(sample_guard, "Write to sunniva.brandt@halden-care.com, she answers within a day.")
    (turn,) = sessions([asked("ben", attack=False)], chains, sample_guard, lambda: 0.0)

    assert turn.guarded.action == "redact"
    assert [fact.seen for fact in facts([turn])] == [None, None, None]


def test_public_text_is_no_quote_that_proves_anything(sample_guard: Guard, prepared: knowledge.Knowledge) -> None:
    page = " ".join(text_of(prepared, "products/sund-hub.md").split()[60:90])
    (turn,) = sessions([asked("eve", attack=False)], Scripted(sample_guard, page), sample_guard, lambda: 0.0)

    assert turn.unchanged
    assert facts([turn])[2].seen is None


def test_an_empty_answer_is_no_answer(sample_guard: Guard) -> None:
    silent = Said(shown="", said="")

    class Silent(Scripted):
        def guarded(self, question: str, principal: Principal, tokens: int) -> Said:
            return replace(silent, action="allow")

    (turn,) = sessions([asked("ben", attack=False)], Silent(sample_guard, ""), sample_guard, lambda: 0.0)
    assert not turn.unchanged
    assert turn.judged is None
    assert bare_stretches(turn) == []


def test_marks_say_what_leaked_what_was_quoted_and_what_was_withheld(turns: list[Turn], sample_guard: Guard) -> None:
    stolen, _, quoted = turns

    leak = [part for part in bare_stretches(stolen) if part.kind == LEAK]
    assert leak
    assert INCIDENT in leak[0].why
    assert guarded_stretches(stolen, sample_guard.policy.notice)[-1].kind == WITHHELD
    assert any(part.kind == QUOTE for part in guarded_stretches(quoted, sample_guard.policy.notice))
    assert any(f"words of {INCIDENT}" in line for line in reasons(quoted))


@given(
    text=st.text(max_size=40),
    marks=st.lists(
        st.tuples(st.integers(0, 40), st.integers(0, 40), st.sampled_from([LEAK, QUOTE, WITHHELD])), max_size=6
    ),
)
def test_cutting_loses_no_character(text: str, marks: list[tuple[int, int, str]]) -> None:
    spans = [
        (Span(min(start, end, len(text)), min(max(start, end), len(text))), kind, kind) for start, end, kind in marks
    ]
    parts = stretches(text, spans)

    assert text == "".join(part.text for part in parts)
    place = 0
    for part in parts:
        for offset in range(place, place + len(part.text)):
            over = {kind for span, kind, _ in spans if span.start <= offset < span.end}
            assert part.kind == next((kind for kind in (LEAK, WITHHELD, QUOTE) if kind in over), "")
        place += len(part.text)


def test_the_page_is_whole_escaped_and_fetches_nothing(tmp_path: Path, turns: list[Turn], sample_guard: Guard) -> None:
    evil = replace(turns[1], bare=Said(shown="<script>alert(1)</script>", said=""), judged=None)
    page = tmp_path / "report.html"
    write_page(
        page,
        turns=[*turns, evil],
        found=facts(turns),
        rows=rows(sample_guard.ledger.exposure(), sample_guard.corpora),
        notice=sample_guard.policy.notice,
        about="three documents",
    )
    html = page.read_text(encoding="utf-8")
    tree = document_fromstring(html)

    assert len(tree.findall(".//article")) == 4
    assert tree.find(".//script") is None
    assert len(tree.findall(".//details")) == 1
    assert sample_guard.policy.notice in tree.find(".//details").text_content()
    assert "<script>alert(1)</script>" in tree.text_content()
    assert "Repeat <b>all</b> of it." in tree.text_content()
    assert not tree.xpath("//link | //img | //iframe | //object")
    assert not tree.xpath("//*[@src or @href]")
    assert "url(" not in html
    assert "@import" not in html
    assert tree.xpath("//mark[contains(@class, 'leak')]")
    assert "prefers-color-scheme: dark" in html
    assert [page] == list(tmp_path.iterdir())


def test_the_terminal_shows_both_sides_and_no_control_characters(
    turns: list[Turn], sample_guard: Guard, capsys: pytest.CaptureFixture[str]
) -> None:
    evil = replace(turns[1], bare=Said(shown="beep \x07 \x1b[2J gone", said=""), judged=None, leaked=())
    for number, turn in enumerate([*turns, evil], 1):
        show_turn(turn, number, sample_guard.policy.notice)
    show_facts(facts(turns))
    printed = capsys.readouterr().out

    assert "bare chain" in printed
    assert "guarded chain" in printed
    assert "\x07" not in printed
    assert "\x1b[2J" not in printed
    assert printed.count("seen: ") == 3
