"""Every failure is one line and one exit code."""

from __future__ import annotations

import errno

import pytest

from corpora import errors as corpora_errors
from detectors import errors as detector_errors
from guard import errors as guard_errors
from guard.doors.cli import main as entry
from guard.doors.cli.exits import Exit, exit_of
from guard.doors.cli.failures import MAX_LINE, CommandError, explain, one_line
from guard.regurgitation import errors as probe_errors
from guard.verdict import Action


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (CommandError("m"), 2),
        (CommandError("m", Exit.COULD_NOT_RUN), 1),
        (guard_errors.ConfigError("m"), 2),
        (guard_errors.RequestError("m"), 2),
        (guard_errors.TooLarge("m"), 2),
        (guard_errors.UnknownUser("m"), 2),
        (guard_errors.GuardUnavailable("m"), 1),
        (guard_errors.LedgerUnavailable("m"), 1),
        (corpora_errors.CorpusNotFound("m"), 1),
        (corpora_errors.CorpusVersion("m"), 1),
        (corpora_errors.CorpusCorrupt("m"), 1),
        (corpora_errors.CorpusBusy("m"), 1),
        (corpora_errors.CorpusUnwritable("m"), 1),
        (corpora_errors.AnswerTooLarge("m"), 2),
        (corpora_errors.DocumentError("m"), 2),
        (detector_errors.DetectorUnavailable("m"), 1),
        (probe_errors.ProbeSettingError("m"), 2),
        (probe_errors.TargetError("m"), 1),
    ],
)
def test_our_own_errors_say_what_they_say(error, code):
    assert explain(error) == ("m", code)


def test_every_error_of_ours_has_a_line():
    """A new error class must not fall through to 'unexpected'."""
    for module in (corpora_errors, detector_errors, guard_errors, probe_errors):
        for name, kind in vars(module).items():
            if isinstance(kind, type) and issubclass(kind, Exception) and kind.__module__ == module.__name__:
                assert explain(kind("message"))[0] == "message", name


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (FileNotFoundError(errno.ENOENT, "No such file or directory", "a.txt"), "a.txt: No such file or directory"),
        (OSError(errno.ENOSPC, "No space left on device"), "No space left on device"),
        (OSError("odd"), "OSError"),
        (MemoryError(), "not enough memory"),
        (ModuleNotFoundError("m", name="x"), "the Python package 'x' is missing; install it to use this command"),
        (ValueError("text of a document"), "unexpected error (ValueError); nothing was shown"),
        (KeyError("text of a document"), "unexpected error (KeyError); nothing was shown"),
        (RecursionError("text of a document"), "unexpected error (RecursionError); nothing was shown"),
    ],
)
def test_other_errors_are_named_and_not_quoted(error, line):
    assert explain(error) == (line, 1)


@pytest.mark.parametrize(
    ("message", "line"),
    [
        ("two\nlines\r\n and\ttabs", "two lines and tabs"),
        ("\x1b[31mred\x07", "\\x1b[31mred\\x07"),
        ("half \ud800", "half \\ud800"),
        ("Zwölf 海", "Zwölf 海"),
        ("\u202eevil", "\\u202eevil"),
    ],
)
def test_one_line(message, line):
    assert one_line(message) == line


def test_a_long_message_is_cut():
    assert len(one_line("x" * 10_000)) == MAX_LINE


def test_actions_have_their_codes():
    assert [exit_of(action) for action in Action] == [0, 3, 4]


@pytest.mark.parametrize("error", [KeyboardInterrupt(), EOFError()])
def test_an_interrupt_anywhere(echoguard, monkeypatch, error):
    from guard.settings import Settings

    def interrupted(path=None):
        raise error

    monkeypatch.setattr(Settings, "load", interrupted)
    ran = echoguard("ledger", "show")

    assert ran.code == 130
    assert "interrupted" in ran.err
    assert "Traceback" not in ran.err


def test_libraries_are_hushed_unless_python_was_told_otherwise(monkeypatch):
    import warnings

    monkeypatch.setattr(entry.sys, "warnoptions", [])
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        entry._hush_libraries()
        warnings.warn("noise", stacklevel=1)
    assert not caught
