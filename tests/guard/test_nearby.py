"""Text that comes in drops: what one turn shows of a document that is near is charged, however little it is."""

from collections.abc import Callable, Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpora import DocumentRef
from detectors.finding import REPEAT_RULE
from guard import Action, CheckRequest, Guard, GuardUnavailable, Principal, Verdict
from guard.verdict import Reason
from tests.guard.conftest import LEASE, LETTER, PAGE
from tests.guard.test_stream_law import FILLER, cut, streamed

LEASE_REF = DocumentRef("files", "lease")
LETTER_REF = DocumentRef("files", "letter")
WORDS = LEASE.split()
SHORT = " ".join(WORDS[40:46])
"""Too little to be called a copy, even of a document whose words are all rare."""


def drops(size: int, start: int = 0, end: int = len(WORDS)) -> Iterator[str]:
    return (" ".join(WORDS[at : at + size]) for at in range(start, end, size))


def ask(guard: Guard, answer: str, who: Principal, *context: DocumentRef, record: bool = True) -> Verdict:
    return guard.check(CheckRequest(answer=answer, principal=who, context=context, record=record))


def cells(guard: Guard, user: str = "ann") -> set[int]:
    return {cell for one in guard.ledger.exposure("acme", user) for cell in one.cells}


def of_words(start: int, end: int) -> set[int]:
    """The cells of the words [start, end) of the lease."""
    first = len(" ".join(WORDS[:start])) + bool(start)
    return set(range(first // 32, (len(" ".join(WORDS[:end])) - 1) // 32 + 1))


def test_ten_words_a_turn_cost_what_a_quote_costs(guard: Guard, ann: Principal) -> None:
    for drop in drops(10, 0, 50):
        verdict = ask(guard, f"Certainly. {drop} ... and so on.", ann, LEASE_REF)
        assert verdict.action is Action.ALLOW

    assert cells(guard) == of_words(0, 50)


@pytest.mark.parametrize("size", [6, 8, 10])
def test_a_drip_ends_where_the_quote_would(guard: Guard, ann: Principal, size: int) -> None:
    """Share and floor give nine cells of this document, at once or word by word."""
    shown = []
    for drop in drops(size):
        verdict = ask(guard, f"Certainly. {drop} ... and so on.", ann, LEASE_REF)
        shown.append(verdict)

    assert len(cells(guard)) <= 300 // 32
    got = sum(verdict.text.count(drop) for verdict, drop in zip(shown, drops(size), strict=True))
    assert got * size < 300 / 4
    late = shown[-5]
    assert (late.action, late.reason) == (Action.REDACT, Reason.BUDGET)
    assert REPEAT_RULE in {finding.rule for finding in late.findings}
    assert late.text.startswith("Certainly. ")


def test_without_a_context_no_five_words_are_looked_at(guard: Guard, ann: Principal) -> None:
    ask(guard, f"Certainly. {SHORT} ... and so on.", ann)

    assert cells(guard) == set()


def test_what_was_retrieved_lately_is_near(guard: Guard, ann: Principal) -> None:
    guard.filter_documents([LEASE_REF], ann)
    ask(guard, f"Certainly. {SHORT} ... and so on.", ann)

    assert cells(guard) == of_words(40, 46)


def test_what_was_quoted_or_stated_lately_is_near(open_guard: Callable[..., Guard], ann: Principal) -> None:
    """Also for another process that keeps the same ledger."""
    one, other = open_guard(), open_guard(name="other.toml")
    ask(one, " ".join(WORDS[:25]), ann)
    before = cells(one)
    ask(other, f"Certainly. {SHORT} ... and so on.", ann)

    assert before == of_words(0, 25)
    assert cells(other) == before | of_words(40, 46)


def test_what_others_retrieved_is_not(guard: Guard, ann: Principal, eve: Principal) -> None:
    guard.filter_documents([LEASE_REF], Principal(user="bob", tenant="acme", groups=frozenset({"estate"})))
    ask(guard, f"Certainly. {SHORT} ... and so on.", ann)

    assert cells(guard) == set()


def test_a_judgement_without_record_leaves_nothing_near(guard: Guard, ann: Principal) -> None:
    ask(guard, FILLER, ann, LEASE_REF, record=False)
    ask(guard, f"Certainly. {SHORT} ... and so on.", ann)

    assert cells(guard) == set()


def test_a_forged_context_tells_and_costs_nothing(guard: Guard, ann: Principal, eve: Principal) -> None:
    """Whoever may not read a document learns nothing by naming it, and charges nobody."""
    drop = f"Certainly. {SHORT} ... and so on."
    for context in ((), (LEASE_REF,), (LEASE_REF, LETTER_REF, DocumentRef("files", "none"), DocumentRef("no", "one"))):
        verdict = ask(guard, drop + " " + FILLER * 4, eve, *context)
        assert (verdict.action, verdict.text, verdict.findings) == (Action.ALLOW, drop + " " + FILLER * 4, ())
    assert ask(guard, drop, Principal(user=None), LEASE_REF).action is Action.ALLOW

    assert guard.ledger.exposure() == []


def test_short_repeats_of_a_restricted_document_are_withheld_and_end_nothing(guard: Guard, doc: Principal) -> None:
    """Its budget is nothing, so nothing of it is left to be charged; but five words are no reason to end the answer."""
    drop = LETTER[LETTER.index("has stopped the tablets") : LETTER.index(" because they made")]
    verdict = ask(guard, f"It seems she {drop} last week. That is all.", doc, LETTER_REF)

    assert verdict.action is Action.REDACT
    assert verdict.text == "It seems she [passage withheld] last week. That is all."


def test_public_documents_are_never_charged(guard: Guard, ann: Principal) -> None:
    verdict = ask(guard, PAGE[:80], ann, DocumentRef("files", "page"), DocumentRef("files", "copy"))

    assert verdict.action is Action.ALLOW
    assert cells(guard) == set()


def test_text_split_over_turns_is_put_together(guard: Guard, eve: Principal) -> None:
    """Six words a turn of a document that she may not read: the second or third turn makes a passage of them."""
    verdicts = [ask(guard, drop, eve) for drop in drops(6, 40, 70)]

    assert verdicts[0].action is Action.ALLOW
    assert any(verdict.action is Action.BLOCK for verdict in verdicts[1:3])
    assert guard.ledger.exposure() == []


def test_what_was_shown_in_the_turn_before_is_charged_with_the_rest(guard: Guard, ann: Principal) -> None:
    for drop in drops(6, 0, 24):
        assert ask(guard, drop, ann).action is Action.ALLOW

    assert cells(guard) == of_words(0, 24)


def test_three_words_a_turn_of_a_document_that_is_near(guard: Guard, ann: Principal) -> None:
    for drop in drops(3, 0, 24):
        ask(guard, drop, ann, LEASE_REF)

    assert cells(guard) == of_words(0, 24)


def test_turns_of_different_users_are_not_one_text(guard: Guard, eve: Principal) -> None:
    others = [Principal(user=f"user{number}", tenant="acme") for number in range(5)]

    for drop, who in zip(drops(6, 40, 70), others, strict=True):
        assert ask(guard, drop, who).action is Action.ALLOW


def test_an_abandoned_stream_is_remembered_as_far_as_it_left(guard: Guard, eve: Principal) -> None:
    with guard.stream(principal=eve) as stream:
        out = "".join(stream.feed(piece) for piece in cut(FILLER * 4 + SHORT + " " + FILLER * 4, 1, 20))
    assert SHORT in out
    left = out.index(SHORT) + len(SHORT)
    verdict = ask(guard, " ".join(WORDS[46:52]), eve)

    assert verdict.action is (Action.BLOCK if len(out) - left < 30 else Action.ALLOW)


@pytest.mark.parametrize("size", [8, 13, 30])
@pytest.mark.parametrize("channels", [2, 3])
def test_channels_and_choices_share_one_account(guard: Guard, ann: Principal, size: int, channels: int) -> None:
    """However a text is dealt out over choices, tool arguments and reasoning, it costs at least what it costs whole."""
    pieces = list(drops(size, 0, 60))
    names = ["content", "reasoning", "tool:0"]
    for number in range(channels):
        with guard.stream(
            principal=ann, context=(LEASE_REF,), request_id="one", choice=number, channel=names[number]
        ) as stream:
            stream.feed(" ... ".join(pieces[number::channels]))
            stream.finish()
    dealt = cells(guard)
    whole = of_words(0, -(-60 // size) * size)  # the last piece is a whole one

    assert len(dealt) == min(300 // 32, len(whole))
    assert dealt <= whole


def test_interleaved_choices_share_one_account(guard: Guard, ann: Principal) -> None:
    """Open at the same time, eight words here and eight there."""
    streams = [guard.stream(principal=ann, context=(LEASE_REF,), request_id="one", choice=n) for n in (0, 1)]
    for number, drop in enumerate(drops(8, 0, 96)):
        streams[number % 2].feed(drop + " ")
    verdicts = [stream.finish() for stream in streams]

    assert len(cells(guard)) <= 300 // 32
    assert sum(len(verdict.text) for verdict in verdicts) < 300 + 2 * len("[passage withheld]") + 64


def test_a_lost_ledger_shows_nothing_that_is_near(guard: Guard, ann: Principal) -> None:
    guard.ledger.close()

    with pytest.raises(GuardUnavailable):
        ask(guard, "Nothing to see here.", ann, LEASE_REF)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_every_cutting_comes_to_the_same_end(guard: Guard, ann: Principal, data: st.DataObject) -> None:
    """With documents that are near, text shown before, and what goes on from it."""
    start = data.draw(st.integers(0, 150))
    ask(guard, FILLER + " ".join(WORDS[start : start + data.draw(st.integers(3, 12))]), ann)
    parts = [" ".join(WORDS[start + 8 :][: data.draw(st.integers(0, 9))])]
    for _ in range(data.draw(st.integers(0, 6))):
        source = data.draw(st.sampled_from([LEASE, LEASE, LETTER, PAGE, FILLER])).split()
        at = data.draw(st.integers(0, len(source) - 1))
        parts.append(" ".join(source[at : at + data.draw(st.integers(3, 40))]))
    answer = " ".join(part for part in parts if part) or "x"
    context = data.draw(st.sampled_from([(), (LEASE_REF,), (LETTER_REF, LEASE_REF)]))
    question = data.draw(st.sampled_from([None, LEASE[100:260]]))
    whole = guard.check(CheckRequest(answer=answer, principal=ann, context=context, question=question, record=False))

    action, text, _ = streamed(
        guard, ann, cut(answer, data.draw(st.integers(0, 99)), 90), question=question, context=context
    )
    assert (action, text) == (whole.action, whole.text)
