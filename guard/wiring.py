"""The only builder: settings in, a guard with everything opened out."""

from __future__ import annotations

from contextlib import ExitStack

from corpora.corpus import Corpus
from corpora.errors import CorpusError
from guard.access.entitlements.opening import open_entitlements
from guard.access.ledger import open_ledger
from guard.access.limits import Limiter, Metering, open_windows
from guard.access.window import FixedWindow
from guard.decoys import Decoys
from guard.engine import Guard
from guard.errors import ConfigError
from guard.personal_file import check_key
from guard.settings import Settings
from guard.watch.canaries import CanaryObserver
from guard.wiring_watch import open_watch


def build(settings: Settings) -> Guard:
    """
    Open the corpora, the ledger and the detectors that *settings* name.

    Raises:
        ConfigError: A corpus is not there under its name.
        corpora.errors.CorpusError: An index cannot be opened; the message names its path.
        guard.errors.LedgerUnavailable: The ledger cannot be opened.
    """
    from detectors.canaries import CanaryDetector
    from detectors.registry import open_detectors

    _check_entities(settings)
    windows = _windows(settings)
    with ExitStack() as opened:
        corpora: dict[str, Corpus] = {}
        for one in settings.corpora:
            try:
                corpus = opened.enter_context(Corpus.open(one.path))
            except CorpusError as error:
                raise type(error)(f"corpus {one.name!r}: {error}") from error
            except ValueError:
                raise ConfigError(f"corpus {one.name!r}: its path holds characters that no path can hold") from None
            if corpus.name != one.name:
                raise ConfigError(f"corpus {one.name!r}: the index at {one.path} is named {corpus.name!r}")
            corpora[one.name] = corpus
        ledger = open_ledger(settings.ledger.url, durability=settings.ledger.durability)
        opened.callback(ledger.close)
        detectors = open_detectors(
            tuple(corpora.values()),
            canary_keys=settings.canary_keys,
            model=settings.pii.model,
            names=settings.policy.named_by_model if settings.pii.ner else (),
            assurance=settings.pii.assurance,
        )
        limiter = Limiter(settings.tiers, open_windows(settings.limits_store))
        decoys = Decoys(settings.canary_keys)
        canaries = [CanaryObserver(one, decoys) for one in detectors if isinstance(one, CanaryDetector)]
        watch = open_watch(
            settings,
            opened,
            ledger,
            corpora,
            gates=[limiter],
            observers=[Metering(limiter, settings.prices), *canaries],
        )
        return Guard(
            settings=settings,
            corpora=corpora,
            ledger=ledger,
            detectors=detectors,
            limiter=limiter,
            resources=opened.pop_all(),
            windows=windows,
            watch=watch,
            decoys=decoys,
            entitlements=open_entitlements(settings.entitlements),
        )


def _windows(settings: Settings) -> FixedWindow:
    """Make sure that a window which is to be shown has a key: without one its place would be anybody's guess."""
    if settings.window_key is None:
        for label, limits in settings.policy.labels.items():
            if limits.windowed and limits.window > 0:
                raise ConfigError(
                    f"labels.{label}.window needs a secret key that picks the windows: add [window] with key_env or "
                    f"key_file, or set labels.{label}.run = 0 to show nothing"
                )
    return FixedWindow(settings.window_key)


def _check_entities(settings: Settings) -> None:
    """Make sure that what the policy guards is looked for: a rule that never applies protects nobody."""
    from detectors.pii.entities import ENTITIES, NER_ENTITIES, STRUCTURED

    for entity in sorted(settings.policy.pii.keys() - ENTITIES - {"default"}):
        raise ConfigError(f"rules.pii.{entity}: no such entity; known are {', '.join(sorted(ENTITIES))}")
    for label, actions in settings.policy.label_pii.items():
        for entity in sorted(actions.keys() - ENTITIES):
            raise ConfigError(f"labels.{label}.pii.{entity}: no such entity; known are {', '.join(sorted(ENTITIES))}")
    if settings.pii.assurance:
        _check_second_model(ner=settings.pii.ner)
    check_key(settings.policy, settings.pseudonym_key, "settings")
    by_pattern = {name for recogniser in STRUCTURED for name in recogniser.entities}
    for entity in sorted((settings.policy.named_by_model & NER_ENTITIES) - by_pattern):
        if not settings.pii.ner:
            raise ConfigError(f"rules.pii.{entity} needs names to be looked for, but pii.ner is false; set it to true")


def _check_second_model(*, ner: bool) -> None:
    """Make sure now that the second model is there: a guard that finds out at the first answer protects nobody."""
    from detectors.errors import DetectorUnavailable
    from detectors.pii.assurance import installed

    if not ner:
        raise ConfigError("pii.assurance needs names to be looked for, but pii.ner is false; set it to true")
    try:
        installed()
    except DetectorUnavailable as error:
        raise ConfigError(f"pii.assurance: {error}") from None
