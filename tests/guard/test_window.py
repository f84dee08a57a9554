"""The keyed window end to end: however many accounts ask, nobody is shown anything outside of it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpora import Corpus, Document, DocumentRef
from guard import Action, CheckRequest, Guard, Principal
from guard.access.window import FixedWindow
from guard.errors import ConfigError
from guard.judge import right_of
from tests.guard.conftest import LEASE, LETTER
from tests.guard.test_stream_law import FILLER, cut, streamed

KEY = "0123456789abcdef0123456789abcdef"
EXTRA = """
[window]
key_env = "WINDOW_KEY"
[labels.restricted]
run = 400
answer = 2000
window = 0.3
beyond = "{beyond}"
"""
READERS = frozenset({"clinic"})


@pytest.fixture
def windowed(open_guard: Callable[..., Guard], monkeypatch: pytest.MonkeyPatch) -> Guard:
    monkeypatch.setenv("WINDOW_KEY", KEY)
    return open_guard(EXTRA.format(beyond="redact"))


@pytest.fixture
def inside(windowed: Guard) -> str:
    corpus = windowed.corpora["files"]
    info = corpus.info("letter")
    assert info is not None
    span = FixedWindow(KEY.encode()).of(corpus, info, 0.3)
    return LETTER[span.start : span.end]


def outside(inside: str, text: str = LETTER, size: int = 4) -> list[str]:
    """Return every run of *size* words of the text that does not stand in the window."""
    words = text.split()
    runs = (" ".join(words[at : at + size]) for at in range(len(words) - size + 1))
    return [run for run in runs if run not in inside]


def test_accounts_that_share_the_work_see_one_window_and_nothing_else(windowed: Guard, inside: str) -> None:
    """The answer is the whole letter each time, or another part of it; each account is a new one."""
    seen = set()
    for number in range(60):
        reader = Principal(user=f"mole{number}", tenant="acme", groups=READERS)
        part = LETTER if number % 3 else LETTER[number * 5 : number * 5 + 260]
        seen.add(windowed.check(CheckRequest(answer=f"{FILLER}{part} {FILLER}", principal=reader)).text)

    together = "\n".join(seen)
    assert not [run for run in outside(inside) if run in together]
    assert " ".join(inside.split()[1:-1]) in together


def test_the_ledger_holds_the_window_for_all_accounts_together(windowed: Guard, inside: str) -> None:
    for number in range(20):
        reader = Principal(user=f"mole{number}", tenant="acme", groups=READERS)
        windowed.check(CheckRequest(answer=LETTER, principal=reader))

    [everybody] = [one for one in windowed.ledger.exposure("acme") if one.scope == "tenant"]
    assert 0 < len(everybody.cells) <= len(inside) // 32 + 2


def test_beyond_says_what_happens_outside(
    open_guard: Callable[..., Guard], monkeypatch: pytest.MonkeyPatch, doc: Principal
) -> None:
    monkeypatch.setenv("WINDOW_KEY", KEY)
    guard = open_guard(EXTRA.format(beyond="block"))

    assert guard.check(CheckRequest(answer=LETTER, principal=doc)).action is Action.BLOCK


def test_a_window_without_a_key_is_a_setting_to_mend(open_guard: Callable[..., Guard]) -> None:
    with pytest.raises(ConfigError, match=r"labels\.restricted\.window needs a secret key"):
        open_guard("[labels.restricted]\nrun = 300\nanswer = 300\n")


def test_where_nothing_may_be_quoted_no_key_is_needed_and_nothing_is_shown(guard: Guard, doc: Principal) -> None:
    assert guard.policy.limits("restricted").window == 0.05

    verdict = guard.check(CheckRequest(answer=LETTER, principal=doc))

    assert verdict.action is Action.BLOCK
    assert LETTER[:20] not in verdict.text


def test_a_window_of_nothing_shows_nothing(
    open_guard: Callable[..., Guard], doc: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    guard = open_guard("[labels.restricted]\nrun = 300\nanswer = 300\nwindow = 0.0\nbeyond = 'redact'\n")

    assert guard.check(CheckRequest(answer=LETTER, principal=doc)).text == "[passage withheld]."


def test_a_reader_who_has_seen_the_window_gets_the_document_into_no_prompt(windowed: Guard, doc: Principal) -> None:
    ref = DocumentRef("files", "letter")
    assert windowed.filter_documents([ref], doc).kept == (ref,)
    assert not right_of(doc, windowed.corpora["files"], "letter").free

    windowed.check(CheckRequest(answer=LETTER, principal=doc))
    seen = windowed.ledger.exposure("acme", "doc")

    cap, _ = windowed.policy.caps(right_of(doc, windowed.corpora["files"], "letter"))
    assert (windowed.filter_documents([ref], doc).kept == ()) == (len(seen[0].cells) >= cap)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_every_cutting_comes_to_the_same_end(windowed: Guard, doc: Principal, data: st.DataObject) -> None:
    parts = []
    for _ in range(data.draw(st.integers(1, 4))):
        source = data.draw(st.sampled_from([LETTER, LETTER, LEASE, FILLER]))
        start = data.draw(st.integers(0, len(source) - 1))
        parts.append(source[start : start + data.draw(st.integers(5, 350))])
    answer = data.draw(st.sampled_from([" ", "\n\n", ""])).join(parts)
    whole = windowed.check(CheckRequest(answer=answer, principal=doc, record=False))

    action, text, _ = streamed(windowed, doc, cut(answer, data.draw(st.integers(0, 99)), 90))

    assert (action, text) == (whole.action, whole.text)


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Guard, str]]:
    folder: Path = tmp_path_factory.mktemp("crowd")
    text = f"{LETTER} {LEASE}"
    document = Document(id="d", text=text, label="restricted", readers=frozenset({"*"}), tenant="acme")
    Corpus.build(folder / "files", [document], name="files").close()
    (folder / "key").write_text(KEY)
    path = folder / "echoguard.toml"
    path.write_text(
        '[[corpora]]\nname = "files"\npath = "files"\n'
        '[ledger]\nurl = "sqlite:///ledger.db"\n[window]\nkey_file = "key"\n'
        '[labels.restricted]\nrun = 600\nanswer = 600\nwindow = 0.05\nbeyond = "redact"\n'
    )
    with Guard.open(path) as guard:
        yield guard, text


@pytest.mark.slow
def test_a_thousand_accounts_see_what_one_does(crowd: tuple[Guard, str]) -> None:
    guard, text = crowd
    corpus = guard.corpora["files"]
    info = corpus.info("d")
    assert info is not None
    span = FixedWindow(KEY.encode()).of(corpus, info, 0.05)
    seen: set[str] = set()
    for number in range(1000):
        reader = Principal(user=f"mole{number}", tenant="acme")
        # Whole words, another stretch for each account.
        part = " ".join(text.split()[number % 150 : number % 150 + 40])
        seen.add(guard.check(CheckRequest(answer=part, principal=reader)).text)

    together = "\n".join(seen)
    inside = text[span.start : span.end]
    # A word or two at the end of an answer may be anybody's: they stand beside the window, and nothing else does.
    around = text[max(0, span.start - 20) : span.end + 20]
    assert not [run for run in outside(around, text, 3) if run in together]
    assert " ".join(inside.split()[1:-1]) in together
