"""A document as it is handed in, and what is kept of it beside its text."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from corpora.identity import normal_identity
from corpora.labels import INTERNAL, known_label

MAX_ID_LENGTH: Final = 1024
DEFAULT_TENANT: Final = "default"


@dataclass(frozen=True, slots=True)
class DocumentRef:
    """The name of one document: its corpus and its id there."""

    corpus: str
    id: str


def normal_reader(reader: str) -> str:
    """
    Return the one spelling of a reader rule: ``user:ID``, ``group:NAME``, ``tenant:ID`` or ``*``; ``!`` denies.

    Raises:
        ValueError: The rule has another shape.
    """
    text = reader.strip()
    deny = "!" if text.startswith("!") else ""
    body = text[len(deny) :].strip()
    if body == "*":
        return deny + body
    scope, colon, name = body.partition(":")
    scope = scope.strip().casefold()
    if not colon or scope not in {"user", "group", "tenant"}:
        raise ValueError("a reader is 'user:ID', 'group:NAME', 'tenant:ID' or '*', with '!' in front to deny")
    return f"{deny}{scope}:{normal_identity(name, what=scope)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """
    A document to protect.

    Attributes:
        id: Unique in its corpus; at most :data:`MAX_ID_LENGTH` characters.
        text: The whole text; every offset of this product into a document refers to it.
        label: public, internal, confidential or restricted; an unknown label becomes restricted.
        readers: ``user:ID``, ``group:NAME``, ``tenant:ID``, ``*`` (everybody identified in the document's tenant);
            a leading ``!`` denies and wins.  Empty means nobody, unless the label is public.
        tenant: The tenant in which user and group names of *readers* resolve.
        title: For people; never shown to callers without the right to see sources.

    Raises:
        ValueError: The id is empty or too long, the text holds lone surrogates, or a reader has an unknown shape.
    """

    id: str
    text: str = field(repr=False)
    label: str = INTERNAL
    readers: frozenset[str] = frozenset()
    tenant: str = DEFAULT_TENANT
    title: str = ""

    def __post_init__(self) -> None:
        if not isinstance(self.id, str) or not self.id.strip() or len(self.id) > MAX_ID_LENGTH:
            raise ValueError(f"a document id has 1 to {MAX_ID_LENGTH} characters")
        if not isinstance(self.text, str):
            raise ValueError("a document's text must be a str; decode bytes first")
        for name, value in (("id", self.id), ("text", self.text), ("title", self.title)):
            try:
                value.encode("utf-8")
            except UnicodeEncodeError as error:
                raise ValueError(f"the document's {name} holds a lone surrogate at offset {error.start}") from None
        readers: object = self.readers
        if isinstance(readers, str):
            raise ValueError("readers is a set of rules, not one string")
        object.__setattr__(self, "label", known_label(self.label))
        object.__setattr__(self, "readers", frozenset(normal_reader(reader) for reader in self.readers))
        object.__setattr__(self, "tenant", normal_identity(self.tenant, what="tenant"))


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentInfo:
    """
    What a corpus tells about a document without its text.

    Attributes:
        corpus: Name of the corpus.
        kind: Kind of the corpus: retrieval, training, public or prompt.
        length: Length of the text in code points.
        family: Key of the account that this document shares with its near-duplicates; the id of the first of them,
            as it was when it was first seen.
    """

    corpus: str
    kind: str
    id: str
    label: str
    readers: frozenset[str]
    tenant: str
    length: int
    family: str
    title: str = ""

    @property
    def ref(self) -> DocumentRef:
        """The name of this document."""
        return DocumentRef(self.corpus, self.id)
