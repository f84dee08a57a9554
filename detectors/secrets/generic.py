"""Values that look drawn at random and stand where a credential stands: beside a word or a service's name."""
# ruff: noqa: E501 - patterns

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from detectors.secrets import cues, negatives, pem
from detectors.secrets.rules.names import COMMON_NAMES, NAMES
from detectors.secrets.scan import SHORTEST_VALUE, VALUE_CLASS
from detectors.secrets.services import Service, services_named
from detectors.secrets.trie import any_of

SHORTEST: Final = SHORTEST_VALUE
LONGEST: Final = 2048

_CLASS: Final = VALUE_CLASS
_TOKEN: Final = re.compile(rf"[{_CLASS}]{{{SHORTEST},{LONGEST}}}+={{0,2}}(?![{_CLASS}])")
_NO_START: Final = (
    "iVBOR",
    "/9j/",
    "R0lGOD",
    "UklGR",
    "PHN2Zy",
    "JVBERi0",
    "AAAAB3NzaC1",
    "AAAAC3NzaC1",
    "AAAAE2VjZHNh",
    "MII",
    "sha1-",
    "sha256-",
    "sha384-",
    "sha512-",
    "h1-",
)
_NO_BEFORE: Final = re.compile(
    r"(?:base64,|data:[a-z/+;=-]{0,40},|\bh1:|sha\d{1,3}[:=-]|md5[:=-]|ssh-(?:rsa|dss|ed25519)\s|ecdsa-sha2-\S{4,20}\s|@|integrity\W{0,4}|(?:[ug]uid|csrf|xsrf|nonce|etag)[\w-]{0,8}\W{0,4})\Z"
)
_PARAMETER: Final = re.compile(
    r"[?&;#](?:[\w.-]{0,20}(?:key|token|secret|sig|signature|password|passwd|pwd|auth|code|credential|jwt|session)[\w.-]{0,10})=\Z"
)
_WEAK_ID: Final = re.compile(
    r"(?:\bid|_id|\bids|number|name|account|url|path|file|version|model|public|region)\W{0,6}\Z"
)


class Value(NamedTuple):
    """An opaque value at ``[start, end)`` and the name of the rule that says so; *sure* in ``[0, 1]``."""

    rule: str
    start: int
    end: int
    sure: float


_DIGIT: Final = re.compile("[0-9]")
_GLUED_SIGN: Final = re.compile("[-_.=]")
_GLUED: Final = re.compile(
    any_of(("key", "secret", "token", "private", "password", "passwd", "access", "auth", "pat", "bearer"))
    + r"[-_.=]+(?=[a-z0-9])"
)
_NAME: Final = re.compile(r"[a-z][a-z0-9.]{1,20}(?:[-_][a-z0-9]{2,10}){0,3}")
_NAME_CLASS: Final = frozenset("abcdefghijklmnopqrstuvwxyz0123456789_.-")
_LONGEST_NAME: Final = 70
_MOST_LINK: Final = 8
_SAFE_NAMES: Final = NAMES - COMMON_NAMES
_GLUED_NAME: Final = re.compile(r"[a-z]{4,20}[-_](?=[a-z0-9]{16,}\Z)")
_NAME_WORD: Final = re.compile(r"[a-z0-9.]+")
_PEM_LINE: Final = re.compile(r"[A-Za-z0-9+/]{64}(?:[A-Za-z0-9+/]{12})?\Z")


def candidates(text: str, starts: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Yield where values of *text* stand that are long and varied enough; the runs of their characters begin at *starts*."""
    for start in starts:
        match = _TOKEN.match(text, start)
        if match is None or _WORDS.match(match.group()):
            continue
        begin, end = _core(text, start, match.end())
        value = text[begin:end]
        long_enough = end - begin >= SHORTEST and not value.startswith(_NO_START)
        if long_enough and (negatives.uuid(value) or negatives.varied(value)):
            yield begin, end


_WORDS: Final = re.compile(
    r"[_./~+-]*+(?:(?:[A-Z]?[a-z]{1,14}|[A-Z]{1,14})[_./~+-]+)++(?:[A-Z]?[a-z]{1,14}|[A-Z]{1,14})?\Z"
)
"""Words joined by signs: most long runs of programs, and no credential."""


def _core(text: str, begin: int, end: int) -> tuple[int, int]:
    """Return the range without punctuation at its ends and without the name of a key that is glued to its value."""
    while end > begin and text[end - 1] in "./~-+":
        end -= 1
    while begin < end and text[begin] in "./~-+":
        begin += 1
    start = begin
    if _GLUED_SIGN.search(text, begin, end) and _DIGIT.search(text, begin, end):
        for glued in _GLUED.finditer(text[begin:end].lower()):
            if end - begin - glued.end() >= SHORTEST:
                start = begin + glued.end()
    return start, end


def values(text: str, lower: str, places: Sequence[tuple[int, int]]) -> Iterator[Value]:
    """Yield those of the opaque values of *text* at *places* that its words make credentials; *lower* is it in lower case."""
    public = pem.public_blocks(text) if places else []
    for start, end in places:
        if any(block.start <= start < block.end for block in public):
            continue
        judged = judge(text, lower, start, end)
        if judged:
            yield judged


def after(lower: str, end: int) -> str:
    """Return the lower-case text behind *end* on the same line, at most :data:`cues.AFTER` characters."""
    line = lower.find("\n", end, end + cues.AFTER)
    return lower[end : line if line >= 0 else end + cues.AFTER]


def judge(text: str, lower: str, start: int, end: int) -> Value | None:
    """Return what the value at ``[start, end)`` is, None when nothing makes it a credential."""
    value = text[start:end]
    before = lower[max(0, start - cues.BEFORE) : start]
    if negatives.placeholder(value) or _NO_BEFORE.search(before) or _base64_block(text, value, start):
        return None
    run = before[max(before.rfind(" "), before.rfind("\n"), before.rfind("\t")) + 1 :]
    if "://" in run or run.startswith("www."):
        opaque = negatives.opaque(value)
        return Value("url-parameter", start, end, 0.8) if opaque and _PARAMETER.search(before) else None
    if value.count("/") > 2 and _path(value):  # noqa: PLR2004 - base64 holds a slash in 64 letters
        return None
    return _named(text, lower, start, end, before)


def _named(text: str, lower: str, start: int, end: int, before: str) -> Value | None:
    """Return what the words around the value make of it."""
    value = text[start:end]
    behind = after(lower, end)
    service = _service(value, before, behind)
    if service:
        return Value(service.name, start, end, 0.9)
    if negatives.other_key(before[-48:]):
        return None
    told = cues.told(before, behind)
    if negatives.uuid(value):
        a_key = not _WEAK_ID.search(before) and not negatives.named_digest(before[-24:])
        return Value("keyed-value", start, end, 0.75) if a_key and (told or _directly_named(before)) else None
    if negatives.digest(value) and negatives.named_digest(before[-60:]):
        return None
    if told and not negatives.identifier(value):
        return Value("keyed-value", start, _whole(text, end), 0.8)
    rule = _near(value, lower[start:end], before, behind)
    return Value(rule, start, end, 0.7 if rule == "value-near-service" else 0.65) if rule else None


def _near(value: str, lower: str, before: str, behind: str) -> str | None:
    """Return the rule by which the words near *value* make it a credential, where none says what it is."""
    if _WEAK_ID.search(before) or negatives.named_digest(before[-40:]):
        return None
    glued = _GLUED_NAME.match(lower) is not None and lower.partition("-")[0].partition("_")[0] in NAMES
    if glued or ((not negatives.digest(value) or "=" in before[-6:]) and _directly_named(before)):
        return "value-near-service"
    return "value-near-cue" if negatives.opaque(value) and cues.near(before, behind) else None


_MORE: Final = re.compile(rf"(?:=[{_CLASS}]+)+={{0,2}}")


def _whole(text: str, end: int) -> int:
    """Return the end of the value that reaches *end*, with what an equals sign joins to it."""
    more = _MORE.match(text, end, end + 4 * LONGEST)
    return more.end() if more else end


def _directly_named(before: str) -> bool:
    """Say whether the name of a service, or an identifier that begins with it, stands right before the value."""
    behind_link = before.rstrip("\"'`*<({[")
    named = behind_link.rstrip(" \t:=>-")
    link = behind_link[len(named) :]
    if not link or len(link) > _MOST_LINK:
        return False
    named = named.rstrip("\"'])")
    start = len(named)
    while start > 0 and len(named) - start < _LONGEST_NAME and named[start - 1] in _NAME_CLASS:
        start -= 1
    match = _NAME.search(named, start)
    if match is None:
        return False
    words = _NAME_WORD.findall(match.group())
    known = NAMES if signed(link) else _SAFE_NAMES
    return any(word in known for word in (*words[:2], "_".join(words[:2]), "-".join(words[:3])))


def signed(link: str) -> bool:
    """Say whether a colon or an equals sign stands between a name and its value."""
    return ":" in link or "=" in link


def _service(value: str, before: str, behind: str) -> Service | None:
    for service in services_named(before, behind):
        if service.regex.fullmatch(value):
            return service
    return None


def _path(value: str) -> bool:
    """Say whether *value* reads as a path: most of its parts are short or words."""
    parts = [part for part in value.split("/") if part]
    return sum(not negatives.opaque(part) for part in parts) * 2 > len(parts)


def _base64_block(text: str, value: str, start: int) -> bool:
    """Say whether *value* is one line of many of the same length, as certificates and images are written."""
    if not _PEM_LINE.match(value) or start < len(value) + 1 or text[start - 1] not in "\n ":
        return False
    line = text[:start].rstrip(" \n")[-len(value) :]
    return _PEM_LINE.match(line) is not None
