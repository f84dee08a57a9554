"""When two written forms are one value."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

PERSON: Final = "PERSON"
_WORDS: Final = re.compile(r"[^\W_]+")
_IN_WORDS: Final = frozenset({PERSON, "LOCATION"})
"""Entities made of words; in the others spaces and punctuation say nothing."""


def normal(entity: str, value: str) -> str:
    """Return *value* in the form in which it is compared: no case, no width, no punctuation, no spaces in numbers."""
    # Invisible characters and markup inside a value are no word characters, so they fall out here.
    folded = unicodedata.normalize("NFKC", value).casefold()
    if entity == "EMAIL_ADDRESS":
        return "".join(folded.split())
    parts = _WORDS.findall(folded)
    return (" " if entity in _IN_WORDS else "").join(parts)
