"""The audit: what was written is found unchanged, and every change is found."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guard.access.audit import Audit, verify
from guard.access.audit import checkpoints as log
from guard.access.audit.keys import own_key
from guard.errors import AuditUnavailable
from guard.principal import Principal

ANN = Principal(user="ann", tenant="acme")


def filled(folder: Path, number: int = 12, **options: object) -> Audit:
    folder.mkdir(exist_ok=True)
    audit = Audit(folder, own_key(folder), **options)
    for start in range(number):
        audit.append("verdict", ANN, {"start": start, "end": start + 5}, request_id=f"r{start}")
    return audit


def report_of(folder: Path, *, shipped: tuple[bytes, ...] = ()):
    return verify(folder, [own_key(folder).public], shipped=shipped)


def chain_of(folder: Path) -> Path:
    (path,) = folder.glob("*.chain")
    return path


def lines_of(folder: Path) -> list[bytes]:
    return chain_of(folder).read_bytes().splitlines(keepends=True)


def test_what_was_written_verifies(tmp_path: Path) -> None:
    with filled(tmp_path):
        pass
    report = report_of(tmp_path)

    assert report.sound
    assert (report.chains, report.rows, report.checkpoints, report.uncovered) == (1, 13, 1, 0)
    row = json.loads(lines_of(tmp_path)[3])
    assert row["who"] == {"tenant": "acme", "user": "ann"}
    assert (row["n"], row["kind"], row["request"]) == (4, "verdict", "r2")
    assert row["facts"] == {"start": 2, "end": 7}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_every_change_to_what_a_checkpoint_states_is_found(tmp_path_factory: pytest.TempPathFactory, data) -> None:
    folder = tmp_path_factory.mktemp("audit")
    filled(folder).close()
    path = chain_of(folder)
    lines = lines_of(folder)
    assert len(lines) == 13
    place = data.draw(st.integers(0, 12))
    match data.draw(st.sampled_from(["flip", "delete", "swap", "repeat", "cut", "cut inside", "remove"])):
        case "flip":
            # Lines are not equally long each time, so places are drawn as parts of one.
            at = int(data.draw(st.floats(0, 1, exclude_max=True)) * (len(lines[place]) - 1))
            now = (lines[place][at] - 32 + data.draw(st.integers(1, 94))) % 95 + 32
            lines[place] = lines[place][:at] + bytes([now]) + lines[place][at + 1 :]
        case "delete":
            del lines[place]
        case "swap":
            other = data.draw(st.integers(0, 12).filter(lambda number: number != place))
            lines[place], lines[other] = lines[other], lines[place]
        case "repeat":
            lines.insert(place, lines[place])
        case "cut":
            del lines[place:]
        case "cut inside":
            lines[place:] = [lines[place][: len(lines[place]) // 2]]
        case "remove":
            path.unlink()
    if path.exists():
        path.write_bytes(b"".join(lines))

    assert not report_of(folder).sound


def test_the_report_names_the_row(tmp_path: Path) -> None:
    filled(tmp_path).close()
    lines = lines_of(tmp_path)
    lines[6] = lines[6].replace(b'"start":5', b'"start":6')
    chain_of(tmp_path).write_bytes(b"".join(lines))
    (problem,) = report_of(tmp_path).problems

    assert (problem.where, problem.row) == (chain_of(tmp_path).stem, 7)
    assert "altered" in problem.what


def test_a_row_written_anew_with_all_after_it_is_found(tmp_path: Path) -> None:
    """Whoever may write the file can make hashes that fit; the signed checkpoint tells."""
    from guard.access.audit.rows import START, body_of, digest_of, line_of, link, parsed

    filled(tmp_path).close()
    before, forged = START, []
    for line in lines_of(tmp_path):
        fields = dict(parsed(line[:-1]).fields)
        fields["at"] = 1.0
        body = body_of(fields)
        before = link(before, digest_of(body))
        forged.append(line_of(body, before))
    chain_of(tmp_path).write_bytes(b"".join(forged))
    report = report_of(tmp_path)

    assert [problem.row for problem in report.problems] == [13]
    assert "checkpoint" in report.problems[0].what


def test_a_cut_in_rows_and_checkpoints_alike_is_found_by_a_shipped_copy(tmp_path: Path) -> None:
    shipped = tmp_path / "shipped"
    audit = filled(tmp_path / "a", ship_to=shipped)
    audit.checkpoint()
    rows = lines_of(tmp_path / "a")
    log_lines = (tmp_path / "a" / log.FILE).read_bytes()
    audit.append("verdict", ANN, {"start": 99})
    audit.close()
    chain_of(tmp_path / "a").write_bytes(b"".join(rows))
    (tmp_path / "a" / log.FILE).write_bytes(log_lines)
    copies = tuple(shipped.read_bytes().splitlines())

    assert len(copies) == 2
    assert report_of(tmp_path / "a").sound  # nothing on this machine tells
    assert not report_of(tmp_path / "a", shipped=copies).sound


def test_checkpoints_can_neither_be_taken_out_nor_signed_by_others(tmp_path: Path) -> None:
    audit = filled(tmp_path)
    for _ in range(3):
        audit.append("verdict")
        audit.checkpoint()
    audit.close()
    lines = (tmp_path / log.FILE).read_bytes().splitlines(keepends=True)
    (tmp_path / log.FILE).write_bytes(lines[0] + lines[2])
    assert "missing" in report_of(tmp_path).problems[0].what

    (tmp_path / log.FILE).write_bytes(lines[0] + lines[1].replace(b'"n":2', b'"n":2 ') + lines[2])
    assert "altered" in report_of(tmp_path).problems[0].what

    (tmp_path / log.FILE).write_bytes(b"".join(lines))
    other = tmp_path / "other"
    other.mkdir()
    report = verify(tmp_path, [own_key(other).public])
    assert len(report.problems) == 3
    assert "another key" in report.problems[0].what


def test_a_crash_in_mid_write_is_told_and_is_no_tampering(tmp_path: Path) -> None:
    filled(tmp_path).close()
    with chain_of(tmp_path).open("ab") as file:
        file.write(b'{"chain":"half a ro')
    report = report_of(tmp_path)
    assert report.sound
    assert "crash" in report.notes[0]

    filled(tmp_path, 2).close()  # the next process takes the chain up where it ends
    report = report_of(tmp_path)
    assert report.sound
    assert (report.chains, report.rows) == (1, 16)
    assert "crash" in report.notes[0]


def test_a_whole_row_without_its_end_counts(tmp_path: Path) -> None:
    filled(tmp_path).close()
    chain_of(tmp_path).write_bytes(chain_of(tmp_path).read_bytes()[:-1])
    filled(tmp_path, 2).close()

    assert report_of(tmp_path).sound
    assert report_of(tmp_path).rows == 16


def test_processes_at_once_have_chains_of_their_own(tmp_path: Path) -> None:
    first = filled(tmp_path)
    second = filled(tmp_path)
    child = os.fork()
    if child == 0:
        try:
            first.append("verdict", ANN, {"start": 1})
            first.checkpoint()
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    first.append("verdict")
    first.close()
    second.close()
    report = report_of(tmp_path)

    assert report.sound
    assert report.chains == 3
    assert report.uncovered == 0


WRITER = """
import sys
from pathlib import Path
from guard.access.audit import Audit
from guard.access.audit.keys import own_key
folder = Path(sys.argv[1])
audit = Audit(folder, own_key(folder), rows=50)
number = 0
while True:
    audit.append("verdict", None, {"start": number})
    number += 1
    print(number, flush=True)
"""


def test_nothing_acknowledged_is_lost_when_writers_are_killed(tmp_path: Path) -> None:
    own_key(tmp_path)
    acknowledged = 0
    for _ in range(3):
        writers = [
            subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE) for _ in range(2)
        ]
        deadline = time.monotonic() + 30
        while len(list(tmp_path.glob("*.chain"))) < 2 and time.monotonic() < deadline:
            time.sleep(0.02)
        time.sleep(0.15)
        for writer in writers:
            writer.send_signal(signal.SIGKILL)
        for writer in writers:
            acknowledged += int((writer.communicate()[0].splitlines() or [b"0"])[-1])
    report = report_of(tmp_path)
    written = sum(path.read_bytes().count(b'"kind":"verdict"') for path in tmp_path.glob("*.chain"))

    assert report.sound, report.problems
    assert written >= acknowledged > 0
    assert report.chains == 2


def test_a_full_disk_is_refused_counted_and_gone_when_there_is_room(tmp_path: Path, monkeypatch) -> None:
    audit = filled(tmp_path)
    real = os.write

    def full(handle: int, data: bytes) -> int:
        return real(handle, data[: len(data) // 2])

    monkeypatch.setattr("guard.access.audit.chain.os.write", full)
    for _ in range(3):
        with pytest.raises(AuditUnavailable, match="disk is full"):
            audit.append("verdict", ANN, {"start": 1})
    assert not audit.well
    monkeypatch.undo()
    audit._broken_until = 0.0
    assert audit.well
    audit.append("verdict", ANN, {"start": 2})
    audit.close()
    report = report_of(tmp_path)

    assert report.sound, report.problems
    assert any("3 rows could not be written" in note for note in report.notes)


def test_a_file_that_was_taken_away_is_found(tmp_path: Path) -> None:
    audit = filled(tmp_path)
    audit.checkpoint()
    chain_of(tmp_path).unlink()
    audit.append("verdict")
    audit.checkpoint()
    audit.append("verdict")
    audit.close()
    report = report_of(tmp_path)

    assert [problem.what for problem in report.problems] == ["the chain is missing; checkpoints tell of it"]
    assert report.rows == 2  # those written once it was noticed


def test_clocks_may_jump(tmp_path: Path) -> None:
    times = iter([1000.0, 900.0, 1100.0, 1200.0, 1300.0, 1400.0])
    audit = Audit(tmp_path, own_key(tmp_path), clock=lambda: next(times))
    for _ in range(3):
        audit.append("verdict")
    audit.close()
    report = report_of(tmp_path)

    assert report.sound
    assert any("backwards" in note for note in report.notes)


def test_a_row_waits_for_a_checkpoint_no_longer_than_set(tmp_path: Path) -> None:
    audit = filled(tmp_path, 1, seconds=0.05)
    deadline = time.monotonic() + 10
    while not (tmp_path / log.FILE).exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert report_of(tmp_path).uncovered == 0
    audit.append("ledger.reset", ANN)  # followed by one at once
    assert report_of(tmp_path).uncovered == 0
    audit.close()


def test_many_rows_bring_a_checkpoint(tmp_path: Path) -> None:
    audit = filled(tmp_path, 25, rows=10)
    assert report_of(tmp_path).checkpoints == 2
    audit.close()


def test_a_row_written_anew_alone_does_not_fit_the_next_one(tmp_path: Path) -> None:
    from guard.access.audit.rows import body_of, digest_of, line_of, link, parsed

    filled(tmp_path).close()
    lines = lines_of(tmp_path)
    fields = dict(parsed(lines[5][:-1]).fields) | {"kind": "admission.refused"}
    body = body_of(fields)
    lines[5] = line_of(body, link(parsed(lines[4][:-1]).hash, digest_of(body)))
    chain_of(tmp_path).write_bytes(b"".join(lines))

    assert [problem.row for problem in report_of(tmp_path).problems] == [7]


def test_the_hash_of_a_row_is_what_the_documents_say() -> None:
    from hashlib import sha256

    from guard.access.audit.rows import START, digest_of, link

    assert link(START, digest_of(b"{}")) == sha256(bytes(32) + sha256(b"{}").digest()).digest()


def test_what_stands_between_rows_is_only_what_the_next_process_said_of_a_crash(tmp_path: Path) -> None:
    filled(tmp_path).close()
    torn = b'{"chain":"half a ro'
    with chain_of(tmp_path).open("ab") as file:
        file.write(torn)
    filled(tmp_path, 2).close()
    assert report_of(tmp_path).sound
    raw = chain_of(tmp_path).read_bytes()
    chain_of(tmp_path).write_bytes(raw.replace(torn, torn + b" and more"))

    assert "altered" in report_of(tmp_path).problems[0].what
