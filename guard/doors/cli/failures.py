"""Every failure a command can meet, as one line for people and one exit code."""

from __future__ import annotations

import errno
from typing import Final

from corpora.errors import AnswerTooLarge, CorpusError, DocumentError
from detectors.errors import DetectorError
from guard.doors.cli.exits import Exit
from guard.errors import ConfigError, GuardError, RequestError
from guard.regurgitation.errors import ProbeError, ProbeSettingError

MAX_LINE: Final = 600
"""Longest message that is printed, in characters."""


class CommandError(Exception):
    """
    A command cannot go on; the message says what to do.

    Attributes:
        code: What the process exits with.
    """

    def __init__(self, message: str, code: Exit = Exit.BAD_INPUT) -> None:
        super().__init__(message)
        self.code = code


def one_line(message: str) -> str:
    """Return *message* as one printable line: no line breaks, no terminal escapes, no lone surrogates."""
    words = " ".join(message.split())
    printable = "".join(char if char.isprintable() else ascii(char)[1:-1] for char in words)
    return printable if len(printable) <= MAX_LINE else printable[: MAX_LINE - 3] + "..."


def explain(error: BaseException) -> tuple[str, Exit]:
    """
    Return the line and the exit code for *error*.

    Messages of our own errors name the place and the remedy and never hold text that was checked, so they are shown as
    they are.  Of anything unforeseen only the type is shown: its message may hold what was being read.
    """
    message, code = _judged(error)
    return one_line(message), code


def _judged(error: BaseException) -> tuple[str, Exit]:
    if isinstance(error, CommandError):
        return str(error), error.code
    if isinstance(error, ConfigError | RequestError | ProbeSettingError | AnswerTooLarge | DocumentError):
        return str(error), Exit.BAD_INPUT
    if isinstance(error, GuardError | CorpusError | DetectorError | ProbeError):
        return str(error), Exit.COULD_NOT_RUN
    if isinstance(error, OSError):
        return os_message(error), Exit.COULD_NOT_RUN
    if isinstance(error, ModuleNotFoundError) and error.name:
        return (
            f"the Python package {error.name!r} is missing; install it to use this command",
            Exit.COULD_NOT_RUN,
        )
    if isinstance(error, MemoryError):
        return "not enough memory", Exit.COULD_NOT_RUN
    return f"unexpected error ({type(error).__name__}); nothing was shown", Exit.COULD_NOT_RUN


def os_message(error: OSError) -> str:
    """Return what the system said about *error*, with the file it was about."""
    if error.errno == errno.EADDRINUSE:
        return "the address is already in use; stop what listens there or choose another --port"
    said = error.strerror or type(error).__name__
    return f"{error.filename}: {said}" if error.filename else said
