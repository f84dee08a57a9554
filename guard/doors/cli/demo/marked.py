"""A text cut into marked and unmarked stretches, for the terminal and for the page."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from corpora.span import Span
from guard.doors.cli.demo.session import Turn

LEAK: Final = "leak"
QUOTE: Final = "quote"
WITHHELD: Final = "withheld"
_PLACEHOLDER: Final = re.compile(r"\[[a-z ]+ withheld\]|<[A-Z_]{3,}>")


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some text, what it is (``leak``, ``quote``, ``withheld`` or nothing), and why, in a few words."""

    text: str = field(repr=False)
    kind: str = ""
    why: str = ""


def bare_stretches(turn: Turn) -> list[Stretch]:
    """Return the bare answer; what the person must not see is a leak, what they may quote is a quote."""
    marks: list[tuple[Span, str, str]] = []
    for finding in turn.judged.findings if turn.judged is not None else ():
        owners = sorted({source.id for source in finding.documents})
        why = ", ".join(owners) if owners else f"{finding.kind.value}: {finding.rule}"
        readable = bool(owners) and all(one.readable for one in turn.leaked if one.document in owners)
        kind = QUOTE if readable and turn.judged is not None and turn.judged.action.value == 0 else LEAK
        marks.append((finding.span, kind, why))
    return stretches(turn.bare.shown, marks)


def guarded_stretches(turn: Turn, notice: str) -> list[Stretch]:
    """Return the guarded answer; quotes, placeholders and the notice of a block are marked."""
    shown = turn.guarded.shown
    marks = [(span, QUOTE, one.document) for one in turn.quoted if one.label != "public" for span in one.spans]
    marks += [(Span(*found.span()), WITHHELD, "withheld") for found in _PLACEHOLDER.finditer(shown)]
    if shown.endswith(notice):
        marks.append((Span(len(shown) - len(notice), len(shown)), WITHHELD, "blocked"))
    return stretches(shown, marks)


def stretches(text: str, marks: Iterable[tuple[Span, str, str]]) -> list[Stretch]:
    """Cut *text* at the borders of *marks*; where they overlap, ``leak`` goes before ``withheld`` before ``quote``."""
    rank = {LEAK: 0, WITHHELD: 1, QUOTE: 2}
    ordered = sorted(marks, key=lambda mark: rank.get(mark[1], 3))
    borders = sorted({0, len(text), *(place for span, _, _ in ordered for place in (span.start, span.end))})
    cut: list[Stretch] = []
    for start, end in itertools.pairwise(borders):
        over = next((mark for mark in ordered if mark[0].start <= start and end <= mark[0].end), None)
        kind, why = ("", "") if over is None else over[1:]
        if cut and (cut[-1].kind, cut[-1].why) == (kind, why):
            cut[-1] = Stretch(cut[-1].text + text[start:end], kind, why)
        else:
            cut.append(Stretch(text[start:end], kind, why))
    return cut


def reasons(turn: Turn) -> list[str]:
    """Return why the guard did what it did, one line each."""
    lines: list[str] = []
    if turn.guarded.withheld:
        lines.append(f"{turn.guarded.withheld} of the retrieved chunks were kept out of the prompt")
    worst = turn.worst
    if worst is not None and turn.judged is not None:
        right = "may read it" if worst.readable else "may not read it"
        name = turn.question.person.name
        right = "may read it" if worst.readable else "may not read it"
        lines.append(
            f"the bare answer copies {worst.words} words of {worst.document} ({worst.label}; {name} {right}): "
            f"for {name} that is {turn.judged.action.word} ({turn.judged.reason.value})"
        )
    lines.append(_guarded_line(turn))
    return lines


def _guarded_line(turn: Turn) -> str:
    quoted: Sequence[str] = [f"{one.words} words of {one.document}" for one in turn.quoted if one.label != "public"]
    said = f"guarded answer: {turn.guarded.action} ({turn.guarded.reason})"
    return f"{said}; quotes {', '.join(quoted)}" if quoted else said
