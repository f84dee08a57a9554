"""Every disguise, as somebody would make it."""

from __future__ import annotations

import base64
import codecs
import json
import textwrap
import urllib.parse
from collections.abc import Callable

Disguise = Callable[[str], str]

LEET = str.maketrans("oeastOEAST", "0345703457")
CYRILLIC = str.maketrans("aeopcxyijsABCEHKMOPTX", "аеорсхуіјѕАВСЕНКМОРТХ")
GREEK = str.maketrans("aoviptu", "αονιρτυ")
SMALL = str.maketrans("abcdefghijklmnoprtuvwyz", "ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀᴛᴜᴠᴡʏᴢ")


def shifted(first: int, text: str) -> str:
    """Return *text* with its Latin letters as those from code point *first* on."""
    return "".join(chr(first + ord(c.lower()) - 97) if c.isascii() and c.isalpha() else c for c in text)


def in_lines(text: str, words: int, line: Callable[[int, str], str]) -> str:
    """Return *text* in lines of *words* words."""
    every = text.split()
    lines = [" ".join(every[start : start + words]) for start in range(0, len(every), words)]
    return "\n".join(line(number, part) for number, part in enumerate(lines, 1))


def of_bytes(write: Callable[[int], str], between: str = "") -> Disguise:
    return lambda text: between.join(map(write, text.encode()))


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def rotated(text: str) -> str:
    return codecs.encode(text, "rot13")


FOLDED: dict[str, Disguise] = {
    "upper case": str.upper,
    "full width": lambda text: "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text),
    "zero width": "\u200b".join,
    "soft hyphens": "\u00ad".join,
    "combining marks": lambda text: "".join(c + "\u0336" for c in text),
    "Cyrillic": lambda text: text.translate(CYRILLIC),
    "Greek": lambda text: text.translate(GREEK),
    "small capitals": lambda text: text.lower().translate(SMALL),
    "circled": lambda text: shifted(0x24D0, text),
    "squared": lambda text: shifted(0x1F170, text),
    "mathematical": lambda text: shifted(0x1D41A, text),
    "regional indicators": lambda text: shifted(0x1F1E6, text),
    "bullets": lambda text: in_lines(text, 1, lambda _, word: f"- {word}"),
    "a table": lambda text: "| " + " | ".join(text.split()) + " |",
    "a table, one word a line": lambda text: in_lines(text, 1, lambda _, word: f"| {word} |"),
    "strings in code": lambda text: in_lines(text, 7, lambda _, part: f'"{part} " +'),
    "comments": lambda text: in_lines(text, 9, lambda _, part: f"# {part}"),
    "a quotation": lambda text: in_lines(text, 9, lambda _, part: f"> {part}"),
    "numbered lines": lambda text: in_lines(text, 9, lambda number, part: f"{number:4d}  {part}"),
    "a JSON list": lambda text: json.dumps(text.split()),
}
"""Disguises that folding undoes, so that there is no other reading."""

READ: dict[str, Disguise] = {
    "letters apart": lambda text: "  ".join(" ".join(word) for word in text.split()),
    "letters with hyphens": lambda text: " ".join("-".join(word) for word in text.split()),
    "letters with dots": lambda text: " ".join(".".join(word) for word in text.split()),
    "a letter a line": lambda text: "\n\n".join("\n".join(word) for word in text.split()),
    "letters apart, no words": lambda text: " ".join(text.replace(" ", "")),
    "a letter a line, no words": lambda text: "\n".join(text.replace(" ", "")),
    "numbered words": lambda text: " ".join(f"{number}. {word}" for number, word in enumerate(text.split(), 1)),
    "decimal entities": lambda text: "".join(f"&#{ord(c)};" for c in text),
    "hexadecimal entities": lambda text: "".join(f"&#x{ord(c):x};" for c in text),
    "named entities": lambda text: text.replace(" ", "&nbsp;"),
    "percent": of_bytes(lambda byte: f"%{byte:02X}"),
    "percent, as in addresses": urllib.parse.quote,
    "unicode escapes": lambda text: "".join(f"\\u{ord(c):04x}" for c in text),
    "unicode escapes in braces": lambda text: "".join(f"\\u{{{ord(c):x}}}" for c in text),
    "byte escapes": of_bytes(lambda byte: f"\\x{byte:02x}"),
    "octal escapes": of_bytes(lambda byte: f"\\{byte:03o}"),
    "code points": lambda text: " ".join(f"U+{ord(c):04X}" for c in text),
    "quoted-printable": of_bytes(lambda byte: f"={byte:02X}"),
    "string escapes": lambda text: json.dumps(text.replace(" ", "\n")),
    "invisible twins": lambda text: "".join(chr(0xE0000 + ord(c)) for c in text if c.isascii()),
    "tags": lambda text: "<tr>" + "".join(f"<td>{word}</td>" for word in text.split()) + "</tr>",
    "base64": encoded,
    "base64 for addresses": lambda text: base64.urlsafe_b64encode(text.encode()).decode(),
    "base64 in lines": lambda text: base64.encodebytes(text.encode()).decode(),
    "base64 without padding": lambda text: encoded(text).rstrip("="),
    "base64 in pieces": lambda text: " ".join(textwrap.wrap(encoded(text), 8)),
    "base64 in strings": lambda text: "\n".join(f'"{part}"' for part in textwrap.wrap(encoded(text), 40)),
    "base32": lambda text: base64.b32encode(text.encode()).decode(),
    "hex": lambda text: text.encode().hex(),
    "hex in capitals": lambda text: text.encode().hex().upper(),
    "hex apart": lambda text: text.encode().hex(" "),
    "hex with colons": lambda text: text.encode().hex(":"),
    "hex in code": of_bytes(lambda byte: f"0x{byte:02x}", ", "),
    "decimal numbers": of_bytes(str, " "),
    "binary numbers": of_bytes(lambda byte: f"{byte:08b}", " "),
    "rot13": rotated,
    "shifted letters": lambda text: "".join(
        chr((ord(c) - 97 + 5) % 26 + 97) if "a" <= c <= "z" else c for c in text.lower()
    ),
    "leetspeak": lambda text: text.translate(LEET),
    "backwards": lambda text: text[::-1],
    "every word backwards": lambda text: " ".join(word[::-1] for word in text.split()),
    "words in reverse": lambda text: " ".join(text.split()[::-1]),
}
"""Disguises that need a reading of their own."""

NESTED: dict[str, Disguise] = {
    "rot13 in base64": lambda text: encoded(rotated(text)),
    "base64 in rot13": lambda text: rotated(encoded(text)),
    "base64 backwards": lambda text: encoded(text)[::-1],
    "backwards in base64": lambda text: encoded(text[::-1]),
    "base64 in base64": lambda text: encoded(encoded(text)),
    "hex in base64": lambda text: encoded(text.encode().hex()),
    "base64 in hex": lambda text: encoded(text).encode().hex(),
    "backwards in rot13": lambda text: rotated(text[::-1]),
    "rot13 in hex": lambda text: rotated(text).encode().hex(),
    "rot13 in percent": lambda text: "".join(f"%{byte:02X}" for byte in rotated(text).encode()),
    "rot13, letters apart": lambda text: "  ".join(" ".join(word) for word in rotated(text).split()),
    "backwards, letters apart": lambda text: " ".join(text.replace(" ", "")[::-1]),
    "rot13 in base32, in capitals": lambda text: base64.b32encode(rotated(text.upper()).encode()).decode(),
    "unicode escapes backwards": lambda text: READ["unicode escapes"](text)[::-1],
    "percent backwards": lambda text: READ["percent"](text)[::-1],
    "hex in rot13": lambda text: rotated(text.encode().hex()),
    "leetspeak in base64": lambda text: encoded(text.translate(LEET)),
    "leetspeak of rot13": lambda text: rotated(text).translate(LEET),
    "entities backwards": lambda text: "".join(f"&#{ord(c)};" for c in text)[::-1],
    "rot13 in base32": lambda text: base64.b32encode(rotated(text).encode()).decode(),
    "numbered rot13": lambda text: " ".join(
        f"{number}. {word}" for number, word in enumerate(rotated(text).split(), 1)
    ),
    "rot13 in full width": lambda text: FOLDED["full width"](rotated(text)),
    "rot13 with zero width": lambda text: "\u200b".join(rotated(text)),
}
"""One disguise inside another."""
