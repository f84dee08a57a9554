"""Words that tell a name from another word; all lower case.  The lists are in :mod:`detectors.pii.words`."""

from __future__ import annotations

from typing import Final

from detectors.pii.words import listed

GIVEN_NAMES: Final = listed("given")
"""Given names."""

AMBIGUOUS: Final = listed("ambiguous")
"""Given names that are also words, places or products: alone they are left to what stands around them."""

FAMILY_NAMES: Final = listed("family")
"""Family names."""

PLACES: Final = listed("countries") | listed("places")
"""Countries, and towns and regions that are well known."""

AMBIGUOUS_PLACES: Final = listed("ambiguous_places")
"""Listed places that are also words or names: alone they need a word such as "in" in front."""

PRODUCTS: Final = listed("products")
"""Capitalised words of technical text that models take for people and places."""

STARTERS: Final = listed("starters")
"""Words that are written with a capital where a sentence begins, and names of days and months."""
