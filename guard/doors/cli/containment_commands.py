"""``echoguard incidents``: throttle, quarantine, revoke and release."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from guard.doors.cli.exits import Exit
from guard.doors.cli.failures import CommandError, one_line
from guard.doors.cli.operating import operating, seconds_of
from guard.doors.cli.terminal import console

if TYPE_CHECKING:
    from guard.access.incidents import Target
    from guard.access.incidents.base import Action

User = Annotated[str | None, typer.Option("--user", "-u", help="This user.")]
Tenant = Annotated[str | None, typer.Option("--tenant", help="The organisation.  [default: default]")]
For = Annotated[str, typer.Option("--for", help="How long: 30m, 2h, 7d, ever.")]
Reason = Annotated[str, typer.Option("--reason", help="Why; kept with it.")]
Incident = Annotated[str | None, typer.Option("--incident", help="The incident it belongs to.")]
By = Annotated[str | None, typer.Option("--by", help="Who decides it.  [default: the login name]")]
Config = Annotated[Path | None, typer.Option("--config", "-c", help="Settings file.  [default: ./echoguard.toml]")]


def add_containment(app: typer.Typer) -> None:
    """Add the commands to *app*."""
    app.command("throttle")(throttle_command)
    app.command("quarantine")(quarantine_command)
    app.command("revoke")(revoke_command)
    app.command("release")(release_command)


def throttle_command(
    *,
    user: Annotated[str, typer.Option("--user", "-u", help="This user.")],
    reason: Reason,
    tenant: Tenant = None,
    cost: Annotated[int, typer.Option("--cost", min=1, max=1000, help="As how many questions one counts.")] = 5,
    budget: Annotated[float, typer.Option("--budget", min=0, max=1, help="Part of daily budgets that is left.")] = 0.5,
    duration: For = "1h",
    incident: Incident = None,
    by: By = None,
    config: Config = None,
) -> int:
    """Slow a user down."""
    target = _target(user, tenant, None)
    return _contain(config, by, "throttle", target, reason, duration, incident, cost=cost, budget=budget)


def quarantine_command(
    *,
    reason: Reason,
    user: User = None,
    tenant: Tenant = None,
    document: Annotated[str | None, typer.Option("--document", help="A document, as CORPUS/ID.")] = None,
    duration: For = "24h",
    incident: Incident = None,
    by: By = None,
    config: Config = None,
) -> int:
    """Give a user, or a whole organisation, nothing; or a document to nobody."""
    return _contain(config, by, "quarantine", _target(user, tenant, document), reason, duration, incident)


def revoke_command(
    key: Annotated[str, typer.Argument(metavar="KEY", help="Id of an API key, as in [keys.ID].")],
    *,
    reason: Reason,
    duration: For = "ever",
    incident: Incident = None,
    by: By = None,
    config: Config = None,
) -> int:
    """Refuse an API key, in every running sidecar within a second."""
    from guard.access.incidents import Target

    return _contain(config, by, "revoke", Target(kind="key", name=key), reason, duration, incident)


def release_command(
    containment: Annotated[str, typer.Argument(metavar="ID", help="A containment, as `incidents list` names it.")],
    *,
    reason: Reason,
    by: By = None,
    config: Config = None,
) -> int:
    """End a containment."""
    with operating(config, by) as operator:
        held = next((one for one in operator.desk.containments.active() if one.id == containment), None)
        if held is None:
            raise CommandError(f"nothing is contained under {containment!r}; `echoguard incidents list` names all")
        facts = {"containment": held.id, "incident": held.incident, "reason": operator.keyed(reason)}
        operator.record("containment.released", {name: value for name, value in facts.items() if value})
        operator.desk.containments.release(held.id)
        operator.note(held.incident, "containment.released", f"released {held.target}: {reason}", held)
    console().print(one_line(f"{held.target} is released."))
    return Exit.OK


def _target(user: str | None, tenant: str | None, document: str | None) -> Target:
    from corpora.document import DEFAULT_TENANT
    from corpora.identity import normal_identity
    from guard.access.incidents import Target

    if document is not None:
        if user is not None or tenant is not None:
            raise CommandError("name --document, or --user and --tenant, not both")
        corpus, slash, name = document.partition("/")
        if not (corpus and slash and name):
            raise CommandError("a document is named CORPUS/ID")
        return Target(kind="document", corpus=corpus, name=name)
    if user is None and tenant is None:
        raise CommandError("name --user, --tenant or --document")
    try:
        organisation = normal_identity(tenant or DEFAULT_TENANT, what="tenant")
        if user is None:
            return Target(kind="tenant", tenant=organisation)
        return Target(kind="user", tenant=organisation, name=normal_identity(user, what="user"))
    except ValueError as error:
        raise CommandError(str(error)) from None


def _contain(
    config: Path | None,
    by: str | None,
    action: Action,
    target: Target,
    reason: str,
    duration: str,
    incident: str | None,
    *,
    cost: int = 1,
    budget: float = 1.0,
) -> int:
    seconds = seconds_of(duration)
    with operating(config, by) as operator:
        if not operator.settings.incidents.enabled:
            raise CommandError("incidents.enabled is false: no guard would heed it")
        if target.kind == "key" and target.name not in {key.id for key in operator.settings.keys}:
            raise CommandError(f"the settings list no key {target.name!r}")
        if incident is not None:
            operator.incident(incident)
        facts = {
            "target": target.kind,
            "tenant": target.tenant,
            "corpus": target.corpus,
            "name": _said(target, operator.keyed(target.name)),
            "reason": operator.keyed(reason),
            "incident": incident or "",
        }
        told = {name: value for name, value in facts.items() if value}
        operator.record(f"containment.{action}", told | ({"seconds": seconds} if seconds is not None else {}))
        held = operator.desk.containments.contain(
            action,
            target,
            by=operator.name,
            reason=reason,
            seconds=seconds,
            cost=cost,
            budget=budget,
            incident=incident,
        ).containment
        operator.note(incident, f"containment.{action}", f"{action} of {target}: {reason}", held)
    until = "until it is released" if held.expires is None else f"for {duration}"
    console().print(one_line(f"{held.id}: {action} of {target} {until}."))
    return Exit.OK


def _said(target: Target, keyed: str) -> str:
    """Return a name as the audit may hold it: the id of a key may be its secret, where things are only tried out."""
    return f"hash:{keyed}" if target.kind == "key" else target.name
