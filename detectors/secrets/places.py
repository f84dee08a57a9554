"""What stands where a command line or a configuration file has a password."""
# ruff: noqa: E501, PLR2004 - patterns, shortest lengths

from __future__ import annotations

import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from typing import Final

from detectors.secrets import negatives
from detectors.secrets.passwords import CODE, NOT_ONE, VARIABLE, Said

_ELEMENT: Final = r"<(?:pass|password|passphrase|secret|apikey|token)(?:\s[^>\n]{0,60})?>(?P<value>[^<\s]{4,128})<"
PLACES: Final = tuple(
    (stems, re.compile(pattern))
    for stems, pattern in (
        # curl -u name:password
        (
            ("curl",),
            r"\bcurl\b[^\n]{0,200}?\s(?:-u|--user|--proxy-user)[= ]?[\"']?[^\s:\"']{1,64}:(?P<value>[^\s\"']{4,128})",
        ),
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
            r"(?:\A|\n)[ \t]{0,8}username\s+(?!and\b)\S{1,64}\s+(?:privilege\s+\d{1,2}\s+)?password\s+(?:[0-9]\s+)?(?P<value>\S{4,128})",
        ),
        (("sshpass",), r"\bsshpass\s+-p\s?[\"']?(?P<value>[^\s\"']{4,128})"),
        (("redis-cli",), r"\bredis-cli\b[^\n]{0,100}?\s-a\s?[\"']?(?P<value>[^\s\"']{4,128})"),
        (("mysql",), r"\bmysql(?:dump|admin)?\b[^\n]{0,100}?\s-p(?P<value>[^\s\"']{4,128})"),
        (("net use",), r"\bnet use\s+(?:[a-z]:\s+)?\\\\\S{3,128}\s+(?P<value>[^\s/\"']{4,128})(?=\s+/user)"),
        (("securestring",), r"convertto-securestring\s+(?:-string\s+)?[\"'](?P<value>[^\"'\s]{4,128})[\"']"),
        (("identified by",), r"\bidentified\s+by\s+(?:password\s+)?[\"'](?P<value>[^\"'\s]{4,128})[\"']"),
        (("passin",), r"-passin\s+pass:(?P<value>[^\s\"']{4,128})"),
        (("docker login",), r"\bdocker login\b[^\n]{0,100}?\s-p\s?[\"']?(?P<value>[^\s\"']{4,128})"),
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

_BEFORE: Final = 100
_AFTER: Final = 600
"""How much of a place may stand before and behind the end of its literal, in characters."""


def places(text: str, lower: str, marks: AbstractSet[str]) -> Iterator[Said]:
    """Yield the values in places made for a password, command lines and configuration files; *marks* stand in *text*."""
    for stems, place in PLACES:
        if stems[0] not in marks or not all(stem in lower for stem in stems[1:]):
            continue
        known: set[int] = set()
        at = lower.find(stems[0])
        while at >= 0:
            for match in place.finditer(lower, max(0, at - _BEFORE), at + _AFTER):
                start, end = match.span("value")
                end = start + len(text[start:end].rstrip(".,;)"))
                if start not in known and _told(text[start:end]):
                    known.add(start)
                    yield Said(start, end)
            at = lower.find(stems[0], at + 1)


def _told(value: str) -> bool:
    return (
        len(value) >= 4
        and not negatives.placeholder(value)
        and value.lower() not in NOT_ONE
        and not VARIABLE.match(value)
        and not CODE.search(value)
    )
