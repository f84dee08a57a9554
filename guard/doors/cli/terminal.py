"""Writing to the terminal: safe in any locale, never more than plain text where a text is shown."""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
from pathlib import Path
from shutil import get_terminal_size
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from rich.console import Console
    from rich.progress import Progress


def prepare_streams() -> None:
    """
    Make standard output and error take any text: what the locale cannot show is replaced, never an exception.

    A stream that the caller closed (``>&-``) leads nowhere; the exit code still tells the result.
    """
    if sys.stdout is None:
        sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - lives as long as the process
    if sys.stderr is None:
        sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def speaks_utf8(stream: IO[str]) -> bool:
    """Say whether block characters can be written to *stream*."""
    return (getattr(stream, "encoding", None) or "").lower().replace("-", "").replace("_", "") in {"utf8", "utf8sig"}


def console(*, stderr: bool = False) -> Console:
    """Return a Rich console on standard output or standard error, bound to the stream of this moment."""
    from rich.console import Console

    return Console(file=sys.stderr if stderr else sys.stdout, highlight=False, emoji=False, width=_width())


def note(message: str) -> None:
    """Write one line about the run to standard error."""
    with contextlib.suppress(OSError):  # a full disk behind standard error must not become another failure
        sys.stderr.write(f"echoguard: {message}\n")


def settle_streams() -> None:
    """Write out what is still buffered; what cannot be written is dropped, so that ending does not fail over it."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            with contextlib.suppress(OSError, ValueError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def print_json(value: Any) -> None:
    """Write *value* to standard output as indented JSON, escaped where the locale is not UTF-8."""
    sys.stdout.write(json.dumps(value, ensure_ascii=not speaks_utf8(sys.stdout), indent=2) + "\n")


def visible(text: str) -> str:
    """
    Return *text* with control characters, line breaks and tabs apart, written as escapes.

    What a model said may hold terminal escapes that recolour, retitle or overwrite the reader's screen.
    """
    return "".join(char if char.isprintable() or char in "\n\t" else ascii(char)[1:-1] for char in text)


def table_room(lines: Sequence[Sequence[str]]) -> int:
    """Return the columns that a table of *lines* leaves free on standard output; negative where it does not fit."""
    taken = sum(width + 1 for width in _widths(lines))
    return _width() - taken


def print_table(columns: Sequence[str], lines: Sequence[Sequence[str]], *, right: Collection[str] = ()) -> None:
    """
    Print *lines* under *columns*: one row each where that fits, else one value per line, so that nothing is cut off.

    Args:
        columns: Headings.
        lines: As many texts each; shown as they are, without markup.
        right: Headings of the columns that are set flush right.
    """
    from rich.table import Table
    from rich.text import Text

    screen = console()
    if table_room([columns, *lines]) < 0:
        for line in lines:
            for name, cell in zip(columns, line, strict=True):
                screen.print(Text(f"{name}: {cell}"), soft_wrap=True)
            screen.print()
        return
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0))
    for name in columns:
        table.add_column(Text(name), no_wrap=True, justify="right" if name in right else "left")
    for line in lines:
        table.add_row(*(Text(cell) for cell in line))
    screen.print(table)


def _width() -> int:
    """Return the columns of the terminal; practically no bound where there is none and nobody set one."""
    return get_terminal_size((10_000, 24)).columns


def _widths(lines: Sequence[Sequence[str]]) -> list[int]:
    from rich.cells import cell_len

    return [max(map(cell_len, column)) for column in zip(*lines, strict=True)]


def progress_bar() -> Progress:
    """Return a Rich progress display on standard error; it shows nothing where that is no terminal."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    display = console(stderr=True)
    return Progress(
        SpinnerColumn(finished_text=" "),
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=display,
        disable=not display.is_terminal,
        transient=False,
    )
