"""Files and folders named on the command line, read as documents with a progress display."""

from __future__ import annotations

from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, TypeVar

import typer

from guard.doors.cli.failures import CommandError, one_line
from guard.doors.cli.terminal import note, progress_bar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from corpora import Document
    from corpora.readers import Note, Skipped

Paths = Annotated[
    list[Path] | None, typer.Argument(metavar="[PATH]...", help="Files and folders to read.", show_default=False)
]
Label = Annotated[
    Literal["public", "internal", "confidential", "restricted"],
    typer.Option("--label", help="Label of documents that nothing else labels."),
]
Readers = Annotated[
    list[str] | None,
    typer.Option("--reader", help="user:ID, group:NAME, tenant:ID or *; ! in front denies; repeatable."),
]
Tenant = Annotated[str, typer.Option("--tenant", help="Organisation that owns the documents.")]


@contextmanager
def working(what: str) -> Iterator[None]:
    """Show on standard error that something goes on."""
    with progress_bar() as progress:
        task = progress.add_task(what, total=1)
        yield
        progress.update(task, completed=1)


Result = TypeVar("Result")


class Reading:
    """
    What the paths hold, and what could not be read.

    Raises:
        CommandError: A path does not exist, or an option has no meaning.
    """

    def __init__(self, paths: Sequence[Path], *, label: str, readers: list[str] | None, tenant: str) -> None:
        from corpora.readers import read_documents

        for path in paths:
            if not path.exists():
                raise CommandError(f"{path}: no such file or folder")
        self._skipped: list[Skipped] = []
        self._notes: list[Note] = []
        try:
            self._documents = read_documents(
                list(paths),
                label=label,
                readers=frozenset(readers or ()),
                tenant=tenant,
                on_skip=self._skipped.append,
                on_note=self._notes.append,
            )
        except ValueError as error:
            raise CommandError(str(error)) from None

    @property
    def skipped(self) -> int:
        """How many files were left out so far."""
        return len(self._skipped)

    def put(self, index: Callable[[Iterator[Document]], Result]) -> Result | None:
        """Hand the documents to *index* with a progress display; None, without a call, where there is none."""
        with progress_bar() as progress:
            reading = progress.add_task("documents read", total=None)

            def counted() -> Iterator[Document]:
                read = 0
                for document in self._documents:
                    read += 1
                    progress.update(reading, completed=read)
                    yield document
                progress.update(reading, total=read)
                if read:
                    progress.add_task("index written", total=1)

            stream = counted()
            first = next(stream, None)
            if first is None:
                return None
            result = index(chain([first], stream))
            progress.update(progress.task_ids[-1], completed=1)
            return result

    def report(self) -> None:
        """Tell on standard error what was left out and what was read with a reservation."""
        for one in self._notes:
            note(one_line(f"note: {one.path}: {one.remark}"))
        for left_out in self._skipped:
            note(one_line(f"skipped {left_out.path}: {left_out.reason}"))
