"""
Sketches of stretches of a text: 256 bits that stay alike as long as most of the content words do, in whatever order.

The computing is in :func:`corpora.kernels.pairing.sketches`.
"""

from __future__ import annotations

from typing import Final

BITS: Final = 256
ASKED_EVERY: Final = 31
"""Content words from one sketch that is looked up to the next; stored ones do not overlap."""
ALIKE: Final = 64
"""Bits in which sketches may differ; unrelated ones differ in 128, give or take 8."""
