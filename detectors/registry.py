"""The detectors of an installation.  A new detector is its file, its test and one line here."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from corpora.corpus import Corpus
from detectors.base import Detector


def open_detectors(
    corpora: Sequence[Corpus],
    *,
    canary_keys: Collection[bytes],
    model: str,
    names: Collection[str],
    assurance: bool = False,
) -> tuple[Detector, ...]:
    """
    Build every detector, in the order they look.

    Args:
        corpora: What must not be reproduced.
        canary_keys: Keys of the planted markers; none leaves markers out.
        model: The spaCy model for names.
        assurance: Whether a second model looks for names too.
        names: Entities that only the model sees and that are wanted; empty loads no model.
    """
    from detectors.canaries import CanaryDetector
    from detectors.pii import PiiDetector
    from detectors.secrets import SecretDetector
    from detectors.verbatim import VerbatimDetector

    detectors: list[Detector] = [SecretDetector(), PiiDetector(model=model, names=names, assurance=assurance)]
    if canary_keys:
        detectors.append(CanaryDetector(*canary_keys, corpora=corpora))
    if corpora:
        detectors.append(VerbatimDetector(corpora))
    return tuple(detectors)
