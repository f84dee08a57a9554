"""Text folded for comparison, each folded character knowing where it came from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from corpora.kernels.folding import fold
from corpora.span import Span
from corpora.text.folding import TABLE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    U32 = NDArray[np.uint32]
    I64 = NDArray[np.int64]
    Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class NormalizedText:
    """
    The letters and digits of a text, folded; everything else is dropped.

    Word breaks are not characters here (so ``m e r g e r`` equals ``merger``); :attr:`starts` keeps them apart.

    Attributes:
        codes: uint32, shape ``(n,)``: folded code points.
        origin: int64, shape ``(n,)``, not decreasing: offset in the original text of the code point each came from.
        starts: bool, shape ``(n,)``: whether a word begins here.
        length: Code points of the original text.
    """

    codes: U32
    origin: I64
    starts: Bools
    length: int

    @property
    def text(self) -> str:
        """The folded characters as a string."""
        return self.codes.astype("<u4").tobytes().decode("utf-32-le", "surrogatepass")

    def __len__(self) -> int:
        return len(self.codes)

    def to_original(self, span: Span) -> Span:
        """
        Return the original range of a range of folded characters; both ends belong to it.

        Raises:
            ValueError: The range is empty or outside the folded text.
        """
        if not 0 <= span.start < span.end <= len(self.codes):
            raise ValueError(f"[{span.start}, {span.end}) is not a range of {len(self.codes)} folded characters")
        return Span(int(self.origin[span.start]), int(self.origin[span.end - 1]) + 1)


def code_points(text: str) -> U32:
    """Return the code points of *text*, uint32, shape ``(len(text),)``; lone surrogates are kept."""
    if text.isascii():
        return np.frombuffer(text.encode("ascii"), dtype=np.uint8).astype(np.uint32)
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4").astype(np.uint32)


def normalize(text: str) -> NormalizedText:
    """Fold *text*: case, width, compatibility forms, marks, look-alikes; see :mod:`corpora.text.folding`."""
    return normalize_codes(code_points(text))


def normalize_codes(codes: U32) -> NormalizedText:
    """Fold code points, uint32, shape ``(n,)``; origins are positions in *codes*."""
    if len(codes) and codes.max() >= 0x300:  # noqa: PLR2004 - the first three blocks are always filled
        TABLE.prepare(codes)
    folded, origin, starts = fold(codes, TABLE.kinds, TABLE.entries, *TABLE.expansions)
    return NormalizedText(folded, origin, starts, len(codes))
