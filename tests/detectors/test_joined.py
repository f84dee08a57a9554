"""Passages that begin in what was shown before: their places, and the law of what is settled."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpora import Corpus, Document, DocumentRef
from corpora.span import Span
from detectors.base import Detector
from detectors.finding import REPEAT_RULE, Finding
from detectors.joined import HEAD, SHORT_HEAD, JoinedDetector
from detectors.verbatim import RepeatDetector, VerbatimDetector

NOTE = (
    "Rent is due on the second working day of each month and rises by four hundredths every other spring, whatever "
    "the price index says. Should the compressors fail for longer than six hours, the tenant may move the goods at "
    "the landlord's expense and withhold a thirtieth of the rent for each day begun. Keys, alarm codes and the spare "
    "generator are handed over against a signed list, which both parties keep."
)
WORDS = NOTE.split()
CHAT = "I looked into it and there is a little more to say about this".split()  # noqa: SIM905 - a line reads better


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    folder: Path = tmp_path_factory.mktemp("joined")
    return Corpus.build(folder, [Document(id="note", text=NOTE)], name="c")


@pytest.fixture(scope="module", params=["copies", "repeats"])
def inner(request: pytest.FixtureRequest, corpus: Corpus) -> Detector:
    if request.param == "copies":
        return VerbatimDetector([corpus])
    return RepeatDetector({"c": corpus}, [DocumentRef("c", "note"), DocumentRef("no", "one")])


def charged(found: list[Finding]) -> set[int]:
    """The characters of the note that showing all of the findings discloses."""
    return {
        at
        for finding in found
        for source in finding.documents
        for _, theirs in source.pieces
        for at in range(theirs.start, theirs.end)
    }


def test_both_parts_of_a_split_passage_are_counted(corpus: Corpus) -> None:
    joined = JoinedDetector(VerbatimDetector([corpus]), "It says: " + " ".join(WORDS[21:28]))
    answer = " ".join(WORDS[28:40]) + " - and then some."
    (found,) = joined.detect(answer)

    assert found.span == Span(0, len(" ".join(WORDS[28:40])))
    first = len(" ".join(WORDS[:21])) + 1
    assert charged([found]) >= set(range(first, len(" ".join(WORDS[:28]))))
    assert min(charged([found])) == first
    # What follows the border corresponds character by character, as it does without one.
    ours = " ".join(WORDS[28:40])
    assert (Span(0, len(ours)), Span(NOTE.index(ours), NOTE.index(ours) + len(ours))) in found.documents[0].pieces


def test_repeats_of_three_words_and_three_words(corpus: Corpus) -> None:
    joined = JoinedDetector(RepeatDetector({"c": corpus}, [DocumentRef("c", "note")]), "so: " + " ".join(WORDS[20:23]))
    (found,) = joined.detect(" ".join(WORDS[23:26]) + " it is")

    assert (found.rule, found.span) == (REPEAT_RULE, Span(0, len(" ".join(WORDS[23:26]))))


def test_what_stands_on_one_side_only_is_not_its_business(inner: Detector) -> None:
    assert JoinedDetector(inner, NOTE).detect(" ".join(CHAT)) == []
    assert JoinedDetector(inner, " ".join(CHAT)).detect(NOTE) == []


class Listener:
    """Remembers how much it was shown."""

    name = "listener"

    def __init__(self) -> None:
        self.most = 0

    def detect(self, answer: str) -> list[Finding]:
        self.most = max(self.most, len(answer))
        return []

    def settled(self, answer: str) -> int:
        self.most = max(self.most, len(answer))
        return len(answer)


def test_only_the_head_of_an_answer_is_looked_at() -> None:
    for reach in (HEAD, SHORT_HEAD):
        listener = Listener()
        joined = JoinedDetector(listener, "before " * 500, reach=reach)
        for size in (10, reach - 1, reach, 50_000):
            joined.detect("x" * size)
            assert joined.settled("x" * size) == size

        assert listener.most == 2 * reach + 1


PART = st.one_of(
    st.tuples(st.integers(0, len(WORDS) - 1), st.integers(1, 25)).map(lambda p: WORDS[p[0] : p[0] + p[1]]),
    st.integers(1, len(CHAT)).map(lambda size: CHAT[:size]),
)
PASSAGES = st.lists(PART, min_size=1, max_size=4).map(lambda parts: " ".join(word for part in parts for word in part))


@settings(max_examples=150, deadline=None)
@given(
    before=PASSAGES,
    answer=PASSAGES,
    reach=st.sampled_from([HEAD, SHORT_HEAD]),
    more=st.sampled_from(["", " ".join(CHAT * 12)]),
    data=st.data(),
)
def test_what_is_settled_stays(
    inner: Detector, before: str, answer: str, reach: int, more: str, data: st.DataObject
) -> None:
    answer += " " + more
    cut = data.draw(st.integers(0, len(answer)))
    joined = JoinedDetector(inner, before, reach=reach)
    settled = joined.settled(answer[:cut])
    part, whole = list(joined.detect(answer[:cut])), list(JoinedDetector(inner, before, reach=reach).detect(answer))

    def below(found: list[Finding]) -> list[tuple[int, int]]:
        return sorted({(one.span.start, min(one.span.end, settled)) for one in found if one.span.start < settled})

    assert below(part) == below(whole)
    assert all(one.span.end <= max(HEAD, len(answer)) for one in whole)
    assert settled <= joined.settled(answer)
