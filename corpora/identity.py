"""One spelling per identity, so that ``Ann `` and ``ann`` are the same reader and the same account."""

from __future__ import annotations

import unicodedata
from typing import Final

MAX_IDENTITY_LENGTH: Final = 256
"""Longest user, group or tenant name, in code points after normalisation."""


def normal_identity(name: str, *, what: str = "identity") -> str:
    """
    Return the one spelling of a user, group or tenant name: NFKC, case folded, without outer white space.

    Raises:
        ValueError: The name is empty, longer than :data:`MAX_IDENTITY_LENGTH`, or holds control characters,
            surrogates or white space other than single inner spaces.
    """
    if len(name) > 4 * MAX_IDENTITY_LENGTH:
        raise ValueError(f"{what} is {len(name)} characters long; at most {MAX_IDENTITY_LENGTH} are allowed")
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold()).strip()
    if not folded:
        raise ValueError(f"{what} is empty")
    if len(folded) > MAX_IDENTITY_LENGTH:
        raise ValueError(f"{what} is {len(folded)} characters long; at most {MAX_IDENTITY_LENGTH} are allowed")
    for char in folded:
        # Cf holds zero-width and direction marks: two names that look alike must not be two accounts.
        if unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}:
            raise ValueError(f"{what} holds a control or invisible character (U+{ord(char):04X})")
    return folded
