"""The four labels of a document and their order."""

from __future__ import annotations

from typing import Final

PUBLIC: Final = "public"
INTERNAL: Final = "internal"
CONFIDENTIAL: Final = "confidential"
RESTRICTED: Final = "restricted"

LABELS: Final = (PUBLIC, INTERNAL, CONFIDENTIAL, RESTRICTED)
"""From free to strict."""

_STRICTNESS: Final = {label: rank for rank, label in enumerate(LABELS)}


def known_label(label: str) -> str:
    """Return *label* in its stored form; a label nobody knows becomes the strictest, never a free one."""
    folded = label.strip().casefold()
    return folded if folded in _STRICTNESS else RESTRICTED


def strictness(label: str) -> int:
    """Return the rank of *label*, 0 (public) to 3 (restricted); unknown labels rank highest."""
    return _STRICTNESS[known_label(label)]
