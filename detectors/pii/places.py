"""Postal addresses by their form: a street, a box or a town with its code, and the parts that go on from there."""
# ruff: noqa: E501 - patterns in several languages

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from detectors.pii.blocks import CAP, LINKS, onward
from detectors.pii.candidate import Candidate, Searched

_UNIT: Final = r"(?:,? (?:apt|apartment|suite|ste|unit|floor|fl|room|flat)\.? ?#?\w{1,5})?"
_END: Final = r"(?:street|st|avenue|ave|road|rd|lane|ln|drive|dr|boulevard|blvd|court|ct|place|pl|square|sq|terrace|ter|way|highway|hwy|parkway|pkwy|close|crescent|cres|row|mews|gardens?|greens?|gateway|circle|cir|trail|trl|loop|alley|plaza|walk|hill|park|grove|heights|ridge|run|path|pike|turnpike|esplanade|quay|wharf|broadway|coves?|streets)\b\.?"
_NUMBERS: Final = r"(?:\d{2,6},? )?"
"""A code or the number of a house that some write in front of the street."""

_SHAPES: Final = tuple(
    re.compile(pattern)
    for pattern in (
        # 12B North Main Street, Apt 4
        rf"(?<![\w.,-]){_NUMBERS}\d{{1,6}}[A-Za-z]? (?:\d{{1,4}}(?:st|nd|rd|th) |{CAP} ){{1,4}}(?i:{_END})(?i:{_UNIT})",
        # Hauptstraße 12a, Keizersgracht 5, Storgatan 7
        rf"(?<![\w-]){_NUMBERS}[A-ZÀ-ÖØ-Þ][\wß-ÿ-]{{1,30}}(?:straße|strasse|str\.|weg|gasse|allee|platz|ring|damm|ufer|straat|laan|plein|gracht|kade|dijk|steeg|vägen|gatan|gränd|vej|gade|stræde|veien|gata|tie|katu|utca|útja?|ulica|tee)\.? \d{{1,5}}[a-z]?(?:[-/]\d{{1,4}})?(?!\w)",
        rf"(?<![\w-]){_NUMBERS}(?:{CAP} ){{1,3}}(?:Straße|Strasse|Str\.|Weg|Gasse|Allee|Platz|Ring|Damm|Ufer|Straat|Laan|Plein|utca|út|útja|tee) \d{{1,5}}[a-z]?(?!\w)",
        # 29 Rue de Tanger, Via Roma 5, Calle Mayor, 12
        rf"(?<![\w.,-])(?:\d{{1,5}},? ){{0,2}}(?:bis |ter )?(?i:rue|avenue|av\.|boulevard|bd|allée|chemin|quai|impasse|via|viale|piazza|corso|largo|vicolo|strada|calle|c/|avenida|avda\.?|plaza|paseo|camino|ronda|travesía|carrer|rúa|rua|praça|praceta|ulica|ul\.)[ .]+(?:{LINKS} ?){{0,3}}(?:{CAP}(?: {LINKS})?[ ,]+){{0,5}}(?:{CAP}|\d{{1,5}})(?:,? ?(?:n[.ºo°]{{1,2}} ?)?\d{{1,5}}[a-zA-Z]?)?(?:,? \d{{1,2}}[ºª°]?)?",
        # PSC 0725, Box 6031 / Unit 8067 Box 5691 / APO AP 99241 / P.O. Box 12
        r"(?<![\w-])(?i:psc|unit|cmr) \d{1,5},? (?i:box) \d{1,5}(?!\w)",
        r"(?<![\w-])(?i:apo|fpo|dpo),? (?i:aa|ae|ap) \d{5}(?!\w)",
        rf"(?<![\w-]){_NUMBERS}(?i:p\.? ?o\.? ?box|post(?:box|fach| office box)|apartado(?: de correos)?|casella postale|bo[iî]te postale|postbus)[ #]*\d{{1,6}}(?!\w)",
        r"(?<![\w-])(?i:apt|apartment|suite|ste)\.? #?\d{1,5}[A-Za-z]?(?!\w)",
        r"(?<![\w-])US(?:NS|NV|S|CGC) [A-ZÀ-ÖØ-Þ][\wß-ÿ-]{1,24}",
        # Springfield, IL 62704 / SW1A 1AA / 10115 Berlin / 1012 AB Amsterdam
        rf"(?<![\w-])(?:{CAP} ){{0,2}}{CAP},? (?:A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|PA|RI|S[CD]|T[NX]|UT|V[AT]|W[AIVY]),?[ ]{{1,2}}\d{{5}}(?:-\d{{4}})?(?!\w)",
        r"(?<![\w-])(?:[A-PR-UWYZ][A-HK-Y]?\d[A-Z\d]?) \d[ABD-HJLNP-UW-Z]{2}(?!\w)",
        rf"(?<![\w.,-])(?:[A-Z]{{1,2}}-)?(?:\d{{4}} ?[A-Z]{{2}}|\d{{5}}|\d{{3}} \d\d) {CAP}(?:[ -](?:{LINKS} )?{CAP}){{0,2}}(?= *(?:$|[\n,.;)]))",
    )
)
_WITHOUT_CAPITALS: Final = _SHAPES[4:8]
"""Boxes, units and military post."""
_NEEDS: Final = dict(
    zip(
        _SHAPES[3:9],
        (
            "rue|aven|av.|boule|bd|allée|chemin|quai|impasse|via|piazza|corso|largo|vicolo|strada|calle|c/|avda|plaza|paseo|camino|ronda|travesía|carrer|rúa|rua|praça|praceta|ulica|ul.",
            "psc|unit|cmr",
            "apo|fpo|dpo",
            "box|postfach|apartado|casella|postale|postbus",
            "apt|apartment|suite|ste",
            "usn|uss|usc",
        ),
        strict=True,
    ),
)
_SAYS: Final = (
    "liv", "locat", "address", "resid", "deliver", "sen", "ship", "office", "meet", "moved", "drop", "based", "wohn", "ansch", "adres", "domic", "direcc", "vive",
    "indir", "abita", "habit", "demeur", "woont",
)  # fmt: skip
_CORNER: Final = re.compile(
    # the corner of Fifth Avenue and Main
    rf"(?i:(?:the )?corner of) (?:(?:\d{{1,4}}(?:st|nd|rd|th)?|{CAP}) ){{1,4}}(?:and|&) (?:\d{{1,4}}(?:st|nd|rd|th)? )?{CAP}(?: (?:{CAP}|\d{{1,4}})){{0,3}}",
)
_ABSTRACT: Final = (
    r"(?!(?:January|February|March|April|May|June|July|August|September|October|November|December|Chapter|Section|Figure|Fig|Table|Vol|Volume|Page|"
    r"Version|Act|Article|Art|Psalm|Part|Step|Line|Level|Grade|Type|Class|Phase|Series|Model|Windows|Ubuntu|Debian|Python|Java|Issue|No|Nr|Rule|Unit|Item|Question|"
    r"Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Sept|Oct|Nov|Dec|The|And|Or|In|On|At|Of|To|For|By|Is|Are|Was|If|But|With|From|Januar|Februar|März|Mai|Juni|Juli|Oktober|Dezember)\b)"
)
_BARE: Final = re.compile(
    rf"(?<![\w.,:/-])(?!(?:19|20)\d\d )(?:\d{{2,6}} )?\d{{2,6}} (?:{_ABSTRACT}{CAP} |{LINKS} ){{0,4}}{_ABSTRACT}{CAP} \d{{1,4}}[A-Za-z]?(?![\w%€$£°]|[.:/-]\d)",
)
"""Number, name, number: a street only beside other signs of an address."""
_BARE_CUE: Final = re.compile(
    r"(?:\b(?:to|at|is|from|in|near|address|lives?|living|located|adresse|dirección|indirizzo|adres)[ :]{1,3}|(?:^|\n)[ \t>?*|-]{0,8}|[,:][ ])\Z",
)
_SAID: Final = re.compile(
    r"\b(?:liv(?:es?|ing) (?:at|in|on)|located (?:at|on|in)|address(?:es)?(?: is| of \S{1,20} is)?|resid(?:es|ing) (?:at|in)|deliver(?:ed)? to|sen[dt] (?:it )?to|shipped to|"
    r"office (?:is )?(?:at|in|on)|offices are (?:located )?(?:at|in)|meet me at|moved to|drops? you off at|based (?:at|in)|wohnt in|wohnhaft|anschrift|adresse|"
    r"domicilio|dirección|vive en|indirizzo|abita|residente|habite|demeurant|adres|woont)\b[\s:*\"'>]{0,6}$",
)
_SAID_SHAPE: Final = re.compile(
    rf"\d{{1,6}},? (?:{LINKS} |\d{{1,4}} ){{0,3}}{CAP}(?:,? (?:{CAP}|\d{{1,5}}|{LINKS}(?!\w))){{0,7}}|{CAP}(?: {CAP}){{0,3}} \d{{1,5}}(?!\w)",
)
_FIELD: Final = re.compile(
    r"(?<![\w@./-])(?:(?:home|postal|mailing|street|billing|shipping|delivery|permanent|current|residential|office|his|her|my|your|their|full|work|private)[ ])?"
    r"(?:address|adresse|anschrift|wohnort|domicilio|dirección|indirizzo|adres|endereço|morada)(?:[ ](?:is|ist|est|es|è|1|line[ ]1))?[ \t]*:[ \t*]*\n?[ \t>*]*"
    r"(?P<value>[^\n@]{6,160})",
)
"""A field of a form; its value needs no capitals."""
_NO_FIELD: Final = re.compile(
    r"(?:\b(?:ip|mac|e-?mail|mail|web|wallet|bitcoin|btc|eth|memory|network|server|bind|listen|base|start|return|physical|virtual|hardware|contract|remote|local|source|destination|url|host)[ _-]?)\Z"
)
_DIGIT: Final = re.compile(r"\d")
_FIELD_END: Final = re.compile(r"[.!?;](?:\s|$)|\s{2,}\S{1,20}:|[(<\[{]")
_CODE_LIKE: Final = re.compile(r"://|\b0x|[=_{}\\`]|\d\.\d+\.\d|(?:[0-9a-fA-F]{2}:){2}")


def addresses(searched: Searched) -> Iterator[Candidate]:
    """Yield the parts of postal addresses, one candidate for each line."""
    for start, end, sure in _anchors(searched):
        if sure or _supported(searched, start, end):
            yield from onward(searched, start, _trim(searched.text, start, end), SURE)


SURE: Final = 0.9
"""More than a name of the model: the street of Thomas is no Thomas."""


def _supported(searched: Searched, start: int, end: int) -> bool:
    """Say whether a number, a name and a number are an address, by what stands beside them."""
    # What stands on the next line must not count: it is not known yet when a stream has come to the end of this one.
    grown = next(onward(searched, start, end, SURE)).end > end
    return grown or _BARE_CUE.search(searched.before(start, 24)) is not None


def _anchors(searched: Searched) -> Iterator[tuple[int, int, bool]]:
    """Yield where the first part of an address stands, and whether its form is enough."""
    # A form that needs a word is looked for only in texts that hold the word.
    shapes = [shape for shape in _SHAPES if _needed(shape, searched.lower)]
    said = any(word in searched.lower for word in _SAYS)
    for start, end in _lines(searched.text):
        capitals = _CAPITAL.search(searched.text, start, end) or "str" in searched.lower[start:end]
        for shape in shapes if capitals else [shape for shape in shapes if shape in _WITHOUT_CAPITALS]:
            for match in shape.finditer(searched.text, start, end):
                yield match.start(), match.end(), True
        for match in _BARE.finditer(searched.text, start, end) if capitals else ():
            yield match.start(), match.end(), False
        for match in _SAID_SHAPE.finditer(searched.text, start, end) if capitals and said else ():
            if _SAID.search(searched.before(match.start(), 48)):
                yield match.start(), match.end(), True
    for match in _CORNER.finditer(searched.text) if "corner of" in searched.lower else ():
        yield match.start(), match.end(), True
    yield from _fields(searched)


def _needed(shape: re.Pattern[str], lower: str) -> bool:
    words = _NEEDS.get(shape)
    return words is None or any(word in lower for word in words.split("|"))


def _fields(searched: Searched) -> Iterator[tuple[int, int, bool]]:
    if not any(
        word in searched.lower
        for word in (
            "adres",
            "addres",
            "anschrift",
            "wohnort",
            "domicilio",
            "dirección",
            "indirizzo",
            "endereço",
            "morada",
        )
    ):
        return
    for match in _FIELD.finditer(searched.lower):
        if _NO_FIELD.search(searched.before(match.start(), 16)):
            continue
        start, end = match.span("value")
        stop = _FIELD_END.search(searched.text, start, end)
        end = start + len(searched.text[start : stop.start() if stop else end].rstrip(" ,.-*"))
        value = searched.text[start:end]
        if _DIGIT.search(value) and sum(char.isalpha() for char in value) > 3 and not _CODE_LIKE.search(value):  # noqa: PLR2004 - a street has a name
            yield start, end, True


def _trim(text: str, start: int, end: int) -> int:
    return start + len(text[start:end].rstrip(" ,.-"))


_NUMBER: Final = re.compile(r"(?<![\w.=\[<+*%&^~$])\d{1,6}(?!\.\d|[(\[=\]%:+*<>]|\)[ \t]*$)")
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
