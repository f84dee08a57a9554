"""The schema of ``echoguard.toml``; docs/configuration.md describes every key, and a test compares the two."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from corpora.identity import CORPUS_NAME, MAX_CORPUS_NAME
from guard.settings import DEFAULT_MODEL

Act = Literal["allow", "redact", "block"]
Treat = Literal["allow", "mask", "hash", "format", "redact", "block"]
Share = Annotated[float, Field(ge=0.0, le=1.0)]
Count = Annotated[int, Field(ge=0, le=1_000_000_000)]
Questions = Annotated[int, Field(ge=1, le=1_000_000_000)]
Name = Annotated[str, Field(min_length=1, max_length=MAX_CORPUS_NAME, pattern=CORPUS_NAME)]
Value = Annotated[str, Field(min_length=1, max_length=256)]
Scope = Literal["check", "sources", "assert-principal", "operate", "audit", "admin"]


class Table(BaseModel):
    """A table that takes no key it does not know, so that a misspelt limit is not silently no limit."""

    model_config = ConfigDict(extra="forbid", strict=True)


class CorpusTable(Table):
    """``[[corpora]]``: a corpus to open."""

    name: Name
    path: Annotated[str, Field(min_length=1)]


class LedgerTable(Table):
    """``[ledger]``: where accounts are kept."""

    url: Annotated[str, Field(min_length=1)] = "sqlite:///state/ledger.db"
    durability: Literal["process", "power"] = "process"


class AuditTable(Table):
    """``[audit]``: where decisions are written down, and the key that signs."""

    enabled: bool = True
    path: Annotated[str, Field(min_length=1)] | None = None
    key_env: str | None = None
    key_file: str | None = None
    ship_to: Annotated[str, Field(min_length=1)] | None = None
    seconds: Annotated[float, Field(gt=0, le=86_400)] = 60.0
    rows: Annotated[int, Field(ge=1, le=1_000_000)] = 1_000


class RuleTable(Table):
    """``[incidents.rules.KIND]``: what signals of one kind amount to."""

    severity: Literal["low", "medium", "high", "critical"] | None = None
    count: Annotated[int, Field(ge=1, le=200)] | None = None
    window: Annotated[float, Field(gt=0, le=2_592_000)] | None = None
    cost: Annotated[int, Field(ge=1, le=1_000)] | None = None
    budget: Share | None = None
    seconds: Annotated[float, Field(gt=0, le=31_536_000)] | None = None


class IncidentsTable(Table):
    """``[incidents]``: what becomes an incident, and what is slowed down by itself."""

    enabled: bool = True
    evidence_key_file: Annotated[str, Field(min_length=1)] | None = None
    evidence_days: Annotated[float, Field(gt=0, le=3_650)] = 30.0
    rules: dict[str, RuleTable] = {}


class WebhookTable(Table):
    """``[[webhooks]]``: who is told of incidents."""

    name: Name
    url: Annotated[str, Field(pattern=r"^https?://")]
    key_env: str | None = None
    key_file: str | None = None
    least: Literal["low", "medium", "high", "critical"] = "medium"


class ContactTable(Table):
    """``[[contacts]]``: whom an incident concerns."""

    name: Name
    address: Annotated[str, Field(max_length=500)] = ""
    webhook: str | None = None
    tenants: list[str] = []
    labels: list[Literal["public", "internal", "confidential", "restricted"]] = []


class LabelTable(Table):
    """``[labels.NAME]``: limits of a label; what is left out keeps its default."""

    run: Count | None = None
    answer: Count | None = None
    share: Share = 1.0
    tenant_share: Share = 1.0
    floor: Count = 0
    window: Share = 1.0
    retrievals: Count | None = None
    distinct: Count | None = None
    beyond: Literal["redact", "block"] = "redact"
    pii: dict[str, Act] = {}


class RulesTable(Table):
    """``[rules]``: what happens to each kind of finding; every kind must be named."""

    pii: dict[str, Treat] | None = None
    secret: Act | None = None
    canary: Act | None = None
    training: Act | None = None


class KeyTable(Table):
    """``[keys.ID]``: an API key of the sidecar."""

    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = None
    env: Annotated[str, Field(min_length=1)] | None = None
    tenant: str | None = None
    user: str | None = None
    groups: list[str] = []
    tier: str = "standard"
    scopes: list[Scope] = ["check"]


class UserTable(Table):
    """``[users.NAME]``: a user the doors accept; once one is listed, only listed ones are."""

    tenant: str = "default"
    groups: frozenset[str] = frozenset()
    tier: str = "standard"
    own: frozenset[str] = frozenset()

    @field_validator("groups", "own", mode="before")
    @classmethod
    def _as_set(cls, value: object) -> object:
        return frozenset(value) if isinstance(value, list) and all(isinstance(one, str) for one in value) else value


class ServerTable(Table):
    """``[server]``: where the sidecar listens."""

    host: Annotated[str, Field(min_length=1)] = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8642
    max_body: Annotated[int, Field(ge=1_000, le=1_000_000_000)] = 8_000_000


class UpstreamTable(Table):
    """``[[upstream]]``: an OpenAI-compatible model endpoint."""

    name: Name
    base_url: Annotated[str, Field(pattern=r"^https?://")]
    api_key_env: str | None = None
    models: list[str] = []
    timeout: Annotated[float, Field(gt=0, le=3600)] = 120.0


class PiiTable(Table):
    """``[pii]``: the spaCy model, whether names are looked for, and values that are no leak."""

    model: Annotated[str, Field(min_length=1)] = DEFAULT_MODEL
    ner: bool = True
    assurance: bool = False
    allow_domains: list[Value] = []
    allow_names: list[Value] = []
    allow_numbers: list[Value] = []
    public_figures: Value | None = None


class PseudonymsTable(Table):
    """``[pseudonyms]``: the key of the pseudonyms that stand for hashed values."""

    key_env: str | None = None
    key_file: str | None = None


class TierTable(Table):
    """``[tiers.NAME]``: how many questions may be asked."""

    per_minute: Questions = 600
    per_day: Questions = 20_000
    tenant_per_minute: Questions = 6_000
    key_per_minute: Questions = 6_000
    address_per_minute: Questions = 6_000


class LimitsTable(Table):
    """``[limits]``: where questions are counted."""

    store: Annotated[str, Field(min_length=1)] = "memory"
    store_env: Annotated[str, Field(min_length=1)] | None = None


class PricesTable(Table):
    """``[prices]``: what counts as one question more."""

    question: Questions = 8_000
    answer: Questions = 8_000
    documents: Questions = 4


class BehaviourTable(Table):
    """``[behaviour]``: how users are watched."""

    enabled: bool = True
    slow: Annotated[float, Field(gt=0, le=1)] = 0.6
    release: Annotated[float, Field(gt=0, lt=1)] = 0.35
    half_life: Annotated[float, Field(ge=60, le=31_536_000)] = 21_600.0
    users: Annotated[int, Field(ge=1, le=10_000_000)] = 20_000
    write_every: Annotated[float, Field(ge=0.1, le=3_600)] = 5.0

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.release >= self.slow:
            raise ValueError("release must be below slow, so that nobody flickers between the two")
        return self


class CanaryTable(Table):
    """``[canary]``: the key of the planted markers, and earlier ones that are still recognised."""

    key_env: str | None = None
    key_file: str | None = None
    old_key_envs: list[str] = []
    old_key_files: list[str] = []


class WindowTable(Table):
    """``[window]``: the key that picks the windows."""

    key_env: str | None = None
    key_file: str | None = None


class OpenFgaTable(Table):
    """``[entitlements.openfga]``: a server that says who may read what."""

    url: Annotated[str, Field(pattern=r"^https?://")]
    store: Annotated[str, Field(min_length=1)]
    model: str | None = None
    token_env: str | None = None
    relation: Annotated[str, Field(min_length=1)] = "reader"
    user: Annotated[str, Field(min_length=1)] = "user:{tenant}/{user}"
    object: Annotated[str, Field(min_length=1)] = "document:{corpus}/{id}"
    timeout: Annotated[float, Field(gt=0, le=60)] = 2.0


class EntitlementsTable(Table):
    """``[entitlements]``: who says who may read what."""

    source: Literal["readers", "callable", "openfga"] = "readers"
    callable: Annotated[str, Field(pattern=r"^[^:]+:[^:]+$")] | None = None
    cache_seconds: Annotated[float, Field(ge=0, le=300)] = 30.0
    openfga: OpenFgaTable | None = None


class File(Table):
    """The whole file."""

    corpora: list[CorpusTable] = []
    ledger: LedgerTable = LedgerTable()
    audit: AuditTable = AuditTable()
    incidents: IncidentsTable = IncidentsTable()
    webhooks: list[WebhookTable] = []
    contacts: list[ContactTable] = []
    labels: dict[str, LabelTable] = {}
    rules: RulesTable | None = None
    notice: Annotated[str, Field(min_length=1, max_length=2_000)] | None = None
    keys: dict[Name, KeyTable] = {}
    users: dict[str, UserTable] = {}
    server: ServerTable = ServerTable()
    upstream: list[UpstreamTable] = []
    pii: PiiTable = PiiTable()
    pseudonyms: PseudonymsTable | None = None
    tiers: dict[str, TierTable] = {}
    limits: LimitsTable = LimitsTable()
    prices: PricesTable = PricesTable()
    behaviour: BehaviourTable = BehaviourTable()
    canary: CanaryTable | None = None
    window: WindowTable | None = None
    entitlements: EntitlementsTable = EntitlementsTable()
