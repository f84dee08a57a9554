"""The law of streams: for every way of cutting an answer the end is the same, and nothing forbidden leaves early."""

import random
from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpora.span import Span
from detectors.finding import Finding, Kind
from guard import Action, CheckRequest, Guard, GuardUnavailable, Principal
from guard.errors import RequestError, TooLarge
from tests.guard.conftest import LEASE, LETTER, PAGE, TRAINING

FILLER = (
    "I looked into this for you and there are a few things worth knowing before the meeting on Thursday afternoon. "
    "Most of it is ordinary business and nobody would be surprised to hear about it over lunch in the canteen. "
)
TOKEN = "ghp_" + "a1B2" * 9
CASES = {
    "harmless": FILLER * 4,
    "quote": FILLER + LEASE[160:330] + " " + FILLER,
    "dump": FILLER + LEASE + " " + FILLER,
    "two runs": LEASE[:180] + " " + FILLER * 2 + LEASE[500:720] + " " + FILLER + LEASE[800:1100],
    "closed": FILLER + LETTER[10:240] + " " + FILLER,
    "training": FILLER + TRAINING + FILLER,
    "public": FILLER + PAGE + " " + FILLER + LEASE[:100],
    "values": FILLER
    + "Write to jo@brennerhof.org or call +49 30 901820, "
    + FILLER
    + f"the token is {TOKEN}. "
    + FILLER,
    "markdown": "# Notes\n\n- one\n- two\n\n```\n" + LEASE[:150] + "\n```\n" + FILLER,
}


def cut(text: str, seed: int, longest: int) -> list[str]:
    chooser = random.Random(seed)
    places = [0]
    while places[-1] < len(text):
        places.append(min(len(text), places[-1] + chooser.randint(1, longest)))
    return [text[start:end] for start, end in pairwise(places)]


def streamed(guard: Guard, principal: Principal, pieces: list[str], **more: object) -> tuple[Action, str, list[str]]:
    emitted: list[str] = []
    with guard.stream(principal=principal, record=False, **more) as stream:  # type: ignore[arg-type]
        for piece in pieces:
            emitted.append(stream.feed(piece))
            if stream.stopped:
                break
        verdict = stream.finish()
    emitted.append(verdict.tail)
    assert "".join(emitted) == verdict.text
    return verdict.action, verdict.text, emitted


@pytest.mark.parametrize("name", sorted(CASES))
@pytest.mark.parametrize("user", ["ann", "eve", "doc"])
def test_every_cutting_comes_to_the_same_end(
    guard: Guard, request: pytest.FixtureRequest, name: str, user: str
) -> None:
    principal = request.getfixturevalue(user)
    answer = CASES[name]
    whole = guard.check(CheckRequest(answer=answer, principal=principal, record=False))

    for seed, longest in enumerate((5, 60, 400)):
        action, text, _ = streamed(guard, principal, cut(answer, seed, longest))
        assert (action, text) == (whole.action, whole.text)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_mixtures_of_copies_and_words(guard: Guard, ann: Principal, data: st.DataObject) -> None:
    parts = []
    for _ in range(data.draw(st.integers(1, 5))):
        source = data.draw(st.sampled_from([LEASE, LETTER, PAGE, FILLER, f" {TOKEN} ", " jo@brennerhof.org "]))
        start = data.draw(st.integers(0, len(source) - 1))
        parts.append(source[start : start + data.draw(st.integers(5, 350))])
    answer = data.draw(st.sampled_from([" ", "\n\n", ""])).join(parts)
    question = data.draw(st.sampled_from([None, LEASE[100:260], "Write to jo@brennerhof.org please"]))
    whole = guard.check(CheckRequest(answer=answer, principal=ann, record=False, question=question))

    action, text, _ = streamed(guard, ann, cut(answer, data.draw(st.integers(0, 99)), 90), question=question)

    assert (action, text) == (whole.action, whole.text)


def test_nothing_forbidden_leaves_before_the_block(guard: Guard, eve: Principal) -> None:
    _, _, emitted = streamed(guard, eve, cut(CASES["closed"], 1, 7))

    start = LETTER[10:40]
    assert start not in "".join(emitted)
    assert "lipoma" not in "".join(emitted)


def test_harmless_text_is_not_buffered_whole(guard: Guard, eve: Principal) -> None:
    answer = FILLER * 12
    waiting = []
    with guard.stream(principal=eve) as stream:
        out = ""
        for piece in cut(answer, 3, 12):
            out += stream.feed(piece)
            waiting.append(stream.held_back)
        out += stream.finish().tail

    assert out == answer
    assert max(waiting) < len(answer) / 2


def test_a_stream_charges_what_it_shows_once(guard: Guard, ann: Principal) -> None:
    quote = LEASE[160:330]
    with guard.stream(principal=ann) as stream:
        for piece in cut(quote + " " + FILLER, 4, 9):
            stream.feed(piece)
        assert stream.finish().action is Action.ALLOW

    (seen,) = guard.ledger.exposure("acme", "ann")
    assert seen.cells == frozenset(range(160 // 32, 329 // 32 + 1))


def test_an_abandoned_stream_has_charged_what_left_and_no_more(guard: Guard, ann: Principal) -> None:
    answer = LEASE[160:380] + " " + FILLER * 3
    with guard.stream(principal=ann) as stream:
        out = "".join(stream.feed(piece) for piece in cut(answer, 4, 20))

    (seen,) = guard.ledger.exposure("acme", "ann")
    left = max(end for end in range(221) if out.startswith(LEASE[160 : 160 + end].rstrip()))
    assert left > 100
    assert seen.cells == frozenset(range(160 // 32, (160 + len(LEASE[160 : 160 + left].rstrip()) - 1) // 32 + 1))


def test_a_closed_stream_takes_nothing_more(guard: Guard, ann: Principal) -> None:
    with guard.stream(principal=ann) as stream:
        stream.feed("hello")
    with pytest.raises(RequestError, match="closed"):
        stream.feed("more")
    with pytest.raises(RequestError, match="closed"):
        stream.finish()


def test_a_value_that_may_go_on_is_not_yet_the_users_own(guard: Guard, ann: Principal) -> None:
    """The user wrote jo@brennerhof.or; the answer's jo@brennerhof.org is another address."""
    answer = "Write to jo@brennerhof.org today. " + FILLER
    question = "Is it jo@brennerhof.or or what?"
    for longest in (1, 2, 7):
        action, text, _ = streamed(guard, ann, cut(answer, 1, longest), question=question)
        assert (action, "jo@" in text) == (Action.REDACT, False)


def test_what_follows_the_end_is_refused(guard: Guard, ann: Principal) -> None:
    with guard.stream(principal=ann) as stream:
        stream.feed("hello")
        verdict = stream.finish()
        assert stream.finish() is verdict
        with pytest.raises(RequestError, match="finished"):
            stream.feed("more")


def test_nothing_fed_is_nothing_shown(guard: Guard, ann: Principal) -> None:
    with guard.stream(principal=ann) as stream:
        assert (stream.finish().text, stream.finish().action) == ("", Action.ALLOW)


def test_bad_pieces_end_the_stream(guard: Guard, ann: Principal) -> None:
    with guard.stream(principal=ann) as stream, pytest.raises(RequestError, match="lone surrogate"):
        stream.feed("\ud800")
    with pytest.raises(GuardUnavailable):
        stream.finish()
    with guard.stream(principal=ann) as stream, pytest.raises(TooLarge):
        stream.feed("x" * 2_000_000)


def test_a_check_that_fails_midway_shows_nothing_more(
    open_guard: Callable[..., Guard], ann: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    guard = open_guard()
    with guard.stream(principal=ann) as stream:
        stream.feed(FILLER)
        guard.ledger.close()
        with pytest.raises(GuardUnavailable):
            stream.feed(LEASE)
        with pytest.raises(GuardUnavailable):
            stream.finish()


class Fickle:
    """Says that everything is settled, and changes its mind."""

    name = "fickle"

    def detect(self, answer: str) -> list[Finding]:
        return [Finding(kind=Kind.SECRET, rule="late", span=Span(2, 9))] if len(answer) > 100 else []

    def settled(self, answer: str) -> int:
        return len(answer)


def test_a_detector_that_breaks_its_promise_ends_the_answer(
    guard: Guard, ann: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "detectors", (Fickle(),))
    with guard.stream(principal=ann) as stream:
        # As much as the detectors look at together at least.
        monkeypatch.setattr("guard.stream.STRIDE", 48)
        out = stream.feed(FILLER[:60])
        assert out
        assert stream.feed(FILLER[60:200]) == ""
        assert stream.stopped
        verdict = stream.finish()

    assert verdict.action is Action.BLOCK
    assert verdict.text == out + "\n\n" + guard.policy.notice
