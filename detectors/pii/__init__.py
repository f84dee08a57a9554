"""Personal data: values by pattern and checksum, names by NER, through Presidio with an explicit registry."""

from detectors.pii.detector import PiiDetector
from detectors.pii.entities import DEFAULT_THRESHOLDS, ENTITIES

__all__ = ["DEFAULT_THRESHOLDS", "ENTITIES", "PiiDetector"]
