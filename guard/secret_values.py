"""Keys and other secrets that a settings file names and does not hold."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final, Protocol

from guard.errors import ConfigError

SHORTEST: Final = 16
"""Bytes of the shortest secret that nobody guesses."""


class Named(Protocol):
    """A table that names a key by variable or by file."""

    key_env: str | None
    key_file: str | None


def variable(name: str, environment: Mapping[str, str], where: str) -> str:
    """
    Return the value of an environment variable that a setting names.

    Raises:
        ConfigError: It is not set; the message says *where* it is named.
    """
    value = environment.get(name)
    if not value:
        raise ConfigError(f"{where}: the environment variable {name} is not set")
    return value


def key_bytes(table: Named, where: str, folder: Path, environment: Mapping[str, str]) -> bytes | None:
    """
    Return the key that *table* names; None where it names none.

    Raises:
        ConfigError: It names two, or the key cannot be read.
    """
    if table.key_env is not None and table.key_file is not None:
        raise ConfigError(f"{where}: give the key as key_env or as key_file, not both")
    if table.key_env is not None:
        return variable(table.key_env, environment, f"{where}.key_env").encode()
    if table.key_file is None:
        return None
    return file_bytes(folder / table.key_file, f"{where}.key_file")


def file_bytes(file: Path, where: str) -> bytes:
    """
    Return what stands in a file that a setting names, without white space around it.

    Raises:
        ConfigError: It cannot be read; the message says *where* it is named.
    """
    try:
        return file.read_bytes().strip()
    except (OSError, ValueError) as error:
        raise ConfigError(f"{where} cannot be read ({getattr(error, 'strerror', 'no such path')})") from None


def secret(name: str, table: Named | None, path: Path, folder: Path, environment: Mapping[str, str]) -> bytes | None:
    """
    Return the secret of the table *name*; None where there is no such table.

    Raises:
        ConfigError: It names no secret, cannot be read, or is short enough to be guessed.
    """
    if table is None:
        return None
    key = key_bytes(table, f"{path}: {name}", folder, environment)
    if key is None:
        raise ConfigError(f"{path}: [{name}] needs key_env or key_file")
    if len(key) < SHORTEST:
        where = f"{path}: {name}.{'key_file' if table.key_env is None else 'key_env'}"
        raise ConfigError(f"{where} holds fewer than {SHORTEST} bytes; make one with `openssl rand -hex 32`")
    return key
