"""The command as a process of its own: exit codes, streams, signals and start-up."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from tests.regurgitation.town import HARBOUR, MENU

COMMAND = [sys.executable, "-W", "error", "-m", "guard.doors.cli.main"]


def environment(**more):
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ECHOGUARD", "PYTHON", "COV"))}
    return {**kept, **more}


def echoguard(*arguments, stdin=b"", cwd=None, timeout=60, **more):
    return subprocess.run(
        [*COMMAND, *arguments],
        input=stdin,
        cwd=cwd,
        env=environment(**more),
        capture_output=True,
        timeout=timeout,
        check=False,
    )


STAFF = ("--user", "ann", "--group", "staff")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "stdin", "code"),
    [
        (("--version",), b"", 0),
        (("--help",), b"", 0),
        ((), b"", 2),
        (("nothing",), b"", 2),
        (("check", "--user", "ann"), MENU.encode(), 0),
        (("check", *STAFF), HARBOUR.encode(), 3),
        (("check", "--user", "ann"), HARBOUR.encode(), 4),
        (("check",), b"", 2),
        (("check",), b"\xff\xfe\x00", 2),
        (("check",), b"x" * 5_000_000, 2),
        (("check", "--config", "no.toml"), b"x", 2),
        (("corpus", "list", "nowhere"), b"", 1),
        (("ledger", "show"), b"", 0),
        (("probe",), b"", 2),
        (("serve", "--port", "70000"), b"", 2),
    ],
)
def test_exit_codes(town, arguments, stdin, code):
    ran = echoguard(*arguments, stdin=stdin, cwd=town)

    assert ran.returncode == code, ran.stderr.decode()
    assert b"Traceback" not in ran.stderr
    assert b"Warning" not in ran.stderr
    if code in {1, 2} and arguments:
        assert ran.stderr.startswith(b"echoguard: ")
        assert ran.stderr.count(b"\n") == 1
        assert ran.stdout == b""


def test_the_installed_command_is_this_one(town):
    installed = Path(sys.executable).with_name("echoguard")
    ran = subprocess.run([installed, "--version"], capture_output=True, check=True, cwd=town)

    assert ran.stdout.startswith(b"echoguard ")


@pytest.mark.parametrize("arguments", [["--help"], ["check", "--help"], ["probe", "--help"], ["--version"]])
def test_help_loads_nothing_heavy(arguments):
    code = (
        "import sys\n"
        "from guard.doors.cli.main import main\n"
        f"assert main({arguments!r}) == 0\n"
        "heavy = {'faiss', 'spacy', 'presidio_analyzer', 'fastapi', 'langchain', 'langchain_core',"
        " 'sqlalchemy', 'numpy', 'uvicorn', 'httpx'} & set(sys.modules)\n"
        "sys.exit(f'loaded: {heavy}' if heavy else 0)\n"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, env=environment(), check=False)

    assert ran.returncode == 0, ran.stderr.decode()


@pytest.fixture(scope="module")
def odd(tmp_path_factory):
    """A folder with an index, settings and a ledger, with names that no ASCII terminal can write."""
    from corpora import Corpus, Document
    from guard.access.ledger import Account, Charge, open_ledger
    from guard.rights import family_key

    folder = tmp_path_factory.mktemp("odd")
    Corpus.build(folder / "state/gulls", [Document(id="海鷗.md", text=HARBOUR)], name="gulls").close()
    (folder / "echoguard.toml").write_text("[[corpora]]\nname = 'gulls'\npath = 'state/gulls'\n", encoding="utf-8")
    family = family_key("gulls", "海鷗.md")
    with open_ledger(f"sqlite:///{folder / 'state/ledger.db'}") as ledger:
        charge = Charge(family=family, cells=(1, 2, 3), user_cap=9, tenant_cap=9)
        reservation = ledger.reserve(Account("default", "zoë"), [charge], request_id="r")
        ledger.commit(reservation.id, {family: [1, 2, 3]})
    return folder


@pytest.mark.parametrize(
    ("more", "utf8"),
    [
        ({"PYTHONIOENCODING": "ascii"}, False),
        ({"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}, False),
        ({"PYTHONIOENCODING": "utf-8", "NO_COLOR": "1", "COLUMNS": "30"}, True),
        ({"PYTHONIOENCODING": "utf-8", "TERM": "dumb", "COLUMNS": "12"}, True),
        ({"PYTHONIOENCODING": "utf-8", "COLUMNS": "300"}, True),
    ],
    ids=lambda value: " ".join(f"{k}={v}" for k, v in value.items()) if isinstance(value, dict) else "",
)
def test_any_terminal(odd, more, utf8):
    table = echoguard("ledger", "show", cwd=odd, **more)
    assert (table.returncode, table.stderr) == (0, b"")
    assert b"\x1b" not in table.stdout
    assert table.stdout.isascii() is not utf8
    shown = table.stdout.decode("utf-8")
    for part in ("gulls/", "internal", "96 of ", "10."):
        assert part in shown, "nothing is cut off, however narrow"
    assert set(shown) & set("▓█" if utf8 else "#*")

    as_json = echoguard("ledger", "show", "--json", cwd=odd, **more)
    told = json.loads(as_json.stdout.decode("utf-8"))["exposures"]
    assert {(one["user"], one["document"]) for one in told} == {("zoë", "海鷗.md"), (None, "海鷗.md")}


@pytest.mark.slow
def test_a_verdict_on_a_terminal_that_knows_ascii_only(town):
    answer = "Möwen → 海鷗 \N{BIRD}: schreiben Sie an jonas.keller@keller-logistik.de."
    code = (
        "import io, sys\n"
        "from guard.doors.cli.main import main\n"
        "raw = sys.stdin.buffer.read()\n"
        "for form in ([], ['--json'], ['--text']):\n"
        "    sys.stdin = io.TextIOWrapper(io.BytesIO(raw))\n"
        "    assert main(['check', *form]) == 3\n"
        "    sys.stdout.buffer.write(b'\\n=====\\n'); sys.stdout.flush()\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code],
        input=answer.encode(),
        cwd=town,
        env=environment(PYTHONIOENCODING="ascii"),
        capture_output=True,
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (0, b"")
    table, as_json, text, _ = ran.stdout.split(b"\n=====\n")

    assert table.isascii()
    assert b"EMAIL_ADDRESS" in table
    assert as_json.isascii()
    assert json.loads(as_json)["text"].startswith("Möwen → 海鷗 \N{BIRD}")
    assert text.decode("utf-8").startswith("Möwen → 海鷗 \N{BIRD}"), "a text for a pipe is UTF-8 whatever the locale"


def test_a_reader_that_goes_away(built):
    """``echoguard ... | head`` ends quietly."""
    with subprocess.Popen(
        [*COMMAND, "corpus", "list", str(built / "state/town"), "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
    ) as process:
        process.stdout.close()
        said = process.stderr.read()
        process.wait(30)

    assert process.returncode == 1
    assert said == b""


@pytest.mark.parametrize("redirection", [">&-", "2>&-", ">&- 2>&-", "> /dev/full", "2> /dev/full"])
def test_streams_that_take_nothing(town, redirection):
    """The exit code tells the result even where nobody can be told anything else."""
    for arguments, code in (("ledger show", 1 if redirection == "> /dev/full" else 0), ("check nowhere.txt", 2)):
        line = f"{sys.executable} -m guard.doors.cli.main {arguments} {redirection}"
        ran = subprocess.run(["sh", "-c", line], capture_output=True, cwd=town, env=environment(), check=False)

        assert ran.returncode == code, ran.stderr
        assert b"Traceback" not in ran.stderr
        assert b"Exception ignored" not in ran.stderr


def test_standard_input_that_is_closed(town):
    ran = subprocess.run(
        ["sh", "-c", f"{sys.executable} -m guard.doors.cli.main check <&-"],
        capture_output=True,
        cwd=town,
        env=environment(),
        check=False,
    )
    assert ran.returncode == 2
    assert ran.stderr == b"echoguard: standard input is closed; name a file\n"


@pytest.fixture
def listening():
    """A shell that runs the tests in the background has them ignore Ctrl-C, and so whatever they start."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("listening")
def test_interrupted(town):
    """Ctrl-C while the answer is awaited on standard input."""
    with subprocess.Popen(
        [*COMMAND, "check"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=town,
        env=environment(),
    ) as process:
        # More than a pipe holds: once it is written, somebody reads.
        process.stdin.write(b"word " * 60_000)
        process.stdin.flush()
        # Standard input stays open, so nothing but the signal can end the reading.  One that comes between two reads is
        # only seen at the next one, which blocks here: then a person presses the keys again.
        for _ in range(6):
            process.send_signal(signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=10)
                break
        out, err = process.stdout.read(), process.stderr.read()

    assert process.returncode == 130
    assert (out, err) == (b"", b"echoguard: interrupted\n")


def _free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


@pytest.mark.slow
def test_serve_until_told_to_stop(town):
    port = _free_port()
    with subprocess.Popen(
        [*COMMAND[:1], *COMMAND[3:], "serve", "--port", str(port)], stderr=subprocess.PIPE, cwd=town, env=environment()
    ) as process:
        try:
            deadline = time.monotonic() + 60
            while time.monotonic() < deadline and process.poll() is None:
                try:
                    with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2) as answer:
                        assert answer.status == 200
                        break
                except OSError:
                    time.sleep(0.1)
            process.send_signal(signal.SIGTERM)
            err = process.communicate(timeout=60)[1]
        finally:
            process.kill()

    assert process.returncode in {0, -signal.SIGTERM}, err.decode()
    assert b"Traceback" not in err


def test_serve_where_another_listens(town):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        ran = echoguard("serve", "--port", str(taken.getsockname()[1]), cwd=town)

    assert ran.returncode == 2
    assert ran.stderr.startswith(b"echoguard: port ")
    assert ran.stderr.count(b"\n") == 1


def test_serve_to_the_world_needs_keys(town):
    ran = echoguard("serve", "--host", "0.0.0.0", "--port", "0", cwd=town)

    assert ran.returncode == 2
    assert b"keys" in ran.stderr
    assert ran.stderr.count(b"\n") == 1
