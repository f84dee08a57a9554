"""Credentials: rules with evidence, words that announce one, and what looks like one but is none."""

from detectors.secrets.detector import SecretDetector
from detectors.secrets.rule import Rule

__all__ = ["Rule", "SecretDetector"]
