"""What the labels of the documents say about a personal value that an answer quotes from them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from detectors.finding import Finding, Source
from guard.coverage import VERBATIM_KINDS
from guard.exemption import Question
from guard.rights import UNKNOWN, Right
from guard.verdict import Action

Softened = Mapping[str, Mapping[str, Action]]
"""Action per label and entity."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """
    Decides about personal values inside passages of documents.

    A label can make an action stricter wherever one of its documents holds the passage.  It can soften it only where
    *every* document that holds the passage has a label that does, the principal may read each of them, and the value
    itself stands in the very passage of each: next to quoted text another number is as forbidden as anywhere.  And
    because only matched passages count, all that is softened is charged to the reader's account.

    Args:
        labels: What the policy says, per label and entity.
        text: Returns the text of a document, by corpus and id; None where none is kept.
    """

    labels: Softened
    text: Callable[[str, str], str | None]

    def actions(
        self,
        answer: str,
        findings: Sequence[Finding],
        rights: Mapping[tuple[str, str], Right],
        base: Callable[[Finding], Action],
    ) -> Callable[[Finding], Action]:
        """Return what happens to a personal value of *answer*, where *base* says what would without labels."""
        passages = [one for one in findings if one.kind in VERBATIM_KINDS and one.documents]

        def action(finding: Finding) -> Action:
            otherwise = base(finding)
            holders = [
                source
                for passage in passages
                if passage.span.start <= finding.span.start and finding.span.end <= passage.span.end
                for source in passage.documents
            ]
            value = finding.span.of(answer)
            return max(self._each(finding.rule, value, holders, rights, otherwise), default=otherwise)

        return action

    def _each(
        self,
        entity: str,
        value: str,
        holders: Iterable[Source],
        rights: Mapping[tuple[str, str], Right],
        otherwise: Action,
    ) -> Iterable[Action]:
        for source in holders:
            right = rights.get((source.corpus, source.id), UNKNOWN)
            said = self.labels.get(right.label, {}).get(entity, otherwise)
            if said < otherwise and not (right.readable and not right.training and self._stands_in(source, value)):
                said = otherwise
            yield said

    def _stands_in(self, source: Source, value: str) -> bool:
        text = self.text(source.corpus, source.id)
        return text is not None and Question(text[source.start : source.end]).holds(value)
