"""From settings to an audit."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from guard.access.audit.keys import own_key, signing_key
from guard.access.audit.writing import Audit
from guard.errors import AuditUnavailable, ConfigError

if TYPE_CHECKING:
    from guard.access.audit.keys import SigningKey
    from guard.settings import Settings

_SQLITE: Final = "sqlite:///"


def audit_folder(settings: Settings) -> Path:
    """Return the folder of the audit: the one that is set, else ``audit`` beside the ledger's file."""
    if settings.audit.path is not None:
        return settings.audit.path
    url = settings.ledger.url
    return Path(url.removeprefix(_SQLITE)).parent / "audit" if url.startswith(_SQLITE) else Path("state/audit")


def audit_key(settings: Settings) -> SigningKey:
    """
    Return the key that signs: the one that is set, else the one in the audit's folder.

    Raises:
        ConfigError: What is set is no key.
        AuditUnavailable: The folder cannot be used.
    """
    if settings.audit.key is not None:
        return signing_key(settings.audit.key, where="the key of [audit]")
    folder = audit_folder(settings)
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise AuditUnavailable(f"the audit's folder {str(folder)!r} cannot be made ({error.strerror})") from error
    return own_key(folder)


def open_audit(settings: Settings) -> Audit:
    """
    Open the audit that *settings* describe; nothing is written before the first row.

    Raises:
        ConfigError: It is switched off, or its key is none.
        AuditUnavailable: Its folder cannot be used.
    """
    if not settings.audit.enabled:
        raise ConfigError("audit.enabled is false: nothing is written down")
    return Audit(
        audit_folder(settings),
        audit_key(settings),
        synced=settings.ledger.durability == "power",
        seconds=settings.audit.seconds,
        rows=settings.audit.rows,
        ship_to=settings.audit.ship_to,
    )
