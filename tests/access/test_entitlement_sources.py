"""Who says who may read what: the readers, a function, a server; and nobody when it cannot be asked."""

from __future__ import annotations

import json
import logging
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpora import DocumentRef
from guard import Principal
from guard.access.entitlements import BY_READERS, Entitlements, may_read
from guard.access.entitlements.opening import imported, open_entitlements
from guard.errors import ConfigError
from guard.settings import EntitlementSetting, OpenFgaSetting, Settings
from tests.access.test_prefilter import documents, info, principals

ANN = Principal(user="ann", tenant="acme")
ANYBODY = Principal()
STORE = "01HVMMBCMGZNT3SED4Z17ECXCA"


def allow_all(principal, documents):
    return [one.ref for one in documents]


def deny_all(principal, documents):
    return []


@given(documents=st.lists(documents, max_size=4), principal=principals)
def test_without_another_source_the_readers_decide(documents, principal):
    for one in documents:
        assert BY_READERS.may_read(one, principal) == may_read(one, principal)


@given(document=documents, principal=principals, generous=st.booleans())
def test_no_source_opens_what_is_nobodys_or_denied_and_none_closes_what_is_public(document, principal, generous):
    """Deny beats allow, missing identity sees only public, whatever the source says."""
    entitlements = Entitlements(allow_all if generous else deny_all)
    decided = entitlements.may_read(document, principal)
    public = document.label == "public" or document.kind == "public"

    if public:
        assert decided == may_read(document, principal)
    if principal.anonymous and not public:
        assert not decided
    if document.kind in {"training", "prompt"} or "!*" in document.readers:
        assert not decided
    if decided and not public:
        assert generous


def test_a_deny_rule_of_the_document_wins_over_the_source():
    denied = info(readers=frozenset({"!user:ann", "*"}))

    assert not Entitlements(allow_all).may_read(denied, ANN)
    assert Entitlements(allow_all).may_read(denied, Principal(user="bob", tenant="acme"))


def test_one_question_for_many_documents_and_none_for_public_ones():
    asked = []

    def source(principal, documents):
        asked.append([one.id for one in documents])
        return [one.ref for one in documents if one.id != "b"]

    entitlements = Entitlements(source)
    infos = [info(id="a"), info(id="b"), info(id="p", label="public"), info(id="c")]

    assert {ref.id for ref in entitlements.readable(infos, ANN)} == {"a", "p", "c"}
    assert {ref.id for ref in entitlements.readable(infos, ANYBODY)} == {"p"}
    assert asked == [["a", "b", "c"]]


def test_a_decision_is_remembered_for_a_short_time_only():
    now, allowed, asked = [0.0], [True], []

    def source(principal, documents):
        asked.append(principal.user)
        return [one.ref for one in documents] if allowed[0] else []

    entitlements = Entitlements(source, seconds=30, clock=lambda: now[0])
    assert entitlements.may_read(info(), ANN)
    allowed[0] = False
    now[0] = 29.9
    assert entitlements.may_read(info(), ANN)
    assert not entitlements.may_read(info(), Principal(user="ann", tenant="acme", groups=frozenset({"new"})))
    now[0] = 30.0
    assert not entitlements.may_read(info(), ANN)
    assert asked == ["ann", "ann", "ann"]


@pytest.mark.parametrize("seconds", [-1, 301, float("nan")])
def test_nothing_is_remembered_for_long(seconds):
    with pytest.raises(ValueError, match="300"):
        Entitlements(allow_all, seconds=seconds)


@pytest.mark.parametrize("answer", [RuntimeError("ann may not read hr/42"), None, 7, [["a"]]])
def test_a_source_that_fails_opens_nothing_and_public_work_goes_on(answer, caplog):
    calls, now = [], [0.0]

    def source(principal, documents):
        calls.append(1)
        if isinstance(answer, Exception):
            raise answer
        return answer

    entitlements = Entitlements(source, clock=lambda: now[0])
    infos = [info(id="a"), info(id="p", label="public")]
    with caplog.at_level(logging.ERROR):
        for _ in range(5):
            assert {ref.id for ref in entitlements.readable(infos, ANN)} == {"p"}

    assert len(calls) == 1, "what has just failed is not asked again at once"
    now[0] = 1.0
    entitlements.readable(infos, ANN)
    assert len(calls) == 2
    assert "could not be asked" in caplog.text
    assert "ann" not in caplog.text
    assert "hr/42" not in caplog.text


def test_what_the_source_names_beside_what_was_asked_counts_nothing():
    entitlements = Entitlements(lambda principal, documents: [DocumentRef("c", "other"), info(id="a").ref])

    assert entitlements.readable([info(id="a")], ANN) == {DocumentRef("c", "a")}
    assert not entitlements.may_read(info(id="b"), ANN)


@pytest.mark.parametrize("name", ["nocolon", ":f", "no.such.module:f", "json:no_such", "json:__name__"])
def test_a_function_that_is_not_there_is_a_setting_to_mend(name):
    with pytest.raises(ConfigError, match="callable"):
        imported(name)


class Server(ThreadingHTTPServer):
    """Speaks Batch Check as OpenFGA documents it, from a set of tuples."""

    def __init__(self):
        self.tuples = set()
        self.seen = []
        self.mode = "ok"
        super().__init__(("127.0.0.1", 0), Handler)

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        server = self.server
        server.seen.append((self.path, self.headers.get("Authorization"), body))
        status, answer = 200, {"result": {}}
        if server.mode == "down":
            status, answer = 500, {"code": "internal_error", "message": "out of order"}
        elif server.mode == "denied":
            status, answer = 401, {"code": "bearer_token_missing", "message": "no"}
        elif self.path == f"/stores/{STORE}/batch-check":
            for check in body["checks"]:
                key = check["tuple_key"]
                allowed = (key["user"], key["relation"], key["object"]) in server.tuples
                one = {"allowed": allowed}
                if server.mode == "errors":
                    one = {"allowed": True, "error": {"input_error": "validation_error", "message": "type not found"}}
                answer["result"][check["correlation_id"]] = one
            if server.mode == "missing":
                answer["result"] = {}
        else:
            status, answer = 404, {"code": "undefined_endpoint", "message": "no"}
        raw = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, *args):
        pass


@pytest.fixture
def server():
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def openfga(server):
    pytest.importorskip("openfga_sdk")
    opened = []

    def build(**more):
        setting = OpenFgaSetting(**{"url": server.url, "store": STORE, "timeout": 2.0, **more})
        entitlements = open_entitlements(EntitlementSetting(openfga=setting))
        opened.append(entitlements)
        return entitlements

    yield build
    for entitlements in opened:
        entitlements._source.close()


def test_the_server_decides(server, openfga):
    server.tuples = {("user:acme/ann", "reader", "document:c/hr%2F42"), ("user:acme/bob", "reader", "document:c/x")}
    infos = [info(id="hr/42"), info(id="x"), info(id="p", label="public")]

    assert {ref.id for ref in openfga(token="s3cret").readable(infos, ANN)} == {"hr/42", "p"}
    path, authorization, body = server.seen[0]
    assert len(server.seen) == 1
    assert path == f"/stores/{STORE}/batch-check"
    assert authorization == "Bearer s3cret"
    assert len(body["checks"]) == 2


def test_no_name_reaches_another_type_or_person(server, openfga):
    """Every character that means something to the server is encoded."""
    odd = Principal(user="ann#member@x:y/z *", tenant="ac/me")
    openfga().readable([info(id="a:b#c/*")], odd)

    key = server.seen[0][2]["checks"][0]["tuple_key"]
    assert key["user"] == "user:ac%2Fme/ann%23member%40x%3Ay%2Fz%20%2A"
    assert key["object"] == "document:c/a%3Ab%23c%2F%2A"


def test_names_can_be_what_the_model_calls_them(server, openfga):
    server.tuples = {("employee:ann", "can_view", "doc:hr")}
    entitlements = openfga(user="employee:{user}", object="doc:{id}", relation="can_view", model=STORE)

    assert entitlements.may_read(info(id="hr"), ANN)
    assert server.seen[0][2]["authorization_model_id"] == STORE


def test_many_documents_are_asked_for_in_batches(server, openfga):
    server.tuples = {("user:acme/ann", "reader", f"document:c/{number}") for number in range(0, 120, 2)}
    found = openfga().readable([info(id=str(number)) for number in range(120)], ANN)

    assert {int(ref.id) for ref in found} == set(range(0, 120, 2))
    assert sorted(len(body["checks"]) for _, _, body in server.seen) == [20, 50, 50]


@pytest.mark.parametrize("mode", ["down", "denied", "errors", "missing"])
def test_whatever_the_server_does_wrong_opens_nothing(server, openfga, mode):
    server.tuples = {("user:acme/ann", "reader", "document:c/d")}
    server.mode = mode

    assert openfga().readable([info(), info(id="p", label="public")], ANN) == {DocumentRef("c", "p")}


def test_a_server_that_is_not_there_opens_nothing():
    pytest.importorskip("openfga_sdk")
    setting = OpenFgaSetting(url="http://127.0.0.1:9", store=STORE, timeout=0.5)
    entitlements = open_entitlements(EntitlementSetting(openfga=setting))

    assert entitlements.readable([info(), info(id="p", label="public")], ANN) == {DocumentRef("c", "p")}
    entitlements._source.close()


@pytest.mark.parametrize("wrong", [{"store": "short"}, {"model": "short"}])
def test_what_the_client_refuses_is_a_setting_to_mend(wrong):
    pytest.importorskip("openfga_sdk")
    setting = OpenFgaSetting(**{"url": "http://127.0.0.1:9", "store": STORE, **wrong})
    with pytest.raises(ConfigError, match="openfga"):
        open_entitlements(EntitlementSetting(openfga=setting))


FGA = f'[entitlements]\nsource = "openfga"\n[entitlements.openfga]\nurl = "http://127.0.0.1:9"\nstore = "{STORE}"\n'


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[entitlements]\nsource = "openfga"\n', "openfga"),
        ('[entitlements]\nsource = "callable"\n', "callable"),
        ('[entitlements]\ncallable = "a:b"\n', "callable"),
        ("[entitlements]\ncache_seconds = 301\n", "cache_seconds"),
        (FGA + 'user = "user:{name}"\n', "openfga.user"),
        (FGA + 'user = "user:ann"\n', "openfga.user"),
        (FGA + 'object = "{corpus}"\n', "openfga.object"),
        (FGA + 'object = "doc:{id"\n', "openfga.object"),
        (FGA + 'token_env = "NO_SUCH_TOKEN"\n', "NO_SUCH_TOKEN"),
    ],
)
def test_settings_that_do_not_fit_are_named(tmp_path, text, told):
    path = tmp_path / "echoguard.toml"
    path.write_text(text)
    with pytest.raises(ConfigError, match=told):
        Settings.load(path)


def test_settings_are_read(tmp_path, monkeypatch):
    monkeypatch.setenv("FGA_TOKEN", "s3cret")
    path = tmp_path / "echoguard.toml"
    path.write_text(FGA + 'token_env = "FGA_TOKEN"\nrelation = "viewer"\n')
    setting = Settings.load(path).entitlements

    assert setting.openfga == OpenFgaSetting(url="http://127.0.0.1:9", store=STORE, token="s3cret", relation="viewer")
    assert "s3cret" not in repr(setting)
