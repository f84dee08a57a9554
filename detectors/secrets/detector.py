"""Finds credentials in an answer."""
# ruff: noqa: E501

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from detectors.finding import Finding, Kind
from detectors.folding import fold
from detectors.secrets import cues, generic, negatives, pem
from detectors.secrets.generic import Value
from detectors.secrets.rule import LONGEST, SHORTEST, Rule
from detectors.secrets.rules import RULES

_RUN: Final = re.compile(rf"\S{{{SHORTEST},}}")
_SPACE: Final = re.compile(r"\s")
_HOLLOW: Final = re.compile(
    r"example|x{6,}|\*{4,}|0{10,}|your[_-]|placeholder|redacted|\.{3}|…|changeme|dummy|sample[_-]", re.IGNORECASE
)


class SecretDetector:
    """
    Finds credentials.

    Tokens with a shape of their own, private key blocks, passwords that a word announces, and opaque values beside a cue
    or a service's name.

    Args:
        rules: The rules for tokens with a shape; all of :data:`detectors.secrets.rules.RULES` by default.
    """

    name = "secrets"

    def __init__(self, rules: Sequence[Rule] = RULES) -> None:
        self._by_anchor: dict[str, list[Rule]] = {}
        for rule in rules:
            for anchor in rule.anchor:
                self._by_anchor.setdefault(anchor, []).append(rule)

    def detect(self, answer: str) -> list[Finding]:
        """Return the credentials in *answer*, in order of place."""
        folded = fold(answer)
        text = folded.text
        lower = lowered(text)
        blocks = [Value("private-key", block.start, block.end, 1.0) for block in pem.blocks(text) if block.sure]
        tokens = list(self._tokens(text))
        loose = [*generic.values(text, lower)]
        loose.extend(Value("password", said.start, said.end, 0.8) for said in cues.passwords(text, lower))
        kept = [*blocks, *_outermost(_outside(tokens, blocks))]
        kept.extend(_outermost(_outside(loose, kept)))
        findings: dict[tuple[int, int, str], Finding] = {}
        for value in kept:
            span = folded.back(value.start, value.end)
            findings[span.start, span.end, value.rule] = Finding(
                kind=Kind.SECRET, rule=value.rule, span=span, confidence=value.sure
            )
        return [findings[key] for key in sorted(findings)]

    def settled(self, answer: str) -> int:
        """
        See :meth:`detectors.base.Detector.settled`.

        Held back: the run without white space at the end (at most :data:`detectors.secrets.rule.LONGEST` characters of it),
        an opaque value whose line may still say what it is, an open quotation behind a password word, and a private key
        block that has only begun.
        """
        folded = fold(answer)
        text = folded.text
        size = len(text)
        held = [max(_run_start(text), size - 2 * LONGEST)]
        lower = lowered(text)
        for start, end in generic.candidates(text, max(0, size - generic.LONGEST - cues.AFTER - 8)):
            if end + cues.AFTER > size and lower.find("\n", end) < 0:
                held.append(start)
        quote = cues.open_quote(text, lower)
        if quote is not None:
            held.append(quote)
        opening = pem.opening(text)
        if opening is not None:
            held.append(opening)
        held.extend(block.end if block.sure else block.start for block in pem.blocks(text) if block.open)
        return folded.place(max(0, min(held)))

    def _tokens(self, text: str) -> Iterator[Value]:
        """Yield the credentials with a shape of their own; they hold no white space, so only long runs are looked at."""
        starts: list[int] = []
        places: list[int] = []
        runs: list[str] = []
        at = 0
        for match in _RUN.finditer(text):
            places.append(at)
            starts.append(match.start())
            runs.append(match.group())
            at += len(runs[-1]) + 1
        if not runs:
            return
        joined = "\n".join(runs)
        lower = joined.lower()
        found: set[str] = set()
        for anchor, rules in self._by_anchor.items():
            if anchor not in lower:
                continue
            for rule in rules:
                if rule.name in found:
                    continue
                found.add(rule.name)
                for start, end in rule.find(joined):
                    value = joined[start:end]
                    if hollow(value):
                        continue
                    shift = starts[bisect_right(places, start) - 1] - places[bisect_right(places, start) - 1]
                    yield Value(rule.name, start + shift, end + shift, rule.confidence)


def hollow(value: str) -> bool:
    """Say whether *value* has the shape of a token but stands for one: documentation, a mask, one character repeated."""
    return _HOLLOW.search(value) is not None or negatives.filler(value[-40:])


def lowered(text: str) -> str:
    """Return *text* in lower case with every character at its place."""
    lower = text.lower()
    return lower if len(lower) == len(text) else "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


def _run_start(text: str) -> int:
    for at in range(len(text), max(0, len(text) - 2 * LONGEST), -1):
        if _SPACE.match(text, at - 1):
            return at
    return max(0, len(text) - 2 * LONGEST)


def _outside(values: Iterable[Value], others: Sequence[Value]) -> list[Value]:
    """Return the *values* that do not overlap any of *others*, or reach out of one further than it reaches into it."""
    return [one for one in values if not any(other.start <= one.start and one.end <= other.end for other in others)]


def _outermost(values: Iterable[Value]) -> list[Value]:
    """Return the *values* that no other, at least as sure, contains; of equal places the surest, then the first by name."""
    ordered = sorted(set(values), key=lambda value: (-value.sure, value.start - value.end, value.rule))
    kept: list[Value] = []
    for value in ordered:
        if not any(other.start <= value.start and value.end <= other.end for other in kept):
            kept.append(value)
    return kept
