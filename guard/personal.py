"""Personal values in one answer: which are a leak, and what is written in their place."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from detectors.finding import Finding, Kind
from guard.labelled import Labelled
from guard.masking.allowed import is_own
from guard.masking.placeholders import Placeholders
from guard.masking.treatment import Treatment
from guard.policy import Policy
from guard.principal import Principal
from guard.rights import Right
from guard.verdict import Action


class Personal:
    """
    What the policy says about personal values, for one principal.

    Args:
        policy: The policy in force.
        principal: Whose own values are no leak to them.
        text: Returns the text of a document, by corpus and id; None where none is kept.
        key: Key of the pseudonyms; None where the policy hashes nothing.
    """

    def __init__(
        self, policy: Policy, principal: Principal, text: Callable[[str, str], str | None], key: bytes | None
    ) -> None:
        self._policy = policy
        self._own = principal.own_values
        self._tenant = principal.tenant
        self._key = key
        self._labelled = Labelled(policy.label_pii, text)

    def actions(
        self, answer: str, findings: Sequence[Finding], rights: Mapping[tuple[str, str], Right]
    ) -> Callable[[Finding], Action]:
        """Return what happens to each finding of *answer* that is no passage."""
        by_label = self._labelled.actions(answer, findings, rights, self._policy.action)

        def action(finding: Finding) -> Action:
            if finding.kind is not Kind.PII:
                return self._policy.action(finding)
            value = finding.span.of(answer)
            if self._policy.allowed.holds(finding.rule, value) or is_own(finding.rule, value, self._own):
                return Action.ALLOW
            return by_label(finding) if self._labelled.labels else self._policy.action(finding)

        return action

    def needs_whole(self, finding: Finding) -> bool:
        """Say whether what happens to *finding* depends on all of its value."""
        return finding.kind is Kind.PII and bool(
            self._own
            or self._policy.allowed
            or self._labelled.labels
            or self._policy.treatment(finding.rule) is not Treatment.REDACT
        )

    def placeholders(self) -> Placeholders:
        """Return a fresh writer of placeholders."""
        return Placeholders(self._policy.treatment, self._key, self._tenant)
