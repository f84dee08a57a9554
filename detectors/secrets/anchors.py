"""Which rules can match at all: one look at a text for every rule's literals at once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any, Final

from detectors.secrets.rule import Rule

_SHORT: Final = 1
"""A literal of one character stands everywhere, so its rules are always tried."""


class Anchors:
    """The rules by their literals; a literal is looked for in lower-case text."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._always = tuple(rule for rule in rules if any(len(anchor) <= _SHORT for anchor in rule.anchor))
        literals = sorted({anchor for rule in rules for anchor in rule.anchor if len(anchor) > _SHORT})
        heads = {literal: [one for one in literals if literal.startswith(one)] for literal in literals}
        by_literal: dict[str, list[Rule]] = {literal: [] for literal in literals}
        for rule in rules:
            for anchor in rule.anchor:
                if len(anchor) > _SHORT:
                    by_literal[anchor].append(rule)
        # Of the literals that begin in one place the longest is found; those that begin it stand there too.
        self._rules = {
            literal: tuple(dict.fromkeys(rule for head in heads[literal] for rule in by_literal[head]))
            for literal in literals
        }
        self._pattern = re.compile(f"(?=({_alternatives(literals)}))") if literals else None

    def __contains__(self, literal: str) -> bool:
        return literal in self._rules

    def rules(self, lower: str) -> Iterable[Rule]:
        """Return the rules of which a literal stands in *lower*, in a fixed order, each once."""
        found: dict[Rule, None] = dict.fromkeys(self._always)
        if self._pattern is not None:
            for literal in sorted(set(self._pattern.findall(lower))):
                found.update(dict.fromkeys(self._rules[literal]))
        return found


def _alternatives(literals: Sequence[str]) -> str:
    """Return a pattern that matches the longest of *literals*; shared beginnings are tried once."""
    tree: dict[str, Any] = {}
    for literal in literals:
        node = tree
        for char in literal:
            node = node.setdefault(char, {})
        node[""] = {}
    return _written(tree)


def _written(tree: dict[str, Any]) -> str:
    parts = [re.escape(char) + _written(rest) for char, rest in sorted(tree.items()) if char]
    if not parts:
        return ""
    body = parts[0] if len(parts) == 1 else f"(?:{'|'.join(parts)})"
    return f"(?:{body})?" if "" in tree else body
