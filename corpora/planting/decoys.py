"""
Decoys: documents about nothing, which nobody has a reason to be shown.

The number in a decoy's id is an HMAC over what stands before it, so who holds the key knows a decoy by its name.
"""

from __future__ import annotations

import hmac
import re
from typing import Final

from corpora.planting.markers import length_prefixed

DIGITS: Final = 9
_NUMBER: Final = re.compile(rf"(?<![0-9]){'[0-9]' * DIGITS}(?![0-9])")


def decoy_id(key: bytes, corpus: str, stem: str, suffix: str = "") -> str:
    """Return the id of a decoy: *stem*, a number that proves it, and *suffix*."""
    return f"{stem}{_digits(key, corpus, stem)}{suffix}"


def is_decoy(key: bytes, corpus: str, document_id: str) -> bool:
    """
    Say whether a document is a decoy made with *key*.

    What follows the number does not matter, for chunks are often named after their document.  Another document passes
    for one with probability ``10 ** -9``, and only if its id holds a number of nine digits.
    """
    return any(
        hmac.compare_digest(found.group(), _digits(key, corpus, document_id[: found.start()]))
        for found in _NUMBER.finditer(document_id)
    )


def _digits(key: bytes, corpus: str, stem: str) -> str:
    said = b"echoguard canary decoy\0" + b"".join(length_prefixed(part.encode()) for part in (corpus, stem))
    number = int.from_bytes(hmac.digest(key, said, "sha256"), "big")
    return f"{number % 10**DIGITS:0{DIGITS}d}"
