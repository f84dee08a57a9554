"""E-mail addresses, telephone numbers and addresses with user data in them."""
# ruff: noqa: E501, PLR2004 - patterns, and the digits a telephone number has (E.164)

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from detectors.pii.candidate import Candidate, Searched

_LOCAL: Final = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}\Z")
_DOMAIN: Final = re.compile(r"(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.){1,8}[^\W\d_]{2,24}(?![\w-])")
_LOCAL_MAX: Final = 64
_FILES: Final = frozenset(["png", "jpg", "jpeg", "gif", "svg", "webp", "css", "js", "ts", "json", "py", "html"])


def emails(searched: Searched) -> Iterator[Candidate]:
    """Yield e-mail addresses: a local part, ``@``, a domain whose last label is letters."""
    text = searched.text
    at = text.find("@")
    while at >= 0:
        domain = _DOMAIN.match(text, at + 1, at + 255)
        local = _LOCAL.search(text[max(0, at - _LOCAL_MAX) : at])
        if domain and local and domain.group().rpartition(".")[2].lower() not in _FILES:
            name = local.group().lstrip("'`*_=/{|.&?!")
            # git@github.com:owner/name is a place of code, not of a person.
            if name and not (name == "git" and text[domain.end() : domain.end() + 1] in {":", "/"}):
                yield Candidate("EMAIL_ADDRESS", at - len(name), domain.end(), 1.0)
        at = text.find("@", at + 1)


_PHONE: Final = re.compile(
    r"""(?<![\w.,:/=\#%$€£+-])
        (?P<all> (?:\+|00)? \(?\+?\d (?: [ \t]?[()./\u2013-]{0,2}[ \t]?\d ){6,16} )
        (?: [ ]?(?:x|ext\.?|extension)[ ]?(?P<ext>\d{1,6}) )?
        (?! \d | [.,:/-]\d | [%€$£°] | \w )""",
    re.VERBOSE | re.IGNORECASE,
)
_PHONE_WORDS: Final = re.compile(
    r"\b(?:tele?(?:ph|f)\w*|phone\w*|tel|fax|call\w*|mobile?\w*|cell\w*|handy\w*|text me|whatsapp|signal|hotline|dial|answering|messages?|"
    r"rufnummer|móvil|m[oó]vil|celular|cellulare|portable|gsm|reach\w*|contact\w*|sms|kontakt\w*|landline|"
    r"durchwahl|extension|pager|voicemail|rufen|appele\w*|llam\w*|chiam\w*|bel(?:len)?)\b| \0 \s?[(-]?\s?(?:office|home|work|direct)\b",
)
_DATE: Final = re.compile(
    r"(?:(?:19|20)\d\d[-./](?:0?[1-9]|1[0-2])[-./](?:0?[1-9]|[12]\d|3[01])|(?:0?[1-9]|[12]\d|3[01])[-./](?:0?[1-9]|1[0-2])[-./](?:19|20)?\d\d"
    r"|(?:0?[1-9]|1[0-2])[-./](?:0?[1-9]|[12]\d|3[01])[-./](?:19|20)?\d\d)(?!\d)",
)
SURE: Final = 0.6
_REGIONS: Final = (
    "US",
    "GB",
    "DE",
    "FR",
    "ES",
    "IT",
    "NL",
    "AT",
    "CH",
    "BE",
    "PT",
    "PL",
    "IE",
    "IN",
    "AU",
    "BR",
    "MX",
    "SE",
    "DK",
    "NO",
    "FI",
)
_NANP: Final = re.compile(
    r"\(?[2-9]\d\d\)?[ .-]{1,2}[2-9]\d\d[ .-]\d{4}\Z|\([2-9]\d\d\)[ ]?[2-9]\d\d-?\d{4}\Z|1[-. ][2-9]\d\d[-. ][2-9]\d\d[-. ]\d{4}\Z"
)
_NOT_PHONE: Final = re.compile(
    r"(?:iban|isbn|issn|card|karte|carte|tarjeta|carta|ssn|social security|account|konto|iso|rfc|version|serial|order|invoice|ticket|"
    r"policy|vat|ust|id|sku|pid|uid|timestamp|port|commit|tracking)[\s.:#]*(?:no|nr|number|nummer|is|=)?[\s.:#]*\Z",
)


def phones(searched: Searched) -> Iterator[Candidate]:
    """Yield telephone numbers: international ones that are possible, national ones by shape, rule or context."""
    behind = 0
    for match in searched.numbers(_PHONE):
        start, end = match.span("all")
        if start < behind:
            continue
        if match.group("ext"):
            end = match.end("ext")
        score = _judged(searched, match.group("all"), start, end)
        if score >= SURE:
            behind = end
        if score > 0:
            yield Candidate("PHONE_NUMBER", start, end, min(score, 1.0))


def _judged(searched: Searched, value: str, start: int, end: int) -> float:
    digits = sum(char.isdigit() for char in value)
    if not 7 <= digits <= 15 or _DATE.match(value) or value.count("(") != value.count(")"):
        return 0.0
    if _NOT_PHONE.search(searched.before(start, 40)):
        return 0.0
    score = _phone_score(value, digits)
    if score < SURE and _PHONE_WORDS.search(searched.around(start, end)):
        score += 0.35
    return score


def _phone_score(value: str, digits: int) -> float:
    import phonenumbers

    international = value.startswith(("+", "00", "(+"))
    if international:
        plain = "+" + value.lstrip("(+").removeprefix("00") if not value.startswith("00") else "+" + value[2:]
        try:
            number = phonenumbers.parse(plain)
        except phonenumbers.NumberParseException:
            return 0.3
        if phonenumbers.is_valid_number(number):
            return 1.0
        return 0.75 if phonenumbers.is_possible_number(number) else 0.3
    if _NANP.match(value):
        return 0.85
    grouped = bool(re.search(r"\d[ ()./-]", value))
    if value[0] not in "0(" and digits < 10 and not grouped:
        return 0.0
    valid = any(_valid(value, region) for region in _REGIONS)
    if valid and grouped and value[0] in "0(" and digits >= 9:
        return 0.65
    if valid:
        return 0.45 if grouped else 0.35
    return 0.3 if grouped or digits >= 10 else 0.1


def _valid(value: str, region: str) -> bool:
    import phonenumbers

    try:
        return bool(phonenumbers.is_valid_number(phonenumbers.parse(value, region)))
    except phonenumbers.NumberParseException:
        return False


_USER_DATA: Final = re.compile(
    r"https?://[^\s<>\"'?#]{1,200}\?(?:[^\s<>\"'#&=]{1,40}=[^\s<>\"'#&]{0,80}&){0,8}"
    r"(?:e?-?mail|user(?:name|_?id)?|phone|mobile|ssn|dob|birth(?:date|day)?|first_?name|last_?name|full_?name|name|customer(?:_?id)?|"
    r"patient(?:_?id)?|session(?:_?id)?|address|zip|postcode|account)=[^\s<>\"'#&]{2,100}",
    re.IGNORECASE,
)


def urls(searched: Searched) -> Iterator[Candidate]:
    """Yield web addresses whose query names a person: ``?email=``, ``&user_id=`` and the like."""
    if "://" not in searched.text:
        return
    for match in _USER_DATA.finditer(searched.text):
        yield Candidate("URL", match.start(), match.end(), 0.8)
