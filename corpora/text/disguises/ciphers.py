"""Shifted letters, signs that stand for letters, and letters in reverse."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import numpy as np

from corpora.kernels.letters import LEET, TURNED
from corpora.text.disguises.fit import FIT, LEET_LETTERS
from corpora.text.disguises.view import View, pending
from corpora.text.folding import fold

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    I64 = NDArray[np.int64]

NEAR: Final = 3
"""Blocks between two of one reading that are read together."""
ENOUGH: Final = 2
"""Blocks of one reading that make a stretch."""
SURE: Final = 400
"""What a single block gains that makes one."""
_A: Final = ord("a")
_ROT13: Final = 13
_LETTERS: Final = 26
_TOKEN: Final = re.compile(r"\S+")
_SHORT_LEET: Final = {"70": "to", "47": "at", "50": "so", "45": "as", "4": "a", "1": "i", "15": "is", "17": "it"}


def ciphers(text: str, blocks: I64) -> Iterator[View]:
    """
    Yield the readings of the stretches whose blocks fit better when they are deciphered.

    Args:
        text: The text.
        blocks: int64, shape ``(b, 4)``; see :func:`corpora.kernels.letters.blocks`.
    """
    flagged = np.flatnonzero(blocks[:, 2])
    for reading in sorted({int(blocks[number, 2]) for number in flagged}):
        numbers = flagged[blocks[flagged, 2] == reading]
        for group in np.split(numbers, np.flatnonzero(np.diff(numbers) > NEAR) + 1):
            first, last = int(group[0]), int(group[-1])
            begin = int(blocks[max(first - 1, 0), 0])
            end = int(blocks[min(last + 1, len(blocks) - 1), 1])
            # The last block of a text may still grow.
            is_open = len(blocks) - 1 - last <= NEAR + 1
            held = begin if is_open else None
            if len(group) >= ENOUGH or blocks[first, 3] >= SURE:
                yield from _readings(text, begin, end, reading, held)
            elif is_open:
                yield pending("cipher", begin)


def _readings(text: str, begin: int, end: int, reading: int, held: int | None) -> Iterator[View]:
    places = np.arange(begin, end, dtype=np.int64)
    read, name = text[begin:end], "plain"
    if reading >= LEET:
        read, name = _unleet(read), "leetspeak"
    reading %= LEET
    shift = reading % TURNED
    if shift:
        other = "rot13" if shift == _ROT13 else "shift"
        read, name = _shifted(read, shift), other if name == "plain" else f"{name}+{other}"
    if reading < TURNED:
        yield View(name, read, places, places + 1, held, windowed=True)
        return
    name = "backwards" if name == "plain" else f"{name}+backwards"
    yield View(name, read[::-1], places[::-1], places[::-1] + 1, held, windowed=False)
    order = np.arange(len(read), dtype=np.int64)
    for token in _TOKEN.finditer(read):
        order[token.start() : token.end()] = np.arange(token.end() - 1, token.start() - 1, -1)
    apart = "".join([read[at] for at in order.tolist()])
    yield View(f"{name} words", apart, places[order], places[order] + 1, held, windowed=True)


def deciphered(letters: str, where: I64, reading: int) -> tuple[str, I64, str]:
    """Return letters read so, their places, and the name of the cipher."""
    shift = reading % TURNED
    name = ("rot13" if shift == _ROT13 else "shift") if shift else "backwards"
    letters = _shifted(letters, shift) if shift else letters
    return (letters[::-1], where[::-1], name) if reading >= TURNED else (letters, where, name)


def _shifted(text: str, shift: int) -> str:
    """Return *text* with its Latin letters, folded, moved back by *shift*."""
    table: dict[int, int] = {}
    for char in set(text):
        form = fold(char)[1]
        if len(form) == 1 and "a" <= form <= "z":
            table[ord(char)] = (ord(form) - _A - shift) % _LETTERS + _A
    return text.translate(table)


def _unleet(text: str) -> str:
    """Return *text* with letters for the signs that stand in words."""
    return _TOKEN.sub(lambda token: _word(token.group()), text)


def _word(token: str) -> str:
    core = token.strip(".,;:?()\"'")
    if not any("a" <= char.lower() <= "z" for char in core):
        known = _SHORT_LEET.get(core)
        return token if known is None else token.replace(core, known)
    return "".join([_letter(token, at) for at in range(len(token))])


def _letter(token: str, at: int) -> str:
    char = token[at]
    code = ord(char)
    if code >= len(LEET_LETTERS) or LEET_LETTERS[code] < 0:
        return char
    before, after = token[at - 1 : at], token[at + 1 : at + 2]
    if not (_sign_or_letter(before) or _sign_or_letter(after)) or (char in "!+|" and not _sign_or_letter(after)):
        return char
    if char == "1":
        return max("il", key=lambda letter: _fits(before, letter) + _fits(letter, after))
    return chr(_A + int(LEET_LETTERS[code]))


def _sign_or_letter(char: str) -> bool:
    return char.isalnum() or (char != "" and char in "@$")


def _fits(one: str, other: str) -> int:
    return int(FIT[_class(one) * 32 + _class(other)])


def _class(char: str) -> int:
    if not char:
        return _LETTERS
    lower = char.lower()
    if "a" <= lower <= "z":
        return ord(lower) - _A
    code = ord(char)
    return int(LEET_LETTERS[code]) if code < len(LEET_LETTERS) and LEET_LETTERS[code] >= 0 else _LETTERS
