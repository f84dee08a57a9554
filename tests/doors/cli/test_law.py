"""Whatever is typed, a command ends with a known code and one line, and shows nothing where it failed."""

from __future__ import annotations

import contextlib
import io
import sys

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from guard.doors.cli import main as entry
from guard.doors.cli.exits import Exit
from guard.doors.cli.failures import one_line
from guard.doors.cli.terminal import visible

_TEXT = st.text(st.characters(codec=None, exclude_characters="\n"), max_size=12)
_KNOWN = """
corpus build update remove compact list verify check ledger show probe - -- . nowhere
--user --name --json --text --config --target --corpus --limit --group --label --question -1 nan
"""
_WORD = st.one_of(_TEXT, st.sampled_from(_KNOWN.split()))


@pytest.fixture
def nowhere(tmp_path, monkeypatch):
    """An empty working directory, in which no guard is ever opened."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(entry, "_hush_libraries", lambda: None)
    monkeypatch.delenv("ECHOGUARD_CONFIG", raising=False)
    monkeypatch.setattr("guard.engine.Guard.open", _refuses)
    return tmp_path


def _refuses(*_):
    from guard.errors import GuardUnavailable

    raise GuardUnavailable("no guard in this test")


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(arguments=st.lists(_WORD, max_size=6), raw=st.binary(max_size=20))
@example(arguments=["check", "--user", "\ud800"], raw=b"x")
@example(arguments=["check", "\x00"], raw=b"")
@example(arguments=["check", "-", "--config", "\x00"], raw=b"x")
@example(arguments=["corpus", "list", "\x00"], raw=b"")
@example(arguments=["corpus", "verify", "\ud800"], raw=b"")
@example(arguments=["corpus", "build", "\x00", ".", "--name", "x"], raw=b"")
@example(arguments=["corpus", "build", "x", "\x00", "--name", "x"], raw=b"")
@example(arguments=["probe", "--target", "\x00:\x00", "--corpus", "\x00"], raw=b"")
@example(arguments=["probe", "--target", "json:dumps", "--json", "\x00"], raw=b"")
@example(arguments=["ledger", "show", "--user", "\u202e"], raw=b"")
def test_any_command_line(nowhere, arguments, raw):
    out, err = io.StringIO(), io.StringIO()
    stdin = io.TextIOWrapper(io.BytesIO(raw), encoding="utf-8")
    before, sys.stdin = sys.stdin, stdin
    try:
        # No demo: it would start a model.
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = entry.main([word for word in arguments if word not in {"demo", "serve"}])
    finally:
        sys.stdin = before

    assert code in set(Exit)
    said = [line for line in err.getvalue().splitlines() if not line.startswith("echoguard: no corpus is configured")]
    if code == Exit.OK:
        assert not said
    elif said:
        assert len(said) == 1, said
        assert said[0].startswith("echoguard: ")
        assert said[0].isprintable()
        assert "unexpected error" not in said[0], said[0]
    assert not any(path.is_file() for path in nowhere.rglob("*"))


@settings(max_examples=200, deadline=None)
@given(st.text())
def test_what_is_shown_is_printable(text):
    assert one_line(text).isprintable()
    assert all(char.isprintable() or char in "\n\t" for char in visible(text))


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(exclude_categories=["C", "Zl", "Zp", "Zs"], include_characters=" ")))
def test_ordinary_text_is_shown_as_it_is(text):
    assert visible(text) == text
