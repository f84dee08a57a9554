"""A verdict for people."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from guard.doors.cli.failures import one_line
from guard.doors.cli.terminal import console, print_table, visible
from guard.verdict import Action

if TYPE_CHECKING:
    from detectors import Finding
    from guard.verdict import Verdict

_ABOUT = "~"
_COLOURS = {Action.ALLOW: "green", Action.REDACT: "yellow", Action.BLOCK: "red"}


def show_verdict(verdict: Verdict) -> None:
    """Print action and reason, one line per finding, and what may be shown; findings are places, never text."""
    from rich.text import Text

    screen = console()
    head = Text(verdict.action.word, style=f"bold {_COLOURS[verdict.action]}")
    head.append(f"  {verdict.reason.value}", style="default not bold")
    if verdict.partial:
        head.append("  (part of the corpora could not be read)", style="yellow not bold")
    screen.print(head, soft_wrap=True)
    if verdict.findings:
        columns = ("kind", "rule", "place", "confidence", "document")
        print_table(columns, [_line(finding) for finding in verdict.findings], right={"confidence"})
        if any(_estimated(finding) for finding in verdict.findings):
            screen.print(Text(f"{_ABOUT} an estimate: the corpus keeps no texts to compare with"), soft_wrap=True)
    sys.stdout.write(f"\n{visible(verdict.text)}\n")


def _line(finding: Finding) -> tuple[str, ...]:
    place = f"{finding.span.start}-{finding.span.end}"
    named = [f"{source.corpus}/{source.id} {source.start}-{source.end}" for source in finding.documents]
    about = _ABOUT if _estimated(finding) else ""
    return finding.kind.value, finding.rule, place, f"{about}{finding.confidence:.2f}", one_line("; ".join(named))


def _estimated(finding: Finding) -> bool:
    return any(source.estimated for source in finding.documents)
