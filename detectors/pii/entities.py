"""Every entity, the recogniser that finds it, and the score it needs."""

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
