"""Private keys in blocks: PEM, OpenSSH, PGP and PuTTY; found from their first line on, whole or cut short."""
# ruff: noqa: E501 - patterns

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

LONGEST: Final = 32_768
"""Most characters of a block that one finding covers."""

LEAST: Final = 24
"""Fewest characters of key material behind the first line; a bare first line is no key."""

_GAP: Final = r"(?:[ +_]|%20)"
_HEAD: Final = re.compile(
    rf"-{{2,6}}[ ]?BEGIN{_GAP}(?:[A-Z0-9]{{2,12}}{_GAP}){{0,2}}PRIVATE{_GAP}KEY(?:{_GAP}BLOCK)?[ ]?-{{2,6}}|PuTTY-User-Key-File-[23]:[^\n\\]{{0,40}}",
)
_TAIL: Final = re.compile(rf"-{{2,6}}[ ]?END{_GAP}[A-Z0-9 +_%]{{0,40}}PRIVATE{_GAP}KEY(?:{_GAP}BLOCK)?[ ]?-{{2,6}}")
_BETWEEN: Final = re.compile(
    r"(?:\\{1,2}[nrt]|\\{1,2}u000[ad]|<br ?/?>|&#(?:10|13|x0?[ad]);|%0[AaDd]|`[nr](?=[A-Za-z0-9+/=-])|\n[ \t]*\d{1,4}[ \t]*[:.|)]?(?:[ \t]+|\Z)|//[ \t]|"
    r"[\s\"'`,|>.*+#(){};:\\])*+",
)
"""What may stand between two lines of a key: line ends of many notations, indents, quotes, comments, numbers of lines."""
_LINE: Final = re.compile(r"(?:[A-Za-z0-9+/=]|&#(?:43|47|61);|%2[BbFf]|%3[Dd]|\\/)++")
_FIELD: Final = re.compile(
    r"(?:Proc-Type|DEK-Info|Version|Comment|Hash|Charset|Encryption|Public-Lines|Private-Lines|Private-MAC|Key-Derivation|Argon2-[A-Za-z]+|Subject|X-[A-Za-z-]+):"
    r"[^\n\\]{0,200}+",
)
_FULL_LINE: Final = 16
_SHORT_LINES: Final = 8
_LAST_LINE: Final = re.compile(r"[ \t]*+[\"'`,|>.*\\;)\]}<&%-]*+(?:\\[nr]|[nr]\b|\s|\Z|<br|&#|%0|\+|//|#|-)")
_OPENING: Final = re.compile(r"-{2,6}[ ]?(?:[A-Z][A-Z0-9 %+_-]{0,60}+)?\Z")


_PUBLIC: Final = re.compile(r"-----BEGIN[ ](?![A-Z0-9 ]{0,40}PRIVATE)[A-Z0-9 ]{3,40}-----")


class Block(NamedTuple):
    """
    A block at ``[start, end)``.

    Attributes:
        sure: It holds key material.
        open: More text could decide or lengthen it.
        firm: The end of what no further text takes out of it again; at most :attr:`end`.
    """

    start: int
    end: int
    sure: bool
    open: bool
    firm: int


def blocks(text: str) -> Iterator[Block]:
    """Yield the private key blocks of *text* and what may become one."""
    if "PRIVATE" not in text and "PuTTY" not in text:
        return
    done = 0
    for head in _HEAD.finditer(text):
        if head.start() >= done:
            block = _block(text, head, sealed=True)
            yield block
            done = block.end if block.sure else done


def _block(text: str, head: re.Match[str], *, sealed: bool) -> Block:
    """Return the block that *head* opens; one that is not *sealed* has no last line of its kind."""
    limit = min(len(text), head.start() + LONGEST)
    at = begin = firm = end = head.end()
    material = 0
    short = 0
    while True:
        gap = _BETWEEN.match(text, at, limit)
        at = begin = gap.end() if gap else at
        tail = _TAIL.match(text, at) if sealed else None
        if tail:
            return Block(head.start(), tail.end(), sure=material >= LEAST, open=False, firm=tail.end())
        field = _FIELD.match(text, at, limit)
        if field:
            at = end = field.end()
            firm = end if at < limit else firm
            continue
        line = _LINE.match(text, at, limit)
        if line is None:
            break
        size = len(line.group())
        if size < _FULL_LINE:
            # The last line of a key is short and alone on its line; a word of what follows is not.
            alone = _LAST_LINE.match(text, line.end()) is not None and _NEXT_WORD.match(text, line.end()) is None
            if not alone or short > _SHORT_LINES:
                break
            at = end = line.end()
            material += size
            short += 1
            continue
        at = firm = end = line.end()
        material += size
        short = 0
    over = firm >= head.start() + LONGEST
    reached = at >= len(text) or _BEGUN.match(text, at) is not None or _FIELD_BEGUN.match(text, begin) is not None
    return Block(head.start(), end, sure=material >= LEAST, open=reached and not over, firm=firm)


_BEGUN: Final = re.compile(
    r"(?:-{1,6}[ ]?(?:[A-Z][A-Z0-9 %+_-]{0,60}+)?|<b?r? ?/?|&#?x?[0-9a-f]{0,2}|%[0-9A-Fa-f]?|\\{1,2}u?0{0,3}|`|/)\Z"
)
_FIELD_BEGUN: Final = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,30}\Z")
"""What stands at the end of a text and may go on as a last line, an escape or a field does."""
_NEXT_WORD: Final = re.compile(r"[ \t]+[A-Za-z]")


def public_blocks(text: str) -> list[Block]:
    """Return the blocks of *text* that hold what may be known: certificates, public keys, requests, signatures."""
    if "-----BEGIN" not in text:
        return []
    return [_block(text, head, sealed=False) for head in _PUBLIC.finditer(text)]


def opening(text: str) -> int | None:
    """Return where the unfinished first line of a block begins at the end of *text*, None where there is none."""
    match = _OPENING.search(text, max(0, len(text) - 96))
    return match.start() if match else None
