"""What the settings file says about personal data: actions, values that are no leak, the lists in files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from guard.errors import ConfigError
from guard.masking.allowed import Allowed
from guard.masking.treatment import Treatment, treated
from guard.verdict import Action

if TYPE_CHECKING:
    from guard.policy import Policy
    from guard.policy_schema import PiiTable

MAX_LIST: Final = 20_000_000
"""Largest file of names, in bytes."""


def personal_rules(table: Mapping[str, str]) -> tuple[dict[str, Action], dict[str, Treatment]]:
    """Return the action and the treatment of each entity of ``rules.pii``."""
    both = {entity: treated(word) for entity, word in table.items()}
    return (
        {entity: action for entity, (action, _) in both.items()},
        {entity: treatment for entity, (_, treatment) in both.items() if treatment is not Treatment.REDACT},
    )


def allowed_values(table: PiiTable, folder: Path, where: str) -> Allowed:
    """
    Return the values that are no leak.

    Raises:
        ConfigError: The file of public figures cannot be read, or a value is too short to be one.
    """
    names = frozenset(table.allow_names)
    if table.public_figures is not None:
        names |= _names(folder / table.public_figures, f"{where}: pii.public_figures")
    try:
        return Allowed(domains=frozenset(table.allow_domains), names=names, numbers=frozenset(table.allow_numbers))
    except ValueError as error:
        raise ConfigError(f"{where}: [pii]: {error}") from None


def check_key(policy: Policy, key: bytes | None, where: str) -> None:
    """
    Make sure that there is a key where values are hashed.

    Raises:
        ConfigError: There is none; without a key anybody could try out which value a pseudonym stands for.
    """
    if policy.hashes and key is None:
        raise ConfigError(
            f'{where}: rules.pii says "hash", which needs a key: add [pseudonyms] with key_env or key_file '
            "(make one with `openssl rand -hex 32`)"
        )


def _names(path: Path, where: str) -> frozenset[str]:
    """Return the names in a file, one a line; empty lines and lines that begin with ``#`` are passed over."""
    try:
        if path.stat().st_size > MAX_LIST:
            raise ConfigError(f"{where} is larger than {MAX_LIST} bytes")
        lines = path.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError:
        raise ConfigError(f"{where} is no UTF-8 text") from None
    except (OSError, ValueError) as error:
        raise ConfigError(f"{where} cannot be read ({getattr(error, 'strerror', 'no such path')})") from None
    return frozenset(name for line in lines if (name := line.strip()) and not name.startswith("#"))
