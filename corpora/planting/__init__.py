"""
Canaries: markers and decoys that prove where a text came from, known again by a key and no table.

:mod:`~corpora.planting.markers` makes and reads markers, :mod:`~corpora.planting.marking` puts them into texts and
takes them out, :mod:`~corpora.planting.decoys` names decoys and knows them again, :mod:`~corpora.planting.copies`
writes marked copies of whole folders.
"""

from corpora.planting.decoys import is_decoy
from corpora.planting.markers import (
    ALPHABET,
    BODY_LENGTH,
    HEAD,
    MIN_KEY_LENGTH,
    Mark,
    is_marker,
    marker,
    read_marker,
    valid_key,
)
from corpora.planting.marking import marked, places, unmarked, without_markers

__all__ = [
    "ALPHABET",
    "BODY_LENGTH",
    "HEAD",
    "MIN_KEY_LENGTH",
    "Mark",
    "is_decoy",
    "is_marker",
    "marked",
    "marker",
    "places",
    "read_marker",
    "unmarked",
    "valid_key",
    "without_markers",
]
