"""Checking an audit: every row against the one before, every chain against what signed checkpoints say of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from guard.access.audit import checkpoints
from guard.access.audit.chain import SUFFIX, Head
from guard.access.audit.checkpoints import Checkpoint
from guard.access.audit.keys import PublicKey
from guard.access.audit.rows import MAX_ROW, START, Row, digest_of, link, parsed

MOST_PROBLEMS: Final = 100
"""Problems that are listed; there may be more."""


@dataclass(frozen=True, slots=True)
class Problem:
    """
    Something that no honest program does.

    Attributes:
        where: The chain, or ``checkpoints``.
        row: Number of the row or checkpoint it is about; None for the whole.
        what: In words.
    """

    where: str
    row: int | None
    what: str

    def __str__(self) -> str:
        at = "" if self.row is None else f", {'checkpoint' if self.where == 'checkpoints' else 'row'} {self.row}"
        return f"{self.where}{at}: {self.what}"


@dataclass(slots=True)
class Report:
    """
    What verification found.

    Attributes:
        chains: Number of chains.
        rows: Number of rows read.
        checkpoints: Number of checkpoints read.
        uncovered: Rows that no checkpoint states yet: their end could be cut off without a trace.
        problems: Signs of tampering; empty is well.
        notes: What is no tampering and should be known: crashes, gaps, clocks.
    """

    chains: int = 0
    rows: int = 0
    checkpoints: int = 0
    uncovered: int = 0
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        """Whether nothing points to tampering."""
        return not self.problems

    def problem(self, where: str, row: int | None, what: str) -> None:
        """Add a problem, unless there are too many already."""
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(Problem(where, row, what))

    def to_dict(self) -> dict[str, Any]:
        """Return the report as JSON-ready values."""
        return {
            "sound": self.sound,
            "chains": self.chains,
            "rows": self.rows,
            "checkpoints": self.checkpoints,
            "uncovered": self.uncovered,
            "problems": [{"where": one.where, "row": one.row, "what": one.what} for one in self.problems],
            "notes": self.notes,
        }


def verify(folder: Path, keys: Sequence[PublicKey], *, shipped: Sequence[bytes] = ()) -> Report:
    """
    Check the audit in *folder*.

    Args:
        folder: Of the audit.
        keys: Those that may have signed.
        shipped: Lines of checkpoints that were kept elsewhere.

    Returns:
        What was found; sound where nothing points to tampering.

    Raises:
        OSError: A file cannot be read.
    """
    report = Report()
    claims = _checkpoints(folder / checkpoints.FILE, {key.id: key for key in keys}, shipped, report)
    told = {path.stem: path for path in sorted(folder.glob(f"*{SUFFIX}"))}
    for chain in sorted(claims.keys() - told.keys()):
        report.problem(chain, None, "the chain is missing; checkpoints tell of it")
    for chain, path in told.items():
        report.chains += 1
        _Chain(chain, claims.get(chain, {}), report).read(path)
    return report


def _checkpoints(
    path: Path, keys: Mapping[str, PublicKey], shipped: Sequence[bytes], report: Report
) -> dict[str, dict[int, bytes]]:
    """Check the log and return what it says of each chain: hashes by number of row."""
    claims: dict[str, dict[int, bytes]] = {}
    hashes: dict[int, str] = {}
    before, number = checkpoints.FIRST, 0
    for line, ended in _lines(path, checkpoints.MAX_LINE):
        found = parsed_checkpoint(line)
        if found is None:
            if ended:
                report.problem("checkpoints", number + 1, "is no checkpoint: altered, or a crash cut it off")
            else:
                report.notes.append("the last checkpoint was cut off by a crash; the one before it counts")
            continue
        _judge_checkpoint(found, keys, before, number, report)
        report.checkpoints += 1
        before, number = found.hash, found.n
        hashes[found.n] = found.hash
        for chain, head in found.chains.items():
            claims.setdefault(chain, {})[head.rows] = head.hash
    for line in shipped:
        _judge_shipped(line, keys, hashes, claims, report)
    return claims


def parsed_checkpoint(line: bytes) -> Checkpoint | None:
    """Return the checkpoint that *line* is, or None."""
    return checkpoints.parsed(line)


def _judge_checkpoint(
    found: Checkpoint, keys: Mapping[str, PublicKey], before: str, number: int, report: Report
) -> None:
    if found.key not in keys:
        report.problem("checkpoints", found.n, f"is signed by another key ({found.key}); was it exchanged?")
    elif not found.by(keys):
        report.problem("checkpoints", found.n, "its signature is wrong: it was altered")
    if found.n != number + 1:
        report.problem("checkpoints", found.n, f"comes after checkpoint {number}: some are missing or in another order")
    elif found.before != before:
        report.problem("checkpoints", found.n, "does not follow from the checkpoint before it")


def _judge_shipped(
    line: bytes,
    keys: Mapping[str, PublicKey],
    hashes: Mapping[int, str],
    claims: dict[str, dict[int, bytes]],
    report: Report,
) -> None:
    found = parsed_checkpoint(line)
    if found is None or not found.by(keys):
        report.problem("checkpoints", None, "a shipped copy is no checkpoint signed by a known key")
        return
    if found.n not in hashes:
        report.problem("checkpoints", found.n, "was shipped and is missing here: the end of the log was cut off")
    elif hashes[found.n] != found.hash:
        report.problem("checkpoints", found.n, "is not the one that was shipped: the log was written anew")
    for chain, head in found.chains.items():
        claims.setdefault(chain, {})[head.rows] = head.hash


class _Chain:
    """Follows one chain row by row."""

    def __init__(self, name: str, claims: Mapping[int, bytes], report: Report) -> None:
        self._name = name
        self._claims = claims
        self._report = report
        self._head = Head(0, START)
        self._at = 0.0
        self._torn = 0
        self._backwards = 0

    def read(self, path: Path) -> None:
        """Read the whole file."""
        for line, ended in _lines(path, MAX_ROW):
            row = parsed(line)
            if row is not None:
                self._row(row)
            elif ended:
                self._torn += len(line)
            else:
                self._report.notes.append(f"{self._name}: a crash cut the last line off; no row before it is touched")
        if self._torn:
            self._report.problem(self._name, self._head.rows + 1, "is no row: altered")
        self._end()

    def _row(self, row: Row) -> None:
        report, name = self._report, self._name
        report.rows += 1
        self._explain_torn(row)
        if row.fields["chain"] != name:
            report.problem(name, row.n, f"belongs to the chain {str(row.fields['chain'])[:40]}: it was moved here")
        expected = self._head.rows + 1
        if row.n > expected:
            gone = "row" if row.n == expected + 1 else "rows"
            span = f"{expected}" if row.n == expected + 1 else f"{expected} to {row.n - 1}"
            report.problem(name, row.n, f"follows row {self._head.rows}: {gone} {span} deleted, or in another order")
        elif row.n < expected:
            report.problem(name, row.n, f"comes after row {self._head.rows}: in another order, or written twice")
        elif row.hash != link(self._head.hash, digest_of(row.body)):
            report.problem(name, row.n, "does not fit its hash or the row before it: altered")
        claimed = self._claims.get(row.n)
        if claimed is not None and claimed != row.hash:
            report.problem(name, row.n, "is not the one that a checkpoint states: altered after it was signed")
        if row.fields["at"] < self._at:
            self._backwards += 1
        self._at = float(row.fields["at"])
        self._facts(row)
        self._head = Head(row.n, row.hash)

    def _explain_torn(self, row: Row) -> None:
        if not self._torn:
            return
        facts = row.fields.get("facts")
        said = facts.get("torn") if row.fields["kind"] == "chain.opened" and isinstance(facts, dict) else 0
        if said == self._torn:
            self._report.notes.append(f"{self._name}: a crash cut off the line before row {row.n}")
        else:
            self._report.problem(self._name, self._head.rows + 1, "is no row: altered")
        self._torn = 0

    def _facts(self, row: Row) -> None:
        if row.fields["kind"] == "audit.gap":
            lost = row.fields.get("facts", {}).get("lost", "some")
            self._report.notes.append(f"{self._name}: before row {row.n}, {lost} rows could not be written")

    def _end(self) -> None:
        stated = max(self._claims, default=0)
        if stated > self._head.rows:
            self._report.problem(
                self._name,
                self._head.rows,
                f"is the last row, and a checkpoint states {stated}: the end was cut off",
            )
        self._report.uncovered += max(0, self._head.rows - stated)
        if self._backwards:
            self._report.notes.append(f"{self._name}: the clock went backwards {self._backwards} times")


def _lines(path: Path, most: int) -> Iterator[tuple[bytes, bool]]:
    """Yield the lines of a file without their ends, and whether each had one; none where there is no file."""
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return
    with file:
        while line := file.readline(most + 1):
            ended = line.endswith(b"\n")
            # Longer than any of ours: told as it stands, in parts.
            yield line.removesuffix(b"\n"), ended or len(line) > most
