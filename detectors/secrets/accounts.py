"""Key files of service accounts: the JSON object around a private key is one credential, whatever the order of its fields."""
# ruff: noqa: E501 - patterns

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from detectors.secrets.pem import Block

LONGEST: Final = 4096
"""Most characters of such an object on either side of its private key."""

_FIELD: Final = (
    r"(?:type|project_id|private_key_id|client_email|client_id|auth_uri|token_uri|auth_provider_x509_cert_url|client_x509_cert_url|"
    r"universe_domain|quota_project_id)"
)
_QUOTE: Final = r"\\{0,2}\""
_SPACE: Final = r"(?:\s|\\[nrt])*+"
_PAIR: Final = rf"{_QUOTE}{_FIELD}{_QUOTE}{_SPACE}:{_SPACE}{_QUOTE}[^\"\\\n]{{0,300}}+{_QUOTE}"
_BEFORE: Final = re.compile(
    rf"\{{{_SPACE}(?:{_PAIR}{_SPACE},{_SPACE}){{0,12}}{_QUOTE}private_key{_QUOTE}{_SPACE}:{_SPACE}{_QUOTE}\Z"
)
_AFTER: Final = re.compile(rf"(?:\\{{1,2}}n|\n)?{_QUOTE}(?:{_SPACE},{_SPACE}{_PAIR}){{0,12}}{_SPACE}(?:,{_SPACE})?\}}?")
_BEGUN: Final = re.compile(
    rf"\{{{_SPACE}(?:{_PAIR}{_SPACE},{_SPACE}){{0,12}}(?:{_QUOTE}[a-z0-9_]{{0,40}}(?:{_QUOTE}(?:{_SPACE}(?::{_SPACE}(?:{_QUOTE}[^\"\\\n]{{0,300}}(?:{_QUOTE}{_SPACE})?)?)?)?)?)?\\{{0,2}}\Z"
)
_GOES_ON: Final = re.compile(
    rf"(?:\\{{1,2}}n?|\n)?(?:{_QUOTE}(?:{_SPACE},{_SPACE}{_PAIR}){{0,12}}{_SPACE}(?:,{_SPACE}(?:{_QUOTE}[a-z0-9_]{{0,40}}(?:{_QUOTE}(?:{_SPACE}(?::{_SPACE}(?:{_QUOTE}[^\"\\\n]{{0,300}})?)?)?)?)?)?\\{{0,2}})?\Z"
)


def around(text: str, block: Block) -> tuple[int, int] | None:
    """Return the range of the key file around *block*, as far as it goes; None where it stands in none."""
    begin = text.rfind("{", max(0, block.start - LONGEST), block.start)
    if begin < 0 or not _BEFORE.match(text[begin : block.start]):
        return None
    after = _AFTER.match(text, block.end, block.end + LONGEST) if not block.open else None
    return begin, after.end() if after else block.end


def begins(text: str, block: Block) -> int:
    """Return where *block* begins, or the key file that it stands in."""
    file = around(text, block)
    return file[0] if file else block.start


def unfinished(text: str, blocks: Sequence[Block]) -> int | None:
    """Return from where on the end of *text* may still turn out to belong to a key file; None where it cannot."""
    begin = text.rfind("{", max(0, len(text) - LONGEST))
    if begin >= 0 and _BEGUN.match(text, begin):
        return begin
    for block in blocks:
        if block.sure and not block.open and len(text) - block.end <= LONGEST and _GOES_ON.match(text, block.end):
            found = around(text, block)
            if found is not None:
                return min(found[1], len(text))
    return None
