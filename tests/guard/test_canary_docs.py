"""The worked example of docs/canaries.md runs, from the first block to the last."""

import re
from pathlib import Path

import pytest

PAGE = (Path(__file__).parents[2] / "docs" / "canaries.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def test_the_example_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {"__name__": "docs"}
    for block in BLOCKS:
        exec(compile(block, "docs/canaries.md", "exec"), names)

    assert len(BLOCKS) == 2
    assert names["evidence"]


def test_the_expression_for_other_pipelines_takes_out_what_is_planted() -> None:
    from corpora.planting import marked, marker, unmarked

    (expression,) = re.findall(r"the expression ` (.*?)`", PAGE)
    text = "The rent is due in May. Keys are returned. " * 40
    done = marked(text, lambda at: marker(b"k" * 16, "c", "d", at))

    assert re.sub(" " + expression, "", done) == unmarked(done) == text
