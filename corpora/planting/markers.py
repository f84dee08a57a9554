"""
Markers: references that carry their own proof, so recognising them needs a key and no table.

A marker reads like a filing reference, ``EXDOC-4F7K-9QDM-2X8W-53CV``: the fixed head says that it is an example, so
nobody is alarmed by the wrong people, and sixteen letters and digits follow: six that name the document, two that prove
these, three that say (encrypted) where in the document, and five that prove all of it.  Only who holds the key can make
one or tell one from noise.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import Final

HEAD: Final = "exdoc"
"""What every marker begins with, case folded."""

ALPHABET: Final = "0123456789cdfhjkmnpqrvwxy"
"""Digits, and the letters that no sign stands for in leetspeak and no reader takes for a digit."""

TAG_LENGTH: Final = 6
CHECK_LENGTH: Final = 2
_PLACE_LENGTH: Final = 3
_PROOF_LENGTH: Final = 5
BEGIN_LENGTH: Final = TAG_LENGTH + CHECK_LENGTH
BODY_LENGTH: Final = BEGIN_LENGTH + _PLACE_LENGTH + _PROOF_LENGTH
MIN_KEY_LENGTH: Final = 16

CELL: Final = 128
"""Code points of a document that share one marker."""
_BASE: Final = len(ALPHABET)
_CELLS: Final = _BASE**_PLACE_LENGTH
_DECOY_CELLS: Final = 625
_TEXT_CELLS: Final = _CELLS - _DECOY_CELLS

FOLD: Final = str.maketrans("aeilostbgzu", "4311057892v")
"""What may stand for a sign of the alphabet: leetspeak undone, and the misreadings of people and models."""
FOLDED_HEAD: Final = HEAD.translate(FOLD)


@dataclass(frozen=True, slots=True)
class Mark:
    """
    What a marker says.

    Attributes:
        tag: Names the document, see :func:`tag_of`.
        place: Offset in the unmarked text where it was planted, rounded down to :data:`CELL` code points; of texts
            longer than some 1,900,000 code points what is left after dividing by that.
        decoy: Whether the document is a decoy.
    """

    tag: str
    place: int
    decoy: bool


def valid_key(key: bytes) -> bytes:
    """
    Return *key* if markers can be made with it.

    Raises:
        ValueError: It has fewer than :data:`MIN_KEY_LENGTH` bytes.
    """
    if len(key) < MIN_KEY_LENGTH:
        raise ValueError(f"a canary key has at least {MIN_KEY_LENGTH} bytes")
    return bytes(key)


def marker(key: bytes, corpus: str, document_id: str, place: int = 0, *, decoy: bool = False) -> str:
    """
    Return the marker of one place in one document.

    Args:
        key: At least :data:`MIN_KEY_LENGTH` bytes, kept secret.
        corpus: Name of the corpus it is planted in.
        document_id: The document there.
        place: Offset in the document's unmarked text; places in one cell of :data:`CELL` code points share a marker.
        decoy: Whether the document is a decoy.

    Guarantee: the same arguments give the same marker; :func:`read_marker` knows it with the same key.  Text that
    merely looks like a marker passes with probability ``2 ** -32``.

    Raises:
        ValueError: The key is too short or *place* negative.
    """
    valid_key(key)
    if place < 0:
        raise ValueError("the place of a marker is 0 or more")
    cell = _TEXT_CELLS + place // CELL % _DECOY_CELLS if decoy else place // CELL % _TEXT_CELLS
    tag = tag_of(key, corpus, document_id)
    begin = tag + _check(key, tag)
    body = begin + _letters((cell + _mask(key, begin)) % _CELLS, _PLACE_LENGTH)
    body = (body + _proof(key, body)).upper()
    return "-".join([HEAD.upper(), *(body[at : at + 4] for at in range(0, BODY_LENGTH, 4))])


def read_marker(key: bytes, body: str) -> Mark | None:
    """
    Return what a marker says, None where it was not made with *key*.

    Args:
        key: The key it may have been made with.
        body: The :data:`BODY_LENGTH` letters after the head, without separators; case does not matter, nor whether
            signs of :data:`FOLD` stand for others.
    """
    folded = body.lower().translate(FOLD)
    if len(folded) != BODY_LENGTH or not begins_marker(key, folded):
        return None
    if not hmac.compare_digest(folded[-_PROOF_LENGTH:].encode(), _proof(key, folded[:-_PROOF_LENGTH]).encode()):
        return None
    cell = (_number(folded[BEGIN_LENGTH:-_PROOF_LENGTH]) - _mask(key, folded[:BEGIN_LENGTH])) % _CELLS
    decoy = cell >= _TEXT_CELLS
    return Mark(folded[:TAG_LENGTH], CELL * (cell - _TEXT_CELLS if decoy else cell), decoy)


def begins_marker(key: bytes, folded: str) -> bool:
    """Say whether *folded*, letters after the head with :data:`FOLD` applied, begins a marker; 1 in 625 by chance."""
    begin = folded[:BEGIN_LENGTH]
    if len(begin) != BEGIN_LENGTH or folded.strip(ALPHABET):
        return False
    return hmac.compare_digest(begin[TAG_LENGTH:].encode(), _check(key, begin[:TAG_LENGTH]).encode())


def is_marker(key: bytes, body: str) -> bool:
    """Say whether *body*, the letters after the head, was made with *key*; see :func:`read_marker`."""
    return read_marker(valid_key(key), body) is not None


def tag_of(key: bytes, corpus: str, document_id: str) -> str:
    """Return the six letters by which markers name a document."""
    named = b"".join(length_prefixed(part.encode()) for part in (corpus, document_id))
    return _letters(_hash(key, b"tag", named), TAG_LENGTH)


def length_prefixed(value: bytes) -> bytes:
    """Return *value* behind its length, so that ("a", "bc") and ("ab", "c") differ when joined."""
    return len(value).to_bytes(4, "big") + value


def _check(key: bytes, tag: str) -> str:
    return _letters(_hash(key, b"check", tag.encode()), CHECK_LENGTH)


def _mask(key: bytes, begin: str) -> int:
    return _hash(key, b"place", begin.encode())


def _proof(key: bytes, said: str) -> str:
    return _letters(_hash(key, b"proof", said.encode()), _PROOF_LENGTH)


def _hash(key: bytes, purpose: bytes, said: bytes) -> int:
    return int.from_bytes(hmac.digest(key, b"echoguard canary " + purpose + b"\0" + said, "sha256"), "big")


def _letters(number: int, count: int) -> str:
    out = []
    for _ in range(count):
        number, digit = divmod(number, _BASE)
        out.append(ALPHABET[digit])
    return "".join(out)


def _number(letters: str) -> int:
    number = 0
    for letter in reversed(letters):
        number = number * _BASE + ALPHABET.index(letter)
    return number
