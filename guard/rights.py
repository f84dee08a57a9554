"""What one principal may do with one document: the policy's view of it."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Final

from corpora.document import DocumentRef
from corpora.labels import RESTRICTED
from corpora.span import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Right:
    """
    What the principal of a request may do with one document.

    Attributes:
        family: Key of the ledger account, ``corpus`` and family joined by a unit separator.
        label: The document's label; unknown documents count as restricted.
        length: Of the document, in code points.
        readable: Whether the principal may read it at all.
        free: Whether the principal may read it without limit (public documents, allow corpora).
        training: Whether it is training text, which nobody may be shown.
        slot: Which part of the account's cells are this document's own; 0 for the one that the family is named after.
        window: The only part of the document that may be shown; None where that is not bounded.
    """

    family: str
    label: str
    length: int
    readable: bool
    free: bool = False
    training: bool = False
    slot: int = 0
    window: Span | None = None


UNKNOWN = Right(family="", label=RESTRICTED, length=0, readable=False)
"""A document that no open corpus knows: nobody may read it."""


def family_key(corpus: str, family: str) -> str:
    """Return the key of a family's ledger account; the separator cannot occur in a corpus name."""
    return f"{corpus}\x1f{family}"


SLOT_CELLS: Final = 1 << 20
"""Cells from one slot to the next, 32 million characters; a longer document runs on into the next slot."""
_SLOTS: Final = 4_000


def slot_of(family: str, document_id: str) -> int:
    """
    Return the slot of a document in the account of its family.

    Near-duplicates share an account but not their offsets: what stands in one of them only must not pass for shown
    because other text stands at that place in another.
    """
    return 0 if document_id == family else 1 + zlib.crc32(document_id.encode()) % _SLOTS


def document_key(ref: DocumentRef) -> str:
    """Return the name of a document in one string; the separator cannot occur in a corpus name."""
    return f"{ref.corpus}\x1f{ref.id}"


def document_ref(key: str) -> DocumentRef:
    """Return the document that :func:`document_key` named."""
    corpus, _, document_id = key.partition("\x1f")
    return DocumentRef(corpus, document_id)
