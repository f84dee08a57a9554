"""``echoguard canary``: markers and decoys go into copies of documents, and are listed."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from guard.doors.cli.exits import Exit
from guard.doors.cli.failures import CommandError, one_line
from guard.doors.cli.terminal import note, print_json, print_table, progress_bar

if TYPE_CHECKING:
    from collections.abc import Iterator

canary_app = typer.Typer(name="canary", help="Plant markers and decoys, and list them.", no_args_is_help=True)

_Config = Annotated[Path | None, typer.Option("--config", "-c", help="Settings file.  [default: ./echoguard.toml]")]
_KeyFile = Annotated[
    Path | None, typer.Option("--key-file", help="File with the key, instead of the settings' [canary].")
]
_COLUMNS: Final = ("document", "markers", "of another key", "decoy")


@canary_app.callback()
def canary() -> None:
    """Plant markers and decoys, and list them."""


@canary_app.command("plant")
def plant_command(
    *,
    source: Annotated[Path, typer.Argument(metavar="SRC", help="File or folder of documents; never changed.")],
    target: Annotated[Path, typer.Argument(metavar="OUT", help="Folder that the copies are written to.")],
    corpus: Annotated[str, typer.Option("--corpus", help="Name of the corpus that the documents are in.")],
    decoys: Annotated[int, typer.Option("--decoys", min=0, help="How many decoys stand among them.")] = 0,
    key_file: _KeyFile = None,
    config: _Config = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> int:
    """
    Write marked copies of documents for a retrieval pipeline to ingest, with decoys among them.

    Text, Markdown, HTML and JSON lines take markers; other files are copied as they are.  The same key and documents
    give the same copies.  OUT appears as a whole or not at all, and replaces what this command wrote there before.
    """
    from corpora.planting.copies import plant

    key = _keys(key_file, config)[0]
    skipped: list[str] = []
    with progress_bar() as progress:
        task = progress.add_task("files copied", total=None)
        try:
            done = plant(
                source,
                target,
                key=key,
                corpus=corpus,
                decoys=decoys,
                on_skip=lambda one: skipped.append(f"skipped {one.path}: {one.reason}"),
                progress=lambda count: progress.update(task, completed=count),
            )
        except ValueError as error:
            raise CommandError(str(error)) from None
    for one in done.copied:
        note(one_line(f"copied as it is: {one.path}: {one.remark}"))
    for line in skipped:
        note(one_line(line))
    counts = {
        "documents": done.documents,
        "markers": done.markers,
        "decoys": len(done.decoys),
        "copied": len(done.copied),
        "skipped": len(skipped),
    }
    if as_json:
        print_json({"corpus": corpus, "target": str(target), **counts})
    else:
        sys.stdout.write(
            f"{corpus}: {done.markers} markers in {done.documents} documents, {len(done.decoys)} decoys, "
            f"{len(done.copied)} files copied as they are, {len(skipped)} skipped; written to {target}\n"
        )
    return Exit.OK


@canary_app.command("list")
def list_command(
    *,
    folder: Annotated[
        Path | None, typer.Argument(metavar="[OUT]", help="Folder of marked copies; else the settings' corpora.")
    ] = None,
    reveal: Annotated[bool, typer.Option("--reveal", help="Show the markers themselves.")] = False,
    key_file: _KeyFile = None,
    config: _Config = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, with the place of every marker.")] = False,
) -> int:
    """
    Tell what is planted where: markers and decoys in marked copies, or the decoys in the indexes of the settings.

    Indexes hold no markers, for these are taken out when documents are read.  Exit 1 where markers are of a key that
    is not known.
    """
    keys = _keys(key_file, config)
    if folder is None:
        rows = list(_in_indexes(keys, config))
    elif folder.is_dir():
        rows = list(_in_copies(folder, keys))
    else:
        raise CommandError(f"{folder}: no such folder; name one that `echoguard canary plant` wrote")
    if as_json:
        print_json({"documents": [_plain(row, reveal=reveal) for row in rows]})
    else:
        _show(rows, reveal=reveal)
    return Exit.COULD_NOT_RUN if any(row["foreign"] for row in rows) else Exit.OK


def _in_copies(folder: Path, keys: tuple[bytes, ...]) -> Iterator[dict[str, Any]]:
    from corpora.planting import is_decoy, is_marker
    from corpora.planting.listing import corpus_of, planted_in

    corpus = corpus_of(folder)
    if corpus is None:
        raise CommandError(f"{folder}: was not written by `echoguard canary plant`")
    for name, found in planted_in(folder):
        bodies = [(place, marker, marker.partition("-")[2].replace("-", "")) for place, marker in found]
        own = [(place, marker) for place, marker, body in bodies if any(is_marker(key, body) for key in keys)]
        decoy = any(is_decoy(key, corpus, name) for key in keys)
        if found or decoy:
            yield {"id": name, "corpus": corpus, "own": own, "foreign": len(found) - len(own), "decoy": decoy}


def _in_indexes(keys: tuple[bytes, ...], config: Path | None) -> Iterator[dict[str, Any]]:
    from corpora.planting import is_decoy
    from guard.doors.cli.configuration import close_all, load_settings, open_corpora

    corpora = open_corpora(corpus.path for corpus in load_settings(config).corpora)
    try:
        for name, corpus in corpora.items():
            for info in corpus.documents():
                if any(is_decoy(key, name, info.id) for key in keys):
                    yield {"id": info.id, "corpus": name, "own": [], "foreign": 0, "decoy": True}
    finally:
        close_all(corpora.values())


def _plain(row: dict[str, Any], *, reveal: bool) -> dict[str, Any]:
    """Return a row for machines: places of markers, and markers only where they were asked for."""
    markers = [{"place": place} | ({"marker": marker} if reveal else {}) for place, marker in row["own"]]
    return {name: row[name] for name in ("corpus", "id", "decoy", "foreign")} | {"markers": markers}


def _show(rows: list[dict[str, Any]], *, reveal: bool) -> None:
    lines = [
        (one_line(row["id"]), str(len(row["own"])), str(row["foreign"]), "yes" if row["decoy"] else "") for row in rows
    ]
    if lines:
        print_table(_COLUMNS, lines, right={"markers", "of another key"})
    markers = sum(len(row["own"]) for row in rows)
    sys.stdout.write(f"{markers} markers and {sum(row['decoy'] for row in rows)} decoys in {len(rows)} documents\n")
    if reveal:
        for row in rows:
            for place, marker in row["own"]:
                sys.stdout.write(f"{one_line(row['id'])} {place} {marker}\n")


def _keys(key_file: Path | None, config: Path | None) -> tuple[bytes, ...]:
    """Return the keys of markers, the one in force first."""
    from corpora.planting import valid_key
    from guard.doors.cli.configuration import load_settings

    if key_file is None:
        keys = load_settings(config).canary_keys
        if not keys:
            raise CommandError(
                "there is no key: make one with `openssl rand -hex 32 > canary.key`, and name it with --key-file or as "
                "[canary] key_file in echoguard.toml"
            )
        return keys
    try:
        return (valid_key(key_file.read_bytes().strip()),)
    except OSError as error:
        raise CommandError(f"{key_file}: cannot be read ({error.strerror})") from None
    except ValueError as error:
        raise CommandError(f"{key_file}: {error}; make one with `openssl rand -hex 32`") from None
