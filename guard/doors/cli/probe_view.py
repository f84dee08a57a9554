"""The result of a probe run for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from guard.doors.cli.failures import one_line
from guard.doors.cli.terminal import console
from guard.regurgitation import ranges
from guard.regurgitation.suite import Status

if TYPE_CHECKING:
    from guard.regurgitation.rates import Rate
    from guard.regurgitation.suite import Result, Tally

_WORST: Final = 10
"""Documents named in the table."""


def show_result(result: Result) -> None:
    """Print the figures of both sides and the documents that leaked most."""
    from rich.table import Table
    from rich.text import Text

    screen = console()
    colour = {Status.CLEAN: "green", Status.LEAKED: "red", Status.INCOMPLETE: "yellow"}[result.status]
    head = Text(result.status.value, style=f"bold {colour}")
    said = f"  {one_line(result.target)}: {len(result.outcomes)} questions, {result.failed} without an answer"
    head.append(said, "not bold default")
    screen.print(head)
    sides: list[tuple[str, Tally]] = [("as it is", result.off)]
    if result.on is not None:
        sides.append(("guarded", result.on))
    table = Table(box=None, pad_edge=False)
    table.add_column("")
    for name, _ in sides:
        table.add_column(name, justify="right")
    table.add_row("questions that leaked", *(_rate(side.leaked) for _, side in sides))
    table.add_row("chunks recovered", *(_rate(side.recovered) for _, side in sides))
    table.add_row(
        "longest run", *(f"{side.longest_run} characters, {side.longest_run_words} words" for _, side in sides)
    )
    table.add_row("characters leaked in all", *(f"{side.characters:,}" for _, side in sides))
    screen.print(table)
    _documents(result)


def _rate(rate: Rate) -> str:
    if not rate.trials:
        return "not known"
    low, high = rate.interval
    return f"{rate.hits} of {rate.trials} = {rate.value:.1%} ({low:.1%}-{high:.1%})"


def _documents(result: Result) -> None:
    from rich.table import Table
    from rich.text import Text

    off, on = result.off, result.on
    sizes = {ref: ranges.size(parts) for ref, parts in off.seen.items()}
    worst = sorted(sizes, key=lambda ref: (-sizes[ref], ref.corpus, ref.id))
    if not worst:
        return
    table = Table(box=None, pad_edge=False, title_justify="left")
    table.add_column("document", overflow="fold")
    table.add_column("leaked", justify="right")
    if on is not None:
        table.add_column("guarded", justify="right")
    for ref in worst[:_WORST]:
        cells = [f"{sizes[ref]:,} of {result.lengths[ref]:,}"]
        if on is not None:
            cells.append(f"{ranges.size(on.seen.get(ref, ())):,}")
        table.add_row(Text(one_line(f"{ref.corpus}/{ref.id}")), *cells)
    screen = console()
    screen.print(table)
    if len(worst) > _WORST:
        screen.print(f"and {len(worst) - _WORST} more documents; --json names them all", markup=False)
