"""
Unordered pairs of content words that stand near each other: seeds that survive patterned edits.

Replacing every second word, or putting a filler after each, leaves no run of characters whole; it leaves most pairs.
The index holds each content word with the first and the second that follow it; a question pairs it with the
first :data:`ASKED` that follow, so that words put in between do no harm.  Order within a pair does not matter.
"""

from __future__ import annotations

from typing import Final

CONTENT_BITS: Final = 11.0
"""Bits from which on a word is a content word; see :mod:`corpora.index.weights`."""
STORED: Final = 2
"""How many of the following content words each is stored with."""
STORED_APART: Final = 12
"""Words between the two of a stored pair, at most."""
ASKED: Final = 5
"""How many of the following content words each is looked up with."""
ASKED_APART: Final = 20
"""Words between the two of a pair that is looked up, at most."""
SAMPLED: Final = 9
"""Of 16 pairs so many are kept, chosen by their hash: as many places with less space."""
PLACE_SHIFT: Final = 8
"""Places of pairs are stored in units of ``2**8`` code points: near enough for a candidate."""
