"""docs/configuration.md names every setting, and its example is valid."""

import re
import tomllib
from pathlib import Path

import pytest
from pydantic import BaseModel

from guard.policy_file import settings_from
from guard.policy_schema import File
from guard.settings import Settings

PAGE = (Path(__file__).parents[2] / "docs" / "configuration.md").read_text(encoding="utf-8")
EXAMPLE = re.search(r"```toml\n(.*?)```", PAGE, re.DOTALL)


def fields(model: type[BaseModel]) -> dict[str, set[str]]:
    """All settings, by table; a table is found through the annotation that holds it."""
    found = {"": set(model.model_fields)}
    for name, field in model.model_fields.items():
        for table in re.findall(r"guard\.policy_schema\.(\w+Table)", repr(field.annotation)):
            import guard.policy_schema as schema

            found[name] = set(getattr(schema, table).model_fields)
    return found


@pytest.mark.parametrize(("table", "keys"), sorted(fields(File).items()))
def test_every_setting_is_described(table: str, keys: set[str]) -> None:
    for key in keys:
        assert re.search(rf"(`{key}`|^{key} =|\[\[?{key}[\].])", PAGE, re.MULTILINE), f"{table}.{key} is not described"


def test_the_example_is_valid_and_shows_the_defaults() -> None:
    assert EXAMPLE is not None
    environment = {
        "ANN_KEY": "a",
        "UPSTREAM_KEY": "b",
        "CANARY_KEY": "0123456789abcdef",
        "PSEUDONYM_KEY": "0123456789abcdef",
        "WINDOW_KEY": "fedcba9876543210",
        "SOC_WEBHOOK_KEY": "0f1e2d3c4b5a6978",
    }
    settings = settings_from(
        tomllib.loads(EXAMPLE.group(1)), path=Path("docs/configuration.md"), environment=environment
    )

    assert settings.policy.digest == Settings().policy.digest
    assert settings.tiers == Settings().tiers
    assert settings.pii == Settings().pii
    assert settings.server == Settings().server
