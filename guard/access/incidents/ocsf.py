"""
Incidents for a SIEM: Detection Finding of the Open Cybersecurity Schema Framework.

Source: https://schema.ocsf.io/1.3.0/classes/detection_finding.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Final

from guard.access.incidents.rules import STEPS

if TYPE_CHECKING:
    from guard.access.incidents.base import Containment, Incident, Moment

SCHEMA_VERSION: Final = "1.3.0"
CATEGORY: Final = 2
CLASS: Final = 2004
_CREATE, _UPDATE, _CLOSE = 1, 2, 3
_NEW, _IN_PROGRESS, _RESOLVED = 1, 2, 4
_ACTIVITIES: Final = {_CREATE: "Create", _UPDATE: "Update", _CLOSE: "Close"}
_STATES: Final = {_NEW: "New", _IN_PROGRESS: "In Progress", _RESOLVED: "Resolved"}
_RULE, _BEHAVIOURAL = 1, 2
_USER_NAME: Final = 4
MOST_RESOURCES: Final = 100


def finding(incident: Incident, moments: Sequence[Moment], containments: Sequence[Containment]) -> dict[str, Any]:
    """
    Return *incident* as one event, JSON-ready.

    Times are in milliseconds since the epoch.  What the schema has no place for stands in ``unmapped``.
    """
    activity = _CLOSE if incident.state == "closed" else _UPDATE if incident.count > 1 else _CREATE
    status = _RESOLVED if incident.state == "closed" else _IN_PROGRESS if containments else _NEW
    last = moments[-1] if moments else None
    kinds = list(dict.fromkeys(moment.kind for moment in moments))
    signals = [moment for moment in moments if moment.strength is not None]
    kind = signals[-1].kind if signals else incident.group
    behavioural = kind.startswith("behaviour")
    documents = list(dict.fromkeys(ref for moment in moments for ref in moment.documents))
    event: dict[str, Any] = {
        "category_uid": CATEGORY,
        "category_name": "Findings",
        "class_uid": CLASS,
        "class_name": "Detection Finding",
        "activity_id": activity,
        "activity_name": _ACTIVITIES[activity],
        "type_uid": CLASS * 100 + activity,
        "type_name": f"Detection Finding: {_ACTIVITIES[activity]}",
        "severity_id": int(incident.severity),
        "severity": incident.severity.word.capitalize(),
        "status_id": status,
        "status": _STATES[status],
        "time": _milliseconds(incident.updated),
        "start_time": _milliseconds(min((moment.at for moment in moments), default=incident.opened)),
        "end_time": _milliseconds(incident.updated),
        "count": incident.count,
        "message": last.reason if last is not None else incident.group,
        "metadata": {
            "version": SCHEMA_VERSION,
            "product": {"name": "echoguard", "vendor_name": "echoguard", "version": version("echoguard")},
            "uid": f"{incident.id}/{incident.count}",
        },
        "finding_info": {
            "uid": incident.id,
            "title": f"Leakage incident: {incident.group}",
            "desc": "; ".join(dict.fromkeys(moment.reason for moment in signals[-5:])) or incident.group,
            "types": kinds,
            "created_time": _milliseconds(incident.opened),
            "modified_time": _milliseconds(incident.updated),
            "first_seen_time": _milliseconds(min((moment.at for moment in moments), default=incident.opened)),
            "last_seen_time": _milliseconds(incident.updated),
            "analytic": {
                "name": kind,
                "uid": kind,
                "type_id": _BEHAVIOURAL if behavioural else _RULE,
                "type": "Behavioral" if behavioural else "Rule",
            },
        },
        "resources": [
            {"uid": f"{ref.corpus}/{ref.id}", "name": ref.id, "group": {"name": ref.corpus}, "type": "document"}
            for ref in documents[:MOST_RESOURCES]
        ],
        "remediation": {"desc": " ".join(STEPS.get(incident.group, STEPS["other"]))},
        "unmapped": {
            "tenant": incident.tenant,
            "exposure": dict(incident.exposure),
            "containments": [one.to_dict() for one in containments],
            "timeline": [one.to_dict() for one in moments],
        },
    }
    if incident.user is not None:
        user = {
            "name": incident.user,
            "uid": f"{incident.tenant}/{incident.user}",
            "org": {"name": incident.tenant, "uid": incident.tenant},
        }
        event["evidences"] = [{"actor": {"user": user}}]
        event["observables"] = [
            {
                "name": "evidences[0].actor.user.name",
                "type_id": _USER_NAME,
                "type": "User Name",
                "value": incident.user,
            }
        ]
    return event


def _milliseconds(seconds: float) -> int:
    return round(seconds * 1000)
