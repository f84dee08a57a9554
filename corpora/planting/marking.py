"""Putting markers into a text, and taking them out again so that what is left is the text as it was."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

from corpora.document import Document
from corpora.planting.markers import ALPHABET, HEAD

EVERY: Final = 400
"""Code points from one marker to the next, at least; a chunk of twice as many holds one."""

_NAME: Final = HEAD.upper()
_SIGN: Final = f"[{ALPHABET.upper()}]"
_PLANTED: Final = re.compile(rf" ?\[{_NAME}(?:-{_SIGN}{{4}}){{4}}\]| ?{_NAME}(?:-{_SIGN}{{4}}){{4}}")
_BRACKETED: Final = re.compile(rf" ?\[{_NAME}(?:-{_SIGN}{{4}}){{4}}\]")
_CUT_END: Final = re.compile(rf" ?\[(?:EX|EXD|EXDO|{_NAME}(?:-{_SIGN}{{4}}){{0,4}}(?:-{_SIGN}{{0,3}})?)\Z")
_CUT_START: Final = re.compile(rf"\A(?:(?:EX|X)?D?O?C|{_SIGN}{{1,4}})?(?:-{_SIGN}{{4}}){{1,4}}\]")
_FENCE: Final = re.compile(r"[ \t]*(?:```|~~~)")
_NO_PROSE: Final = re.compile(r"[ \t]*(?:[#|>]|[-=*_+~:| \t]+\Z|\[[^\]]*\]:|<|\Z)|\t| {4}")
"""Headings, tables, quotes, rules, link definitions, markup, indented code and empty lines take no marker."""
_SENTENCE: Final = re.compile(
    r"(?<!\bMr)(?<!\bMs)(?<!\bDr)(?<!\bSt)(?<!\bNo)(?<!\bMrs)(?<!\bProf)"
    r"(?<=[\w)\]\"'’”»])[.!?][\"')\]’”»]?(?=\s|\Z)|[。！？](?=\S)",  # noqa: RUF001 - they end sentences
)


def places(text: str) -> list[int]:
    """
    Return where markers go into a text: offsets, ascending, at ends of sentences where there are any.

    Prose takes them and paragraphs end with them; headings, tables and code keep their form.  The first one stands near
    the beginning, the last one near the end.  Empty for a text that is nothing but code or white space.
    """
    good, fair = _borders(text)
    chosen: list[int] = []
    following = _next(-EVERY, good, fair)
    while following is not None:
        chosen.append(following)
        following = _next(following, good, fair)
    end = max([*good[-1:], *fair[-1:]], default=0)
    if chosen and end - chosen[-1] > EVERY // 2:
        chosen.append(end)
    return chosen


def marked(text: str, make: Callable[[int], str], at: Iterable[int] | None = None) -> str:
    """
    Return *text* with a marker at every one of its :func:`places`.

    Guarantee: ``unmarked(marked(text, make)) == unmarked(text)``, and marking twice is marking once.

    Args:
        text: The text; markers that stand in it are taken out first.
        make: Returns the marker of an offset.
        at: Where, in the unmarked text; ascending.
    """
    text = unmarked(text)
    cuts = places(text) if at is None else list(at)
    parts = [text[: cuts[0]]] if cuts else [text]
    for begin, end in pairwise([*cuts, len(text)]):
        parts += [f" [{make(begin)}]", text[begin:end]]
    return "".join(parts)


def unmarked(text: str) -> str:
    """Return *text* without markers as they were planted, whatever their key; for whole documents."""
    while _NAME in text:
        bare = _PLANTED.sub("", text)
        if bare == text:
            break
        text = bare
    return text


def without_markers(chunk: str) -> str:
    """Return a chunk of a marked document without markers, nor halves of them where it was cut."""
    if "-" in chunk or "[EX" in chunk:
        chunk = _CUT_END.sub("", _CUT_START.sub("", chunk))
    return unmarked(chunk)


def without_planted(text: str) -> str:
    """Return *text* without markers as they are planted, in brackets; one that somebody wrote stays."""
    return _BRACKETED.sub("", text) if _NAME in text else text


def planted(text: str) -> list[tuple[int, str]]:
    """Return the markers that stand in *text* as they were planted: offset in the unmarked text, and marker."""
    found = []
    removed = 0
    for one in _PLANTED.finditer(text):
        found.append((one.start() - removed, one.group().strip(" []")))
        removed += len(one.group())
    return found


def unmarked_documents(documents: Iterable[Document]) -> Iterator[Document]:
    """Yield *documents* without markers; what is no document is passed on as it is."""
    for document in documents:
        if isinstance(document, Document) and _NAME in document.text:
            yield replace(document, text=unmarked(document.text))
        else:
            yield document


def _next(last: int, better: Sequence[int], other: Sequence[int]) -> int | None:
    """Return the next place after *last*: of the better kind, unless that is too far away."""
    first, second = _from(better, last + EVERY), _from(other, last + EVERY)
    if second is not None and (first is None or first > last + 2 * EVERY):
        return second
    return first


def _from(ascending: Sequence[int], least: int) -> int | None:
    at = bisect_left(ascending, least)
    return ascending[at] if at < len(ascending) else None


def _borders(text: str) -> tuple[list[int], list[int]]:
    """Return the ends of sentences and paragraphs, and the other ends of lines and long stretches without any."""
    good: list[int] = []
    fair: list[int] = []
    at, fenced = 0, False
    lines = text.splitlines(keepends=True)
    for number, line in enumerate(lines):
        body = line.rstrip()
        if _FENCE.match(body):
            fenced = not fenced
        elif not fenced and not _NO_PROSE.match(body):
            end = at + len(body)
            ends = [at + one.end() for one in _SENTENCE.finditer(body)]
            last = number + 1 == len(lines) or not lines[number + 1].strip()
            good += [*ends, end] if last and (not ends or ends[-1] != end) else ends
            if end not in good[-1:]:
                fair.append(end)
            fair += _gaps(body, at)
        at += len(line)
    return good, sorted(set(fair))


def _gaps(line: str, at: int) -> list[int]:
    """Return a space in every stretch of twice :data:`EVERY` code points of a line, which may have no sentences."""
    found = []
    for begin in range(2 * EVERY, len(line), 2 * EVERY):
        space = line.find(" ", begin, begin + EVERY)
        if space > 0:
            found.append(at + space)
    return found
