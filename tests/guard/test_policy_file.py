"""Settings files: what is read, and what is said when they are wrong."""

import hashlib
from pathlib import Path
from typing import Any

import pytest

from detectors.finding import Kind
from guard import Guard, Principal
from guard.errors import ConfigError
from guard.policy_file import read_settings
from guard.settings import Settings
from guard.verdict import Action

FULL = """
notice = "No."
[[corpora]]
name = "handbook"
path = "state/handbook"
[ledger]
url = "sqlite:///state/ledger.db"
durability = "power"
[labels.internal]
run = 600
answer = 1500
share = 1.0
tenant_share = 1.0
[labels.confidential]
run = 250
share = 0.16
[labels.restricted]
run = 0
answer = 0
window = 0.05
[rules]
pii = { PERSON = "allow", EMAIL_ADDRESS = "redact", CREDIT_CARD = "block", default = "redact" }
secret = "block"
canary = "block"
training = "redact"
[keys.app]
sha256 = "DIGEST"
tenant = "Acme"
scopes = ["check", "sources", "assert-principal"]
[keys.ann-laptop]
user = "Ann "
tenant = "acme"
groups = ["HR"]
[users.ann]
tenant = "acme"
groups = ["hr"]
[server]
port = 9000
[[upstream]]
name = "local"
base_url = "http://127.0.0.1:1/v1/"
api_key_env = "UP_KEY"
models = ["m"]
[tiers.trial]
per_minute = 5
""".replace("DIGEST", hashlib.sha256(b"s").hexdigest())


def written(folder: Path, text: str) -> Path:
    path = folder / "echoguard.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_whole_file_is_read(tmp_path: Path) -> None:
    settings = read_settings(written(tmp_path, FULL), {"UP_KEY": "k"})

    assert settings.corpora[0].path == tmp_path / "state/handbook"
    assert settings.ledger.url == f"sqlite:///{tmp_path}/state/ledger.db"
    assert settings.policy.labels["confidential"].run == 250
    assert settings.policy.labels["confidential"].answer == 500, "what is left out keeps its default"
    assert settings.policy.labels["restricted"].beyond is Action.BLOCK
    assert settings.policy.rules[Kind.TRAINING] is Action.REDACT
    assert settings.policy.notice == "No."
    app, laptop = settings.keys
    assert (app.user, app.tenant, "assert-principal" in app.scopes) == (None, "acme", True)
    assert (laptop.user, laptop.groups, laptop.digest) == (
        "ann",
        frozenset({"hr"}),
        hashlib.sha256(b"ann-laptop").hexdigest(),
    )
    assert settings.upstreams[0].base_url == "http://127.0.0.1:1/v1"
    assert settings.upstreams[0].api_key == "k"
    assert settings.tiers["trial"].per_minute == 5
    assert settings.users["ann"].groups == frozenset({"hr"})


def test_the_example_of_the_contract_is_the_default(tmp_path: Path) -> None:
    """The limits of a small installation are those one gets without a file."""
    text = (
        FULL.split("[keys.app]", maxsplit=1)[0]
        .replace("answer = 0\nwindow = 0.05", "answer = 0")
        .replace('"redact"\n[', '"block"\n[')
    )
    text = text.replace('training = "redact"', 'training = "block"').replace('notice = "No."', "")

    assert read_settings(written(tmp_path, text), {}).policy.digest == Settings().policy.digest


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[[corpora]\n", "not valid TOML"),
        ("colour = 1", "colour: no such setting"),
        ("[labels.secret]\nrun = 1", "labels.secret]: no such label; the labels are public, internal"),
        ("[labels.public]\nrun = 1", "public documents have no limits"),
        ("[labels.internal]\nrun = -1", "labels.internal.run"),
        ("[labels.internal]\nrun = '1'", "labels.internal.run"),
        ("[labels.internal]\nshare = 1.5", "labels.internal.share"),
        ("labels = 3", "labels"),
        ("[rules]\nsecret = 'block'", "names no rule for 'pii'"),
        ("[rules]\npii = {}\nsecret = 'block'\ntraining = 'block'", "names no rule for 'canary'"),
        ("[rules]\npii = { PERSON = 'maybe' }\nsecret='block'\ncanary='block'\ntraining='block'", "rules.pii.PERSON"),
        ("[keys.k]\nscopes = ['check']", "bind the key to a user"),
        ("[keys.k]\nuser = 'ann'\nscopes = ['assert-principal']", "not both"),
        ("[keys.k]\nuser = 'ann'\nscopes = ['root']", "keys.k.scopes"),
        ('[keys.k]\nuser = "a\\u200bnn"', "invisible character"),
        ("[keys.k]\nuser = 'ann'\nenv = 'NOT_SET'", "NOT_SET is not set"),
        ("[[upstream]]\nname = 'x'\nbase_url = 'ftp://x'", "upstream.0.base_url"),
        ("[[corpora]]\nname='a'\npath='x'\n[[corpora]]\nname='a'\npath='y'", "two corpora have the same name"),
        ("[canary]\nkey_file = 'nowhere'", "canary.key_file cannot be read"),
        ("[server]\nport = 70000", "server.port"),
        ("[labels.confidential]\nshare = nan", "labels.confidential.share"),
        ("[labels.confidential]\ntenant_share = inf", "labels.confidential.tenant_share"),
        ("[labels.internal]\nrun = true", "labels.internal.run"),
        ("[[upstream]]\nname='x'\nbase_url='http://x'\ntimeout=nan", "upstream.0.timeout"),
        ("[tiers.a]\nper_minute = 10000000000", "tiers.a.per_minute"),
        ("[tiers.A]\nper_minute = 5\n[tiers.a]\nper_minute = 9", "[tiers.a]: the same tier is listed twice"),
        ('[tiers."a\\u200b"]\nper_minute = 5', "invisible character"),
        ('[users.ann]\n[users."Ann "]\ntenant = "b"', "[users.Ann ]: the same user is listed twice"),
        ("[users.ann]\ngroups = ['']", "[users.ann]: group is empty"),
        ("[keys.k]\nuser = 'ann'\nscopes = []", "[keys.k]: scopes is empty"),
        ("[keys.k]\nuser = 'ann'\ntenant = ''", "[keys.k]: tenant is empty"),
        ("[keys.k]\nuser = 'ann'\nenv = 'K'\nsha256 = '" + "0" * 64 + "'", "as sha256 or as env, not both"),
        ("[keys.a]\nuser='ann'\nenv='K'\n[keys.b]\nuser='bob'\nenv='K'", "two keys have the same secret"),
        ("[canary]\nkey_env = 'K'", "canary.key_env holds fewer than 16 bytes"),
        ("[canary]\nkey_file = 'a\\u0000'", "canary"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read_settings(written(tmp_path, text), {"K": "short"})

    assert told in str(caught.value)
    assert "\n" not in str(caught.value)
    assert "echoguard.toml" in str(caught.value)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such file"):
        Settings.load(tmp_path / "none.toml")
    with pytest.raises(ConfigError, match="is a folder"):
        Settings.load(tmp_path)
    binary = tmp_path / "b.toml"
    binary.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match="not UTF-8"):
        Settings.load(binary)


@pytest.mark.parametrize("path", ["a\0b", "\ud800", 3, b"x"])
def test_paths_that_are_none(path: Any) -> None:
    with pytest.raises(ConfigError, match="path"):
        Settings.load(path)


def test_tiers_are_found_in_whatever_spelling(tmp_path: Path) -> None:
    settings = read_settings(written(tmp_path, "[tiers.Trial]\nper_minute = 5"), {})

    assert settings.tiers[Principal(tier="TRIAL ").tier].per_minute == 5


@pytest.mark.parametrize(
    ("url", "left"),
    [("sqlite:///:memory:", True), ("sqlite:////x/y.db", True), ("postgresql://h/d", True), ("sqlite:///x.db", False)],
)
def test_only_files_are_relative_to_the_settings(tmp_path: Path, url: str, left: bool) -> None:
    settings = read_settings(written(tmp_path, f"[ledger]\nurl = '{url}'"), {})

    assert settings.ledger.url == (url if left else f"sqlite:///{tmp_path}/x.db")


@pytest.mark.parametrize(
    ("extra", "told"),
    [
        ("", "rules.pii.PERSON needs names to be looked for"),
        (", EMAIL = 'block'", "rules.pii.EMAIL: no such entity"),
    ],
)
def test_a_rule_that_would_never_apply_is_refused(tmp_path: Path, extra: str, told: str) -> None:
    text = f"[pii]\nner = false\n[rules]\npii = {{ PERSON = 'block'{extra} }}\n"
    path = written(tmp_path, text + "secret = 'block'\ncanary = 'block'\ntraining = 'block'\n")

    with pytest.raises(ConfigError, match=told):
        Guard.open(path)


def test_the_environment_names_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ECHOGUARD_CONFIG", str(written(tmp_path, 'notice = "From the environment."')))

    assert Settings.load().policy.notice == "From the environment."
