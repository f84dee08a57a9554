"""What a word for a password announces, and what stands where a command or a configuration file has one."""
# ruff: noqa: E501, PLR2004, RUF001 - words and signs of several languages, shortest lengths

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from detectors.secrets import cues, negatives

LONGEST: Final = 128

_PLACES: Final = tuple(
    (stems, re.compile(pattern))
    for stems, pattern in (
        # curl -u name:password
        (
            ("curl",),
            r"\bcurl\b[^\n]{0,200}?\s(?:-u|--user|--proxy-user)[= ]?[\"']?[^\s:\"']{1,64}:(?P<value>[^\s\"']{4,128})",
        ),
        # <Pass encoding="base64">...</Pass>, <password>...</password>
        (("</",), r"<(?:pass|password|passphrase|secret|apikey|token)(?:\s[^>\n]{0,60})?>(?P<value>[^<\s]{4,128})<"),
        # <add key="ClearTextPassword" value="..." />, name="password" value="..."
        (
            ("value=",),
            r"(?:password|secret|apikey|api_key|token)[\"']\s{1,3}(?:[a-z]{2,12}=[\"'][a-z]{2,12}[\"']\s)?value=[\"'](?P<value>[^\"'\s]{4,128})[\"']",
        ),
        # machine ... login ... password ...
        (("login", "password"), r"\blogin\s+\S{1,64}\s+password\s+(?P<value>\S{4,128})"),
        (
            ("username", "password"),
            r"(?:\A|\n)[ \t]{0,8}username\s+(?!and\b)\S{1,64}\s+(?:privilege\s+\d{1,2}\s+)?password\s+(?:[0-9]\s+)?(?P<value>\S{4,128})",
        ),
        (("sshpass",), r"\bsshpass\s+-p\s?[\"']?(?P<value>[^\s\"']{4,128})"),
        (("redis-cli",), r"\bredis-cli\b[^\n]{0,100}?\s-a\s?[\"']?(?P<value>[^\s\"']{4,128})"),
        (("mysql",), r"\bmysql(?:dump|admin)?\b[^\n]{0,100}?\s-p(?P<value>[^\s\"']{4,128})"),
        (("net use",), r"\bnet use\s+(?:[a-z]:\s+)?\\\\\S{3,128}\s+(?P<value>[^\s/\"']{4,128})(?=\s+/user)"),
        (("securestring",), r"convertto-securestring\s+(?:-string\s+)?[\"'](?P<value>[^\"'\s]{4,128})[\"']"),
        (("identified by",), r"\bidentified\s+by\s+(?:password\s+)?[\"'](?P<value>[^\"'\s]{4,128})[\"']"),
        (("passin",), r"-passin\s+pass:(?P<value>[^\s\"']{4,128})"),
        (("docker login",), r"\bdocker login\b[^\n]{0,100}?\s-p\s?[\"']?(?P<value>[^\s\"']{4,128})"),
        # The credentials are name:password, log in as name / password
        (
            ("cred",),
            r"\bcred(?:ential|encial|enzial)?(?:s|es|i)?\b[^\n:]{0,30}?(?:\s(?:are|is|son|sono)|:)\s{1,2}[\"'`]?[\w.@-]{2,64}(?::| ?/ ?)(?P<value>[^\s\"'`]{6,64})",
        ),
        (
            ("zugangsdaten",),
            r"zugangsdaten\b[^\n:]{0,30}?(?:\s(?:sind|lauten)|:)\s{1,2}[\"'`]?[\w.@-]{2,64}(?::| ?/ ?)(?P<value>[^\s\"'`]{6,64})",
        ),
        (
            ("identifiants",),
            r"identifiants\b[^\n:]{0,30}?(?:\s(?:sont)|\s?:)\s{1,2}[\"'`]?[\w.@-]{2,64}(?::| ?/ ?)(?P<value>[^\s\"'`]{6,64})",
        ),
        (("log in",), r"\blog in (?:as|with) [\"'`]?[\w.@-]{2,64}[\"'`]? ?[/:] ?[\"'`]?(?P<value>[^\s\"'`]{6,64})"),
        # Authorization: Basic ...
        (("basic ",), r"\bauthorization[\"']?\s{0,2}[:=]\s{0,2}[\"']?basic\s{1,2}(?P<value>[a-z0-9+/]{8,400}={0,2})"),
    )
)
_QUOTES: Final = frozenset("\"'`*")
_STEMS: Final = (
    "pass", "pwd", "pw", "kennw", "contrase", "clave", "parol", "wachtw", "senha", "mdp", "hasł", "lösen", "парол", "密码", "パス", "pin", "geheimz", "codew",
)  # fmt: skip
_WORDS_ONLY: Final = re.compile(r"[^\W\d_]+(?:[-'’_][^\W\d_]+)*[.!?,;:]*\Z")
_VARIABLE: Final = re.compile(
    r"[\"'\\]*(?:\$[A-Za-z_{(]|%[A-Za-z_]+%|#\{|@[A-Z]{2,}|[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+[\"']*\Z)"
)
"""A reference to a value that stands elsewhere."""
_CODE: Final = re.compile(
    r"\w[(\[<]|\w\|\w|\$[{(]|\{\{|->|::|=>|&&|\|\||\(\)|\A[({\[<]|\A[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+\Z|"
    r"\A(?:None|null|nil|undefined|true|false|self|this|str|string|int|bool)\b|\A[/.~]+[\w./-]+\Z|://|\A--?[a-z]"
)
_STRONG: Final = re.compile(r"(?=[^\n]*\d)(?=[^\n]*[^\W\d_])|(?=[^\n]*[^\w\s])(?=[^\n]*[^\W\d_])")
_TECHNICAL: Final = re.compile(
    r"(?:sha|md|base|utf|ipv|x86|amd|arm|i18n|l10n|k8s|oauth|http|h26|ed25519|curve|secp|argon|pbkdf|bcrypt|scrypt|aes|rsa|ssh|tls|ssl|pkcs|x509|mp[34]|"
    r"nist|iso|rfc|cve|win|ntlm|crc|rc4|des|sp8|fips|wpa|web|v?\d+(?:\.\d+)+|2fa|mfa|u2f|fido|sql|db|postgres|mysql|version|python|java|node|office|ms-?)",
    re.IGNORECASE,
)
_ENDS: Final = ".,;:!?)]}'\"`*>"
_APOSTROPHE: Final = re.compile(r"(?<=\w)'(?=\w)")


class Said(NamedTuple):
    """A value that a word announces, at ``[start, end)``."""

    start: int
    end: int


def passwords(text: str, lower: str) -> Iterator[Said]:
    """Yield the values that *text* calls a password, however short; *lower* is its lower-case form."""
    if not any(stem in lower for stem in _STEMS):
        return
    for word in cues.WORD.finditer(lower):
        begin = max(0, word.start() - cues.REVERSED_REACH)
        turned = cues.reversed_value(lower[begin : word.start()])
        if turned is not None:
            start = turned[0] + begin
            end = start + len(text[start : turned[1] + begin].rstrip(_ENDS))
            if strong(text[start:end]):
                yield Said(start, end)
        for leads in cues.ANNOUNCED:
            cue = leads.match(lower, word.start())
            said = _behind(text, cue) if cue else None
            if said is not None:
                yield said


def _behind(text: str, cue: re.Match[str]) -> Said | None:
    """Return the value that follows *cue*."""
    start = cue.end()
    quote = text[start - 1] if text[start - 1] in _QUOTES else ""
    line_end = text.find("\n", start, start + LONGEST + 1)
    stop = line_end if line_end >= 0 else min(len(text), start + LONGEST)
    if quote:
        if quote not in (cue.group("close") or "") and _inside(text, cue.start(), quote):
            return None  # The quote ends the string that the word stands in: "Password:".
        end = text.find(quote, start, stop)
        if end < 0:
            return None
        value = text[start:end]
    else:
        run = re.match(r"\S*", text[start:stop])
        value = run.group().rstrip(_ENDS) if run else ""
        end = start + len(value)
    if cue.group("bare") and not quote:
        return Said(start, end) if strong(value) else None
    symbol = any(sign in (cue.group("link") or "") for sign in ":=：|→")
    if is_password(value, quoted=bool(quote), symbol=symbol, number=cue.group().startswith(("pin", "geheimz"))):
        return Said(start, end)
    return None


def _inside(text: str, place: int, quote: str) -> bool:
    """Say whether *place* stands in a string that *quote* opened on the same line."""
    line = text[max(text.rfind("\n", 0, place) + 1, place - 256) : place]
    return len(_APOSTROPHE.sub("", line).split(quote)) % 2 == 0


def places(text: str, lower: str) -> Iterator[Said]:
    """Yield the values in places made for a password: command lines and configuration files."""
    for stems, place in _PLACES:
        if not all(stem in lower for stem in stems):
            continue
        for match in place.finditer(lower):
            start, end = match.span("value")
            end = start + len(text[start:end].rstrip(".,;)"))
            value = text[start:end]
            if (
                len(value) >= 4
                and not negatives.placeholder(value)
                and value.lower() not in _NOT_ONE
                and not _VARIABLE.match(value)
                and not _CODE.search(value)
            ):
                yield Said(start, end)


def strong(value: str) -> bool:
    """Say whether *value* looks like a password where only its looks can tell: letters, digits and more, mixed."""
    if not 8 <= len(value) <= 64 or negatives.placeholder(value) or _CODE.search(value) or _VARIABLE.match(value):
        return False
    if _TECHNICAL.match(value) or "/" in value or "@" in value[1:-1] or value[0] in "-#&":
        return False
    digits = any(char.isdigit() for char in value)
    upper = any(char.isupper() for char in value)
    lower = any(char.islower() for char in value)
    signs = any(not char.isalnum() and char not in "-_.,'’:" for char in value)
    if not digits or not (upper or lower):
        return digits and signs and (upper or lower)
    return (upper and lower and _MIXED.search(value) is not None) or signs or _WOVEN.search(value) is not None


_MIXED: Final = re.compile(r"[a-z]\d|\d[a-z]|[a-z][A-Z]|\d[A-Z][a-z]")
_WOVEN: Final = re.compile(r"[A-Za-z]\d{1,3}[A-Za-z]{2}")


def is_password(value: str, *, quoted: bool, symbol: bool, number: bool = False) -> bool:
    """
    Say whether *value*, announced as a password, looks like one and not like a word of the sentence or a piece of code.

    Args:
        value: What stands there.
        quoted: Whether it stands in quotes.
        symbol: Whether a colon or an equals sign announces it, not a verb.
        number: Whether the word announces a number.
    """
    if not 4 <= len(value) <= LONGEST or value != value.strip() or negatives.placeholder(value):
        return False
    if value.lower() in _NOT_ONE or value.isspace():
        return False
    if " " in value:
        return quoted and symbol and len(value) >= 12 and value.count(" ") <= 8 and not value.endswith((".", ":"))
    if _VARIABLE.match(value) or (not quoted and _CODE.search(value)):
        return False
    if _WORDS_ONLY.match(value):
        # A bare word is a password only where nothing else could stand: quoted, behind a sign, and not all lower case.
        return (
            quoted
            and symbol
            and len(value) >= 6
            and not value.islower()
            and not value.isupper()
            and not value.istitle()
        )
    if value.isdigit():
        return (symbol or number) and len(value) >= 4
    return len(value) >= 6 and _STRONG.match(value) is not None and any(char.isalnum() for char in value)


_NOT_ONE_TEXT: Final = (
    "password passwd pass pwd secret token string none null true false required optional prompt hidden field "
    "input text type name username user email confirm confirmation incorrect invalid wrong missing empty "
    "unknown default admin root"
)
_NOT_ONE: Final = frozenset(_NOT_ONE_TEXT.split())


def open_value(text: str, lower: str) -> int | None:
    """
    Return where the first value at the end of *text* begins that the rest of its line may still make a password.

    That is a value in quotes that are open behind a word for a password, or a word that looks like a password and of which
    the line may still say that it is one.
    """
    held = [
        start for start, word in _last_words(text, cues.REVERSED_REACH) if strong(word.strip("\"'`*()").rstrip(_ENDS))
    ]
    quote = _open_quote(text, lower)
    if quote is not None:
        held.append(quote)
    return min(held, default=None)


def _last_words(text: str, reach: int) -> Iterator[tuple[int, str]]:
    begin = max(text.rfind("\n") + 1, len(text) - reach)
    while begin > 0 and begin < len(text) and not text[begin - 1].isspace():
        begin += 1
    for match in re.finditer(r"(?<!\S)\S{6,72}(?!\S)", text[begin:]):
        yield begin + match.start(), match.group()


def _open_quote(text: str, lower: str) -> int | None:
    """Return where a value in quotes begins that a word announced and that is still open, None without one."""
    if not any(stem in lower for stem in _STEMS):
        return None
    tail = max(0, len(text) - LONGEST - 2)
    for cue in (cue for leads in cues.ANNOUNCED for cue in leads.finditer(lower)):
        start = cue.end()
        quote = text[start - 1]
        if start >= tail and quote in _QUOTES and quote not in text[start:] and "\n" not in text[start:]:
            return start
    return None
