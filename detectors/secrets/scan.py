"""One look at a text for everything that could be part of a credential; what it sees is confirmed place by place."""
# ruff: noqa: E501 - words

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple, Protocol

from detectors.secrets.rule import Rule

SHORTEST_VALUE: Final = 16
"""Fewest characters of a value without a form of its own."""

VALUE_CLASS: Final = r"A-Za-z0-9_+/.~\-"
"""The characters of such a value."""

WORDS: Final = (
    "passw", "passp", "passc", "pass w", "pass p", "pass c", "pass_w", "pass_p", "pass_c", "pass-w", "pass-p", "pass-c",
    "de passe", "de_passe", "de-passe", "pass:", "pass=", "pass :", "pass =", 'pass"', "pass'", "pass`", "pass*",
    "pwd", "pw:", "pw=", "pw :", "pw =", 'pw"', "pw'", "pw`", "pw*", "kennw", "mdp", "contrase", "clave", "parol", "wachtw",
    "senha", "palavra-p", "l\xf6sen", "l\xd6sen", "geheimz", "codew", "pin:", "pin=", "pin :", "pin =", "pin is", "pin was",
    "pin ist", "pin lautet", "pin war", "pin est", "pin es", "pin code", "pin-code", "pincode", 'pin"', "pin`", "pin*",
)  # fmt: skip
"""Pieces of which every word for a password holds one, in lower case; those that Latin-1 can write."""

WIDE_WORDS: Final = ("hasł", "парол", "密码", "パスワード")
"""Those that it cannot."""

MARKS: Final = (
    "private", "putty-user-key", "curl", "<pass", "<secret", "<apikey", "<token", "value=", "login", "username", "sshpass", "redis-cli", "mysql", "net use",
    "securestring", "identified by", "passin", "docker login", "cred", "zugangsdaten", "identifiants", "log in", "basic ",
)  # fmt: skip
"""Pieces that say which other places of a text are worth a look, in lower case."""

VALUE_START: Final = rf"(?<![{VALUE_CLASS}])[{VALUE_CLASS}]{{{SHORTEST_VALUE}}}"


class Hits(NamedTuple):
    """
    What one look at a text found.

    Attributes:
        tokens: ``(number of a rule, end)`` of pieces that every match of the rule holds, in any order; a scanner may add
            pieces that are part of no match, and leaves out none that is.
        values: Where runs of at least :data:`SHORTEST_VALUE` characters of :data:`VALUE_CLASS` begin, in order.
        words: Ends of the :data:`WORDS`, in any order, each once or more.
        marks: Which of the :data:`MARKS` stand in the text.
    """

    tokens: list[tuple[int, int]]
    values: list[int]
    words: list[int]
    marks: set[str]


class Scanner(Protocol):
    """Looks once; safe for many threads at once."""

    @property
    def name(self) -> str:
        """What looks, for messages and figures."""
        ...

    def scan(self, view: bytes) -> Hits:
        """Return what stands in *view*: a text in Latin-1, where what does not fit is a question mark."""
        ...


def view(text: str) -> bytes:
    """Return *text* as scanners see it: one byte a character."""
    return text.encode("latin-1", "replace")


def open_scanner(rules: Sequence[Rule], *, cache: Path | None) -> Scanner:
    """
    Return the fastest scanner that runs here: Hyperscan, or Aho-Corasick with :mod:`re` where there is none.

    Both see the same; compiling the first takes about a second, so what is compiled is kept in *cache*.

    Args:
        rules: The rules; ``Hits.tokens`` names them by their numbers in this sequence.
        cache: Folder for what is compiled; None keeps nothing.
    """
    from detectors.secrets.automaton import AutomatonScanner
    from detectors.secrets.database import HyperscanScanner, available

    return HyperscanScanner(rules, cache=cache) if available() else AutomatonScanner(rules)


def compiled_values() -> re.Pattern[str]:
    """Return the expression for where values begin."""
    return re.compile(VALUE_START)
