"""The one place that talks to Presidio and spaCy."""
# ruff: noqa: ARG002 - the signatures are Presidio's

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

from detectors.errors import DetectorUnavailable
from detectors.pii.assurance import SecondModel
from detectors.pii.candidate import Candidate, Recogniser, Searched
from detectors.pii.dictionary import dictionary
from detectors.pii.names import NameFinder
from detectors.pii.segments import Segment

if TYPE_CHECKING:
    from presidio_analyzer import EntityRecognizer, RecognizerResult
    from presidio_analyzer.nlp_engine import NlpArtifacts, NlpEngine

_UNUSED_PIPES: Final = ("parser", "tagger", "lemmatizer", "attribute_ruler", "senter", "morphologizer")


class Analyzer:
    """
    A Presidio analyzer over an explicit registry: the *recognisers* given here and, with a model, names.

    With *assurance* a second model looks for names too.

    Raises:
        DetectorUnavailable: Presidio or a model cannot be loaded.
    """

    def __init__(
        self, recognisers: Sequence[Recogniser], *, model: str | None, language: str, assurance: bool = False
    ) -> None:
        _silence()
        try:
            from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
        except ImportError as error:
            raise DetectorUnavailable("presidio-analyzer is not installed: pip install presidio-analyzer") from error
        wrapped: list[EntityRecognizer] = [_pattern_recognizer(one, language) for one in recognisers]
        if model is not None:
            nlp = load_model(model)
            finder = NameFinder(nlp, *dictionary(nlp), second=SecondModel() if assurance else None)
            wrapped.append(_name_recognizer(finder, language))
        self._language = language
        self._artifacts = _artifacts_class()
        self._engine: Any = None
        if wrapped:
            registry = RecognizerRegistry(recognizers=wrapped, supported_languages=[language])
            self._engine = AnalyzerEngine(
                registry=registry,
                nlp_engine=_engine_class()(language),
                supported_languages=[language],
                context_aware_enhancer=_no_enhancer(),
            )

    def analyze(self, text: str, pieces: Sequence[Segment], entities: Sequence[str]) -> list[Candidate]:
        """Return every candidate of *entities* in *text*, whose segments are *pieces*."""
        if self._engine is None:
            return []
        artifacts = self._artifacts(text, pieces, self._language)
        results: Iterable[RecognizerResult] = self._engine.analyze(
            text,
            self._language,
            entities=list(entities),
            nlp_artifacts=artifacts,
        )
        return [Candidate(result.entity_type, result.start, result.end, result.score) for result in results]


def load_model(model: str) -> Any:
    """
    Return the spaCy pipeline *model* with only what names need.

    Raises:
        DetectorUnavailable: It is not installed, or was made for another spaCy.
    """
    import spacy

    try:
        nlp = spacy.load(model, exclude=list(_UNUSED_PIPES))
    except (OSError, ImportError, ValueError) as error:
        raise DetectorUnavailable(
            f"the spaCy model {model!r} cannot be loaded; install it with: "
            f"python -m pip install {model.replace('_', '-')}  (or name another one in the settings)",
        ) from error
    if "ner" not in nlp.pipe_names:
        raise DetectorUnavailable(f"the spaCy model {model!r} has no 'ner' component; name another one in the settings")
    return nlp


def _silence() -> None:
    # Presidio logs at INFO and DEBUG what it looks at; nothing of an answer may reach a log.
    for name in ("presidio-analyzer", "presidio_analyzer", "decision_process"):
        logger = logging.getLogger(name)
        logger.setLevel(logging.CRITICAL + 1)
        logger.propagate = False


def _artifacts_class() -> type[NlpArtifacts]:
    from presidio_analyzer.nlp_engine import NlpArtifacts

    class Artifacts(NlpArtifacts):  # type: ignore[misc]
        """Carries the segments and the lower-case text to the recognisers, so that they are made once per answer."""

        def __init__(self, text: str, pieces: Sequence[Segment], language: str) -> None:
            super().__init__([], [], [], [], None, language)
            self.pieces = pieces
            self.searched = Searched(text, [piece.end for piece in pieces])

    return Artifacts


def _engine_class() -> type[NlpEngine]:
    from presidio_analyzer.nlp_engine import NlpEngine

    class NoEngine(NlpEngine):  # type: ignore[misc]
        """Presidio asks for an engine; the recognisers here bring what they need, so this one does nothing."""

        def __init__(self, language: str) -> None:
            self._language = language

        def load(self) -> None:
            """Do nothing."""

        def is_loaded(self) -> bool:
            return True

        def process_text(self, text: str, language: str) -> Any:
            raise DetectorUnavailable("the analyzer was called without segments")

        def process_batch(self, texts: Iterable[str], language: str, **_: Any) -> Iterator[tuple[str, Any]]:
            raise DetectorUnavailable("the analyzer was called without segments")

        def is_stopword(self, word: str, language: str) -> bool:
            return False

        def is_punct(self, word: str, language: str) -> bool:
            return False

        def get_supported_entities(self) -> list[str]:
            return []

        def get_supported_languages(self) -> list[str]:
            return [self._language]

    return NoEngine


def _no_enhancer() -> Any:
    from presidio_analyzer.context_aware_enhancers import ContextAwareEnhancer

    class NoEnhancer(ContextAwareEnhancer):  # type: ignore[misc]
        """Scores already hold what the context says."""

        def enhance_using_context(self, text: str, raw_results: Any, *_: Any, **__: Any) -> Any:
            return raw_results

    return NoEnhancer(0.0, 0.0, 0, 0)


def _pattern_recognizer(recogniser: Recogniser, language: str) -> EntityRecognizer:
    return _recognizer(
        list(recogniser.entities),
        f"{recogniser.entities[0]} by pattern",
        language,
        lambda artifacts: recogniser.find(artifacts.searched),
    )


def _name_recognizer(finder: NameFinder, language: str) -> EntityRecognizer:
    return _recognizer(
        ["PERSON", "LOCATION"],
        "names by NER",
        language,
        lambda artifacts: finder.find(artifacts.searched.text, artifacts.pieces),
    )


def _recognizer(entities: list[str], name: str, language: str, find: Any) -> EntityRecognizer:
    from presidio_analyzer import EntityRecognizer, RecognizerResult

    class Wrapped(EntityRecognizer):  # type: ignore[misc]
        """One of our recognisers as Presidio sees it."""

        def load(self) -> None:
            """Do nothing: all is loaded before."""

        def analyze(self, text: str, entities: list[str], nlp_artifacts: Any) -> list[RecognizerResult]:
            wanted = frozenset(entities)
            return [
                RecognizerResult(one.entity, one.start, one.end, one.score)
                for one in find(nlp_artifacts)
                if one.entity in wanted
            ]

    return Wrapped(supported_entities=entities, name=name, supported_language=language)
