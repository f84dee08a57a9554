"""``echoguard incidents``: export for a SIEM, and bundles of evidence."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from guard.doors.cli.exits import Exit
from guard.doors.cli.failures import CommandError
from guard.doors.cli.operating import operating
from guard.doors.cli.terminal import console, print_json

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

    from guard.doors.cli.operating import Operator

Config = Annotated[Path | None, typer.Option("--config", "-c", help="Settings file.  [default: ./echoguard.toml]")]


def add_reports(app: typer.Typer) -> None:
    """Add the commands to *app*."""
    app.command("export")(export_command)
    app.command("bundle")(bundle_command)
    app.command("evidence")(evidence_command)


def export_command(
    incidents: Annotated[
        list[str] | None, typer.Argument(metavar="[ID]...", help="Incidents; all that are open without any.")
    ] = None,
    *,
    closed: Annotated[bool, typer.Option("--closed", help="Closed incidents as well.")] = False,
    config: Config = None,
) -> int:
    """Print incidents for a SIEM: OCSF 1.3.0 Detection Findings, one JSON object a line."""
    from guard.access.incidents.ocsf import finding

    with operating(config) as operator:
        desk = operator.desk
        found = [operator.incident(one) for one in incidents] if incidents else desk.book.listed(closed=closed)
        for one in found:
            event = finding(one, desk.book.moments(one.id), desk.containments.of(one.id))
            sys.stdout.write(json.dumps(event, separators=(",", ":")) + "\n")
    return Exit.OK


def bundle_command(
    incident: Annotated[str, typer.Argument(metavar="ID", help="An incident.")],
    *,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="File to write.  [default: ID.zip]")] = None,
    by: Annotated[str | None, typer.Option("--by", help="Who wants it.  [default: the login name]")] = None,
    config: Config = None,
) -> int:
    """Write everything about an incident, without any text, to a zip file with a signed manifest."""
    with operating(config, by) as operator:
        if operator.audit is None:
            raise CommandError("audit.enabled is false: there are no rows, and no key signs")
        found = operator.incident(incident)
        path = out or Path(f"{found.id}.zip")
        if path.exists():
            raise CommandError(f"{path}: is there already; name another file with --out")
        operator.record("evidence.bundled", {"incident": found.id})
        rows = _write(operator, found.id, path)
    console().print(f"{path}: {rows} rows of the audit with proof.", markup=False, soft_wrap=True)
    return Exit.OK


def _write(operator: Operator, incident: str, path: Path) -> int:
    from guard.access.incidents.evidence_bundle import write_evidence
    from guard.access.incidents.keeper import exposure_of
    from guard.access.ledger import open_ledger

    found = operator.incident(incident)
    setting = operator.settings.ledger
    with open_ledger(setting.url, durability=setting.durability) as ledger:
        exposure = exposure_of(ledger, found.tenant, found.user)
    assert operator.audit is not None, "looked at before"
    return write_evidence(
        path,
        found,
        operator.desk.book.moments(found.id),
        operator.desk.containments.of(found.id),
        exposure,
        operator.audit,
        now=time.time(),
    )


def evidence_command(
    incident: Annotated[str, typer.Argument(metavar="ID", help="An incident.")],
    *,
    key: Annotated[Path, typer.Option("--key", help="The private key, PEM; best on another machine.")],
    by: Annotated[str | None, typer.Option("--by", help="Who reads it.  [default: the login name]")] = None,
    config: Config = None,
) -> int:
    """Open the sealed questions and answers of an incident; that it was done is written down first."""
    from guard.access.incidents.evidence import kept, opened

    private = _private(key)
    with operating(config, by) as operator:
        found = operator.incident(incident)
        operator.record("evidence.opened", {"incident": found.id})
        pieces = kept(operator.desk.store, found.id)
        operator.note(found.id, "evidence.opened", "read the sealed questions and answers")
    try:
        print_json({"incident": found.id, "evidence": [opened(piece, private, found.id) for piece in pieces]})
    except ValueError as error:
        raise CommandError(f"{key}: {error}") from None
    return Exit.OK


def _private(path: Path) -> X25519PrivateKey:
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        private = load_pem_private_key(path.read_bytes(), password=None)
    except (ValueError, TypeError):
        private = None
    if not isinstance(private, X25519PrivateKey):
        raise CommandError(f"{path}: holds no X25519 private key in PEM without a password")
    return private
