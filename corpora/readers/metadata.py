"""What is said about a document, from four places, checked and laid over one another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from rapidfuzz.distance import OSA

from corpora.document import DEFAULT_TENANT, MAX_ID_LENGTH, normal_reader
from corpora.errors import ReaderError
from corpora.identity import normal_identity
from corpora.labels import INTERNAL, LABELS, RESTRICTED
from corpora.readers.parts import tidy_title

KEYS: Final = ("id", "label", "readers", "tenant", "title")
"""Every key that front matter, a sidecar file, a rule or a JSON line can set."""

_GUARDS: Final = ("label", "readers", "tenant")


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """
    What is known of a document beside its text.

    Attributes:
        id: None where nothing names one: then the path is the id.
        label: One of the four labels.
        readers: Rules in their one spelling.
        tenant: In its one spelling.
        title: Empty where nothing names one.
        remarks: What the owner should know of how these values came about.
    """

    id: str | None = None
    label: str = INTERNAL
    readers: frozenset[str] = frozenset()
    tenant: str = DEFAULT_TENANT
    title: str = ""
    remarks: tuple[str, ...] = ()


def overlaid(base: Metadata, said: Mapping[str, Any], where: str) -> Metadata:
    """
    Return *base* with every key that *said* holds put in its place.

    Args:
        base: What is known so far.
        said: Raw values by key; keys other than :data:`KEYS` are passed over.
        where: Names the place in messages, for example ``"front matter"``.

    Raises:
        ReaderError: A value has a wrong type or shape.  The document must then be left out: its label is unknown.
    """
    changed: dict[str, Any] = {key: _CHECKS[key](said[key], where) for key in KEYS if key in said}
    if changed.get("id", "") is None:
        del changed["id"]
    if "label" in changed:
        written = changed["label"].strip().casefold()
        changed["label"] = written if written in LABELS else RESTRICTED
        if written not in LABELS:
            remark = f"{where}: the label is none of {', '.join(LABELS)}; the document is held as {RESTRICTED}"
            changed["remarks"] = (*base.remarks, remark)
    return replace(base, **changed)


def check_keys(said: Mapping[Any, Any], where: str) -> tuple[str, ...]:
    """
    Return remarks on keys of *said* that mean nothing here; their names are not repeated, for they may be text.

    Raises:
        ReaderError: A key looks like a misspelt one that keeps people out.  Reading on could free the document.
    """
    unknown = [key for key in said if key not in KEYS]
    for key in unknown:
        name = str(key)[:64].strip().casefold().removesuffix("s")
        close = next((guard for guard in _GUARDS if OSA.distance(name, guard.removesuffix("s")) <= 1), None)
        if close is not None:
            raise ReaderError(f"{where}: a key is spelt almost like '{close}': correct or rename it")
    if not unknown:
        return ()
    keys = "1 key is" if len(unknown) == 1 else f"{len(unknown)} keys are"
    return (f"{where}: {keys} unknown and not used; known are {', '.join(KEYS)}",)


def _id(value: Any, where: str) -> str | None:
    if value is None:
        return None
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or not value.strip() or len(value) > MAX_ID_LENGTH:
        raise ReaderError(f"{where}: id must be a string of 1 to {MAX_ID_LENGTH} characters, or a whole number")
    return value.strip()


def _label(value: Any, where: str) -> str:
    if not isinstance(value, str):
        raise ReaderError(f"{where}: label must be one of {', '.join(LABELS)}")
    return value


def _readers(value: Any, where: str) -> frozenset[str]:
    rules = [value] if isinstance(value, str) and "," not in value else value
    if not isinstance(rules, (list, tuple)) or not all(isinstance(rule, str) for rule in rules):
        raise ReaderError(f"{where}: readers must be a list of strings")
    try:
        return frozenset(normal_reader(rule) for rule in rules)
    except ValueError:
        raise ReaderError(
            f"{where}: a reader must be 'user:ID', 'group:NAME', 'tenant:ID' or '*', with '!' in front to deny"
        ) from None


def _tenant(value: Any, where: str) -> str:
    try:
        return normal_identity(value, what="tenant") if isinstance(value, str) else _no_tenant(where)
    except ValueError:
        return _no_tenant(where)


def _no_tenant(where: str) -> str:
    raise ReaderError(f"{where}: tenant must be a name") from None


def _title(value: Any, where: str) -> str:
    if value is not None and not isinstance(value, str):
        raise ReaderError(f"{where}: title must be a string: put it in quotes")
    return tidy_title(value)


_CHECKS: Final = {"id": _id, "label": _label, "readers": _readers, "tenant": _tenant, "title": _title}
