"""The check API on a real socket: what it judges, what it tells, and to whom."""

from __future__ import annotations

QUOTE = slice(0, 180)


def test_an_entitled_reader_may_quote(sidecar):
    answer = f"As agreed: {sidecar.BANDS[QUOTE]}"
    reply = sidecar.ask("/v1/check", {"answer": answer, "principal": sidecar.reader("hr")})

    assert reply.status_code == 200
    verdict = reply.json()
    assert (verdict["action"], verdict["text"], verdict["partial"]) == ("allow", answer, False)
    assert set(verdict) == {"action", "reason", "text", "findings", "request_id", "policy", "partial"}
    assert reply.headers["x-echoguard-action"] == "allow"


def test_a_stranger_gets_nothing_of_a_document_that_is_not_theirs(sidecar):
    before = "Here is what I found out for you today. "
    reply = sidecar.ask("/v1/check", {"answer": before + sidecar.BANDS, "principal": sidecar.reader("deck")})

    verdict = reply.json()
    assert verdict["action"] == "block"
    assert verdict["text"] == before.strip() + "\n\n" + sidecar.guard.policy.notice or verdict["text"].startswith(
        before
    )
    (finding,) = verdict["findings"]
    assert (finding["kind"], finding["start"]) == ("verbatim", len(before))
    (document,) = finding["documents"]
    assert (document["corpus"], document["id"], document["start"]) == ("handbook", "hr/bands", 0)


def test_without_the_scope_sources_a_finding_is_a_place_only(sidecar):
    told = {}
    for key in ("trusted", "teller"):
        body = {"answer": sidecar.BANDS, "principal": sidecar.reader("deck"), "request_id": "same"}
        told[key] = sidecar.ask("/v1/check", body, key=key).json()

    assert told["trusted"]["reason"] == "entitlement"
    assert told["teller"]["reason"] == "finding"
    assert told["teller"]["findings"] == [
        {"kind": f["kind"], "rule": None, "start": f["start"], "end": f["end"], "confidence": None, "documents": []}
        for f in told["trusted"]["findings"]
    ]
    assert "hr/bands" not in str(told["teller"])


def test_what_is_not_mine_and_what_does_not_exist_look_the_same(sidecar):
    replies = [
        sidecar.ask(
            "/v1/documents",
            {"documents": [{"corpus": corpus, "id": id_}], "request_id": "r-1", "principal": sidecar.reader("deck")},
            key="teller",
        )
        for corpus, id_ in (("handbook", "hr/bands"), ("handbook", "hr/nothing"), ("nowhere", "x"))
    ]

    assert [reply.status_code for reply in replies] == [200, 200, 200]
    for reply, ref in zip(
        replies, (("handbook", "hr/bands"), ("handbook", "hr/nothing"), ("nowhere", "x")), strict=True
    ):
        dropped = [{"corpus": ref[0], "id": ref[1]}]
        assert reply.json() == {"kept": [], "dropped": dropped, "request_id": "r-1"}


def test_documents_are_kept_in_order_and_reasons_need_sources(sidecar):
    refs = [{"corpus": "handbook", "id": id_} for id_ in ("hr/bands", "board/minutes", "faq", "nothing")]
    reply = sidecar.ask("/v1/documents", {"documents": refs, "principal": sidecar.reader("hr"), "question": "pay?"})

    assert reply.json()["kept"] == [refs[0], refs[2]]
    assert reply.json()["dropped"] == [refs[1] | {"reason": "entitlement"}, refs[3] | {"reason": "entitlement"}]


def read_on(sidecar, reader, key="trusted"):
    """Ask for the confidential document piece by piece and return what was shown of it."""
    shown = ""
    for start in range(0, 600, 200):
        piece = {"answer": sidecar.BANDS[start : start + 200], "request_id": f"r{start}"}
        verdict = sidecar.ask("/v1/check", piece | ({"principal": reader} if reader else {}), key=key).json()
        shown += verdict["text"] if verdict["action"] == "allow" else ""
    return shown, verdict


def test_a_budget_holds_over_the_socket(sidecar):
    """A confidential document gives one user 300 characters for life, whatever is asked."""
    shown, verdict = read_on(sidecar, sidecar.reader("hr"))

    assert shown == sidecar.BANDS[: len(shown)]
    assert 150 <= len(shown) <= 300
    assert (verdict["action"], verdict["reason"]) == ("redact", "budget")


def test_only_a_trusted_caller_s_question_exempts(open_sidecar):
    """A key of one's own is no proof that the question was not written by an attacker."""
    sidecar = open_sidecar()
    reader = sidecar.reader("hr")
    read_on(sidecar, reader)
    read_on(sidecar, None, key="ann")
    passage = sidecar.BANDS[450:600]
    body = {"answer": f"You wrote: {passage}", "question": f"Is this right? {passage}"}

    assert sidecar.ask("/v1/check", body | {"principal": reader}).json()["action"] == "allow"
    assert sidecar.ask("/v1/check", body, key="ann").json()["action"] == "redact"


def test_admission_and_its_limit(open_sidecar):
    sidecar = open_sidecar()
    slow = sidecar.reader("hr") | {"tier": "slow"}
    first = sidecar.ask("/v1/admit", {"question": "Hello?", "principal": slow, "request_id": "r-7"})
    second = sidecar.ask("/v1/admit", {"question": "Hello?", "principal": slow, "request_id": "r-8"})

    assert first.json() == {"allowed": True, "reason": "ok", "retry_after": 0.0, "request_id": "r-7"}
    assert first.headers["x-request-id"] == "r-7"
    assert second.status_code == 429
    assert second.headers["content-type"] == "application/problem+json"
    assert 1 <= int(second.headers["retry-after"]) <= 60
    assert (second.json()["allowed"], second.json()["reason"]) == (False, "limit")


def test_answers_say_how_the_quotas_stand(open_sidecar):
    """In the fields of draft-ietf-httpapi-ratelimit-headers-11, read as lists of strings with parameters."""
    sidecar = open_sidecar()
    slow = sidecar.reader("hr") | {"tier": "slow"}
    first, second = (sidecar.ask("/v1/admit", {"question": "Hello?", "principal": slow}) for _ in range(2))

    def members(header):
        rows = (member.strip().split(";") for member in header.split(","))
        return {name.strip('"'): dict(one.split("=") for one in parameters) for name, *parameters in rows}

    policies, standing = members(first.headers["ratelimit-policy"]), members(first.headers["ratelimit"])
    assert policies["user-minute"] == {"q": "1", "w": "60"}
    assert policies.keys() == standing.keys() == {"user-burst", "user-minute", "user-day", "key-minute"}
    assert standing["user-minute"] == {"r": "0", "t": "60"}
    assert first.headers["ratelimit-policy"] == second.headers["ratelimit-policy"]
    body = second.json()
    assert body["type"] == "https://iana.org/assignments/http-problem-types#quota-exceeded"
    assert set(body["violated-policies"]) == {"user-burst", "user-minute"}
    assert int(members(second.headers["ratelimit"])["user-minute"]["t"]) <= int(second.headers["retry-after"])
    assert "x-ratelimit-limit-requests" not in first.headers


def test_a_check_counts_as_a_question(open_sidecar):
    sidecar = open_sidecar()
    slow = sidecar.reader("hr") | {"tier": "slow"}
    replies = [sidecar.ask("/v1/check", {"answer": sidecar.PLAIN, "principal": slow}) for _ in range(2)]

    assert [reply.status_code for reply in replies] == [200, 429]
    assert "retry-after" in replies[1].headers


def test_a_dry_run_is_for_auditors_and_spends_nothing(open_sidecar):
    sidecar = open_sidecar()
    body = {"answer": sidecar.BANDS[QUOTE], "record": False}

    assert sidecar.ask("/v1/check", body).status_code == 403
    reply = sidecar.ask("/v1/check", body, key="audrey")
    assert reply.json()["action"] == "allow"
    assert sidecar.guard.ledger.exposure("acme", "audrey") == []
    assert sidecar.ask("/v1/check", body | {"record": True}, key="audrey").json()["action"] == "allow"
    assert sidecar.guard.ledger.exposure("acme", "audrey") != []


def test_a_detector_that_fails_means_503_and_no_text(open_sidecar):
    class Broken:
        name = "broken"

        def detect(self, answer):
            raise RuntimeError(f"secret in {answer}")

        def settled(self, answer):
            return len(answer)

    def break_it(guard):
        guard.detectors = (*guard.detectors, Broken())

    sidecar = open_sidecar(break_it)
    reply = sidecar.ask("/v1/check", {"answer": sidecar.PLAIN, "principal": sidecar.reader()})

    assert reply.status_code == 503
    assert reply.headers["content-type"] == "application/problem+json"
    assert "sunscreen" not in reply.text
    assert sidecar.ask("/readyz", key=None).status_code == 503
    assert sidecar.ask("/healthz", key=None).status_code == 200


def test_a_guard_that_fails_in_an_unforeseen_way_is_503_too(open_sidecar, caplog):
    def break_it(guard):
        async def acheck(request):
            raise ZeroDivisionError(request.answer)

        guard.acheck = acheck

    sidecar = open_sidecar(break_it)
    reply = sidecar.ask("/v1/check", {"answer": sidecar.PLAIN, "principal": sidecar.reader()})

    assert reply.status_code == 503
    assert "ZeroDivisionError" in caplog.text
    assert "sunscreen" not in caplog.text + reply.text


def test_a_closed_guard_is_not_ready(open_sidecar):
    sidecar = open_sidecar()
    sidecar.guard.close()

    assert sidecar.ask("/readyz", key=None).json()["status_of"] == {"detectors": "failed", "ledger": "failed"}
    assert sidecar.ask("/v1/check", {"answer": "x", "principal": sidecar.reader()}).status_code == 503
