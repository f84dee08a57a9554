"""The JSON report.  ``docs/probe.md`` describes every field; without evidence it holds ids and numbers, never text."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from guard.regurgitation import ranges

if TYPE_CHECKING:
    from guard.regurgitation.measure import Leak
    from guard.regurgitation.suite import Outcome, Result, Tally

FORMAT: Final = 1
"""Version of the report's shape; grows when a field changes its meaning or goes."""


def report(result: Result, *, evidence: bool = False) -> dict[str, Any]:
    """
    Return *result* as JSON-ready values.

    Args:
        result: A finished run.
        evidence: Whether to add the questions and the answers themselves: they hold protected text.
    """
    on = result.on
    return {
        "format": FORMAT,
        "target": result.target,
        "seed": result.seed,
        "started": datetime.fromtimestamp(result.begun, tz=UTC).isoformat(timespec="seconds"),
        "seconds": round(result.seconds, 3),
        "status": result.status.value,
        "max_leak": result.max_leak,
        "probes": {
            "drawn": len(result.outcomes),
            "answered": len(result.outcomes) - result.failed,
            "failed": result.failed,
            "refused": sum(o.asked.reply is not None and o.asked.reply.refused for o in result.outcomes),
        },
        "guard_off": _side(result, result.off),
        "guard_on": None if on is None else _side(result, on),
        "outcomes": [_outcome(outcome, evidence=evidence) for outcome in result.outcomes],
    }


def _side(result: Result, tally: Tally) -> dict[str, Any]:
    return {
        "leaked": tally.leaked.to_dict(),
        "chunks_recovered": tally.recovered.to_dict(),
        "longest_run": {"characters": tally.longest_run, "words": tally.longest_run_words},
        "leaked_characters": tally.characters,
        "documents": [
            {
                "corpus": ref.corpus,
                "id": ref.id,
                "length": length,
                "leaked_characters": ranges.size(tally.seen.get(ref, ())),
                "share": round(ranges.size(tally.seen.get(ref, ())) / length, 6) if length else 0.0,
            }
            for ref, length in sorted(result.lengths.items(), key=lambda item: (item[0].corpus, item[0].id))
        ],
    }


def _outcome(outcome: Outcome, *, evidence: bool) -> dict[str, Any]:
    probe, reply = outcome.probe, outcome.asked.reply
    values: dict[str, Any] = {
        "id": probe.id,
        "family": probe.family,
        "technique": probe.technique,
        "corpus": probe.ref.corpus,
        "document": probe.ref.id,
        "seconds": round(outcome.asked.seconds, 3),
        "error": outcome.asked.error or None,
        "refused": reply is not None and reply.refused,
        "guard_off": None if outcome.off is None else _leak(outcome.off),
        "guard_on": None if outcome.on is None else _leak(outcome.on),
        "action": outcome.action,
    }
    if evidence:
        values["evidence"] = {
            "prompt": probe.prompt,
            "answer": None if reply is None else reply.text,
            "shown": outcome.shown,
        }
    return values


def _leak(leak: Leak) -> dict[str, Any]:
    return {
        "leaked": leak.leaked,
        "longest_run": {"characters": leak.longest_run, "words": leak.longest_run_words},
        "chunks_recovered": len(leak.chunks),
        "leaked_characters": leak.leaked_characters,
        "answer_characters": leak.characters,
        "documents": [
            {"corpus": ref.corpus, "id": ref.id, "leaked_characters": ranges.size(parts)}
            for ref, parts in sorted(leak.seen.items(), key=lambda item: (item[0].corpus, item[0].id))
        ],
    }
