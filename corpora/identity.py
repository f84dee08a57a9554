"""One spelling per identity, so that ``Ann `` and ``ann`` are the same reader and account; and names of corpora."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

MAX_IDENTITY_LENGTH: Final = 256
"""Longest user, group or tenant name, in code points after normalisation."""

MAX_CORPUS_NAME: Final = 128
"""Longest name of a corpus, in characters."""
CORPUS_NAME: Final = r"^[A-Za-z0-9][A-Za-z0-9._-]*$"
"""What the name of a corpus looks like: settings, findings, addresses and file names take it as it is."""


def valid_corpus_name(name: str) -> str:
    """
    Return *name* if a corpus may have it.

    Raises:
        ValueError: It is no text, too long, or holds something other than letters, digits, dots, underscores and
            hyphens, of which the last three may not come first.
    """
    if not isinstance(name, str) or len(name) > MAX_CORPUS_NAME or not re.fullmatch(CORPUS_NAME[1:-1], name):
        raise ValueError(
            f"a corpus needs a name of up to {MAX_CORPUS_NAME} letters, digits, dots, underscores and hyphens, "
            "the first a letter or digit"
        )
    return name


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
