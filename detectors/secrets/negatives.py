"""What looks like a credential and is none; of equal rank with the rules that look for one."""
# ruff: noqa: E501 - words

from __future__ import annotations

import re
from typing import Final

from detectors.secrets.trie import any_of
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
)
_ROWS: Final = (
    "0123456789" * 2,
    "abcdefghijklmnopqrstuvwxyz" * 2,
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "0123456789abcdef" * 2,
)
_STEP: Final = 4
_LONG_STEP: Final = 9
_STEPS: Final = frozenset(
    row[at : at + _STEP] for line in _ROWS for row in (line, line[::-1]) for at in range(len(row) - _STEP + 1)
) | frozenset(char * _STEP for char in "0123456789abcdefghijklmnopqrstuvwxyz*#.-_+/=x")
"""Four letters as a hand types them: a piece of the alphabet, of the digits, of the keyboard, or one repeated."""

_ALPHABET: Final = "abcdefghijklmnopqrstuvwxyz"
_PAIRS: Final = frozenset(
    row[0] + second
    for row in [
        "abcdfgiklmnprstuvxy",
        "baceijlorsuy",
        "cacehiklorstuy",
        "dadeilorsuy",
        "eabcdefgilmnpqrstuvwxyz",
        "faefilortu",
        "gaehilnorsu",
        "haeiortuy",
        "iabcdefgklmnopqrstvxz",
        "jeou",
        "kaeisu",
        "labdefilopstuy",
        "mabeimopsu",
        "nacdefgiklmnostuvy",
        "oabcdefgiklmnoprstuvwx",
        "paehiloprstuvy",
        "qu",
        "rabcdefgiklmnoprstuvwy",
        "sacehilmnopstuy",
        "tacehilmoprstuwy",
        "uabcdefgilmnoprstvx",
        "vaeior",
        "waehior",
        "xaceipt",
        "yeilnopstw",
        "zaei",
    ]
    for second in row[1:]
)
"""Pairs of letters that make 98 % of the pairs in words of six European languages, and 44 % of those in random letters."""


def uuid(value: str) -> bool:
    """Say whether *value* is written as a UUID."""
    return _UUID.match(value) is not None


def digest(value: str) -> bool:
    """Say whether *value* is written as a commit or a hexadecimal digest of a usual length."""
    return len(value) in _DIGEST_LENGTHS and _HEX.match(value) is not None


_DIGEST_STEM: Final = re.compile(
    any_of(
        [
            "sha",
            "md5",
            "blake",
            "crc",
            "hash",
            "digest",
            "checksum",
            "integrity",
            "etag",
            "commit",
            "rev",
            "tree",
            "parent",
            "merge",
            "cherry",
            "blob",
            "object",
            "ref",
            "head",
            "layer",
            "image",
            "fingerprint",
            "thumbprint",
            "signature",
            "sum",
            "resolved",
            "uuid",
            "guid",
            "trace",
            "span",
            "request",
            "correlation",
            "build",
            "version",
            "serial",
            "nonce",
            "salt",
            "iv",
            "pub",
            "cert",
            "prüfs",
            "somme",
        ]
    )
)


def named_digest(before: str) -> bool:
    """Say whether the lower-case text *before* a value names it a digest, a commit, an identifier or a public key."""
    return _DIGEST_STEM.search(before) is not None and _DIGEST_WORDS.search(before) is not None


_OTHER_KEY: Final = re.compile(
    r"(?:public|publishable|primary|foreign|partition|sort|cache|object|row|idempotency|lookup|hot|translation|message|i18n|registry|group|"
    r"group[ _-]?by|map|dict|hash|range|index|unique|candidate|composite|surrogate|natural|storage_|redis|bucket|s3|query|sort(?:ing)?|"
    r"widget|react|routing|ordering|dedup(?:lication)?|item|entity|dataset|locali[sz]ation|label|config|feature|flag|event|tag|site|"
    r"öffentlich\w{0,2}|publique|pública|pubblica|openbare)[ _.-]?(?:key|schlüssel|clé|clave|chiave|sleutel)s?"
    r"[\"'\])]{0,2}(?:[ \t]{0,3}(?:=>|==?|:|->|,|\()[ \t]{0,3}|\s(?:is|was|ist|lautet|est|es|è)\s)[\"'`*(\[{]{0,3}\Z",
)


_KEY_STEM: Final = re.compile(any_of(("key", "schl", "clé", "clave", "chiave", "sleutel")))


def other_key(before: str) -> bool:
    """Say whether the lower-case text *before* a value names a key that opens nothing: a public one, one of a table or a cache."""
    return _KEY_STEM.search(before) is not None and _OTHER_KEY.search(before) is not None


_PLACEHOLDER_STEMS: Final = (
    "your", "my", "the", "some", "insert", "enter", "replace", "put", "add", "exampl", "placeholder", "change", "dummy", "redacted",
    "removed", "censored", "masked", "hidden", "todo", "fixme", "fake", "not", "lorem", "foobar", "f00bar", "deadbeef", "cafebabe",
    "here", "<", "${", "{{", "}}", "%(", "$(", "...", "\u2026", "***", "\u2022", "xxxxx", "####", "____", "----", "???",
)  # fmt: skip
_PLACEHOLDER_STEM: Final = re.compile(any_of(_PLACEHOLDER_STEMS))


def placeholder(value: str) -> bool:
    """Say whether *value* stands where a credential would go: a word for it, a template, one character repeated."""
    lowered = value.lower()
    stem = _PLACEHOLDER_STEM.search(lowered)
    return (stem is not None and _PLACEHOLDER.search(lowered, stem.start()) is not None) or filler(value)


def filler(value: str) -> bool:
    """Say whether *value* is mostly typed by hand: one character, or pieces of the alphabet, the digits or the keyboard."""
    if len(set(value)) <= max(2, min(6, len(value) // 12)):
        return True
    lowered = value.lower()
    return stepped(lowered) * 10 >= len(lowered) * 7


def stepped(lowered: str) -> int:
    """Return how many characters of *lowered* stand in long runs of the alphabet, the digits, the keyboard or one character."""
    covered = end = 0
    last = len(lowered) - _STEP
    # A long run holds one of the places looked at, wherever it begins.
    for place in range(0, last + 1, _LONG_STEP - _STEP + 1):
        if place < end or lowered[place : place + _STEP] not in _STEPS:
            continue
        start = stop = place
        while start > end and lowered[start - 1 : start - 1 + _STEP] in _STEPS:
            start -= 1
        while stop < last and lowered[stop + 1 : stop + 1 + _STEP] in _STEPS:
            stop += 1
        size = stop - start + _STEP
        if size >= _LONG_STEP:
            covered += size
            end = stop + _STEP
    return covered


_LETTER: Final = re.compile("[A-Za-z]")
_DIGIT: Final = re.compile("[0-9]")
_STRETCH: Final = re.compile("[0-9]+|[a-z]+|[A-Z]+|[^0-9a-zA-Z]+")


def varied(value: str) -> bool:
    """Say whether *value* could be a credential where words say that it is: letters and digits, no words alone."""
    if not _LETTER.search(value):
        return False
    if not _DIGIT.search(value):
        return len(value) >= 20 and wordiness(value) < 0.4 and entropy(value) >= 3.5  # noqa: PLR2004
    return entropy(value) >= 2.5 and not _mostly_words(value, 0.75)  # noqa: PLR2004 - abcd1234abcd1234 has 3


def _mostly_words(value: str, share: float) -> bool:
    """Say whether at least *share* of *value* reads as words."""
    digits = sum(map(str.isdigit, value))
    return len(value) - digits >= share * len(value) and wordiness(value) >= share


def opaque(value: str) -> bool:
    """Say whether *value* looks drawn at random: letters and digits mixed, many different ones, no words."""
    letters = sum(map(str.isalpha, value))
    digits = sum(map(str.isdigit, value))
    if not letters or not digits:
        return False
    if _HEX.match(value):
        return digits >= 3 and letters >= 2 and entropy(value) >= 2.8  # noqa: PLR2004
    if identifier(value) or _pieced(value):
        return False
    upper = sum(map(str.isupper, value))
    mixed = 0 < upper < letters
    if entropy(value) < (3.1 if len(value) < 24 else 3.5):  # noqa: PLR2004
        return False
    changes = len(_STRETCH.findall(value)) - 1
    return changes * (3 if mixed else 4) >= len(value) and not _mostly_words(value, 0.55)


_PIECE: Final = re.compile(r"[A-Za-z0-9]+")
_LONG_PIECE: Final = 10
_GROUPS: Final = 3


def _pieced(value: str) -> bool:
    """Say whether signs cut *value* into short pieces of different lengths, as names and versions are; keys have even groups."""
    sizes = [len(piece) for piece in _PIECE.findall(value)]
    return max(sizes) < _LONG_PIECE and not (len(sizes) >= _GROUPS and len(set(sizes)) == 1)


_TOKENS: Final = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
_MOST_NUMBERS: Final = 2
_ACRONYM: Final = 5


def identifier(value: str) -> bool:
    """Say whether *value* is a name in a program: words and few short numbers, joined by signs or capitals."""
    if sum(map(str.isdigit, value)) > _MOST_NUMBERS * _ACRONYM:
        return False
    tokens = _TOKENS.findall(value)
    numbers = [token for token in tokens if token.isdigit()]
    if (
        len(numbers) > _MOST_NUMBERS
        or any(len(number) > _ACRONYM for number in numbers)
        or len(tokens) * 3 > len(value)
    ):
        return False
    return all(_wordlike(token) for token in tokens if not token.isdigit())


def _wordlike(token: str) -> bool:
    if len(token) <= 2 or (token.isupper() and len(token) <= _ACRONYM):  # noqa: PLR2004 - too short to tell
        return True
    return len(_STRANGE.findall(token.lower())) * 4 <= len(token) - 1


_WORD: Final = re.compile(r"[A-Z]?[a-z]{3,}|[A-Z][a-z]{2}|[A-Z]{4,}")


_STRANGE: Final = re.compile(
    "|".join(
        f"{first}(?=[{''.join(second for second in _ALPHABET if first + second not in _PAIRS)}])" for first in _ALPHABET
    )
)
"""A letter whose pair with the next one hardly ever stands in a word."""


def wordiness(value: str) -> float:
    """Return which share of *value* stands in stretches of letters that read as words."""
    covered = 0
    for word in _WORD.findall(value):
        if len(_STRANGE.findall(word.lower())) * 6 <= len(word) - 1:
            covered += len(word)
    return covered / len(value)
