"""Words that announce a credential, in the languages answers are written in."""
# ruff: noqa: E501, RUF001, S105 - words and signs of several languages

from __future__ import annotations

import re
from typing import Final

from detectors.secrets.trie import any_of

BEFORE: Final = 120
"""How far back, in characters, a word may stand that makes an opaque value a credential."""

AFTER: Final = 60
"""How far behind."""

PASSWORD: Final = (
    r"pass(?:[ _-]?(?:word|phrase|code|wort)|wd|w)s?|(?<=de[ _-])passe|\bpass(?=[\"'`*]{0,2}[ \t]{0,3}[:=])|pwd|\bpw(?=[\"'`*]{0,2}[ \t]{0,3}[:=])|kennw(?:ort|örter)|mdp|contrase(?:ñ|n)as?|"
    r"clave(?:[ _]de[ _]acceso)?|parola(?:[ _]d['’]ordine)?|parolachiave|wachtwoord(?:en)?|senha|palavra-passe|hasło|lösenord|"
    r"пароль|密码|パスワード|\bpin(?:[ -]?code)?\b|geheimzahl|codewort"
)
KEY: Final = (
    r"private|access|secrets?|geheimnis|secreto|segreto|geheim|token|jeton|credentials?|zugangsdaten|identifiants|credenciales|credenziali|"
    r"(?:api|access|account|auth|private|secret|signing|client|encryption|master|service|shared|subscription|storage|app|application|"
    r"consumer|admin|license|licence|deploy|host|ssh|session|webhook|integration|server|ingest|write|read|user|rest|project|personal|license)"
    r"[ _.-]?key|apikey|(?:api|zugangs|zugriffs|geheimer |privater )[ _-]?schlüssel|clé (?:api|d'api|secrète|d'accès|privée)|clave (?:api|de api|secreta|privada)|"
    r"chiave (?:api|segreta|privata|di accesso)|api-?sleutel|(?:geheime |toegangs)sleutel|bearer|authorization|auth|signature[ _]key|"
    r"\bkey|schlüssel|clé|chiave|sleutel|llave|_key|(?<!mon)(?<!tur)(?<!don)(?<!whis)(?<!hoc)(?<!joc)key(?=[\"'\])]{0,2}[ \t]{0,3}[:=])|"
    r"[_-]api(?=[\"'\])]{0,2}[ \t]{0,3}[:=])|\bpat\b|\bjwt\b|\bdsn\b|\bpsk\b|otp|recovery code|passkey"
)

_NEAR: Final = re.compile(
    rf"(?:{PASSWORD}|secret|token|jeton|credential|zugangsdaten|api|auth|bearer|apikey|schlüssel|clé|clave|chiave|sleutel|llave|key|login|sign in|"
    r"log in|anmeld|access|private|vault|prompted|runbook|rotated|zugriff|accès|acceso|accesso|toegang|header|webhook|licen[sc]e|env(?:ironment)? var|config|export|"
    r"geheim|secreto|segreto|credencial|credenzial|identifiant|inloggegevens|connexion|wachtwoord|kennwort)",
)
_VERB: Final = (
    r"is|was|are|be|to|with|as|will be|(?:has been|was|is|got) (?:set|changed|reset|rotated|updated) to|"
    r"ist|lautet|heißt|war|wird|sind|wurde auf|ist jetzt|est|sera|sont|était|a été changée? en|es|era|será|son|fue cambiad[ao] a|"
    r"è|sarà|sono|è stat[ao] cambiat[ao] in|luidt|wordt|zijn|werd|is gewijzigd in|becomes|remains|reads|equals"
)
_ADVERB: Final = r"(?:\s{1,3}(?:now|still|currently|set|changed|reset|updated|jetzt|nun|maintenant|ahora|ora|nu))?(?:\s{1,3}(?:to|as|auf))?"
SIGN: Final = r"\s{0,3}(?::=|=>|==?|:|->|→|：|\|)\s{0,3}"
VERB: Final = rf"\s{{1,6}}(?:{_VERB}){_ADVERB}[\s:]{{1,8}}"
_PREPOSITION: Final = r"for|of|to|für|von|zu|pour|de|du|para|del|per|di|voor|van"
_ABOUT: Final = rf"(?:\s(?:{_PREPOSITION})\s[^\n:=\"'`]{{1,50}}?)?"
_ASIDE: Final = r"(?:\s?\([^)\n]{1,30}\))?"

_STEMS: Final = (
    "pass", "pwd", "pw", "kennw", "mdp", "contrase", "clave", "parol", "wachtw", "senha", "palavra", "hasł", "lösen", "парол", "密码",
    "パス", "pin", "geheim", "codew", "private", "access", "secret", "segret", "token", "jeton", "credenc", "credent", "credenz",
    "zugang", "identifiant", "key", "schlüssel", "clé", "chiave", "sleutel", "llave", "bearer", "auth", "api", "pat", "jwt", "dsn", "psk",
    "otp", "recovery", "signature", "sign",
)  # fmt: skip
_STEM: Final = re.compile(any_of(_STEMS))
_TOLD: Final = re.compile(
    rf"(?:{PASSWORD}|{KEY})[a-z0-9_.-]{{0,30}}(?:[ '’][^\W\d_]{{1,14}}){{0,4}}{_ABOUT}"
    rf"[\"'\])*_`]{{0,4}}{_ASIDE}(?:(?:{SIGN}|{VERB}|\s{{0,3}}[,-]\s{{0,3}}){{1,2}}|[ \t]{{1,2}})"
    rf"(?:bearer\s|basic\s|token\s|the\s|still\s|currently\s)?[\"'`*_<(\[{{]{{0,4}}\Z",
)
"""A word for a credential and what leads from it to the value."""

_FOLLOWED: Final = re.compile(
    rf"[\"'`*)\]]{{0,3}}\s(?:as|for|is|als|für|ist|comme|pour|est|como|para|es|come|per|è|voor|(?:\(|- )?(?:that|this|it|das|c['’]est|esta?|questa?|dat|dit)['’ ]?(?:is|s|ist|est|es|è)?)"
    rf"\s[^\n.:;=]{{0,24}}?(?:{PASSWORD}|{KEY})",
)
REVERSED_REACH: Final = 120
"""How far behind a value, in characters, a word may stand that makes it a password."""

_REVERSED: Final = re.compile(
    r"(?<!\S)[\"'`*(]{0,3}(?P<value>\S{6,64}?)[\"'`*)]{0,3},?\s(?:as|is|was|when|if|als|ist|wenn|comme|est|quand|como|es|cuando|come|è|quando|wanneer)\b[^\n.:;=]{0,40}\Z"
)

ANNOUNCED: Final = tuple(
    re.compile(rf"(?:{PASSWORD})[a-z0-9_.-]{{0,20}}{way}(?:[\"'`]|\*\*)?")
    for way in (
        rf"{_ABOUT}(?P<close>[\"'\])*`]{{0,3}}){_ASIDE}(?P<link>(?:{SIGN}|{VERB}){{1,2}})(?P<bare>)",
        rf"(?P<close>)(?P<link>)(?P<bare>,?[ \t]{{1,2}}(?!(?:{_VERB})\b))",
    )
)
"""A word for a password and what leads from it to the value."""

WORD: Final = re.compile(PASSWORD)
"""A word for a password."""


def near(before: str, after: str) -> bool:
    """Say whether the lower-case text around an opaque value speaks of credentials."""
    return _NEAR.search(before) is not None or _NEAR.search(after) is not None


def told(before: str, after: str) -> bool:
    """Say whether the lower-case text around a value says in so many words that it is a credential."""
    for stem in _STEM.finditer(before):
        # A sign may belong to the word: _key, -api.
        start = stem.start()
        if _TOLD.match(before, start) or (start and before[start - 1] in "_-" and _TOLD.match(before, start - 1)):
            return True
    return _FOLLOWED.match(after) is not None


def reversed_value(before: str) -> tuple[int, int] | None:
    """Return where in *before*, the text up to a word for a password, the value stands that the word is said of."""
    match = _REVERSED.search(before)
    return match.span("value") if match else None
