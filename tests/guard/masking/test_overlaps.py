"""Values that touch, overlap or contain one another, and values that are not yet whole."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpora.span import Span
from detectors.finding import Finding, Kind
from guard import CheckRequest, Guard, Principal
from guard.decide import decide
from guard.masking.placeholders import Placeholders
from guard.masking.treatment import Treatment
from guard.policy import Policy
from guard.proposal import finish
from guard.verdict import Action
from tests.guard.masking.test_actions import MASKED
from tests.guard.test_stream_law import cut, streamed

MASKING = Policy(pii={"default": Action.REDACT}, treatments={"default": Treatment.MASK})


def found(start: int, end: int, rule: str = "PERSON") -> Finding:
    return Finding(kind=Kind.PII, rule=rule, span=Span(start, end))


def written(answer: str, findings: list[Finding]) -> str:
    atoms = decide(answer, findings, {}, policy=MASKING, upto=len(answer))
    return finish(answer, len(answer), atoms, {}, Placeholders(MASKING.treatment, None, "acme")).text


@pytest.mark.parametrize(
    ("findings", "text"),
    [
        ([found(0, 4), found(4, 8)], "<PERSON_1><PERSON_2> ."),
        ([found(0, 6), found(4, 8)], "<PERSON_1><PERSON_2> ."),
        ([found(0, 8), found(2, 5, "EMAIL_ADDRESS")], "<PERSON_1> ."),
        ([found(0, 4), found(4, 8, "EMAIL_ADDRESS")], "<PERSON_1><EMAIL_ADDRESS_1> ."),
        ([found(0, 4), found(0, 8, "URL")], "<PERSON_1><URL_1> ."),
        ([found(5, 8)], "JohnM<PERSON_1> ."),
    ],
)
def test_what_touches_stays_apart(findings: list[Finding], text: str) -> None:
    assert written("JohnMary .", findings) == text
    assert written("JohnMary .", findings[::-1]) == text


SPANS = st.tuples(st.integers(0, 19), st.integers(1, 8), st.sampled_from(("PERSON", "EMAIL_ADDRESS", "URL")))


@given(spans=st.lists(SPANS, min_size=1, max_size=6))
def test_exactly_what_was_found_is_gone(spans: list[tuple[int, int, str]]) -> None:
    answer = "abcdefghijklmnopqrstuvwxyz."
    findings = [found(start, start + length, rule) for start, length, rule in spans]
    covered = {place for one in findings for place in range(one.span.start, one.span.end)}
    left = re.sub(r"<[A-Z_]+_\d+>", "", written(answer, findings))
    assert left == "".join(char for place, char in enumerate(answer) if place not in covered)


class Counting:
    """Finds ``N 1 2 3``, which may always go on, and says truly that what stands in front is settled."""

    name = "counting"

    def detect(self, answer: str) -> list[Finding]:
        return [found(*match.span(), "PHONE_NUMBER") for match in re.finditer(r"N(?: \d\d)+", answer)]

    def settled(self, answer: str) -> int:
        begun = re.search(r"N((?: \d\d)*)(?: \d?)?\Z", answer)
        if begun is None:
            return len(answer)
        return begun.end(1) if begun.group(1) else begun.start()


def test_a_value_that_may_go_on_is_not_yet_numbered(
    open_guard: Callable[..., Guard], eve: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    guard = open_guard(MASKED)
    monkeypatch.setattr(guard, "detectors", (Counting(),))
    monkeypatch.setattr("guard.stream.STRIDE", 1)
    answer = "Here N 12 34 56 and N 12 34 and again N 12 34 56 are told."
    whole = guard.check(CheckRequest(answer=answer, principal=eve, record=False)).text
    assert whole == "Here <PHONE_NUMBER_1> and <PHONE_NUMBER_2> and again <PHONE_NUMBER_1> are told."
    for seed in range(4):
        assert streamed(guard, eve, cut(answer, seed, 3))[1] == whole
