"""Disguises of a copied passage: another way of writing the same words."""

from __future__ import annotations

import base64
import codecs
import json
import unicodedata
from collections.abc import Callable
from urllib.parse import quote

Disguise = Callable[[str], str]

# Cyrillic, Greek, Armenian and Latin letters that a reader takes for the plain one.
_CONFUSABLE = str.maketrans("aceopxyijshdqvAEOBCHKMPTXYuwg", "асеорхуіјѕһԁԛνАЕОВСНКМРТХҮսԝɡ")  # noqa: RUF001
_LEET = str.maketrans("aeiostbgAEIOSTBG", "43105789" * 2)
_MARKS = "\u0301\u0308\u0323\u0336"


def full_width(text: str) -> str:
    return "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in text)


def between(text: str, inserted: str) -> str:
    """Put *inserted* between neighbours within words."""
    return " ".join(inserted.join(word) for word in text.split())


def combining_marks(text: str) -> str:
    return "".join(
        char + _MARKS[place % len(_MARKS)] if unicodedata.category(char)[0] == "L" else char
        for place, char in enumerate(text)
    )


def percent(text: str) -> str:
    return "".join(f"%{byte:02X}" for byte in text.encode())


def leetspeak(text: str) -> str:
    return text.lower().translate(_LEET)


def json_string(text: str) -> str:
    """Return the passage as an API answer holds it: a string in an object in a string."""
    inner = json.dumps({"text": "\n".join(_lines(text, 9))})
    return json.dumps({"role": "assistant", "content": inner})


def code(text: str) -> str:
    lines = [f'    parts.append("{_escaped(line)} ")  # {number}' for number, line in enumerate(_lines(text, 6), 1)]
    return "\n".join(["def build():", "    parts = []", *lines, '    return "".join(parts)'])


def table(text: str) -> str:
    rows = ["| " + " | ".join(line.split()) + " |" for line in _lines(text.replace("|", "/"), 6)]
    return "\n".join(["| a | b | c | d | e | f |", "|---|---|---|---|---|---|", *rows])


def _lines(text: str, words: int) -> list[str]:
    found = text.split()
    return [" ".join(found[start : start + words]) for start in range(0, len(found), words)]


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _rot13(text: str) -> str:
    return codecs.encode(text, "rot13")


DISGUISES: dict[str, Disguise] = {
    "upper case": str.upper,
    "full width": full_width,
    "zero-width characters": lambda text: between(text, "\u200b"),
    "soft hyphens": lambda text: between(text, "\u00ad"),
    "combining marks": combining_marks,
    "confusables": lambda text: text.translate(_CONFUSABLE),
    "letters spaced out, words apart": lambda text: "   ".join(" ".join(word) for word in text.split()),
    "letters spaced out evenly": lambda text: " ".join("".join(text.split())),
    "letters hyphenated": lambda text: between(text, "-"),
    "every word numbered, in brackets": lambda text: " ".join(
        f"({number}) {word}" for number, word in enumerate(text.split(), 1)
    ),
    "every word bulleted": lambda text: "\n".join(f"- {word}" for word in text.split()),
    "HTML entities": lambda text: "".join(f"&#{ord(char)};" for char in text),
    "HTML entities, hexadecimal": lambda text: "".join(f"&#x{ord(char):X};" for char in text),
    "percent escapes": percent,
    "percent escapes of what a URL asks for": lambda text: quote(text, safe=""),
    "unicode escapes": lambda text: "".join(f"\\u{ord(char):04x}" for char in text),
    "JSON string": json_string,
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "base64 in lines of 76": lambda text: base64.encodebytes(text.encode()).decode().rstrip(),
    "base32": lambda text: base64.b32encode(text.encode()).decode(),
    "hex": lambda text: text.encode().hex(),
    "rot13": _rot13,
    "leetspeak": leetspeak,
    "characters reversed": lambda text: text[::-1],
    "word order reversed": lambda text: " ".join(text.split()[::-1]),
    "wrapped in code": code,
    "wrapped in a table": table,
    "base64 of rot13": lambda text: base64.b64encode(_rot13(text).encode()).decode(),
}
