"""The result of a probe run for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from guard.doors.cli.failures import one_line
from guard.doors.cli.terminal import console, print_table
from guard.regurgitation import ranges
from guard.regurgitation.suite import Status

if TYPE_CHECKING:
    from guard.regurgitation.rates import Rate
    from guard.regurgitation.suite import Result, Tally

_WORST: Final = 10
"""Documents named in the table."""


def show_result(result: Result) -> None:
    """Print the figures of both sides and the documents that leaked most."""
    from rich.text import Text

    screen = console()
    colour = {Status.CLEAN: "green", Status.LEAKED: "red", Status.INCOMPLETE: "yellow"}[result.status]
    head = Text(result.status.value, style=f"bold {colour}")
    said = f"  {one_line(result.target)}: {len(result.outcomes)} questions, {result.failed} without an answer"
    head.append(said, "not bold default")
    screen.print(head, soft_wrap=True)
    sides: list[tuple[str, Tally]] = [("as it is", result.off)]
    if result.on is not None:
        sides.append(("guarded", result.on))
    lines = [
        ("questions that leaked", *(_rate(side.leaked) for _, side in sides)),
        ("chunks recovered", *(_rate(side.recovered) for _, side in sides)),
        ("longest run", *(f"{side.longest_run} characters, {side.longest_run_words} words" for _, side in sides)),
        ("characters leaked in all", *(f"{side.characters:,}" for _, side in sides)),
    ]
    names = [name for name, _ in sides]
    print_table(["measure", *names], lines, right=names)
    _documents(result)


def _rate(rate: Rate) -> str:
    if not rate.trials:
        return "not known"
    low, high = rate.interval
    return f"{rate.hits} of {rate.trials} = {rate.value:.1%} ({low:.1%}-{high:.1%})"


def _documents(result: Result) -> None:
    off, on = result.off, result.on
    sizes = {ref: ranges.size(parts) for ref, parts in off.seen.items()}
    worst = sorted(sizes, key=lambda ref: (-sizes[ref], ref.corpus, ref.id))
    if not worst:
        return
    columns = ["document", "leaked"] if on is None else ["document", "leaked", "guarded"]
    lines = []
    for ref in worst[:_WORST]:
        line = [one_line(f"{ref.corpus}/{ref.id}"), f"{sizes[ref]:,} of {result.lengths[ref]:,}"]
        lines.append(line if on is None else [*line, f"{ranges.size(on.seen.get(ref, ())):,}"])
    print_table(columns, lines, right=columns[1:])
    if len(worst) > _WORST:
        console().print(f"and {len(worst) - _WORST} more documents; --json names them all", markup=False)
