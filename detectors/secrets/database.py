"""The scanner that uses Hyperscan: one database with a short piece of every rule, and every word."""

from __future__ import annotations

import hashlib
import json
import logging
import platform
import re
import threading
from collections.abc import Sequence
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from detectors.secrets import store
from detectors.secrets.factors import factors
from detectors.secrets.rule import Rule
from detectors.secrets.scan import MARKS, SHORTEST_VALUE, VALUE_CLASS, WORDS, Hits

if TYPE_CHECKING:
    import hyperscan

_log: Final = logging.getLogger(__name__)

_FORMAT: Final = 1
_VALUE: Final = -1
_WORD: Final = -2
_MARK: Final = -3
"""Below this, the number says which of :data:`MARKS`: ``_MARK - place``."""


class Expression(NamedTuple):
    """One expression of the database, what it stands for, and whether case matters."""

    pattern: str
    means: int
    case: bool


def expressions(rules: Sequence[Rule]) -> list[Expression]:
    """Return everything that is looked for; a rule is meant by its number, the rest by negative ones."""
    found = [
        Expression(factor, number, case=True) for number, rule in enumerate(rules) for factor in factors(rule.pattern)
    ]
    found.append(
        Expression(rf"(?:^|[^{VALUE_CLASS}])[{VALUE_CLASS}]{{{SHORTEST_VALUE}}}", _VALUE, case=True),
    )
    found.extend(Expression(_literal(word), _WORD, case=False) for word in WORDS)
    found.extend(Expression(_literal(mark), _MARK - place, case=False) for place, mark in enumerate(MARKS))
    return found


def _literal(word: str) -> str:
    return "".join(f"\\x{byte:02x}" for byte in word.encode("latin-1"))


@cache
def available() -> bool:
    """Say whether Hyperscan is installed and runs on this processor."""
    if find_spec("hyperscan") is None:
        return False
    import hyperscan

    try:
        database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
        database.compile(expressions=[b"a"], ids=[0], elements=1, flags=[0])
    except hyperscan.HyperscanError as error:
        _log.warning("Hyperscan does not run here (%s); Aho-Corasick is used instead", type(error).__name__)
        return False
    return True


class HyperscanScanner:
    """
    Looks for everything in one pass.

    Args:
        rules: The rules.
        cache: Folder where the compiled database is kept; None keeps nothing.
    """

    name = "hyperscan"

    def __init__(self, rules: Sequence[Rule], *, cache: Path | None) -> None:
        key = database_key(rules)
        loaded = _load(cache, key) if cache is not None else None
        if loaded is None:
            found = expressions(rules)
            loaded = _compiled(found), [one.means for one in found]
            if cache is not None:
                _keep(cache, key, *loaded)
        self._database, self._means = loaded
        self._local = threading.local()

    def scan(self, view: bytes) -> Hits:
        """See :meth:`detectors.secrets.scan.Scanner.scan`."""
        import hyperscan

        seen: list[tuple[int, int]] = []
        scratch = getattr(self._local, "scratch", None)
        if scratch is None:
            # Scratch space serves one scan at a time, so each thread has its own.
            scratch = self._local.scratch = hyperscan.Scratch(database=self._database)
        self._database.scan(view, match_event_handler=_remember, context=seen, scratch=scratch)
        hits = Hits([], [], [], set())
        for number, end in seen:
            means = self._means[number]
            if means >= 0:
                hits.tokens.append((means, end))
            elif means == _VALUE:
                hits.values.append(end - SHORTEST_VALUE)
            elif means == _WORD:
                hits.words.append(end)
            else:
                hits.marks.add(MARKS[_MARK - means])
        hits.values.sort()
        return hits


def _remember(number: int, _start: int, end: int, _flags: int, seen: Any) -> None:
    seen.append((number, end))


def _compiled(found: Sequence[Expression]) -> hyperscan.Database:
    import hyperscan

    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    database.compile(
        expressions=[one.pattern.encode("latin-1") for one in found],
        ids=list(range(len(found))),
        elements=len(found),
        flags=[hyperscan.HS_FLAG_DOTALL | (0 if one.case else hyperscan.HS_FLAG_CASELESS) for one in found],
    )
    return database


def database_key(rules: Sequence[Rule]) -> str:
    """Return the name under which the database of *rules* is kept; it follows them, the library and the processor."""
    parts = [
        str(_FORMAT),
        version("hyperscan"),
        platform.machine(),
        _processor(),
        VALUE_CLASS,
        str(SHORTEST_VALUE),
        *WORDS,
        *MARKS,
        *(rule.pattern for rule in rules),
    ]
    digest = hashlib.sha256()
    for part in parts:
        encoded = part.encode()
        digest.update(len(encoded).to_bytes(4) + encoded)
    return digest.hexdigest()[:40]


@cache
def _processor() -> str:
    """Return what the processor can do: a database compiled for one does not run on another that can do less."""
    try:
        match = re.search(
            r"^(?:flags|Features)\s*:(.*)$", Path("/proc/cpuinfo").read_text(encoding="ascii"), re.MULTILINE
        )
    except (OSError, UnicodeDecodeError):
        match = None
    return " ".join(sorted(match.group(1).split())) if match else platform.processor()


def _load(folder: Path, key: str) -> tuple[hyperscan.Database, list[int]] | None:
    import hyperscan

    kept = store.load(folder, f"secrets-{key}.hsdb")
    if kept is None:
        return None
    head, _, body = kept.partition(b"\n")
    try:
        means = [int(number) for number in json.loads(head)]
        return hyperscan.loadb(body, hyperscan.HS_MODE_BLOCK), means
    except (ValueError, TypeError, hyperscan.HyperscanError) as error:
        _log.warning("the compiled patterns in %s are compiled anew (%s)", folder, type(error).__name__)
        return None


def _keep(folder: Path, key: str, database: hyperscan.Database, means: Sequence[int]) -> None:
    import hyperscan

    store.keep(folder, f"secrets-{key}.hsdb", json.dumps(list(means)).encode() + b"\n" + hyperscan.dumpb(database))
