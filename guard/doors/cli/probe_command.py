"""``echoguard probe``: the regurgitation suite."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from guard.doors.cli.exits import Exit
from guard.doors.cli.failures import CommandError
from guard.doors.cli.terminal import note, print_json, progress_bar

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from corpora import Corpus
    from guard.engine import Guard
    from guard.regurgitation.asking import Patience
    from guard.regurgitation.probes import Probe
    from guard.regurgitation.suite import Result
    from guard.regurgitation.targets import Target


def probe_command(
    *,
    target: Annotated[
        str, typer.Option("--target", "-t", help="Address of an OpenAI-compatible server, or module:function.")
    ],
    corpus: Annotated[
        list[Path] | None,
        typer.Option(
            "--corpus", help="Index whose documents are asked for; repeatable.  [default: those of the settings]"
        ),
    ] = None,
    config: Annotated[
        Path | None, typer.Option("--config", "-c", help="Settings file: measure again with the guard that it sets up.")
    ] = None,
    probes: Annotated[
        list[str] | None, typer.Option("--probes", help="prefix, dump or one technique; repeatable.  [default: all]")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=100_000, help="Most questions to ask.")] = 60,
    seed: Annotated[
        int, typer.Option("--seed", help="Chooses documents and passages; the same seed, the same questions.")
    ] = 0,
    max_leak: Annotated[
        float,
        typer.Option("--max-leak", min=0.0, max=1.0, help="Highest share of leaking questions that still passes."),
    ] = 0.0,
    model: Annotated[
        str | None, typer.Option("--model", help="Model name to send.  [default: the first that the server lists]")
    ] = None,
    api_key: Annotated[
        str | None,
        typer.Option("--api-key", envvar="ECHOGUARD_PROBE_KEY", show_envvar=True, help="Bearer token for the server."),
    ] = None,
    concurrency: Annotated[
        int, typer.Option("--concurrency", min=1, max=256, help="Questions under way at a time.")
    ] = 4,
    timeout: Annotated[float, typer.Option("--timeout", min=0.01, help="Seconds for one answer.")] = 60.0,
    retries: Annotated[
        int, typer.Option("--retries", min=0, max=20, help="More tries after a failure that may pass.")
    ] = 2,
    json_file: Annotated[Path | None, typer.Option("--json", help="Write the report as JSON; - prints it.")] = None,
    junit_file: Annotated[Path | None, typer.Option("--junit", help="Write the report as JUnit XML.")] = None,
    evidence: Annotated[
        bool, typer.Option("--evidence", help="Put questions and answers into the JSON: they hold protected text.")
    ] = False,
) -> int:
    """
    Ask a model for the text of protected documents and measure what comes back.

    Exit code 0 nothing leaked beyond --max-leak, 5 it did, 1 some question got no answer, 2 usage or bad input.
    """
    from guard.regurgitation.asking import Patience
    from guard.regurgitation.targets import open_target

    if evidence and json_file is None:
        raise CommandError("--evidence needs --json: the questions and answers go into that report")
    if str(json_file) == str(junit_file) == "-":
        raise CommandError("--json and --junit cannot both go to standard output")
    if not (0 <= max_leak <= 1 and 0 < timeout < float("inf")):
        raise CommandError("--max-leak is a share from 0 to 1, and --timeout a number of seconds")
    for path in (json_file, junit_file):
        if path is not None and str(path) != "-" and not path.parent.is_dir():
            raise CommandError(f"{path}: there is no folder to write it to")
    asked = open_target(target, model=model, api_key=api_key, timeout=timeout)
    patience = Patience(concurrency=concurrency, timeout=timeout, retries=retries)
    result = _probe(
        asked, corpus or [], config, probes or [], limit=limit, seed=seed, max_leak=max_leak, patience=patience
    )
    _write(result, json_file, junit_file, evidence=evidence)
    if "-" not in {str(json_file), str(junit_file)}:
        from guard.doors.cli.probe_view import show_result

        show_result(result)
    return _exit(result)


def _probe(
    target: Target,
    directories: Sequence[Path],
    config: Path | None,
    names: Sequence[str],
    *,
    limit: int,
    seed: int,
    max_leak: float,
    patience: Patience,
) -> Result:
    """Draw the questions, then ask and measure; with settings and no corpora of its own, with the guard beside it."""
    from contextlib import ExitStack

    from guard.doors.cli.configuration import close_all, load_settings, open_corpora
    from guard.engine import Guard
    from guard.regurgitation.probes import chosen_techniques, draw_probes

    techniques = chosen_techniques(names)
    with ExitStack() as opened:
        guard: Guard | None = None
        corpora: Mapping[str, Corpus] = {}
        if directories:
            corpora = open_corpora(directories)
            opened.callback(close_all, corpora.values())
        if config is not None or not directories:
            settings = load_settings(config)
            if not directories and not settings.corpora:
                raise CommandError(
                    "nothing to ask for: name an index with --corpus, or settings that list one with --config"
                )
            guard = opened.enter_context(Guard.open(settings))
            corpora = corpora or guard.corpora
        drawn = draw_probes(corpora, techniques=techniques, limit=limit, seed=seed)
        return _run(target, drawn, corpora, guard, patience=patience, seed=seed, max_leak=max_leak)


def _run(
    target: Target,
    drawn: Sequence[Probe],
    corpora: Mapping[str, Corpus],
    guard: Guard | None,
    *,
    patience: Patience,
    seed: int,
    max_leak: float,
) -> Result:
    import asyncio

    from guard.regurgitation.suite import run_suite

    with progress_bar() as progress:
        tasks = {step: progress.add_task(step, total=len(drawn)) for step in ("asked", "measured")}

        async def whole() -> Result:
            try:
                return await run_suite(
                    target,
                    drawn,
                    corpora,
                    guard=guard,
                    patience=patience,
                    seed=seed,
                    max_leak=max_leak,
                    progress=lambda step: progress.advance(tasks[step]),
                )
            finally:
                await target.close()

        return asyncio.run(whole())


def _write(result: Result, json_file: Path | None, junit_file: Path | None, *, evidence: bool) -> None:
    import json

    from guard.regurgitation.junit import junit
    from guard.regurgitation.report import report

    if junit_file is not None:
        _replace(junit_file, junit(result))
    if json_file is None:
        return
    values = report(result, evidence=evidence)
    if str(json_file) == "-":
        print_json(values)
    else:
        _replace(json_file, (json.dumps(values, ensure_ascii=False, indent=2) + "\n").encode())


def _replace(path: Path, content: bytes) -> None:
    """Write *content* to *path* as a whole or not at all; ``-`` is standard output."""
    if str(path) == "-":
        sys.stdout.flush()
        sys.stdout.buffer.write(content + b"\n")
        return
    half = path.with_name(f".{path.name}.part")
    try:
        half.write_bytes(content)
        half.replace(path)
    except OSError as error:
        half.unlink(missing_ok=True)
        raise CommandError(f"{path}: {error.strerror or type(error).__name__}", Exit.COULD_NOT_RUN) from error


def _exit(result: Result) -> Exit:
    from guard.regurgitation.suite import Status

    if result.status is Status.INCOMPLETE:
        errors = [outcome.asked.error for outcome in result.outcomes if outcome.asked.error]
        reason = f"{errors[0]} (first of {len(errors)})" if errors else "every answer was empty"
        note(f"could not probe: {reason}; what was not answered is not known to be clean")
    return {Status.CLEAN: Exit.OK, Status.LEAKED: Exit.LEAKED, Status.INCOMPLETE: Exit.COULD_NOT_RUN}[result.status]
