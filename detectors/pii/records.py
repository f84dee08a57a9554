"""Values that only the words around them tell apart: dates of birth, medical records, passports, licences."""
# ruff: noqa: E501, PLR2004 - patterns of words

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from detectors.pii.candidate import Candidate, Searched

_MONTH: Final = (
    r"(?:jan(?:uary|uar|vier|\.)?|feb(?:ruary|ruar|\.)?|f[ée]vr(?:ier|\.)?|m[aä]r(?:ch|z|s|\.)?|apr(?:il|\.)?|avr(?:il|\.)?|ma[iy]o?|ju[nl](?:e|y|i|\.)?|"
    r"juin|juillet|aug(?:ust|\.)?|ao[uû]t|sep(?:t|tember|\.)?|septembre|o[ck]t(?:ober|obre|\.)?|nov(?:ember|embre|\.)?|de[cz](?:ember|\.)?|décembre|"
    r"enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre|"
    r"gennaio|febbraio|aprile|maggio|giugno|luglio|settembre|ottobre|dicembre|januari|februari|maart|mei|juni|juli|augustus)"
)
_DATE: Final = re.compile(
    r"(?<![\w.])(?:(?:19|20)\d\d[-./](?:0?[1-9]|1[0-2])[-./](?:0?[1-9]|[12]\d|3[01])"
    r"|(?:0?[1-9]|[12]\d|3[01])[-./ ](?:0?[1-9]|1[0-2])[-./ ](?:(?:19|20)\d\d|\d\d)"
    r"|(?:0?[1-9]|1[0-2])[-./](?:0?[1-9]|[12]\d|3[01])[-./](?:(?:19|20)\d\d|\d\d)"
    rf"|(?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th|\.|º)?[ ](?:of[ ]|de[ ])?{_MONTH},?[ ](?:de[ ])?(?:19|20)\d\d"
    rf"|{_MONTH}[ ](?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?,?[ ](?:19|20)\d\d)(?![\w]|[-./]\d)",
    re.IGNORECASE,
)
_BORN: Final = re.compile(
    r"(?:\bborn\b|\bd\.?o\.?b\b\.?|date of birth|birth ?-?_?(?:date|day)|geboren|\bgeb\b\.?|geburtsdatum|geburtstag|\bn[ée]e? le\b|date de naissance|"
    r"nacid[oa]|fecha de nacimiento|\bnat[oa] (?:il|a)\b|data di nascita|geboortedatum|data de nascimento)[^\n\d]{0,40}\Z",
)


def births(searched: Searched) -> Iterator[Candidate]:
    """Yield dates that the text calls a date of birth."""
    for match in searched.numbers(_DATE, few=True):
        if _BORN.search(searched.before(match.start(), 64)):
            yield Candidate("DATE_OF_BIRTH", match.start(), match.end(), 0.9)


_CODE: Final = re.compile(r"(?<![\w@./:-])(?=[A-Za-z-]{0,6}\d)[A-Za-z0-9](?:[-/]?[A-Za-z0-9]){4,19}(?![\w@/]|[.-]\w)")
_LINK: Final = r"[\s\"'*_#:=.()-]{0,4}(?:(?:number|no|nr|num|id|code|is|was|ist|lautet|est|es|è|has|numbered|the|value|of)[\s\"'*_#:=.()-]{1,4}){0,3}\Z"


def _said(words: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{words}){_LINK}")


_SAID: Final = (
    (
        "MEDICAL_RECORD",
        _said(
            r"mrn|medical record|health record|patient(?:'s)?(?: record| file| id| identifier| number| no)?|chart|hospital (?:id|number)|"
            r"patienten(?:nummer|akte|id|-id)?|krankenakte|fallnummer|dossier (?:médical|patient)|nhc|historia cl[ií]nica|n[uú]mero de historia|"
            r"cartella clinica|pati[eë]ntnummer|ehr|emr|member id|health (?:plan|insurance)(?: member)?|versichertennummer|nass",
        ),
        0.85,
    ),
    (
        "PASSPORT",
        _said(r"passports?|reisepass(?:nummer)?|passeport|pasaporte|passaporto|paspoort(?:nummer)?|pass-?nr"),
        0.85,
    ),
    (
        "DRIVER_LICENSE",
        _said(
            r"driv(?:er|ing)(?:'?s)?[ -]?licen[cs]e|licen[cs]e (?:no|number)|\bdl\b|f[üu]hrerschein(?:nummer)?|permis de conduire|"
            r"(?:permiso|carnet|licencia) de conduc\w+|patente(?: di guida)?|rijbewijs(?:nummer)?",
        ),
        0.8,
    ),
)


def documents(searched: Searched) -> Iterator[Candidate]:
    """Yield medical record, passport and driving licence numbers where the text says what they are."""
    for match in searched.numbers(_CODE, few=True):
        value = match.group()
        if sum(char.isdigit() for char in value) < 4 or _DATE.match(searched.text, match.start()):
            continue
        before = searched.before(match.start(), 72)
        for entity, said, score in _SAID:
            if said.search(before):
                yield Candidate(entity, match.start(), match.end(), score)
