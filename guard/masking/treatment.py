"""How a personal value is redacted: what the policy file calls mask, hash and format are ways of redacting."""

from __future__ import annotations

from enum import StrEnum

from guard.verdict import Action


class Treatment(StrEnum):
    """What is written where a value was."""

    REDACT = "redact"
    """``<EMAIL_ADDRESS>``: what it was, nothing more."""
    MASK = "mask"
    """``<EMAIL_ADDRESS_1>``: the same value has the same number in one answer."""
    HASH = "hash"
    """``<EMAIL_ADDRESS:4f2c9a1b7d3e>``: a keyed pseudonym, the same in every answer of one tenant."""
    FORMAT = "format"
    """``**.******@****.***``: letters and digits starred out, everything else as it was."""


def treated(word: str) -> tuple[Action, Treatment]:
    """
    Return the action and the treatment that *word* of a policy file stands for.

    Raises:
        ValueError: There is no such word.
    """
    if word in {"allow", "block"}:
        return Action[word.upper()], Treatment.REDACT
    return Action.REDACT, Treatment(word)
