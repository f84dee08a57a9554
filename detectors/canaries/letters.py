"""Markers among the letters of a text: forwards, backwards, shifted, with and without their head."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from string import ascii_lowercase, digits
from typing import Final

from corpora.planting.markers import (
    ALPHABET,
    BEGIN_LENGTH,
    BODY_LENGTH,
    FOLD,
    FOLDED_HEAD,
    HEAD,
    TAG_LENGTH,
    Mark,
    begins_marker,
    read_marker,
)

LENGTH: Final = len(HEAD) + BODY_LENGTH
_GROUP: Final = 4
_PLAIN: Final[dict[int, int]] = {}


@dataclass(frozen=True, slots=True)
class Seen:
    """
    A marker among letters.

    Attributes:
        start: First letter.
        end: One past the last.
        mark: What it says; the place is 0 of one that was cut off after its beginning.
    """

    start: int
    end: int
    mark: Mark


def _ciphers() -> list[tuple[dict[int, int], str]]:
    """Return how to read letters that were shifted or mirrored in the alphabet, and how the head looks written so."""
    found = []
    for shift in range(1, len(ascii_lowercase)):
        read = str.maketrans(ascii_lowercase[shift:] + ascii_lowercase[:shift], ascii_lowercase)
        write = str.maketrans(ascii_lowercase, ascii_lowercase[shift:] + ascii_lowercase[:shift])
        found.append((read, HEAD.translate(write)))
    mirrored = str.maketrans(ascii_lowercase, ascii_lowercase[::-1])
    return [*found, (mirrored, HEAD.translate(mirrored))]


_CIPHERS: Final = _ciphers()


def _signs(table: dict[int, int]) -> bytes:
    """Return a table of bytes: 1 for what may be a sign of a marker written so, else 0."""
    found = bytearray(256)
    for char in ascii_lowercase + digits:
        if char.translate(table) in ALPHABET:
            found[ord(char)] = 1
    return bytes(found)


_ROT13: Final = _CIPHERS[12][0]
_HEADLESS: Final = ((_PLAIN, _signs(_PLAIN)), (_ROT13, _signs(_ROT13)))
_BODY: Final = b"\1" * BODY_LENGTH
_FEWEST_DIGITS: Final = 2
_MOST_DIGITS: Final = 12
"""What of the letters of a marker without its head is a digit: words and long numbers are looked at no further."""
_MOST_HEADLESS: Final = 4_000
"""Runs without a head that are looked at in one text: no answer holds as many, a megabyte of random signs does."""


def search(letters: str, begins: Sequence[bool], keys: Sequence[bytes]) -> Iterator[Seen]:
    """
    Yield every marker among *letters*; some of them twice.

    Args:
        letters: Letters and digits of a text, case folded, nothing else.
        begins: Whether a word of the text begins with each letter.
        keys: The keys they may have been made with.
    """
    folded = letters.translate(FOLD)
    for at in _all(folded, FOLDED_HEAD):
        whole = list(_around(folded, _PLAIN, at, keys, backwards=False))
        yield from whole or _begun(letters, begins, at, keys)
    for at in _all(folded, FOLDED_HEAD[::-1]):
        yield from _around(folded, _PLAIN, at, keys, backwards=True)
    for table, head in _CIPHERS:
        for at in _all(letters, head):
            yield from _around(letters, table, at, keys, backwards=False)
        for at in _all(letters, head[::-1]):
            yield from _around(letters, table, at, keys, backwards=True)
    for table, signs in _HEADLESS:
        for at in islice(_windows(letters, signs), _MOST_HEADLESS):
            body = letters[at : at + BODY_LENGTH].translate(table)
            for order in (body, body[::-1], _groups_reversed(body)):
                mark = _read(order, keys)
                if mark is not None:
                    yield Seen(at, at + BODY_LENGTH, mark)


def _windows(letters: str, signs: bytes) -> Iterator[int]:
    """Yield where a marker without its head may begin; 4 of 1,000 have so few digits or letters that they are not."""
    flags = letters.encode("ascii", "replace").translate(signs)
    at = flags.find(_BODY)
    while at >= 0:
        body = letters[at : at + BODY_LENGTH]
        if _FEWEST_DIGITS <= sum(sign < "a" for sign in body) <= _MOST_DIGITS:
            yield at
        at = flags.find(_BODY, at + 1)


def _around(letters: str, table: dict[int, int], at: int, keys: Sequence[bytes], *, backwards: bool) -> Iterator[Seen]:
    """Yield the marker whose head stands at *at*: the body follows it, or its groups or letters stand before it."""
    end = at + len(HEAD)
    after = letters[end : end + BODY_LENGTH].translate(table)
    before = letters[max(at - BODY_LENGTH, 0) : at].translate(table)
    tries = (
        [(at - BODY_LENGTH, end, before[::-1])]
        if backwards
        else [
            (at, end + BODY_LENGTH, after),
            (at - BODY_LENGTH, end, _groups_reversed(before)),
        ]
    )
    for start, stop, body in tries:
        mark = _read(body, keys)
        if mark is not None:
            yield Seen(start, stop, mark)


def _begun(letters: str, begins: Sequence[bool], at: int, keys: Sequence[bytes]) -> Iterator[Seen]:
    """Yield a marker that was cut off, as far as it goes, where the head stands as a word of its own."""
    end = at + len(HEAD)
    if letters[at:end] != HEAD or not begins[at] or not (end < len(letters) and begins[end]):
        return
    stop = end
    while stop < len(letters) and stop - end < BODY_LENGTH and letters[stop] in ALPHABET:
        stop += 1
    if stop - end >= BEGIN_LENGTH and any(begins_marker(key, letters[end:stop]) for key in keys):
        yield Seen(at, stop, Mark(letters[end : end + TAG_LENGTH], place=0, decoy=False))


def _groups_reversed(body: str) -> str:
    return "".join(body[at : at + _GROUP] for at in range(len(body) - _GROUP, -1, -_GROUP))


def _read(body: str, keys: Sequence[bytes]) -> Mark | None:
    if len(body) != BODY_LENGTH:
        return None
    return next((mark for key in keys if (mark := read_marker(key, body)) is not None), None)


def _all(text: str, literal: str) -> Iterator[int]:
    at = text.find(literal)
    while at >= 0:
        yield at
        at = text.find(literal, at + 1)
