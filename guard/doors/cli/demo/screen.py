"""The session on the terminal: what each chain said, side by side, and why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from guard.doors.cli.demo.campaign import COLLEAGUE, THIEF, Campaign
from guard.doors.cli.demo.facts import Fact
from guard.doors.cli.demo.marked import LEAK, QUOTE, WITHHELD, Stretch, bare_stretches, guarded_stretches, reasons
from guard.doors.cli.demo.session import Turn
from guard.doors.cli.terminal import console, visible

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

_STYLES: Final = {LEAK: "bold white on red", QUOTE: "underline green", WITHHELD: "bold yellow"}
_WIDEST: Final = 160
"""Columns beyond which lines are hard to follow."""
_IN_FILES: Final = 110


def side_by_side() -> Console:
    """Return a console on which two columns can be read, also where the output goes to a file."""
    screen = console()
    screen.width = min(screen.width, _WIDEST) if screen.is_terminal else _IN_FILES
    return screen


def show_turn(turn: Turn, number: int, notice: str) -> None:
    """Print one question with both answers."""
    from rich.table import Table
    from rich.text import Text

    screen = side_by_side()
    person = turn.question.person
    kind = "attack" if turn.question.attack else "question"
    screen.print()
    screen.rule(Text(f"{number}. {person.name} ({person.about})", style="bold"), align="left")
    screen.print(
        Text.assemble((f"{kind}: ", "bold red" if turn.question.attack else "bold"), visible(turn.question.text))
    )
    table = Table(expand=True, show_lines=False)
    table.add_column("bare chain", ratio=1, overflow="fold")
    table.add_column("guarded chain", ratio=1, overflow="fold")
    table.add_row(_text(bare_stretches(turn)), _text(guarded_stretches(turn, notice)))
    screen.print(table)
    for line in reasons(turn):
        screen.print(Text(f"  - {visible(line)}", style="cyan"))


def show_legend() -> None:
    """Print what the marks mean."""
    from rich.text import Text

    side_by_side().print(
        Text.assemble(
            "Marks: ",
            ("copied, and not for this person or beyond the quote", _STYLES[LEAK]),
            "  ",
            ("quoted, allowed", _STYLES[QUOTE]),
            "  ",
            ("withheld", _STYLES[WITHHELD]),
        )
    )


def show_campaign(seen: Campaign) -> None:
    """Print a campaign question by question, and what became of it."""
    from rich.table import Table
    from rich.text import Text

    screen = side_by_side()
    screen.print(f"{THIEF.name}: {THIEF.about}. {COLLEAGUE.name}: {COLLEAGUE.about}.", markup=False)
    table = Table(expand=True, show_lines=False)
    for name in ("", f"{THIEF.name} asks for all of", "outcome", "got out", f"{COLLEAGUE.name}'s question"):
        table.add_column(name)
    for number, (one, work) in enumerate(zip(seen.tries, seen.work, strict=True), 1):
        style = "bold yellow" if one.shown == 0 else ""
        got = f"{one.shown:,} of {one.wanted:,}"
        table.add_row(str(number), visible(one.about), Text(one.outcome, style), got, work)
    screen.print(table)
    if seen.incident is not None:
        screen.print(
            f"Incident {seen.incident.id} ({seen.incident.severity.word}) after question {seen.noticed}: from then on "
            f"each of {THIEF.name}'s questions counted as {seen.slowed}. Then an operator typed:",
            markup=False,
        )
        screen.print(f"  {seen.command}", style="cyan", markup=False)


def show_facts(found: Sequence[Fact]) -> None:
    """Print what was to be seen and where it was."""
    from rich.text import Text

    screen = side_by_side()
    screen.print()
    for fact in found:
        mark, style = ("seen", "green") if fact.seen else ("NOT SEEN", "bold red")
        screen.print(
            Text.assemble((f"{mark}: ", style), f"{fact.claim}", (f"\n      {fact.seen}" if fact.seen else ""))
        )


def _text(stretches: Sequence[Stretch]) -> Text:
    from rich.text import Text

    whole = Text()
    for stretch in stretches:
        whole.append(visible(stretch.text), style=_STYLES.get(stretch.kind, ""))
    return whole
