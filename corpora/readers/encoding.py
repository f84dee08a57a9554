"""Bytes to text: UTF-8, or what a byte order mark says; never a guess."""

from __future__ import annotations

import codecs
from typing import Final

from corpora.errors import ReaderError

_MARKS: Final = (
    # The mark of UTF-32 begins with that of UTF-16, so it is asked first.
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def marked_encoding(data: bytes) -> str | None:
    """Return the encoding that the byte order mark of *data* names; None without a mark."""
    return next((name for mark, name in _MARKS if data.startswith(mark)), None)


def decode(data: bytes, *, declared: str | None = None) -> str:
    """
    Return *data* as text, without its byte order mark.

    Args:
        data: The whole file; a character split at its end is an error.
        declared: An encoding that the file names itself, tried when there is no mark and the bytes are not UTF-8.

    Raises:
        ReaderError: The bytes are in no encoding that is known for certain, or are not text at all.
    """
    text = _decoded(data, marked_encoding(data), declared)
    if "\0" in text:
        raise ReaderError("holds NUL characters, so it is binary and not text")
    return text


def _decoded(data: bytes, marked: str | None, declared: str | None) -> str:
    for name in (marked,) if marked else ("utf-8", declared):
        if name is None:
            continue
        try:
            return data.decode(name)
        except (UnicodeError, LookupError):
            continue
    if b"\0" in data:
        raise ReaderError("is binary and not text")
    raise ReaderError("is neither UTF-8 nor marked with another encoding: save it as UTF-8")
