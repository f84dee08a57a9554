"""Payment cards, bank accounts and crypto wallets: all carry a checksum."""
# ruff: noqa: E501, PLR2004 - issuer ranges and lengths are the rule

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from typing import Final

from detectors.pii.candidate import Candidate, Searched, overlapping

_CARD: Final = re.compile(
    r"(?<![\w.+])(?<!\d-)(?:\d{12,19}|\d{4}([ -])\d{4}\1\d{4}\1\d{1,4}(?:\1\d{3})?|\d{4}([ -])\d{6}\2\d{4,5}|\d{4}([ -])\d{4}\3\d{5})"
    r"(?!\w|-\d|\.\d)",
)


def cards(searched: Searched) -> Iterator[Candidate]:
    """Yield payment card numbers: issuer range, length and Luhn digit are right."""
    for match in searched.numbers(_CARD):
        digits = re.sub(r"[ -]", "", match.group())
        if len(set(digits)) > 1 and _issued(digits) and luhn(digits):
            yield Candidate("CREDIT_CARD", match.start(), match.end(), 1.0)


def luhn(digits: str) -> bool:
    """Say whether the last of *digits* is the check digit of the rest; ISO/IEC 7812-1."""
    total = 0
    for place, char in enumerate(reversed(digits)):
        value = int(char) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def _issued(digits: str) -> bool:
    """Say whether an issuer hands out numbers of this beginning and length; ISO/IEC 7812-1 and the networks."""
    length = len(digits)
    two, three, four = int(digits[:2]), int(digits[:3]), int(digits[:4])
    if digits[0] == "4":
        return length in {13, 16, 19}
    if 51 <= two <= 55 or 2221 <= four <= 2720:
        return length == 16
    if two in {34, 37}:
        return length == 15
    if four == 6011 or two in {62, 65, 81} or 644 <= three <= 649:
        return 16 <= length <= 19
    if two in {36, 38, 39} or 300 <= three <= 305:
        return 14 <= length <= 19
    if 3528 <= four <= 3589:
        return 16 <= length <= 19
    if four in {1800, 2131}:
        return length == 15
    if two == 50 or 56 <= two <= 69:
        return 12 <= length <= 19
    return False


_IBAN_TEXT: Final = (
    "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 "
    "EG29 ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 "
    "KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 "
    "PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 "
    "UA29 VA22 VG24 XK20 YE30"
)
_IBAN_LENGTHS: Final = {pair[:2]: int(pair[2:]) for pair in _IBAN_TEXT.split()}
"""Length of an account number per country; the registry that SWIFT keeps for ISO 13616."""

_IBAN: Final = re.compile(r"(?<![A-Za-z0-9])([A-Za-z]{2})\d\d(?:[ -]?[A-Za-z0-9]){11,30}")


def ibans(searched: Searched) -> Iterator[Candidate]:
    """Yield IBANs: country, its length, and the remainder 1 by 97."""
    for match in searched.numbers(_IBAN):
        length = _IBAN_LENGTHS.get(match.group(1).upper())
        if length is None:
            continue
        end = _nth_letter(searched.text, match.start(), match.end(), length)
        if end is None or searched.text[end : end + 1].isalnum():
            continue
        plain = re.sub(r"[ -]", "", searched.text[match.start() : end]).upper()
        if int("".join(str(int(char, 36)) for char in plain[4:] + plain[:4])) % 97 == 1:
            yield Candidate("IBAN_CODE", match.start(), end, 1.0)


def _nth_letter(text: str, start: int, end: int, count: int) -> int | None:
    """Return the place behind the *count*-th letter or digit of ``text[start:end]``, None where there are fewer."""
    for at in range(start, end):
        if text[at].isalnum():
            count -= 1
            if not count:
                return at + 1
    return None


_BIC: Final = re.compile(r"(?<![A-Za-z0-9])[A-Z]{4}([A-Z]{2})[A-Z0-9]{2}(?:[A-Z0-9]{3})?(?![A-Za-z0-9])")
_BIC_WORDS: Final = re.compile(r"\b(?:bic|swift)\b")


def bics(searched: Searched) -> Iterator[Candidate]:
    """Yield bank identifiers (ISO 9362) where the text says that it is one."""
    if "bic" not in searched.lower and "swift" not in searched.lower:
        return
    for match in _BIC.finditer(searched.text):
        country = match.group(1)
        known = country in _IBAN_LENGTHS or country in {"US", "CA", "JP", "CN", "HK", "SG", "AU", "IN"}
        if known and _BIC_WORDS.search(searched.before(match.start(), 40)):
            yield Candidate("BIC_CODE", match.start(), match.end(), 0.85)


_BASE58: Final = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_BITCOIN: Final = re.compile(r"[13](?<![A-Za-z0-9][13])[1-9A-HJ-NP-Za-km-z]{25,34}(?![A-Za-z0-9])")
_SEGWIT: Final = re.compile(r"(?<![A-Za-z0-9])(?:bc1[02-9ac-hj-np-z]{11,71}|BC1[02-9AC-HJ-NP-Z]{11,71})(?![A-Za-z0-9])")
_ETHEREUM: Final = re.compile(r"(?<![A-Za-z0-9])0x[0-9a-fA-F]{40}(?![A-Za-z0-9])")
_BECH32: Final = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"


def wallets(searched: Searched) -> Iterator[Candidate]:
    """Yield Bitcoin addresses whose checksum holds and Ethereum addresses."""
    text = searched.text
    for match in overlapping(_BITCOIN, text):
        if _base58_holds(match.group()):
            yield Candidate("CRYPTO", match.start(), match.end(), 1.0)
    for match in _SEGWIT.finditer(text) if "bc1" in searched.lower else ():
        if _bech32_holds(match.group().lower()):
            yield Candidate("CRYPTO", match.start(), match.end(), 1.0)
    for match in _ETHEREUM.finditer(text) if "0x" in text else ():
        if len(set(match.group()[2:].lower())) > 5:
            yield Candidate("CRYPTO", match.start(), match.end(), 0.9)


def _base58_holds(value: str) -> bool:
    number = 0
    for char in value:
        number = number * 58 + _BASE58.index(char)
    try:
        raw = number.to_bytes(25, "big")
    except OverflowError:
        return False
    return hashlib.sha256(hashlib.sha256(raw[:21]).digest()).digest()[:4] == raw[21:]


def _bech32_holds(value: str) -> bool:
    """Say whether the checksum of BIP 173 or BIP 350 holds."""
    head, data = value[:2], [_BECH32.find(char) for char in value[3:]]
    check = 1
    for item in [*(ord(c) >> 5 for c in head), 0, *(ord(c) & 31 for c in head), *data]:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ item
        for bit, mask in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            check ^= mask if top >> bit & 1 else 0
    return check in {1, 0x2BC830A3}
