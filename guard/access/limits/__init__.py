"""How fast somebody may ask, and what a question costs."""

from guard.access.limits.limiter import Decision, Limiter, Tier
from guard.access.limits.metering import Metering
from guard.access.limits.shared import open_windows

__all__ = ["Decision", "Limiter", "Metering", "Tier", "open_windows"]
