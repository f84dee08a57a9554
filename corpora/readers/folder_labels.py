"""The file of labels of a folder: rules for the files below it, by their paths."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Final

from corpora.errors import ReaderError
from corpora.readers.files import read_small
from corpora.readers.metadata import Metadata, overlaid
from corpora.readers.sidecar import parse_toml

LABELS_FILE: Final = "echoguard-labels.toml"
_SETTABLE: Final = frozenset({"label", "readers", "tenant"})
_MAX_BYTES: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class FolderLabels:
    """
    The rules of one folder, in their order.

    Attributes:
        rules: A compiled path and the values that it sets.
        remarks: What the owner of the rules should know.
    """

    rules: tuple[tuple[re.Pattern[str], Mapping[str, Any]], ...] = ()
    remarks: tuple[str, ...] = ()

    def said_of(self, relative: PurePosixPath) -> dict[str, Any]:
        """Return what the rules say of the file at *relative*, a path below the folder; per key the first rule wins."""
        said: dict[str, Any] = {}
        for pattern, values in self.rules:
            if pattern.fullmatch(str(relative)):
                said = {**values, **said}
        return said


def read_folder_labels(path: Path, root: Path) -> FolderLabels:
    """
    Return the rules in the file at *path*.

    Raises:
        ReaderError: The file cannot be read or understood; every file below it must then be left out.
    """
    table = parse_toml(read_small(path, root, _MAX_BYTES))
    entries = table.pop("rule", [])
    if table:
        raise ReaderError("holds something other than [[rule]] tables")
    if not isinstance(entries, list):
        raise ReaderError("rules must be written as [[rule]], with two brackets")
    rules = []
    remarks: list[str] = []
    for number, entry in enumerate(entries, 1):
        pattern, values, said = _rule(entry, f"rule {number}")
        rules.append((pattern, values))
        remarks.extend(said)
    return FolderLabels(tuple(rules), tuple(remarks))


def _rule(entry: Any, where: str) -> tuple[re.Pattern[str], dict[str, Any], tuple[str, ...]]:
    if not isinstance(entry, dict) or not isinstance(entry.get("path"), str) or not entry["path"].strip("/"):
        raise ReaderError(f"{where}: 'path' must be a pattern such as 'contracts/**' or '*.eml'")
    values = {key: value for key, value in entry.items() if key != "path"}
    if not values or not values.keys() <= _SETTABLE:
        raise ReaderError(f"{where}: a rule has 'path' and one or more of {', '.join(sorted(_SETTABLE))}, nothing else")
    return path_pattern(entry["path"]), values, overlaid(Metadata(), values, where).remarks


def path_pattern(glob: str) -> re.Pattern[str]:
    """
    Return the pattern for paths below the folder of the rules, with forward slashes.

    ``*`` and ``?`` stay within one name, ``**`` crosses folders, ``[ab]`` is one of a set.  Without a slash the pattern
    is for names in any folder; with a trailing slash it is for everything below.
    """
    glob = glob.rstrip("/") + "/**" if glob.endswith("/") else glob
    if "/" not in glob:
        glob = "**/" + glob
    out: list[str] = []
    place = 0
    glob = glob.lstrip("/")
    while place < len(glob):
        char = glob[place]
        closing = glob.find("]", place + 2) if char == "[" else -1
        if glob.startswith("**/", place):
            out.append("(?:.*/)?")
            place += 3
        elif glob.startswith("**", place):
            out.append(".*")
            place += 2
        elif closing > 0:
            inner = glob[place + 1 : closing]
            negated = "^" if inner.startswith("!") else ""
            out.append(f"(?!/)[{negated}{_escaped_set(inner.removeprefix('!'))}]")
            place = closing + 1
        else:
            out.append({"*": "[^/]*", "?": "[^/]"}.get(char, re.escape(char)))
            place += 1
    try:
        return re.compile("".join(out), re.DOTALL)
    except re.error:
        raise ReaderError("a rule's 'path' has a malformed set of characters") from None


def _escaped_set(inner: str) -> str:
    # A hyphen keeps its meaning as a range; everything else that could steer the set is made literal.
    return re.sub(r"([\\\[\]^&~|])", r"\\\1", inner)
