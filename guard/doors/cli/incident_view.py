"""Incidents as tables and lines."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from guard.doors.cli.failures import one_line
from guard.doors.cli.terminal import console, print_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from guard.access.incidents import Containment, Incident, Moment
    from guard.settings import ContactSetting


def show_list(incidents: Sequence[Incident], containments: Sequence[Containment]) -> None:
    """Print one table of incidents and one of what is contained."""
    if not incidents:
        console().print("No incident is open.")
    else:
        print_table(
            ("incident", "severity", "group", "who", "signals", "opened", "updated", "state"),
            [
                _line(
                    one.id,
                    one.severity.word,
                    one.group,
                    _who(one),
                    one.count,
                    _at(one.opened),
                    _at(one.updated),
                    one.state,
                )
                for one in incidents
            ],
            right={"signals"},
        )
    if containments:
        console().print()
        print_table(
            ("containment", "what", "of", "until", "by", "incident"),
            [_line(one.id, _what(one), one.target, _until(one), one.by, one.incident or "") for one in containments],
        )


def show_one(
    incident: Incident,
    moments: Sequence[Moment],
    containments: Sequence[Containment],
    contacts: Sequence[ContactSetting],
    steps: Sequence[str],
) -> None:
    """Print everything about one incident."""
    say = console().print
    head = f"{incident.id}: {incident.severity.word}, {incident.group}, {_who(incident)}, {incident.state}"
    say(one_line(head + (" (kept)" if incident.held else "")), markup=False, soft_wrap=True)
    exposure = incident.exposure
    if exposure:
        say(
            f"Shown until it was opened: {exposure['characters']:,} characters of {exposure['documents']} documents.",
            markup=False,
            soft_wrap=True,
        )
    say("\nTimeline", markup=False)
    for moment in moments:
        who = f" [with {', '.join(moment.others)}]" if moment.others else ""
        say(f"  {one_line(f'{_at(moment.at)} {moment.kind}: {moment.reason}{who}')}", markup=False, soft_wrap=True)
    if incident.count > len(moments):
        say(f"  {incident.count} signals in all", markup=False)
    if containments:
        say("\nContained", markup=False)
        for one in containments:
            ended = "released" if one.released is not None else _until(one)
            say(
                f"  {one_line(f'{one.id}  {_what(one)} of {one.target}, {ended}, by {one.by}')}",
                markup=False,
                soft_wrap=True,
            )
    if contacts:
        say("\nConcerns", markup=False)
        for contact in contacts:
            say(f"  {one_line(f'{contact.name} {contact.address}')}", markup=False, soft_wrap=True)
    say("\nNext", markup=False)
    for number, step in enumerate(steps, start=1):
        say(f"  {number}. {step}", markup=False, soft_wrap=True)


def _line(*cells: object) -> tuple[str, ...]:
    return tuple(one_line(str(cell)) for cell in cells)


def _who(incident: Incident) -> str:
    return f"{incident.user or 'anonymous'} ({incident.tenant})"


def _what(containment: Containment) -> str:
    if containment.action != "throttle":
        return containment.action
    return f"throttle (each question counts as {containment.cost}, {containment.budget:.0%} of daily budgets)"


def _until(containment: Containment) -> str:
    return "until released" if containment.expires is None else f"until {_at(containment.expires)}"


def _at(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%SZ")
