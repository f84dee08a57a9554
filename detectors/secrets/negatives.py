"""What looks like a credential and is none; of equal rank with the rules that look for one."""
# ruff: noqa: E501 - words

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final

from detectors.secrets.validators import entropy

_UUID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\Z", re.IGNORECASE)
_HEX: Final = re.compile(r"(?:0x)?(?:[0-9a-f]+|[0-9A-F]+)\Z")
_DIGEST_LENGTHS: Final = frozenset({7, 8, 10, 12, 16, 20, 32, 40, 56, 64, 96, 128})
_DIGEST_WORDS: Final = re.compile(
    r"\b(?:sha-?(?:1|2|3|224|256|384|512)?|md5|blake\w*|crc\w*|hash\w*|digest\w*|checksum\w*|integrity|etag|commit\w*|revision|rev|tree|parent|merge|"
    r"cherry|blob|object|ref|head|layer\w*|image|fingerprint|thumbprint|signature|sum|resolved|uuid|guid|trace\w*|span|request|correlation|"
    r"build|version|serial|nonce|salt|iv|public|pub|certificate|cert|prüfsumme|somme de contrôle)\b",
)
_PLACEHOLDER: Final = re.compile(
    r"(?:your|my|the|some|insert|enter|replace|put|add)[-_ ]?(?:own|real|actual|new|api|secret|access|auth|token|key|pass|client|private|account|app|user|value|id|\w{0,12}[-_](?:here|key|token|secret))"
    r"|example|exampl|placeholder|change[-_ ]?(?:me|it|this)|dummy|redacted|removed|censored|masked|hidden|todo|fixme|fake|not[-_ ]?a?[-_ ]?real|"
    r"lorem|foobar|f00bar|deadbeef|cafebabe|goes[-_ ]?here|[-_]here\b|<[^>]*>|\$\{|\{\{|\}\}|%\(|\$\(|\.\.\.|\u2026|\*{3,}|\u2022{3,}|x{5,}|#{4,}|_{4,}|-{4,}|\?{3,}",
    re.IGNORECASE,
)
_RUN: Final = re.compile(r"(.)\1{5,}")
_SEQUENCES: Final = tuple(
    row + row[::-1]
    for row in (
        "0123456789" * 4,
        "abcdefghijklmnopqrstuvwxyz" * 2,
        "qwertyuiopasdfghjklzxcvbnm",
        "0123456789abcdef" * 3,
    )
)


def uuid(value: str) -> bool:
    """Say whether *value* is written as a UUID."""
    return _UUID.match(value) is not None


def digest(value: str) -> bool:
    """Say whether *value* is written as a commit or a hexadecimal digest of a usual length."""
    return len(value) in _DIGEST_LENGTHS and _HEX.match(value) is not None


def named_digest(before: str) -> bool:
    """Say whether the lower-case text *before* a value names it a digest, a commit, an identifier or a public key."""
    return _DIGEST_WORDS.search(before) is not None


def placeholder(value: str) -> bool:
    """Say whether *value* stands where a credential would go: a word for it, a template, one character repeated."""
    return _PLACEHOLDER.search(value) is not None or filler(value)


def filler(value: str) -> bool:
    """Say whether *value* is mostly one character or one sequence of the keyboard or the alphabet."""
    if len(set(value)) <= max(2, len(value) // 12):
        return True
    run = _RUN.search(value)
    if run and 2 * (run.end() - run.start()) >= len(value):
        return True
    lowered = value.lower()
    return longest_sequence(lowered) * 10 >= len(lowered) * 7


def longest_sequence(lowered: str) -> int:
    """Return how many characters of *lowered* stand in one run of the alphabet, the digits or the keyboard."""
    best = 0
    start = 0
    while start < len(lowered):
        size = 1
        while start + size < len(lowered) and any(lowered[start : start + size + 1] in row for row in _SEQUENCES):
            size += 1
        best = max(best, size)
        start += size if size > 3 else 1  # noqa: PLR2004 - shorter runs happen by chance
    return best


def varied(value: str) -> bool:
    """Say whether *value* could be a credential where words say that it is: letters and digits, no words alone."""
    if not any(char.isalpha() for char in value):
        return False
    if not any(char.isdigit() for char in value):
        return len(value) >= 20 and entropy(value) >= 3.5 and _wordiness(value) < 0.4  # noqa: PLR2004
    return entropy(value) >= 2.5 and _wordiness(value) < 0.75  # noqa: PLR2004 - abcd1234abcd1234 has 3


def opaque(value: str) -> bool:
    """Say whether *value* looks drawn at random: letters and digits mixed, many different ones, no words."""
    letters = sum(char.isalpha() for char in value)
    digits = sum(char.isdigit() for char in value)
    if not letters or not digits:
        return False
    if _HEX.match(value):
        return digits >= 3 and letters >= 2 and entropy(value) >= 2.8  # noqa: PLR2004
    upper = sum(char.isupper() for char in value)
    mixed = 0 < upper < letters
    if entropy(value) < (3.1 if len(value) < 24 else 3.5):  # noqa: PLR2004
        return False
    changes = sum(_class(one) != _class(other) for one, other in pairwise(value))
    return changes * (3 if mixed else 4) >= len(value) and _wordiness(value) < 0.55  # noqa: PLR2004


def _class(char: str) -> int:
    if char.isdigit():
        return 0
    if char.islower():
        return 1
    return 2 if char.isupper() else 3


_WORD: Final = re.compile(r"[A-Z]?[a-z]{4,}|[A-Z]{5,}")
_VOWELS: Final = re.compile(r"[aeiouy]", re.IGNORECASE)


def _wordiness(value: str) -> float:
    """Return which share of *value* stands in stretches of letters that could be words."""
    covered = 0
    for word in _WORD.finditer(value):
        vowels = len(_VOWELS.findall(word.group()))
        if 0.2 * len(word.group()) <= vowels <= 0.7 * len(word.group()):
            covered += len(word.group())
    return covered / len(value)
