"""One JSON line per figure, with where it was measured."""

from __future__ import annotations

import json
import os
import platform
import subprocess


def emit(bench: str, figure: str, **values: object) -> None:
    """Print one line."""
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    where = {"commit": commit.stdout.strip(), "machine": platform.machine(), "cpus": os.cpu_count()}
    print(json.dumps({"bench": bench, "figure": figure, **values, **where}), flush=True)
