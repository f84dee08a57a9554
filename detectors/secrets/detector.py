"""Finds credentials in an answer."""
# ruff: noqa: E501

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from threading import Lock
from typing import Final, Literal

from detectors.finding import Finding, Kind
from detectors.folding import fold, lowered
from detectors.secrets import accounts, cues, generic, negatives, passwords, pem, places
from detectors.secrets.generic import Value
from detectors.secrets.rule import LONGEST, Rule
from detectors.secrets.rules import RULES
from detectors.secrets.scan import Hits, Scanner, compiled_values, open_scanner, view
from detectors.secrets.store import default_folder
from detectors.secrets.trie import any_of

_SPACE: Final = re.compile(r"\s")
_RUN_END: Final = re.compile(rb"[ \t\r\n]|\Z")
_HEAD: Final = re.compile(r"[A-Za-z][A-Za-z0-9]{1,7}(?:_[A-Za-z]{2,6})?[_-]")
_HOLLOW_STEM: Final = re.compile(
    any_of(
        (
            "example",
            "xxxxxx",
            "****",
            "0" * 10,
            "your_",
            "your-",
            "placeholder",
            "redacted",
            "...",
            "…",
            "changeme",
            "dummy",
            "sample_",
            "sample-",
        )
    )
)


class SecretDetector:
    """
    Finds credentials.

    Tokens with a shape of their own, private key blocks, passwords that a word announces, and opaque values beside a cue
    or a service's name.  The first look compiles what is looked for, or loads it from *cache*.

    Args:
        rules: The rules for tokens with a shape; all of :data:`detectors.secrets.rules.RULES` by default.
        cache: Folder for what is compiled; by default the one that the environment variable ``ECHOGUARD_CACHE`` names, or
            the user's own cache.  None keeps nothing.
        scanner: What looks; by default the fastest that runs here.  All see the same.
    """

    name = "secrets"

    def __init__(
        self,
        rules: Sequence[Rule] = RULES,
        *,
        cache: Path | Literal["default"] | None = "default",
        scanner: Scanner | None = None,
    ) -> None:
        self._rules = tuple(rules)
        self._heads = frozenset(anchor for rule in rules for anchor in rule.anchor)
        self._cache = default_folder() if cache == "default" else cache
        self._scanner = scanner
        self._opening = Lock()

    def warm(self) -> Scanner:
        """Compile what is looked for, or load it, and return what looks; later calls return at once."""
        if self._scanner is None:
            with self._opening:
                if self._scanner is None:
                    self._scanner = open_scanner(self._rules, cache=self._cache)
        return self._scanner

    def detect(self, answer: str) -> list[Finding]:
        """Return the credentials in *answer*, in order of place."""
        folded = fold(answer)
        text = folded.text
        seen = view(text)
        hits = self.warm().scan(seen)
        words = passwords.places_of_words(text, hits.words)
        if not (hits.tokens or hits.values or hits.marks or words):
            return []
        blocks = list(_blocks(text)) if hits.marks & _KEY_MARKS else []
        tokens = list(self._tokens(text, seen, hits))
        starts = list(generic.candidates(text, hits.values))
        loose: list[Value] = []
        if starts or words or hits.marks - _KEY_MARKS:
            lower = lowered(text)
            loose.extend(value for value in generic.values(text, lower, starts) if not self._almost(text, value))
            loose.extend(
                Value("password", said.start, said.end, 0.8) for said in passwords.passwords(text, lower, words)
            )
            loose.extend(
                Value("password", said.start, said.end, 0.8) for said in places.places(text, lower, hits.marks)
            )
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
        starts = [match.start() for match in _VALUES.finditer(text, tail)]
        for start, end in generic.candidates(text, starts):
            if end + cues.AFTER > size and lower.find("\n", end) < 0:
                held.append(start)
        quote = passwords.open_value(text, lower)
        if quote is not None:
            held.append(quote)
        opening = pem.opening(text)
        if opening is not None:
            held.append(opening)
        blocks = list(pem.blocks(text))
        held.extend(block.firm if block.sure else accounts.begins(text, block) for block in blocks if block.open)
        file = accounts.unfinished(text, blocks)
        if file is not None:
            held.append(file)
        return folded.place(max(0, min(held)))

    def _almost(self, text: str, one: Value) -> bool:
        """Say whether *one* begins as a token of fixed form does, is none, and nothing but words nearby speaks for it."""
        value = text[one.start : one.end]
        if one.rule == "keyed-value" and negatives.opaque(value):
            return False
        head = _HEAD.match(value)
        return head is not None and head.group().lower() in self._heads

    def _tokens(self, text: str, seen: bytes, hits: Hits) -> Iterator[Value]:
        """Yield the credentials with a shape of their own; they hold no white space, so each run is looked at once."""
        start = end = 0
        tried: set[int] = set()
        for number, place in sorted(hits.tokens, key=_by_place):
            if place > end:
                start = max(end, *(seen.rfind(space, end, place - 1) + 1 for space in _SPACES_ONE))
                found = _RUN_END.search(seen, place - 1)
                end = found.start() if found else len(seen)
                tried.clear()
            if number in tried:
                continue
            tried.add(number)
            rule = self._rules[number]
            run = text[start:end]
            last = ""
            for begin, stop in rule.find(run):
                value = run[begin:stop]
                # Of a long run of one letter each piece looks like the one before.
                if value == last:
                    continue
                if hollow(value):
                    last = value
                else:
                    yield Value(rule.name, start + begin, start + stop, rule.confidence)


def _by_place(hit: tuple[int, int]) -> int:
    return hit[1]


_SPACES_ONE: Final = (b" ", b"\n", b"\t", b"\r")
_KEY_MARKS: Final = frozenset({"private", "putty-user-key"})
_VALUES: Final = compiled_values()


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
    if "://" in value:
        # In an address only what comes before the host is secret: db.example.com may be anybody's.
        value = value.rpartition("@")[0] or value
    return _HOLLOW_STEM.search(value.lower()) is not None or negatives.filler(value[-40:])


def _run_start(text: str) -> int:
    for at in range(len(text), max(0, len(text) - 2 * LONGEST), -1):
        if _SPACE.match(text, at - 1):
            return at
    return max(0, len(text) - 2 * LONGEST)


class _Cover:
    """Ranges, looked up by place: whether one of them holds another range takes no longer the more there are."""

    _BLOCK: Final = 128

    def __init__(self, values: Iterable[Value] = ()) -> None:
        self._blocks: dict[int, list[Value]] = {}
        for value in values:
            self.add(value)

    def add(self, value: Value) -> None:
        for block in range(value.start // self._BLOCK, (value.end - 1) // self._BLOCK + 1):
            self._blocks.setdefault(block, []).append(value)

    def holds(self, value: Value) -> bool:
        near = self._blocks.get(value.start // self._BLOCK, ())
        return any(other.start <= value.start and value.end <= other.end for other in near)


def _outside(values: Iterable[Value], others: Sequence[Value]) -> list[Value]:
    """Return the *values* that none of *others* contains."""
    if not others:
        return list(values)
    cover = _Cover(others)
    return [one for one in values if not cover.holds(one)]


def _outermost(values: Iterable[Value]) -> list[Value]:
    """Return the *values* that no other, at least as sure, contains; of equal places the surest, then the first by name."""
    ordered = sorted(set(values), key=lambda value: (-value.sure, value.start - value.end, value.rule))
    if len(ordered) <= 1:
        return ordered
    kept = _Cover()
    result: list[Value] = []
    for value in ordered:
        if not kept.holds(value):
            kept.add(value)
            result.append(value)
    return result
