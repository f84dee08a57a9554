"""
From evidence to suspicion, and from suspicion to what is done: slower, never stopped.

Every indicator has a level between 0 and its ceiling that rises with evidence and falls by half in a fixed time.
Suspicion is what is left when families of indicators are taken for independent: ``1 - (1 - a)(1 - b)...``.  No soft
indicator reaches the threshold by itself; two do, or one that is hardly ever wrong.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from guard.access.behaviour.profile import Level, Profile
from guard.watch.watching import Hold

QUIET_SECONDS: Final = 6 * 3600.0
"""An indicator that stays up is told again after that long."""
TOLD: Final = 0.6
"""Part of its ceiling from which an indicator is told as a signal."""
NOTHING: Final = 0.05
"""A level below this one is not worth naming."""
MOST_COST: Final = 8
LEAST_BUDGET: Final = 0.25


@dataclass(frozen=True, slots=True)
class Indicator:
    """
    One kind of sign.

    Attributes:
        ceiling: How high its level may rise, that is how much it may say alone.
        family: Of those of one family only the highest counts, for they mean much the same; None for its own.
    """

    ceiling: float
    family: str | None = None


INDICATORS: Final[Mapping[str, Indicator]] = MappingProxyType(
    {
        # Hardly ever wrong.
        "canary": Indicator(0.95),
        "dump-request": Indicator(0.8),
        "corpus-text": Indicator(0.75),
        "no-sentence": Indicator(0.65),
        # Wrong now and then.
        "campaign": Indicator(0.55),
        "refusals": Indicator(0.55),
        "harvest": Indicator(0.5),
        "sweep": Indicator(0.5, "variations"),
        "variations": Indicator(0.5, "variations"),
        "enumeration": Indicator(0.4),
        "other": Indicator(0.5),
        # How far somebody reaches: a busy desk and a crawler differ in degree only.
        "crawl": Indicator(0.62, "reach"),
        "breadth": Indicator(0.45, "reach"),
        "knocking": Indicator(0.45, "reach"),
        # Ways of working; together with wide reach still not enough.
        "volume": Indicator(0.25, "work"),
        "verbatim": Indicator(0.25, "work"),
        "repeats": Indicator(0.25, "work"),
        "continuation": Indicator(0.25, "work"),
        "answers": Indicator(0.25, "work"),
        "machine": Indicator(0.25, "work"),
        "sessions": Indicator(0.25, "work"),
    }
)


@dataclass(frozen=True, slots=True)
class Evidence:
    """
    One thing that was noticed.

    Attributes:
        indicator: Name of its indicator.
        gain: How much it says, from 0 to 1.
        reason: One plain sentence, names and numbers only.
        facts: Numbers behind it.
    """

    indicator: str
    gain: float
    reason: str
    facts: Mapping[str, str | int | float] = field(default_factory=dict)


class Scale:
    """
    Weighs evidence.

    Args:
        slow: Suspicion from which a user is slowed down.
        release: Suspicion below which that ends; below *slow*, so that nobody flickers.
        half_life: Seconds in which a level falls by half.
    """

    def __init__(self, *, slow: float, release: float, half_life: float) -> None:
        if not 0 < release < slow <= 1:
            raise ValueError("behaviour.release must be below behaviour.slow, and both between 0 and 1")
        self._slow = slow
        self._release = release
        self._half_life = half_life

    def weigh(self, profile: Profile, evidence: Evidence, at: float) -> bool:
        """Raise the level of an indicator, and say whether that is to be told."""
        indicator = INDICATORS[evidence.indicator]
        before = profile.levels.get(evidence.indicator, Level(0.0, at, float("-inf")))
        at = max(at, before.at)
        level = self._faded(before, at)
        level = min(indicator.ceiling, level + (1 - level) * evidence.gain)
        tell = level >= TOLD * indicator.ceiling and at - before.told >= QUIET_SECONDS
        profile.levels[evidence.indicator] = Level(level, at, at if tell else before.told)
        return tell

    def suspicion(self, profile: Profile, at: float) -> float:
        """Return how suspicious *profile* is at a moment, from 0 to 1."""
        highest: dict[str, float] = {}
        for name, level in profile.levels.items():
            family = INDICATORS[name].family or name
            highest[family] = max(highest.get(family, 0.0), self._faded(level, at))
        return 1.0 - math.prod(1.0 - level for level in highest.values())

    def settle(self, profile: Profile, at: float) -> bool:
        """Slow *profile* down or release it, and say whether it was slowed down just now."""
        suspicion = self.suspicion(profile, at)
        before = profile.slowed
        profile.slowed = suspicion >= (self._release if before else self._slow)
        return profile.slowed and not before

    def hold(self, profile: Profile, at: float) -> Hold:
        """Return how much slower *profile* is now."""
        if not profile.slowed:
            return FREE
        suspicion = self.suspicion(profile, at)
        if suspicion < self._release:
            profile.slowed = False
            return FREE
        excess = (suspicion - self._release) / (1 - self._release)
        return Hold(cost=1 + round((MOST_COST - 1) * excess), budget=max(LEAST_BUDGET, 1 - suspicion))

    def reasons(self, profile: Profile, at: float) -> list[tuple[str, float]]:
        """Return the indicators that stand, the highest first."""
        levels = ((name, self._faded(level, at)) for name, level in profile.levels.items())
        return sorted(((name, round(level, 3)) for name, level in levels if level >= NOTHING), key=lambda one: -one[1])

    def _faded(self, level: Level, at: float) -> float:
        # A clock that goes back fades nothing and raises nothing.
        return level.value * math.pow(0.5, max(0.0, at - level.at) / self._half_life)


FREE: Final = Hold()
