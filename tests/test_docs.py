"""The documents say what the command line has, and what they show runs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.main import get_command

from guard.doors.cli.main import app
from guard.regurgitation.probes import TECHNIQUES
from guard.regurgitation.wordings import WORDINGS

DOCS = Path(__file__).parents[1] / "docs"


def _commands(command, path=()):
    """Yield ``(words, command)`` for every command that does something."""
    children = getattr(command, "commands", None)
    if children is None:
        yield path, command
        return
    for name, child in children.items():
        yield from _commands(child, (*path, name))


COMMANDS = list(_commands(get_command(app)))


def _section(words):
    """Return the part of ``cli.md`` under the heading of one command."""
    text = (DOCS / "cli.md").read_text(encoding="utf-8")
    found = re.search(rf"^## `echoguard {' '.join(words)}\b.*?(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    assert found, f"docs/cli.md has no section '## `echoguard {' '.join(words)}...`'"
    return found.group()


@pytest.mark.parametrize(("words", "command"), COMMANDS, ids=[" ".join(words) for words, _ in COMMANDS])
def test_every_command_and_option_is_described(words, command):
    section = _section(words)
    for parameter in command.params:
        for option in parameter.opts if parameter.param_type_name == "option" else ():
            if option not in {"--help", "-h"}:
                assert f"`{option}" in section, f"echoguard {' '.join(words)} {option} is not in docs/cli.md"


@pytest.mark.parametrize(("words", "command"), COMMANDS, ids=[" ".join(words) for words, _ in COMMANDS])
def test_no_option_is_described_that_is_not_there(words, command):
    known = {option for parameter in command.params for option in parameter.opts} | {"--help", "-h"}
    table = [line.split("|")[1] for line in _section(words).splitlines() if line.startswith("| `-")]
    named = {option for cell in table for option in re.findall(r"`(--?[a-z-]+)", cell)}

    assert named <= known


def test_no_command_is_described_that_is_not_there():
    text = (DOCS / "cli.md").read_text(encoding="utf-8")
    known = {words for words, _ in COMMANDS}
    for heading in re.findall(r"^## `echoguard ([^`]*)`", text, re.MULTILINE):
        words = tuple(word for word in heading.split() if re.fullmatch(r"[a-z]+", word))
        assert words in known, heading


def test_every_exit_code_is_described():
    from guard.doors.cli.exits import Exit

    text = (DOCS / "cli.md").read_text(encoding="utf-8")
    for code in Exit:
        assert re.search(rf"^\| {code.value} \|", text, re.MULTILINE), code


def test_every_technique_is_described():
    text = (DOCS / "probe.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `((?:prefix|dump)-[a-z-]+)`", text, re.MULTILINE)) == set(TECHNIQUES)
    assert all(wording.about for wording in WORDINGS)


def test_every_field_of_the_report_is_described():
    from guard.regurgitation.report import report
    from guard.regurgitation.suite import Result

    told = report(
        Result(target="t", seed=0, outcomes=[], lengths={}, max_leak=0.0, guarded=True, begun=0.0, seconds=0.0)
    )
    text = (DOCS / "probe.md").read_text(encoding="utf-8")
    for name in (*told, *told["probes"], *told["guard_off"], *told["guard_off"]["leaked"]):
        assert re.search(rf"[`.]{name}`", text), name


_BLOCK = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
PYTHON_BLOCKS = [
    pytest.param(block, id=f"{name}-{number}")
    for name in ("probe.md", "cli.md")
    for number, block in enumerate(_BLOCK.findall((DOCS / name).read_text(encoding="utf-8")))
]


@pytest.mark.parametrize("block", PYTHON_BLOCKS)
def test_code_in_the_documents_runs(block, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    exec(compile(block, "docs", "exec"), {"__name__": "docs"})
