"""The account: what is committed is what is shown, and what was only reserved goes back."""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpora import Corpus, Document
from corpora.document import DocumentInfo
from corpora.span import Span
from detectors.finding import Finding, Kind, Source
from guard import CheckRequest, Guard
from guard.access.ledger.base import Account, Charge, Reservation
from guard.errors import LedgerUnavailable
from guard.judge import Judge
from guard.policy import CELL, Policy
from guard.principal import Principal
from guard.verdict import Action
from tests.guard.conftest import LEASE

ANSWER = " ".join(f"word{number:03d}" for number in range(120))
NAMES = ("conf", "int", "more")


class Shelf:
    """A corpus of documents that hold the answer's own words; only what the judge asks for."""

    def info(self, name: str) -> DocumentInfo | None:
        family = {"twin": "int"}.get(name, name)
        label = {"twin": "confidential", "conf": "confidential"}.get(name, "internal")
        readers = frozenset({"*"}) if name in (*NAMES, "twin") else frozenset[str]()
        return DocumentInfo(
            corpus="c",
            kind="retrieval",
            id=name,
            label=label,
            readers=readers,
            tenant="acme",
            length=6400,
            family=family,
        )


class Book:
    """A ledger in memory that refuses some cells and remembers what was asked of it."""

    def __init__(self, refused: Collection[tuple[str, int]] = (), failing: str = "") -> None:
        self.refused = frozenset(refused)
        self.failing = failing
        self.held: dict[str, dict[str, frozenset[int]]] = {}
        self.committed: dict[str, set[int]] = {}
        self.asked = 0
        self.caps: dict[str, tuple[int, int]] = {}

    def reserve(self, account: Account, charges: Sequence[Charge], *, request_id: str) -> Reservation:
        assert (account, request_id) == (Account("acme", "ann"), "r")
        self._fail("reserve")
        self.asked += 1
        self.caps = {one.family: (one.user_cap, one.tenant_cap) for one in charges}
        granted = {
            one.family: frozenset(cell for cell in one.cells if (one.family, cell) not in self.refused)
            for one in charges
        }
        self.held[str(self.asked)] = granted
        return Reservation(str(self.asked), granted)

    def commit(self, number: str, shown: Mapping[str, Collection[int]]) -> None:
        self._fail("commit")
        granted = self.held.pop(number)
        for family, cells in shown.items():
            assert set(cells) <= granted[family], "only what was granted can be committed"
            self.committed.setdefault(family, set()).update(cells)

    def release(self, number: str) -> None:
        self._fail("release")
        self.held.pop(number, None)

    def _fail(self, what: str) -> None:
        if what == self.failing:
            raise LedgerUnavailable("the ledger is gone")


def judge(book: Book, *, record: bool = True, question: str | None = None) -> Judge:
    return Judge(
        policy=Policy(),
        corpora=cast("Any", {"c": Shelf()}),
        ledger=cast("Any", book),
        principal=Principal(user="ann", tenant="acme"),
        request_id="r",
        question=question,
        record=record,
    )


def copied(start: int, end: int, *names: str) -> Finding:
    span = Span(start, end)
    return Finding(
        kind=Kind.VERBATIM,
        rule="verbatim",
        span=span,
        documents=tuple(
            Source(corpus="c", id=name, start=start, end=end, similarity=1.0, pieces=((span, span),)) for name in names
        ),
    )


SPANS = st.tuples(st.integers(0, 100), st.integers(1, 40)).map(lambda p: (p[0] * 8, min(959, (p[0] + p[1]) * 8 - 1)))
FINDINGS = st.lists(
    st.one_of(
        st.tuples(SPANS, st.sets(st.sampled_from(NAMES), min_size=1)).map(lambda p: copied(*p[0], *sorted(p[1]))),
        SPANS.map(lambda span: copied(*span, "closed")),
        SPANS.map(lambda span: Finding(kind=Kind.PII, rule="EMAIL_ADDRESS", span=Span(span[0], span[0] + 7))),
    ),
    max_size=5,
)
REFUSED = st.sets(st.tuples(st.sampled_from([f"c\x1f{name}" for name in NAMES]), st.integers(0, 30)), max_size=12)
STEPS = st.lists(st.integers(0, 959), max_size=4).map(sorted)


def words_shown(text: str) -> list[tuple[int, int]]:
    """Every word of the answer is there once, so the text itself says what was shown."""
    return [(at, at + 7) for at in range(0, len(ANSWER), 8) if ANSWER[at : at + 7] in text]


@settings(max_examples=150, deadline=None)
@given(findings=FINDINGS, refused=REFUSED, steps=STEPS)
def test_what_is_committed_is_what_is_shown(
    findings: list[Finding], refused: set[tuple[str, int]], steps: list[int]
) -> None:
    """Whole or in steps, with holders that refuse, blocks and values: every cell shown is charged, and no other."""
    book = Book(refused)
    judging = judge(book)
    for settled in steps:
        part = judging.step(ANSWER, findings, settled=settled, final=False)
        if part.blocked:
            break
    outcome = judging.step(ANSWER, findings, settled=len(ANSWER), final=True)
    judging.close()

    disclosed: dict[str, set[int]] = {}
    for start, end in words_shown(outcome.text):
        for finding in findings:
            for source in finding.documents:
                first, last = max(start, finding.span.start), min(end, finding.span.end)
                if first < last:
                    disclosed.setdefault(source.id, set()).update(range(first // CELL, (last - 1) // CELL + 1))
    charged = {family.removeprefix("c\x1f"): cells for family, cells in book.committed.items() if cells}
    for name, cells in disclosed.items():
        assert cells <= charged.get(name, set()), "shown and not charged"
    for name, cells in charged.items():
        # The white space before a word that is shown, or between two findings, may stand in the cell before.
        edges = [*words_shown(outcome.text), *((one.span.start, one.span.end) for one in findings)]
        beside = {at // CELL for start, end in edges for at in (start - 1, end)}
        assert cells <= disclosed.get(name, set()) | beside, "charged, not shown"
    assert not book.held, "everything reserved was committed or released"
    assert outcome == judge(Book(refused)).step(ANSWER, findings, settled=len(ANSWER), final=True)


@settings(max_examples=40, deadline=None)
@given(findings=FINDINGS, refused=REFUSED, steps=STEPS)
def test_without_record_the_end_is_the_same_and_nothing_is_kept(
    findings: list[Finding], refused: set[tuple[str, int]], steps: list[int]
) -> None:
    book = Book(refused)
    judging = judge(book, record=False)
    for settled in steps:
        if judging.step(ANSWER, findings, settled=settled, final=False).blocked:
            break
    outcome = judging.step(ANSWER, findings, settled=len(ANSWER), final=True)
    judging.close()

    recorded = judge(Book(refused)).step(ANSWER, findings, settled=len(ANSWER), final=True)
    assert (outcome.action, outcome.text) == (recorded.action, recorded.text)
    assert (book.committed, book.held) == ({}, {})


@pytest.mark.parametrize("failing", ["reserve", "commit"])
def test_without_the_ledger_nothing_is_decided(failing: str) -> None:
    with pytest.raises(LedgerUnavailable):
        judge(Book(failing=failing)).step(ANSWER, [copied(0, 100, "int")], settled=959, final=True)


def test_what_cannot_be_given_back_expires() -> None:
    judging = judge(Book(failing="release"), record=False)
    judging.step(ANSWER, [copied(0, 100, "int")], settled=959, final=True)

    judging.close()


def test_a_cell_once_refused_stays_refused_in_this_answer() -> None:
    book = Book({("c\x1fint", 1)})
    judging = judge(book)
    first = judging.step(ANSWER, [copied(0, 200, "int")], settled=120, final=False)
    book.refused = frozenset()
    last = judging.step(ANSWER, [copied(0, 200, "int")], settled=959, final=True)

    assert first.text == ANSWER[:31] + "[passage withheld]" + ANSWER[71:119]
    assert last.text.startswith(first.text)
    assert last.action is Action.REDACT


def test_a_step_that_shows_nothing_new_asks_for_nothing() -> None:
    book = Book()
    judging = judge(book)
    for _ in range(5):
        judging.step(ANSWER, [copied(0, 200, "int")], settled=199, final=False)

    assert book.asked == 1
    assert len(book.committed["c\x1fint"]) == 7


@pytest.mark.parametrize("taken", [False, True])
def test_what_went_back_is_asked_for_again(taken: bool) -> None:
    """A cell granted for a word that was withheld for another cell went back; by now it may be somebody else's."""
    book = Book({("c\x1fint", 0)})
    judging = judge(book)
    first = judging.step(ANSWER, [copied(0, 200, "int")], settled=39, final=False)
    book.refused |= {("c\x1fint", 1)} if taken else frozenset()
    last = judging.step(ANSWER, [copied(0, 200, "int")], settled=959, final=True)

    assert first.text == "[passage withheld]"
    assert last.text == "[passage withheld]" + ANSWER[71 if taken else 39 :]
    assert (1 in book.committed["c\x1fint"]) is not taken


def test_a_value_whose_end_may_still_move_is_not_decided() -> None:
    mail = Finding(kind=Kind.PII, rule="EMAIL_ADDRESS", span=Span(8, 15))

    part = judge(Book(), question="is it word001?").step(ANSWER[:80], [mail], settled=15, final=False)

    assert part.text == ANSWER[:7]


@pytest.mark.parametrize("order", [("int", "twin"), ("twin", "int")])
def test_documents_of_one_family_are_capped_by_the_strictest(order: tuple[str, str]) -> None:
    book = Book()
    judge(book).step(ANSWER, [copied(0, 100, *order)], settled=959, final=True)

    assert book.caps == {"c\x1fint": (6400 // 2 // 4 // CELL, 6400 // 2 // CELL)}, "a quarter of the tenant's half"


@pytest.mark.parametrize("joint", [" ", " ... ", " and then "])
def test_what_an_answer_leaves_out_between_two_quotes_is_not_charged(guard: Guard, ann: Principal, joint: str) -> None:
    guard.check(CheckRequest(answer=LEASE[:96] + joint + LEASE[352:448], principal=ann))

    assert guard.ledger.exposure("acme", "ann")[0].cells == {*range(3), *range(11, 14)}


def test_nor_is_it_when_the_quotes_stand_in_two_answers(guard: Guard, ann: Principal) -> None:
    for start in (0, 352):
        guard.check(CheckRequest(answer=LEASE[start : start + 96], principal=ann))

    assert guard.ledger.exposure("acme", "ann")[0].cells == {*range(3), *range(11, 14)}


def test_what_may_be_read_whole_may_be_read_whole_in_every_version(tmp_path: Path) -> None:
    """Near-duplicates share an account; a share of 1 bounds neither one of them nor all together."""
    readers = frozenset({"*"})
    texts = [LEASE[at:] + " Version of the year " + str(2000 + at) + "." for at in (0, 40, 80, 120)]
    documents = [
        Document(id=f"v{number}", text=text, label="internal", readers=readers, tenant="acme")
        for number, text in enumerate(texts)
    ]
    with Corpus.build(tmp_path / "files", documents, name="files") as corpus:
        assert len({info.family for info in corpus.documents()}) == 1
    path = tmp_path / "echoguard.toml"
    path.write_text('[[corpora]]\nname = "files"\npath = "files"\n[ledger]\nurl = "sqlite:///ledger.db"\n')
    with Guard.open(path) as guard:
        for text in texts:
            for start in range(0, len(text), 300):
                answer = text[start : start + 300]
                assert (
                    guard.check(CheckRequest(answer=answer, principal=Principal(user="ann", tenant="acme"))).text
                    == answer
                )
