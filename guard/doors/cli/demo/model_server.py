"""
Serves the demo's model in a process of its own until its input ends; prints the base URL of its API.

Run as ``python -m guard.doors.cli.demo.model_server FILE THREADS``.  Exit 3: the runtime is missing; 4: the file cannot
be loaded.
"""

from __future__ import annotations

import sys

CONTEXT = 2048
"""Tokens of prompt and answer together."""
NO_RUNTIME = 3
NO_MODEL = 4


def main(file: str, threads: int) -> int:
    """Serve *file* with *threads* threads; return the exit code."""
    try:
        import xllamacpp
    except ImportError:
        return NO_RUNTIME
    wanted = xllamacpp.CommonParams()
    wanted.model.path = file
    wanted.n_ctx = CONTEXT
    wanted.n_parallel = 1
    wanted.cpuparams.n_threads = wanted.cpuparams_batch.n_threads = threads
    wanted.cache_ram_mib = 128
    wanted.offline = True
    wanted.ui = False
    wanted.verbosity = 0
    try:
        server = xllamacpp.Server(wanted)
    except (RuntimeError, ValueError, OSError):
        return NO_MODEL
    sys.stdout.write(f"{server.listening_address}/v1\n")
    sys.stdout.flush()
    # The parent holds the other end: when it ends, however it ends, so does this.
    sys.stdin.read()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2])))
