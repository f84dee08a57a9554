"""The campaign part of the demo: a real installation, the worst victim."""

import zipfile
from pathlib import Path

import pytest

from guard import Guard
from guard.doors.cli.demo import knowledge
from guard.doors.cli.demo.campaign import COLLEAGUE, ROUNDS, THIEF, campaign, campaign_fact
from guard.doors.cli.demo.screen import show_campaign


@pytest.fixture
def seen(tmp_path: Path):
    documents = knowledge.sample_documents(print)
    made = knowledge.prepare(tmp_path / "out", documents, (THIEF, COLLEAGUE), [])
    with Guard.open(made.settings) as guard:
        return campaign(guard, made.documents, tmp_path / "out")


def test_it_is_slowed_down_stopped_and_reported(seen, capsys: pytest.CaptureFixture[str]) -> None:
    outcomes = [one.outcome for one in seen.tries]

    assert seen.noticed == 1
    assert seen.slowed == 5
    assert outcomes[0] == "cut"
    assert "limit" in outcomes
    assert outcomes[-1] == "contained"
    assert outcomes == sorted(outcomes, key=["cut", "limit", "contained"].index)
    assert 0 < seen.kept < seen.wanted / 4
    assert seen.work == ("ok",) * ROUNDS
    with zipfile.ZipFile(seen.bundle) as bundle:
        assert "containment.quarantine" in bundle.read("audit/rows.jsonl").decode()
    assert campaign_fact(seen).seen
    show_campaign(seen)
    assert "incidents quarantine --user mal" in capsys.readouterr().out
