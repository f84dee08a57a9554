"""The user's own words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpora.span import Span
from guard.exemption import EXEMPT_CHARACTERS, Question

WORDS = st.lists(st.sampled_from(["the", "fee", "is", "due", "on", "friday", "to"]), max_size=25).map(" ".join)


def test_a_repeat_is_found_whatever_its_case_and_punctuation() -> None:
    question = Question("Is it true that the Fee is due, on Friday?")
    answer = "Yes: THE fee is due on friday, as agreed."

    spans, known = question.repeats(answer, final=True)

    assert [span.of(answer) for span in spans] == ["THE fee is due on friday"]
    assert known == len(answer)


def test_three_words_in_a_row_are_no_repeat() -> None:
    assert Question("the fee is high").repeats("the fee is low", final=True)[0] == []


def test_a_value_counts_only_as_a_whole() -> None:
    question = Question("Write to ann@corp.example please")

    assert question.holds("Ann@corp.example")
    assert not question.holds("nn@corp.example")
    assert not question.holds("  ")


@given(question=WORDS, answer=WORDS, data=st.data())
def test_what_is_known_of_a_prefix_holds_for_the_whole(question: str, answer: str, data: st.DataObject) -> None:
    asked = Question(question)
    cut = data.draw(st.integers(0, len(answer)))

    spans, known = asked.repeats(answer[:cut], final=False)
    whole, _ = asked.repeats(answer, final=True)

    def below(found: list[Span]) -> list[Span]:
        return [Span(span.start, min(span.end, known)) for span in found if span.start < known]

    assert below(spans) == below(whole)


def test_a_repeat_goes_on_as_long_as_every_four_words_stand_in_the_question() -> None:
    question = Question("one two three four five, and six seven eight nine")
    answer = "one two three four five nine eight six seven eight nine"

    assert [span.of(answer) for span in question.repeats(answer, final=True)[0]] == [
        "one two three four five",
        "six seven eight nine",
    ]


def test_an_unfinished_word_is_not_yet_a_repeat() -> None:
    question = Question("the fee is due on friday")

    assert question.repeats("the fee is due", final=True)[0] == [Span(0, 14)]
    assert question.repeats("the fee is due", final=False) == ([], 0)
    assert question.repeats("the fee is due on", final=False) == ([Span(0, 14)], 3)


@pytest.mark.parametrize(("value", "held"), [("a.b", True), ("b.c", False), (".b", False), ("x", True), ("-x", True)])
def test_a_value_does_not_begin_or_end_inside_a_word(value: str, held: bool) -> None:
    assert Question("a.b.cd ea.b -x").holds(value) is held


def test_a_value_longer_than_what_is_exempt_is_never_held() -> None:
    long = "a" * (EXEMPT_CHARACTERS + 1)

    assert Question(long[1:]).holds(long[1:])
    assert not Question(long).holds(long)


def test_a_question_of_one_word_again_and_again_takes_no_longer() -> None:
    """Repeats of repeats once took cubic time; this would not end within the hour."""
    spans, _ = Question("a " * 100_000).repeats("a " * 20_000, final=True)

    assert spans == [Span(0, 39_999)]
