"""The user's own words."""

from hypothesis import given
from hypothesis import strategies as st

from corpora.span import Span
from guard.exemption import Question

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
        return [span for span in found if span.start < known]

    assert below(spans) == below(whole)
