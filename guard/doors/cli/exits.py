"""What the exit codes of every command mean."""

from __future__ import annotations

from enum import IntEnum

from guard.verdict import Action


class Exit(IntEnum):
    """Exit code of a command; ``docs/cli.md`` holds the same table."""

    OK = 0
    COULD_NOT_RUN = 1
    BAD_INPUT = 2
    REDACT = 3
    BLOCK = 4
    LEAKED = 5
    TAMPERED = 6
    INTERRUPTED = 130


def exit_of(action: Action) -> Exit:
    """Return the exit code of ``echoguard check`` for *action*."""
    return {Action.ALLOW: Exit.OK, Action.REDACT: Exit.REDACT, Action.BLOCK: Exit.BLOCK}[action]
