"""The decision is pure: golden rows for its meaning, laws for its shape."""

import time
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpora.span import Span
from detectors.finding import REPEAT_RULE, Finding, Kind, Source
from guard.decide import decide
from guard.exemption import Question
from guard.policy import DEFAULT_LABELS, LabelLimits, Policy
from guard.proposal import Outcome, finish
from guard.rights import SLOT_CELLS, Right, slot_of
from guard.verdict import Action, Reason

ANSWER = " ".join(f"word{number:03d}" for number in range(120))  # every word and its space: 8 characters
POLICY = Policy()
RIGHTS = {
    ("c", "conf"): Right(family="c\x1fconf", label="confidential", length=4000, readable=True),
    ("c", "int"): Right(family="c\x1fint", label="internal", length=4000, readable=True),
    ("c", "other"): Right(family="c\x1fother", label="internal", length=4000, readable=False),
    ("c", "secretive"): Right(family="c\x1fsecretive", label="restricted", length=4000, readable=True),
    ("c", "pub"): Right(family="c\x1fpub", label="public", length=4000, readable=True, free=True),
    ("t", "train"): Right(family="t\x1ftrain", label="public", length=4000, readable=False, training=True),
}
ALL_CELLS = {right.family: range(1000) for right in RIGHTS.values()}


def copied(start: int, end: int, *documents: str, kind: Kind = Kind.VERBATIM) -> Finding:
    corpus = "t" if kind is Kind.TRAINING else "c"
    pieces = ((Span(start, end), Span(start, end)),)
    return Finding(
        kind=kind,
        rule=kind.value,
        span=Span(start, end),
        documents=tuple(
            Source(corpus=corpus, id=name, start=start, end=end, similarity=1.0, pieces=pieces) for name in documents
        ),
    )


def value(start: int, end: int, rule: str = "EMAIL_ADDRESS", kind: Kind = Kind.PII) -> Finding:
    return Finding(kind=kind, rule=rule, span=Span(start, end))


def judged(
    *findings: Finding,
    free: Sequence[Span] = (),
    question: str | None = None,
    policy: Policy = POLICY,
    upto: int | None = None,
) -> Outcome:
    asked = Question(question) if question else None
    repeats = asked.repeats(ANSWER, final=True)[0] if asked else []
    upto = len(ANSWER) if upto is None else upto
    atoms = decide(ANSWER, findings, RIGHTS, policy=policy, upto=upto, free=free, question=asked, repeats=repeats)
    return finish(ANSWER, upto, atoms, ALL_CELLS)


def test_an_entitled_reader_may_quote() -> None:
    outcome = judged(copied(0, 200, "conf"))

    assert (outcome.action, outcome.text) == (Action.ALLOW, ANSWER)
    assert outcome.shown == {"c\x1fconf": frozenset(range(200 // 32 + 1))}


def test_beyond_the_run_the_rest_of_it_is_withheld() -> None:
    outcome = judged(copied(0, 400, "conf"))

    shown, rest = outcome.text.split("[passage withheld]")
    assert (outcome.action, outcome.reason) == (Action.REDACT, Reason.FINDING)
    assert shown == ANSWER[:247], "31 words of 8 characters fit into 250; the last one's space belongs to the next"
    assert rest == ANSWER[400:]
    assert max(outcome.shown["c\x1fconf"]) == 246 // 32


def test_short_gaps_do_not_start_a_new_run_and_long_ones_do() -> None:
    near = judged(copied(0, 160, "conf"), copied(184, 344, "conf"))
    far = judged(copied(0, 160, "conf"), copied(240, 400, "conf"))

    assert near.action is Action.REDACT
    assert far.action is Action.ALLOW


def test_the_whole_answer_has_a_limit_too() -> None:
    outcome = judged(copied(0, 200, "conf"), copied(300, 500, "conf"), copied(600, 800, "conf"))

    assert outcome.action is Action.REDACT
    assert ANSWER[300:500] in outcome.text
    assert ANSWER[710:800] not in outcome.text


def test_text_that_may_not_be_read_blocks_from_its_first_character() -> None:
    outcome = judged(copied(80, 160, "other"))

    assert (outcome.action, outcome.reason) == (Action.BLOCK, Reason.ENTITLEMENT)
    assert outcome.text == ANSWER[:80]


def test_the_strictest_holder_decides_and_every_family_is_charged() -> None:
    both = judged(copied(0, 100, "conf", "int"))
    closed = judged(copied(0, 100, "int", "other"))

    assert both.action is Action.ALLOW
    assert set(both.shown) == {"c\x1fconf", "c\x1fint"}
    assert closed.reason is Reason.ENTITLEMENT


def test_restricted_training_and_unknown_text_block() -> None:
    unknown = copied(8, 90, "nowhere")

    assert judged(copied(8, 90, "secretive")).action is Action.BLOCK
    assert judged(copied(8, 90, "train", kind=Kind.TRAINING)).action is Action.BLOCK
    assert (judged(unknown).action, judged(unknown).reason) == (Action.BLOCK, Reason.ENTITLEMENT)


def test_public_text_is_taken_out_by_range() -> None:
    whole = judged(copied(0, 160, "other"), copied(0, 160, "pub"), free=[Span(0, 160)])
    part = judged(copied(0, 160, "other"), copied(0, 80, "pub"), free=[Span(0, 80)])

    assert (whole.action, whole.text) == (Action.ALLOW, ANSWER)
    assert part.action is Action.BLOCK
    assert part.text.rstrip() == ANSWER[:80].rstrip()


def test_rules_of_values() -> None:
    assert judged(value(8, 15)).text == ANSWER[:8] + "<EMAIL_ADDRESS>" + ANSWER[15:]
    assert judged(value(8, 15, "CREDIT_CARD")).action is Action.BLOCK
    assert judged(value(8, 15, "PERSON")).action is Action.ALLOW
    assert judged(value(8, 15, "NEW_ENTITY")).action is Action.REDACT, "the default of personal data"
    assert judged(value(8, 15, "key", Kind.SECRET)).text == ANSWER[:8]
    unruled = replace(POLICY, rules={}, pii={})
    assert judged(value(8, 15, "key", Kind.SECRET), policy=unruled).action is Action.BLOCK
    assert judged(value(8, 15), policy=unruled).action is Action.BLOCK


def test_the_question_exempts_its_own_words_only_so_far() -> None:
    short = " ".join(ANSWER.split()[:6])
    long = " ".join(ANSWER.split()[:60])
    tight = replace(POLICY, labels=dict(DEFAULT_LABELS) | {"confidential": LabelLimits(run=0, answer=0)})

    assert judged(copied(0, 47, "conf"), question=short, policy=tight).action is Action.ALLOW
    assert judged(copied(0, 47, "conf"), policy=tight).action is Action.REDACT
    outcome = judged(copied(0, 479, "conf"), question=long, policy=tight)
    assert outcome.action is Action.REDACT
    assert outcome.text.index("[passage") <= 200


def test_the_question_never_exempts_what_may_not_be_read_nor_canaries() -> None:
    words = " ".join(ANSWER.split()[:6])

    assert judged(copied(0, 47, "other"), question=words).action is Action.BLOCK
    assert judged(value(8, 15, "canary", Kind.CANARY), question="word001").action is Action.BLOCK
    assert judged(value(8, 15), question="is it word001?").action is Action.ALLOW
    assert judged(value(8, 15), question="is it word0011?").action is Action.REDACT


def test_exempt_text_still_marks_the_ledger() -> None:
    words = " ".join(ANSWER.split()[:6])

    assert judged(copied(0, 47, "conf"), question=words).shown == {"c\x1fconf": frozenset({0, 1})}


def test_a_value_is_exempt_as_a_whole_or_not_at_all() -> None:
    """Cuts of copied text around it do not let its first part through when the exempt characters run out."""
    first, second = value(0, 100), value(104, 159, "PHONE_NUMBER")
    third = value(200, 263, "US_SSN")
    question = f"{ANSWER[0:100]}? {ANSWER[104:159]}? {ANSWER[200:263]}?"

    for copies in ((), (copied(0, 300, "int"),)):
        text = judged(first, second, third, *copies, question=question).text
        assert ANSWER[:199] in text
        assert "<US_SSN>" in text
        assert ANSWER[200:207] not in text


def test_two_rules_on_one_value_spend_the_exempt_characters_once() -> None:
    question = f"{ANSWER[0:119]} {ANSWER[200:279]}"
    findings = [value(0, 119), value(0, 119, "URL"), value(200, 279, "PHONE_NUMBER")]

    assert judged(*findings, question=question).action is Action.ALLOW


def test_exempt_words_do_not_begin_a_new_run() -> None:
    """Otherwise the question, repeated in the middle of a copy, would double what may be quoted of it."""
    question = ANSWER[240:287]

    assert judged(copied(0, 480, "conf")).text.index("[") == 247
    shown, rest = judged(copied(0, 480, "conf"), question=question).text.split("[passage withheld]")
    assert 247 + len(question) <= len(shown) <= 250 + len(question)
    assert rest == ANSWER[480:]


def test_documents_of_one_family_are_bound_by_the_strictest_label() -> None:
    twins = RIGHTS | {("c", "twin"): replace(RIGHTS["c", "conf"], family="c\x1fint")}

    for order in (("int", "twin"), ("twin", "int")):
        atoms = decide(ANSWER, [copied(0, 400, *order)], twins, policy=POLICY, upto=len(ANSWER))
        assert finish(ANSWER, len(ANSWER), atoms, ALL_CELLS).text.startswith(ANSWER[:247] + "[passage")


def test_the_placeholder_does_not_depend_on_where_a_value_ends() -> None:
    """What is still growing in an unfinished answer must not change which placeholder was written."""
    for end in (20, 30, 40):
        assert judged(value(8, end, "URL"), value(8, 30, "EMAIL_ADDRESS")).text.startswith(
            ANSWER[:8] + "<EMAIL_ADDRESS>"
        )


def test_a_passage_begins_where_it_begins_whatever_is_free_elsewhere() -> None:
    answer = "(word " * 40
    findings = [
        Finding(
            kind=Kind.VERBATIM,
            rule="verbatim",
            span=Span(0, 60),
            documents=(Source(corpus="c", id="other", start=0, end=60, similarity=1.0),),
        )
    ]
    shown = [
        finish(answer, 240, decide(answer, findings, RIGHTS, policy=POLICY, upto=240, free=free), {}).text
        for free in ([], [Span(120, 180)])
    ]

    assert shown == ["", ""]


def test_what_stands_between_two_withheld_values_stays() -> None:
    assert judged(value(8, 15), value(24, 31)).text == (
        ANSWER[:8] + "<EMAIL_ADDRESS>" + ANSWER[15:24] + "<EMAIL_ADDRESS>" + ANSWER[31:]
    )


def test_nothing_after_a_block_is_worked_out() -> None:
    atoms = decide(ANSWER, [copied(0, 900, "other")], RIGHTS, policy=POLICY, upto=len(ANSWER))

    assert len(atoms) == 1


def test_text_between_two_public_stretches_is_judged() -> None:
    form = judged(copied(0, 160, "other"), free=[Span(0, 79), Span(88, 160)])

    assert form.action is Action.BLOCK
    assert form.text == ANSWER[:80], "all but the word between"


@pytest.mark.parametrize("copies", [1, 2])
def test_many_overlapping_findings_are_judged_in_linear_time(copies: int) -> None:
    """Took minutes when every word was compared with every finding around it."""
    answer = ANSWER * 100 * copies
    rights = {("c", str(number)): replace(RIGHTS["c", "int"], family=str(number)) for number in range(50)}
    nested = [copied(8 * number, len(answer) - 8 * number, str(number % 50)) for number in range(1_000)]
    values = [value(8 * number, len(answer) - 8 * number) for number in range(1_000)]
    began = time.process_time()
    decide(answer, [*nested, *values], rights, policy=POLICY, upto=len(answer))

    assert time.process_time() - began < 3.0 * copies


SPANS = st.tuples(st.integers(0, 110), st.integers(1, 60)).map(
    lambda pair: (pair[0] * 8, min(959, pair[0] * 8 + pair[1] * 8))
)
FINDINGS = st.lists(
    st.one_of(
        st.tuples(SPANS, st.sampled_from(["conf", "int", "other", "secretive"])).map(lambda p: copied(*p[0], p[1])),
        st.tuples(SPANS, st.sampled_from(["EMAIL_ADDRESS", "CREDIT_CARD", "PERSON"])).map(
            lambda p: value(p[0][0], min(p[0][1], p[0][0] + 15), p[1])
        ),
    ),
    max_size=5,
)


@settings(max_examples=60)
@given(findings=FINDINGS, seed=st.randoms())
def test_order_is_irrelevant(findings: list[Finding], seed: object) -> None:
    shuffled = list(findings)
    seed.shuffle(shuffled)  # type: ignore[attr-defined]

    assert judged(*findings) == judged(*shuffled)


@settings(max_examples=60)
@given(findings=FINDINGS, more=FINDINGS)
def test_one_more_finding_never_softens(findings: list[Finding], more: list[Finding]) -> None:
    assert judged(*findings, *more).action >= judged(*findings).action


@settings(max_examples=60)
@given(findings=FINDINGS, name=st.sampled_from(["conf", "int", "other", "secretive"]))
def test_one_more_right_never_hardens(findings: list[Finding], name: str) -> None:
    key = ("c", name)
    wider = RIGHTS | {key: replace(RIGHTS[key], readable=True)}
    narrower = RIGHTS | {key: replace(RIGHTS[key], readable=False)}

    def action(rights: dict[tuple[str, str], Right]) -> Action:
        atoms = decide(ANSWER, findings, rights, policy=POLICY, upto=len(ANSWER))
        return finish(ANSWER, len(ANSWER), atoms, ALL_CELLS).action

    assert action(wider) <= action(narrower)


@settings(max_examples=80)
@given(findings=FINDINGS, words=st.integers(0, 119))
def test_a_beginning_is_judged_alike_however_much_is_known(findings: list[Finding], words: int) -> None:
    upto = 8 * words + 7

    part = judged(*findings, upto=upto)
    whole = judged(*findings)

    assert whole.text.startswith(part.text)
    if part.blocked:
        assert part.text == whole.text
        assert part.action == whole.action


def member(name: str, slot: int) -> Right:
    return Right(family="c\x1fmemo", label="internal", length=4000, readable=True, slot=slot)


def test_of_near_duplicates_that_hold_a_passage_one_is_charged(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else quoting a text that is filed five times would cost five times."""
    for slot, name in ((7, "old"), (0, "memo"), (3, "new")):
        monkeypatch.setitem(RIGHTS, ("c", name), member(name, slot))
    outcome = judged(copied(0, 200, "old", "memo", "new"))

    assert outcome.shown == {}, "nothing was granted for the family"
    atoms = decide(ANSWER, [copied(0, 200, "old", "memo", "new")], RIGHTS, policy=POLICY, upto=200)
    assert {cell for atom in atoms for _, cells in atom.cells for cell in cells} == set(range(200 // 32 + 1))


def test_what_stands_in_one_near_duplicate_only_is_not_shown_by_another(monkeypatch: pytest.MonkeyPatch) -> None:
    for slot, name in ((7, "old"), (0, "memo")):
        monkeypatch.setitem(RIGHTS, ("c", name), member(name, slot))

    def cells(*names: str) -> set[int]:
        atoms = decide(ANSWER, [copied(0, 200, *names)], RIGHTS, policy=POLICY, upto=200)
        return {cell for atom in atoms for _, found in atom.cells for cell in found}

    assert cells("memo").isdisjoint(cells("old"))
    assert len(cells("memo")) == len(cells("old")) == 200 // 32 + 1
    assert max(slot_of("memo", f"copy/{number}") for number in range(20_000)) * SLOT_CELLS + SLOT_CELLS < 2**32


def repeated(start: int, end: int, *documents: str) -> Finding:
    return replace(copied(start, end, *documents), rule=REPEAT_RULE)


def test_short_repeats_are_charged_and_withhold_nothing_within_the_limits() -> None:
    outcome = judged(repeated(0, 40, "conf"), repeated(400, 440, "int"))

    assert (outcome.action, outcome.text) == (Action.ALLOW, ANSWER)
    assert outcome.shown == {"c\x1fconf": {0, 1}, "c\x1fint": {12, 13}}


def test_short_repeats_of_what_one_may_not_read_or_nobody_may_say_nothing() -> None:
    outcome = judged(repeated(0, 40, "other", "train", "pub"))

    assert (outcome.action, outcome.text, outcome.shown) == (Action.ALLOW, ANSWER, {})


def test_short_repeats_beyond_the_limits_are_withheld_and_never_end_the_answer() -> None:
    """Of a restricted document nothing may be quoted, so a repeat of it is beyond the limits at once."""
    alone = judged(repeated(80, 120, "secretive"))
    beside = judged(repeated(80, 120, "secretive"), copied(120, 200, "secretive"))
    inside = judged(repeated(80, 300, "secretive"), copied(120, 200, "secretive"))

    assert (alone.action, alone.blocked) == (Action.REDACT, False)
    assert alone.text == ANSWER[:80] + "[passage withheld]" + ANSWER[120:]
    assert (beside.blocked, beside.text) == (True, ANSWER[:80] + "[passage withheld]")
    assert (inside.blocked, inside.text) == (True, ANSWER[:80] + "[passage withheld]")


def test_many_short_repeats_are_bounded_as_one_quote_is() -> None:
    """Five hundred characters of a confidential document in one answer, in however small pieces."""
    pieces = [repeated(at, at + 32, "conf") for at in range(0, 960, 72)]
    outcome = judged(*pieces, policy=Policy(labels={**DEFAULT_LABELS, "confidential": LabelLimits(answer=160)}))

    assert outcome.action is Action.REDACT
    assert outcome.text.startswith(ANSWER[:320])
    assert outcome.text.count("[passage withheld]") == len(pieces) - 5
