"""
Families of near-duplicates: documents that share one account, whatever their names and small edits.

Every text has a sketch, the smallest hashes of its runs of words.  A text joins the family whose first member it nearly
equals; it is compared with the first member only, so that a chain of drifting copies does not end up far from where it
began.  Sketches are kept with the index: a text of the next build that nearly equals one of this joins its family.

Source:
    Broder, *On the resemblance and containment of documents* (SEQUENCES 1997).
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from corpora.text.hashing import mix, run_hashes

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    U32 = NDArray[np.uint32]
    U64 = NDArray[np.uint64]
    I64 = NDArray[np.int64]

FAMILIES_FILE: Final = "documents.families"
RUN: Final = 4
"""Words of one run."""
KEPT: Final = 32
"""Hashes of a sketch."""
ALIKE: Final = 0.8
"""Part of the smaller text's runs that the larger one holds where they are near-duplicates."""
LARGER: Final = 2.0
"""A text with more times the runs of another is no near-duplicate: it holds the other one and much else."""
_ASKED: Final = 6
"""The smallest hashes by which candidates are found: one of them is common nearly always."""
_CANDIDATES: Final = 8
"""Texts looked at for each of these hashes, the first ones."""
_COMPARED: Final = 3
"""Families whose first member a text is compared with, those with the most common hashes."""
_SPARE: Final = 4.0
"""Runs are looked at whose hash is below what so many sketches would need."""
_NONE: Final = np.uint32(0xFFFFFFFF)


@dataclass(frozen=True, slots=True)
class Families:
    """
    The families of one segment's texts.

    Attributes:
        names: Names of the families.
        of: int64, shape ``(t,)``: the family of each text, an index of *names*.
        sizes: int64, shape ``(t,)``: runs of words of each text.
        sketches: uint32, shape ``(t, KEPT)``: increasing, filled up with the largest number.
    """

    names: tuple[str, ...]
    of: I64
    sizes: I64
    sketches: U32

    def name(self, text: int) -> str:
        """Return the family of a text."""
        return self.names[int(self.of[text])]

    def write(self, directory: Path) -> None:
        """Write the file that :func:`read_families` reads."""
        head = json.dumps({"texts": len(self.of), "names": self.names}).encode()
        with (directory / FAMILIES_FILE).open("wb") as file:
            file.write(head + b"\n")
            for column in (self.of, self.sizes, self.sketches):
                file.write(column.astype("<u4").tobytes())


def read_families(directory: Path) -> Families:
    """
    Return what :meth:`Families.write` wrote into *directory*.

    Raises:
        ValueError: It is damaged.
        OSError: It is not there or cannot be read.
    """
    path = directory / FAMILIES_FILE
    with path.open("rb") as file:
        head = file.readline()
    known = json.loads(head)
    names = known.get("names") if isinstance(known, dict) else None
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise ValueError("the families have no names")
    # Most of it is only looked at by the next writer.
    numbers = np.memmap(path, dtype="<u4", mode="r", offset=len(head))
    texts = len(numbers) // (KEPT + 2)
    of, sizes = numbers[:texts].astype(np.int64), numbers[texts : 2 * texts].astype(np.int64)
    if len(numbers) != texts * (KEPT + 2) or (texts and int(of.max()) >= len(names)):
        raise ValueError("the families do not fit the texts")
    return Families(tuple(names), of, sizes, numbers[2 * texts :].reshape(texts, KEPT))


def sketched(words: Iterable[tuple[U64, I64]], starts: I64) -> tuple[I64, U32]:
    """
    Sketch every text.

    Args:
        words: Chunks of words in the order of the texts, each beginning with the last ``RUN - 1`` of the one before:
            hashes, of which the low 32 bits count, and places in the text store.
        starts: int64, shape ``(t,)``: where each text begins in the text store.

    Returns:
        Runs of each text, int64, shape ``(t,)``, and sketches as in :class:`Families`.
    """
    sizes = np.zeros(len(starts), dtype=np.int64)
    found = np.full((len(starts), KEPT), _NONE, dtype=np.uint32)
    waiting = np.zeros(0, dtype=np.uint64)
    for hashes, places in words:
        count = len(hashes) - RUN + 1
        if count <= 0:
            continue
        short = mix(run_hashes(hashes & np.uint64(0xFFFFFFFF), RUN)) >> np.uint64(32)
        first, last = (np.searchsorted(starts, places[[0, -1]], side="right") - 1).tolist()
        here = np.arange(first, last + 1)
        begins = np.append(places.searchsorted(starts[here]), len(places))
        begins[0] = 0
        # A run belongs to one text: the last words of each begin none.
        amounts = np.maximum(np.diff(begins) - RUN + 1, 0)
        sizes[here] += amounts
        whole = np.repeat(begins[:-1], amounts) + np.arange(int(amounts.sum()))
        whole -= np.repeat(np.cumsum(amounts) - amounts, amounts)
        # Of a long text only the smallest hashes are worth sorting.
        most = np.minimum(_SPARE * KEPT / np.maximum(amounts, 1), 1.0) * 2.0**32
        few = short[whole] < np.repeat(most.astype(np.uint64), amounts)
        keys = np.repeat(here.astype(np.uint64) << np.uint64(32), amounts)[few] | short[whole[few]]
        waiting = _least(np.concatenate((waiting, keys)))
        done = waiting >> np.uint64(32) < last
        _fill(found, waiting[done])
        waiting = waiting[~done]
    _fill(found, waiting)
    return sizes, found


def _least(keys: U64) -> U64:
    """Return the :data:`KEPT` smallest different hashes of each text; text in the high half of the key."""
    keys = np.sort(keys)
    keys = keys[np.concatenate(([True], keys[1:] != keys[:-1]))] if len(keys) else keys
    rank = _rank(keys >> np.uint64(32))
    return keys[rank < KEPT]


def _rank(groups: NDArray[np.generic]) -> I64:
    """Return the place of each element among the equal ones beside it."""
    new = np.flatnonzero(np.concatenate(([True], groups[1:] != groups[:-1]))) if len(groups) else np.zeros(0, np.int64)
    return np.arange(len(groups)) - np.repeat(new, np.diff(new, append=len(groups)))


def _fill(found: U32, keys: U64) -> None:
    text = (keys >> np.uint64(32)).astype(np.int64)
    found[text, _rank(text)] = (keys & np.uint64(0xFFFFFFFF)).astype(np.uint32)


def alike(one: U32, size: int, other: U32, other_size: int) -> bool:
    """
    Say whether two texts are near-duplicates, judged by their sketches.

    Args:
        one: uint32, shape ``(KEPT,)``: a sketch.
        size: Runs of its text.
        other: The other sketch.
        other_size: Runs of the other text.
    """
    small, large = sorted((size, other_size))
    if small == 0 or large > LARGER * small:
        return False
    # Sets of Python's are several times faster here than arrays of 32 numbers.
    mine, its = set(one.tolist()), set(other.tolist())
    common = (mine & its) - {int(_NONE)}
    if not common:
        return False
    least = sorted((mine | its) - {int(_NONE)})[:KEPT]
    shared = sum(value in common for value in least) / len(least)
    # From resemblance to containment: the shared runs are this part of all, and the smaller text has so many.
    return shared * (small + large) / ((1.0 + shared) * small) >= ALIKE


def joined(
    sizes: I64, sketches: U32, *, given: Sequence[str | None], own: Sequence[str], before: Sequence[Families]
) -> Families:
    """
    Give every text its family.

    Args:
        sizes: Runs of each text.
        sketches: As in :class:`Families`.
        given: The family that is already known of each text, None where there is none.
        own: The name under which each text would found a family.
        before: Families of texts known before, whose names are taken over.
    """
    known = sum(len(families.of) for families in before)
    every = np.concatenate([*(families.sketches for families in before), sketches])
    runs = np.concatenate([*(families.sizes for families in before), sizes]).tolist()
    # The first text of each family, by its row in *every*.
    first: dict[str, int] = {}
    names = [families.names[number] for families in before for number in families.of.tolist()]
    for row, name in enumerate(names):
        first.setdefault(name, row)
    candidates = _candidates(every, known)
    for text, inherited in enumerate(given):
        row = known + text
        if inherited is None:
            votes = Counter(first[names[other]] for other in candidates.get(row, ()))
            likely = sorted(votes, key=lambda leader: (-votes[leader], leader))[:_COMPARED]
            found = next((one for one in likely if alike(every[row], runs[row], every[one], runs[one])), None)
            names.append(own[text] if found is None else names[found])
        else:
            names.append(inherited)
        first.setdefault(names[row], row)
    mine = names[known:]
    different = {name: number for number, name in enumerate(dict.fromkeys(mine))}
    of = np.fromiter((different[name] for name in mine), dtype=np.int64, count=len(mine))
    return Families(tuple(different), of, sizes, sketches)


def _candidates(sketches: U32, known: int) -> dict[int, list[int]]:
    """Return for each row from *known* on earlier rows that have one of its smallest hashes."""
    asked = np.sort(sketches[:, :_ASKED], axis=1)
    rows = np.repeat(np.arange(len(asked)), asked.shape[1])
    values = asked.ravel()
    real = values != _NONE
    rows, values = rows[real], values[real]
    order = np.lexsort((rows, values))
    rows, values = rows[order], values[order]
    rank = _rank(values)
    begins = np.arange(len(values)) - rank
    found: dict[int, list[int]] = {}
    for place in np.flatnonzero((rank > 0) & (rows >= known)).tolist():
        begin = int(begins[place])
        found.setdefault(int(rows[place]), []).extend(rows[begin : min(place, begin + _CANDIDATES)].tolist())
    return found
