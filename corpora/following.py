"""The version of a corpus that is in force, open; whoever put it there."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING

from corpora.errors import CorpusError
from corpora.index.directory import stamp_of
from corpora.index.snapshot import open_snapshot
from corpora.matching.matcher import Matcher

if TYPE_CHECKING:
    from pathlib import Path

    from corpora.index.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Opened:
    """One version, open, and a matcher for each of its segments."""

    snapshot: Snapshot
    matchers: tuple[Matcher, ...]


class Following:
    """
    Opens the version in force of one corpus, and the next one as soon as there is one.

    Safe to use from several threads; calls that still run keep the version that they began with.

    Raises:
        CorpusNotFound: Nothing was built there.
        CorpusVersion: Another version of this program wrote it.
        CorpusCorrupt: It is truncated or altered.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._lock = Lock()
        self._opened: Opened | None = _matched(open_snapshot(directory), None)

    def now(self) -> Opened:
        """
        Return the version in force, opening it where it is newer than the one at hand.

        Raises:
            CorpusError: The corpus is closed, or the version in force cannot be read: what it holds is not known.
        """
        opened = self._opened
        if opened is None:
            raise CorpusError("the corpus is closed")
        stamp = stamp_of(self._directory)
        if stamp is None or stamp == opened.snapshot.stamp:
            # Where nothing is in force any more, the directory was moved or removed: what was read last still holds.
            return opened
        return self._newer()

    def close(self) -> None:
        """Let go of the files; closing twice does nothing."""
        with self._lock:
            self._opened = None

    def _newer(self) -> Opened:
        """Open what is in force now, unless another thread just did."""
        with self._lock:
            opened = self._opened
            if opened is None:
                raise CorpusError("the corpus is closed")
            before = opened.snapshot.version
            if stamp_of(self._directory) != opened.snapshot.stamp:
                snapshot = open_snapshot(self._directory, opened.snapshot)
                version = snapshot.version
                if (version.corpus, version.kind) != (before.corpus, before.kind):
                    raise CorpusError(
                        f"{self._directory} now holds the {version.kind} corpus {version.corpus!r} in place of "
                        f"the {before.kind} corpus {before.corpus!r}; open it anew"
                    )
                opened = self._opened = _matched(snapshot, opened)
            return opened


def _matched(snapshot: Snapshot, before: Opened | None) -> Opened:
    """Return *snapshot* with its matchers; those of segments that did not change are taken over, caches included."""
    known = {} if before is None else dict(zip(map(id, before.snapshot.segments), before.matchers, strict=True))
    return Opened(snapshot, tuple(known.get(id(segment)) or Matcher(segment) for segment in snapshot.segments))
