"""The tables of ``echoguard.toml`` that say how an installation is watched over."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from guard.policy_schema import AuditTable, IncidentsTable
from guard.secret_values import key_bytes
from guard.settings import AuditSetting, IncidentSetting, RuleSetting


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


def incident_setting(table: IncidentsTable) -> IncidentSetting:
    """Return what ``[incidents]`` says."""
    rules = {kind: RuleSetting(**rule.model_dump()) for kind, rule in table.rules.items()}
    return IncidentSetting(enabled=table.enabled, rules=MappingProxyType(rules))
