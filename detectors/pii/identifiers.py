"""National identifiers: a shape, the country's own checksum (python-stdnum), and where the shape is common also a word."""
# ruff: noqa: E501 - one identifier a line

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any, Final

from detectors.pii.candidate import Candidate, Searched


@dataclass(frozen=True, slots=True)
class Identifier:
    """
    One national identifier.

    Attributes:
        entity: Presidio's entity name where there is one.
        pattern: Its written forms.
        module: The module of python-stdnum that checks it; empty when the pattern says all there is.
        words: What a text calls it, lower case, as a regular expression; None when the shape and checksum suffice.
    """

    entity: str
    pattern: re.Pattern[str]
    module: str
    words: re.Pattern[str] | None

    @property
    def few(self) -> bool:
        """Whether it holds fewer than seven digits."""
        return self.entity in {"UK_NINO", "IN_PAN"}

    def valid(self, value: str) -> bool:
        """Say whether the checksum and the parts of *value* are right."""
        return not self.module or bool(_module(self.module).is_valid(value))


@cache
def _module(name: str) -> Any:
    return import_module(f"stdnum.{name}")


def _identifier(entity: str, pattern: str, module: str, words: str | None) -> Identifier:
    bounded = rf"(?<![\w.])(?<![\w]-)(?:{pattern})(?!\w|[.-]\d)"
    compiled = None if words is None else re.compile(rf"\b(?:{words})")
    return Identifier(entity, re.compile(bounded, re.IGNORECASE), module, compiled)


IDENTIFIERS: Final = (
    _identifier("US_ITIN", r"9\d\d[- ]?\d\d[- ]?\d{4}", "us.itin", r"itin\b|taxpayer"),
    _identifier("US_EIN", r"\d\d-\d{7}", "us.ein", r"ein\b|employer id|tax id|fein\b"),
    _identifier("UK_NHS", r"\d{3}[ -]?\d{3}[ -]?\d{4}", "gb.nhs", r"nhs\b|national health"),
    _identifier(
        "UK_NINO",
        r"[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d\d ?\d\d ?\d\d ?[A-D]",
        "",
        r"ni(?:no)?\b|national insurance|insurance",
    ),
    _identifier("CA_SIN", r"\d{3}[ -]?\d{3}[ -]?\d{3}", "ca.sin", r"sin\b|social insurance"),
    _identifier("DE_TAX_ID", r"\d{2}[ ]?\d{3}[ ]?\d{3}[ ]?\d{3}", "de.idnr", r"steuer|idnr|tax id|tin\b"),
    _identifier("FR_NIR", r"[1-478][ ]?\d\d[ ]?\d\d[ ]?\d[\dAB][ ]?\d{3}[ ]?\d{3}[ ]?\d\d", "fr.nir", None),
    _identifier("ES_NIF", r"\d{8}-?[A-Z]", "es.dni", None),
    _identifier("ES_NIE", r"[XYZ]-?\d{7}-?[A-Z]", "es.nie", None),
    _identifier("IT_FISCAL_CODE", r"[A-Z]{6}\d\d[A-EHLMPRST]\d\d[A-Z]\d{3}[A-Z]", "it.codicefiscale", None),
    _identifier("NL_BSN", r"\d{3}[. ]?\d{3}[. ]?\d{3}|\d{4}[. ]\d\d[. ]\d{3}", "nl.bsn", r"bsn\b|burgerservice|sofi"),
    _identifier(
        "BE_NN",
        r"\d\d[.]?\d\d[.]?\d\d[- ]?\d{3}[. ]?\d\d",
        "be.nn",
        r"rijksregister|registre national|national n|niss|insz",
    ),
    _identifier("PL_PESEL", r"\d{11}", "pl.pesel", r"pesel"),
    _identifier("PT_NIF", r"\d{3}[ ]?\d{3}[ ]?\d{3}", "pt.nif", r"nif\b|contribuinte"),
    _identifier("SE_PERSONNUMMER", r"(?:\d\d)?\d{6}[-+]\d{4}", "se.personnummer", r"person(?:nummer|al)|pnr"),
    _identifier("NO_FODSELSNUMMER", r"\d{6}[ ]?\d{5}", "no.fodselsnummer", r"f[øo]dselsn|personnummer|national id"),
    _identifier("DK_CPR", r"\d{6}-\d{4}", "dk.cpr", r"cpr\b|personnummer"),
    _identifier("FI_PERSONAL_IDENTITY_CODE", r"\d{6}[-+A-FU-Y]\d{3}[0-9A-FHJ-NPR-Y]", "fi.hetu", None),
    _identifier("EE_IK", r"[1-6]\d{10}", "ee.ik", r"isikukood|personal (?:id|code)|\bik\b"),
    _identifier("LT_ASMENS", r"[3-6]\d{10}", "lt.asmens", r"asmens|personal (?:id|code)"),
    _identifier("LV_PK", r"\d{6}-\d{5}", "lv.pvn", r"personas kod|personal code"),
    _identifier("CZ_RC", r"\d{6}/\d{3,4}", "cz.rc", r"rodn|birth number|\brč|\brc\b"),
    _identifier("RO_CNP", r"[1-9]\d{12}", "ro.cnp", r"cnp\b|cod numeric"),
    _identifier("BG_EGN", r"\d{10}", "bg.egn", r"egn\b|егн"),
    _identifier("HR_OIB", r"\d{11}", "hr.oib", r"oib\b"),
    _identifier("GR_AMKA", r"\d{11}", "gr.amka", r"amka\b|αμκα"),
    _identifier("IE_PPS", r"\d{7}[A-W][ABHWTX]?", "ie.pps", r"pps|personal public"),
    _identifier("AT_VNR", r"\d{4}[ ]?\d{6}", "at.vnr", r"sozialvers|svnr|sv-n|versicherungsnummer"),
    _identifier("CH_AHV", r"756[.]?\d{4}[.]?\d{4}[.]?\d\d", "ch.ssn", None),
    _identifier("TR_TCKIMLIK", r"[1-9]\d{10}", "tr.tckimlik", r"t\.?c\.? ?kimlik|kimlik|tckn"),
    _identifier("IL_ID", r"\d{9}", "il.idnr", r"teudat|israeli id|מספר זהות"),
    _identifier("BR_CPF", r"\d{3}[.]?\d{3}[.]?\d{3}-?\d\d", "br.cpf", r"cpf\b"),
    _identifier("MX_CURP", r"[A-Z]{4}\d{6}[A-Z]{6}[0-9A-Z]\d", "mx.curp", None),
    _identifier("AR_DNI", r"\d\d[.]?\d{3}[.]?\d{3}", "ar.dni", r"dni\b|documento nacional"),
    _identifier("CL_RUT", r"\d{1,2}[.]?\d{3}[.]?\d{3}-[\dK]", "cl.rut", r"rut\b|run\b"),
    _identifier("AU_TFN", r"\d{3}[ ]?\d{3}[ ]?\d{2,3}", "au.tfn", r"tfn\b|tax file"),
    _identifier("NZ_IRD", r"\d{2,3}-?\d{3}-?\d{3}", "nz.ird", r"ird\b"),
    _identifier("IN_AADHAAR", r"[2-9]\d{3}[ -]?\d{4}[ -]?\d{4}", "in_.aadhaar", r"aadha+r|uidai|uid\b"),
    _identifier("IN_PAN", r"[A-Z]{3}[ABCFGHLJPTK][A-Z]\d{4}[A-Z]", "in_.pan", r"pan\b|permanent account|income tax"),
    _identifier("SG_NRIC_FIN", r"[STFGM]\d{7}[A-Z]", "", r"nric|fin\b|identity"),
    _identifier("KR_RRN", r"\d{6}-[0-9]\d{6}", "kr.rrn", None),
    _identifier("CN_RIC", r"\d{17}[\dX]", "cn.ric", None),
    _identifier("TH_TNIN", r"\d-?\d{4}-?\d{5}-?\d\d-?\d", "th.pin", r"thai|citizen|เลข|national id"),
    _identifier("ZA_IDNR", r"\d{13}", "za.idnr", r"id\b|identity"),
)

_SSN: Final = re.compile(r"(?<![\w.])(?<![\w]-)(?!000|666|9)\d{3}([- ]?)(?!00)\d\d\1(?!0000)\d{4}(?!\w|[.-]\d)")
_SSN_WORDS: Final = re.compile(r"\b(?:ssn|ss#|social sec\w*|soc\.? sec|social\b|ssid|itin|tax ?payer)")


def social_security(searched: Searched) -> Iterator[Candidate]:
    """Yield US social security numbers: with hyphens by shape, otherwise where the text says so."""
    for match in searched.numbers(_SSN):
        said = bool(_SSN_WORDS.search(searched.around(match.start(), match.end())))
        if match.group(1) == "-" or said:
            yield Candidate("US_SSN", match.start(), match.end(), 0.95 if said else 0.75)


def national(searched: Searched) -> Iterator[Candidate]:
    """Yield the national identifiers of :data:`IDENTIFIERS`."""
    for one in IDENTIFIERS:
        for match in searched.numbers(one.pattern, few=one.few):
            said = one.words is None or one.words.search(searched.around(match.start(), match.end()))
            if said and one.valid(match.group()):
                yield Candidate(one.entity, match.start(), match.end(), 0.9)
