"""The command: build, serve, ask, print, write the report; ends with 0 only if the demo showed what it is to show."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from corpora.labels import CONFIDENTIAL, LABELS
from guard.doors.cli.demo.model import model_file, served
from guard.doors.cli.exits import Exit
from guard.doors.cli.failures import CommandError
from guard.doors.cli.terminal import note

if TYPE_CHECKING:
    from corpora.readers import Skipped
    from guard.doors.cli.demo.chain import Chains
    from guard.doors.cli.demo.knowledge import Knowledge
    from guard.doors.cli.demo.people import Script
    from guard.doors.cli.demo.session import Turn
    from guard.engine import Guard

OUT: Final = Path("demo-out")


def demo_command(
    *,
    docs: Annotated[
        Path | None, typer.Option("--docs", help="Your own folder of documents instead of the sample ones.")
    ] = None,
    label: Annotated[
        str, typer.Option("--label", help="With --docs: label of documents that name none themselves.")
    ] = CONFIDENTIAL,
    out: Annotated[Path, typer.Option("--out", help="Folder for corpus, settings, ledger and report.")] = OUT,
    everything: Annotated[
        bool, typer.Option("--all", help="Also ask the sample's own, harder questions; takes minutes.")
    ] = False,
) -> int:
    """Show a real chain with a real small model, bare and guarded, side by side."""
    if label.casefold() not in LABELS:
        raise CommandError(f"--label: no label {label!r}; the labels are {', '.join(LABELS)}")
    return run_demo(docs=docs, label=label, out=out, everything=everything)


def run_demo(*, docs: Path | None = None, label: str = CONFIDENTIAL, out: Path = OUT, everything: bool = False) -> int:
    """
    Run the demo and return the exit code.

    Args:
        docs: The user's own folder; None for the sample knowledge base.
        label: Of documents in *docs* that name none.
        out: Where corpus, settings, ledger and report go.
        everything: Also ask the sample's own, harder questions.

    Returns:
        0; for the sample session 1 when something that it is to show was not seen.

    Raises:
        CommandError: Something is missing; the message says what to do.
    """
    began = time.monotonic()
    file = model_file()
    knowledge, script = _prepared(docs, label, out, everything=everything)
    note(f"opening the guard ({_since(began)})")
    from guard.engine import Guard

    with Guard.open(knowledge.settings) as guard:
        turns = _session(script, knowledge, guard, file, began)
        return _reported(turns, knowledge, guard, out, sample=docs is None, began=began)


def _session(script: Script, knowledge: Knowledge, guard: Guard, file: Path, began: float) -> list[Turn]:
    """Start the model and ask everything."""
    note(f"embedding the documents ({_since(began)})")
    from guard.doors.cli.demo.chain import Chains, vector_store

    store = vector_store(knowledge.documents)
    note(f"starting the language model ({_since(began)})")
    with served(file) as base_url:
        chains = Chains(store, base_url, guard)
        try:
            return _asked(script, chains, guard)
        finally:
            chains.close()


def _prepared(docs: Path | None, label: str, out: Path, *, everything: bool) -> tuple[Knowledge, Script]:
    """Read the documents, choose the script, build the corpus."""
    from corpora.document import DEFAULT_TENANT
    from guard.doors.cli.demo.campaign import COLLEAGUE, THIEF
    from guard.doors.cli.demo.knowledge import own_documents, prepare, sample_documents
    from guard.doors.cli.demo.people import own_script, people_of, sample_script
    from guard.doors.cli.terminal import progress_bar

    skipped: list[Skipped] = []
    documents = sample_documents(skipped.append) if docs is None else own_documents(docs, label, skipped.append)
    for one in skipped:
        note(f"skipped {one.path}: {one.reason}")
    script = sample_script(everything=everything) if docs is None else own_script(documents, DEFAULT_TENANT)
    note(f"building the corpus of {len(documents)} documents in {out}")
    with progress_bar() as bar:
        task = bar.add_task("building the corpus", total=len(documents))
        knowledge = prepare(
            out,
            documents,
            (*people_of(script.questions), *(() if docs is not None else (THIEF, COLLEAGUE))),
            skipped,
            progress=lambda done, total: bar.update(task, completed=done, total=total or None),
        )
    return knowledge, script


def _asked(script: Script, chains: Chains, guard: Guard) -> list[Turn]:
    """Ask every question of both chains, printing each as it is answered."""
    from guard.doors.cli.demo.facts import facts
    from guard.doors.cli.demo.screen import show_legend, show_turn
    from guard.doors.cli.demo.session import sessions
    from guard.doors.cli.terminal import progress_bar

    show_legend()
    turns: list[Turn] = []
    waiting = [*script.questions]
    reserve = [*script.reserve]
    with progress_bar() as bar:
        task = bar.add_task("asking both chains", total=len(waiting))
        while waiting:
            for turn in sessions(waiting, chains, guard, time.monotonic):
                turns.append(turn)
                show_turn(turn, len(turns), guard.policy.notice)
                bar.update(task, advance=1)
            # A small model does not always do as it is told; then it is asked something else.
            waiting = reserve[:1] if any(fact.seen is None for fact in facts(turns)) else []
            del reserve[:1]
            bar.update(task, total=len(turns) + len(waiting))
    return turns


def _reported(
    turns: Sequence[Turn], knowledge: Knowledge, guard: Guard, out: Path, *, sample: bool, began: float
) -> int:
    """Print the ledger and the facts, write the page, and return the exit code."""
    from guard.doors.cli.demo.campaign import campaign, campaign_fact
    from guard.doors.cli.demo.facts import facts
    from guard.doors.cli.demo.page import write_page
    from guard.doors.cli.demo.screen import show_campaign, show_facts, side_by_side
    from guard.doors.cli.ledger_view import rows, show_rows

    held = rows(guard.ledger.exposure(), guard.corpora)
    screen = side_by_side()
    screen.print()
    screen.rule("the ledger after the session", align="left")
    show_rows(held)
    found = facts(turns) if sample else ()
    seen = campaign(guard, knowledge.documents, out) if sample else None
    if seen is not None:
        screen.rule("a campaign, and honest work beside it", align="left")
        show_campaign(seen)
        found = (*found, campaign_fact(seen))
    if found:
        show_facts(found)
    about = (
        f"{len(knowledge.documents)} documents, {knowledge.markers} planted markers; SmolLM2-135M-Instruct on this "
        "machine, temperature 0; answers as the model gave them."
    )
    write_page(
        out / "report.html", turns=turns, found=found, rows=held, notice=guard.policy.notice, about=about, campaign=seen
    )
    note(f"report: {out / 'report.html'}; settings: {knowledge.settings} ({_since(began)})")
    missing = [fact.claim for fact in found if fact.seen is None]
    for claim in missing:
        note(f"not seen in this session: {claim}")
    return Exit.COULD_NOT_RUN if missing else Exit.OK


def _since(began: float) -> str:
    return f"{time.monotonic() - began:.0f} s"
