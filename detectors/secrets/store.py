"""Keeps what is expensive to compile in a folder that only its owner can write to."""

from __future__ import annotations

import hashlib
import logging
import os
import stat
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Final

_log: Final = logging.getLogger(__name__)

VARIABLE: Final = "ECHOGUARD_CACHE"
"""Environment variable that names the folder; empty keeps nothing."""

_LARGEST: Final = 64 * 1024 * 1024
_DIGEST: Final = 32


def default_folder() -> Path | None:
    """Return the folder that :data:`VARIABLE` names, or the user's own cache; None where there is neither."""
    named = os.environ.get(VARIABLE)
    if named is not None:
        return Path(named) if named else None
    base = os.environ.get("XDG_CACHE_HOME")
    if base:
        return Path(base) / "echoguard"
    try:
        return Path.home() / ".cache" / "echoguard"
    except RuntimeError:
        return None


def load(folder: Path, name: str) -> bytes | None:
    """
    Return what was kept as *name*; None where nothing is, or where it cannot be trusted.

    Native code reads these bytes, so only a file of this user (or root) in a folder of theirs counts, which nobody else
    may write to, and only whole: its first bytes are the digest of the rest.
    """
    if not _ours(folder):
        return None
    try:
        # No symbolic link is followed, and what is checked is what is read.
        descriptor = os.open(folder / name, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
    except OSError:
        return None
    with os.fdopen(descriptor, "rb") as file:
        about = os.fstat(file.fileno())
        if not stat.S_ISREG(about.st_mode) or not _only_ours(about) or about.st_size > _LARGEST:
            _log.warning("a file in %s belongs to somebody else or may be written by others; it is not read", folder)
            return None
        content = file.read()
    digest, body = content[:_DIGEST], content[_DIGEST:]
    if hashlib.sha256(body).digest() != digest:
        _log.warning("a file in %s is damaged; it is made anew", folder)
        return None
    return body


def keep(folder: Path, name: str, body: bytes) -> bool:
    """Keep *body* as *name*, all at once or not at all; say whether that worked (a cache that cannot is no error)."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        return False
    if not _ours(folder):
        return False
    try:
        descriptor, temporary = tempfile.mkstemp(prefix=".", suffix=".part", dir=folder)
    except OSError:
        return False
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(hashlib.sha256(body).digest() + body)
        Path(temporary).replace(folder / name)
    except OSError:
        with suppress(OSError):
            Path(temporary).unlink()
        return False
    return True


def _ours(folder: Path) -> bool:
    """Say whether *folder* is one that only this user or root may write to."""
    try:
        about = folder.stat()
    except OSError:
        return False
    if not stat.S_ISDIR(about.st_mode) or not _only_ours(about):
        _log.warning("%s belongs to somebody else or may be written by others; nothing is kept there", folder)
        return False
    return True


def _only_ours(about: os.stat_result) -> bool:
    owner = getattr(os, "getuid", lambda: about.st_uid)()
    return about.st_uid in {owner, 0} and not about.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
