"""Honest answers: what people are told out of documents, and what else looks as if it were a reference."""

from __future__ import annotations

import base64
import random
import re
import string
import uuid
from collections.abc import Callable, Iterator, Sequence

Kind = Callable[[Sequence[str], random.Random], str]
_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_OPENINGS = (
    "Here is what I found: ",
    "According to the documents, ",
    "In short: ",
    "Yes. ",
    "The relevant part reads as follows. ",
    "- ",
    "1. ",
    "",
)


def answers(texts: Sequence[str], count: int, chance: random.Random) -> Iterator[tuple[str, str]]:
    """
    Yield *count* answers with their kind.

    Args:
        texts: Documents to answer from.
        count: How many.
        chance: What decides.
    """
    kinds: tuple[Kind, ...] = (_extract, _extract, _stretch, _page, _references)
    for number in range(count):
        kind = kinds[number % len(kinds)]
        yield kind.__name__.strip("_"), chance.choice(_OPENINGS) + kind(texts, chance)


def _extract(texts: Sequence[str], chance: random.Random) -> str:
    """Return sentences of one to three documents, one after another."""
    found: list[str] = []
    for text in chance.choices(texts, k=chance.randint(1, 3)):
        start = chance.randrange(max(len(text) - 4_000, 1))
        sentences = [one for one in _SENTENCE.split(text[start : start + 4_000])[1:-1] if one.strip()]
        at = chance.randrange(max(len(sentences) - 3, 1))
        found += sentences[at : at + chance.randint(1, 3)]
    return " ".join(found)


def _stretch(texts: Sequence[str], chance: random.Random) -> str:
    """Return a stretch of one document as it stands: tables, code, headers, attachments and all."""
    text = chance.choice(texts)
    start = chance.randrange(max(len(text) - 1_500, 1))
    return text[start : start + chance.randint(300, 1_500)]


def _page(texts: Sequence[str], chance: random.Random) -> str:
    """Return a long answer, some 600 words."""
    text = chance.choice(texts)
    start = chance.randrange(max(len(text) - 4_000, 1))
    return text[start : start + 4_000]


def _references(texts: Sequence[str], chance: random.Random) -> str:
    """Return sentences full of numbers, keys and references of the kinds that stand in business papers."""
    words = _extract(texts, chance).split()
    for _ in range(chance.randint(5, 25)):
        words.insert(chance.randrange(len(words) + 1), chance.choice(_REFERENCES)(chance))
    return " ".join(words)


def _groups(chance: random.Random, signs: str, groups: int, size: int) -> str:
    return "-".join("".join(chance.choices(signs, k=size)) for _ in range(groups))


_REFERENCES: tuple[Callable[[random.Random], str], ...] = (
    lambda chance: str(uuid.UUID(int=chance.getrandbits(128))),
    lambda chance: f"{chance.getrandbits(160):040x}",
    lambda chance: f"sha256:{chance.getrandbits(256):064x}",
    lambda chance: base64.b64encode(chance.randbytes(chance.randint(20, 90))).decode(),
    lambda chance: _groups(chance, _CROCKFORD, chance.randint(4, 6), 4),
    lambda chance: _groups(chance, string.ascii_uppercase + string.digits, 5, 5),
    lambda chance: f"EXDOC-{_groups(chance, _CROCKFORD, 4, 4)}",
    lambda chance: f"DOC-{chance.randrange(10**6):06d}",
    lambda chance: f"{chance.randrange(10**16):016d}",
    lambda chance: "".join(chance.choices(_CROCKFORD.lower(), k=16)),
    lambda chance: "index documents " + _groups(chance, string.digits, 4, 4),
)
