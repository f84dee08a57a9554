"""Shares with their uncertainty."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

_Z95: Final = 1.959963984540054
"""Standard normal quantile for a two-sided 95 % interval."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """
    A share of trials, with its Wilson interval at 95 %.

    Attributes:
        hits: Trials that counted.
        trials: All trials; with none the share is 0 and the interval says nothing: [0, 1].
    """

    hits: int
    trials: int

    def __post_init__(self) -> None:
        if not 0 <= self.hits <= self.trials:
            raise ValueError(f"{self.hits} of {self.trials} is no share")

    @property
    def value(self) -> float:
        """The share itself, in ``[0, 1]``."""
        return self.hits / self.trials if self.trials else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """
        The lower and the upper bound, in ``[0, 1]``.

        Source:
            Wilson, *Probable inference, the law of succession, and statistical inference* (JASA 1927).
        """
        if not self.trials:
            return 0.0, 1.0
        square = _Z95 * _Z95
        spread = 1 + square / self.trials
        centre = (self.value + square / (2 * self.trials)) / spread
        half = _Z95 * math.sqrt(self.value * (1 - self.value) / self.trials + square / (4 * self.trials**2)) / spread
        # At the ends the formula gives exactly 0 and 1; floating point may miss them by a hair.
        low = 0.0 if self.hits == 0 else centre - half
        high = 1.0 if self.hits == self.trials else centre + half
        return low, high

    def to_dict(self) -> dict[str, float | int]:
        """Return ``hits``, ``trials``, ``rate``, ``low`` and ``high`` as JSON-ready values."""
        low, high = self.interval
        return {
            "hits": self.hits,
            "trials": self.trials,
            "rate": round(self.value, 6),
            "low": round(low, 6),
            "high": round(high, 6),
        }
