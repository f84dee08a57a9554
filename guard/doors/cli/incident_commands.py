"""``echoguard incidents``: looking at incidents, closing and keeping them, telling people."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from guard.doors.cli.containment_commands import add_containment
from guard.doors.cli.exits import Exit
from guard.doors.cli.failures import CommandError
from guard.doors.cli.operating import operating
from guard.doors.cli.report_commands import add_reports
from guard.doors.cli.terminal import console, print_json

incidents_app = typer.Typer(name="incidents", help="Look at incidents, contain, release, report.", no_args_is_help=True)
add_containment(incidents_app)
add_reports(incidents_app)

Config = Annotated[Path | None, typer.Option("--config", "-c", help="Settings file.  [default: ./echoguard.toml]")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
By = Annotated[str | None, typer.Option("--by", help="Who decides it.  [default: the login name]")]
Id = Annotated[str, typer.Argument(metavar="ID", help="An incident.")]


@incidents_app.callback()
def incidents() -> None:
    """Look at incidents, contain, release, report."""


@incidents_app.command("list")
def list_command(
    *,
    closed: Annotated[bool, typer.Option("--closed", help="Closed incidents as well.")] = False,
    config: Config = None,
    as_json: Json = False,
) -> int:
    """List the incidents that are open, and who and what is contained."""
    from guard.doors.cli.incident_view import show_list

    with operating(config) as operator:
        found = operator.desk.book.listed(closed=closed)
        held = operator.desk.containments.active()
    if as_json:
        print_json({"incidents": [one.to_dict() for one in found], "containments": [one.to_dict() for one in held]})
    else:
        show_list(found, held)
    return Exit.OK


@incidents_app.command("show")
def show_command(incident: Id, *, config: Config = None, as_json: Json = False) -> int:
    """Show an incident: what happened when, what was shown until then, what was done, and what to do next."""
    from guard.access.incidents.rules import STEPS
    from guard.doors.cli.incident_view import show_one

    with operating(config) as operator:
        found = operator.incident(incident)
        moments = operator.desk.book.moments(found.id)
        held = operator.desk.containments.of(found.id)
        contacts = operator.notifier.concerned(found)
    steps = STEPS.get(found.group, STEPS["other"])
    if as_json:
        print_json(
            found.to_dict()
            | {
                "timeline": [one.to_dict() for one in moments],
                "containments": [one.to_dict() for one in held],
                "contacts": [{"name": one.name, "address": one.address} for one in contacts],
                "next_steps": list(steps),
            }
        )
    else:
        show_one(found, moments, held, contacts, steps)
    return Exit.OK


@incidents_app.command("close")
def close_command(
    incident: Id,
    *,
    reason: Annotated[str, typer.Option("--reason", help="What came of it.")],
    by: By = None,
    config: Config = None,
) -> int:
    """Close an incident; the next signal of its kind opens another one."""
    with operating(config, by) as operator:
        found = operator.incident(incident)
        operator.record("incident.closed", {"incident": found.id, "reason": operator.keyed(reason)})
        operator.desk.book.close(found.id, by=operator.name)
        operator.note(found.id, "incident.closed", reason)
    console().print(f"{found.id} is closed.")
    return Exit.OK


@incidents_app.command("hold")
def hold_command(
    incident: Id,
    *,
    lift: Annotated[bool, typer.Option("--lift", help="Let it age again.")] = False,
    by: By = None,
    config: Config = None,
) -> int:
    """Keep an incident and its evidence whatever their age, as for a dispute."""
    with operating(config, by) as operator:
        found = operator.incident(incident)
        kind = "evidence.released" if lift else "evidence.held"
        operator.record(kind, {"incident": found.id})
        operator.desk.book.hold(found.id, held=not lift)
        operator.note(found.id, kind, "the evidence ages again" if lift else "the evidence is kept")
    console().print(f"{found.id} {'ages again' if lift else 'is kept'}.")
    return Exit.OK


@incidents_app.command("notify")
def notify_command(
    incident: Id,
    *,
    to: Annotated[str, typer.Option("--to", help="A contact of the settings.")],
    by: By = None,
    config: Config = None,
) -> int:
    """Notify somebody concerned, through the webhook of the contact."""
    with operating(config, by) as operator:
        found = operator.incident(incident)
        contact = next((one for one in operator.settings.incidents.contacts if one.name == to), None)
        if contact is None:
            raise CommandError(f"there is no contact {to!r}: add it as [[contacts]] to the settings")
        operator.record("incident.notified", {"incident": found.id, "contact": contact.name})
        if not operator.notifier.notify(found, contact):
            raise CommandError("there is no webhook to notify through: add [[webhooks]] to the settings")
        operator.note(found.id, "incident.notified", f"notified {contact.name}")
    console().print(f"A message to {contact.name} waits to be sent.")
    return Exit.OK


@incidents_app.command("deliver")
def deliver_command(*, config: Config = None) -> int:
    """Send what waits for webhooks now; `echoguard serve` does it by itself."""
    with operating(config) as operator:
        number = 0
        for webhook in operator.settings.incidents.webhooks:
            while operator.notifier.deliver_one(webhook):
                number += 1
        states = operator.desk.outbox.states()
    waiting = sum(one.get("waiting", 0) for one in states.values())
    failed = sum(one.get("failed", 0) for one in states.values())
    console().print(f"{number} tried; {waiting} wait, {failed} were given up.")
    return Exit.OK
