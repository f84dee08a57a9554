"""The entry point: builds the command tree, runs it, and turns every failure into one line and an exit code."""

from __future__ import annotations

import logging
import sys
import warnings
from typing import TYPE_CHECKING, Annotated

import typer
from typer.exceptions import Abort, TyperException

from guard.doors.cli.audit_commands import audit_app
from guard.doors.cli.canary_commands import canary_app
from guard.doors.cli.check_command import check_command
from guard.doors.cli.corpus_commands import corpus_app
from guard.doors.cli.demo import demo_command
from guard.doors.cli.exits import Exit
from guard.doors.cli.failures import explain, one_line
from guard.doors.cli.incident_commands import incidents_app
from guard.doors.cli.ledger_commands import ledger_app
from guard.doors.cli.probe_command import probe_command
from guard.doors.cli.serve_command import serve_command
from guard.doors.cli.terminal import note, prepare_streams, settle_streams

if TYPE_CHECKING:
    from collections.abc import Sequence

app = typer.Typer(
    name="echoguard",
    help="Leakage guard for RAG and fine-tuned language models.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit codes: 0 done or allow, 1 could not run, 2 usage or bad input, 3 redact, 4 block, 5 leaked, "
    "6 tampered.",
)


def _print_version(asked: bool) -> None:  # noqa: FBT001 - the shape of an option's callback
    if asked:
        from importlib.metadata import version

        sys.stdout.write(f"echoguard {version('echoguard')}\n")
        raise typer.Exit


@app.callback()
def root(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and end.")
    ] = False,
) -> None:
    """Leakage guard for RAG and fine-tuned language models."""


app.command("demo")(demo_command)
app.add_typer(corpus_app)
app.command("check")(check_command)
app.command("serve")(serve_command)
app.command("probe")(probe_command)
app.add_typer(ledger_app)
app.add_typer(canary_app)
app.add_typer(incidents_app)
app.add_typer(audit_app)


def main(arguments: Sequence[str] | None = None) -> int:
    """
    Run one command and return its exit code; every failure becomes one line on standard error.

    Args:
        arguments: What follows the program's name; ``sys.argv`` when None.
    """
    prepare_streams()
    _hush_libraries()
    try:
        given = list(sys.argv[1:] if arguments is None else arguments)
        outcome = app(given, prog_name="echoguard", standalone_mode=False)
        sys.stdout.flush()
    except TyperException as error:
        if error.format_message():
            note(one_line(f"{error.format_message()} (see {_help_of(error)})"))
        return Exit.BAD_INPUT
    except (KeyboardInterrupt, Abort):
        note("interrupted")
        return Exit.INTERRUPTED
    except BrokenPipeError:
        return Exit.COULD_NOT_RUN
    except Exception as error:  # noqa: BLE001 - the last line of defence: whatever it is, no traceback and no text
        line, code = explain(error)
        note(line)
        return code
    if outcome == Exit.INTERRUPTED:
        note("interrupted")
    return outcome if isinstance(outcome, int) else Exit.OK


def _help_of(error: TyperException) -> str:
    """Name the help page that explains what *error* complains about."""
    context = getattr(error, "ctx", None)
    return f"{context.command_path} --help" if context is not None else "echoguard --help"


def _hush_libraries() -> None:
    """Keep warnings and log lines of libraries off the terminal unless the user asked Python for them."""
    if not sys.warnoptions:
        warnings.simplefilter("ignore")
    logging.getLogger().addHandler(logging.NullHandler())


def run() -> None:
    """Run ``echoguard`` as a process."""
    code = main()
    settle_streams()
    sys.exit(code)


if __name__ == "__main__":
    run()
