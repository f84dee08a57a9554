"""Words of a folded text, for scripts with and without spaces."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from corpora.kernels.hashing import split

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from corpora.text.normalize import NormalizedText

LONGEST: Final = 24
"""Characters of the longest word; longer runs (encoded data, long identifiers) are cut from their beginning."""


@dataclass(frozen=True, slots=True)
class Words:
    """
    The words of one folded text, in order.

    Attributes:
        begin: int64, shape ``(w,)``: first folded character of each word.
        end: int64, shape ``(w,)``: one past its last folded character.
        hashes: uint64, shape ``(w,)``.
    """

    begin: NDArray[np.int64]
    end: NDArray[np.int64]
    hashes: NDArray[np.uint64]

    def __len__(self) -> int:
        return len(self.begin)


def words_of(text: NormalizedText) -> Words:
    """Split *text* into words; depends on what stands left of a word and on nothing right of its end."""
    return Words(*split(text.codes, text.starts, LONGEST))
