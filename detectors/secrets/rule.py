"""A rule carries its own evidence: samples that it must and must not match, checked before it is used."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from detectors.errors import RuleError

LONGEST: Final = 4096
"""Longest token a rule matches, in characters; a longer one is found as far as this."""

SHORTEST: Final = 12
"""Shortest run without white space in which a rule can match, in characters."""

_NAME: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\Z")


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """
    One kind of credential that can be told by its own shape.

    Attributes:
        name: Stable, lower case with hyphens, the service first: ``github-token``.
        pattern: Regular expression without white space in what it matches; the group ``secret`` is the credential where
            that is not the whole match.
        anchor: Literals, lower case, of which every match holds at least one: the cheap first test.
        source: Where the service documents the format.
        matches: Samples, built and not pasted, that must be found whole, or in which ``secret`` must be found.
        near_misses: Samples in which nothing may be found.
        valid: Looks closer at the credential: checksums, decoding.
        confidence: In ``[0, 1]``.

    Raises:
        RuleError: The rule contradicts its samples, has none, or its anchor is not in what it matches.
    """

    name: str
    pattern: str
    anchor: tuple[str, ...]
    source: str
    matches: tuple[str, ...]
    near_misses: tuple[str, ...] = ()
    valid: Callable[[str], bool] | None = None
    confidence: float = 0.95

    def __post_init__(self) -> None:
        if not _NAME.match(self.name):
            raise RuleError(f"rule name {self.name!r} is not lower-case words joined by hyphens")

    @property
    def regex(self) -> re.Pattern[str]:
        """
        The compiled pattern; compiled when it is first needed, for there are hundreds.

        Raises:
            RuleError: It does not compile.
        """
        try:
            return _compiled(self.pattern)
        except re.error as error:
            raise RuleError(f"rule {self.name}: the pattern does not compile: {error}") from None

    def find(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield where credentials stand in *text*; every place where one begins counts, so none hides another."""
        regex = self.regex
        group = "secret" if "secret" in regex.groupindex else 0
        match = regex.search(text)
        while match:
            start, end = match.span(group)
            if self.valid is None or self.valid(match.group(group)):
                yield start, end
            match = regex.search(text, match.start() + 1)

    def check(self) -> None:  # noqa: C901 - one question after the other
        """
        Try every sample.

        Raises:
            RuleError: A sample is not judged as the rule says.
        """
        regex = self.regex
        if not self.matches:
            raise RuleError(f"rule {self.name} has no sample to match")
        if not self.source.startswith("https://"):
            raise RuleError(f"rule {self.name} does not name its source")
        for number, sample in enumerate(self.matches):
            lowered = sample.lower()
            if not any(anchor in lowered for anchor in self.anchor):
                raise RuleError(f"rule {self.name}: sample {number} holds no anchor")
            spans = list(self.find(sample))
            whole = [span for span in spans if "secret" in regex.groupindex or span == (0, len(sample))]
            if not whole:
                raise RuleError(f"rule {self.name}: sample {number} is not found whole")
            if re.search(r"\s", sample) or len(sample) < SHORTEST:
                raise RuleError(f"rule {self.name}: sample {number} holds white space or is shorter than {SHORTEST}")
            # A decoy that looks like the head of a token must not hide the token behind it.
            head = sample[: max(1, len(sample) // 3)]
            shift = len(head) + 1
            if (whole[0][0] + shift, whole[0][1] + shift) not in set(self.find(head + " " + sample)):
                raise RuleError(f"rule {self.name}: sample {number} hides behind a decoy")
        for number, sample in enumerate(self.near_misses):
            if any(self.find(sample)):
                raise RuleError(f"rule {self.name}: near miss {number} is found")
        if any(anchor != anchor.lower() or not anchor for anchor in self.anchor) or not self.anchor:
            raise RuleError(f"rule {self.name}: an anchor is empty or not lower case")
