"""What every match of a pattern must hold: a short piece of fixed length, as telling as the pattern allows."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import product
from re import _parser  # type: ignore[attr-defined]  # what the parser of `re` accepts is what runs
from typing import Any, Final

LONGEST: Final = 20
"""Most characters of a factor: more tell nothing more, and cost time to compile."""

_MOST: Final = 64
"""Most sequences a pattern is taken apart into; what would be more is cut into pieces."""

_ALL: Final = frozenset(range(256))
_START: Final = 256
"""Stands in an atom for the start of the text."""
_GAP: Final = None
_WIDE: Final = 0x100
"""The first character that Latin-1 does not hold."""
_LITERAL_WORTH: Final = 2.5
"""How much more a single byte counts than a class: it is not met again in each place of a long run."""
Atom = frozenset[int] | None
"""The bytes that may stand in one place, or None where any number of any characters may stand."""


@cache
def factors(pattern: str) -> tuple[str, ...]:
    """
    Return regular expressions of which every match of *pattern* holds at least one.

    They are for bytes: text in Latin-1, where what does not fit is a question mark.  Each is a sequence of character
    classes, at most :data:`LONGEST` of them.  Look-around is left out: they match more than *pattern* does, never less.
    """
    parsed = _parser.parse(pattern)
    sequences = _sequences(parsed, ignore_case=bool(parsed.state.flags & re.IGNORECASE), first=True)
    return tuple(dict.fromkeys(_written(_best(sequence)) for sequence in sequences))


def _sequences(parsed: Iterable[tuple[Any, Any]], *, ignore_case: bool, first: bool) -> list[list[Atom]]:
    """Return the sequences of atoms of which every match follows one."""
    sequences: list[list[Atom]] = [[]]
    for operator, argument in parsed:
        if str(operator) == "ASSERT_NOT" and sequences == [[]] and first:
            sequences = [_boundary(argument)]
            continue
        parts = _parts(operator, argument, ignore_case=ignore_case, first=first and sequences == [[]])
        if len(sequences) * len(parts) > _MOST:
            parts = [[_GAP]]
        sequences = [[*head, *tail] for head, tail in product(sequences, parts)]
    return sequences


def _parts(operator: Any, argument: Any, *, ignore_case: bool, first: bool) -> list[list[Atom]]:
    name = str(operator)
    if name in {"LITERAL", "NOT_LITERAL", "IN", "ANY"}:
        return [[_atom(name, argument, ignore_case=ignore_case)]]
    if name == "SUBPATTERN":
        flags = bool(argument[1] & re.IGNORECASE) or ignore_case
        return _sequences(argument[3], ignore_case=flags, first=first)
    if name == "ATOMIC_GROUP":
        return _sequences(argument, ignore_case=ignore_case, first=first)
    if name == "BRANCH":
        return [
            sequence for branch in argument[1] for sequence in _sequences(branch, ignore_case=ignore_case, first=first)
        ]
    if name in {"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"}:
        return _repeated(*argument, ignore_case=ignore_case, first=False)
    if name in {"ASSERT", "ASSERT_NOT", "AT"}:
        return [[]]
    return [[_GAP]]


def _repeated(least: int, most: int, what: Any, *, ignore_case: bool, first: bool) -> list[list[Atom]]:
    inner = _sequences(what, ignore_case=ignore_case, first=first)
    if len(inner) > 1 and least * math.log(len(inner)) > math.log(_MOST):
        inner = [[_GAP]]
    repeated = [[atom for part in parts for atom in part] for parts in product(inner, repeat=min(least, LONGEST))]
    exact = least == most and least <= LONGEST
    if exact:
        return repeated
    # Of a longer run the beginning and the end are known: both are offered, with anything between them.
    return [[*one, _GAP, *one] if least else [_GAP] for one in repeated]


def _boundary(argument: Any) -> list[Atom]:
    """Return the atom in front of a match that a look-behind at its start asks for; none where it asks for more."""
    direction, what = argument
    if direction > 0 or len(what) != 1 or str(what[0][0]) not in {"LITERAL", "IN"}:
        return []
    name, inside = what[0]
    forbidden = _bytes(inside) if str(name) == "LITERAL" else _class(inside)
    return [(_ALL - forbidden) | _bytes(_WIDE) | {_START}]


def _atom(name: str, argument: Any, *, ignore_case: bool) -> frozenset[int]:
    if name == "ANY":
        return _ALL
    if name == "LITERAL":
        found = _bytes(argument)
    elif name == "NOT_LITERAL":
        found = (_ALL - _bytes(argument)) | _bytes(_WIDE)
    else:
        found = _class(argument)
    if ignore_case:
        found |= frozenset(ord(chr(byte).swapcase()) for byte in found if byte < 128)  # noqa: PLR2004 - ASCII
    return found


def _class(items: Sequence[tuple[Any, Any]]) -> frozenset[int]:
    found: frozenset[int] = frozenset()
    negated = False
    for operator, argument in items:
        name = str(operator)
        if name == "NEGATE":
            negated = True
        elif name == "LITERAL":
            found |= _bytes(argument)
        elif name == "RANGE":
            found |= frozenset(
                byte for char in range(argument[0], min(argument[1], _WIDE) + 1) for byte in _bytes(char)
            )
        else:
            # A category such as \s or \w: taken whole where it is wanted, left out where it is not.
            found |= frozenset() if negated else _ALL
    return (_ALL - found) | _bytes(_WIDE) if negated else found


def _bytes(char: int) -> frozenset[int]:
    return frozenset({char if char < _WIDE else ord("?")})


def _best(sequence: Sequence[Atom]) -> Sequence[frozenset[int]]:
    """Return the piece of *sequence* without gaps that chance makes least often."""
    best: Sequence[frozenset[int]] = ()
    most = -1.0
    piece: list[frozenset[int]] = []
    for atom in [*sequence, _GAP]:
        if atom is not _GAP:
            piece.append(atom)
            continue
        for start in range(max(1, len(piece) - LONGEST + 1)):
            window = piece[start : start + LONGEST]
            surprise = sum(_surprise(one) for one in window)
            if surprise > most:
                best, most = window, surprise
        piece = []
    return best


def _surprise(atom: frozenset[int]) -> float:
    """Return how many bits it tells that a character is in *atom*; capitals and signs are rarer than small letters."""
    bits = -math.log2(sum(_FREQUENCY[byte] for byte in atom if byte != _START))
    return bits * (_LITERAL_WORTH if len(atom) == 1 or _START in atom else 1.0)


def _frequencies() -> tuple[float, ...]:
    raw = [0.5] * 256
    for byte in range(128):
        char = chr(byte)
        raw[byte] = 40.0 if char.islower() else 15.0 if char == " " else 4.0 if char.isalnum() else 2.0
    return tuple(one / sum(raw) for one in raw)


_FREQUENCY: Final = _frequencies()


def _written(atoms: Sequence[frozenset[int]]) -> str:
    """Return *atoms* as a regular expression for bytes; equal neighbours are counted."""
    out: list[str] = []
    at = 0
    while at < len(atoms):
        size = 1
        while at + size < len(atoms) and atoms[at + size] == atoms[at]:
            size += 1
        out.append(_one(atoms[at]) + (f"{{{size}}}" if size > 1 else ""))
        at += size
    return "".join(out)


def _one(atom: frozenset[int]) -> str:
    if _START in atom:
        return f"(?:^|{_one(atom - {_START})})"
    if len(atom) == 1:
        return f"\\x{next(iter(atom)):02x}"
    parts = []
    ordered = sorted(atom)
    start = last = ordered[0]
    for byte in [*ordered[1:], 999]:
        if byte != last + 1:
            parts.append(f"\\x{start:02x}" if start == last else f"\\x{start:02x}-\\x{last:02x}")
            start = byte
        last = byte
    return f"[{''.join(parts)}]"
