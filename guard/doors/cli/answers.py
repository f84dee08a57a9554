"""Reading the answer to check, from a file or from standard input."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, BinaryIO, Final

from guard.doors.cli.failures import CommandError
from guard.doors.cli.terminal import note
from guard.request import MAX_ANSWER

if TYPE_CHECKING:
    from pathlib import Path

STDIN: Final = "-"
_MOST_BYTES: Final = 4 * MAX_ANSWER
"""UTF-8 takes at most four bytes for a code point: more bytes are more characters than are checked."""


def read_answer(path: Path) -> str:
    """
    Return the text at *path*, unchanged: no line ends translated, nothing stripped, so offsets are those of the file.

    Raises:
        CommandError: There is no such file, it cannot be read, is too large, or is no UTF-8 text.
    """
    if str(path) == STDIN:
        if sys.stdin is None:
            raise CommandError("standard input is closed; name a file")
        if sys.stdin.isatty():
            note("reading the answer from the terminal; end it with Ctrl-D")
        return _decode(_read(sys.stdin.buffer), "standard input")
    try:
        with path.open("rb") as file:
            raw = _read(file)
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror or type(error).__name__}") from error
    except ValueError as error:
        raise CommandError("the file's name holds a character that no file name can hold") from error
    return _decode(raw, str(path))


def _read(file: BinaryIO) -> bytes:
    raw = file.read(_MOST_BYTES + 1)
    if len(raw) > _MOST_BYTES:
        raise CommandError(
            f"the answer has over {MAX_ANSWER} characters; at most {MAX_ANSWER} are checked, so send it in parts"
        )
    return raw


def _decode(raw: bytes, name: str) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise CommandError(f"{name} is not UTF-8 text (byte {error.start}); only text can be checked") from None
