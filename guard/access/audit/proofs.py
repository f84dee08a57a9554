"""
Rows of the audit with proof that they stand there, and nothing of the rows between them.

A row between two that are shown is represented by its digest, which is all that following the chain takes.  The proof
of a chain ends at a row that a signed checkpoint states.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from guard.access.audit import checkpoints
from guard.access.audit.chain import SUFFIX
from guard.access.audit.checkpoints import Checkpoint
from guard.access.audit.keys import PublicKey
from guard.access.audit.rows import START, Row, digest_of, link, parsed
from guard.access.audit.verifying import Report


@dataclass(frozen=True, slots=True)
class Proof:
    """
    Part of one chain.

    Attributes:
        chain: Its name.
        first: Number of the first entry.
        before: Hash of the row before it, as hexadecimal digits.
        entries: Rows that are shown (their bodies, as text) and digests of the others (hexadecimal digits), in order.
        checkpoint: The line of the checkpoint that states the last of them.
    """

    chain: str
    first: int
    before: str
    entries: Sequence[tuple[str, str]]
    checkpoint: str

    def to_dict(self) -> dict[str, Any]:
        """Return the proof as JSON-ready values."""
        return {
            "chain": self.chain,
            "first": self.first,
            "before": self.before,
            "entries": [{kind: value} for kind, value in self.entries],
            "checkpoint": self.checkpoint,
        }

    @property
    def shown(self) -> list[dict[str, Any]]:
        """The rows that are shown, read."""
        return [json.loads(value) for kind, value in self.entries if kind == "row"]


def proofs(folder: Path, wanted: Callable[[Mapping[str, Any]], bool]) -> list[Proof]:
    """
    Return, for every chain that holds a *wanted* row under a checkpoint, those rows with their proof.

    Args:
        folder: Of the audit.
        wanted: Says of a row's fields whether it is to be shown.

    Raises:
        OSError: A file cannot be read.
    """
    stated = _stated(folder / checkpoints.FILE)
    found = (_proof(path, wanted, stated.get(path.stem, {})) for path in sorted(folder.glob(f"*{SUFFIX}")))
    return [proof for proof in found if proof is not None]


def _stated(path: Path) -> dict[str, dict[int, Checkpoint]]:
    """Return the checkpoints by chain and number of the row that they state."""
    found: dict[str, dict[int, Checkpoint]] = {}
    if not path.exists():
        return found
    with path.open("rb") as file:
        for line in file:
            checkpoint = checkpoints.parsed(line.removesuffix(b"\n"))
            for chain, head in () if checkpoint is None else checkpoint.chains.items():
                assert checkpoint is not None
                found.setdefault(chain, {})[head.rows] = checkpoint
    return found


def _proof(path: Path, wanted: Callable[[Mapping[str, Any]], bool], stated: Mapping[int, Checkpoint]) -> Proof | None:
    entries: list[tuple[str, str]] = []
    before = START
    first = 0
    kept: tuple[int, Checkpoint] | None = None
    pending = False
    for row in _rows(path):
        show = wanted(row.fields)
        if show and not first:
            first, start = row.n, before
        if first:
            entries.append(("row", row.body.decode()) if show else ("digest", digest_of(row.body).hex()))
            pending = pending or show
            if pending and row.n in stated:
                kept, pending = (len(entries), stated[row.n]), False
        before = row.hash
    if kept is None:
        return None
    number, checkpoint = kept
    return Proof(path.stem, first, start.hex(), entries[:number], checkpoint.line.decode())


def _rows(path: Path) -> Iterable[Row]:
    with path.open("rb") as file:
        for line in file:
            row = parsed(line.removesuffix(b"\n"))
            if row is not None:
                yield row


def check_proof(told: Any, keys: Mapping[str, PublicKey], report: Report) -> None:
    """Check one proof, as :meth:`Proof.to_dict` told it, and add what is wrong to *report*."""
    try:
        chain, number, before = str(told["chain"]), int(told["first"]), bytes.fromhex(told["before"])
        checkpoint = checkpoints.parsed(told["checkpoint"].encode())
        for entry in told["entries"]:
            ((kind, value),) = entry.items()
            body = value.encode() if kind == "row" else b""
            if kind == "row":
                fields = json.loads(body)
                if (fields["chain"], fields["n"]) != (chain, number):
                    report.problem(chain, number, "is another row than it says")
                report.rows += 1
            before = link(before, digest_of(body) if kind == "row" else bytes.fromhex(value))
            number += 1
    except (KeyError, TypeError, ValueError, AttributeError):
        report.problem("bundle", None, "a proof is malformed")
        return
    report.chains += 1
    if checkpoint is None or not checkpoint.by(keys):
        report.problem(chain, None, "its checkpoint is not signed by a known key")
        return
    report.checkpoints += 1
    head = checkpoint.chains.get(chain)
    if head is None or (head.rows, head.hash) != (number - 1, before):
        report.problem(chain, None, "does not lead to what its checkpoint states: altered")
