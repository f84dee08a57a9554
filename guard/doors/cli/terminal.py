"""Writing to the terminal: safe in any locale, never more than plain text where a text is shown."""

from __future__ import annotations

import io
import json
import sys
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress


def prepare_streams() -> None:
    """Make standard output and error take any text: what the locale cannot show is replaced, never an exception."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def speaks_utf8(stream: IO[str]) -> bool:
    """Say whether block characters can be written to *stream*."""
    return (getattr(stream, "encoding", None) or "").lower().replace("-", "").replace("_", "") in {"utf8", "utf8sig"}


def console(*, stderr: bool = False) -> Console:
    """Return a Rich console on standard output or standard error, bound to the stream of this moment."""
    from rich.console import Console

    return Console(file=sys.stderr if stderr else sys.stdout, highlight=False, soft_wrap=False, emoji=False)


def note(message: str) -> None:
    """Write one line about the run to standard error."""
    sys.stderr.write(f"echoguard: {message}\n")


def print_json(value: Any) -> None:
    """Write *value* to standard output as indented JSON, escaped where the locale is not UTF-8."""
    sys.stdout.write(json.dumps(value, ensure_ascii=not speaks_utf8(sys.stdout), indent=2) + "\n")


def visible(text: str) -> str:
    """
    Return *text* with control characters, line breaks and tabs apart, written as escapes.

    What a model said may hold terminal escapes that recolour, retitle or overwrite the reader's screen.
    """
    return "".join(char if char.isprintable() or char in "\n\t" else ascii(char)[1:-1] for char in text)


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
