"""The rest of a postal address: what follows its first sure part, on the same line and on the next ones."""
# ruff: noqa: E501, RUF001 - patterns in several languages

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from detectors.pii.candidate import Candidate, Searched
from detectors.pii.words import listed

CAP: Final = r"[A-ZÀ-ÖØ-ÞĀ-ŽΑ-Ω][\wß-ÿ'’.∆-]{1,24}"
"""A word with a capital."""
LINKS: Final = r"(?:de|del|della|di|da|do|dos|das|du|des|la|le|les|los|las|el|l'|d'|van|der|den|von|zum|zur|am|im|an|of|the|y|e|et|nad|pod|sur|sous|en|upon|on)"
"""Small words inside names of places."""

_BESIDE: Final = re.compile(r"[ ]{1,2}|[ ]?,[ ]{0,2}|[ ]-[ ]")
_BELOW: Final = re.compile(r"[ \t]*,?[ \t]*\r?\n(?:[ \t>?*|#]*\r?\n)?[ \t>?*|#]*(?:,[ ])?")
_UNIT: Final = re.compile(
    r"(?:suite|apt|apartment|ste|unit|floor|room|flat|box|building|bldg|piso|étage|stock|wohnung|door|dept|department)\.?[ ]{0,2}(?:n[ºo°]\.?[ ]?)?#?\w{1,6}(?!\w)"
    r"|\d{1,2}(?:st|nd|rd|th|[ºª°])[ ](?:floor|piso|étage)|(?:first|second|third|fourth|fifth|ground|top)[ ]floor|(?:apo|fpo|dpo),?[ ](?:aa|ae|ap)",
    re.IGNORECASE,
)
_CODE: Final = re.compile(
    r"(?:[A-Z]{1,2}-)?(?:\d{3}[ ]\d\d|\d{4}[ ]?[A-Z]{2}|\d{5}-\d{3,4}|\d{4,6}|[A-Z]\d[A-Z][ ]?\d[A-Z]\d|[A-Z]{1,2}\d[A-Z\d]?[ ]\d[A-Z]{2})(?![\w]|[-.:/]\d)",
)
_STATE: Final = re.compile(r"[A-Z]{2,3}(?=[ ,]{1,2}\d|[ ]*(?:$|[\n,.;)]))")
_TOWN: Final = re.compile(
    rf"(?:{CAP}|[A-ZÀ-ÖØ-ÞΑ-Ω∆]{{2,}})(?:[ -](?:{LINKS}[ ])?(?:{CAP}|[A-ZÀ-ÖØ-ÞΑ-Ω]{{1,3}}(?!\w))|[ ]?/[ ]?{CAP}){{0,3}}(?:[ ]\([A-Z][\w ]{{2,20}}\))?",
)
_CLOSED: Final = re.compile(r"[ ]*(?:$|[\n,.;)\"'<]|\d|and\b|or\b|in\b|last\b|after\b|\()")
_NO_TOWN: Final = frozenset(
    [
        "the",
        "a",
        "an",
        "i",
        "we",
        "he",
        "she",
        "it",
        "they",
        "you",
        "this",
        "that",
        "these",
        "those",
        "and",
        "or",
        "but",
        "if",
        "when",
        "please",
        "thanks",
        "thank",
        "regards",
        "best",
        "sincerely",
        "dear",
        "hello",
        "hi",
        "tel",
        "phone",
        "fax",
        "mobile",
        "cell",
        "email",
        "e-mail",
        "mail",
        "web",
        "website",
        "http",
        "https",
        "www",
        "contact",
        "name",
        "date",
        "subject",
        "from",
        "to",
        "re",
        "cc",
        "attn",
        "order",
        "invoice",
        "total",
        "price",
        "note",
        "notes",
        "copyright",
        "license",
        "version",
        "chapter",
        "section",
        "table",
        "figure",
        "call",
        "yes",
        "no",
        "mr",
        "mrs",
        "ms",
        "dr",
        "prof",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
        "usd",
        "eur",
        "gbp",
    ]
)
_COUNTRY_WORDS: Final = 5
_MOST_PARTS: Final = 8
"""Parts after which an address is complete, whatever follows."""


def onward(searched: Searched, start: int, end: int, score: float) -> Iterator[Candidate]:
    """
    Yield the address that begins at *start* and is sure as far as *end*, with what belongs to it behind.

    Every line is a candidate of its own, which depends on what stands in front of it and on its own line only.
    """
    text = searched.text
    for _ in range(_MOST_PARTS):
        segment = searched.segment_end(end - 1)
        beside = _BESIDE.match(text, end, segment)
        part = _part(text, beside.end(), segment, comma="," in beside.group()) if beside else 0
        if part:
            end = part
            continue
        below = _BELOW.match(text, end)
        if below is None:
            break
        after = below.end()
        part = _part(text, after, searched.segment_end(after), comma=True) if after < len(text) else 0
        if not part:
            break
        yield Candidate("LOCATION", start, end, score)
        start, end = after, part
    yield Candidate("LOCATION", start, end, score)


def _part(text: str, at: int, limit: int, *, comma: bool) -> int:
    """Return the end of the part of an address that begins at *at*, 0 where there is none."""
    for shape in (_UNIT, _CODE, _STATE):
        match = shape.match(text, at, limit)
        if match:
            return match.end()
    country = _country(text, at, limit)
    if country:
        return country
    match = _TOWN.match(text, at, limit)
    if match is None or any(word.lower().strip(".,'") in _NO_TOWN for word in match.group().split()):
        return 0
    end = match.start() + len(match.group().rstrip(" .,-'"))
    # A town stands alone behind a comma or on its line; otherwise what follows must be a code, a state or a country.
    if comma:
        return end if _CLOSED.match(text, end) else 0
    rest = re.compile(r"[ ,]{1,2}").match(text, end, limit)
    behind = rest.end() if rest else end
    sure = _CODE.match(text, behind, limit) or _country(text, behind, limit)
    return end if rest and sure else 0


def _country(text: str, at: int, limit: int) -> int:
    """Return where the name of a country ends that begins at *at*, 0 where there is none."""
    words = re.compile(r"[^\W\d_][\w.'’-]*(?:[ ][^\W\d_][\w.'’-]*){0,4}").match(text, at, limit)
    if words is None or not text[at].isupper():
        return 0
    parts = words.group().split(" ")[:_COUNTRY_WORDS]
    for count in range(len(parts), 0, -1):
        name = " ".join(parts[:count]).rstrip(".,'")
        if name.lower() in listed("countries") or (count == 1 and name in {"USA", "UK", "UAE", "U.S.A", "U.S", "U.K"}):
            return at + len(name)
    return 0
