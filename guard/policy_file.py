"""Reading ``echoguard.toml``: one schema, and errors that name the key and what to do."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError

from corpora.document import DEFAULT_TENANT
from corpora.labels import LABELS, PUBLIC
from detectors.finding import Kind
from guard.entitlement_file import entitlement_setting
from guard.errors import ConfigError
from guard.operations_file import audit_setting, incident_setting
from guard.personal_file import allowed_values, check_key, personal_rules
from guard.policy import DEFAULT_LABELS, Policy
from guard.policy_schema import CanaryTable, File, KeyTable, UpstreamTable
from guard.prices import Prices
from guard.principal import Principal
from guard.secret_values import secret, variable
from guard.settings import (
    ApiKey,
    BehaviourSetting,
    CorpusSetting,
    LedgerSetting,
    PiiSetting,
    ServerSetting,
    Settings,
    TierSetting,
    Upstream,
)
from guard.verdict import Action

MAX_FILE = 1_000_000
"""Largest settings file, in bytes."""


def read_settings(path: Path, environment: Mapping[str, str]) -> Settings:
    """
    Read the settings in *path*.

    Args:
        path: A TOML file; relative paths in it are relative to its folder.
        environment: Where keys named by variable are looked up.

    Raises:
        ConfigError: The file cannot be read or is wrong; the message names the key.
    """
    try:
        if path.stat().st_size > MAX_FILE:
            raise ConfigError(f"{path}: larger than {MAX_FILE} bytes; this is no settings file")
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigError(f"{path}: no such file; give the path of your echoguard.toml") from None
    except IsADirectoryError:
        raise ConfigError(f"{path}: is a folder; give the path of your echoguard.toml") from None
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror})") from None
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: not UTF-8 text (byte {error.start})") from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ConfigError(f"{path}: not valid TOML: {error}") from None
    except ValueError:
        raise ConfigError("the path of the settings file holds characters that no path can hold") from None
    return settings_from(raw, path=path, environment=environment)


def settings_from(raw: Mapping[str, Any], *, path: Path, environment: Mapping[str, str]) -> Settings:
    """
    Build the settings from parsed TOML.

    Raises:
        ConfigError: A key is unknown, missing or has a wrong value.
    """
    unknown = sorted(set(raw.get("labels", {})) - set(LABELS)) if isinstance(raw.get("labels", {}), dict) else []
    if unknown:
        raise ConfigError(f"{path}: [labels.{unknown[0]}]: no such label; the labels are {', '.join(LABELS)}")
    try:
        file = File.model_validate(raw)
    except ValidationError as error:
        raise ConfigError(f"{path}: {_first_error(error)}") from None
    try:
        return _settings(file, path, environment)
    except ValueError as error:
        raise ConfigError(f"{path}: {error}") from None


def _first_error(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    where = ".".join(str(part) for part in first["loc"])
    hint = (
        "no such setting; see docs/configuration.md for all of them"
        if first["type"] == "extra_forbidden"
        else first["msg"]
    )
    more = f" (and {error.error_count() - 1} more)" if error.error_count() > 1 else ""
    return f"{where}: {hint.removeprefix('Value error, ')}{more}"


def _settings(file: File, path: Path, environment: Mapping[str, str]) -> Settings:
    folder = path.resolve().parent
    names = [corpus.name for corpus in file.corpora]
    if len(set(names)) != len(names):
        raise ConfigError(f"{path}: corpora: two corpora have the same name")
    keys = tuple(_key(key_id, table, path, environment) for key_id, table in file.keys.items())
    if len({key.digest for key in keys}) != len(keys):
        raise ConfigError(f"{path}: keys: two keys have the same secret, so nobody could tell who asks")
    policy = _policy(file, path, folder)
    pseudonym_key = secret("pseudonyms", file.pseudonyms, path, folder, environment)
    check_key(policy, pseudonym_key, str(path))
    return Settings(
        path=path,
        corpora=tuple(CorpusSetting(one.name, folder / one.path) for one in file.corpora),
        ledger=LedgerSetting(_ledger_url(file.ledger.url, folder), file.ledger.durability),
        audit=audit_setting(file.audit, path, folder, environment),
        incidents=incident_setting(file, path, folder, environment),
        policy=policy,
        keys=keys,
        server=ServerSetting(file.server.host, file.server.port, file.server.max_body),
        upstreams=tuple(_upstream(one, path, environment) for one in file.upstream),
        users=_users(file, path),
        pii=PiiSetting(file.pii.model, file.pii.ner, file.pii.assurance),
        pseudonym_key=pseudonym_key,
        tiers=_tiers(file, path),
        prices=Prices(**file.prices.model_dump()),
        behaviour=BehaviourSetting(**file.behaviour.model_dump()),
        limits_store=_limits_store(file, path, environment),
        canary_keys=_canary_keys(file.canary, path, folder, environment),
        window_key=secret("window", file.window, path, folder, environment),
        entitlements=entitlement_setting(
            file.entitlements, where=str(path), variable=lambda name, key: variable(name, environment, key)
        ),
    )


def _users(file: File, path: Path) -> Mapping[str, Principal]:
    users: dict[str, Principal] = {}
    for name, table in file.users.items():
        principal = _principal(f"{path}: [users.{name}]", user=name, **table.model_dump())
        if principal.user in users:
            raise ConfigError(f"{path}: [users.{name}]: the same user is listed twice, in two spellings")
        users[principal.user or ""] = principal
    return MappingProxyType(users)


def _tiers(file: File, path: Path) -> Mapping[str, TierSetting]:
    tiers: dict[str, TierSetting] = {}
    for name, table in file.tiers.items():
        # In the spelling in which a principal names it.
        tier = _principal(f"{path}: [tiers.{name}]", tier=name).tier
        if tier in tiers:
            raise ConfigError(f"{path}: [tiers.{name}]: the same tier is listed twice, in two spellings")
        tiers[tier] = TierSetting(**table.model_dump())
    return MappingProxyType({"standard": TierSetting()} | tiers)


def _principal(where: str, **names: Any) -> Principal:
    try:
        return Principal(**names)
    except ValueError as error:
        raise ConfigError(f"{where}: {error}") from None


def _ledger_url(url: str, folder: Path) -> str:
    prefix = "sqlite:///"
    place = url.removeprefix(prefix)
    # A database in memory forgets with the process; the ledger refuses it, so it must not become a file of that name.
    if place in {url, ":memory:"} or place.startswith("/"):
        return url
    return f"{prefix}{folder / place}"


def _policy(file: File, path: Path, folder: Path) -> Policy:
    policy = Policy(allowed=allowed_values(file.pii, folder, str(path)))
    labels = dict(DEFAULT_LABELS)
    for label, table in file.labels.items():
        given = table.model_dump(exclude_unset=True)
        if label == PUBLIC and set(given) != {"pii"}:
            raise ConfigError(f"{path}: [labels.public]: public documents have no limits; only pii may stand here")
        if "pii" in given:
            given["pii"] = tuple(sorted((entity, Action[word.upper()]) for entity, word in given["pii"].items()))
        if "beyond" in given:
            given["beyond"] = Action[given["beyond"].upper()]
        labels[label] = replace(labels[label], **given)
    rules = file.rules
    if rules is not None:
        missing = [kind for kind in ("pii", "secret", "canary", "training") if getattr(rules, kind) is None]
        if missing:
            example = '{ default = "redact" }' if missing[0] == "pii" else '"block"'
            raise ConfigError(f"{path}: [rules] names no rule for {missing[0]!r}; add {missing[0]} = {example}")
        pii, treatments = personal_rules(rules.pii or {})
        policy = replace(
            policy,
            rules={
                kind: Action[str(getattr(rules, kind.value)).upper()]
                for kind in (Kind.SECRET, Kind.CANARY, Kind.TRAINING)
            },
            pii=pii,
            treatments=treatments,
        )
    return replace(policy, labels=labels, notice=file.notice or policy.notice)


def _key(key_id: str, table: KeyTable, path: Path, environment: Mapping[str, str]) -> ApiKey:
    where = f"{path}: [keys.{key_id}]"
    user = table.user
    scopes = frozenset(table.scopes)
    if user == "assert-principal":
        user, scopes = None, scopes | {"assert-principal"}
    if user is None and "assert-principal" not in scopes:
        raise ConfigError(f'{where}: bind the key to a user, or give it the scope "assert-principal"')
    if user is not None and "assert-principal" in scopes:
        raise ConfigError(f"{where}: a key is bound to a user or may assert one, not both")
    if not scopes:
        raise ConfigError(f"{where}: scopes is empty, so the key could do nothing; leave it out for check alone")
    if table.sha256 is not None and table.env is not None:
        raise ConfigError(f"{where}: give the secret as sha256 or as env, not both")
    if table.sha256 is not None:
        digest = table.sha256
    else:
        # Without either, the id itself is the secret: good for trying things out on one machine.
        shown = key_id if table.env is None else variable(table.env, environment, f"{where}: env")
        digest = hashlib.sha256(shown.encode()).hexdigest()
    # Named and empty is wrong, not left out.
    tenant = DEFAULT_TENANT if table.tenant is None else table.tenant
    who = _principal(where, user=user, tenant=tenant, groups=frozenset(table.groups), tier=table.tier)
    return ApiKey(
        id=key_id,
        digest=digest,
        tenant=None if table.tenant is None and user is None else who.tenant,
        user=who.user,
        groups=who.groups,
        tier=who.tier,
        scopes=scopes,
    )


def _upstream(table: UpstreamTable, path: Path, environment: Mapping[str, str]) -> Upstream:
    key = None
    if table.api_key_env is not None:
        key = variable(table.api_key_env, environment, f"{path}: upstream {table.name!r}: api_key_env")
    return Upstream(
        name=table.name,
        base_url=table.base_url.rstrip("/"),
        api_key=key,
        models=tuple(table.models),
        timeout=table.timeout,
    )


def _limits_store(file: File, path: Path, environment: Mapping[str, str]) -> str:
    if file.limits.store_env is None:
        return file.limits.store
    return variable(file.limits.store_env, environment, f"{path}: limits.store_env")


def _canary_keys(
    table: CanaryTable | None, path: Path, folder: Path, environment: Mapping[str, str]
) -> tuple[bytes, ...]:
    """Return the keys of planted markers, the one in force first; none where there is no such table."""
    if table is None:
        return ()
    old = [CanaryTable(key_env=name) for name in table.old_key_envs]
    old += [CanaryTable(key_file=name) for name in table.old_key_files]
    keys = [secret("canary", one, path, folder, environment) for one in (table, *old)]
    return tuple(dict.fromkeys(key for key in keys if key is not None))
