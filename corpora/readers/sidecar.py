"""The file of labels beside a document: ``contract.pdf.echoguard.toml``."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, Final

from corpora.errors import ReaderError
from corpora.readers.files import read_small
from corpora.readers.metadata import KEYS

SIDECAR_ENDING: Final = ".echoguard.toml"
_MAX_BYTES: Final = 65_536


def read_sidecar(path: Path, root: Path) -> dict[str, Any]:
    """
    Return what the sidecar at *path* says, unchecked but for its keys.

    Raises:
        ReaderError: It cannot be read or understood; its document must then be left out.
    """
    said = parse_toml(read_small(path, root, _MAX_BYTES))
    if not said.keys() <= set(KEYS):
        raise ReaderError(f"holds keys other than {', '.join(KEYS)}")
    return said


def parse_toml(data: bytes) -> dict[str, Any]:
    """Return *data* as a TOML table; ReaderError, without any of its text, when it is none."""
    try:
        return tomllib.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise ReaderError("is not valid TOML in UTF-8") from None
