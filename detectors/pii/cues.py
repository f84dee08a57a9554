"""Words around a capitalised word that say it is a person or a place, whatever it is and whatever a model thinks."""
# ruff: noqa: E501, RUF001 - patterns of words; both apostrophes are meant

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from detectors.pii.gazetteer import FAMILY_NAMES, GIVEN_NAMES, PLACES, PRODUCTS, STARTERS
from detectors.pii.wording import plain, possessive

Named = tuple[str, int, int, float]
"""Entity, start, end, score."""

SURE: Final = 0.88
"""Above the model's own score: what the words around say is surer than what a small model thinks."""
LIKELY: Final = 0.7

_UP: Final = r"A-ZÀ-ÖØ-ÞĀ-ŽΑ-ΩА-Я"
_WORD: Final = rf"[{_UP}][\wß-ÿ’'-]{{1,24}}"
_LINK: Final = r"(?:van der|van den|van de|de la|de los|von der|van|von|de|der|den|del|della|di|da|do|dos|du|la|le|bin|ibn|al|el|y|ter|ten)"
_NAME: Final = rf"(?P<name>{_WORD}(?:[ ](?:[{_UP}]\.?|(?:{_LINK}[ ])?{_WORD})){{0,3}})(?![\w(\[=\\@]|\.\w|::|://)"
_PLACE: Final = rf"(?P<name>{_WORD}(?:[ -](?:{_LINK}[ ])?{_WORD}){{0,2}})(?![\w(\[=\\@]|\.\w|::|://)"

_TITLED: Final = re.compile(
    r"(?:\b(?i:mr|mrs|ms|miss|mx|dr|dra|prof|professor|sir|dame|herr|frau|madame|mme|mlle|monsieur|señor|señora|sra?|signora?|sig|dott|dhr|mevr|don|doña|capt|sgt|lt|rev|sen|gov|judge|senator|president|captain|nurse|doctor)\b\.?[ ]{1,2}"
    r"|\b(?i:(?:full |first |last |given |family |maiden |sur|middle |user|patient(?:'s)? |customer |client |employee |contact |legal |cardholder |account |beneficiary |holder )?names?|"
    r"nombres?|apellidos?|vorname|nachname|familienname|nom|prénom|cognome|nome|naam|voornaam|achternaam|m[eé]dico|doctor|doctora|paciente|patient(?:in)?|remitido por|attn|author|authors|signed(?: by)?|from|cc|recipient|sender|employee|contact(?: person)?|manager|assignee|reporter|owner)"
    rf"(?:[ ]?[:=][ \t*\"']{{0,6}}| (?:is|was|ist|est|es|è) ))(?:(?i:mr|mrs|ms|dr|dra|prof|sr|sra|herr|frau|mme|d|dña)\.?[ªº]?[ ])?{_NAME}",
)
_KIN: Final = (
    r"kid|child|son|daughter|wife|husband|brother|sister|mother|father|mom|mum|dad|uncle|aunt|cousin|nephew|niece|friend|girlfriend|boyfriend|partner|fianc[ée]e?|spouse|boss|colleague|"
    r"co-?worker|assistant|secretary|doctor|lawyer|attorney|therapist|neighbou?r|room-?mate|flatmate|landlord|landlady|teacher|nanny|grandma|grandpa|grandmother|grandfather|grandson|granddaughter|"
    r"stepson|stepdaughter|stepfather|stepmother|employee|client|patient|supervisor|mentor|ex"
)
_BEFORE: Final = re.compile(
    rf"(?:\b(?i:my|his|her|their|our|your)[ ](?:(?i:own|late|older|younger|elder|eldest|youngest|little|big|best|former|dear|new|old|good|close)[ ])?(?i:{_KIN})s?(?:,[ ]|[ ]is[ ]|[ ])"
    r"|\b(?i:named|called|calls? (?:me|him|her|you)|name is|name's|goes by|known as|spoke (?:to|with)|talked (?:to|with)|shouted at|yelled at|smiled at|married(?: to)?|divorced|engaged to|directed by|starring|"
    r"signed by|authored by|approved by|prepared by|reported by|written by|reviewed by|treated by|examined by|referred by|prescribed by|born to|survived by|sincerely,|regards,|cheers,|"
    r"ich hei(?:ß|ss)e|mein name ist|je m'appelle|me llamo|mi chiamo|ik heet|(?i:dear|hi|hello|hey|hola|bonjour|liebe|lieber|cher|chère|estimad[oa]|caro|cara|beste|geachte|ciao)(?:[ ](?:herr|frau|mr\.?|mrs\.?|ms\.?|dr\.?))?)[ ]"
    r"|[\"”’',][ ](?i:says|said|asks|asked|replied|replies|whispered|shouted|added|explained|writes|wrote|told)[ ]"
    rf"|(?:^|[.!?][ ])(?i:why|how|where|who|when)[ ](?i:is|was|does|did|has)[ ](?!(?i:the|this|that|it)\b)(?={_WORD}[ ](?i:so|always|never|still|not|feel|feeling|doing|live|lives|want|know|like|called|work|born)\b)"
    rf"){_NAME}",
)
_SAYS: Final = (
    r"(?:,[ ])?(?:says|said|asks|asked|replied|replies|whispered|shouted|shouts|yelled|told|tells|laughed|smiled|nodded|sighed|cried|emailed|phoned|texted|had given|gave (?:me|him|her|us)|thinks that|knew that|"
    r"was born|was diagnosed|was admitted|passed away|died (?:in|on|at)|lives (?:in|at|on)|grew up|works (?:at|for|as)|married|flew to|travell?ed to|moved to|is married|is survived|"
    r"is my|is his|is her|is our (?:new )?(?:ceo|cto|boss|manager|doctor|lawyer)|is (?:a )?(?:very |really |so )?(?:reliable|kind|friendly|sympathetic|helpful|impulsive|generous|polite|funny|shy|rude|pregnant|divorced|sick|ill|nice person|good friend|great person|sympathetic person)|"
    r"and I\b|and (?:his|her) (?:wife|husband|son|daughter|mother|father|brother|sister|children|family)|"
    r"will (?:call|meet|pick|join|send|contact)|has (?:been|an) (?:arrested|appointment|allergy)|is \d{1,3}[ -]years?[ -]old|\(\d{1,2}\)|, \d{1,2},|,? aged? \d{1,3})\b"
    r"|['’]s (?:phone|mobile|cell|e-?mail|home|address|birthday|husband|wife|son|daughter|mother|father|mom|mum|dad|brother|sister|boyfriend|girlfriend|partner|salary|passport|ssn|social|credit card|medical|diagnosis|"
    r"condition|doctor|date of birth|dob|age|account number|password|apartment|house|car|parents|kids|children|family|daughter)\b"
)
_AFTER: Final = re.compile(
    rf"(?<![\w.@/$-])(?P<name>{_WORD}(?:[ ](?:[{_UP}]\.?|(?:{_LINK}[ ])?{_WORD})){{0,3}}?)(?=[ ](?:{_SAYS})|['’]s[ ](?:phone|mobile|e-?mail|address|birthday|husband|wife|son|daughter|mother|father|brother|sister|salary|passport|ssn|doctor|date of birth|dob)\b)",
)
_TO_PLACE: Final = re.compile(
    r"\b(?i:(?:flew|fly|flying|flies|flight|flights|travell?(?:ed|ing|s)?|mov(?:e|ed|ing)|relocat(?:e|ed|ing)|emigrated|immigrated|drove|driving|trip|trips|journey|deported|sailed|hitchhiked)(?: (?:back|here|there|away|out|down|up|over))?(?: (?:to|from))"
    r"|(?:lives?|lived|living|resid(?:e|es|ed|ing)|born|raised|grew up|growing up|situated|stay(?:s|ed|ing)?|headquartered|vacation|holiday|wohnt|wohnhaft|geboren|habite|né|née|vive|nacid[oa]|nat[oa]|abita|woont|hometown)(?: (?:and (?:lives?|works?|raised|working)|here|now|currently|nearby))?(?: (?:in|at|near|outside|à|en|a|de))"
    r"|(?:arriv(?:ed?|es|ing)|(?:comes?|came|hails?|coming|is|was|are|am|i'm) from)(?: (?:in|at))?"
    r"|(?:city|town|village|province|county|municipality|suburb|island|stadt|ciudad|ville|città|provincia) of|home(?:town)?(?: city)?(?: is| was)?|capital(?: city)?(?: is| was))[ ]"
    rf"{_PLACE}",
)
_PLACE_FIELD: Final = re.compile(
    r"(?<![\w./-])(?i:city|town|country|county|province|birthplace|place of birth|city of birth|country of birth|ort|wohnort|geburtsort|stadt|ciudad|ville|pays|lieu de naissance|città|comune|luogo di nascita|woonplaats|geboorteplaats|plaats|"
    r"localidad(?:[ ]?/[ ]?provincia)?|provincia|municipio|población|lugar de nacimiento|país|cidade|naturalidade|hometown|where)[ \t]*:[ \t*\"']{0,6}"
    rf"(?P<name>[{_UP}][^\n:;|<>{{}}@\"*]{{1,48}}?)(?=[ \t]*(?:$|[\n;|<.(*\"]|,[ ]|[ ]{{2}}|-?[ ]?\d))",
)
_SOMEWHERE: Final = re.compile(
    rf"(?<![\w.-])(?:(?i:northern|southern|eastern|western|central|downtown|greater|upstate|rural)[ ]{_PLACE}|(?P<near>{_WORD}(?:[ ]{_WORD})?)(?=,?[ ](?:bridge|airport|county|province|valley|harbou?r|railway station|train station|city council|city hall|prefecture|oblast)\b))",
)
_FORM: Final = re.compile(
    r"(?<![\w./-])(?i:(?:full |first |last |given |family |maiden |sur|patient |customer |client |employee |contact |cardholder )?name|nombre|apellidos?|vorname|nachname|nom|prénom|cognome|nome|naam)[ \t]*:[ \t*]{0,8}"
    r"(?P<name>[^\W\d_][\w’'.-]{0,24}(?:[ ][^\W\d_][\w’'.-]{0,24}){1,3})(?=[ \t*]*(?:$|[,;|<\n]))",
)
"""A form is filled in with or without capitals."""
_INITIALS: Final = re.compile(
    rf"(?<![\w.@/$-])(?P<name>(?:{_WORD}|[{_UP}]\.)[ ](?:[{_UP}]\.[ ]?){{1,2}}{_WORD})(?![\w(\[=@]|\.\w)"
)


def people(segment: str, ordinary: Callable[[str], bool]) -> Iterator[Named]:
    """Yield people of *segment* that the words around them name; *ordinary* says whether a word is one of the language."""
    for match in _TITLED.finditer(segment):
        yield from _person(segment, *match.span("name"), ordinary)
    for pattern in (_BEFORE, _AFTER):
        for match in pattern.finditer(segment):
            yield from _person(segment, *match.span("name"), ordinary)
    for match in _INITIALS.finditer(segment):
        yield from _person(segment, *match.span("name"), ordinary)
    if ":" in segment:
        for match in _FORM.finditer(segment):
            words = [plain(word) for word in match.group("name").split()]
            if (
                words[0] in GIVEN_NAMES
                or words[-1] in FAMILY_NAMES
                or not any(len(word) > 1 and (ordinary(word) or word in STARTERS) for word in words)
            ):
                yield "PERSON", *match.span("name"), SURE


def places(segment: str, ordinary: Callable[[str], bool]) -> Iterator[Named]:
    """Yield places of *segment* that the words around them name."""
    for pattern in (_TO_PLACE, _SOMEWHERE):
        for match in pattern.finditer(segment):
            start, end = match.span("name" if match.group("name") else "near")
            words = [plain(word) for word in segment[start:end].split()]
            if not _is_word(words, ordinary) and words[0] not in GIVEN_NAMES:
                yield "LOCATION", start, end - possessive(segment[:end]), SURE
    if ":" in segment:
        for match in _PLACE_FIELD.finditer(segment):
            words = [plain(word) for word in match.group("name").split()]
            if not _is_word(words, ordinary):
                yield "LOCATION", match.start("name"), match.end("name"), SURE


def _person(segment: str, start: int, end: int, ordinary: Callable[[str], bool]) -> Iterator[Named]:
    """Yield the words of ``[start, end)`` as a person as far as they can be a name."""
    at, last = start, start
    for word in segment[start:end].split(" "):
        bare = plain(word)
        if _ends_a_name(bare, ordinary, first=at == start):
            break
        at += len(word) + 1
        last = at - 1
    value = segment[start:last]
    if value and value.lower() not in PLACES and not (value.isupper() and len(value) < 4):  # noqa: PLR2004 - abbreviations
        yield "PERSON", start, start + len(value.rstrip(" ,'’-")) - possessive(value), SURE


def _ends_a_name(bare: str, ordinary: Callable[[str], bool], *, first: bool) -> bool:
    """Say whether a word of the language stands here; a letter is an initial, and behind a given name may stand anything."""
    if len(bare) == 1:
        return False
    if bare in STARTERS or bare in PRODUCTS:
        return True
    return ordinary(bare) and bare not in GIVEN_NAMES and (first or bare not in FAMILY_NAMES)


def _is_word(words: list[str], ordinary: Callable[[str], bool]) -> bool:
    if " ".join(words) in PLACES:
        return False
    return any(word in STARTERS or word in PRODUCTS for word in words) or all(ordinary(word) for word in words)
