"""Credentials without a shape of their own: a service's name nearby and the right length and letters."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from detectors.errors import RuleError
from detectors.secrets.build import sample
from detectors.secrets.trie import any_of


@cache
def _compiled(shape: str) -> re.Pattern[str]:
    return re.compile(shape)


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """
    A credential told by the name of its service and the form of its value.

    Attributes:
        name: Stable rule name, the service first.
        words: Names of the service, lower case, as text writes them.
        shape: Regular expression that the whole value matches.
        source: Where the service documents it.
        match: A value that fits, built.
    """

    name: str
    words: tuple[str, ...]
    shape: str
    source: str
    match: str

    @property
    def regex(self) -> re.Pattern[str]:
        """The compiled shape."""
        return _compiled(self.shape)

    def check(self) -> None:
        """
        Try the sample.

        Raises:
            RuleError: It does not fit, or a name is not lower case.
        """
        if not self.regex.fullmatch(self.match):
            raise RuleError(f"rule {self.name}: its sample does not fit")
        if not self.words or any(word != word.lower() for word in self.words):
            raise RuleError(f"rule {self.name}: names of a service are lower case, at least one")


def keyed(name: str, words: str, alphabet: str, size: int | tuple[int, int], source: str) -> Service:
    """Return the service whose credential is *size* letters of *alphabet*; *words* are separated by commas."""
    least, most = (size, size) if isinstance(size, int) else size
    return Service(
        name=name,
        words=tuple(word.strip() for word in words.split(",")),
        shape=f"[{alphabet}]{{{least},{most}}}",
        source=source,
        match=sample(alphabet, least),
    )


def services_named(before: str, behind: str) -> Iterator[Service]:
    """Yield the services that the lower-case text around a value names, nearest first."""
    pattern, by_word = _index()
    seen: set[str] = set()
    for text in (before, behind):
        for match in reversed(list(pattern.finditer(text))):
            for service in by_word[match.group()]:
                if service.name not in seen:
                    seen.add(service.name)
                    yield service


@cache
def _index() -> tuple[re.Pattern[str], dict[str, list[Service]]]:
    from detectors.secrets.rules.keyed import SERVICES

    by_word: dict[str, list[Service]] = {}
    for service in SERVICES:
        for word in service.words:
            by_word.setdefault(word, []).append(service)
    return re.compile(r"(?<![a-z])" + any_of(by_word)), by_word


UUID_SHAPE: Final = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"


def keyed_uuid(name: str, words: str, source: str) -> Service:
    """Return the service whose credential is a UUID."""
    return Service(
        name=name,
        words=tuple(word.strip() for word in words.split(",")),
        shape=UUID_SHAPE,
        source=source,
        match="1a2b3c4d-5e6f-4a1b-8c2d-" + sample("a-f0-9", 12),
    )
