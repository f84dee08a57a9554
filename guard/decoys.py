"""Which documents are decoys, which nobody has, and what of a retrieved text may go into a prompt."""

from __future__ import annotations

import time
from collections.abc import Collection, Container, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from corpora.document import DocumentRef
from corpora.planting import is_decoy, read_marker, without_markers
from corpora.planting.markers import HEAD
from corpora.planting.marking import planted
from guard.principal import Principal
from guard.rights import UNKNOWN
from guard.verdict import Dropped, Reason
from guard.watch import Retrieved, Watch

if TYPE_CHECKING:
    from corpora.corpus import Corpus


class Decoys(Container[DocumentRef]):
    """
    Knows decoys by their ids, and by the markers in their text; without keys there are none.

    Args:
        keys: Keys of planted markers.
    """

    def __init__(self, keys: Iterable[bytes] = ()) -> None:
        self._keys = tuple(keys)

    def __contains__(self, ref: object) -> bool:
        return isinstance(ref, DocumentRef) and any(is_decoy(key, ref.corpus, ref.id) for key in self._keys)

    def for_prompt(self, chunk: str) -> str | None:
        """Return a retrieved text without markers; None where these say that it is a decoy's."""
        return None if self._of_decoy(chunk) else without_markers(chunk)

    def cut_out(self, text: str, decoys: Collection[DocumentRef], corpora: Mapping[str, Corpus]) -> str:
        """
        Return *text*, which holds more than one retrieved text, without markers and without what is a decoy's.

        Args:
            text: A message to a model.
            decoys: Decoys whose text was recognised in it; all that they hold goes.
            corpora: Open corpora by name.

        Raises:
            corpora.errors.CorpusError: An index cannot be read, or the text holds more than can be looked at.
        """
        blocks = [block for block in text.split("\n\n") if not self._of_decoy(block)]
        text = without_markers("\n\n".join(blocks))
        for name in sorted({ref.corpus for ref in decoys} & corpora.keys()):
            ids = {ref.id for ref in decoys if ref.corpus == name}
            found = [match.span for match in corpora[name].matches(text) if match.document_id in ids]
            for span in sorted(found, key=lambda one: one.start, reverse=True):
                text = text[: span.start] + text[max(span.end, span.start) :]
        return text

    def _of_decoy(self, text: str) -> bool:
        if not self._keys or HEAD.upper() not in text:
            return False
        bodies = (found.partition("-")[2].replace("-", "") for _, found in planted(text))
        return any((mark := read_marker(key, body)) is not None and mark.decoy for body in bodies for key in self._keys)


def met_decoys(
    decoys: Decoys, documents: Iterable[DocumentRef], watch: Watch, principal: Principal, *, request_id: str
) -> tuple[DocumentRef, ...]:
    """Return the decoys among the *documents* of a prompt, and tell *watch* that they were retrieved and dropped."""
    found = tuple(ref for ref in documents if ref in decoys)
    if found:
        watch.tell(
            Retrieved(
                at=time.time(),
                principal=principal,
                request_id=request_id,
                question=None,
                kept=(),
                dropped=tuple(Dropped(ref=ref, reason=Reason.ENTITLEMENT) for ref in found),
                rights=dict.fromkeys(found, UNKNOWN),
            )
        )
    return found


class Withheld(Container[DocumentRef]):
    """Documents that nobody may have: those contained, and decoys."""

    def __init__(self, *parts: Container[DocumentRef]) -> None:
        self._parts: Sequence[Container[DocumentRef]] = parts

    def __contains__(self, ref: object) -> bool:
        return any(ref in part for part in self._parts)
