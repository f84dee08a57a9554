"""Every entity, the recogniser that finds it, and the score it needs."""
# ruff: noqa: E501 - tables

from __future__ import annotations

from typing import Final

from detectors.pii import contact, finance, identifiers, network, places, records
from detectors.pii.candidate import Recogniser

_DIGITS: Final = "0123456789"

STRUCTURED: Final = (
    Recogniser(("EMAIL_ADDRESS",), contact.emails, "@"),
    Recogniser(("PHONE_NUMBER",), contact.phones, _DIGITS),
    Recogniser(("URL",), contact.urls, "?"),
    Recogniser(("CREDIT_CARD",), finance.cards, _DIGITS),
    Recogniser(("IBAN_CODE",), finance.ibans, _DIGITS),
    Recogniser(("BIC_CODE",), finance.bics, ""),
    Recogniser(("CRYPTO",), finance.wallets, _DIGITS),
    Recogniser(("IP_ADDRESS",), network.addresses, ".:"),
    Recogniser(("MAC_ADDRESS",), network.hardware, ":-."),
    Recogniser(("US_SSN",), identifiers.social_security, _DIGITS),
    Recogniser(tuple(one.entity for one in identifiers.IDENTIFIERS), identifiers.national, _DIGITS),
    Recogniser(("LOCATION",), places.addresses, _DIGITS),
    Recogniser(("DATE_OF_BIRTH",), records.births, _DIGITS),
    Recogniser(("MEDICAL_RECORD", "PASSPORT", "DRIVER_LICENSE"), records.documents, _DIGITS),
)
"""The explicit registry: nothing that is not listed here is ever looked for."""

NER_ENTITIES: Final = frozenset({"PERSON", "LOCATION"})

ENTITIES: Final = frozenset({name for recogniser in STRUCTURED for name in recogniser.entities} | NER_ENTITIES)
"""Everything that can be found."""

DEFAULT_THRESHOLDS: Final = dict.fromkeys(sorted(ENTITIES), 0.6)
"""Lowest score per entity that counts."""

_COUNTRIES: Final = {
    "US": "United States", "UK": "United Kingdom", "CA": "Canada", "DE": "Germany", "FR": "France", "ES": "Spain", "IT": "Italy",
    "NL": "Netherlands", "BE": "Belgium", "PL": "Poland", "PT": "Portugal", "SE": "Sweden", "NO": "Norway", "DK": "Denmark",
    "FI": "Finland", "EE": "Estonia", "LT": "Lithuania", "LV": "Latvia", "CZ": "Czechia", "RO": "Romania", "BG": "Bulgaria",
    "HR": "Croatia", "GR": "Greece", "IE": "Ireland", "AT": "Austria", "CH": "Switzerland", "TR": "Türkiye", "IL": "Israel",
    "BR": "Brazil", "MX": "Mexico", "AR": "Argentina", "CL": "Chile", "AU": "Australia", "NZ": "New Zealand", "IN": "India",
    "SG": "Singapore", "KR": "South Korea", "CN": "China", "TH": "Thailand", "ZA": "South Africa",
}  # fmt: skip


def _identifier(one: identifiers.Identifier) -> str:
    country = _COUNTRIES[one.entity.partition("_")[0]]
    checked = "checksum and parts" if one.module else "form"
    return f"{country}: national identifier by {checked}" + ("" if one.words is None else ", where the text says so")


DESCRIPTIONS: Final = {one.entity: _identifier(one) for one in identifiers.IDENTIFIERS} | {
    "EMAIL_ADDRESS": "e-mail addresses",
    "PHONE_NUMBER": "telephone numbers: international ones, national ones by form, numbering plan or context; no dates",
    "URL": "web addresses whose query names a person",
    "CREDIT_CARD": "payment cards by issuer, length and check digit",
    "IBAN_CODE": "bank accounts by country, length and remainder 97",
    "BIC_CODE": "banks, where the text says BIC or SWIFT",
    "CRYPTO": "Bitcoin wallets by checksum, Ethereum wallets by form",
    "IP_ADDRESS": "public IP addresses; private, reserved and documentation ranges are nobody's",
    "MAC_ADDRESS": "hardware addresses",
    "US_SSN": "United States: social security numbers with hyphens, or where the text says so",
    "DATE_OF_BIRTH": "dates that the text calls a date of birth",
    "MEDICAL_RECORD": "numbers that the text calls a medical record, a patient or an insurance number",
    "PASSPORT": "numbers that the text calls a passport's",
    "DRIVER_LICENSE": "numbers that the text calls a driving licence's",
    "PERSON": "names of people, by the model and by lists of given names",
    "LOCATION": "places by the model, parts of postal addresses by form",
}
"""What each entity is, in a few words."""
