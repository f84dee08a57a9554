"""The words of a language, as far as its model brings a list of them."""

from __future__ import annotations

from typing import Any


def dictionary(nlp: Any) -> tuple[frozenset[str], frozenset[str]]:
    """Return the words that the model's lemmatizer lists, and those that are nouns only; empty where it lists none."""
    from pathlib import Path

    from spacy.lookups import Lookups

    folder = Path(nlp.path) / "lemmatizer" / "lookups" if nlp.path else None
    if folder is None or not (folder / "lookups.bin").is_file():
        return frozenset(), frozenset()
    lookups = Lookups().from_disk(folder)
    if not lookups.has_table("lemma_index"):
        return frozenset(), frozenset()
    table = lookups.get_table("lemma_index")
    words = frozenset(word for listed in table.values() for word in listed)
    others = frozenset(word for kind in ("verb", "adj", "adv") if kind in table for word in table[kind])
    return words, words - others
