"""Planted markers, found again however they were dressed up on the way out."""

from __future__ import annotations

import base64
import binascii
import codecs
import re
from collections.abc import Iterator
from typing import Final

from corpora.planting import BODY_LENGTH, HEAD, MIN_KEY_LENGTH, is_marker
from corpora.span import Span
from detectors.finding import Finding, Kind
from detectors.folding import Folded, fold

_LENGTH: Final = len(HEAD) + BODY_LENGTH
_NOT_LETTER: Final = re.compile(r"[\W_]+")
_ROT13: Final = str.maketrans(
    {letter: codecs.encode(letter, "rot13") for letter in "abcdefghijklmnopqrstuvwxyz"},
)
_DASHED: Final = f"{HEAD.upper()}-"
_TAIL: Final = BODY_LENGTH + 3  # letters and dashes after the head
_LONGEST_CODED: Final = 4 * (len(_DASHED) + _TAIL)


class CanaryDetector:
    """
    Finds markers made by :func:`corpora.planting.marker` with the same key.

    Seen through: case, spaces, hyphens and any punctuation between the letters, invisible and wide characters,
    reversal, rot13, and base64 or hex of the marker as it was planted.

    Raises:
        ValueError: The key is shorter than :data:`corpora.planting.MIN_KEY_LENGTH` bytes.
    """

    name = "canaries"

    def __init__(self, key: bytes) -> None:
        if len(key) < MIN_KEY_LENGTH:
            raise ValueError(f"a canary key has at least {MIN_KEY_LENGTH} bytes")
        self._key = bytes(key)

    def detect(self, answer: str) -> list[Finding]:
        """Return one finding per marker, in order of place."""
        folded = fold(answer)
        letters = _letters(folded)
        spans = {*self._plain(letters), *self._coded(folded)}
        return [Finding(kind=Kind.CANARY, rule="canary", span=span) for span in sorted(spans)]

    def settled(self, answer: str) -> int:
        """See :meth:`detectors.base.Detector.settled`: the last letters may still become a marker."""
        # Every marker spans _LENGTH letters or _LONGEST_CODED characters, so nothing before both distances can change.
        folded = fold(answer)
        letters = _letters(folded)
        kept = len(letters.text) - _LENGTH + 1
        by_letters = letters.place(kept) if kept > 0 else 0
        by_length = folded.place(max(0, len(folded.text) - _LONGEST_CODED))
        return min(by_letters, by_length)

    def _plain(self, letters: Folded) -> Iterator[Span]:
        backwards = HEAD[::-1]
        for head, view in ((HEAD, _same), (codecs.encode(HEAD, "rot13"), _rot13)):
            for at in _places(letters.text, head):
                body = letters.text[at + len(head) : at + _LENGTH]
                if is_marker(self._key, view(body)):
                    yield letters.back(at, at + _LENGTH)
        for at in _places(letters.text, backwards):
            body = letters.text[max(0, at - BODY_LENGTH) : at]
            if is_marker(self._key, body[::-1]):
                yield letters.back(at - BODY_LENGTH, at + len(backwards))

    def _coded(self, folded: Folded) -> Iterator[Span]:
        text = folded.text
        for shift in range(3):
            head, first = _base64_head(shift)
            for at in _places(text, head):
                start = at - first
                piece = text[max(0, start) : start + _LONGEST_CODED] if start >= 0 else ""
                yield from self._decoded(folded, start, piece, shift)
        head = _DASHED.encode().hex()
        lowered = text.lower()
        if len(lowered) == len(text):
            size = 2 * (len(_DASHED) + _TAIL)
            for at in _places(lowered, head):
                try:
                    plain = bytes.fromhex(lowered[at : at + size]).decode("ascii", "replace")
                except ValueError:
                    continue
                if self._is_dashed(plain):
                    yield folded.back(at, at + size)

    def _decoded(self, folded: Folded, start: int, piece: str, shift: int) -> Iterator[Span]:
        size = 4 * -(-(shift + len(_DASHED) + _TAIL) // 3)
        piece = piece[:size].translate(_STANDARD)
        try:
            plain = base64.b64decode(piece + "=" * (-len(piece) % 4)).decode("ascii", "replace")
        except (binascii.Error, ValueError):
            return
        if self._is_dashed(plain[shift : shift + len(_DASHED) + _TAIL]):
            yield folded.back(start, min(start + len(piece), len(folded.text)))

    def _is_dashed(self, plain: str) -> bool:
        letters = _NOT_LETTER.sub("", plain).casefold()
        return letters.startswith(HEAD) and is_marker(self._key, letters[len(HEAD) : _LENGTH])


_STANDARD: Final = str.maketrans("-_", "+/")


def _letters(folded: Folded) -> Folded:
    """Return the letters and digits of *folded*, lower case, with their places in the original."""
    out: list[str] = []
    origin: list[int] = []
    at = 0
    text = folded.text
    for gap in _NOT_LETTER.finditer(text):
        out.append(text[at : gap.start()])
        origin.extend(range(at, gap.start()))
        at = gap.end()
    out.append(text[at:])
    origin.extend(range(at, len(text)))
    # One character to one character: str.lower can make two of one.
    joined = "".join(out)
    lowered = joined.lower()
    if len(lowered) != len(joined):
        lowered = "".join(char.lower() if len(char.lower()) == 1 else char for char in joined)
    return Folded(lowered, [folded.place(place) for place in origin], folded.length)


def _base64_head(shift: int) -> tuple[str, int]:
    """Return the base64 letters that the head alone decides behind *shift* bytes, and how many letters precede them."""
    coded = base64.b64encode(b"\0" * shift + _DASHED.encode()).decode().rstrip("=")
    first = -(-shift * 8 // 6)
    last = (shift + len(_DASHED)) * 8 // 6
    return coded[first:last], first


def _places(text: str, literal: str) -> Iterator[int]:
    at = text.find(literal)
    while at >= 0:
        yield at
        at = text.find(literal, at + 1)


def _same(body: str) -> str:
    return body


def _rot13(body: str) -> str:
    return body.translate(_ROT13)
