"""How users behave: statistics in bounded memory, a score with its reasons, campaigns across accounts."""

from guard.access.behaviour.book import Book
from guard.access.behaviour.observer import Behaviour
from guard.access.behaviour.score import Scale
from guard.access.behaviour.store import open_store

__all__ = ["Behaviour", "Book", "Scale", "open_store"]
