"""Every code block of the README runs, in order, as a reader would run it."""

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import tomllib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", README, re.DOTALL | re.MULTILINE)
ANSWER = (
    "The rent for the cold rooms is due on the second working day of each month and rises every other spring, "
    "whatever the price index says."
)


class Upstream(BaseHTTPRequestHandler):
    """An OpenAI-compatible model that says one thing, in pieces."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        for piece in re.findall(r"\S+\s*", ANSWER):
            delta = f'{{"index": 0, "delta": {{"content": "{piece}"}}, "finish_reason": null}}'
            self.wfile.write(self._chunk(delta))
        self.wfile.write(self._chunk('{"index": 0, "delta": {}, "finish_reason": "stop"}'))
        self.wfile.write(b"data: [DONE]\n\n")

    def _chunk(self, choice: str) -> bytes:
        head = '"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "any"'
        return f'data: {{{head}, "choices": [{choice}]}}\n\n'.encode()

    def log_message(self, *args: object) -> None:
        """Say nothing."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def upstream() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Upstream)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.slow
def test_every_block_runs(tmp_path: Path, upstream: int) -> None:
    ports = {"8642": str(free_port()), "8080": str(upstream)}
    python: list[str] = []
    outputs: list[str] = []
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / "bin").symlink_to(Path(sys.executable).parent)
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    started: list[int] = []
    try:
        for language, text in BLOCKS:
            block = text
            for old, new in ports.items():
                block = block.replace(old, new)
            if language == "toml":
                tomllib.loads(block)
                (tmp_path / "echoguard.toml").write_text(block, encoding="utf-8")
            elif language == "python":
                python.append(block)
                outputs.append(_run([sys.executable, "-c", "\n".join(python)], tmp_path, environment))
            elif block.startswith("make "):
                # The suite cannot start itself; that the targets exist and know what to do can be said.
                for line in block.splitlines():
                    _run([*line.split(), "-n"], ROOT, environment)
            else:
                if "serve" in block:
                    # On a port of its own, for the default one may be taken on the machine that tests.
                    block = block.replace("serve ", f"serve --port {ports['8642']} ") + "\necho $! > server.pid\n"
                outputs.append(_run(["bash", "-euo", "pipefail", "-c", block], tmp_path, environment))
                if "serve" in block:
                    started.append(int((tmp_path / "server.pid").read_text()))
                    _wait_for(int(ports["8642"]))
    finally:
        for pid in started:
            os.kill(pid, signal.SIGTERM)
    everything = "\n".join(outputs)
    assert "ALLOW ['lease.txt']" in everything
    assert "withheld" in everything
    assert "block entitlement" in everything
    assert "it leaks" in everything
    assert ANSWER not in outputs[-2], "the proxy let text out that its user may not read"


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    pytest.fail("the sidecar did not start within a minute")


def _run(command: list[str], folder: Path, environment: dict[str, str]) -> str:
    out = folder / "block.out" if folder != ROOT else None
    if out is None:
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False
        )
        printed = done.stdout + done.stderr
    else:
        # A file, not a pipe: a server left running would keep a pipe open.
        with out.open("w") as sink:
            done = subprocess.run(
                command, cwd=folder, env=environment, stdout=sink, stderr=sink, timeout=120, check=False
            )
        printed = out.read_text()
    assert done.returncode == 0, printed
    return printed
