"""The whole run: a target, with and without the guard, and its reports."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from corpora import DocumentRef
from guard import Guard, GuardUnavailable
from guard.regurgitation.asking import Patience
from guard.regurgitation.junit import junit
from guard.regurgitation.probes import draw_probes
from guard.regurgitation.report import report
from guard.regurgitation.suite import SUITE_TENANT, Status, run_suite
from guard.regurgitation.targets import CallableTarget, open_target
from guard.settings import CorpusSetting, LedgerSetting, PiiSetting, Settings, Upstream
from tests.regurgitation.servers import running
from tests.regurgitation.town import TEXTS, Model

PATIENCE = Patience(retries=0, pause=0.01, timeout=5)


@pytest.fixture(scope="module")
def guard(corpus, tmp_path_factory):
    ledger = tmp_path_factory.mktemp("ledger") / "ledger.db"
    settings = Settings(
        corpora=(CorpusSetting("town", corpus.directory),),
        ledger=LedgerSetting(f"sqlite:///{ledger}"),
        pii=PiiSetting(ner=False),
    )
    with Guard.open(settings) as opened:
        yield opened


def run(target, corpora, *, limit=15, **options):
    async def go():
        opened = open_target(target, model="m") if isinstance(target, str) else CallableTarget(target, name="model")
        try:
            probes = draw_probes(corpora, limit=limit, seed=options.get("seed", 0))
            return await run_suite(opened, probes, corpora, patience=PATIENCE, **options)
        finally:
            await opened.close()

    return asyncio.run(go())


def everything(_):
    return "\n\n".join(TEXTS.values())


@pytest.fixture(scope="module")
def guarded_leak(corpora, guard):
    """Fifteen questions to a model that answers each with everything, with and without the guard."""
    return run(everything, corpora, guard=guard, limit=15)


def test_a_model_that_leaks_verbatim(corpora):
    result = run(everything, corpora)

    assert result.status is Status.LEAKED
    assert result.off.leaked.value == 1.0
    assert result.off.recovered.value == 1.0
    assert result.on is None
    assert {ref.id for ref in result.off.seen} == {"harbour.md", "clinic.md", "recipe.md"}


def test_a_model_that_never_leaks(corpora):
    result = run(lambda _: "I can explain it in my own words, but I do not quote documents.", corpora)

    assert result.status is Status.CLEAN
    assert result.off.leaked.hits == 0
    assert result.off.characters == 0
    assert result.off.leaked.interval[1] > 0.1, "fifteen questions cannot show much, and the interval says so"


def test_a_parrot_is_clean(corpora):
    assert run(lambda prompt: prompt, corpora, limit=100).status is Status.CLEAN


def test_a_leaking_server_with_and_without_the_guard(server, corpora, guard):
    result = run(f"{server[0]}/leak/v1", corpora, guard=guard, limit=20)

    assert result.off.leaked.value > 0.8
    assert result.off.recovered.value > 0.5
    assert result.on.leaked.hits == 0
    assert result.on.characters == 0
    assert result.status is Status.CLEAN, "the guarded side decides"
    assert {outcome.action for outcome in result.outcomes} >= {"block"}


@pytest.mark.slow
def test_the_sidecar_in_front_of_a_leaking_server(server, corpora, guard):
    """From outside, over two sockets: what the proxy lets out, the suite cannot find."""
    from guard.doors.http.app import create_app

    upstream = Upstream(name="leak", base_url=f"{server[0]}/leak/v1")
    settings = replace(guard.settings, upstreams=(upstream,))
    with Guard.open(settings) as opened, running(create_app(opened), lifespan="on") as address:
        result = run(f"{address}/v1", corpora, limit=8)

    assert result.failed == 0
    assert result.off.characters == 0
    assert result.status is Status.CLEAN


def test_the_guard_judges_for_the_reserved_tenant_and_spends_nothing(corpora, guard, monkeypatch):
    requests = []
    check = Guard.check
    monkeypatch.setattr(Guard, "check", lambda self, request: requests.append(request) or check(self, request))
    run(everything, corpora, guard=guard, limit=3)

    assert {request.principal.tenant for request in requests} == {SUITE_TENANT}
    assert {request.principal.user for request in requests} == {None}
    assert not any(request.record for request in requests)
    assert guard.ledger.exposure() == []


def test_what_is_open_to_all_passes_the_guard_unchanged(corpora, guard):
    result = run(lambda _: TEXTS["menu.md"], corpora, guard=guard, limit=4)

    assert {(outcome.action, outcome.shown) for outcome in result.outcomes} == {("allow", TEXTS["menu.md"])}
    assert result.status is Status.CLEAN


def test_a_guard_that_cannot_judge_ends_the_run(corpora, guard, monkeypatch):
    def fails(self, request):
        raise GuardUnavailable("the ledger is away")

    monkeypatch.setattr(Guard, "check", fails)
    with pytest.raises(GuardUnavailable):
        run(everything, corpora, guard=guard, limit=2)


@pytest.mark.parametrize("behaviour", ["down", "denied", "garbage", "other", "no-choice", "missing", "moved"])
def test_a_broken_server_is_never_clean(server, corpora, behaviour):
    result = run(f"{server[0]}/{behaviour}/v1", corpora, limit=8)

    assert result.status is Status.INCOMPLETE
    assert result.failed == 8
    assert result.off.leaked.trials == 0


@pytest.mark.parametrize(
    "answer",
    [lambda _: 1 / 0, lambda _: None, lambda _: "", lambda _: "  \n"],
    ids=["raises", "None", "empty", "blank"],
)
def test_a_broken_callable_is_never_clean(corpora, answer):
    result = run(answer, corpora, limit=4)

    assert result.status is Status.INCOMPLETE
    assert ET.fromstring(junit(result)).find("testsuite").get("errors") == "4"


def test_one_missing_answer_makes_a_clean_run_incomplete(corpora):
    model = Model(lambda _: None if len(model.asked) == 2 else "nothing to tell")

    assert run(model, corpora, limit=6).status is Status.INCOMPLETE


def test_a_leak_is_a_leak_even_where_answers_are_missing(corpora):
    model = Model(lambda prompt: None if len(model.asked) == 2 else everything(prompt))

    assert run(model, corpora, limit=6).status is Status.LEAKED


@pytest.mark.parametrize("behaviour", ["filtered", "soft-filtered"])
def test_a_target_that_refuses_everything_is_clean(server, corpora, behaviour):
    result = run(f"{server[0]}/{behaviour}/v1", corpora, limit=5)

    assert result.status is Status.CLEAN
    assert report(result)["probes"]["refused"] == 5


def test_the_threshold(corpora):
    model = Model(lambda prompt: everything(prompt) if len(model.asked) % 5 == 0 else "no")
    result = run(model, corpora, limit=10, max_leak=0.2)

    assert result.off.leaked.hits == 2
    assert result.status is Status.CLEAN
    model.asked.clear()
    assert run(model, corpora, limit=10, max_leak=0.19).status is Status.LEAKED


def test_leaks_of_several_answers_add_up_to_their_union(corpora):
    """Every question gets another sentence of the same document; together they hold much more of it than any."""
    sentences = TEXTS["harbour.md"].replace("\n", " ").split(". ")
    model = Model(lambda _: sentences[len(model.asked) % len(sentences)])
    result = run(model, corpora, limit=14)
    ref = DocumentRef("town", "harbour.md")

    most = max(outcome.off.leaked_characters for outcome in result.outcomes)
    assert result.off.characters > 3 * most
    assert result.off.characters <= result.lengths[ref]


def test_the_same_seed_gives_the_same_report(corpora):
    def comparable(result):
        told = report(result)
        del told["started"], told["seconds"]
        for outcome in told["outcomes"]:
            del outcome["seconds"]
        return told

    assert comparable(run(everything, corpora, seed=4)) == comparable(run(everything, corpora, seed=4))


def _texts(value):
    """Return every string in a nest of JSON values."""
    if isinstance(value, dict):
        return [text for inner in value.values() for text in _texts(inner)]
    if isinstance(value, list):
        return [text for inner in value for text in _texts(inner)]
    return [value] if isinstance(value, str) else []


def test_reports_hold_no_text_unless_asked(guarded_leak):
    told = [*_texts(report(guarded_leak)), *ET.fromstring(junit(guarded_leak)).itertext()]
    told += [value for element in ET.fromstring(junit(guarded_leak)).iter() for value in element.attrib.values()]

    for text in told:
        assert not any(word in text.lower() for word in ("dredging", "dizziness", "cardamom", "repeat all"))


def test_evidence_is_there_when_asked(guarded_leak):
    told = report(guarded_leak, evidence=True)

    assert told["outcomes"][0]["evidence"]["answer"] == everything("")
    assert told["outcomes"][0]["evidence"]["prompt"]
    assert "dredging" not in told["outcomes"][0]["evidence"]["shown"]


def test_the_json_report_adds_up(guarded_leak):
    told = json.loads(json.dumps(report(guarded_leak)))

    assert told["format"] == 1
    assert told["probes"] == {"drawn": 15, "answered": 15, "failed": 0, "refused": 0}
    off = told["guard_off"]
    assert off["leaked"]["hits"] == sum(outcome["guard_off"]["leaked"] for outcome in told["outcomes"])
    assert off["leaked_characters"] == sum(document["leaked_characters"] for document in off["documents"])
    assert off["longest_run"]["characters"] == max(
        outcome["guard_off"]["longest_run"]["characters"] for outcome in told["outcomes"]
    )
    assert told["guard_on"]["leaked_characters"] == 0
    assert all(0.99 < document["share"] <= 1.0 for document in off["documents"])


def test_junit_has_one_case_per_probe(corpora):
    model = Model(lambda prompt: [everything(prompt), "no", None][len(model.asked) % 3])
    result = run(model, corpora, limit=9)
    suite = ET.fromstring(junit(result)).find("testsuite")

    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("9", "3", "3")
    assert len(suite.findall("testcase")) == 9
    assert len(suite.findall("testcase/failure")) == 3
    assert "characters of town/" in suite.find("testcase/failure").get("message")
    assert suite.find("testcase/error").get("message") == "the callable returned NoneType, not a string"
    assert suite.find("properties/property[@name='status']").get("value") == "leaked"


def test_ids_that_xml_cannot_hold(tmp_path):
    from corpora import Corpus, Document

    document = Document(id="odd\x01<&\"'id", text=TEXTS["harbour.md"])
    with Corpus.build(tmp_path / "c", [document], name="odd") as corpus:
        suite = ET.fromstring(junit(run(lambda _: TEXTS["harbour.md"], {"odd": corpus}, limit=2)))

    assert "odd\ufffd<&\"'id" in suite.find("testsuite/testcase").get("name")
