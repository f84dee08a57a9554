"""``echoguard ledger``: what has been seen, by whom."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from guard.doors.cli.exits import Exit
from guard.doors.cli.failures import CommandError
from guard.doors.cli.terminal import print_json

if TYPE_CHECKING:
    from guard.access.ledger import Exposure

ledger_app = typer.Typer(name="ledger", help="Look into the ledger of disclosed text.", no_args_is_help=True)


@ledger_app.callback()
def ledger() -> None:
    """Look into the ledger of disclosed text."""


@ledger_app.command("show")
def show_command(
    *,
    user: Annotated[str | None, typer.Option("--user", "-u", help="Only this user.")] = None,
    tenant: Annotated[str | None, typer.Option("--tenant", help="Only this organisation.")] = None,
    config: Annotated[
        Path | None, typer.Option("--config", "-c", help="Settings file.  [default: ./echoguard.toml]")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> int:
    """Show how much of which document every user, and every organisation together, has been shown."""
    from corpora.identity import normal_identity
    from guard.access.ledger import open_ledger
    from guard.doors.cli.configuration import close_all, load_settings, missing_ledger, open_corpora
    from guard.doors.cli.ledger_view import rows, show_rows

    settings = load_settings(config)
    try:
        user = None if user is None else normal_identity(user, what="user")
        tenant = None if tenant is None else normal_identity(tenant, what="tenant")
    except ValueError as error:
        raise CommandError(str(error)) from None
    corpora = open_corpora(corpus.path for corpus in settings.corpora)
    try:
        exposures: list[Exposure] = []
        if not missing_ledger(settings):
            with open_ledger(settings.ledger.url, durability=settings.ledger.durability) as ledger:
                exposures = [seen for seen in ledger.exposure(tenant) if user is None or seen.user == user]
        found = rows(exposures, corpora)
    finally:
        close_all(corpora.values())
    if as_json:
        print_json({"exposures": [row.to_dict() for row in found]})
    else:
        show_rows(found)
    return Exit.OK
