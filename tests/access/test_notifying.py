"""Webhooks over a real wire: signed, tried again, and never in anybody's way."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from standardwebhooks import Webhook

from guard.access.incidents import Desk, IncidentKeeper, Notifier, open_desk
from guard.access.incidents.rules import RULES
from guard.access.ledger import open_ledger
from guard.principal import Principal
from guard.settings import ContactSetting, LedgerSetting, WebhookSetting
from guard.watch import Signal

SECRET = b"0123456789abcdef0123456789abcdef"


class Receiver(ThreadingHTTPServer):
    """Keeps what it is sent; answers with the codes it is given, then with 204."""

    daemon_threads = True

    def __init__(self) -> None:
        self.codes: list[int] = []
        self.got: list[tuple[dict[str, str], bytes]] = []
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/hook"


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.got.append((dict(self.headers), body))
        self.send_response(self.server.codes.pop(0) if self.server.codes else 204)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/ledger.db"


@pytest.fixture
def desk(url: str) -> Iterator[Desk]:
    with open_desk(LedgerSetting(url)) as opened:
        yield opened


def hook(url: str, **options) -> WebhookSetting:
    return WebhookSetting(name="soc", url=url, secret=SECRET, **options)


def opened_incident(url: str, desk: Desk, notifier: Notifier, kind: str = "verdict.dump", user: str = "ann"):
    who = Principal(user=user, tenant="acme")
    with open_ledger(url) as ledger:
        keeper = IncidentKeeper(desk.book, desk.containments, ledger, rules=RULES, teller=notifier)
        keeper.take(
            Signal(
                kind=kind, at=time.time(), principal=who, request_id="r", strength=0.9, reason="one answer held much"
            )
        )
    return desk.book.listed()[0]


def wait_until(true, seconds: float = 15.0) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_what_happens_is_told_and_signed(url: str, desk: Desk, receiver: Receiver) -> None:
    contacts = (
        ContactSetting(name="privacy", address="mailto:privacy@example.org", tenants=frozenset({"acme"})),
        ContactSetting(name="others", tenants=frozenset({"other"})),
    )
    notifier = Notifier(desk.outbox, [hook(receiver.url)], contacts=contacts)
    notifier.start()
    incident = opened_incident(url, desk, notifier)
    wait_until(lambda: len(receiver.got) == 2)
    notifier.close()
    told = [Webhook(SECRET).verify(body, headers) for headers, body in receiver.got]

    assert [one["type"] for one in told] == ["incident.opened", "containment.throttle"]
    assert told[0]["data"]["incident"]["id"] == incident.id
    assert told[0]["data"]["contacts"] == [{"name": "privacy", "address": "mailto:privacy@example.org"}]
    assert told[0]["data"]["next_steps"]
    assert told[1]["data"]["containment"]["cost"] == 5
    assert desk.outbox.states() == {"soc": {"sent": 2}}


def test_a_body_that_was_changed_does_not_verify(url: str, desk: Desk, receiver: Receiver) -> None:
    from standardwebhooks.webhooks import WebhookVerificationError

    notifier = Notifier(desk.outbox, [hook(receiver.url)])
    opened_incident(url, desk, notifier)
    notifier.deliver_one(hook(receiver.url))
    headers, body = receiver.got[0]
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(body.replace(b"ann", b"bob"), headers)


def test_it_is_tried_again_under_the_same_id(url: str, desk: Desk, receiver: Receiver) -> None:
    receiver.codes = [500, 503]
    notifier = Notifier(desk.outbox, [hook(receiver.url)])
    opened_incident(url, desk, notifier, "verdict.secret")
    assert notifier.deliver_one(hook(receiver.url))

    assert len({headers["webhook-id"] for headers, _ in receiver.got}) == 1
    assert len(receiver.got) == 3
    assert desk.outbox.states() == {"soc": {"sent": 1}}


def test_what_cannot_be_sent_waits_and_what_is_gone_is_given_up(url: str, desk: Desk, receiver: Receiver) -> None:
    notifier = Notifier(desk.outbox, [hook(receiver.url)])
    opened_incident(url, desk, notifier, "verdict.secret")
    receiver.codes = [500] * 3
    assert notifier.deliver_one(hook(receiver.url))
    assert desk.outbox.states() == {"soc": {"waiting": 1}}
    assert not notifier.deliver_one(hook(receiver.url)), "not before its pause is over"

    opened_incident(url, desk, notifier, "verdict.secret", user="bob")
    receiver.codes = [410]
    assert notifier.deliver_one(hook(receiver.url))
    assert desk.outbox.states() == {"soc": {"waiting": 1, "failed": 1}}
    assert len(receiver.got) == 4


def test_a_restart_loses_nothing(url: str, receiver: Receiver) -> None:
    with open_desk(LedgerSetting(url)) as before:
        opened_incident(url, before, Notifier(before.outbox, [hook(receiver.url)]), "verdict.secret")
    assert receiver.got == []
    with open_desk(LedgerSetting(url)) as after:
        notifier = Notifier(after.outbox, [hook(receiver.url)])
        notifier.start()
        wait_until(lambda: len(receiver.got) == 1)
        notifier.close()


def test_a_webhook_that_hangs_holds_up_nobody(
    url: str, desk: Desk, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("guard.access.incidents.notifying.SEND_SECONDS", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as silent:  # takes connections and never answers
        hanging = WebhookSetting(name="silent", url=f"http://127.0.0.1:{silent.getsockname()[1]}/", secret=SECRET)
        notifier = Notifier(desk.outbox, [hanging, hook(receiver.url)])
        notifier.start()
        began = time.monotonic()
        opened_incident(url, desk, notifier, "verdict.secret")
        assert time.monotonic() - began < 2
        wait_until(lambda: len(receiver.got) == 1)
        wait_until(lambda: desk.outbox.states()["silent"] == {"waiting": 1})
        began = time.monotonic()
        notifier.close()
        assert time.monotonic() - began < 3


def test_only_what_is_bad_enough_is_told(url: str, desk: Desk, receiver: Receiver) -> None:
    notifier = Notifier(desk.outbox, [hook(receiver.url, least="critical")])
    opened_incident(url, desk, notifier, "verdict.secret")
    assert desk.outbox.states() == {}
    opened_incident(url, desk, notifier, "canary.answer")
    assert desk.outbox.states() == {"soc": {"waiting": 2}}


def test_somebody_concerned_is_notified(url: str, desk: Desk, receiver: Receiver) -> None:
    owner = ContactSetting(name="owner", address="tel:1", webhook="soc", labels=frozenset({"restricted"}))
    notifier = Notifier(desk.outbox, [hook(receiver.url, least="critical")], contacts=[owner])
    incident = opened_incident(url, desk, notifier, "verdict.secret")
    assert notifier.concerned(incident) == []
    assert notifier.notify(incident, owner) == 1
    notifier.deliver_one(hook(receiver.url))

    told = json.loads(receiver.got[0][1])
    assert (told["type"], told["data"]["contacts"]) == (
        "incident.notification",
        [{"name": "owner", "address": "tel:1"}],
    )
