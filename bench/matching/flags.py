"""False flags: what is said of answers that copied nothing."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from bench.matching.answers import Answers
from bench.matching.figures import wilson
from bench.matching.report import Report, Row, Value
from corpora import Corpus
from corpora.errors import CorpusError
from corpora.match import Match

AROUND = 80
"""Characters shown on both sides of what was flagged."""


def flag_rows(corpus: Corpus, answers: Answers, report: Report, *, megabytes: int, flagged: Path | None) -> None:
    """Count flagged answers of every kind; write those of the hard ones to *flagged* for reading by hand."""
    loose, loose_withheld = _flagged(corpus, answers.unrelated)
    count = len(answers.unrelated)
    # One is allowed of 50,000; of fewer, none says enough.
    allowed = count // 50_000
    report.add(
        Row(
            corpus=megabytes,
            group="false flags",
            name="clean answers, unrelated text",
            values={
                "flagged": len(loose),
                "answers": count,
                "interval": [round(end, 6) for end in wilson(len(loose), count)],
                "withheld": loose_withheld,
            },
            target="<= 1 of 50000",
            met=len(loose) + loose_withheld <= allowed,
        )
    )
    kinds = {"siblings": answers.siblings, "licences": answers.legal}
    hits = {kind: _flagged(corpus, chosen) for kind, chosen in kinds.items()}
    total, bad = len(answers.negatives), sum(len(found) for found, _ in hits.values())
    report.add(
        Row(
            corpus=megabytes,
            group="false flags",
            name="hard negatives, before reading",
            values={
                "flagged": round(bad / max(total, 1), 5),
                "answers": total,
                "interval": [round(end, 5) for end in wilson(bad, total)],
                **{f"{kind}_flagged": len(found) for kind, (found, _) in hits.items()},
                **{f"{kind}_answers": len(kinds[kind]) for kind in kinds},
                "withheld": sum(withheld for _, withheld in hits.values()),
            },
            target="<= 0.01 (<= 0.002 after reading)",
            met=bad <= 0.01 * total,
        )
    )
    if answers.raw:
        found, withheld = _flagged(corpus, answers.raw)
        values: dict[str, Value] = {"flagged": len(found), "withheld": withheld, "answers": len(answers.raw)}
        # What no model writes, but somebody may paste.
        report.add(Row(corpus=megabytes, group="false flags", name="raw mails, encodings and all", values=values))
    if flagged is not None:
        with flagged.open("a", encoding="utf-8") as file:
            for kind, found in (("unrelated", loose), *((kind, found) for kind, (found, _) in hits.items())):
                for answer, matches in found:
                    file.write(json.dumps(_shown(corpus, kind, answer, matches, megabytes), ensure_ascii=False) + "\n")


def _flagged(corpus: Corpus, answers: Sequence[str]) -> tuple[list[tuple[str, list[Match]]], int]:
    found, withheld = [], 0
    for answer in answers:
        try:
            matches = corpus.matches(answer)
        except CorpusError:
            withheld += 1
            continue
        if matches:
            found.append((answer, matches))
    return found, withheld


def _shown(corpus: Corpus, kind: str, answer: str, matches: list[Match], megabytes: int) -> dict[str, object]:
    best = max(matches, key=lambda match: len(match.span))
    text = corpus.text(best.document_id) or ""
    return {
        "kind": kind,
        "corpus": megabytes,
        "matches": len(matches),
        "document": best.document_id,
        "view": best.view,
        "similarity": round(best.similarity, 3),
        "before": answer[max(0, best.span.start - AROUND) : best.span.start],
        "answer": best.span.of(answer),
        "after": answer[best.span.end : best.span.end + AROUND],
        "source": best.source.of(text),
    }
