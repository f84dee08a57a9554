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

from corpora.labels import LABELS, PUBLIC
from detectors.finding import Kind
from guard.errors import ConfigError
from guard.policy import DEFAULT_LABELS, Policy
from guard.policy_schema import File, KeyTable, UpstreamTable
from guard.principal import Principal
from guard.settings import (
    ApiKey,
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
    return Settings(
        path=path,
        corpora=tuple(CorpusSetting(one.name, folder / one.path) for one in file.corpora),
        ledger=LedgerSetting(_ledger_url(file.ledger.url, folder), file.ledger.durability),
        policy=_policy(file, path),
        keys=tuple(_key(key_id, table, path, environment) for key_id, table in file.keys.items()),
        server=ServerSetting(file.server.host, file.server.port, file.server.max_body),
        upstreams=tuple(_upstream(one, path, environment) for one in file.upstream),
        users=MappingProxyType(
            {
                (principal := Principal(user=name, **table.model_dump())).user or "": principal
                for name, table in file.users.items()
            }
        ),
        pii=PiiSetting(file.pii.model, file.pii.ner),
        tiers=MappingProxyType(
            {"standard": TierSetting()} | {name: TierSetting(**tier.model_dump()) for name, tier in file.tiers.items()}
        ),
        canary_key=_canary_key(file, path, folder, environment),
    )


def _ledger_url(url: str, folder: Path) -> str:
    prefix = "sqlite:///"
    if url.startswith(prefix) and not url.startswith(prefix + "/"):
        return f"{prefix}{folder / url.removeprefix(prefix)}"
    return url


def _policy(file: File, path: Path) -> Policy:
    policy = Policy()
    labels = dict(DEFAULT_LABELS)
    for label, table in file.labels.items():
        if label == PUBLIC:
            raise ConfigError(f"{path}: [labels.public]: public documents have no limits; remove the table")
        given = table.model_dump(exclude_unset=True)
        if "beyond" in given:
            given["beyond"] = Action[given["beyond"].upper()]
        labels[label] = replace(labels[label], **given)
    rules = file.rules
    if rules is not None:
        missing = [kind for kind in ("pii", "secret", "canary", "training") if getattr(rules, kind) is None]
        if missing:
            example = '{ default = "redact" }' if missing[0] == "pii" else '"block"'
            raise ConfigError(f"{path}: [rules] names no rule for {missing[0]!r}; add {missing[0]} = {example}")
        policy = replace(
            policy,
            rules={
                kind: Action[str(getattr(rules, kind.value)).upper()]
                for kind in (Kind.SECRET, Kind.CANARY, Kind.TRAINING)
            },
            pii={entity: Action[action.upper()] for entity, action in (rules.pii or {}).items()},
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
    if table.sha256 is not None:
        digest = table.sha256
    else:
        # Without either, the id itself is the secret: good for trying things out on one machine.
        secret = key_id if table.env is None else _variable(table.env, environment, f"{where}: env")
        digest = hashlib.sha256(secret.encode()).hexdigest()
    who = Principal(user=user, tenant=table.tenant or "default", groups=frozenset(table.groups), tier=table.tier)
    tenant = None if table.tenant is None and user is None else who.tenant
    return ApiKey(
        id=key_id, digest=digest, tenant=tenant, user=who.user, groups=who.groups, tier=who.tier, scopes=scopes
    )


def _upstream(table: UpstreamTable, path: Path, environment: Mapping[str, str]) -> Upstream:
    key = None
    if table.api_key_env is not None:
        key = _variable(table.api_key_env, environment, f"{path}: upstream {table.name!r}: api_key_env")
    return Upstream(
        name=table.name,
        base_url=table.base_url.rstrip("/"),
        api_key=key,
        models=tuple(table.models),
        timeout=table.timeout,
    )


def _variable(name: str, environment: Mapping[str, str], where: str) -> str:
    value = environment.get(name)
    if not value:
        raise ConfigError(f"{where}: the environment variable {name} is not set")
    return value


def _canary_key(file: File, path: Path, folder: Path, environment: Mapping[str, str]) -> bytes | None:
    table = file.canary
    if table is None:
        return None
    if table.key_env is not None:
        return _variable(table.key_env, environment, f"{path}: canary.key_env").encode()
    if table.key_file is None:
        raise ConfigError(f"{path}: [canary] needs key_env or key_file")
    try:
        key = (folder / table.key_file).read_bytes().strip()
    except OSError as error:
        raise ConfigError(f"{path}: canary.key_file cannot be read ({error.strerror})") from None
    if len(key) < 16:  # noqa: PLR2004 - the length of a guessable key is said in the message
        raise ConfigError(f"{path}: canary.key_file holds fewer than 16 bytes; make one with `openssl rand -hex 32`")
    return key
