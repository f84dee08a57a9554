"""The sidecar on a real socket, a guard over real documents, and an upstream that says what a test tells it to."""

from __future__ import annotations

import asyncio
import hashlib
import json
import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx
import openai
import pytest
import uvicorn

from corpora import Corpus, Document
from guard import Guard
from guard.doors.http.app import create_app
from guard.principal import Principal
from guard.settings import ApiKey, CorpusSetting, LedgerSetting, PiiSetting, Settings, TierSetting, Upstream

FAQ = (
    "Meridian Ferries sails from Port Amber every weekday at six and again at noon. Bicycles travel free of "
    "charge, dogs need a muzzle, and tickets bought on the quay cost two crowns more than those bought on the "
    "web site."
)
BANDS = (
    "Salary band for deck officers starts at forty-one thousand crowns and ends at fifty-eight thousand crowns "
    "before the island allowance. Chief engineers of the Halcyon class receive an additional retention premium "
    "of nine percent, paid every November, provided that they have completed two winters on the northern "
    "route. Pursers who speak Faroese are placed one step above their seniority, a practice that the works "
    "council accepted in the spring agreement and that must not be mentioned in advertisements. Apprentices "
    "from the Oskarshamn school begin at half of the lowest step and reach the full amount after eighteen "
    "months of certified service at sea."
)
MINUTES = (
    "The board resolved unanimously to sell the dry dock at Kestrel Point to the Lindqvist consortium for "
    "eleven million crowns, subject to the removal of contaminated sediment by the seller. Director Aune "
    "recorded her dissent about the timing. The announcement is embargoed until the harbour commission has "
    "signed, and nobody outside this room may learn the price, the buyer or the conditions before that day."
)
DOCUMENTS = (
    Document(id="faq", text=FAQ, label="public", tenant="acme"),
    Document(id="hr/bands", text=BANDS, label="confidential", readers=frozenset({"group:hr"}), tenant="acme"),
    Document(id="board/minutes", text=MINUTES, label="restricted", readers=frozenset({"group:board"}), tenant="acme"),
)
PLAIN = (
    "The weather in the northern harbour will stay calm, so please bring sunscreen and a good book for the crossing."
)


def api_key(name: str, **fields: Any) -> ApiKey:
    """Return the key whose secret is ``secret-NAME``."""
    digest = hashlib.sha256(f"secret-{name}".encode()).hexdigest()
    return ApiKey(id=name, digest=digest, **({"tenant": "acme", "user": None} | fields))


KEYS = (
    api_key("trusted", scopes=frozenset({"check", "sources", "assert-principal"})),
    api_key("teller", scopes=frozenset({"check", "assert-principal"})),
    api_key("roamer", tenant=None, scopes=frozenset({"check", "assert-principal"})),
    api_key("ann", user="ann", groups=frozenset({"hr"})),
    api_key("bob", user="bob"),
    api_key("audrey", user="audrey", groups=frozenset({"hr"}), scopes=frozenset({"check", "sources", "audit"})),
    api_key("watcher", user="watcher", scopes=frozenset({"audit"})),
)


# One for all: making a client reads every certificate there is, which takes longer than most tests.
CLIENT = httpx.Client(verify=False, trust_env=False, timeout=30, limits=httpx.Limits(max_keepalive_connections=0))


@contextmanager
def serving(app: Any) -> Iterator[str]:
    """Run an ASGI application on a free port and hand out its base URL."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    config = uvicorn.Config(
        app, http="h11", ws="none", lifespan="on", access_log=False, log_level="critical", timeout_graceful_shutdown=2
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.005)
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)
        listening.close()
        assert not thread.is_alive()


class Die(Exception):
    """In place of a piece of a reply: the upstream dies there."""


@dataclass
class Reply:
    """
    What the upstream answers: bytes are sent, numbers are pauses in seconds, an event is waited for,
    :class:`Die` ends the connection.
    """

    parts: list[Any]
    status: int = 200
    kind: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)


def chunk(delta: dict[str, Any] | None, *, index: int = 0, finish: str | None = None, **more: Any) -> dict[str, Any]:
    """Return one chunk of a streamed completion; without a delta, one without choices."""
    choices = [] if delta is None else [{"index": index, "delta": delta, "finish_reason": finish}]
    outer = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "fake"}
    return outer | {"choices": choices} | more


def sse(*values: Any, done: bool = True) -> Reply:
    """Return a streamed reply: dicts become events, everything else is sent as it is."""
    parts = [b"data: " + json.dumps(v).encode() + b"\n\n" if isinstance(v, dict) else v for v in values]
    return Reply([*parts, b"data: [DONE]\n\n"] if done else parts, kind="text/event-stream")


def completion(*messages: dict[str, Any], finish: str = "stop", **more: Any) -> Reply:
    """Return a whole reply with one choice per message."""
    choices = [
        {"index": i, "message": {"role": "assistant", **m}, "finish_reason": finish} for i, m in enumerate(messages)
    ]
    usage = {"prompt_tokens": 7, "completion_tokens": 9, "total_tokens": 16}
    outer = {"id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "fake"}
    body = outer | {"choices": choices, "usage": usage}
    return Reply([json.dumps(body | more).encode()])


class FakeUpstream:
    """An OpenAI-compatible endpoint that answers with :attr:`reply` and remembers what it was asked."""

    chunk = staticmethod(chunk)
    sse = staticmethod(sse)
    completion = staticmethod(completion)
    Reply = Reply
    Die = Die

    def __init__(self) -> None:
        self.url = ""
        self.clear()

    def clear(self) -> None:
        self.reply: Reply | Callable[[dict[str, Any]], Reply] = completion({"content": PLAIN})
        self.bodies: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.peers: list[Any] = []
        self.sent = 0
        self.left = threading.Event()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            while (await receive())["type"] != "lifespan.shutdown":
                await send({"type": "lifespan.startup.complete"})
            await send({"type": "lifespan.shutdown.complete"})
            return
        raw = b""
        more = True
        while more:
            message = await receive()
            raw += message.get("body", b"")
            more = message.get("more_body", False)
        self.peers.append(scope["client"])
        self.headers.append({k.decode(): v.decode() for k, v in scope["headers"]})
        if scope["method"] == "GET":
            listed = json.dumps({"object": "list", "data": [{"id": "fake-small"}, {"id": "fake-large"}]}).encode()
            await self._play(Reply([listed]), send)
            return
        self.bodies.append(json.loads(raw))
        reply = self.reply(self.bodies[-1]) if callable(self.reply) else self.reply
        play = asyncio.ensure_future(self._play(reply, send))
        gone = asyncio.ensure_future(self._gone(receive))
        await asyncio.wait({play, gone}, return_when=asyncio.FIRST_COMPLETED)
        for task in (play, gone):
            task.cancel()
        await asyncio.gather(gone, return_exceptions=True)
        with suppress(asyncio.CancelledError):
            await play

    async def _gone(self, receive: Any) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        self.left.set()

    async def _play(self, reply: Reply, send: Any) -> None:
        headers = [(b"content-type", reply.kind.encode())]
        headers += [(k.encode(), v.encode()) for k, v in reply.headers.items()]
        await send({"type": "http.response.start", "status": reply.status, "headers": headers})
        for part in reply.parts:
            if part is Die:
                raise Die
            if isinstance(part, threading.Event):
                assert await asyncio.to_thread(part.wait, 20)
            elif isinstance(part, float):
                await asyncio.sleep(part)
            else:
                self.sent += 1
                await send({"type": "http.response.body", "body": part, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})


class Sidecar:
    """A running sidecar as its clients see it."""

    PLAIN = PLAIN
    FAQ = FAQ
    BANDS = BANDS
    MINUTES = MINUTES
    client = CLIENT

    def __init__(self, url: str, guard: Guard) -> None:
        self.url = url
        self.guard = guard
        self._user = f"user-{uuid.uuid4().hex[:8]}"

    def ask(self, path: str, body: Any = None, *, key: str | None = "trusted", **options: Any) -> httpx.Response:
        """POST *body* (JSON values, or bytes as they are) to *path*."""
        headers = {"content-type": "application/json"} | options.pop("headers", {})
        if key is not None:
            headers["authorization"] = f"Bearer secret-{key}"
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        method = "GET" if body is None else "POST"
        return CLIENT.request(
            method, self.url + path, content=None if body is None else content, headers=headers, **options
        )

    def chat(self, **more: Any) -> dict[str, Any]:
        """Return a chat request on behalf of :meth:`reader`."""
        messages = [{"role": "user", "content": "What do officers earn?"}]
        return {"model": "fake", "messages": messages, "principal": self.reader(), **more}

    def reader(self, *groups: str) -> dict[str, Any]:
        """Return a principal whom nothing was ever shown; in ``hr`` unless other groups are given."""
        return {"user": f"user-{uuid.uuid4().hex[:8]}", "groups": list(groups or ("hr",))}

    def openai(self, key: str = "trusted") -> openai.OpenAI:
        """Return the real client; close it, or use it as a context manager."""
        return openai.OpenAI(base_url=f"{self.url}/v1", api_key=f"secret-{key}", max_retries=0, timeout=20)


@pytest.fixture(scope="session")
def handbook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A corpus with a public, a confidential and a restricted document."""
    directory = tmp_path_factory.mktemp("handbook")
    Corpus.build(directory, DOCUMENTS, name="handbook").close()
    return directory


@pytest.fixture(scope="session")
def _one_upstream() -> Iterator[FakeUpstream]:
    fake = FakeUpstream()
    with serving(fake) as url:
        fake.url = f"{url}/v1"
        yield fake


@pytest.fixture
def upstream(_one_upstream: FakeUpstream) -> FakeUpstream:
    """The upstream behind the sidecar, with nothing asked of it yet."""
    _one_upstream.clear()
    return _one_upstream


@pytest.fixture(scope="session")
def settings(handbook: Path, _one_upstream: FakeUpstream, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings with keys, the corpus and the upstream; a ledger for everybody."""
    plenty = TierSetting(per_minute=100_000, per_day=1_000_000, tenant_per_minute=1_000_000)
    return Settings(
        corpora=(CorpusSetting("handbook", handbook),),
        ledger=LedgerSetting(f"sqlite:///{tmp_path_factory.mktemp('ledger')}/ledger.db"),
        keys=KEYS,
        upstreams=(Upstream(name="fake", base_url=_one_upstream.url, api_key="upstream-key", timeout=5.0),),
        tiers={"standard": plenty, "slow": TierSetting(per_minute=1, per_day=10, tenant_per_minute=1000)},
        pii=PiiSetting(ner=False),
    )


@pytest.fixture(scope="session")
def sidecar(settings: Settings) -> Iterator[Sidecar]:
    """The sidecar that most tests share; every test has users of its own."""
    with Guard.open(settings) as guard, serving(create_app(guard)) as url:
        yield Sidecar(url, guard)


@pytest.fixture
def open_sidecar(settings: Settings, tmp_path: Path) -> Iterator[Callable[..., Sidecar]]:
    """Start a sidecar of one's own: settings to change, and what to do to the guard before it serves."""
    with ExitStack() as running:

        def start(prepare: Callable[[Guard], None] | None = None, **changes: Any) -> Sidecar:
            ledger = LedgerSetting(f"sqlite:///{tmp_path}/ledger.db")
            guard = running.enter_context(Guard.open(replace(settings, **({"ledger": ledger} | changes))))
            if prepare is not None:
                prepare(guard)
            return Sidecar(running.enter_context(serving(create_app(guard))), guard)

        yield start


@pytest.fixture
def known_users() -> dict[str, Principal]:
    """A table of users, as the settings may hold one."""
    return {"ann": Principal(user="ann", tenant="acme", groups=frozenset({"hr"}))}
