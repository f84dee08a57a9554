"""Words that announce a credential, in the languages answers are written in, and the values they announce."""
# ruff: noqa: E501, PLR2004, RUF001, S105 - words and signs of several languages, shortest lengths

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from detectors.secrets import negatives

BEFORE: Final = 120
"""How far back, in characters, a word may stand that makes an opaque value a credential."""

AFTER: Final = 60
"""How far behind."""

LONGEST_VALUE: Final = 128

_PASSWORD: Final = (
    r"pass(?:word|wd|phrase|code|wort)s?|passw|pwd|kennw(?:ort|örter)|mots?[ _-]de[ _-]passe|mdp|contrase(?:ñ|n)as?|clave(?:[ _]de[ _]acceso)?|"
    r"parola(?:[ _]d'ordine)?|parolachiave|wachtwoord(?:en)?|senha|palavra-passe|hasło|lösenord|пароль|密码|パスワード"
)
_KEY: Final = (
    r"private|access|secrets?|geheimnis|secreto|segreto|geheim|token|jeton|credentials?|zugangsdaten|identifiants|credenciales|credenziali|"
    r"(?:api|access|account|auth|private|secret|signing|client|encryption|master|service|shared|subscription|storage|app|application|"
    r"consumer|admin|license|licence|deploy|host|ssh|session|webhook|integration|server|ingest|write|read|user|rest|project|personal|license)"
    r"[ _.-]?key|apikey|(?:api|zugangs|zugriffs|geheimer |privater )[ _-]?schlüssel|clé (?:api|d'api|secrète|d'accès|privée)|clave (?:api|de api|secreta|privada)|"
    r"chiave (?:api|segreta|privata|di accesso)|api-?sleutel|(?:geheime |toegangs)sleutel|bearer|authorization|auth|signature[ _]key|"
    r"\bkey|schlüssel|clé|chiave|sleutel|llave|_key|(?<!mon)(?<!tur)(?<!don)(?<!whis)(?<!hoc)(?<!joc)key(?=[\"'\])]{0,2}[ \t]{0,3}[:=])|"
    r"[_-]api(?=[\"'\])]{0,2}[ \t]{0,3}[:=])|\bpat\b|\bjwt\b|\bdsn\b|\bpsk\b|otp|recovery code|passkey"
)

WORD: Final = re.compile(rf"(?:{_PASSWORD}|{_KEY})")
"""Any word that announces a credential, in lower-case text."""

_NEAR: Final = re.compile(
    rf"(?:{_PASSWORD}|secret|token|jeton|credential|zugangsdaten|api|auth|bearer|apikey|schlüssel|clé|clave|chiave|sleutel|llave|key|login|sign in|"
    r"log in|anmeld|access|private|vault|prompted|runbook|rotated|zugriff|accès|acceso|accesso|toegang|header|webhook|licen[sc]e|env(?:ironment)? var|config|export)",
)
_LINK: Final = (
    r"(?:\s{0,3}(?::=|=>|==?|:|->|→|,|：|\||-)\s{0,3}|\s+(?:is|was|are|be|to|with|as|ist|lautet|heißt|war|est|sera|es|era|será|è|é|sarà|"
    r"luidt|becomes|remains)(?:\s+(?:now|still|currently|set|changed|reset|updated|jetzt|nun|maintenant|ahora|ora|nu))?(?:\s+(?:to|as|auf))?[\s:]+)"
)
ASSIGNED: Final = re.compile(
    rf"(?:{_PASSWORD}|{_KEY})[a-z0-9_.-]{{0,30}}(?:\s(?:for|of|to|für|von|zu|pour|de|du|para|del|per|di|voor|van)\s[^\n:=]{{1,50}})?"
    rf"[\"'\])]{{0,3}}(?:\s?\([^)\n]{{1,30}}\))?(?:{_LINK}{{1,2}}|[ \t]{{1,2}})(?:bearer\s|basic\s|token\s|the\s|still\s|currently\s)?[\"'`*_<(\[{{]{{0,4}}\Z",
)
"""The lower-case text before a value, when it says in so many words that the value is a credential."""

_PASSWORD_LINK: Final = _LINK.replace(r"|,|：|\||-)", "|：)")
_VALUE: Final = re.compile(
    rf"(?P<word>{_PASSWORD})(?P<rest>[a-z0-9_.-]{{0,20}})(?:\s(?:for|of|to|für|von|zu|pour|de|du|para|del|per|di|voor|van)\s[^\n:=\"'`]{{1,40}}?)?"
    rf"(?P<close>[\"'\])*`]{{0,3}})(?P<link>{_PASSWORD_LINK}{{1,2}})(?:[\"'`]|\*\*)?",
)
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
        (("sshpass",), r"\bsshpass\s+-p\s?[\"']?(?P<value>[^\s\"']{4,128})"),
    )
)
_QUOTES: Final = frozenset("\"'`*")
_STEMS: Final = (
    "pass",
    "pwd",
    "kennw",
    "contrase",
    "clave",
    "parol",
    "wachtw",
    "senha",
    "mdp",
    "hasł",
    "lösen",
    "парол",
    "密码",
    "パス",
)
_WORDS_ONLY: Final = re.compile(r"[^\W\d_]+(?:[-'’_][^\W\d_]+)*[.!?,;:]*\Z")
_CODE: Final = re.compile(
    r"[()\[\]{}<>|]|->|::|\$|^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+$|^(?:None|null|nil|undefined|true|false|self|this|str|string|int|bool)\b|^[/.~]+[\w./-]+$|://"
)
_VARIABLE: Final = re.compile(r"[\"'\\]*(?:\$[A-Za-z_{(]|%[A-Za-z_]+%|#\{|@[A-Z]{2,}|[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+[\"']*\Z)")
"""A reference to a value that stands elsewhere."""
_STRONG: Final = re.compile(r"(?=[^\n]*\d)(?=[^\n]*[^\W\d_])|(?=[^\n]*[^\w\s])(?=[^\n]*[^\W\d_])")
_ENDS: Final = ".,;:!?)]}'\"`*>"


class Said(NamedTuple):
    """A value that a word announces, at ``[start, end)``."""

    start: int
    end: int


def near(before: str, after: str) -> bool:
    """Say whether the lower-case text around an opaque value speaks of credentials."""
    return _NEAR.search(before) is not None or _NEAR.search(after) is not None


def passwords(text: str, lower: str) -> Iterator[Said]:
    """Yield the values that *text* calls a password, however short; *lower* is its lower-case form."""
    if not any(stem in lower for stem in _STEMS):
        return
    for cue in _VALUE.finditer(lower):
        quote = text[cue.end() - 1] if text[cue.end() - 1] in _QUOTES else ""
        start = cue.end()
        line_end = text.find("\n", start, start + LONGEST_VALUE + 1)
        stop = line_end if line_end >= 0 else min(len(text), start + LONGEST_VALUE)
        if quote:
            if quote not in cue.group("close") and _inside(text, cue.start(), quote):
                continue  # The quote ends the string that the word stands in: "Password:".
            end = text.find(quote, start, stop)
            if end < 0:
                continue
            value = text[start:end]
        else:
            run = re.match(r"\S*", text[start:stop])
            value = run.group().rstrip(_ENDS) if run else ""
            end = start + len(value)
        if is_password(value, quoted=bool(quote), symbol=any(sign in cue.group("link") for sign in ":=：")):
            yield Said(start, end)


def _inside(text: str, place: int, quote: str) -> bool:
    """Say whether *place* stands in a string that *quote* opened on the same line."""
    line = text[max(text.rfind("\n", 0, place) + 1, place - 256) : place]
    return len(_APOSTROPHE.sub("", line).split(quote)) % 2 == 0


_APOSTROPHE: Final = re.compile(r"(?<=\w)'(?=\w)")


def places(text: str, lower: str) -> Iterator[Said]:
    """Yield the values in places made for a password: command lines and configuration files."""
    for stems, place in _PLACES:
        if not all(stem in lower for stem in stems):
            continue
        for match in place.finditer(lower):
            start, end = match.span("value")
            value = text[start:end]
            if not negatives.placeholder(value) and value.lower() not in _NOT_ONE and not _CODE.search(value):
                yield Said(start, end)


def is_password(value: str, *, quoted: bool, symbol: bool) -> bool:
    """
    Say whether *value*, announced as a password, looks like one and not like a word of the sentence or a piece of code.

    Args:
        value: What stands there.
        quoted: Whether it stands in quotes.
        symbol: Whether a colon or an equals sign announces it, not a verb.
    """
    if not 4 <= len(value) <= LONGEST_VALUE or value != value.strip() or negatives.placeholder(value):
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
        return symbol and len(value) >= 4
    return len(value) >= 6 and _STRONG.match(value) is not None and any(char.isalnum() for char in value)


_NOT_ONE_TEXT: Final = (
    "password passwd pass pwd secret token string none null true false required optional prompt hidden field "
    "input text type name username user email confirm confirmation incorrect invalid wrong missing empty "
    "unknown default admin root"
)
_NOT_ONE: Final = frozenset(_NOT_ONE_TEXT.split())


def open_quote(text: str, lower: str) -> int | None:
    """Return where a value in quotes begins that a password word announced and that is still open, None without one."""
    tail = max(0, len(text) - LONGEST_VALUE - 2)
    if not any(stem in lower for stem in _STEMS):
        return None
    for cue in _VALUE.finditer(lower):
        start = cue.end()
        quote = text[start - 1]
        if start >= tail and quote in _QUOTES and quote not in text[start:] and "\n" not in text[start:]:
            return start
    return None
