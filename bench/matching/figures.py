"""Quantiles and intervals."""

from __future__ import annotations

import math
from collections.abc import Sequence

Z95 = 1.959964
"""Standard deviations of a 95 % interval."""


def quantile(values: Sequence[float], share: float) -> float:
    """Return the value that *share* of the values do not exceed; 0 of nothing."""
    if not values:
        return 0.0
    return sorted(values)[min(int(share * len(values)), len(values) - 1)]


def wilson(hits: int, trials: int) -> tuple[float, float]:
    """
    Return the 95 % interval of a share.

    Source: Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927).
    """
    if not trials:
        return 0.0, 1.0
    share = hits / trials
    square = Z95 * Z95 / trials
    middle = (share + square / 2) / (1 + square)
    half = Z95 / (1 + square) * math.sqrt(share * (1 - share) / trials + square / (4 * trials))
    return max(0.0, middle - half), min(1.0, middle + half)
