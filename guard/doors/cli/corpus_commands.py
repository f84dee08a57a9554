"""``echoguard corpus``: build, list and verify what must not leak."""

from __future__ import annotations

import re
from collections import Counter
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

import typer

from guard.doors.cli.exits import Exit
from guard.doors.cli.failures import CommandError, one_line
from guard.doors.cli.terminal import console, note, print_json, print_table, progress_bar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from corpora import Corpus, Document
    from corpora.readers import Note, Skipped

NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
"""What the settings take as the name of a corpus; an index of another name could not be configured."""

corpus_app = typer.Typer(name="corpus", help="Build, list and verify corpora.", no_args_is_help=True)


@corpus_app.command("build")
def build_command(
    *,
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="Where the index is written.")],
    paths: Annotated[
        list[Path] | None, typer.Argument(metavar="[PATH]...", help="Files and folders to read.", show_default=False)
    ] = None,
    name: Annotated[str, typer.Option("--name", "-n", help="Name of the corpus.")],
    label: Annotated[
        Literal["public", "internal", "confidential", "restricted"],
        typer.Option("--label", help="Label of documents that nothing else labels."),
    ] = "internal",
    reader: Annotated[
        list[str] | None,
        typer.Option("--reader", help="user:ID, group:NAME, tenant:ID or *; ! in front denies; repeatable."),
    ] = None,
    tenant: Annotated[str, typer.Option("--tenant", help="Organisation that owns the documents.")] = "default",
    kind: Annotated[
        Literal["retrieval", "training", "public", "prompt"],
        typer.Option("--kind", help="What the documents are used for."),
    ] = "retrieval",
    no_text: Annotated[
        bool, typer.Option("--no-text", help="Keep marks of the texts only, not the texts themselves.")
    ] = False,
) -> int:
    """
    Read files and folders, and write the index that answers are matched against.

    What a document, its sidecar file or its folder says of labels and readers goes before the options.  A file that
    cannot be read is reported and left out.  An index that stands there already is replaced as a whole, or not at all.
    """
    from corpora.readers import read_documents

    if not NAME.fullmatch(name):
        raise CommandError("--name takes up to 128 letters, digits, dots, underscores and hyphens, the first no sign")
    if not paths:
        raise CommandError("name at least one file or folder to read")
    for path in paths:
        if not path.exists():
            raise CommandError(f"{path}: no such file or folder")
    skipped: list[Skipped] = []
    notes: list[Note] = []
    try:
        documents = read_documents(
            paths,
            label=label,
            readers=frozenset(reader or ()),
            tenant=tenant,
            on_skip=skipped.append,
            on_note=notes.append,
        )
    except ValueError as error:
        raise CommandError(str(error)) from None
    corpus = _build(directory, documents, name=name, kind=kind, store_text=not no_text)
    for one in notes:
        note(one_line(f"note: {one.path}: {one.remark}"))
    for left_out in skipped:
        note(one_line(f"skipped {left_out.path}: {left_out.reason}"))
    if corpus is None:
        note(f"nothing to index: no document was read, {len(skipped)} skipped; {directory} was not touched")
        return Exit.COULD_NOT_RUN
    with corpus:
        _summarise(corpus, len(skipped))
    return Exit.OK


def _build(directory: Path, documents: Iterator[Document], *, name: str, kind: str, store_text: bool) -> Corpus | None:
    """Build with a progress display; None when there is no document, and then nothing is written."""
    from corpora import Corpus

    with progress_bar() as progress:
        reading = progress.add_task("documents read", total=None)

        def counted() -> Iterator[Document]:
            read = 0
            for document in documents:
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
        corpus = Corpus.build(directory, chain([first], stream), name=name, kind=kind, store_text=store_text)
        progress.update(progress.task_ids[-1], completed=1)
        return corpus


def _summarise(corpus: Corpus, skipped: int) -> None:
    labels: Counter[str] = Counter()
    characters = unread = 0
    for info in corpus.documents():
        labels[info.label] += 1
        characters += info.length
        unread += not info.readers and info.label != "public" and corpus.kind == "retrieval"
    counts = ", ".join(f"{count} {label}" for label, count in sorted(labels.items()))
    screen = console()
    screen.print(
        f"{corpus.name}: {_count(len(corpus), 'document')} ({counts}), {characters:,} characters; "
        f"skipped files: {skipped}",
        markup=False,
        soft_wrap=True,
    )
    if unread:
        note(f"{unread} of {_count(len(corpus), 'document')} without readers: nobody may read them; see --reader")


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


@corpus_app.command("list")
def list_command(
    *,
    directories: Annotated[list[Path], typer.Argument(metavar="DIR...", help="Indexes to describe.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, with every document.")] = False,
) -> int:
    """Tell what indexes hold: documents, labels and sizes."""
    from corpora import Corpus

    described = []
    for directory in directories:
        with Corpus.open(directory) as corpus:
            described.append(_described(corpus))
    if as_json:
        print_json({"corpora": described})
        return Exit.OK
    columns = ("corpus", "kind", "documents", "characters", "labels", "directory")
    print_table(columns, [_line(one) for one in described], right={"documents", "characters"})
    return Exit.OK


def _line(one: dict[str, Any]) -> list[str]:
    labels = ", ".join(f"{count} {label}" for label, count in one["labels"].items())
    counts = f"{len(one['documents']):,}", f"{one['characters']:,}"
    return [one_line(cell) for cell in (one["name"], one["kind"], *counts, labels, one["directory"])]


def _described(corpus: Corpus) -> dict[str, Any]:
    infos = list(corpus.documents())
    return {
        "name": corpus.name,
        "kind": corpus.kind,
        "directory": str(corpus.directory),
        "version": corpus.version,
        "characters": sum(info.length for info in infos),
        "labels": dict(sorted(Counter(info.label for info in infos).items())),
        "documents": [
            {
                "id": info.id,
                "label": info.label,
                "readers": sorted(info.readers),
                "tenant": info.tenant,
                "characters": info.length,
                "title": info.title,
            }
            for info in infos
        ],
    }


@corpus_app.command("verify")
def verify_command(*, directory: Annotated[Path, typer.Argument(metavar="DIR", help="Index to verify.")]) -> int:
    """Read the whole index and compare it with its checksums; exit 1 when it does not agree."""
    from corpora import Corpus

    with Corpus.open(directory) as corpus:
        corpus.verify()
        console().print(f"{corpus.name}: {_count(len(corpus), 'document')}, intact", markup=False, soft_wrap=True)
    return Exit.OK
