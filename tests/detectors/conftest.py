"""Values to plant: built, never pasted, each one that its detector must find wherever it stands."""

from __future__ import annotations

import pytest

from corpora.planting import marker
from detectors.canaries import CanaryDetector
from detectors.pii import PiiDetector
from detectors.secrets import SecretDetector
from detectors.secrets.build import ALNUM, HEX, sample

KEY = b"a key for the tests only"

SECRETS = (
    "ghp_" + sample(ALNUM, 36),
    "glpat-" + sample(ALNUM, 20),
    "AKIA" + sample("A-Z2-7", 16),
    "xoxb-" + "123456789012-" + sample(ALNUM, 24),
    "postgresql://app:" + sample(ALNUM, 14) + "@db.internal:5432/orders",
    'api_key = "' + sample(HEX, 32) + '"',
    "password: hunter2xyz",
    "-----BEGIN PRIVATE KEY-----\n" + (sample(ALNUM, 64) + "\n") * 3 + "-----END PRIVATE KEY-----",
)

PERSONAL = (
    "ann.miller@acme.example.com",
    "4111 1111 1111 1111",
    "DE89 3704 0044 0532 0130 00",
    "+49 30 901820",
    "536-22-1234",
    "8.8.4.4",
    "00:1b:63:84:45:e6",
)


@pytest.fixture(scope="session")
def pii():
    detector = PiiDetector(ner=False)
    detector.warm()
    return detector


@pytest.fixture(scope="session")
def pii_with_names():
    detector = PiiDetector()
    detector.warm()
    return detector


@pytest.fixture(scope="session")
def secrets():
    return SecretDetector()


@pytest.fixture(scope="session")
def canaries():
    return CanaryDetector(KEY)


@pytest.fixture(scope="session")
def a_marker():
    return marker(KEY, "handbook", "hr/42")
