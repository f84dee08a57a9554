"""``echoguard ledger``: what has been seen, by whom, and giving budgets back."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from guard.doors.cli.exits import Exit
from guard.doors.cli.failures import CommandError, one_line
from guard.doors.cli.terminal import console, print_json, print_table
from guard.policy import CELL

if TYPE_CHECKING:
    from guard.access.ledger import Exposure, Reset
    from guard.settings import Settings

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


@ledger_app.command("reset")
def reset_command(
    *,
    reason: Annotated[str, typer.Option("--reason", help="Why; kept for good.")],
    user: Annotated[str | None, typer.Option("--user", "-u", help="Give this user's budgets back.")] = None,
    document: Annotated[
        str | None, typer.Option("--document", help="Only this document, as CORPUS/ID; without --user everybody's.")
    ] = None,
    tenant: Annotated[str, typer.Option("--tenant", help="Their organisation.")] = "default",
    by: Annotated[str | None, typer.Option("--by", help="Who decides it.  [default: the login name]")] = None,
    config: Annotated[
        Path | None, typer.Option("--config", "-c", help="Settings file.  [default: ./echoguard.toml]")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> int:
    """Give back what a user, or everybody, was shown of documents; who did it and why is kept for good."""
    import getpass

    from corpora.identity import normal_identity
    from guard.access.ledger import open_ledger
    from guard.doors.cli.configuration import load_settings, missing_ledger
    from guard.doors.cli.operating import audited_resets

    settings = load_settings(config)
    if user is None and document is None:
        raise CommandError("name --user, --document or both: a whole organisation is not reset at once")
    if missing_ledger(settings):
        raise CommandError("there is no ledger yet, so there is nothing to give back")
    family = None if document is None else _family(settings, document)
    try:
        user = None if user is None else normal_identity(user, what="user")
        tenant = normal_identity(tenant, what="tenant")
        with (
            audited_resets(settings) as listener,
            open_ledger(settings.ledger.url, durability=settings.ledger.durability, on_reset=listener) as ledger,
        ):
            done = ledger.reset(tenant=tenant, user=user, family=family, by=by or getpass.getuser(), reason=reason)
    except ValueError as error:
        raise CommandError(str(error)) from None
    if as_json:
        print_json(_reset_row(done))
    else:
        console().print(f"{done.accounts:,} accounts were emptied; they held {done.cells * CELL:,} characters.")
    return Exit.OK


@ledger_app.command("resets")
def resets_command(
    *,
    config: Annotated[
        Path | None, typer.Option("--config", "-c", help="Settings file.  [default: ./echoguard.toml]")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> int:
    """List who gave which budgets back, when and why."""
    from guard.access.ledger import open_ledger
    from guard.doors.cli.configuration import load_settings, missing_ledger

    settings = load_settings(config)
    found: list[Reset] = []
    if not missing_ledger(settings):
        with open_ledger(settings.ledger.url, durability=settings.ledger.durability) as ledger:
            found = ledger.resets()
    listed = [_reset_row(one) for one in found]
    if as_json:
        print_json({"resets": listed})
    elif not listed:
        console().print("Nothing was ever given back.")
    else:
        names = ("at", "by", "tenant", "user", "document", "characters", "reason")
        print_table(
            names,
            [tuple(one_line(str(row[name] or "everybody's")) for name in names) for row in listed],
            right={"characters"},
        )
    return Exit.OK


def _family(settings: Settings, document: str) -> str:
    """Return the account of ``CORPUS/ID``, also where the corpus does not hold the document any more."""
    from guard.doors.cli.configuration import close_all, open_corpora
    from guard.rights import family_key

    name, slash, document_id = document.partition("/")
    if not slash or not document_id:
        raise CommandError("--document is the name of a corpus and an id: CORPUS/ID")
    corpora = open_corpora(corpus.path for corpus in settings.corpora)
    try:
        if name not in corpora:
            raise CommandError(f"there is no corpus {name!r}; the settings name {', '.join(sorted(corpora)) or 'none'}")
        info = corpora[name].info(document_id)
    finally:
        close_all(corpora.values())
    return family_key(name, document_id if info is None else info.family)


def _reset_row(done: Reset) -> dict[str, Any]:
    corpus, _, document = (done.family or "").partition("\x1f")
    return {
        "id": done.id,
        "at": datetime.fromtimestamp(done.at, tz=UTC).isoformat(timespec="seconds"),
        "by": done.by,
        "reason": done.reason,
        "tenant": done.tenant,
        "user": done.user,
        "document": f"{corpus}/{document}" if done.family else None,
        "accounts": done.accounts,
        "characters": done.cells * CELL,
    }
