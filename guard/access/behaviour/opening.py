"""Opens everything that watches behaviour, as the settings say."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from typing import TYPE_CHECKING

from guard.access.behaviour.book import Book
from guard.access.behaviour.observer import Behaviour
from guard.access.behaviour.score import Scale
from guard.access.behaviour.store import open_store

if TYPE_CHECKING:
    from corpora.corpus import Corpus
    from guard.settings import Settings


def open_behaviour(settings: Settings, corpora: Mapping[str, Corpus], opened: ExitStack) -> Behaviour | None:
    """
    Return what watches users, to be closed with *opened*; None where the settings want nobody watched.

    Args:
        settings: Of the installation.
        corpora: Open corpora by name.
        opened: Closes it, before the corpora.
    """
    wanted = settings.behaviour
    if not wanted.enabled:
        return None
    behaviour = Behaviour(
        Book(open_store(settings.ledger.url), most=wanted.users, every=wanted.write_every),
        Scale(slow=wanted.slow, release=wanted.release, half_life=wanted.half_life),
        corpora=corpora,
    )
    opened.callback(behaviour.close)
    return behaviour
