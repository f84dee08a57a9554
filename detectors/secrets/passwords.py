"""What a word for a password announces."""
# ruff: noqa: E501, PLR2004, RUF001 - words and signs of several languages, shortest lengths

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from detectors.folding import lowered, strange
from detectors.secrets import cues, negatives
from detectors.secrets.scan import WIDE_WORDS, WORDS

LONGEST: Final = 128

_QUOTES: Final = frozenset("\"'`*")
_CUE_REACH: Final = 400
"""More than the longest announcement of a password, in characters."""
_WIDE_LETTERS: Final = frozenset(
    letter for word in WIDE_WORDS for char in word if ord(char) > 0xFF for letter in (char, char.upper())
)
_WORD_REACH: Final = max(map(len, (*WORDS, *WIDE_WORDS))) + 16
_WORDS_ONLY: Final = re.compile(r"[^\W\d_]+(?:[-'’_][^\W\d_]+)*[.!?,;:]*\Z")
VARIABLE: Final = re.compile(
    r"[\"'\\]*(?:\$[A-Za-z_{(]|%[A-Za-z_]+%|#\{|@[A-Z]{2,}|[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+[\"']*\Z)"
)
"""A reference to a value that stands elsewhere."""
CODE: Final = re.compile(
    r"\w[(\[<]|\w\|\w|\$[{(]|\{\{|->|::|=>|&&|\|\||\(\)|\A[({\[<]|\A[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+\Z|"
    r"\A(?:None|null|nil|undefined|true|false|self|this|str|string|int|bool)\b|\A[/.~]+[\w./-]+\Z|://|\A--?[a-z]"
)
_STRONG: Final = re.compile(r"(?=[^\n]*\d)(?=[^\n]*[^\W\d_])|(?=[^\n]*[^\w\s])(?=[^\n]*[^\W\d_])")
_TECHNICAL: Final = re.compile(
    r"(?:sha|md|base|utf|ipv|x86|amd|arm|i18n|l10n|k8s|oauth|http|h26|ed25519|curve|secp|argon|pbkdf|bcrypt|scrypt|aes|rsa|ssh|tls|ssl|pkcs|x509|mp[34]|"
    r"nist|iso|rfc|cve|win|ntlm|crc|rc4|des|sp8|fips|wpa|web|v?\d+(?:\.\d+)+|2fa|mfa|u2f|fido|sql|db|postgres|mysql|version|python|java|node|office|ms-?)",
    re.IGNORECASE,
)
_ENDS: Final = ".,;:!?)]}'\"`*>"
_APOSTROPHE: Final = re.compile(r"(?<=\w)'(?=\w)")


class Said(NamedTuple):
    """A value that a word announces, at ``[start, end)``."""

    start: int
    end: int


def places_of_words(text: str, ends: Iterable[int]) -> list[int]:
    """Return where words for a password may begin in *text*: around the *ends* of their pieces, and those in wide letters."""
    wide: list[int] = []
    if not _WIDE_LETTERS.isdisjoint(strange(text)):
        lower = lowered(text)
        wide = [at + len(word) for word in WIDE_WORDS for at in every(lower, word)]
    return sorted({*ends, *wide})


def every(text: str, word: str) -> Iterator[int]:
    """Yield every place where *word* begins in *text*."""
    at = text.find(word)
    while at >= 0:
        yield at
        at = text.find(word, at + 1)


def _words(lower: str, ends: Iterable[int]) -> Iterator[re.Match[str]]:
    """Yield the words for a password that hold one of the pieces that end at *ends*, each once."""
    known: set[int] = set()
    for end in ends:
        for word in cues.WORD.finditer(lower, max(0, end - _WORD_REACH), end + _WORD_REACH):
            if word.start() >= end:
                break
            if word.start() not in known:
                known.add(word.start())
                yield word


def passwords(text: str, lower: str, ends: Iterable[int]) -> Iterator[Said]:
    """
    Yield the values that *text* calls a password, however short.

    Args:
        text: What is searched.
        lower: It in lower case, character by character.
        ends: Where pieces of words for a password end.
    """
    for word in _words(lower, ends):
        begin = max(0, word.start() - cues.REVERSED_REACH)
        turned = cues.reversed_value(lower[begin : word.start()])
        if turned is not None:
            start = turned[0] + begin
            end = start + len(text[start : turned[1] + begin].rstrip(_ENDS))
            if strong(text[start:end]):
                yield Said(start, end)
        for leads in cues.ANNOUNCED:
            cue = leads.match(lower, word.start())
            said = _behind(text, cue) if cue else None
            if said is not None:
                yield said


def _behind(text: str, cue: re.Match[str]) -> Said | None:
    """Return the value that follows *cue*."""
    start = cue.end()
    quote = text[start - 1] if text[start - 1] in _QUOTES else ""
    line_end = text.find("\n", start, start + LONGEST + 1)
    stop = line_end if line_end >= 0 else min(len(text), start + LONGEST)
    if quote:
        if quote not in (cue.group("close") or "") and _inside(text, cue.start(), quote):
            return None  # The quote ends the string that the word stands in: "Password:".
        end = text.find(quote, start, stop)
        if end < 0:
            return None
        value = text[start:end]
    else:
        run = re.match(r"\S*", text[start:stop])
        value = run.group().rstrip(_ENDS) if run else ""
        end = start + len(value)
    if cue.group("bare") and not quote:
        return Said(start, end) if strong(value) else None
    symbol = any(sign in (cue.group("link") or "") for sign in ":=：|→")
    if is_password(value, quoted=bool(quote), symbol=symbol, number=cue.group().startswith(("pin", "geheimz"))):
        return Said(start, end)
    return None


def _inside(text: str, place: int, quote: str) -> bool:
    """Say whether *place* stands in a string that *quote* opened on the same line."""
    line = text[max(text.rfind("\n", 0, place) + 1, place - 256) : place]
    return len(_APOSTROPHE.sub("", line).split(quote)) % 2 == 0


def strong(value: str) -> bool:
    """Say whether *value* looks like a password where only its looks can tell: letters, digits and more, mixed."""
    if not 8 <= len(value) <= 64 or negatives.placeholder(value) or CODE.search(value) or VARIABLE.match(value):
        return False
    if _TECHNICAL.match(value) or "/" in value or "@" in value[1:-1] or value[0] in "-#&":
        return False
    digits = any(char.isdigit() for char in value)
    upper = any(char.isupper() for char in value)
    lower = any(char.islower() for char in value)
    signs = any(not char.isalnum() and char not in "-_.,'’:" for char in value)
    if not digits or not (upper or lower):
        return digits and signs and (upper or lower)
    return (upper and lower and _MIXED.search(value) is not None) or signs or _WOVEN.search(value) is not None


_MIXED: Final = re.compile(r"[a-z]\d|\d[a-z]|[a-z][A-Z]|\d[A-Z][a-z]")
_WOVEN: Final = re.compile(r"[A-Za-z]\d{1,3}[A-Za-z]{2}")


def is_password(value: str, *, quoted: bool, symbol: bool, number: bool = False) -> bool:
    """
    Say whether *value*, announced as a password, looks like one and not like a word of the sentence or a piece of code.

    Args:
        value: What stands there.
        quoted: Whether it stands in quotes.
        symbol: Whether a colon or an equals sign announces it, not a verb.
        number: Whether the word announces a number.
    """
    if not 4 <= len(value) <= LONGEST or value != value.strip() or negatives.placeholder(value):
        return False
    if value.lower() in NOT_ONE or value.isspace():
        return False
    if " " in value:
        return quoted and symbol and len(value) >= 12 and value.count(" ") <= 8 and not value.endswith((".", ":"))
    if VARIABLE.match(value) or (not quoted and CODE.search(value)):
        return False
    if _WORDS_ONLY.match(value):
        # A bare word is a password only where nothing else could stand: quoted, behind a sign, and not all lower case.
        return (
            quoted
            and symbol
            and len(value) >= 6
            and not value.islower()
            and not value.isupper()
            and not value.istitle()
        )
    if value.isdigit():
        return (symbol or number) and len(value) >= 4
    return len(value) >= 6 and _STRONG.match(value) is not None and any(char.isalnum() for char in value)


NOT_ONE_TEXT: Final = (
    "password passwd pass pwd secret token string none null true false required optional prompt hidden field "
    "input text type name username user email confirm confirmation incorrect invalid wrong missing empty "
    "unknown default admin root"
)
NOT_ONE: Final = frozenset(NOT_ONE_TEXT.split())


def open_value(text: str, lower: str) -> int | None:
    """
    Return where the first value at the end of *text* begins that the rest of its line may still make a password.

    That is a value in quotes that are open behind a word for a password, or a word that looks like a password and of which
    the line may still say that it is one.
    """
    held = [
        start for start, word in _last_words(text, cues.REVERSED_REACH) if strong(word.strip("\"'`*()").rstrip(_ENDS))
    ]
    quote = _open_quote(text, lower)
    if quote is not None:
        held.append(quote)
    return min(held, default=None)


def _last_words(text: str, reach: int) -> Iterator[tuple[int, str]]:
    begin = max(text.rfind("\n") + 1, len(text) - reach)
    while begin > 0 and begin < len(text) and not text[begin - 1].isspace():
        begin += 1
    for match in re.finditer(r"(?<!\S)\S{6,72}(?!\S)", text[begin:]):
        yield begin + match.start(), match.group()


def _open_quote(text: str, lower: str) -> int | None:
    """Return where a value in quotes begins that a word announced and that is still open, None without one."""
    tail = max(0, len(text) - LONGEST - 2)
    for cue in (cue for leads in cues.ANNOUNCED for cue in leads.finditer(lower, max(0, tail - _CUE_REACH))):
        start = cue.end()
        quote = text[start - 1]
        if start >= tail and quote in _QUOTES and quote not in text[start:] and "\n" not in text[start:]:
            return start
    return None
