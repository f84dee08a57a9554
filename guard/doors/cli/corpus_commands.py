"""``echoguard corpus``: what must not leak goes in and out, and is described."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from guard.doors.cli.corpus_reading import Label, Paths, Readers, Reading, Tenant, working
from guard.doors.cli.corpus_view import count, describe, list_command, verify_command
from guard.doors.cli.exits import Exit
from guard.doors.cli.failures import CommandError
from guard.doors.cli.terminal import note

if TYPE_CHECKING:
    from corpora import Corpus

corpus_app = typer.Typer(name="corpus", help="Build, change, list and verify corpora.", no_args_is_help=True)

_Directory = Annotated[Path, typer.Argument(metavar="DIR", help="Where the index is.")]
_Compact = Annotated[
    bool, typer.Option("--compact", help="Write the whole index anew, so that removed text leaves the disk now.")
]


@corpus_app.command("build")
def build_command(
    *,
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="Where the index is written.")],
    paths: Paths = None,
    name: Annotated[str, typer.Option("--name", "-n", help="Name of the corpus.")],
    label: Label = "internal",
    reader: Readers = None,
    tenant: Tenant = "default",
    kind: Annotated[
        Literal["retrieval", "training", "public", "prompt"],
        typer.Option("--kind", help="What the documents are used for."),
    ] = "retrieval",
    no_text: Annotated[
        bool, typer.Option("--no-text", help="Keep marks of the texts only, not the texts themselves.")
    ] = False,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on where a build in DIR was stopped; else it begins anew.")
    ] = False,
) -> int:
    """
    Read files and folders, and write the index that answers are matched against.

    What a document, its sidecar file or its folder says of labels and readers goes before the options.  A file that
    cannot be read is reported and left out.  An index that stands there already is replaced as a whole, or not at all.
    """
    from corpora import Corpus
    from corpora.identity import valid_corpus_name

    try:
        valid_corpus_name(name)
    except ValueError as error:
        raise CommandError(f"--name: {error}") from None
    reading = _reading(paths, label=label, reader=reader, tenant=tenant)
    corpus = reading.put(
        lambda documents: Corpus.build(
            directory, documents, name=name, kind=kind, store_text=not no_text, resume=resume
        )
    )
    reading.report()
    if corpus is None:
        note(f"nothing to index: no document was read, {reading.skipped} skipped; {directory} was not touched")
        return Exit.COULD_NOT_RUN
    with corpus:
        describe(f"{_contents(corpus)}; skipped files: {reading.skipped}")
        _warn_of_unread(corpus)
    return Exit.OK


@corpus_app.command("update")
def update_command(
    *,
    directory: _Directory,
    paths: Paths = None,
    label: Label = "internal",
    reader: Readers = None,
    tenant: Tenant = "default",
    remove: Annotated[
        list[str] | None, typer.Option("--remove", metavar="ID", help="Document to remove as well; repeatable.")
    ] = None,
    compact: _Compact = False,
) -> int:
    """
    Add documents to an index, in place of those with the same id; all at once or not at all.

    Whatever runs with the index sees the change at once, without a restart.  Documents that are there exactly so are
    left as they are: naming the whole folder again costs little.
    """
    from corpora import Corpus

    with Corpus.open(directory) as corpus:
        reading = _reading(paths, label=label, reader=reader, tenant=tenant)
        change = reading.put(lambda documents: corpus.update(add=documents, remove=remove or (), compact=compact))
        reading.report()
        if change is None:
            note(f"nothing to add: no document was read, {reading.skipped} skipped; {directory} was not changed")
            return Exit.COULD_NOT_RUN
        done = (
            f"{change.added} added, {change.replaced} replaced, {change.removed} removed, {change.unchanged} as before"
        )
        describe(f"{corpus.name}: {done}; now {count(len(corpus), 'document')}; skipped files: {reading.skipped}")
        _warn_of_unread(corpus)
    return Exit.OK


@corpus_app.command("remove")
def remove_command(
    *,
    directory: _Directory,
    ids: Annotated[list[str], typer.Argument(metavar="ID...", help="Documents to remove.")],
    compact: _Compact = False,
) -> int:
    """
    Remove documents from an index: all of those named, or none where one of them is not there.

    They stop matching at once.  Their text leaves the disk when the part of the index that holds it is next written
    anew, or now with --compact.
    """
    from corpora import Corpus

    with Corpus.open(directory) as corpus:
        with working("index written" if compact else "documents removed"):
            change = corpus.update(remove=ids, compact=compact)
        describe(f"{corpus.name}: {change.removed} removed; now {count(len(corpus), 'document')}")
    return Exit.OK


@corpus_app.command("compact")
def compact_command(*, directory: _Directory) -> int:
    """Write an index anew as one part, without the text of documents that were removed."""
    from corpora import Corpus

    with Corpus.open(directory) as corpus:
        before = int(corpus.stats()["bytes"])
        with working("index written"):
            corpus.update(compact=True)
        after = int(corpus.stats()["bytes"])
        describe(f"{corpus.name}: {count(len(corpus), 'document')}, {before:,} bytes before, {after:,} bytes now")
    return Exit.OK


corpus_app.command("list")(list_command)
corpus_app.command("verify")(verify_command)


def _reading(paths: list[Path] | None, *, label: str, reader: list[str] | None, tenant: str) -> Reading:
    if not paths:
        raise CommandError("name at least one file or folder to read")
    return Reading(paths, label=label, readers=reader, tenant=tenant)


def _contents(corpus: Corpus) -> str:
    labels = Counter(info.label for info in corpus.documents())
    characters = sum(info.length for info in corpus.documents())
    counts = ", ".join(f"{number} {label}" for label, number in sorted(labels.items()))
    return f"{corpus.name}: {count(len(corpus), 'document')} ({counts}), {characters:,} characters"


def _warn_of_unread(corpus: Corpus) -> None:
    if corpus.kind != "retrieval":
        return
    unread = sum(not info.readers and info.label != "public" for info in corpus.documents())
    if unread:
        note(f"{unread} of {count(len(corpus), 'document')} without readers: nobody may read them; see --reader")
