"""
The keyed fixed window: the only share of a document that anybody may ever be shown word for word.

It keeps no account.  A key and the words of the document pick one stretch; every account of every tenant is shown that
stretch or nothing, so any number of them together see no more than one does.
"""

from __future__ import annotations

import hmac
from collections import OrderedDict
from hashlib import blake2b, sha256
from threading import Lock
from typing import TYPE_CHECKING, Final

from corpora.span import Span

if TYPE_CHECKING:
    from corpora.corpus import Corpus
    from corpora.document import DocumentInfo

NOTHING: Final = Span(0, 0)
"""The window of a document of which nothing may be shown."""
LANDMARKS: Final = 256
"""Places of a document among which the key chooses."""
REMEMBERED: Final = 4096
"""Windows kept in memory; each costs a walk through its document."""
SHORTEST_KEY: Final = 16
"""Bytes of a key, at least: with a shorter one the place could be found by trying keys."""


class FixedWindow:
    """
    Says where the window of a document lies.  Thread-safe, and the same in every process with the same key.

    The window begins at the landmark (a run of four words) whose keyed hash is the smallest.  So it stays on the same
    words when the document is renamed, added anew, copied into another corpus or edited elsewhere; an edit moves it
    only if it changes that landmark, or brings one with a smaller hash.  What was shown before such a move still
    counts in the ledger.

    Args:
        key: :data:`SHORTEST_KEY` secret bytes or more; None shows nothing.

    Raises:
        ValueError: The key is too short.
    """

    def __init__(self, key: bytes | None) -> None:
        if key is not None and len(key) < SHORTEST_KEY:
            raise ValueError(f"the key of the window has {len(key)} bytes; {SHORTEST_KEY} are the least")
        self._key = key
        self._lock = Lock()
        self._known: OrderedDict[tuple[str, str, str, float], Span] = OrderedDict()

    def of(self, corpus: Corpus, info: DocumentInfo, share: float) -> Span:
        """
        Return the window of a document, in code points of its text.

        Args:
            corpus: Holds the document.
            info: Of the document; its tenant, not the reader's, goes into the choice.
            share: Length of the window as a part of the document, in ``[0, 1]``.

        Returns:
            At most ``share * length`` code points; empty where there is no key or the corpus keeps no texts.

        Raises:
            corpora.errors.CorpusError: The corpus cannot be read.
        """
        if self._key is None or share <= 0.0:
            return NOTHING
        name = (info.corpus, corpus.version, info.id, share)
        with self._lock:
            found = self._known.get(name)
        if found is None:
            text = corpus.text(info.id)
            found = NOTHING if text is None else self._chosen(info.tenant, text, share)
            with self._lock:
                self._known[name] = found
                if len(self._known) > REMEMBERED:
                    self._known.popitem(last=False)
        return found

    def _chosen(self, tenant: str, text: str, share: float) -> Span:
        from corpora.text.landmarks import landmarks

        size = min(len(text), int(share * len(text)))
        # The tenant alone: no other name of a document belongs to it for ever.
        own = hmac.new(self._key or b"", b"window\x00" + tenant.encode(), sha256).digest()
        places = landmarks(text, LANDMARKS)
        fitting = [place for place in places if place[1] + size <= len(text)] or places
        start = min((_keyed(own, value), at) for value, at in fitting)[1] if fitting else 0
        return Span(min(start, len(text) - size), min(start, len(text) - size) + size)


def _keyed(key: bytes, value: int) -> bytes:
    return blake2b(value.to_bytes(8, "little"), key=key, digest_size=16).digest()
