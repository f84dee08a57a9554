"""``echoguard audit``: whether what was written down is still what was written."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from guard.doors.cli.exits import Exit
from guard.doors.cli.failures import CommandError, one_line
from guard.doors.cli.terminal import note, print_json

if TYPE_CHECKING:
    from guard.access.audit import Report
    from guard.access.audit.keys import PublicKey
    from guard.settings import Settings

audit_app = typer.Typer(name="audit", help="Verify and sign the audit.", no_args_is_help=True)

Config = Annotated[Path | None, typer.Option("--config", "-c", help="Settings file.  [default: ./echoguard.toml]")]


@audit_app.callback()
def audit() -> None:
    """Verify and sign the audit."""


@audit_app.command("verify")
def verify_command(
    *,
    folder: Annotated[
        Path | None, typer.Option("--folder", help="Folder of the audit, instead of the settings'.")
    ] = None,
    public_key: Annotated[
        list[Path] | None, typer.Option("--public-key", help="Trust this key only; repeat it for more.")
    ] = None,
    shipped: Annotated[
        list[Path] | None, typer.Option("--shipped", help="Checkpoints kept elsewhere; repeat it for more.")
    ] = None,
    bundle: Annotated[Path | None, typer.Option("--bundle", help="An evidence bundle instead of an audit.")] = None,
    config: Config = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> int:
    """Check every row against the one before it, and every chain against the signed checkpoints."""
    from guard.access.audit import audit_folder, verify
    from guard.access.audit.bundles import verify_bundle
    from guard.doors.cli.configuration import load_settings

    settings = load_settings(config)
    folder = folder or audit_folder(settings)
    keys = trusted(settings, folder, public_key or [])
    if bundle is not None:
        report = verify_bundle(bundle, keys)
    elif folder.is_dir():
        copies = [line for path in shipped or [] for line in path.read_bytes().splitlines()]
        report = verify(folder, keys, shipped=copies)
    else:
        raise CommandError(f"{folder}: there is no audit; nothing was decided yet, or the folder is another one")
    if as_json:
        print_json(report.to_dict() | {"keys": [key.id for key in keys]})
    else:
        _show(report, keys)
    return Exit.OK if report.sound else Exit.TAMPERED


@audit_app.command("checkpoint")
def checkpoint_command(*, config: Config = None) -> int:
    """Sign where every chain stands now, and print the checkpoint, to be kept elsewhere."""
    from guard.access.audit import open_audit
    from guard.doors.cli.configuration import load_settings

    with open_audit(load_settings(config)) as opened:
        made = opened.checkpoint()
    if made is None:
        raise CommandError("there is no row to sign yet")
    sys.stdout.write(made.line.decode() + "\n")
    return Exit.OK


def trusted(settings: Settings, folder: Path, named: list[Path]) -> list[PublicKey]:
    """
    Return the keys whose signatures count: those named, else that of the settings, else the one in the folder.

    Raises:
        CommandError: There is none.
    """
    from guard.access.audit.keys import PUBLIC_FILE, public_key, signing_key

    if named:
        return [public_key(path.read_bytes(), where=str(path)) for path in named]
    if settings.audit.key is not None:
        return [signing_key(settings.audit.key, where="the key of [audit]").public]
    path = folder / PUBLIC_FILE
    if not path.exists():
        raise CommandError(f"{path}: there is no public key; name one with --public-key")
    note(f"trusting {path}, which lies beside the audit: keep a copy elsewhere and name it with --public-key")
    return [public_key(path.read_bytes(), where=str(path))]


def _show(report: Report, keys: list[PublicKey]) -> None:
    write = sys.stdout.write
    for problem in report.problems:
        write(one_line(f"TAMPERED {problem}") + "\n")
    for told in report.notes:
        write(one_line(f"note: {told}") + "\n")
    counts = f"{report.rows} rows in {report.chains} chains, {report.checkpoints} checkpoints"
    signed = ", ".join(key.id for key in keys)
    if report.sound:
        write(f"sound: {counts}, {report.uncovered} rows not yet under a checkpoint; key {signed}\n")
    else:
        write(f"not sound: {len(report.problems)} problems in {counts}; key {signed}\n")
