"""The guard on real corpora, a real ledger and every detector."""

import asyncio
import itertools
import math
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from corpora import DocumentRef
from detectors import Kind
from guard import Action, CheckRequest, Guard, GuardUnavailable, Principal
from guard.access.ledger.base import Account, Charge
from guard.errors import ConfigError, RequestError, TooLarge
from guard.principal import ANONYMOUS
from guard.verdict import Dropped, Reason
from tests.guard.conftest import LEASE, LETTER, PAGE, TRAINING

QUOTE = LEASE[LEASE.index("Rent is due") : LEASE.index(", whatever the price")]


def check(guard: Guard, answer: str, principal: Principal, **more: object) -> object:
    return guard.check(CheckRequest(answer=answer, principal=principal, **more))  # type: ignore[arg-type]


def test_harmless_words_pass_unchanged(guard: Guard, ann: Principal) -> None:
    answer = "I could not find anything about that, but the office opens at eight."
    verdict = guard.check(CheckRequest(answer=answer, principal=ann))

    assert (verdict.action, verdict.reason, verdict.text, verdict.findings) == (Action.ALLOW, Reason.OK, answer, ())


def test_an_entitled_reader_quotes_with_the_source(guard: Guard, ann: Principal) -> None:
    answer = f"According to the lease: {QUOTE}. Ask me more."
    verdict = guard.check(CheckRequest(answer=answer, principal=ann))

    assert (verdict.action, verdict.text) == (Action.ALLOW, answer)
    (finding,) = verdict.findings
    assert finding.kind is Kind.VERBATIM
    (source,) = finding.documents
    assert (source.corpus, source.id) == ("files", "lease")
    assert LEASE[source.start : source.end] in QUOTE + ", whatever"
    assert abs(finding.span.start - answer.index("Rent")) <= 1
    seen = guard.ledger.exposure("acme", "ann")
    assert [(one.scope, one.user) for one in seen] == [("user", "ann")]
    first, last = LEASE.index(QUOTE) // 32, (LEASE.index(QUOTE) + len(QUOTE) - 1) // 32
    assert seen[0].cells == frozenset(range(first, last + 1))


def test_carrying_the_document_out_is_stopped_at_the_quote(guard: Guard, ann: Principal) -> None:
    verdict = guard.check(CheckRequest(answer="Here it is. " + LEASE, principal=ann))

    assert verdict.action is Action.REDACT
    assert LEASE[:200] in verdict.text
    assert "eighteen thousand crowns" not in verdict.text
    assert "[passage withheld]" in verdict.text
    assert len(verdict.text) < 12 + 250 + 60


def test_the_rest_cannot_be_fetched_bit_by_bit(guard: Guard, ann: Principal) -> None:
    """Share .16 of 1,200 characters is below the floor of 300: nine cells for life, however many questions."""
    shown = 0
    for start in range(0, len(LEASE) - 200, 150):
        verdict = guard.check(CheckRequest(answer=LEASE[start : start + 150], principal=ann))
        shown += len(verdict.text.replace("[passage withheld]", ""))
    cells = {cell for one in guard.ledger.exposure("acme", "ann") for cell in one.cells}

    assert len(cells) <= 300 // 32
    # Words cut in half at the edges of a question match nothing, so a few characters beside the cells are shown.
    assert shown <= 300 + 8
    assert verdict.reason is Reason.BUDGET


def test_showing_again_what_was_shown_is_free(guard: Guard, ann: Principal) -> None:
    request = CheckRequest(answer=QUOTE, principal=ann)

    assert [guard.check(request).action for _ in range(5)] == [Action.ALLOW] * 5


def test_text_one_may_not_read_is_blocked_from_its_start(guard: Guard, eve: Principal) -> None:
    verdict = guard.check(CheckRequest(answer="Sure! It says: " + QUOTE + ". Anything else?", principal=eve))

    assert (verdict.action, verdict.reason) == (Action.BLOCK, Reason.ENTITLEMENT)
    assert verdict.text == "Sure! It says: \n\n" + guard.policy.notice
    assert guard.ledger.exposure() == []


def test_nobody_is_anonymous_and_reads_public_pages_only(guard: Guard) -> None:
    assert guard.check(CheckRequest(answer=PAGE)).action is Action.ALLOW
    assert guard.check(CheckRequest(answer=QUOTE)).reason is Reason.ENTITLEMENT


def test_public_text_is_no_leak_though_an_internal_document_holds_it_too(guard: Guard, eve: Principal) -> None:
    verdict = guard.check(CheckRequest(answer=f"Of course. {PAGE}", principal=eve))

    assert (verdict.action, verdict.reason) == (Action.ALLOW, Reason.OK)


def test_restricted_and_training_text_block_even_for_readers(guard: Guard, doc: Principal) -> None:
    letter = guard.check(CheckRequest(answer="She " + LETTER[20:200], principal=doc))
    herons = guard.check(CheckRequest(answer=TRAINING, principal=doc))

    assert (letter.action, letter.reason) == (Action.BLOCK, Reason.FINDING)
    assert herons.action is Action.BLOCK
    assert herons.findings[0].kind is Kind.TRAINING
    assert herons.text == guard.policy.notice


def test_other_tenants_are_other_people(guard: Guard) -> None:
    stranger = Principal(user="ann", tenant="globex", groups=frozenset({"estate"}))

    assert guard.check(CheckRequest(answer=QUOTE, principal=stranger)).reason is Reason.ENTITLEMENT


def test_personal_data_and_secrets(guard: Guard, ann: Principal) -> None:
    mail = guard.check(CheckRequest(answer="Write to jo.bloggs@brennerhof.org about it.", principal=ann))
    token = "ghp_" + "a1B2" * 9
    secret = guard.check(CheckRequest(answer=f"The token is {token}, keep it.", principal=ann))

    assert (mail.action, mail.text) == (Action.REDACT, "Write to <EMAIL_ADDRESS> about it.")
    assert secret.action is Action.BLOCK
    assert token not in secret.text


def test_the_question_exempts_only_the_users_own_words(guard: Guard, ann: Principal, eve: Principal) -> None:
    answer = "Yes, write to jo.bloggs@brennerhof.org about it."
    asked = "Is jo.bloggs@brennerhof.org the right address?"

    assert guard.check(CheckRequest(answer=answer, principal=ann, question=asked)).action is Action.ALLOW
    assert guard.check(CheckRequest(answer=answer, principal=ann, question="Which address?")).action is Action.REDACT
    assert guard.check(CheckRequest(answer=QUOTE, principal=eve, question=QUOTE)).action is Action.BLOCK


def test_without_record_nothing_is_spent(guard: Guard, ann: Principal) -> None:
    verdict = guard.check(CheckRequest(answer=QUOTE, principal=ann, record=False))

    assert verdict.action is Action.ALLOW
    assert guard.ledger.exposure() == []
    everything = guard.check(CheckRequest(answer=LEASE, principal=ann, record=False))
    assert everything.action is Action.REDACT
    assert guard.check(CheckRequest(answer=QUOTE, principal=ann)).action is Action.ALLOW


def test_documents_are_filtered_and_counted(guard: Guard, ann: Principal, eve: Principal) -> None:
    lease, page = DocumentRef("files", "lease"), DocumentRef("files", "page")
    nothing, nowhere = DocumentRef("files", "none"), DocumentRef("elsewhere", "x")

    mine = guard.filter_documents([lease, page, nothing, nowhere], ann, question="rent?", request_id="r1")
    hers = guard.filter_documents([lease, page], eve)
    nobodys = guard.filter_documents([lease, page], ANONYMOUS)

    assert mine.kept == (lease, page)
    assert [(one.ref, one.reason) for one in mine.dropped] == [
        (nothing, Reason.ENTITLEMENT),
        (nowhere, Reason.ENTITLEMENT),
    ]
    assert hers.kept == nobodys.kept == (page,)
    for number in range(19):
        assert lease in guard.filter_documents([lease], ann, request_id=f"more{number}").kept
    full = guard.filter_documents([lease, page], ann, request_id="one-too-many")
    assert full.kept == (page,)
    assert full.dropped[0].reason is Reason.LIMIT


def test_a_spent_document_is_dropped_before_the_prompt(guard: Guard, ann: Principal) -> None:
    for start in range(0, 600, 150):
        guard.check(CheckRequest(answer=LEASE[start : start + 150], principal=ann))

    (dropped,) = guard.filter_documents([DocumentRef("files", "lease")], ann).dropped
    assert dropped.reason is Reason.BUDGET


def test_questions_are_limited(open_guard: Callable[..., Guard], ann: Principal) -> None:
    guard = open_guard("[tiers.standard]\nper_minute = 6\n")

    assert [guard.admit("why?", ann).allowed for _ in range(3)] == [True, True, False]
    refused = guard.admit("why?", ann)
    assert refused.reason is Reason.LIMIT
    assert 0 < refused.retry_after <= 60


def test_async_does_the_same(guard: Guard, ann: Principal) -> None:
    async def run() -> tuple[object, ...]:
        verdict = await guard.acheck(CheckRequest(answer=QUOTE, principal=ann))
        kept = await guard.afilter_documents([DocumentRef("files", "page")], ann)
        admission = await guard.aadmit("rent?", ann)
        async with guard.stream(principal=ann) as stream:
            emitted = await stream.afeed(QUOTE)
            final = await stream.afinish()
        return verdict.action, len(kept.kept), admission.allowed, emitted + final.tail

    assert asyncio.run(run()) == (Action.ALLOW, 1, True, QUOTE)


def test_malformed_requests_are_named(guard: Guard, ann: Principal) -> None:
    with pytest.raises(RequestError, match="answer is empty"):
        CheckRequest(answer="", principal=ann)
    with pytest.raises(TooLarge, match="5242880 characters"):
        CheckRequest(answer="x" * 5_242_880, principal=ann)
    with pytest.raises(RequestError, match="lone surrogate at offset 2"):
        CheckRequest(answer="ab\ud800", principal=ann)
    with pytest.raises(RequestError, match="must be a string, not bytes"):
        CheckRequest(answer=b"x", principal=ann)  # type: ignore[arg-type]
    with pytest.raises(RequestError, match="request_id"):
        CheckRequest(answer="x", principal=ann, request_id="a\nb")
    with pytest.raises(RequestError, match="Principal"):
        guard.check(CheckRequest(answer="x", principal="ann"))  # type: ignore[arg-type]
    with pytest.raises(RequestError, match="DocumentRef"):
        guard.filter_documents(["x"], ann)  # type: ignore[list-item]
    with pytest.raises(TooLarge, match="more than 1000"):
        guard.filter_documents(itertools.repeat(DocumentRef("files", "lease")), ann)
    with pytest.raises(ValueError, match="control or invisible"):
        Principal(user="an\u200bn")


ODD = [b"x", 3, 10**400, math.nan, [], {}, object(), iter("ab"), "\ud800", "a\0b", None]


@pytest.mark.parametrize("odd", ODD, ids=lambda odd: repr(odd)[:12])
def test_whatever_is_handed_in_the_error_is_ours(guard: Guard, ann: Principal, odd: Any) -> None:
    """Wrong types, bytes, huge and strange numbers, generators: a verdict or an error of the guard, nothing else."""
    calls: list[Callable[[], object]] = [
        lambda: guard.admit(odd, ann),
        lambda: guard.admit("why?", odd),
        lambda: guard.admit("why?", ann, request_id=odd),
        lambda: guard.admit("why?", ANONYMOUS, address=odd),
        lambda: guard.filter_documents(odd, ann),
        lambda: guard.filter_documents([odd], ann),
        lambda: guard.filter_documents([DocumentRef(odd, "lease")], ann),
        lambda: guard.filter_documents([DocumentRef("files", odd)], ann),
        lambda: guard.filter_documents([DocumentRef("files", "lease")], ann, question=odd),
        lambda: guard.check(odd),
        lambda: guard.stream(principal=ann).feed(odd),
    ]
    calls.extend(
        lambda field=field: guard.check(CheckRequest(**({"answer": "hello"} | {field: odd})))
        for field in ("answer", "principal", "question", "context", "request_id", "record")
    )
    calls.extend(
        lambda field=field: guard.stream(**{field: odd})
        for field in ("principal", "question", "context", "request_id", "choice", "channel", "record")
    )
    for call in calls:
        with suppress(RequestError, GuardUnavailable):
            call()
    if odd is not None:
        with pytest.raises((ConfigError, FileNotFoundError)):
            Guard.open(odd)


@pytest.mark.parametrize("odd", [None, 0, "yes", math.nan])
def test_only_false_itself_leaves_the_account_alone(odd: Any) -> None:
    """Something that merely counts as false must not switch the account off."""
    with pytest.raises(RequestError, match="record must be True or False"):
        CheckRequest(answer="x", record=odd)


@pytest.mark.parametrize("odd", [b"ab", 3, [None], [3], [[]], [b"x"], "ab", None])
def test_groups_are_names(odd: Any) -> None:
    with pytest.raises(ValueError, match="group"):
        Principal(user="ann", groups=odd)


def test_a_corpus_that_cannot_be_read_is_no_answer(guard: Guard, ann: Principal) -> None:
    guard.corpora["files"].close()

    with pytest.raises(GuardUnavailable, match="CorpusError"):
        guard.filter_documents([DocumentRef("files", "lease")], ann)
    with pytest.raises(GuardUnavailable):
        guard.check(CheckRequest(answer="hello", principal=ann))


def test_a_document_of_which_the_tenant_has_seen_enough_is_dropped(guard: Guard, ann: Principal) -> None:
    lease = DocumentRef("files", "lease")
    whole = range(-(-len(LEASE) // 32))
    account = Account("acme", "somebody else")
    held = guard.ledger.reserve(account, [Charge("files\x1flease", tuple(whole), 999, 999)], request_id="x")
    guard.ledger.commit(held.id, held.granted)

    assert guard.filter_documents([lease], ann).dropped == (Dropped(ref=lease, reason=Reason.BUDGET),)


def test_a_detector_that_cannot_look_is_never_clean(
    guard: Guard, ann: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: str) -> list[object]:
        raise ValueError("the secret text")

    monkeypatch.setattr(guard.detectors[0], "detect", broken, raising=True)

    with pytest.raises(GuardUnavailable, match="ValueError") as caught:
        guard.check(CheckRequest(answer="hello", principal=ann))
    assert "secret text" not in str(caught.value)


def test_a_lost_ledger_shows_nothing(guard: Guard, ann: Principal) -> None:
    guard.ledger.close()

    with pytest.raises(GuardUnavailable):
        guard.check(CheckRequest(answer=QUOTE, principal=ann))


def test_a_closed_guard_says_so(guard: Guard, ann: Principal) -> None:
    guard.close()

    with pytest.raises(GuardUnavailable, match="closed"):
        guard.check(CheckRequest(answer="hello", principal=ann))


def test_json_tells_kind_and_place_only_without_the_scope(guard: Guard, eve: Principal) -> None:
    verdict = guard.check(CheckRequest(answer="It says: " + QUOTE, principal=eve, request_id="r-7"))

    told, all_told = verdict.to_dict(sources=False), verdict.to_dict(sources=True)
    assert told["reason"] == "finding"
    assert set(told["findings"][0]) == {"kind", "rule", "start", "end", "confidence", "documents"}
    assert (told["findings"][0]["documents"], told["findings"][0]["confidence"]) == ([], None)
    assert all_told["reason"] == "entitlement"
    assert all_told["findings"][0]["documents"][0]["id"] == "lease"
    assert told["request_id"] == "r-7"
    assert "Rent" not in str({key: value for key, value in all_told.items() if key != "text"})


def test_nothing_prints_what_it_guards(guard: Guard, eve: Principal) -> None:
    request = CheckRequest(answer="It says: " + QUOTE, principal=eve, question=QUOTE)

    assert "Rent is due" not in repr(request) + repr(guard.check(request))
