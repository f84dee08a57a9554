"""Asking the target: several questions at a time, each with a time limit and a few more tries."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from guard.regurgitation.errors import TargetError
from guard.regurgitation.targets import Reply

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from guard.regurgitation.probes import Probe
    from guard.regurgitation.targets import Target

MAX_WAIT: Final = 30.0
"""Longest pause between two tries, in seconds, whatever the target asks for."""
HOPELESS: Final = 5
"""So many failures without one answer, and the target is given up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """
    One question and what came of it.

    Attributes:
        reply: The answer; None when none came.
        error: Why none came; names no text.
        seconds: From the first try to the end.
    """

    probe: Probe
    reply: Reply | None
    error: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """
    How the target is asked.

    Attributes:
        concurrency: Questions under way at a time.
        timeout: Seconds for one try.
        retries: More tries after a failure that may pass.
        pause: Seconds before the first retry; doubles each time.
    """

    concurrency: int = 4
    timeout: float = 60.0
    retries: int = 2
    pause: float = 0.5


async def ask_all(
    target: Target, probes: Sequence[Probe], patience: Patience, *, progress: Callable[[], None] | None = None
) -> list[Asked]:
    """
    Ask every question and return what came of each, in the order of *probes*.

    A question that fails stays in the result as failed.  When the first :data:`HOPELESS` questions all fail the rest is
    not asked, and fails too.

    Args:
        target: Closed by the caller.
        probes: The questions.
        patience: Limits.
        progress: Called once per question that came to an end.
    """
    slots = asyncio.Semaphore(patience.concurrency)
    answered = failed = 0

    async def one(probe: Probe) -> Asked:
        nonlocal answered, failed
        async with slots:
            if failed >= HOPELESS and not answered:
                asked = Asked(probe=probe, reply=None, error="not asked: the target failed every question before")
            else:
                asked = await _ask(target, probe, patience)
            if asked.reply is None:
                failed += 1
            else:
                answered += 1
        if progress is not None:
            progress()
        return asked

    return list(await asyncio.gather(*(one(probe) for probe in probes)))


async def _ask(target: Target, probe: Probe, patience: Patience) -> Asked:
    begun = time.monotonic()
    pause = patience.pause
    error = ""
    for attempt in range(patience.retries + 1):
        wait = 0.0
        try:
            async with asyncio.timeout(patience.timeout):
                reply = await target.ask(probe.prompt)
            return Asked(probe=probe, reply=reply, seconds=time.monotonic() - begun)
        except TimeoutError:
            error, wait = f"no answer within {patience.timeout:g} s", pause
        except TargetError as raised:
            error, wait = str(raised), pause if raised.after is None else raised.after
            if not raised.again:
                break
        if attempt < patience.retries:
            await asyncio.sleep(min(wait, MAX_WAIT))
            pause *= 2
    return Asked(probe=probe, reply=None, error=error, seconds=time.monotonic() - begun)
