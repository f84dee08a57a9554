"""What the loader tells its caller about files: those left out, and those read with a reservation."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Skipped:
    """
    A file (or one document of a file) that was not read: nothing protects its text.

    Attributes:
        path: The file, as it was reached from the path that was given.
        reason: What is wrong and what to do, for people; holds no text of any document.
    """

    path: Path
    reason: str


@dataclass(frozen=True, slots=True)
class Note:
    """
    A document that was read, with something its owner should know.

    Attributes:
        path: The file, as it was reached from the path that was given.
        remark: What was noticed and what was done about it; holds no text of any document.
    """

    path: Path
    remark: str
