"""Names by lists: people by given and family names, places by the lists of countries and towns."""
# ruff: noqa: E501, RUF001 - patterns in several languages

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from detectors.pii.cues import LIKELY, SURE, Named
from detectors.pii.gazetteer import AMBIGUOUS, AMBIGUOUS_PLACES, FAMILY_NAMES, GIVEN_NAMES, PLACES, PRODUCTS, STARTERS
from detectors.pii.wording import plain, possessive

WORD: Final = re.compile(
    r"(?<![\w./\\$@#<&+=-])(?:(?:Mc|Mac|O['’]|D['’]|De|Di|Du|La|Le|Van|Fitz)[A-ZÀ-ÖØ-Þ]|[A-ZÀ-ÖØ-ÞĀ-ŽͰ-ϿЀ-Я])[a-zß-öø-ÿā-žά-ώа-я]{1,24}"
    r"(?:-[A-ZÀ-ÖØ-Þ][a-zß-öø-ÿā-ž]{1,24})?(?:['’]s)?(?![\w(\[=\\]|\.\w|::|://|-\d)",
)
"""A word with a capital that is no part of code."""

_BETWEEN: Final = re.compile(
    r" (?:(?:van der|van den|van de|de la|de los|von der|van|von|de|der|den|del|della|di|da|do|dos|du|la|le|bin|ibn|ter|ten|y) |[A-Z]\.? |\"[A-Z][a-z]+\" )?"
)
_COMPANY: Final = re.compile(
    r"[ ,]{0,2}(?:Inc|LLC|LLP|Ltd|GmbH|AG|Corp|Group|Company|Co|Orchestra|Foundation|University|Hospital|Bank|Associates|Partners|and Sons|& Sons|Holdings?|PLC|plc|S\.?A|AB|Street|Avenue|Road|Bridge|Airport|School|College|Institute|Library|Museum|Park|License|Licence|Award|Prize|Theorem|Law|Effect|Algorithm|Index|Test|Code|Encoding|Distribution|Transform)\b"
)
_LIST: Final = re.compile(
    r"(?P<first>[^\W\d_a-zß-ÿ][\w'’-]+(?: [^\W\d_a-zß-ÿ][\w'’-]+)?)(?P<more>(?:, [^\W\d_a-zß-ÿ][\w'’-]+(?: [^\W\d_a-zß-ÿ][\w'’-]+)?){0,8}),? (?:and|&|und|et|y|e|en) (?P<last>[^\W\d_a-zß-ÿ][\w'’-]+(?: [^\W\d_a-zß-ÿ][\w'’-]+)?)"
)
_ALONE: Final = re.compile(
    r"[\s>*?|#\"'-]*(?P<name>[^\W\d_][\w’'-]*\.?(?: (?:[^\W\d_]\.?|[^\W\d_][\w’'-]+)){1,3}),?\s*\Z"
)
_IN: Final = re.compile(
    r"\b(?:in|at|from|to|near|of|around|outside|across|through|via|visit(?:ed|ing)?|leav(?:e|ing)|left|into|within|throughout)\s{1,2}(?:the )?\Z",
    re.IGNORECASE,
)
_THE: Final = re.compile(r"\b(?:the|a|an|this)\s\Z", re.IGNORECASE)
_FAMILY_FORM: Final = re.compile(
    r".{2,}(?:ović|ević|ovic|evic|ić|sson|sdóttir|dóttir|wski|wska|owicz|escu|enko|czyk|shvili|opoulos|akis|oğlu|eva|ova|ov|ev|yan|ssen|heimer|mann|stein|berger)\Z"
)
_MOST_WORDS: Final = 3


def is_given(word: str) -> bool:
    """Say whether *word*, lower case, is a given name or two of them."""
    return word in GIVEN_NAMES or ("-" in word and all(part in GIVEN_NAMES for part in word.split("-")))


def is_family(word: str, ordinary: Callable[[str], bool]) -> bool:
    """Say whether *word*, lower case, is a family name by list or by its ending."""
    return word in FAMILY_NAMES or (not ordinary(word) and _FAMILY_FORM.match(word) is not None)


def people(segment: str, ordinary: Callable[[str], bool]) -> Iterator[Named]:
    """Yield a listed given name with the capitalised words behind it, and a name that fills a line."""
    words = list(WORD.finditer(segment))
    for index, word in enumerate(words):
        first = plain(word.group())
        given = is_given(first)
        if not given and (first in STARTERS or first in PRODUCTS or (ordinary(first) and first not in FAMILY_NAMES)):
            continue
        end, count, family = word.end(), 1, False
        for other in words[index + 1 : index + 1 + _MOST_WORDS]:
            bare = plain(other.group())
            if not _BETWEEN.fullmatch(segment[end : other.start()]) or bare in STARTERS or bare in PRODUCTS:
                break
            is_name = is_family(bare, ordinary) or is_given(bare) or not ordinary(bare)
            if not is_name and (first in AMBIGUOUS or not given):
                break
            family = family or is_family(bare, ordinary)
            end, count = other.end(), count + 1
        if _COMPANY.match(segment, end) or segment[word.start() : end].lower() in PLACES:
            continue
        alone = given and first not in AMBIGUOUS and first not in PLACES
        if (given and count > 1) or (family and count > 1 and not ordinary(first)) or alone:
            yield "PERSON", word.start(), end - possessive(segment[:end]), LIKELY if count == 1 else SURE
    yield from _line(segment, ordinary)


def _line(segment: str, ordinary: Callable[[str], bool]) -> Iterator[Named]:
    """Yield the name that stands alone on a line, as in a signature or above an address."""
    match = _ALONE.match(segment)
    if match is None or _COMPANY.search(match.group("name")):
        return
    words = [plain(word) for word in match.group("name").split()]
    if is_given(words[0]) and (is_family(words[-1], ordinary) or (len(words) == _MOST_WORDS and len(words[1]) == 1)):
        yield "PERSON", *match.span("name"), SURE


def listed_together(segment: str, found: Sequence[Named], ordinary: Callable[[str], bool]) -> Iterator[Named]:
    """Yield the others of a list in which one is a person: ``Morrison, Rogers and Torres``."""
    for match in _LIST.finditer(segment):
        if _COMPANY.match(segment, match.end()) or _THE.search(segment[: match.start()]):
            continue
        members: list[tuple[int, int]] = [match.span("first")]
        at = match.start("more")
        for part in match.group("more").split(", ")[1:]:
            members.append((at + 2, at + 2 + len(part)))
            at += 2 + len(part)
        members.append(match.span("last"))
        names = [[plain(word) for word in segment[start:end].split()] for start, end in members]
        if any(
            any(word in STARTERS or word in PRODUCTS for word in words) or " ".join(words) in PLACES for words in names
        ):
            continue
        people_of = [
            any(one[0] == "PERSON" and one[1] < end and start < one[2] for one in found) for start, end in members
        ]
        family = [words[-1] in FAMILY_NAMES or words[0] in GIVEN_NAMES for words in names]
        if any(people_of) or sum(family) > 1:
            for (start, end), words, known in zip(members, names, family, strict=True):
                if known or not all(ordinary(word) for word in words):
                    yield "PERSON", start, end - possessive(segment[:end]), SURE


def places(segment: str, ordinary: Callable[[str], bool]) -> Iterator[Named]:
    """Yield listed countries, towns and regions."""
    words = list(WORD.finditer(segment))
    behind = 0
    for index, word in enumerate(words):
        if word.start() < behind:
            continue
        for count in range(min(_MOST_WORDS, len(words) - index) - 1, -1, -1):
            start, end = word.start(), words[index + count].end()
            end -= possessive(segment[:end])
            name = segment[start:end].lower()
            if name not in PLACES or (count == 0 and not _stands_as_place(segment, start, end, name, ordinary)):
                continue
            if not _COMPANY.match(segment, end):
                yield "LOCATION", start, end, SURE
                behind = end
            break


def _stands_as_place(segment: str, start: int, end: int, name: str, ordinary: Callable[[str], bool]) -> bool:
    """Say whether a listed place of one word, which may be a name or a word too, is one here."""
    if name not in AMBIGUOUS_PLACES and name not in GIVEN_NAMES and not ordinary(name):
        return True
    if _IN.search(segment[max(0, start - 24) : start]):
        return True
    return segment[end : end + 2] == ", " and any(segment[end + 2 :].lower().startswith(place) for place in _BROAD)


_BROAD: Final = (
    "usa",
    "uk",
    "germany",
    "france",
    "italy",
    "spain",
    "england",
    "canada",
    "australia",
    "ireland",
    "scotland",
    "california",
    "texas",
    "florida",
    "new york",
    "massachusetts",
    "switzerland",
    "austria",
    "netherlands",
    "belgium",
)
