"""
Telling webhooks: signed, tried again, from threads of their own.

What is to be told is kept in the database first; one thread per webhook sends it, so one that hangs holds up neither
an answer nor another webhook.  Signatures are those of Standard Webhooks.
"""

from __future__ import annotations

import asyncio
import logging
import os
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from guard.access.incidents.base import Severity
from guard.access.incidents.rules import STEPS
from guard.errors import GuardError

if TYPE_CHECKING:
    from corpora.corpus import Corpus
    from guard.access.incidents.base import Containment, Incident, Moment
    from guard.access.incidents.outbox import Message, Outbox
    from guard.settings import ContactSetting, WebhookSetting

POLL_SECONDS: Final = 5.0
"""How often a thread looks for messages that others left."""
SEND_SECONDS: Final = 10.0
"""Longest time that one try takes, in all."""
QUICK_TRIES: Final = 3
"""Tries in a row, a few seconds apart, before a message is put back."""
FIRST_PAUSE: Final = 60.0
LONGEST_PAUSE: Final = 6 * 3600.0
"""Pauses after that: the first, doubled each time up to the longest."""
GIVEN_UP: Final = 3 * 86_400.0
"""Age at which a message is given up, in seconds."""

_LOG = logging.getLogger(__name__)


class _NotDeliveredError(Exception):
    """The receiver did not say 2xx; *final* where it says that it never will."""

    def __init__(self, why: str, *, final: bool = False) -> None:
        super().__init__(why)
        self.final = final


class Notifier:
    """
    Tells webhooks what happened.  Thread-safe; :meth:`tell` returns once the database has it.

    Args:
        outbox: Where messages wait.
        webhooks: Whom to tell.
        contacts: Who is concerned by what.
        labels: Labels of the documents of an incident, by its id; empty where nobody knows.
    """

    def __init__(
        self,
        outbox: Outbox,
        webhooks: Sequence[WebhookSetting],
        *,
        contacts: Sequence[ContactSetting] = (),
        labels: Callable[[str], frozenset[str]] | None = None,
    ) -> None:
        self._outbox = outbox
        self._webhooks = tuple(webhooks)
        self._contacts = tuple(contacts)
        self._labels = labels
        self._wake = {one.name: threading.Event() for one in self._webhooks}
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []
        self._pid = os.getpid()

    def concerned(self, incident: Incident) -> list[ContactSetting]:
        """Return the contacts whom an incident concerns."""
        labels = frozenset[str]() if self._labels is None else self._labels(incident.id)
        return [one for one in self._contacts if one.concerned(incident.tenant, labels)]

    def tell(self, kind: str, incident: Incident, containment: Containment | None = None) -> None:
        """Keep what happened to *incident* for every webhook that wants to know of such."""
        for webhook in self._webhooks:
            if incident.severity >= Severity[webhook.least.upper()]:
                self._put(webhook, kind, self._told(incident, containment, self.concerned(incident)))

    def notify(self, incident: Incident, contact: ContactSetting) -> int:
        """Keep a message to *contact* about *incident*, for its webhook or for all, and return for how many."""
        chosen = [one for one in self._webhooks if contact.webhook in {None, one.name}]
        for webhook in chosen:
            self._put(webhook, "incident.notification", self._told(incident, None, [contact]))
        return len(chosen)

    @staticmethod
    def _told(
        incident: Incident, containment: Containment | None, contacts: Iterable[ContactSetting]
    ) -> dict[str, Any]:
        data: dict[str, Any] = {
            "incident": incident.to_dict(),
            "next_steps": list(STEPS.get(incident.group, STEPS["other"])),
            "contacts": [{"name": one.name, "address": one.address} for one in contacts],
        }
        if containment is not None:
            data["containment"] = containment.to_dict()
        return data

    def _put(self, webhook: WebhookSetting, kind: str, data: Mapping[str, Any]) -> None:
        now = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        if not self._outbox.put(webhook.name, {"type": kind, "timestamp": now, "data": data}):
            _LOG.error("too many messages wait for the webhook %s; one was dropped", webhook.name)
        if self._threads and os.getpid() != self._pid:
            # Threads do not survive a fork.
            self._threads = []
            self.start()
        self._wake[webhook.name].set()

    def start(self) -> None:
        """Begin to send, in one thread per webhook."""
        self._pid = os.getpid()
        for webhook in self._webhooks:
            thread = threading.Thread(
                target=self._send_all, args=(webhook,), name=f"webhook-{webhook.name}", daemon=True
            )
            thread.start()
            self._threads.append(thread)

    def close(self) -> None:
        """Stop sending; what was not sent stays in the database."""
        self._stop.set()
        for event in self._wake.values():
            event.set()
        for thread in self._threads:
            thread.join(timeout=0.5)

    def _send_all(self, webhook: WebhookSetting) -> None:
        wake = self._wake[webhook.name]
        while not self._stop.is_set():
            wake.clear()
            try:
                while not self._stop.is_set() and self.deliver_one(webhook):
                    pass
            except GuardError as error:
                _LOG.warning("messages for the webhook %s wait: %s", webhook.name, error)
            except Exception as error:  # noqa: BLE001 - the thread must live; messages stay where they are
                _LOG.error("sending to the webhook %s failed: %s", webhook.name, type(error).__name__)
            wake.wait(POLL_SECONDS)

    def deliver_one(self, webhook: WebhookSetting) -> bool:
        """
        Send the message that has been due longest, and say whether there was one.

        Raises:
            LedgerUnavailable: The database cannot be asked.
        """
        message = self._outbox.take(webhook.name)
        if message is None:
            return False
        try:
            self._patiently(webhook, message)
        except _NotDeliveredError as error:
            pause = min(FIRST_PAUSE * 2 ** (message.tries - 1), LONGEST_PAUSE)
            last = error.final or message.tries * FIRST_PAUSE > GIVEN_UP or _age(message) > GIVEN_UP
            _LOG.warning("the webhook %s was not reached (%s)", webhook.name, error)
            self._outbox.failed(message, again_in=None if last else pause)
        else:
            self._outbox.sent(message)
        return True

    def _patiently(self, webhook: WebhookSetting, message: Message) -> None:
        from tenacity import (
            Retrying,
            retry_if_exception,
            stop_after_attempt,
            stop_when_event_set,
            wait_random_exponential,
        )
        from tenacity.nap import sleep_using_event

        for attempt in Retrying(
            stop=stop_after_attempt(QUICK_TRIES) | stop_when_event_set(self._stop),
            wait=wait_random_exponential(multiplier=0.5, max=5.0),
            retry=retry_if_exception(lambda error: isinstance(error, _NotDeliveredError) and not error.final),
            sleep=sleep_using_event(self._stop),
            reraise=True,
        ):
            with attempt:
                asyncio.run(_post(webhook, message))


def _age(message: Message) -> float:
    return datetime.now(UTC).timestamp() - message.created


async def _post(webhook: WebhookSetting, message: Message) -> None:
    """
    Send one message, in :data:`SEND_SECONDS` at most, whatever the receiver does.

    Raises:
        _NotDeliveredError: The receiver did not take it.
    """
    import httpx
    from standardwebhooks import Webhook

    now = datetime.now(UTC)
    headers = {
        "content-type": "application/json",
        "webhook-id": message.id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(webhook.secret).sign(message.id, now, message.body),
    }
    try:
        async with (
            asyncio.timeout(SEND_SECONDS),
            # No proxy, no credentials from the environment; a redirect could lead anywhere.
            httpx.AsyncClient(timeout=SEND_SECONDS, trust_env=False, follow_redirects=False) as client,
            client.stream("POST", webhook.url, content=message.body.encode(), headers=headers) as reply,
        ):
            if reply.status_code == httpx.codes.GONE:
                raise _NotDeliveredError("it answers 410: gone", final=True)
            if not reply.is_success:
                raise _NotDeliveredError(f"it answers {reply.status_code}")
    except TimeoutError:
        raise _NotDeliveredError(f"no answer within {SEND_SECONDS:g} s") from None
    except httpx.HTTPError as error:
        raise _NotDeliveredError(type(error).__name__) from None


def labels_of(moments: Iterable[Moment], corpora: Mapping[str, Corpus]) -> frozenset[str]:
    """Return the labels of the documents that *moments* name, as far as *corpora* hold them."""
    refs = {ref for moment in moments for ref in moment.documents}
    infos = (corpora[ref.corpus].info(ref.id) for ref in refs if ref.corpus in corpora)
    return frozenset(info.label for info in infos if info is not None)
