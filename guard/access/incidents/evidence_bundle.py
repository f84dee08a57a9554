"""Everything about one incident in one file: for a regulator, an insurer, a court.  No text of anybody is in it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from guard.access.audit.bundles import PROOFS, write_bundle
from guard.access.audit.proofs import proofs
from guard.access.incidents.ocsf import finding

if TYPE_CHECKING:
    from guard.access.audit import Audit
    from guard.access.incidents.base import Containment, Incident, Moment

BEFORE_SECONDS: Final = 86_400.0
"""How long before an incident's first moment rows about the same user belong to it."""

_READ_ME: Final = """\
Evidence bundle of one echoguard incident.

incident.json      what it is, and what had been shown when it was opened
timeline.jsonl     what happened, one moment a line
exposure.json      what had been shown when it was opened, and when this bundle was made
containments.json  who and what was held, and until when
ocsf.json          the incident as OCSF 1.3.0 Detection Finding
audit/rows.jsonl   the audit's rows about it
audit/proofs.json  the same rows with their place in the hash chains and the signed checkpoints that state it;
                   rows about others are represented by their digests
manifest.json      SHA-256 of every file
manifest.sig       Ed25519 signature of manifest.json, base64

Verify with: echoguard audit verify --bundle FILE --public-key KEY
"""


def write_evidence(
    path: Path,
    incident: Incident,
    moments: Sequence[Moment],
    containments: Sequence[Containment],
    exposure_now: Mapping[str, Any],
    audit: Audit,
    *,
    now: float,
) -> int:
    """
    Write the bundle of *incident* to a new file and return how many rows of the audit it shows.

    Raises:
        AuditUnavailable: No checkpoint can be written.
        OSError: A file cannot be read or written.
    """
    audit.checkpoint()
    ids = {incident.id, *(one.id for one in containments)}
    requests = {moment.request_id for moment in moments if moment.request_id}
    begins = min((moment.at for moment in moments), default=incident.opened) - BEFORE_SECONDS

    def belongs(row: Mapping[str, Any]) -> bool:
        facts = row.get("facts")
        if isinstance(facts, dict) and ids & {facts.get("incident"), facts.get("containment")}:
            return True
        who = row.get("who")
        if not isinstance(who, dict) or who.get("tenant") != incident.tenant or who.get("user") != incident.user:
            return False
        return row.get("request") in requests or begins <= row["at"] <= incident.updated

    proven = proofs(audit.folder, belongs)
    rows = sorted((row for proof in proven for row in proof.shown), key=lambda row: row["at"])
    files = {
        "README.txt": _READ_ME,
        "incident.json": _json(incident.to_dict()),
        "timeline.jsonl": _lines([moment.to_dict() for moment in moments]),
        "exposure.json": _json({"when_opened": dict(incident.exposure), "now": dict(exposure_now)}),
        "containments.json": _json([one.to_dict() for one in containments]),
        "ocsf.json": _json(finding(incident, moments, containments)),
        "audit/rows.jsonl": _lines(rows),
        PROOFS: _json([proof.to_dict() for proof in proven]),
    }
    about = {"incident": incident.id, "created": round(now, 3)}
    write_bundle(path, {name: text.encode() for name, text in files.items()}, audit.key, about=about)
    return len(rows)


def _json(value: Any) -> str:
    return json.dumps(value, indent=2) + "\n"


def _lines(values: Sequence[Any]) -> str:
    return "".join(json.dumps(value, separators=(",", ":")) + "\n" for value in values)
