"""Planted markers, found again however they were dressed up on the way out."""

from detectors.canaries.detector import RULE, CanaryDetector

__all__ = ["RULE", "CanaryDetector"]
