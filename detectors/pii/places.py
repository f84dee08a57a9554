"""Postal addresses by their shape: street and number, box, floor, town with code."""
# ruff: noqa: E501, RUF001 - patterns in several languages

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from detectors.pii.candidate import Candidate, Searched

_CAP: Final = r"[A-ZÀ-ÖØ-ÞĀ-ŽΑ-Ω][\wß-ÿ'’.-]{1,24}"
_UNIT: Final = r"(?:,? (?:apt|apartment|suite|ste|unit|floor|fl|room|flat)\.? ?#?\w{1,5})?"
_END: Final = r"(?:street|st|avenue|ave|road|rd|lane|ln|drive|dr|boulevard|blvd|court|ct|place|pl|square|sq|terrace|ter|way|highway|hwy|parkway|pkwy|close|crescent|cres|row|mews|gardens?|greens?|gateway|circle|cir|trail|trl|loop|alley|plaza|walk|hill|park|grove|heights|ridge|run|path|pike|turnpike|esplanade|quay|wharf|broadway)\b\.?"
_LINKS: Final = r"(?:de|del|della|di|da|do|dos|das|du|des|la|le|les|los|las|el|l'|d'|van|der|den|von|zum|zur|am|im|an|of|the|y|e|et)"

_SHAPES: Final = tuple(
    re.compile(pattern)
    for pattern in (
        # 12B North Main Street, Apt 4
        rf"(?<![\w.,-])\d{{1,6}}[A-Za-z]? (?:\d{{1,4}}(?:st|nd|rd|th) |{_CAP} ){{1,4}}(?i:{_END})(?i:{_UNIT})",
        # Hauptstraße 12a, Keizersgracht 5, Storgatan 7
        r"(?<![\w-])[A-ZÀ-ÖØ-Þ][\wß-ÿ-]{1,30}(?:straße|strasse|str\.|weg|gasse|allee|platz|ring|damm|ufer|straat|laan|plein|gracht|kade|dijk|steeg|vägen|gatan|gränd|vej|gade|stræde|veien|gata|tie|katu|utca|útja?|ulica|tee)\.? \d{1,5}[a-z]?(?:[-/]\d{1,4})?(?!\w)",
        rf"(?<![\w-])(?:{_CAP} ){{1,3}}(?:Straße|Strasse|Weg|Gasse|Allee|Platz|Ring|Damm|Ufer|Straat|Laan|Plein|utca|út|útja|tee) \d{{1,5}}[a-z]?(?!\w)",
        # 29 Rue de Tanger, Via Roma 5, Calle Mayor, 12
        rf"(?<![\w.,-])(?:\d{{1,5}},? (?:bis |ter )?)?(?i:rue|avenue|av\.|boulevard|bd|allée|chemin|quai|impasse|via|viale|piazza|corso|largo|vicolo|strada|calle|c/|avenida|avda\.?|plaza|paseo|camino|ronda|travesía|carrer|rúa|rua|praça|praceta|ulica|ul\.)[ .]+(?:{_LINKS} ?){{0,3}}(?:{_CAP}(?: {_LINKS})?[ ,]+){{0,5}}(?:{_CAP}|\d{{1,5}})(?:,? ?(?:n[.ºo°]{{1,2}} ?)?\d{{1,5}}[a-zA-Z]?)?(?:,? \d{{1,2}}[ºª°]?)?",
        # PSC 0725, Box 6031 / APO AP 99241 / P.O. Box 12
        r"(?<![\w-])(?i:psc|unit|cmr) \d{1,5},? (?i:box) \d{1,5}(?!\w)",
        r"(?<![\w-])(?i:apo|fpo|dpo),? (?i:aa|ae|ap) \d{5}(?!\w)",
        r"(?<![\w-])(?i:p\.? ?o\.? ?box|post(?:box|fach| office box)|apartado|casella postale|bo[iî]te postale|postbus)[ #]*\d{1,6}(?!\w)",
        r"(?<![\w-])(?i:apt|apartment|suite|ste)\.? #?\d{1,5}[A-Za-z]?(?!\w)",
        r"(?<![\w-])US(?:NS|NV|S|CGC) [A-ZÀ-ÖØ-Þ][\wß-ÿ-]{1,24}",
        # Springfield, IL 62704 / SW1A 1AA / 10115 Berlin / 1012 AB Amsterdam
        rf"(?<![\w-])(?:{_CAP} ){{0,2}}{_CAP},? (?:A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|PA|RI|S[CD]|T[NX]|UT|V[AT]|W[AIVY]),? \d{{5}}(?:-\d{{4}})?(?!\w)",
        r"(?<![\w-])(?:[A-PR-UWYZ][A-HK-Y]?\d[A-Z\d]?) \d[ABD-HJLNP-UW-Z]{2}(?!\w)",
        rf"(?<![\w.,-])(?:[A-Z]{{1,2}}-)?(?:\d{{4}} ?[A-Z]{{2}}|\d{{5}}|\d{{3}} \d\d) {_CAP}(?:[ -](?:{_LINKS} )?{_CAP}){{0,2}}(?= *(?:$|[\n,.;)]))",
    )
)
_SAID: Final = re.compile(
    r"\b(?:liv(?:es?|ing) (?:at|in|on)|located (?:at|on|in)|address(?:es)?(?: is| of \S{1,20} is)?|resid(?:es|ing) (?:at|in)|deliver(?:ed)? to|sen[dt] (?:it )?to|shipped to|"
    r"office (?:is )?(?:at|in|on)|offices are (?:located )?(?:at|in)|meet me at|moved to|drops? you off at|based (?:at|in)|wohnt in|wohnhaft|anschrift|adresse|"
    r"domicilio|dirección|vive en|indirizzo|abita|residente|habite|demeurant|adres|woont)\b[\s:*\"'>]{0,6}$",
)
_SAID_SHAPE: Final = re.compile(
    rf"\d{{1,6}},? (?:{_CAP}|\d{{1,4}}|{_LINKS})(?:,? (?:{_CAP}|\d{{1,5}}|{_LINKS})){{0,7}}|{_CAP}(?: {_CAP}){{0,3}} \d{{1,5}}(?!\w)",
)


def addresses(searched: Searched) -> Iterator[Candidate]:
    """Yield the parts of postal addresses, each on its line."""
    lines = _lines(searched.text)
    for start, end in lines:
        if not _CAPITAL.search(searched.text, start, end) and "str" not in searched.lower[start:end]:
            continue
        for shape in _SHAPES:
            for match in shape.finditer(searched.text, start, end):
                yield Candidate("LOCATION", match.start(), _trim(searched.text, match.start(), match.end()), 0.75)
        for match in _SAID_SHAPE.finditer(searched.text, start, end):
            if _SAID.search(searched.before(match.start(), 48)):
                yield Candidate("LOCATION", match.start(), _trim(searched.text, match.start(), match.end()), 0.7)


def _trim(text: str, start: int, end: int) -> int:
    return start + len(text[start:end].rstrip(" ,.-"))


_NUMBER: Final = re.compile(r"(?<![\w.])\d{1,6}(?!\.\d|[(\[=])")
_CAPITAL: Final = re.compile(r"[A-ZÀ-ÖØ-ÞĀ-ŽΑ-Ω][\wß-ÿ]")


def _lines(text: str) -> list[tuple[int, int]]:
    """Return the surroundings of numbers that may belong to an address: no address is without one."""
    zones: list[tuple[int, int]] = []
    for match in _NUMBER.finditer(text):
        start, end = max(0, match.start() - 80), min(len(text), match.end() + 80)
        line = text.rfind("\n", start, match.start())
        start = line + 1 if line >= 0 else start
        line = text.find("\n", match.end(), end)
        end = line if line >= 0 else end
        if zones and start <= zones[-1][1]:
            zones[-1] = (zones[-1][0], max(end, zones[-1][1]))
        else:
            zones.append((start, end))
    return zones
