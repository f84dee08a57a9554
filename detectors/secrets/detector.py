"""Finds credentials in an answer."""
# ruff: noqa: E501

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from typing import Final

from detectors.finding import Finding, Kind
from detectors.folding import fold
from detectors.secrets import accounts, cues, generic, negatives, passwords, pem
from detectors.secrets.anchors import Anchors
from detectors.secrets.generic import Value
from detectors.secrets.rule import LONGEST, Rule
from detectors.secrets.rules import RULES
from detectors.secrets.runs import Run, long_runs

_SPACE: Final = re.compile(r"\s")
_HEAD: Final = re.compile(r"[A-Za-z][A-Za-z0-9]{1,7}(?:_[A-Za-z]{2,6})?[_-]")
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
        self._anchors = Anchors(rules)

    def detect(self, answer: str) -> list[Finding]:
        """Return the credentials in *answer*, in order of place."""
        folded = fold(answer)
        text = folded.text
        lower = lowered(text)
        blocks = list(_blocks(text))
        runs = long_runs(text)
        tokens = list(self._tokens(runs))
        loose = [
            value for value in generic.values(text, lower, runs) if not self._almost(text[value.start : value.end])
        ]
        loose.extend(Value("password", said.start, said.end, 0.8) for said in passwords.passwords(text, lower))
        loose.extend(Value("password", said.start, said.end, 0.8) for said in passwords.places(text, lower))
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
        tail = max(0, size - generic.LONGEST - cues.AFTER - 8)
        tail = _run_start(text[:tail]) if tail else 0
        for start, end in generic.candidates(text, long_runs(text, tail)):
            if end + cues.AFTER > size and lower.find("\n", end) < 0:
                held.append(start)
        quote = passwords.open_value(text, lower)
        if quote is not None:
            held.append(quote)
        opening = pem.opening(text)
        if opening is not None:
            held.append(opening)
        blocks = list(pem.blocks(text))
        held.extend(block.firm if block.sure else block.start for block in blocks if block.open)
        file = accounts.unfinished(text, blocks)
        if file is not None:
            held.append(file)
        return folded.place(max(0, min(held)))

    def _almost(self, value: str) -> bool:
        """Say whether *value* begins as a token of fixed form does and is none: cut short, or a sample."""
        head = _HEAD.match(value)
        return head is not None and head.group().lower() in self._anchors

    def _tokens(self, runs: Sequence[Run]) -> Iterator[Value]:
        """Yield the credentials with a shape of their own; they hold no white space, so only long runs are looked at."""
        if not runs:
            return
        joined = "\n".join(run.text for run in runs)
        places = list(accumulate((len(run.text) + 1 for run in runs), initial=0))
        for rule in self._anchors.rules(joined.lower()):
            for start, end in rule.find(joined):
                if not hollow(joined[start:end]):
                    index = bisect_right(places, start) - 1
                    shift = runs[index].start - places[index]
                    yield Value(rule.name, start + shift, end + shift, rule.confidence)


def _blocks(text: str) -> Iterator[Value]:
    """Yield the private key blocks of *text*, with the key files that they stand in."""
    for block in pem.blocks(text):
        if block.sure:
            file = accounts.around(text, block)
            if file is not None:
                yield Value("service-account-key", *file, 1.0)
            else:
                yield Value("private-key", block.start, block.end, 1.0)


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
