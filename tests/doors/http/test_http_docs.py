"""docs/http.md: its examples run, and it names every error code, metric, scope and path there is."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import get_args

import pytest

from guard.policy_schema import Scope
from guard.settings import Settings

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "http.md").read_text(encoding="utf-8")
SOURCES = [path.read_text(encoding="utf-8") for path in (ROOT / "guard/doors/http").rglob("*.py")]
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
EXAMPLES = [
    (line, BLOCKS[number + 1][1] if BLOCKS[number + 1 : number + 2] and BLOCKS[number + 1][0] == "json" else None)
    for number, (language, block) in enumerate(BLOCKS)
    if language == "bash"
    for line in re.split(r"\n(?=curl )", block)
    if line.startswith("curl ")
]


def test_there_is_an_example_of_everything(sidecar):
    called = {re.search(r"127\.0\.0\.1:8642(\S*)", line)[1] for line, _ in EXAMPLES}

    assert called == set(sidecar.ask("/openapi.json").json()["paths"]) | {"/openapi.json"}


@pytest.mark.parametrize(("command", "answer"), EXAMPLES, ids=[c.split()[1].split("8642")[1] for c, _ in EXAMPLES])
def test_the_examples_run(sidecar, upstream, command, answer):
    words = shlex.split(command.replace("$KEY", "secret-trusted").replace("\\\n", " "))
    options = list(zip(words[2::2], words[3::2], strict=True))
    headers = dict(value.split(": ") for name, value in options if name == "-H")
    body = next((value for name, value in options if name == "-d"), None)
    url = words[1].replace("http://127.0.0.1:8642", sidecar.url)
    reply = sidecar.client.request("POST" if body else "GET", url, headers=headers, content=body)

    assert reply.status_code == 200
    if answer is not None:
        # The digest of the policy is the tests' own.
        expected, got = ({**told, "policy": None} for told in (json.loads(answer), reply.json()))
        assert got == expected


def test_every_code_metric_and_scope_is_described():
    code = "\n".join(SOURCES)
    codes = set(re.findall(r"Problem\(\s*\d+,\s*\"([a-z-]+)\"", code))
    codes |= {f"upstream-{kind}" for kind in re.findall(r"\bfailure\(\s*\"([a-z]+)\"", code)}
    metrics = set(re.findall(r"\"(echoguard_[a-z_]+)\"", code))

    assert len(codes) > 20
    assert len(metrics) > 7
    assert {one for one in codes if f"`{one}`" not in PAGE} - {"gone"} == set()
    assert {one for one in metrics if one not in PAGE} == set()
    assert {one for one in get_args(Scope) if f"`{one}`" not in PAGE} == set()


def test_the_settings_of_the_container_are_valid(monkeypatch):
    monkeypatch.setenv("APP_KEY", "a-secret-for-the-application")
    settings = Settings.load(ROOT / "deploy" / "echoguard.toml")

    assert settings.keys[0].scopes == {"check", "sources", "assert-principal"}
    assert settings.ledger.url == "sqlite:////var/lib/echoguard/ledger.db"
    assert settings.upstreams[0].name == "local"
