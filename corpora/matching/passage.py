"""A passage found in one window, before windows are joined."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Piece(NamedTuple):
    """
    Two ranges of original code points that correspond; character by character where they are equally long.

    Attributes:
        start: First code point in the answer.
        end: One past the last.
        source_start: First code point in the source text.
        source_end: One past the last.
        same: Folded characters that are equal on both sides.
        other: Folded characters that are not; the longer side counts.
    """

    start: int
    end: int
    source_start: int
    source_end: int
    same: int
    other: int


@dataclass(frozen=True, slots=True)
class Passage:
    """
    A stretch of the answer that one window found copied.

    Attributes:
        window: Number of the window.
        text: Number of the text it is copied from.
        pieces: In answer order, without gaps between them in the answer.
    """

    window: int
    text: int
    pieces: tuple[Piece, ...]

    @property
    def start(self) -> int:
        """First code point of the answer that belongs to it."""
        return self.pieces[0].start

    @property
    def end(self) -> int:
        """One past the last."""
        return self.pieces[-1].end
