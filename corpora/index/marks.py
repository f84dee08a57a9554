"""
Winnowed character grams: few enough to store, dense enough that no long common run is missed.

Guarantee:
    A run of :data:`REACH` folded characters or more that stands in two texts puts at least one common hash into the
    marks of the one and the grams of the other.

Source:
    Schleimer, Wilkerson, Aiken, *Winnowing: local algorithms for document fingerprinting* (SIGMOD 2003).
"""

from __future__ import annotations

from typing import Final

GRAM: Final = 16
"""Folded characters of one gram."""
WINDOW: Final = 32
"""Grams of which at least one is kept."""
REACH: Final = GRAM + WINDOW - 1
"""Folded characters of a run that is always found."""
