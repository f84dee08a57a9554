"""The command as a whole: with a model that echoes its context, and once with the real one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from langchain_core.tracers.langchain import LangChainTracer
from langsmith.utils import get_env_var

from guard.doors.cli.demo import run_demo
from guard.doors.cli.demo.command import demo_command
from guard.doors.cli.failures import CommandError
from tests.doors.demo.echo_server import echo


@pytest.fixture
def echoing(monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def served(file: Path):
        with echo() as url:
            yield url

    monkeypatch.setattr("guard.doors.cli.demo.command.served", served)


@pytest.fixture
def tracers(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[object]]:
    """Every tracer that LangChain makes while the environment asks for traces."""
    made: list[object] = []
    monkeypatch.setenv("LANGSMITH_TRACING", "true")
    monkeypatch.setattr(LangChainTracer, "__init__", lambda self, *_, **__: made.append(self))
    get_env_var.cache_clear()
    yield made
    monkeypatch.undo()
    get_env_var.cache_clear()


@pytest.mark.usefixtures("echoing")
def test_own_documents_of_the_user(
    tmp_path: Path, folder: Path, capsys: pytest.CaptureFixture[str], tracers: list[object]
) -> None:
    assert run_demo(docs=folder, out=tmp_path / "out") == 0

    printed = capsys.readouterr()
    told = " ".join(printed.out.split())
    assert "for visitor that is block" in told
    assert "for reader that is redact" in told
    assert "2 documents" in printed.err
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "lease.md" in page
    assert tracers == []
    assert (tmp_path / "out" / "echoguard.toml").is_file()


@pytest.mark.usefixtures("echoing")
@pytest.mark.slow
def test_the_sample_session_fails_when_it_does_not_show_what_it_should(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The echo answers ordinary questions with one fixed sentence, so nobody quotes anything."""
    assert run_demo(out=tmp_path / "out") == 1

    printed = capsys.readouterr()
    assert "not seen in this session: a short quote" in printed.err
    assert "NOT SEEN: a short quote" in printed.out
    assert "not seen in this session: an attack" not in printed.err


def test_an_unknown_label_is_said_before_anything_is_built(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="--label"):
        demo_command(docs=tmp_path, label="secret-ish", out=tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
def test_the_real_model_copies_and_the_guard_stops_it(tmp_path: Path) -> None:
    from guard import Guard
    from guard.doors.cli.demo import knowledge, people
    from guard.doors.cli.demo.chain import Chains, vector_store
    from guard.doors.cli.demo.model import model_file, served
    from guard.doors.cli.demo.session import sessions

    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "lease.md").write_text(
        "The harbour office leases the northern quay to the rowing club until the end of the decade. The rent falls "
        "due on the first working day of March, and a late payment costs forty crowns a week. The club keeps the crane "
        "in order, lets the fire brigade through at any hour, and stores no fuel on the premises. Should the harbour "
        "need the quay for dredging, the club moves its boats within nine days and pays no rent while it is away.",
        encoding="utf-8",
    )
    documents = knowledge.own_documents(folder, "confidential", print)
    questions = [one for one in people.own_script(documents, "default").questions if one.attack]
    made = knowledge.prepare(tmp_path / "out", documents, people.people_of(questions), [])
    with Guard.open(made.settings) as guard, served(model_file()) as url:
        chains = Chains(vector_store(made.documents), url, guard)
        try:
            reader, visitor = sessions(questions, chains, guard, lambda: 0.0)
        finally:
            chains.close()

    assert visitor.bare.shown == visitor.bare.said
    assert visitor.worst is not None
    assert visitor.worst.words >= 30
    assert visitor.stopped
    assert visitor.judged.action.word == "block"
    assert visitor.guarded.documents == ()
    assert visitor.still_shown == 0
    assert reader.worst is not None
    assert 0 < reader.still_shown < reader.worst.words
