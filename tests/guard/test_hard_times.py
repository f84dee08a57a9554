"""What goes wrong under a running guard: the ledger is away, documents change, names and ids are odd."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from corpora import Corpus, Document, DocumentRef
from guard import Action, CheckRequest, Guard, GuardUnavailable, Principal
from guard.access.ledger import sqlite as sqlite_store
from guard.access.window import FixedWindow
from guard.verdict import Reason
from tests.guard.conftest import LEASE, PAGE

LEASE_REF, PAGE_REF = DocumentRef("files", "lease"), DocumentRef("files", "page")
QUOTE = LEASE[160:330]
ODD_NAMES = ["a/b", "a:b", "ann\u00a0bo", "ann, bob", "'; DROP TABLE ledger_exposure; --", "%s", "a|b", "ü" * 256]


@contextmanager
def locked(path: Path) -> Iterator[None]:
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    yield
    other.execute("ROLLBACK")
    other.close()


@contextmanager
def full(path: Path) -> Iterator[None]:
    """No page more: what a full disk is to SQLite."""
    blocker = sqlite3.connect(path, isolation_level=None)
    (pages,) = blocker.execute("PRAGMA page_count").fetchone()
    original = sqlite_store.SqliteStore._prepare

    def prepare(self: sqlite_store.SqliteStore, connection: sqlite3.Connection) -> None:
        original(self, connection)
        connection.execute(f"PRAGMA max_page_count = {pages}")

    sqlite_store.SqliteStore._prepare = prepare  # type: ignore[method-assign]
    yield
    sqlite_store.SqliteStore._prepare = original  # type: ignore[method-assign]
    blocker.close()


@contextmanager
def gone(path: Path) -> Iterator[None]:
    path.rename(path.with_suffix(".away"))
    yield
    path.with_suffix(".away").rename(path)


@pytest.mark.parametrize("trouble", [locked, gone])
def test_while_the_ledger_is_away_what_is_sensitive_is_denied_and_public_work_goes_on(
    guard: Guard,
    ann: Principal,
    tmp_path: Path,
    trouble: Callable[[Path], object],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sqlite_store, "BUSY_SECONDS", 0.05)
    path = tmp_path / "state" / "ledger.db"
    with trouble(path):  # type: ignore[attr-defined]
        assert guard.admit("how old is the cheese?", ann).allowed
        kept = guard.filter_documents([LEASE_REF, PAGE_REF], ann)
        assert kept.kept == (PAGE_REF,)
        assert [one.reason for one in kept.dropped] == [Reason.UNAVAILABLE]
        public = guard.check(CheckRequest(answer=PAGE, principal=ann, context=kept.kept))
        assert (public.action, public.text) == (Action.ALLOW, PAGE)
        for request in (
            CheckRequest(answer=QUOTE, principal=ann),
            CheckRequest(answer=QUOTE, principal=ann, context=(LEASE_REF,)),
            CheckRequest(answer="Five words of nothing here.", principal=ann, context=(LEASE_REF,)),
        ):
            with pytest.raises(GuardUnavailable):
                guard.check(request)
        with pytest.raises(GuardUnavailable):
            guard.filter_documents([LEASE_REF], ann)

    assert guard.filter_documents([LEASE_REF], ann).kept == (LEASE_REF,)
    assert guard.check(CheckRequest(answer=QUOTE, principal=ann)).text == QUOTE


def test_a_full_disk_charges_and_shows_nothing_and_public_work_goes_on(
    open_guard: Callable[..., Guard], ann: Principal, tmp_path: Path
) -> None:
    open_guard().close()
    path = tmp_path / "state" / "ledger.db"
    with full(path):
        guard = open_guard()
        told: list[str] = []
        for number in range(400):
            reader = Principal(user=f"reader{number}", tenant="acme", groups=frozenset({"estate"}))
            try:
                shown = guard.check(CheckRequest(answer=QUOTE, principal=reader)).text
            except GuardUnavailable as error:
                told.append(str(error))
                if len(told) == 3:
                    break
            else:
                assert shown == QUOTE
        assert ["full" in message for message in told] == [True] * 3
        assert guard.check(CheckRequest(answer=PAGE, principal=ann)).text == PAGE
        guard.close()

    charged = {one.user for one in open_guard().ledger.exposure("acme") if one.scope == "user"}
    assert len(charged) >= number - len(told)


def test_an_account_outlives_its_document_and_knows_it_again(tmp_path: Path) -> None:
    """Edited, removed, added again, added under another name: what was shown of it stays shown."""
    (tmp_path / "files").mkdir()
    lease = Document(id="lease", text=LEASE, label="confidential", readers=frozenset({"*"}), tenant="acme")
    corpus = Corpus.build(tmp_path / "files", [lease], name="files")
    path = tmp_path / "echoguard.toml"
    path.write_text('[[corpora]]\nname = "files"\npath = "files"\n[ledger]\nurl = "sqlite:///ledger.db"\n')
    ann = Principal(user="ann", tenant="acme")

    def ask(guard: Guard, text: str) -> str:
        return guard.check(CheckRequest(answer=text, principal=ann)).text

    def changed(text: str = LEASE, name: str = "lease") -> Document:
        return Document(id=name, text=text, label="confidential", readers=frozenset({"*"}), tenant="acme")

    with Guard.open(path) as guard:
        shown = ask(guard, LEASE[:150])
        assert shown == LEASE[:150]
        before = len(guard.ledger.exposure("acme", "ann")[0].cells)
        fill = ask(guard, LEASE[300:540])
        full = len(guard.ledger.exposure("acme", "ann")[0].cells)
        assert full > before
        assert "[passage withheld]" in fill
        for change in (
            {"add": [changed(LEASE.replace("Tuesday", "Monday").replace("nine months", "ten months"))]},
            {"remove": ["lease"]},
            {"add": [changed()]},
            {"remove": ["lease"], "add": [changed(name="lease-2026")]},
        ):
            corpus.update(**change)  # type: ignore[arg-type]
            again = ask(guard, LEASE[400:640])
            known = {one.family: len(one.cells) for one in guard.ledger.exposure("acme", "ann")}
            assert known == {"files\x1flease": full}, "one account, and it did not grow"
            if "add" in change:
                assert LEASE[420:600] not in again


@pytest.mark.parametrize("name", ODD_NAMES)
def test_odd_names_are_accounts_of_their_own(guard: Guard, name: str) -> None:
    odd = Principal(user=name, tenant="acme", groups=frozenset({"estate"}))
    guard.check(CheckRequest(answer=QUOTE, principal=odd))

    assert [one.user for one in guard.ledger.exposure("acme", odd.user)] == [odd.user]
    assert {one.user for one in guard.ledger.exposure("acme")} == {odd.user, None}


@pytest.mark.parametrize("name", ["x" * 10_240, "", " ", "a\nb", "a\u200bb", "a\x1fb", "\ud800"])
def test_names_that_are_none_are_refused_at_the_door(name: str) -> None:
    with pytest.raises(ValueError, match="user"):
        Principal(user=name)


def test_one_request_id_for_two_questions_charges_both(guard: Guard, ann: Principal) -> None:
    for start in (0, 240):
        guard.check(CheckRequest(answer=LEASE[start : start + 60], principal=ann, request_id="same"))

    assert len(guard.ledger.exposure("acme", "ann")[0].cells) >= 3


def test_a_window_needs_no_ledger_to_hold(guard: Guard) -> None:
    """What is outside of it is nobody's whatever becomes of the accounts."""
    corpus = guard.corpora["files"]
    info = corpus.info("letter")
    assert info is not None

    assert FixedWindow(b"k" * 16).of(corpus, info, 0.2) == FixedWindow(b"k" * 16).of(corpus, info, 0.2)
