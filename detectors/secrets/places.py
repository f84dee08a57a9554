"""What stands where a command line or a configuration file has a password."""
# ruff: noqa: E501, PLR2004 - patterns, shortest lengths

from __future__ import annotations

import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from typing import Final

from detectors.secrets import negatives
from detectors.secrets.passwords import CODE, NOT_ONE, VARIABLE, Said, every

_ELEMENT: Final = r"<(?:pass|password|passphrase|secret|apikey|token)(?:\s[^>\n]{0,60})?>(?P<value>[^<\s]{4,128})<"
PLACES: Final = tuple(
    (stems, re.compile(pattern))
    for stems, pattern in (
        # <Pass encoding="base64">...</Pass>, <password>...</password>
        (("<pass",), _ELEMENT),
        (("<secret",), _ELEMENT),
        (("<apikey",), _ELEMENT),
        (("<token",), _ELEMENT),
        # <add key="ClearTextPassword" value="..." />, name="password" value="..."
        (
            ("value=",),
            r"(?:password|secret|apikey|api_key|token)[\"']\s{1,3}(?:[a-z]{2,12}=[\"'][a-z]{2,12}[\"']\s)?value=[\"'](?P<value>[^\"'\s]{4,128})[\"']",
        ),
        # machine ... login ... password ...
        (("login", "password"), r"\blogin\s+\S{1,64}\s+password\s+(?P<value>\S{4,128})"),
        (
            ("username", "password"),
            r"(?<![^\n])[ \t]{0,8}username\s+(?!and\b)\S{1,64}\s+(?:privilege\s+\d{1,2}\s+)?password\s+(?:[0-9]\s+)?(?P<value>\S{4,128})",
        ),
        (("sshpass",), r"\bsshpass\s+-p\s?[\"']?(?P<value>[^\s\"']{4,128})"),
        (("net use",), r"\bnet use\s+(?:[a-z]:\s+)?\\\\\S{3,128}\s+(?P<value>[^\s/\"']{4,128})(?=\s+/user)"),
        (("securestring",), r"convertto-securestring\s+(?:-string\s+)?[\"'](?P<value>[^\"'\s]{4,128})[\"']"),
        (("identified by",), r"\bidentified\s+by\s+(?:password\s+)?[\"'](?P<value>[^\"'\s]{4,128})[\"']"),
        (("passin",), r"-passin\s+pass:(?P<value>[^\s\"']{4,128})"),
        # The credentials are name:password, log in as name / password
        (
            ("cred",),
            r"\bcred(?:ential|encial|enzial)?(?:s|es|i)?\b[^\n:]{0,30}?(?:\s(?:are|is|son|sono)|:)\s{1,2}[\"'`]?[\w.@-]{2,64}(?::| ?/ ?)(?P<value>[^\s\"'`]{6,64})",
        ),
        (
            ("zugangsdaten",),
            r"zugangsdaten\b[^\n:]{0,30}?(?:\s(?:sind|lauten)|:)\s{1,2}[\"'`]?[\w.@-]{2,64}(?::| ?/ ?)(?P<value>[^\s\"'`]{6,64})",
        ),
        (
            ("identifiants",),
            r"identifiants\b[^\n:]{0,30}?(?:\s(?:sont)|\s?:)\s{1,2}[\"'`]?[\w.@-]{2,64}(?::| ?/ ?)(?P<value>[^\s\"'`]{6,64})",
        ),
        (("log in",), r"\blog in (?:as|with) [\"'`]?[\w.@-]{2,64}[\"'`]? ?[/:] ?[\"'`]?(?P<value>[^\s\"'`]{6,64})"),
        # Authorization: Basic ...
        (
            ("basic ", "authorization"),
            r"\bauthorization[\"']?\s{0,2}[:=]\s{0,2}[\"']?basic\s{1,2}(?P<value>[a-z0-9+/]{8,400}={0,2})",
        ),
    )
)
"""Literals, of which the first is looked for in the whole text, and what stands around it."""

OPTIONS: Final = tuple(
    (command, option, re.compile(pattern))
    for command, options, pattern in (
        # curl -u name:password
        ("curl", (" -u", " --user", " --proxy-user"), r"[= ]?[\"']?[^\s:\"']{1,64}:(?P<value>[^\s\"']{4,128})"),
        ("redis-cli", (" -a",), r"\s?[\"']?(?P<value>[^\s\"']{4,128})"),
        ("mysql", (" -p",), r"(?P<value>[^\s\"']{4,128})"),
        ("docker login", (" -p",), r"\s?[\"']?(?P<value>[^\s\"']{4,128})"),
    )
    for option in options
)
"""Commands, their options that take a password, and what follows one; on the same line."""

_COMMAND_REACH: Final = 200

_LEADS: Final = {"value=": 60, "username": 10, "securestring": 10, "basic ": 24, "passin": 1}
"""How far in front of its first literal a place may begin, in characters, where it does not begin with it."""


def places(text: str, lower: str, marks: AbstractSet[str]) -> Iterator[Said]:
    """Yield the values in places made for a password, command lines and configuration files; *marks* stand in *text*."""
    known: set[int] = set()
    for match in _matches(lower, marks):
        start, end = match.span("value")
        if start not in known:
            known.add(start)
            end = start + len(text[start:end].rstrip(".,;)"))
            if _told(text[start:end]):
                yield Said(start, end)


def _matches(lower: str, marks: AbstractSet[str]) -> Iterator[re.Match[str]]:
    for stems, place in PLACES:
        if stems[0] in marks and all(stem in lower for stem in stems[1:]):
            for at in every(lower, stems[0]):
                for begin in range(max(0, at - _LEADS.get(stems[0], 0)), at + 1):
                    if match := place.match(lower, begin):
                        yield match
    for command, option, value in OPTIONS:
        if command in marks:
            for at in every(lower, option):
                begin = max(0, at - _COMMAND_REACH)
                if lower.find(command, max(begin, lower.rfind("\n", begin, at) + 1), at) >= 0 and (
                    match := value.match(lower, at + len(option))
                ):
                    yield match


def _told(value: str) -> bool:
    return (
        len(value) >= 4
        and not negatives.placeholder(value)
        and value.lower() not in NOT_ONE
        and not VARIABLE.match(value)
        and not CODE.search(value)
    )
