"""The builder's part that watches: audit, incidents, containment, behaviour."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING

from guard.access.audit import AuditRecorder, configuration_facts, open_audit
from guard.access.behaviour.opening import open_behaviour
from guard.access.incidents import IncidentKeeper, Notifier, VerdictObserver, labels_of, open_desk
from guard.access.incidents.evidence import Evidence, public_bytes
from guard.access.incidents.rules import rules_from
from guard.errors import AuditUnavailable
from guard.watch import Gate, KeyGate, Observer, Recorder, Sink, Watch

if TYPE_CHECKING:
    from corpora.corpus import Corpus
    from guard.access.audit import Audit
    from guard.access.incidents import Desk
    from guard.access.ledger.base import Ledger
    from guard.settings import Settings


def open_watch(
    settings: Settings,
    opened: ExitStack,
    ledger: Ledger,
    corpora: Mapping[str, Corpus],
    *,
    gates: Sequence[Gate],
    observers: Sequence[Observer],
) -> Watch:
    """
    Return all that watches and holds, as *settings* say.

    Args:
        settings: The whole installation.
        opened: Closes what is opened here.
        ledger: Asked for what somebody has been shown when an incident opens.
        corpora: Asked for the labels of the documents that an incident is about.
        gates: Those that others made.
        observers: Likewise.

    Raises:
        ConfigError: A key is none.
        GuardUnavailable: The audit's folder or the database cannot be used.
    """
    asked = list(gates)
    recorders: list[Recorder] = []
    sinks: list[Sink] = []
    keys: list[KeyGate] = []
    watching = list(observers)
    audit: Audit | None = None
    if settings.audit.enabled:
        audit = open_audit(settings)
        opened.callback(audit.close)
        recorder = AuditRecorder(audit)
        asked.append(recorder)
        recorders.append(recorder)
        with suppress(AuditUnavailable):
            # Where it cannot be written, the recorder holds everybody to public text.
            audit.append("configuration.loaded", None, configuration_facts(settings))
    if settings.incidents.enabled:
        desk = opened.enter_context(open_desk(settings.ledger))
        asked.append(desk.containments)
        keys.append(desk.containments)
        watching.append(VerdictObserver(settings.policy))
        rules = rules_from(settings.incidents.rules)
        teller = _teller(settings, desk, corpora)
        if teller is not None:
            opened.callback(teller.close)
            teller.start()
        evidence = _evidence(settings, desk)
        if evidence is not None:
            # Before all others: what they conclude from an answer may make its text evidence.
            watching.insert(0, evidence)
        sinks.append(
            IncidentKeeper(
                desk.book, desk.containments, ledger, rules=rules, audit=audit, teller=teller, evidence=evidence
            )
        )
    behaviour = open_behaviour(settings, corpora, opened)
    if behaviour is not None:
        asked.append(behaviour)
        watching.append(behaviour)
        sinks.append(behaviour)
    watch = Watch(gates=asked, observers=watching, sinks=sinks, recorders=recorders, keys=keys)
    if behaviour is not None:
        # What comes to light beside the work.
        behaviour.emit = watch.signal
    return watch


def _teller(settings: Settings, desk: Desk, corpora: Mapping[str, Corpus]) -> Notifier | None:
    if not settings.incidents.webhooks:
        return None
    return Notifier(
        desk.outbox,
        settings.incidents.webhooks,
        contacts=settings.incidents.contacts,
        labels=lambda incident: labels_of(desk.book.moments(incident), corpora),
    )


def _evidence(settings: Settings, desk: Desk) -> Evidence | None:
    setting = settings.incidents
    if setting.evidence_key is None:
        return None
    public = public_bytes(setting.evidence_key, where="incidents.evidence_key_file")
    return Evidence(desk.store, public, days=setting.evidence_days, clock=time.time)
