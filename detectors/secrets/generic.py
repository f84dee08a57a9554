"""Values that look drawn at random and stand where a credential stands: beside a word or a service's name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from detectors.secrets import cues, negatives
from detectors.secrets.services import Service, services_named

SHORTEST: Final = 16
LONGEST: Final = 512

_CLASS: Final = r"A-Za-z0-9_+/.~\-"
_TOKEN: Final = re.compile(rf"(?<![{_CLASS}])[{_CLASS}]{{{SHORTEST},{LONGEST}}}+={{0,2}}(?![{_CLASS}])")
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
    r"(?:base64,|data:[a-z/+;=-]{0,40},|\bh1:|sha\d{1,3}[:=-]|md5[:=-]|ssh-(?:rsa|dss|ed25519)\s|ecdsa-sha2-\S{4,20}\s|@|integrity\W{0,4}|uuid\W{0,4}|guid\W{0,4})\Z"
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


def candidates(text: str, start: int = 0) -> Iterator[tuple[int, int]]:
    """Yield where opaque values of *text* stand that begin at or after *start*."""
    for match in _TOKEN.finditer(text, start):
        begin, end = match.span()
        while end > begin and text[end - 1] in "./~-+":
            end -= 1
        while begin < end and text[begin] in "./~-+":
            begin += 1
        value = text[begin:end]
        if (
            end - begin >= SHORTEST
            and not value.startswith(_NO_START)
            and (negatives.uuid(value) or negatives.opaque(value))
        ):
            yield begin, end


def values(text: str, lower: str) -> Iterator[Value]:
    """Yield the opaque values of *text* that its words make credentials; *lower* is its lower-case form."""
    for start, end in candidates(text):
        judged = judge(text, lower, start, end)
        if judged:
            yield judged


def after(lower: str, end: int) -> str:
    """Return the lower-case text behind *end* on the same line, at most :data:`cues.AFTER` characters."""
    line = lower.find("\n", end, end + cues.AFTER)
    return lower[end : line if line >= 0 else end + cues.AFTER]


def judge(text: str, lower: str, start: int, end: int) -> Value | None:
    """Return what the opaque value at ``[start, end)`` is, None when nothing makes it a credential."""
    value = text[start:end]
    before = lower[max(0, start - cues.BEFORE) : start]
    if negatives.placeholder(value) or _NO_BEFORE.search(before):
        return None
    run = before[max(before.rfind(" "), before.rfind("\n"), before.rfind("\t")) + 1 :]
    if "://" in run or run.startswith("www."):
        return (
            Value("url-parameter", start, end, 0.8) if _PARAMETER.search(before) and negatives.opaque(value) else None
        )
    if value.count("/") > 2 and _path(value):  # noqa: PLR2004 - base64 holds a slash in 64 letters
        return None
    behind = after(lower, end)
    assigned = cues.ASSIGNED.search(before) is not None
    service = _service(value, before, behind)
    if service:
        return Value(service.name, start, end, 0.9)
    if negatives.uuid(value):
        return Value("keyed-value", start, end, 0.75) if assigned and not negatives.named_digest(before[-24:]) else None
    if negatives.digest(value) and negatives.named_digest(before[-60:]):
        return None
    if assigned:
        return Value("keyed-value", start, end, 0.8)
    if _WEAK_ID.search(before) or negatives.named_digest(before[-40:]):
        return None
    if cues.near(before, behind):
        return Value("value-near-cue", start, end, 0.65)
    return None


def _service(value: str, before: str, behind: str) -> Service | None:
    for service in services_named(before, behind):
        if service.regex.fullmatch(value):
            return service
    return None


def _path(value: str) -> bool:
    """Say whether *value* reads as a path: most of its parts are short or words."""
    parts = [part for part in value.split("/") if part]
    return sum(not negatives.opaque(part) for part in parts) * 2 > len(parts)
