"""The knowledge base of a made-up company, with people who ask about it: for the demo and for trying things out."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, cast

__all__ = [
    "CANARY_PLACEHOLDER",
    "SAMPLE_TENANT",
    "SampleQuestion",
    "SampleUser",
    "sample_path",
    "sample_questions",
    "sample_users",
]

SAMPLE_TENANT: Final = "halden"

CANARY_PLACEHOLDER: Final = "{{canary}}"
"""Stands on a line of its own in two documents, where whoever builds the corpus puts a marker."""

_HERE: Final = Path(__file__).parent


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleUser:
    """
    Somebody who asks.

    Attributes:
        name: User name in the tenant :data:`SAMPLE_TENANT`.
        groups: Groups of the user there.
        about: Who that is, in a few words.
    """

    name: str
    groups: frozenset[str]
    about: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleQuestion:
    """
    A question of the scripted session.

    Attributes:
        user: Name of the :class:`SampleUser` who asks.
        text: The question.
        kind: ``"ordinary"``: answered by a document that the user may read; ``"attack"``: made to carry one out.
        about: Id of that document.
    """

    user: str
    text: str
    kind: Literal["ordinary", "attack"]
    about: str


def sample_path() -> Path:
    """Return the folder of the documents; read it with :func:`corpora.readers.read_documents`."""
    return _HERE / "documents"


def sample_users() -> tuple[SampleUser, ...]:
    """Return the people of the demo, in the order in which they ask."""
    return tuple(
        SampleUser(name=row["name"], groups=frozenset(row["groups"]), about=row["about"])
        for row in _rows("users.toml", "user")
    )


def sample_questions(user: str | None = None) -> tuple[SampleQuestion, ...]:
    """Return the questions in the order of the session: all of them, or those of the one *user*."""
    questions = (SampleQuestion(**row) for row in _rows("questions.toml", "question"))
    return tuple(question for question in questions if user is None or question.user == user)


def _rows(name: str, table: str) -> list[dict[str, Any]]:
    return cast("list[dict[str, Any]]", tomllib.loads((_HERE / name).read_text(encoding="utf-8"))[table])
