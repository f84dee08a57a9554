"""What leaked, and where."""

from detectors.base import Detector
from detectors.finding import Finding, Kind, Source

__all__ = ["Detector", "Finding", "Kind", "Source"]
