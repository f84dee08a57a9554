"""What is no leak, and how each exemption could be abused: from outside, on real corpora."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from corpora import Corpus, Document, DocumentRef
from guard import Action, CheckRequest, Guard, Principal, Verdict
from guard.verdict import Reason
from tests.guard.conftest import LEASE, LETTER, PAGE

ESTATE = frozenset({"group:estate"})
EVERYBODY = frozenset({"*"})
WORDS = LEASE.split()

Opener = Callable[..., Guard]


@pytest.fixture
def opening(tmp_path: Path) -> Iterator[Opener]:
    """Build (again) one corpus of the documents given, and open a guard over it; the ledger stays."""
    opened: list[Guard] = []

    def build(*documents: Document, allowed: str = "") -> Guard:
        while opened:
            opened.pop().close()
        Corpus.build(tmp_path / "files", documents, name="files").close()
        tables = ['[[corpora]]\nname = "files"\npath = "files"']
        if allowed:
            Corpus.build(tmp_path / "allow", [Document(id="a", text=allowed)], name="allow", kind="public").close()
            tables.append('[[corpora]]\nname = "allow"\npath = "allow"')
        tables.append('[ledger]\nurl = "sqlite:///ledger.db"')
        (tmp_path / "echoguard.toml").write_text("\n".join(tables), encoding="utf-8")
        opened.append(Guard.open(tmp_path / "echoguard.toml"))
        return opened[0]

    yield build
    for guard in opened:
        guard.close()


def lease(name: str = "lease", text: str = LEASE, label: str = "confidential") -> Document:
    return Document(id=name, text=text, label=label, readers=ESTATE, tenant="acme")


def ask(guard: Guard, answer: str, who: Principal, question: str | None = None) -> Verdict:
    return guard.check(CheckRequest(answer=answer, principal=who, question=question))


def seen(guard: Guard, user: str = "ann") -> set[tuple[str, int]]:
    return {(one.family, cell) for one in guard.ledger.exposure("acme", user) for cell in one.cells}


def drained(guard: Guard, who: Principal) -> None:
    for start in range(0, len(WORDS), 25):
        ask(guard, " ".join(WORDS[start : start + 25]), who)


# -- common text ----------------------------------------------------------------------------------------------------


def test_a_public_document_frees_the_sentence_that_it_quotes_and_no_more(opening: Opener, eve: Principal) -> None:
    quoted = LEASE[LEASE.index("Rent is due") : LEASE.index("Should the compressors")].strip()
    page = Document(id="page", text=f"From our leases. {quoted} That is all we publish.", label="public", tenant="acme")
    guard = opening(lease(), page)

    assert ask(guard, quoted, eve).action is Action.ALLOW
    more = ask(guard, LEASE[LEASE.index("Rent is due") : LEASE.index("The parties")], eve)
    assert (more.action, more.reason) == (Action.BLOCK, Reason.ENTITLEMENT)
    assert "compressors" not in more.text


def test_a_public_document_with_two_words_of_a_secret_frees_nothing(opening: Opener, eve: Principal) -> None:
    page = Document(id="page", text=f"We own the {' '.join(WORDS[10:12])} at the river.", label="public", tenant="acme")
    guard = opening(lease(), page)

    assert ask(guard, LEASE[:300], eve).reason is Reason.ENTITLEMENT


@pytest.mark.parametrize("label", ["internal", "confidential"])
def test_uploading_the_stolen_text_under_ones_own_name_frees_nothing(
    opening: Opener, eve: Principal, label: str
) -> None:
    """Eve puts the lease into a document that she may read: the strictest holder decides."""
    mine = Document(
        id="my notes", text="My notes. " + LEASE, label=label, readers=frozenset({"user:eve"}), tenant="acme"
    )
    guard = opening(lease(), mine)

    assert ask(guard, LEASE[160:420], eve).reason is Reason.ENTITLEMENT


def test_a_public_form_does_not_free_what_is_filled_into_it(opening: Opener, eve: Principal) -> None:
    """Nearly the same text, so one family; the value is still nobody's but its readers'."""
    blank = LEASE.replace("eighteen thousand", "so and so many")
    page = Document(id="form", text=blank, label="public", tenant="acme")
    guard = opening(lease(), page)
    first, second = (info.family for info in guard.corpora["files"].documents())
    assert first == second

    verdict = ask(guard, LEASE[LEASE.index("The parties") : LEASE.index("Either side")], eve)
    assert verdict.reason is Reason.ENTITLEMENT
    assert "eighteen" not in verdict.text
    assert ask(guard, blank[: blank.index("so and so many")], eve).action is Action.ALLOW


def test_an_allow_corpus_frees_its_text_for_everybody(opening: Opener, eve: Principal) -> None:
    boilerplate = LEASE[LEASE.index("Subletting") : LEASE.index("Repairs")]
    guard = opening(lease(), allowed=boilerplate)

    assert ask(guard, boilerplate, eve).action is Action.ALLOW
    assert ask(guard, boilerplate + LEASE[LEASE.index("Repairs") :], eve).reason is Reason.ENTITLEMENT


def test_a_memo_filed_a_thousand_times_stays_confidential(opening: Opener, ann: Principal, eve: Principal) -> None:
    """Exact copies and copies with another date: not common, and one account, not a thousand."""
    copies = [lease(f"copy/{number}", LEASE if number % 2 else f"Copy {number}. {LEASE}") for number in range(300)]
    guard = opening(*copies)

    assert ask(guard, LEASE[160:420], eve).reason is Reason.ENTITLEMENT
    drained(guard, ann)
    assert 0 < len(seen(guard)) <= 300 // 32
    assert len({family for family, _ in seen(guard)}) == 1


# -- families -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "again",
    [
        lease("renamed"),
        lease("lease", LEASE.replace("eighteen thousand crowns", "twenty thousand crowns")),
        lease("minutes", "As filed in May. " + LEASE),
        lease("shouted", LEASE.upper()),
    ],
    ids=["renamed", "edited", "renamed and edited", "in capitals"],
)
def test_a_copy_under_another_name_opens_no_new_account(opening: Opener, ann: Principal, again: Document) -> None:
    drained(opening(lease()), ann)
    guard = opening(again)
    before = seen(guard)
    drained(guard, ann)

    assert 0 < len(before) <= len(seen(guard)) <= 300 // 32
    assert {family for family, _ in seen(guard)} == {"files\x1flease"}


def test_a_second_copy_beside_the_first_opens_no_new_account(opening: Opener, ann: Principal) -> None:
    guard = opening(lease(), lease("minutes", "As filed in May. " + LEASE))
    drained(guard, ann)

    assert 0 < len(seen(guard)) <= 300 // 32


def test_a_looser_label_on_a_copy_loosens_nothing(opening: Opener, ann: Principal) -> None:
    """Internal text may be read out whole; a confidential text with an internal copy may not."""
    guard = opening(lease(), lease("copy", LEASE + " Filed in May.", label="internal"))
    drained(guard, ann)

    assert 0 < len(seen(guard)) <= 300 // 32


# -- the question ---------------------------------------------------------------------------------------------------


def test_a_question_full_of_stolen_text_exempts_two_hundred_characters(opening: Opener, ann: Principal) -> None:
    guard = opening(lease(), Document(id="letter", text=LETTER, label="restricted", readers=EVERYBODY, tenant="acme"))
    drained(guard, ann)
    verdict = ask(guard, LEASE[500:1000], ann, question="Is this right? " + LEASE)

    fresh = verdict.text.replace("[passage withheld]", "")
    assert 0 < len(fresh) <= 200 + 32
    letter = ask(guard, LETTER[:400], ann, question=LETTER)
    assert letter.action is Action.BLOCK
    assert len(letter.text.removesuffix(guard.policy.notice)) <= 200 + 32


def test_a_question_full_of_stolen_text_exempts_nothing_of_what_one_may_not_read(
    opening: Opener, eve: Principal
) -> None:
    guard = opening(lease())

    quote = LEASE[LEASE.index("Rent is due") :][:260]
    assert ask(guard, quote, eve, question=quote).text == guard.policy.notice
    # Also not what is dripped: it is no copy yet, and then it is one.
    texts = [ask(guard, " ".join(WORDS[at : at + 6]), eve, question=LEASE) for at in range(40, 70, 6)]
    assert texts[-1].action is Action.BLOCK


def test_what_the_question_exempts_is_charged(opening: Opener, ann: Principal) -> None:
    guard = opening(lease())
    ask(guard, LEASE[160:300], ann, question=LEASE[160:300])

    assert {cell for _, cell in seen(guard)} == set(range(160 // 32, 299 // 32 + 1))


# -- the context ----------------------------------------------------------------------------------------------------


def test_stating_no_context_hides_nothing_that_was_retrieved(opening: Opener, ann: Principal) -> None:
    guard = opening(lease(), Document(id="page", text=PAGE, label="public", tenant="acme"))
    guard.filter_documents([DocumentRef("files", "lease"), DocumentRef("files", "page")], ann)
    for start in range(0, len(WORDS), 6):
        guard.check(
            CheckRequest(
                answer=f"So: {' '.join(WORDS[start : start + 6])} (more below)",
                principal=ann,
                context=(DocumentRef("files", "page"),),
            )
        )

    assert 300 // 32 - 2 <= len(seen(guard)) <= 300 // 32
