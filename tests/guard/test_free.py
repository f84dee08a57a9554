"""What a public document frees, and what it does not."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpora.span import Span
from detectors.finding import Finding, Kind, Source
from guard.free import read_freely


def freed(answer: str, *pieces: tuple[str, str]) -> list[str]:
    """The stretches of *answer* that are free; pieces are pairs of answer and public text, in order."""
    spans, ours, theirs, text = [], 0, 0, ""
    for mine, other in pieces:
        assert answer[ours : ours + len(mine)] == mine
        spans.append((Span(ours, ours + len(mine)), Span(theirs, theirs + len(other))))
        ours, theirs, text = ours + len(mine), theirs + len(other), text + other
    source = Source(corpus="p", id="form", start=0, end=len(text), similarity=1.0, pieces=tuple(spans))
    finding = Finding(kind=Kind.VERBATIM, rule="verbatim", span=Span(0, len(answer)), documents=(source,))
    found = read_freely(answer, [finding], lambda corpus, name: text if (corpus, name) == ("p", "form") else None)
    return [span.of(answer) for span in found]


def test_equal_text_is_free_whatever_its_case_and_punctuation() -> None:
    assert freed("The FEE is due, now", ("The FEE is due, now", "the fee is due: now")) == ["The FEE is due, now"]


@pytest.mark.parametrize("example", ["4711", "____", "4201", "9200", "4 00"])
def test_a_form_does_not_free_the_value_filled_in_nor_part_of_it(example: str) -> None:
    """The digits that the value happens to share with the form's example are the value's own."""
    assert freed("Salary: 4200 EUR a month", ("Salary: 4200 EUR a month", f"Salary: {example} EUR a month")) == [
        "Salary:",
        " EUR a month",
    ]


def test_pieces_that_do_not_correspond_free_nothing() -> None:
    assert freed("pay 4200 now", ("pay ", "pay "), ("4200", "nothing"), (" now", " now")) == ["pay", " now"]


def test_a_word_that_goes_on_beyond_the_piece_is_not_free() -> None:
    assert freed("a warehouse burns", ("a ware", "a ware")) == ["a"]


@given(st.text("ab 文.", min_size=1, max_size=40), st.data())
def test_no_letter_is_free_that_differs(text: str, data: st.DataObject) -> None:
    other = data.draw(st.text("ab 文.", min_size=len(text), max_size=len(text)))
    source = Source(
        corpus="p", id="x", start=0, end=len(text), similarity=1.0, pieces=((Span(0, len(text)), Span(0, len(text))),)
    )
    finding = Finding(kind=Kind.VERBATIM, rule="verbatim", span=Span(0, len(text)), documents=(source, source))

    for span in read_freely(text, [finding], lambda _corpus, _name: other):
        assert all(
            text[at] == other[at] or not (text[at].isalnum() or other[at].isalnum())
            for at in range(span.start, span.end)
        )


def test_many_small_findings_are_united_in_reasonable_time() -> None:
    answer = "word " * 10_000
    findings = [
        Finding(
            kind=Kind.VERBATIM,
            rule="verbatim",
            span=Span(5 * number, 5 * number + 4),
            documents=(
                Source(
                    corpus="p",
                    id="x",
                    start=0,
                    end=4,
                    similarity=1.0,
                    pieces=((Span(5 * number, 5 * number + 4), Span(0, 4)),),
                ),
            ),
        )
        for number in range(10_000)
    ]
    began = time.process_time()

    assert len(read_freely(answer, findings, lambda _corpus, _name: "word")) == 10_000
    assert time.process_time() - began < 5.0
