"""Questions that ask for what stands in the prompt, rather than for something it says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

NEAR: Final = 12
"""Words within which a verb of showing is followed by what is to be shown."""

# English, German, French, Spanish, Italian.  Stems where endings vary.
_SHOW: Final = (
    *("repeat", "print", "output", "reproduc", "recit", "copy", "dump", "reveal", "echo", "regurgitat", "transcrib"),
    *("spell", "write", "show", "list", "display", "return", "give", "tell", "quot", "shar", "past", "includ", "leak"),
    *("wiederhol", "gib", "zeig", "nenn", "zitier", "kopier", "schreib"),
    *("répèt", "répét", "repet", "affich", "montr", "recopi", "écri", "donn"),
    *("repit", "muestr", "copi", "imprim", "escrib", "ripet", "mostr", "stamp", "scriv"),
)
_WHAT: Final = (
    *(
        "context",
        "passage",
        "chunk",
        "excerpt",
        "snippet",
        "source",
        "document",
        "retriev",
        "provided",
        "given",
        "above",
    ),
    *("preceding", "previous", "prompt", "instruction", "everything", "input", "background", "material"),
    *("kontext", "dokument", "auszüge", "quelle", "obige", "vorgabe", "anweisung"),
    *("extrait", "consigne", "fragment", "anterior", "instruccion", "contest", "bran", "precedent", "istruzion"),
)
_WHOLE: Final = (
    *("verbatim", "exact", "literal", "full", "entire", "whole", "complete", "all", "every", "unchanged", "unaltered"),
    *(
        "raw",
        "without",
        "wörtlich",
        "vollständig",
        "gesamt",
        "alle",
        "unverändert",
        "ganz",
        "textuellement",
        "intégral",
    ),
    *("entier", "tous", "tout", "íntegr", "complet", "tod", "testual", "integral", "tutt"),
)
_PHRASES: Final = (
    "word for word",
    "as is",
    "wort für wort",
    "mot pour mot",
    "palabra por palabra",
    "parola per parola",
)
# What speaks of a prompt, never of what a document says.
_ABOUT_THE_PROMPT: Final = (
    *("your context", "your prompt", "your system prompt", "your instructions", "the retrieved", "the context"),
    *("provided context", "given context", "above context", "context above", "the above", "everything above"),
    *("all above", "before this", "ignore previous", "ignore all", "ignore the", "ignore your", "ignore any"),
    *(
        "system message",
        "system prompt",
        "context verbatim",
        "all context",
        "all the context",
        "whole context",
        "entire context",
        "full context",
        "provided documents",
    ),
    *("provided passages", "provided text", "retrieved text", "source material", "knowledge base"),
    *("deinen kontext", "dein kontext", "deine anweisungen", "den kontext", "gesamten kontext", "obigen text"),
    *("le contexte", "votre contexte", "ton contexte", "el contexto", "tu contexto", "il contesto", "tuo contesto"),
)


def asks_for_context(words: Sequence[str]) -> float:
    """
    Return how plainly a question asks to be shown the context: 0 not at all, 0.5 perhaps, 1 in as many words.

    One of several signs, and an easy one to avoid; what an answer really gave away is seen by other signs.

    Args:
        words: Of the question, case folded.
    """
    text = f" {' '.join(words)} "
    about = any(phrase in text for phrase in _ABOUT_THE_PROMPT)
    shows = _shows(words)
    if not shows and not about:
        return 0.0
    whole = any(word.startswith(_WHOLE) for word in words) or any(f" {phrase} " in text for phrase in _PHRASES)
    if about and shows and (whole or len(words) <= 2 * NEAR):
        return 1.0
    if shows and whole:
        return 0.5
    return 0.25


def _shows(words: Sequence[str]) -> bool:
    """Say whether a verb of showing is followed by a word for the context."""
    for at, word in enumerate(words):
        if word.startswith(_SHOW) and any(later.startswith(_WHAT) for later in words[at + 1 : at + 1 + NEAR]):
            return True
    return False
