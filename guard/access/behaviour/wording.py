"""
How a question is worded: what it resembles, whether it is a sentence, whether it asks for the context itself.

Nothing of it can be turned back into the question: hashes of words go in, counts and one hash per question come out.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from guard.access.behaviour.dumping import asks_for_context

LOOKED_AT: Final = 2_000
"""Characters looked at from each end of a question."""
ENDS: Final = 60
"""Words looked at of a question that may carry what was retrieved; its user's own words stand at one end of it."""
BINS: Final = 64
"""Bins in which words are counted for the entropy."""
FEW_WORDS: Final = 8
"""A question of fewer words need not be a sentence: people type keywords."""
LATIN: Final = 0x24F
"""Last letter of the alphabets whose commonest words are listed."""

_WORD: Final = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)?")
_NUMBER: Final = re.compile(r"\d+")
# The commonest words of a few languages: no sentence of eight words goes without any of them.
_FUNCTION_WORDS: Final = frozenset(
    """
    a about after all an and any are as at be because been before but by can could did do does for from had has have he
    her his how i if in into is it its me my no not of on one or our out she should so some than that the their them
    then there they this to up us was we were what when where which who why will with would you your
    aber als am auch auf aus bei bin bis da das dass dem den der des die ein eine einem einen einer er es für hat ich
    ihr im in ist kann man mein mit muss nach nicht noch nur oder sich sie sind so um und uns von vor wann war was wenn
    wer werden wie wir wird wo zu zum zur über
    au aux avec ce ces comme dans de des du elle en est et il ils je la le les leur mais mon ne nous on ou où par pas
    plus pour qu que quel qui sa se ses si son sont sur un une vous à
    al como con cual cuál del donde el ella es esta está este hay la las lo los me mi muy más no para pero por que qué
    quien se si sin sobre son su sus un una y ya
    che chi ci come cosa da dei del della di dove e gli ha i il io le mi nel non per perché più quale quando se si sono
    su tra una
    """.split()  # noqa: SIM905 - a list of two hundred quoted words says no more
)


@dataclass(frozen=True, slots=True)
class Wording:
    """
    What is kept of one question.

    Attributes:
        sketch: 64 bits; questions that share most words and pairs of words differ in few of them.
        exact: Hash of its words in order.
        skeleton: The same with every number replaced by one sign.
        words: How many words it has.
        sentence: Share of commonest words, of letters and of words that could be words, together from 0 to 1.
        dump: How plainly it asks to be shown the context, from 0 to 1.
        bins: In which of :data:`BINS` bins its words fall.
    """

    sketch: int
    exact: int
    skeleton: int
    words: int
    sentence: float
    dump: float
    bins: bytes


def wording(question: str, *, mixed: bool = False) -> Wording:
    """
    Return how *question* is worded.

    Args:
        question: Any length; both ends of a long one are looked at.
        mixed: Whether it may carry more than the user's own words; then only its ends are searched for requests.
    """
    text = question if len(question) <= 2 * LOOKED_AT else f"{question[:LOOKED_AT]} {question[-LOOKED_AT:]}"
    words = [match.group() for match in _WORD.finditer(text.casefold())]
    joined = " ".join(words)
    searched = words if not mixed or len(words) <= 2 * ENDS else [*words[:ENDS], *words[-ENDS:]]
    return Wording(
        sketch=sketch(words),
        exact=zlib.crc32(joined.encode()),
        skeleton=zlib.crc32(_NUMBER.sub("#", joined).encode()),
        words=len(words),
        sentence=_sentence(text, words),
        dump=asks_for_context(searched),
        bins=bytes(zlib.crc32(word.encode()) % BINS for word in words),
    )


def sketch_of(text: str) -> int:
    """Return the sketch of *text*, of which both ends are looked at."""
    ends = text if len(text) <= 2 * LOOKED_AT else f"{text[:LOOKED_AT]} {text[-LOOKED_AT:]}"
    return sketch([match.group() for match in _WORD.finditer(ends.casefold())])


def sketch(words: list[str]) -> int:
    """
    Return 64 bits that are near for texts that share most words and pairs of words; 0 for no words.

    Source: Charikar, *Similarity estimation techniques from rounding algorithms* (STOC 2002): two sketches differ in
    each bit with the angle of the texts over pi.
    """
    import numpy as np

    if not words:
        return 0
    features = {*words, *(f"{one} {other}" for one, other in pairwise(words))}
    hashes = np.fromiter((zlib.crc32(one.encode()) for one in features), dtype=np.uint64, count=len(features))
    # CRC32 is linear, which a vote of bits must not be: the finaliser of splitmix64 mixes it.
    hashes = (hashes + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    hashes = (hashes ^ (hashes >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    hashes = (hashes ^ (hashes >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    hashes ^= hashes >> np.uint64(31)
    bits = np.unpackbits(hashes.view(np.uint8).reshape(-1, 8), axis=1)
    votes = bits.sum(axis=0, dtype=np.int64)
    return int.from_bytes(np.packbits(2 * votes > len(features)).tobytes(), "big")


def distance(one: int, other: int) -> int:
    """Return in how many of their 64 bits two sketches differ."""
    return (one ^ other).bit_count()


def _sentence(text: str, words: list[str]) -> float:
    if len(words) < FEW_WORDS:
        return 1.0
    common = sum(word in _FUNCTION_WORDS for word in words) / len(words)
    letters = sum(character.isalpha() or character.isspace() for character in text) / len(text)
    # A language that is not in the list still has short words and few of more than twenty letters.
    short = sum(len(word) <= 4 for word in words) / len(words)  # noqa: PLR2004 - of half the words of most languages
    foreign = any(ord(character) > LATIN for word in words[:20] for character in word)
    return letters * min(1.0, 4 * common if not foreign else 1.0) * min(1.0, 3 * short if not foreign else 1.0)
