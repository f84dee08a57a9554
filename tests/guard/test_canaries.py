"""Canaries from planting to verdict: marked copies on disk, a real index of them, answers, questions, signals."""

import base64
import codecs
from collections.abc import Iterator
from pathlib import Path

import pytest

from corpora import Corpus, DocumentRef
from corpora.planting import marker
from corpora.planting.copies import plant
from corpora.readers import read_documents
from detectors.finding import Kind
from guard import Action, CheckRequest, Guard, Principal
from guard.verdict import Reason
from guard.watch import Signal
from tests.guard.conftest import LEASE, LETTER, PAGE
from tests.guard.test_stream_law import FILLER, cut

KEY = b"the key in force, long enough"
OLD_KEY = b"the key that was in force before"
LEASE_REF = DocumentRef("files", "lease.md")


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three documents, marked, with four decoys among them, and an index of the copies."""
    folder = tmp_path_factory.mktemp("planted")
    source = folder / "source"
    source.mkdir()
    head = '---\nlabel: {}\nreaders: ["{}"]\n---\n'
    (source / "lease.md").write_text(head.format("confidential", "group:estate") + LEASE + "\n", encoding="utf-8")
    (source / "letter.md").write_text(head.format("restricted", "group:clinic") + LETTER + "\n", encoding="utf-8")
    (source / "page.md").write_text(head.format("public", "*") + PAGE + "\n", encoding="utf-8")
    plant(source, folder / "copies", key=KEY, corpus="files", decoys=4, on_skip=print)
    documents = read_documents([folder / "copies"], tenant="acme", on_skip=print)
    Corpus.build(folder / "index", documents, name="files").close()
    return folder


class Ears:
    """Keeps the signals about canaries."""

    name = "ears"

    def __init__(self) -> None:
        self.signals: list[Signal] = []

    def take(self, signal: Signal) -> None:
        if signal.kind.startswith("canary."):
            self.signals.append(signal)


@pytest.fixture
def canary_guard(planted: Path, tmp_path: Path) -> Iterator[Guard]:
    (tmp_path / "key").write_bytes(KEY + b"\n")
    (tmp_path / "old").write_bytes(OLD_KEY)
    path = tmp_path / "echoguard.toml"
    path.write_text(
        f'[[corpora]]\nname = "files"\npath = "{planted / "index"}"\n[ledger]\nurl = "sqlite:///ledger.db"\n'
        '[canary]\nkey_file = "key"\nold_key_files = ["old"]\n',
        encoding="utf-8",
    )
    with Guard.open(path) as guard:
        yield guard


@pytest.fixture
def ears(canary_guard: Guard) -> Ears:
    ears = Ears()
    canary_guard.watch = canary_guard.watch.heard_by(ears)
    return ears


def decoy_of(guard: Guard) -> tuple[DocumentRef, str]:
    info = next(one for one in guard.corpora["files"].documents() if one.ref in guard.decoys)
    return info.ref, guard.corpora["files"].text(info.id) or ""


def check(guard: Guard, answer: str, who: Principal, **more: object) -> tuple[Action, Reason, str]:
    verdict = guard.check(CheckRequest(answer=answer, principal=who, **more))  # type: ignore[arg-type]
    return verdict.action, verdict.reason, verdict.text


A = marker(KEY, "files", "lease.md", 0)
B = marker(KEY, "files", "lease.md", 600)
OTHER = marker(KEY, "files", "letter.md", 0)
OLD = marker(OLD_KEY, "files", "lease.md", 0)


def test_the_index_of_marked_copies_holds_the_text_as_it_was(canary_guard: Guard) -> None:
    corpus = canary_guard.corpora["files"]
    assert corpus.text("lease.md") == LEASE + "\n"
    assert sum(info.ref in canary_guard.decoys for info in corpus.documents()) == 4
    assert not any("EXDOC" in (corpus.text(info.id) or "") for info in corpus.documents())


def test_a_lone_marker_is_redacted_for_who_may_read_its_document(canary_guard: Guard, ann: Principal) -> None:
    action, reason, text = check(canary_guard, f"{FILLER}See {A} for more. {FILLER}", ann)

    assert (action, reason) == (Action.REDACT, Reason.FINDING)
    assert text == f"{FILLER}See [marker withheld] for more. {FILLER}"


@pytest.mark.parametrize(
    "answer",
    [
        f"{FILLER}See {A} and, on another matter, {FILLER}{B}. {FILLER}",
        f"{FILLER}See {A} and again {A}.",
        f"{FILLER}See {OLD} and {B}.",
        f"{FILLER}{LEASE[:180]} [{A}] {FILLER}",
        f"{FILLER}[{A}] {LEASE[200:420]} {FILLER}",
        f"{FILLER}See {OTHER}. {FILLER}",
        f"{FILLER}See {marker(KEY, 'files', 'never/there.md')}. {FILLER}",
        f"{FILLER}See {marker(KEY, 'other', 'lease.md')}. {FILLER}",
    ],
    ids=["two", "one twice", "of two keys", "behind text", "before text", "not yours", "unknown", "other corpus"],
)
def test_what_proves_a_bypass_blocks(canary_guard: Guard, ann: Principal, answer: str) -> None:
    action, reason, text = check(canary_guard, answer, ann)

    assert (action, reason) == (Action.BLOCK, Reason.FINDING)
    assert "EXDOC" not in text


def test_text_far_from_a_marker_is_a_quote_and_the_marker_alone(canary_guard: Guard, ann: Principal) -> None:
    action, _, text = check(canary_guard, f"{LEASE[:120]} {FILLER * 2} {A}. {FILLER * 2} {LEASE[500:600]}", ann)

    assert action is Action.REDACT
    assert LEASE[:110] in text
    assert LEASE[505:590] in text


def test_nobody_s_marker_blocks_for_the_anonymous(canary_guard: Guard) -> None:
    assert check(canary_guard, f"See {A}.", Principal())[0] is Action.BLOCK


def test_the_policy_may_say_otherwise(canary_guard: Guard, planted: Path, tmp_path: Path, ann: Principal) -> None:
    base = (tmp_path / "echoguard.toml").read_text(encoding="utf-8")
    rules = '[rules]\npii = {{ default = "redact" }}\nsecret = "block"\ntraining = "block"\ncanary = "{}"\n'
    for word, expected in (("redact", Action.REDACT), ("allow", Action.ALLOW)):
        path = tmp_path / f"{word}.toml"
        path.write_text(base + rules.format(word), encoding="utf-8")
        with Guard.open(path) as guard:
            assert check(guard, f"See {A} and {OTHER}.", ann)[0] is expected


def test_text_of_a_decoy_blocks_whoever_asks(canary_guard: Guard, ann: Principal) -> None:
    ref, text = decoy_of(canary_guard)
    paragraph = max(text.split("\n\n"), key=len)
    everything = Principal(user="boss", tenant="acme", groups=frozenset({"estate", "clinic"}))
    for who in (ann, everything):
        action, _, shown = check(canary_guard, f"{FILLER}{paragraph}", who, context=(ref,))
        assert action is Action.BLOCK
        assert paragraph[:40] not in shown


def test_decoys_are_dropped_like_documents_that_nobody_knows(canary_guard: Guard, ann: Principal) -> None:
    ref, _ = decoy_of(canary_guard)
    kept = canary_guard.filter_documents([LEASE_REF, ref, DocumentRef("files", "nowhere")], ann)

    assert kept.kept == (LEASE_REF,)
    assert {one.reason for one in kept.dropped} == {Reason.ENTITLEMENT}


def test_every_touch_is_told_and_no_marker_with_it(canary_guard: Guard, ears: Ears, ann: Principal) -> None:
    ref, text = decoy_of(canary_guard)
    canary_guard.admit(f"What is {A.lower()} about?", ann, request_id="r1")
    canary_guard.admit("What is the rent?", ann, request_id="r2")
    canary_guard.filter_documents([LEASE_REF, ref], ann, request_id="r3")
    check(canary_guard, f"See {A}.", ann, request_id="r4")
    check(canary_guard, f"See {A} and {B}.", ann, request_id="r5")
    check(canary_guard, max(text.split("\n\n"), key=len), ann, request_id="r6")
    check(canary_guard, f"See {A} and {B}.", ann, request_id="r7", record=False)
    told = [(one.request_id, one.kind, one.strength) for one in ears.signals]

    assert told == [
        ("r1", "canary.question", 0.6),
        ("r3", "canary.decoy", 0.3),
        ("r4", "canary.answer", 0.7),
        ("r5", "canary.answer", 1.0),
        ("r6", "canary.decoy", 1.0),
    ]
    assert [one.documents for one in ears.signals] == [(LEASE_REF,), (ref,), (LEASE_REF,), (LEASE_REF,), (ref,)]
    assert A.partition("-")[2] not in repr(ears.signals).upper()


def test_a_marker_in_a_question_holds_nobody_and_exempts_nothing(canary_guard: Guard, ann: Principal) -> None:
    assert canary_guard.admit(f"Say {A} and {B}", ann).allowed
    assert check(canary_guard, f"{A} {B}", ann, question=f"Say {A} {B}")[0] is Action.BLOCK


def test_a_marker_that_the_question_held_is_no_proof_when_repeated(
    canary_guard: Guard, ears: Ears, ann: Principal, eve: Principal
) -> None:
    both = f"See {A} and {B}."
    canary_guard.admit(f"What is {A}?", ann, request_id="r1")
    check(canary_guard, both, ann, request_id="r1")
    check(canary_guard, both, ann, request_id="r2", question=f"And {A}?")
    assert {one.kind for one in ears.signals} == {"canary.question"}
    ears.signals.clear()
    check(canary_guard, both, ann, request_id="r3")
    check(canary_guard, both, eve, request_id="r1")
    check(canary_guard, f"See {A} [{B}] {LEASE[600:800]}", ann, request_id="r1")
    assert [(one.kind, one.strength) for one in ears.signals] == [("canary.answer", 1.0)] * 3


def test_a_marker_in_a_public_document_is_withheld_and_named(canary_guard: Guard, ann: Principal) -> None:
    verdict = canary_guard.check(CheckRequest(answer=f"See {marker(KEY, 'files', 'page.md')}.", principal=ann))

    assert verdict.text == "See [marker withheld]."
    assert [one.kind for one in verdict.findings] == [Kind.CANARY]
    assert verdict.to_dict(sources=True)["findings"][0]["documents"][0]["id"] == "page.md"
    assert verdict.to_dict(sources=False)["findings"][0]["documents"] == []


ANSWERS = {
    "lone": f"{FILLER}See {A} for more. {FILLER * 2}",
    "two": f"{FILLER}See {A}. {FILLER * 3}Then {B}. {FILLER}",
    "behind text": f"{FILLER}{LEASE[:180]} [{A}] {LEASE[180:400]} {FILLER}",
    "before text": f"{FILLER}[{A}] {LEASE[200:420]} {FILLER}",
    "base64": f"{FILLER}{base64.b64encode(f'{LEASE[:90]} [{A}] more'.encode()).decode()} {FILLER * 3}",
    "spaced": f"{FILLER}{' '.join(A)} {FILLER * 2}{' '.join(B)}",
    "backwards": f"{FILLER}{A[::-1]} {FILLER * 3}",
    "no head": f"{FILLER}{A[6:]} {FILLER * 3}",
    "cut off": f"{FILLER * 3}See {A[:17]}",
    "hex": f"{FILLER}{A.encode().hex()} {FILLER * 3}",
    "rot13": f"{FILLER}{codecs.encode(A, 'rot13')} {FILLER * 3}",
}


@pytest.mark.parametrize("name", sorted(ANSWERS))
@pytest.mark.parametrize("user", ["ann", "eve"])
def test_every_cutting_comes_to_the_same_end_and_no_marker_leaves(
    canary_guard: Guard, request: pytest.FixtureRequest, name: str, user: str
) -> None:
    who, answer = request.getfixturevalue(user), ANSWERS[name]
    whole = canary_guard.check(CheckRequest(answer=answer, principal=who, record=False))
    assert whole.action is not Action.ALLOW

    for seed, longest in enumerate((6, 45, 300)):
        with canary_guard.stream(principal=who, record=False) as stream:
            out = "".join(stream.feed(piece) for piece in cut(answer, seed, longest))
            verdict = stream.finish()
        assert (verdict.action, out + verdict.tail) == (whole.action, whole.text)
        for piece in (A[6:15], A[::-1][:9], A[:15].encode().hex(), " ".join(A[6:12])):
            assert piece not in out
