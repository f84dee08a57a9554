"""Real text by package: fetched with the ordinary clients when it is needed, and kept outside the repository."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "echoguard-bench"
_TIMEOUT = 600
"""Seconds after which a download is given up."""


class Unavailable(Exception):
    """A package could not be fetched here; its text is left out, and the output says so."""


def debian(package: str) -> Path:
    """Return the folder of an unpacked Debian package."""

    def fetch(part: Path) -> None:
        _run(["apt-get", "download", "-q", package], part)
        [archive] = part.glob("*.deb")
        _run(["dpkg-deb", "-x", archive.name, "."], part)
        archive.unlink()

    return _kept(package, fetch)


def pypi(package: str) -> Path:
    """Return the folder of an unpacked wheel."""

    def fetch(part: Path) -> None:
        _run([sys.executable, "-m", "pip", "download", "-q", "--disable-pip-version-check", "--no-deps", package], part)
        [archive] = part.glob("*.whl")
        with zipfile.ZipFile(archive) as wheel:
            wheel.extractall(part)
        archive.unlink()

    return _kept(package, fetch)


def npm(package: str) -> Path:
    """Return the folder of an unpacked npm package."""

    def fetch(part: Path) -> None:
        _run(["npm", "pack", "--silent", package], part)
        [archive] = part.glob("*.tgz")
        with tarfile.open(archive) as packed:
            packed.extractall(part, filter="data")
        archive.unlink()

    return _kept(package.replace("/", "_").lstrip("@"), fetch)


def _kept(name: str, fetch: Callable[[Path], None]) -> Path:
    target = CACHE / name
    if not target.exists():
        part = CACHE / f"{name}.part"
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        fetch(part)
        part.rename(target)
    return target


def _run(command: list[str], folder: Path) -> None:
    if not shutil.which(command[0]):
        raise Unavailable(f"{Path(command[0]).name} is not installed")
    try:
        subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=_TIMEOUT)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        raise Unavailable(f"{Path(command[0]).name} could not fetch it ({type(error).__name__})") from None
