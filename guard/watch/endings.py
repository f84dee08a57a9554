"""What the guard tells about the end of an answer, and about documents that are held."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence

from corpora.document import DocumentRef
from guard.access.behaviour.wording import sketch_of
from guard.errors import GuardUnavailable
from guard.judge import PUBLIC_ONLY, Judge
from guard.request import CheckRequest
from guard.rights import UNKNOWN, Right
from guard.stream import Ended
from guard.verdict import Dropped, Kept, Reason
from guard.watch.events import Judged
from guard.watch.watching import Watch


def ending(watch: Watch, request: CheckRequest, judge: Judge) -> Callable[[Ended], None]:
    """Return what a stream calls at its end, to tell *watch* of the answer to *request*."""

    def tell(ended: Ended) -> None:
        watch.tell(
            Judged(
                at=time.time(),
                principal=request.principal,
                request_id=judge.request_id,
                question=request.question,
                context=tuple(request.context),
                action=ended.action,
                reason=ended.reason,
                findings=ended.findings,
                rights=dict(judge.rights),
                cells=judge.charged,
                answer=ended.answer,
                answered=len(ended.answer),
                shown=ended.shown,
                record=request.record,
                sketch=sketch_of(ended.answer) if request.record else None,
            )
        )

    return tell


def only_public(kept: Kept, rights: Mapping[DocumentRef, Right]) -> None:
    """
    Make sure that nothing but public documents was kept.

    Raises:
        GuardUnavailable: Something else was.
    """
    if not all(rights.get(ref, UNKNOWN).free for ref in kept.kept):
        raise GuardUnavailable(PUBLIC_ONLY)


def with_held(kept: Kept, asked: Sequence[DocumentRef]) -> Kept:
    """Return *kept* with every document of *asked* that it does not name dropped as contained, in the order asked."""
    dropped = {one.ref: one for one in kept.dropped}
    known = {*kept.kept, *dropped}
    return Kept(
        kept=kept.kept,
        dropped=tuple(
            dropped[ref] if ref in dropped else Dropped(ref=ref, reason=Reason.CONTAINED)
            for ref in asked
            if ref in dropped or ref not in known
        ),
        request_id=kept.request_id,
    )
