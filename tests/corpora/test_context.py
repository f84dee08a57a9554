"""Short repeats of documents that are known to be near."""

import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpora import Corpus, Document
from corpora.match import Match
from corpora.matching import context
from corpora.matching.context import MOST_CHARACTERS, MOST_DOCUMENTS, ContextReader, context_settled
from corpora.matching.repeats import ALWAYS, FLOOR
from corpora.text.normalize import normalize

NOTE = (
    "Rent is due on the second working day of each month and rises by four hundredths every other spring, whatever "
    "the price index says. Should the compressors fail for longer than six hours, the tenant may move the goods."
)
SMALL_WORDS = st.lists(
    st.sampled_from(["the", "rent", "is", "due", "of", "tenant", "spring", "compressors", "2024"]), max_size=40
).map(" ".join)


def reader(**documents: str) -> ContextReader:
    return ContextReader(documents.get)


def repeats(text: str, **documents: str) -> list[Match]:
    return reader(**documents).matches(text, list(documents), corpus="c", version="v")


def covered(found: list[Match]) -> set[int]:
    return {at for match in found for at in range(match.span.start, match.span.end)}


def slowly(text: str, document: str) -> set[int]:
    """The words of *text* that repeat *document*, found the long way."""
    ours, theirs = ([w.strip(".,").casefold() for w in one.split()] for one in (text, document))
    hits = {}
    for at in range(len(ours) - FLOOR + 1):
        for place in range(len(theirs) - FLOOR + 1):
            if ours[at : at + FLOOR] == theirs[place : place + FLOOR]:
                hits[at] = place
                break

    def says(at: int) -> bool:
        return sum(len(word) >= 5 or (word.isdigit() and len(word) >= 3) for word in ours[at : at + FLOOR]) >= 2

    def counts(at: int) -> bool:
        left = right = at
        while hits.get(left - 1, -9) == hits[left] - 1:
            left -= 1
        while hits.get(right + 1, -9) == hits[right] + 1:
            right += 1
        return right + FLOOR - left >= ALWAYS or any(says(one) for one in range(left, right + 1))

    return {word for at in hits if counts(at) for word in range(at, at + FLOOR)}


def words_in(found: list[Match], text: str) -> set[int]:
    at, inside = 0, set()
    for number, word in enumerate(text.split()):
        at = text.index(word, at)
        if any(match.span.start <= at < match.span.end for match in found):
            inside.add(number)
        at += len(word)
    return inside


@settings(max_examples=300)
@given(text=SMALL_WORDS, document=SMALL_WORDS)
def test_the_long_way_comes_to_the_same(text: str, document: str) -> None:
    found = repeats(text, d=document)

    assert words_in(found, text) == slowly(text, document)
    for one, other in pairwise(found):
        assert one.span.end <= other.span.start


@pytest.mark.parametrize("size", [8, 10])
def test_a_drip_of_so_many_words_is_seen_wherever_it_begins(size: int) -> None:
    words = NOTE.split()
    for start in range(len(words) - size + 1):
        drip = " ".join(words[start : start + size])
        (match,) = repeats(f"Certainly! {drip} - shall I go on?", d=NOTE)

        assert match.span.start == len("Certainly! ")
        assert match.source.start == NOTE.index(drip)
        assert len(match.source) >= len(drip) - 1


def test_words_that_hold_every_sentence_together_are_no_repeat() -> None:
    note = "It is one of the best there is, and the end of it all is in it too, as far as we can see from here."

    assert repeats("You may say that it is one of the many.", d=note) == []
    assert repeats("As far as I know: as far as we can see it is.", d=note) == []
    assert repeats("end of it all is in it too, as far as", d=note), "ten words are one, whatever they say"


def test_a_repeat_keeps_its_order() -> None:
    assert repeats("month each of day working second", d=NOTE) == []
    assert repeats("the compressors longer than fail six hours for", d=NOTE) == []


def test_disguises_that_folding_undoes_are_undone() -> None:
    (match,) = repeats("SECOND\u00ad WORKING d\u0430y of \uff45ach", d=NOTE)

    assert match.source.of(NOTE) == "second working day of each"


@pytest.mark.parametrize(
    "text",
    [
        "租金应于每月第二个工作日支付，每隔一年春天上涨百分之四。",
        "家賃は毎月第二営業日に支払われ、隔年の春に上がります。",
    ],
)
def test_scripts_without_spaces_count_characters(text: str) -> None:
    assert len(covered(repeats(text[3:14], d=text))) >= ALWAYS
    assert repeats(text[3:9], d=text) == []


def test_pieces_hold_the_same_letters() -> None:
    text = "As agreed:  Rent IS due,on the\u200b second   working day -- of each MONTH and rises!"
    (match,) = repeats(text, d=NOTE)

    for ours, theirs in match.pieces:
        assert normalize(ours.of(text)).text == normalize(theirs.of(NOTE)).text
    assert all(one.end <= other.start for (one, _), (other, _) in pairwise(match.pieces))
    assert (match.pieces[0][0].start, match.pieces[-1][0].end) == (match.span.start, match.span.end)


@settings(max_examples=200)
@given(text=SMALL_WORDS, document=SMALL_WORDS, data=st.data())
def test_what_is_settled_stays(text: str, document: str, data: st.DataObject) -> None:
    whole = repeats(text, d=document)
    cut = data.draw(st.integers(0, len(text)))
    part = repeats(text[:cut], d=document)
    settled = context_settled(text[:cut])

    def below(found: list[Match]) -> list[tuple[int, int, list[tuple[int, int]]]]:
        return [
            (
                match.span.start,
                match.source.start,
                [
                    (at, theirs.start + at - ours.start)
                    for ours, theirs in match.pieces
                    for at in range(ours.start, min(ours.end, settled))
                ],
            )
            for match in found
            if match.span.start < settled
        ]

    assert below(part) == below(whole)
    assert settled <= context_settled(text)


def test_every_document_that_holds_the_words_is_named() -> None:
    found = repeats(NOTE[:80], a=NOTE, b="Other words first. " + NOTE, c="None of it at all.")

    assert [match.document_id for match in found] == ["a", "b"]
    assert found[1].source.start == found[0].source.start + len("Other words first. ")


def test_of_very_many_copies_some_are_named() -> None:
    copies = {f"copy{number}": NOTE for number in range(200)}

    assert 0 < len({match.document_id for match in repeats(NOTE, **copies)}) <= 20


def test_bounds() -> None:
    with pytest.raises(ValueError, match=str(MOST_DOCUMENTS)):
        reader().matches("x", ["a"] * (MOST_DOCUMENTS + 1), corpus="c", version="v")
    assert repeats("", d=NOTE) == repeats("word", d=NOTE) == repeats(NOTE, d="") == repeats(NOTE, d="...") == []
    long = NOTE + " word" * (MOST_CHARACTERS // 5)
    assert repeats(NOTE, long=long) == []
    assert repeats(NOTE, long=long, short=NOTE)


def test_what_is_kept_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(context, "_KEPT_WORDS", 20_000)
    documents = {f"d{number}": f"{NOTE} Number {number}." for number in range(200)}
    kept = ContextReader(documents.get)
    for number in range(200):
        ids = [f"d{number}", f"d{(number * 7) % 200}"]
        assert {match.document_id for match in kept.matches(NOTE, ids, corpus="c", version="v")} == set(ids)

    assert len(kept._texts) <= 20
    assert len(kept._tables) <= 20


def test_one_word_thousands_of_times_takes_time_in_proportion() -> None:
    def takes(words: int) -> float:
        began = time.process_time()
        assert covered(repeats("confidential " * words, a="confidential " * 1000, b="confidential " * 3000))
        return time.process_time() - began

    takes(100)
    few = min(takes(2_000) for _ in range(5))
    # Sixteen times as long; every word with every other would take 256 times as much.
    assert min(takes(32_000) for _ in range(2)) < 64 * few


def test_a_corpus_looks_at_what_it_has(corpus: Corpus, library: list[Document]) -> None:
    drip = " ".join(library[7].text.split()[100:112])

    (match,) = corpus.context_matches(f"Well then: {drip}.", ["doc/7", "doc/8", "missing"])
    assert (match.document_id, match.corpus) == ("doc/7", "library")
    assert match.source.of(library[7].text) == drip.rstrip(".")
    assert corpus.context_matches(f"Well then: {drip}.", ["doc/8"]) == []


def test_without_texts_nothing_short_is_found(
    library: list[Document], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("textless")
    with Corpus.build(folder, library[:3], name="library", store_text=False) as corpus:
        assert corpus.context_matches(library[0].text[:300], ["doc/0"]) == []


@pytest.mark.slow
def test_an_answer_beside_ten_documents_costs_little(
    corpus: Corpus, library: list[Document], elsewhere: list[str]
) -> None:
    ids = [f"doc/{number}" for number in range(0, 20, 2)]  # 500 words each
    answer = " ".join(elsewhere[:280] + library[4].text.split()[50:70])
    corpus.context_matches(answer, ids)
    took = []
    for _ in range(100):
        began = time.process_time()
        assert corpus.context_matches(answer, ids)
        took.append(time.process_time() - began)

    # Half a millisecond on a quiet machine.  The best of many, and room for a slow one: another order of work shows.
    assert min(took) < 0.003
