"""
Everything detectors raise.

* DetectorError
  + RuleError             a rule contradicts its own samples (at start-up): mend the rule
  + DetectorUnavailable   a model or an index is missing or unreadable: install or mend it; the answer was not checked

No message holds any part of an answer.
"""

from __future__ import annotations


class DetectorError(Exception):
    """Base of everything a detector raises."""


class RuleError(DetectorError):
    """A rule contradicts its own samples; it cannot start, let alone ship."""


class DetectorUnavailable(DetectorError):
    """A model or an index is missing; the answer was not checked and must be withheld."""
