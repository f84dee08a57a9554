"""
Canaries: references that carry their own proof, so recognising them needs a key and no table.

A marker reads like a filing reference, ``EXDOC-4F7K-9QZM-2T8W-B3CV``: the fixed head says that it is an example, so
nobody is alarmed by the wrong people, and sixteen characters of Crockford's base32 follow: 35 bits that name the place
it was planted in and 45 bits of HMAC-SHA256 over them.  Only who holds the key can make one or tell one from noise.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Final

from corpora.document import DEFAULT_TENANT

HEAD: Final = "exdoc"
"""What every marker begins with, case folded; no English word or common abbreviation ends or begins so."""

ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base32: without i, l, o and u, which people and models confuse."""

NAME_LENGTH: Final = 7
PROOF_LENGTH: Final = 9
BODY_LENGTH: Final = NAME_LENGTH + PROOF_LENGTH
MIN_KEY_LENGTH: Final = 16

_FOLD: Final = str.maketrans({"i": "1", "l": "1", "o": "0", "u": "v"})


def marker(key: bytes, corpus: str, document_id: str, number: int = 0, *, tenant: str = DEFAULT_TENANT) -> str:
    """
    Return the marker of one place in one document.

    Args:
        key: At least :data:`MIN_KEY_LENGTH` bytes, kept secret.
        corpus: Name of the corpus it is planted in.
        document_id: The document there.
        number: Tells the markers of one document apart.
        tenant: The document's tenant.

    Guarantee: the same arguments give the same marker; :func:`is_marker` knows it with the same key.  Text that merely
    looks like a marker passes with probability ``2 ** -45``.

    Raises:
        ValueError: The key is too short or *number* negative.
    """
    _check(key)
    if number < 0:
        raise ValueError("the number of a marker is 0 or more")
    place = b"".join(_field(part.encode()) for part in (tenant, corpus, document_id, str(number)))
    name = _letters(hmac.new(key, b"echoguard canary name" + place, hashlib.sha256).digest(), NAME_LENGTH)
    body = (name + _proof(key, name)).upper()
    return "-".join([HEAD.upper(), *(body[at : at + 4] for at in range(0, BODY_LENGTH, 4))])


def is_marker(key: bytes, body: str) -> bool:
    """
    Say whether *body*, the :data:`BODY_LENGTH` letters after the head, was made with *key*.

    Case does not matter, nor do i, l (as 1), o (as 0) and u (as v); separators must be gone.
    """
    _check(key)
    folded = body.casefold().translate(_FOLD)
    if len(folded) != BODY_LENGTH or not set(folded) <= set(ALPHABET):
        return False
    return hmac.compare_digest(folded[NAME_LENGTH:], _proof(key, folded[:NAME_LENGTH]))


def _check(key: bytes) -> None:
    if len(key) < MIN_KEY_LENGTH:
        raise ValueError(f"a canary key has at least {MIN_KEY_LENGTH} bytes")


def _proof(key: bytes, name: str) -> str:
    return _letters(hmac.new(key, b"echoguard canary proof" + name.encode(), hashlib.sha256).digest(), PROOF_LENGTH)


def _field(value: bytes) -> bytes:
    # A length in front, so that ("a", "bc") and ("ab", "c") differ.
    return len(value).to_bytes(4, "big") + value


def _letters(digest: bytes, count: int) -> str:
    number = int.from_bytes(digest, "big")
    return "".join(ALPHABET[(number >> (5 * at)) & 31] for at in range(count))
