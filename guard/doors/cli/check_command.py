"""``echoguard check``: one answer, one verdict."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from guard.doors.cli.exits import exit_of
from guard.doors.cli.failures import CommandError
from guard.doors.cli.terminal import note, print_json

if TYPE_CHECKING:
    from guard.principal import Principal
    from guard.settings import Settings


def check_command(
    *,
    file: Annotated[
        Path, typer.Argument(metavar="[FILE|-]", help="The answer, UTF-8; - is standard input.", show_default=False)
    ] = Path("-"),
    user: Annotated[
        str | None, typer.Option("--user", "-u", help="Who would see the answer; without it nobody in particular.")
    ] = None,
    tenant: Annotated[str | None, typer.Option("--tenant", help="The user's organisation.")] = None,
    group: Annotated[list[str] | None, typer.Option("--group", help="A group of the user; repeatable.")] = None,
    question: Annotated[
        str | None, typer.Option("--question", help="What the user asked; exempts short repeats of it.")
    ] = None,
    config: Annotated[
        Path | None, typer.Option("--config", "-c", help="Settings file.  [default: ./echoguard.toml]")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the verdict as JSON.")] = False,
    only_text: Annotated[bool, typer.Option("--text", help="Print what may be shown and nothing else.")] = False,
    record: Annotated[
        bool, typer.Option("--record", help="Charge the user's budgets, as when the answer is really shown.")
    ] = False,
) -> int:
    """
    Judge one answer.

    Exit code 0 allow, 3 redact, 4 block; 2 for usage or bad input, 1 when it could not be checked.
    """
    if as_json and only_text:
        raise CommandError("--json and --text exclude each other")
    from guard.doors.cli.answers import read_answer
    from guard.doors.cli.configuration import load_settings, opened_guard
    from guard.request import CheckRequest

    settings = load_settings(config)
    principal = stated_principal(settings, user=user, tenant=tenant, groups=group or [])
    request = CheckRequest(answer=read_answer(file), principal=principal, question=question, record=record)
    if not settings.corpora:
        note("no corpus is configured: the answer is checked for secrets and personal data only")
    with opened_guard(settings, record=record) as guard:
        verdict = guard.check(request)
    if as_json:
        print_json(verdict.to_dict(sources=True))
    elif only_text:
        sys.stdout.flush()
        sys.stdout.buffer.write(verdict.text.encode("utf-8"))
    else:
        from guard.doors.cli.verdict_view import show_verdict

        show_verdict(verdict)
    return exit_of(verdict.action)


def stated_principal(settings: Settings, *, user: str | None, tenant: str | None, groups: list[str]) -> Principal:
    """
    Return who is meant.

    Where the settings list the users, the list says which tenant and groups a user has; nothing else may.

    Raises:
        CommandError: The user is not listed, more is stated than the list allows, or a name is malformed.
    """
    from corpora.document import DEFAULT_TENANT
    from guard.principal import Principal

    try:
        stated = Principal(user=user, groups=frozenset(groups), tenant=DEFAULT_TENANT if tenant is None else tenant)
    except ValueError as error:
        raise CommandError(str(error)) from None
    if user is None and groups:
        raise CommandError("--group needs --user: nobody in particular has no groups")
    if not settings.users or stated.user is None:
        return stated
    listed = settings.users.get(stated.user)
    if listed is None:
        raise CommandError(
            f"user {stated.user!r} is not among the users of {settings.path}; add it under [users] or name another"
        )
    if (tenant is not None and stated.tenant != listed.tenant) or (groups and stated.groups != listed.groups):
        raise CommandError(
            f"{settings.path} lists the tenant and the groups of its users; leave out --tenant and --group"
        )
    return listed
