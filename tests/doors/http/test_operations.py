"""Health, readiness, metrics and the description of the interface."""

from __future__ import annotations

from prometheus_client.parser import text_string_to_metric_families


def counted(sidecar, name, **labels):
    text = sidecar.ask("/metrics", key=None).text
    return sum(
        sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == name and labels.items() <= sample.labels.items()
    )


def test_health_and_readiness_need_no_key(sidecar):
    assert sidecar.ask("/healthz", key=None).json() == {"status": "ok"}
    reply = sidecar.ask("/readyz", key=None)
    assert reply.json() == {"status": "ready", "detectors": "ok", "ledger": "ok"}


def test_asking_for_readiness_leaves_no_trace_in_the_ledger(open_sidecar):
    sidecar = open_sidecar()

    assert sidecar.ask("/readyz", key=None).status_code == 200
    assert sidecar.guard.ledger.exposure() == []


def test_a_ledger_that_cannot_be_written_is_not_ready(open_sidecar):
    def refuse(*_args, **_options):
        raise OSError("disk is read-only")

    def break_it(guard):
        guard.ledger.reserve = refuse

    sidecar = open_sidecar(break_it)
    reply = sidecar.ask("/readyz", key=None)

    assert (reply.status_code, reply.json()["status_of"]) == (503, {"detectors": "ok", "ledger": "failed"})
    assert "disk" not in reply.text


def test_metrics_count_and_tell_no_names(open_sidecar):
    sidecar = open_sidecar()
    reader = sidecar.reader("deck")
    sidecar.ask("/v1/check", {"answer": sidecar.BANDS, "principal": reader, "request_id": "zebra-1"})
    sidecar.ask("/v1/check", {"answer": sidecar.PLAIN, "principal": reader})
    sidecar.ask("/v1/zebra", {})
    sidecar.ask("/v1/check", {"answer": sidecar.PLAIN}, key=None)

    assert counted(sidecar, "echoguard_verdicts_total", endpoint="/v1/check", action="block") == 1
    assert counted(sidecar, "echoguard_verdicts_total", endpoint="/v1/check", action="allow") == 1
    assert counted(sidecar, "echoguard_findings_total", kind="verbatim") == 1
    assert counted(sidecar, "echoguard_requests_total", endpoint="/v1/check", status="200") == 2
    assert counted(sidecar, "echoguard_requests_total", endpoint="/v1/check", status="401") == 1
    assert counted(sidecar, "echoguard_requests_total", endpoint="other", status="404") == 1
    assert counted(sidecar, "echoguard_check_seconds_count", endpoint="/v1/check") == 2
    text = sidecar.ask("/metrics", key=None).text
    for word in (reader["user"], "zebra", "hr/bands", "sunscreen", "acme"):
        assert word not in text


def test_the_interface_describes_itself_without_a_key(sidecar):
    document = sidecar.ask("/openapi.json", key=None).json()

    checks = {"/v1/check", "/v1/admit", "/v1/documents"}
    proxy = {"/v1/chat/completions", "/v1/models"}
    assert set(document["paths"]) == checks | proxy | {"/healthz", "/readyz", "/metrics"}
    assert document["paths"]["/v1/check"]["post"]["security"]
    assert "security" not in document["paths"]["/healthz"]["get"]
    assert document["components"]["schemas"]["CheckBody"]["additionalProperties"] is False
    check = document["paths"]["/v1/check"]["post"]
    assert set(check["responses"]) >= {"200", "401", "403", "413", "422", "429", "503"}
    assert sidecar.client.get(sidecar.url + "/docs").status_code == 404


def test_a_request_id_is_echoed_or_made_up(sidecar):
    given = sidecar.ask("/v1/check", {"answer": "x"}, headers={"x-request-id": "from-header"})
    stated = sidecar.ask("/v1/check", {"answer": "x", "request_id": "from-body"}, headers={"x-request-id": "other"})
    made = [sidecar.ask("/v1/check", {"answer": "x"}) for _ in range(2)]

    assert given.headers["x-request-id"] == given.json()["request_id"] == "from-header"
    assert stated.headers["x-request-id"] == stated.json()["request_id"] == "from-body"
    assert made[0].headers["x-request-id"] == made[0].json()["request_id"] != made[1].json()["request_id"]


def test_nothing_is_exported_behind_the_guard_s_back(sidecar, monkeypatch):
    """FastAPI hands requests and exceptions to whatever exporter the process has set up; here it must not."""
    from opentelemetry import trace

    asked = []

    class Provider(trace.TracerProvider):
        def get_tracer(self, *args, **_options):
            asked.append(args)
            return trace.NoOpTracer()

    monkeypatch.setattr(trace, "_TRACER_PROVIDER", Provider())
    assert sidecar.ask("/v1/check", {"answer": "x"}).status_code == 200
    assert sidecar.ask("/v1/check", {"answer": 7}).status_code == 422
    assert asked == []
