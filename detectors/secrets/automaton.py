"""The scanner for machines without Hyperscan: Aho-Corasick over the rules' literals, then :mod:`re`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from detectors.secrets.rule import SHORTEST, Rule
from detectors.secrets.scan import MARKS, WORDS, Hits, compiled_values

if TYPE_CHECKING:
    import ahocorasick

_SHORT: Final = 1
"""A literal of one character stands everywhere, so its rules look at every run that is long enough."""

_RUN: Final = re.compile(rf"[^ \t\r\n]{{{SHORTEST},}}")


class AutomatonScanner:
    """
    Finds the literals of all rules and words at once; where a rule has none, every long run is its.

    Args:
        rules: The rules.
    """

    name = "aho-corasick"

    def __init__(self, rules: Sequence[Rule]) -> None:
        import ahocorasick

        self._always = tuple(
            number for number, rule in enumerate(rules) if any(len(anchor) <= _SHORT for anchor in rule.anchor)
        )
        by_literal: dict[str, tuple[list[int], bool, bool]] = {}
        for number, rule in enumerate(rules):
            for anchor in rule.anchor:
                if len(anchor) > _SHORT and number not in self._always:
                    by_literal.setdefault(anchor, ([], False, False))[0].append(number)
        for words, place in ((WORDS, 1), (MARKS, 2)):
            for word in words:
                numbers, a_word, a_mark = by_literal.get(word, ([], False, False))
                by_literal[word] = (numbers, a_word or place == 1, a_mark or place == 2)  # noqa: PLR2004
        automaton: ahocorasick.Automaton = ahocorasick.Automaton()
        for literal, (numbers, a_word, a_mark) in by_literal.items():
            automaton.add_word(literal, (tuple(numbers), a_word, literal if a_mark else None))
        automaton.make_automaton()
        self._automaton = automaton
        self._values = compiled_values()

    def scan(self, view: bytes) -> Hits:
        """See :meth:`detectors.secrets.scan.Scanner.scan`."""
        text = view.decode("latin-1")
        hits = Hits([], [match.start() for match in self._values.finditer(text)], [], set())
        # `bytes.lower` lowers ASCII alone, as Hyperscan does.
        for last, (numbers, a_word, mark) in self._automaton.iter(view.lower().decode("latin-1")):
            hits.tokens.extend((number, last + 1) for number in numbers)
            if a_word:
                hits.words.append(last + 1)
            if mark is not None:
                hits.marks.add(mark)
        for run in _RUN.finditer(text):
            hits.tokens.extend((number, run.end()) for number in self._always)
        return hits
