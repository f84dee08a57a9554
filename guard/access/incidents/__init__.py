"""Incidents: what signals amount to, who is held until when, and who is told."""

from guard.access.incidents.base import Containment, Incident, Moment, Severity, Target
from guard.access.incidents.book import Book
from guard.access.incidents.containment import Containments
from guard.access.incidents.keeper import IncidentKeeper
from guard.access.incidents.notifying import Notifier, labels_of
from guard.access.incidents.opening import Desk, open_desk
from guard.access.incidents.rules import RULES, STEPS, Rule
from guard.access.incidents.verdicts import VerdictObserver

__all__ = [
    "RULES",
    "STEPS",
    "Book",
    "Containment",
    "Containments",
    "Desk",
    "Incident",
    "IncidentKeeper",
    "Moment",
    "Notifier",
    "Rule",
    "Severity",
    "Target",
    "VerdictObserver",
    "labels_of",
    "open_desk",
]
