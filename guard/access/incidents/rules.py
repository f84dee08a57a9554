"""Which signals make an incident, how bad it is, what is slowed down by itself, and what a person does next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from guard.access.incidents.base import Severity

if TYPE_CHECKING:
    from guard.settings import RuleSetting

HOUR: Final = 3600.0
DAY: Final = 24 * HOUR


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """
    What signals of one kind amount to.

    Attributes:
        group: Incidents of one group, tenant and user are one.
        severity: Of the incident, at least.
        count: Signals within *window* that open it.
        window: In seconds.
        least: Weakest signal that counts, from 0 to 1.
        cost: As how many questions one question of the acting user counts from then on; 1 slows nobody down.
        budget: Part of every daily budget that the acting user keeps.
        seconds: For how long.
    """

    group: str
    severity: Severity
    count: int = 1
    window: float = DAY
    least: float = 0.0
    cost: int = 1
    budget: float = 1.0
    seconds: float = HOUR

    @property
    def slows(self) -> bool:
        """Whether the acting user is slowed down."""
        return self.cost > 1 or self.budget < 1


RULES: Final[Mapping[str, Rule]] = MappingProxyType(
    {
        "verdict.dump": Rule(group="extraction", severity=Severity.HIGH, cost=5, budget=0.5),
        "verdict.budget": Rule(group="extraction", severity=Severity.MEDIUM, count=5, cost=2),
        # Behaviour slows its users down itself, as far as it is sure; each indicator is told once in six hours.
        "behaviour": Rule(group="extraction", severity=Severity.MEDIUM, count=2, least=0.5),
        "behaviour.dump-request": Rule(group="extraction", severity=Severity.MEDIUM, least=0.45),
        "behaviour.corpus-text": Rule(group="extraction", severity=Severity.MEDIUM, least=0.45),
        # Several signs together.
        "behaviour.slowed": Rule(group="extraction", severity=Severity.MEDIUM),
        # On the first days, people who work on disjoint subjects look like one.
        "behaviour.campaign": Rule(group="campaign", severity=Severity.MEDIUM),
        # These repeat what is told here under its own name.
        "behaviour.other": Rule(group="extraction", severity=Severity.LOW, least=1.0),
        "behaviour.canary": Rule(group="canary", severity=Severity.LOW, least=1.0),
        "verdict.entitlement": Rule(group="entitlement", severity=Severity.HIGH),
        "verdict.training": Rule(group="training", severity=Severity.HIGH),
        "verdict.secret": Rule(group="secret", severity=Severity.HIGH),
        "canary": Rule(group="canary", severity=Severity.MEDIUM),
        "canary.answer": Rule(group="canary", severity=Severity.CRITICAL, cost=5, budget=0.5),
        # Anybody can paste a marker that was seen elsewhere: an alarm, and nothing is done to anybody.
        "canary.question": Rule(group="canary", severity=Severity.MEDIUM),
        "canary.decoy": Rule(group="canary", severity=Severity.MEDIUM, least=0.5),
        "": Rule(group="other", severity=Severity.LOW, count=10),
    }
)
"""Rules by kind; a kind without one takes that of the part before its last dot, and in the end the one named ``""``."""

STEPS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "extraction": (
            "Look at the timeline and at what the user has been shown: echoguard ledger show --user USER.",
            "If the questions are no honest work, quarantine the user; the slowing-down ends by itself.",
            "Compare the documents shown with what the user's work needs, and tell their owners.",
        ),
        "campaign": (
            "The users named in the timeline share out the work: look at each of them.",
            "Quarantine those whose work does not explain it, or the tenant while you look.",
            "Lower tenant_share of the labels concerned if the tenant's cap was nearly reached.",
        ),
        "entitlement": (
            "An answer held text that its reader may not read: something bypasses the guarded retriever.",
            "Find where that text came from: a prompt built without filter_documents, a cache, a fine-tuned model.",
            "Quarantine the document until that is mended.",
        ),
        "training": (
            "A model recites its training text: take it out of service, or keep it behind the guard only.",
            "Run echoguard probe against it, and train again without what it recites.",
        ),
        "secret": (
            "Revoke or exchange the credential wherever it is valid; assume that it is known.",
            "Remove it from the document or prompt it came from, and update the index.",
        ),
        "canary": (
            "A marker in an answer proves that marked text reached the model past the guard: find that way.",
            "A marker in a question proves only that somebody has seen one: ask where.",
            "Exchange the markers of the corpus concerned once the way is closed.",
        ),
        "other": ("Look at the timeline; close the incident if an explanation is at hand.",),
    }
)
"""What a person does next, by group."""


def rule_of(kind: str, rules: Mapping[str, Rule]) -> Rule:
    """Return the rule of signals of *kind*: its own, else that of the longest part of its name that has one."""
    name = kind
    while name:
        if name in rules:
            return rules[name]
        name = name.rpartition(".")[0]
    return rules[""]


def rules_from(settings: Mapping[str, RuleSetting]) -> Mapping[str, Rule]:
    """Return the rules with what is set otherwise; a kind that has none yet begins as the one it would fall under."""
    rules = dict(RULES)
    for kind, setting in settings.items():
        given = {name: value for name, value in asdict(setting).items() if value is not None}
        if setting.severity is not None:
            given["severity"] = Severity[setting.severity.upper()]
        rules[kind] = replace(rule_of(kind, RULES), **given)
    return rules
