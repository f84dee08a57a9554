"""The documentation lists every entity and every rule, and its example runs."""

from __future__ import annotations

import re
from pathlib import Path

from detectors.catalogue import LOOSE, main, written
from detectors.pii import ENTITIES
from detectors.pii.entities import DESCRIPTIONS
from detectors.secrets.rules import RULES
from detectors.secrets.rules.keyed import SERVICES

DOCUMENT = Path(__file__).parents[2] / "docs" / "detectors.md"


def test_the_tables_are_those_of_the_code():
    text = DOCUMENT.read_text(encoding="utf-8")
    assert written(text) == text, "run: python -m detectors.catalogue docs/detectors.md"


def test_every_entity_and_rule_is_listed():
    text = DOCUMENT.read_text(encoding="utf-8")
    assert set(DESCRIPTIONS) == ENTITIES
    names = [*ENTITIES, *(rule.name for rule in (*RULES, *SERVICES)), *LOOSE]
    assert not [name for name in names if f"| `{name}` |" not in text]


def test_the_command_writes_a_file_and_refuses_wrong_use(tmp_path):
    copy = tmp_path / "detectors.md"
    copy.write_text(re.sub(r"\| `jwt` .*\n", "", DOCUMENT.read_text(encoding="utf-8")), encoding="utf-8")
    assert main([str(copy)]) == 0
    assert copy.read_text(encoding="utf-8") == DOCUMENT.read_text(encoding="utf-8")
    assert main([]) == 2


def test_the_example_runs(capsys):
    code = re.search(r"```python\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL).group(1)
    exec(code, {})
    assert re.findall(r"(EMAIL_ADDRESS|password)", capsys.readouterr().out) == ["EMAIL_ADDRESS", "password"]
