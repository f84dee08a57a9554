"""Private keys in blocks: PEM, OpenSSH, PGP and PuTTY; found from their first line on, whole or cut short."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

LONGEST: Final = 32_768
"""Most characters of a block that one finding covers."""

LEAST: Final = 24
"""Fewest characters of key material behind the first line; a bare first line is no key."""

_HEAD: Final = re.compile(
    r"-----BEGIN[ ](?:[A-Z0-9]{2,12}[ ]){0,2}PRIVATE[ ]KEY(?:[ ]BLOCK)?-----|PuTTY-User-Key-File-[23]:",
)
_TAIL: Final = re.compile(r"-----END[ ][A-Z0-9 ]{0,40}PRIVATE[ ]KEY(?:[ ]BLOCK)?-----")
_BODY: Final = re.compile(
    r"(?:(?:(?<=\\)n)?(?:Proc-Type|DEK-Info|Version|Comment|Hash|Charset|Encryption|Public-Lines|Private-Lines|Private-MAC|"
    r"Key-Derivation|Argon2-[A-Za-z]+):[^\n\\]{0,200}+|[A-Za-z0-9+/=]++|[\s\"'`,\\|>.*]++)*+",
)
_BODY_WORD: Final = re.compile(r"[A-Za-z0-9+/=]{16,}+")
_EDGE: Final = " \t\r\n\"'`,\\|>.*"
_OPENING: Final = re.compile(r"-----BEGIN(?:[ ][A-Z0-9 -]{0,40}+)?\Z")


_PUBLIC: Final = re.compile(r"-----BEGIN[ ](?![A-Z0-9 ]{0,40}PRIVATE)[A-Z0-9 ]{3,40}-----")


class Block(NamedTuple):
    """
    A block at ``[start, end)``.

    Attributes:
        sure: It holds key material.
        open: More text could decide or lengthen it.
    """

    start: int
    end: int
    sure: bool
    open: bool


def blocks(text: str) -> Iterator[Block]:
    """Yield the private key blocks of *text* and what may become one."""
    if "PRIVATE" not in text and "PuTTY" not in text:
        return
    for head in _HEAD.finditer(text):
        limit = min(len(text), head.start() + LONGEST)
        body = _BODY.match(text, head.end(), limit)
        end = body.end() if body else head.end()
        is_open = end == len(text) and end < head.start() + LONGEST
        material = sum(len(word) for word in _BODY_WORD.findall(text, head.end(), end))
        tail = _TAIL.match(text, end)
        end = tail.end() if tail else head.end() + len(text[head.end() : end].rstrip(_EDGE))
        yield Block(head.start(), end, sure=material >= LEAST, open=is_open)


def public_blocks(text: str) -> list[Block]:
    """Return the blocks of *text* that hold what may be known: certificates, public keys, requests, signatures."""
    if "-----BEGIN" not in text:
        return []
    result = []
    for head in _PUBLIC.finditer(text):
        body = _BODY.match(text, head.end(), min(len(text), head.start() + LONGEST))
        result.append(Block(head.start(), body.end() if body else head.end(), sure=False, open=False))
    return result


def opening(text: str) -> int | None:
    """Return where the unfinished first line of a block begins at the end of *text*, None where there is none."""
    match = _OPENING.search(text, max(0, len(text) - 64))
    return match.start() if match else None
