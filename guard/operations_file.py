"""The tables of ``echoguard.toml`` that say how an installation is watched over."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path
from types import MappingProxyType
from typing import Final
from urllib.parse import urlsplit

from corpora.identity import normal_identity
from guard.errors import ConfigError
from guard.policy_schema import AuditTable, File, WebhookTable
from guard.secret_values import file_bytes, key_bytes, secret
from guard.settings import AuditSetting, ContactSetting, IncidentSetting, RuleSetting, WebhookSetting

_PREFIX: Final = b"whsec_"


def audit_setting(table: AuditTable, path: Path, folder: Path, environment: Mapping[str, str]) -> AuditSetting:
    """
    Return what ``[audit]`` says.

    Raises:
        ConfigError: Its key cannot be read.
    """
    return AuditSetting(
        enabled=table.enabled,
        path=None if table.path is None else folder / table.path,
        key=key_bytes(table, f"{path}: audit", folder, environment),
        ship_to=None if table.ship_to is None else folder / table.ship_to,
        seconds=table.seconds,
        rows=table.rows,
    )


def incident_setting(file: File, path: Path, folder: Path, environment: Mapping[str, str]) -> IncidentSetting:
    """
    Return what ``[incidents]``, ``[[webhooks]]`` and ``[[contacts]]`` say.

    Raises:
        ConfigError: A webhook has no secret, would be reached in the clear, or is named by a contact and is none.
    """
    rules = {kind: RuleSetting(**rule.model_dump()) for kind, rule in file.incidents.rules.items()}
    evidence = file.incidents.evidence_key_file
    webhooks = tuple(_webhook(one, path, folder, environment) for one in file.webhooks)
    names = [one.name for one in webhooks]
    if len(set(names)) != len(names):
        raise ConfigError(f"{path}: webhooks: two have the same name")
    for contact in file.contacts:
        if contact.webhook is not None and contact.webhook not in names:
            raise ConfigError(f"{path}: contacts: {contact.name!r} names a webhook that is none of [[webhooks]]")
    return IncidentSetting(
        enabled=file.incidents.enabled,
        evidence_key=None
        if evidence is None
        else file_bytes(folder / evidence, f"{path}: incidents.evidence_key_file"),
        evidence_days=file.incidents.evidence_days,
        rules=MappingProxyType(rules),
        webhooks=webhooks,
        contacts=tuple(
            ContactSetting(
                name=one.name,
                address=one.address,
                webhook=one.webhook,
                tenants=frozenset(normal_identity(name, what="a tenant of contacts") for name in one.tenants),
                labels=frozenset(one.labels),
            )
            for one in file.contacts
        ),
    )


def _webhook(table: WebhookTable, path: Path, folder: Path, environment: Mapping[str, str]) -> WebhookSetting:
    where = f"{path}: webhook {table.name!r}"
    url = urlsplit(table.url)
    if url.scheme == "http" and not _loopback(url.hostname or ""):
        raise ConfigError(f"{where}: url must be https, for messages name people; http is for this machine only")
    key = secret(f"webhooks.{table.name}", table, path, folder, environment)
    assert key is not None, "a table that is there has a key, or that is an error"
    return WebhookSetting(name=table.name, url=table.url, secret=_signing(key, where), least=table.least)


def _signing(key: bytes, where: str) -> bytes:
    """Return the bytes that sign: of ``whsec_BASE64`` what that stands for, else the key as it is."""
    if not key.startswith(_PREFIX):
        return key
    try:
        return base64.b64decode(key.removeprefix(_PREFIX), validate=True)
    except ValueError:
        raise ConfigError(f"{where}: what follows whsec_ is no base64") from None


def _loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
