"""The only builder: settings in, a guard with everything opened out."""

from __future__ import annotations

from contextlib import ExitStack

from corpora.corpus import Corpus
from corpora.errors import CorpusError
from guard.access.ledger import open_ledger
from guard.access.limits import Limiter
from guard.engine import Guard
from guard.errors import ConfigError
from guard.settings import Settings


def build(settings: Settings) -> Guard:
    """
    Open the corpora, the ledger and the detectors that *settings* name.

    Raises:
        ConfigError: A corpus is not there under its name.
        corpora.errors.CorpusError: An index cannot be opened; the message names its path.
        guard.errors.LedgerUnavailable: The ledger cannot be opened.
    """
    from detectors.registry import open_detectors

    with ExitStack() as opened:
        corpora: dict[str, Corpus] = {}
        for one in settings.corpora:
            try:
                corpus = opened.enter_context(Corpus.open(one.path))
            except CorpusError as error:
                raise type(error)(f"corpus {one.name!r}: {error}") from error
            if corpus.name != one.name:
                raise ConfigError(f"corpus {one.name!r}: the index at {one.path} is named {corpus.name!r}")
            corpora[one.name] = corpus
        ledger = open_ledger(settings.ledger.url, durability=settings.ledger.durability)
        opened.callback(ledger.close)
        detectors = open_detectors(
            tuple(corpora.values()),
            canary_key=settings.canary_key,
            model=settings.pii.model,
            names=settings.policy.named_by_model if settings.pii.ner else (),
        )
        return Guard(
            settings=settings,
            corpora=corpora,
            ledger=ledger,
            detectors=detectors,
            limiter=Limiter(settings.tiers),
            resources=opened.pop_all(),
        )
