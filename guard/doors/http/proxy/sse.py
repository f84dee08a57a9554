"""Server-sent events: read incrementally from an upstream, written to a client."""

from __future__ import annotations

from typing import Any, Final

from pydantic_core import to_json

MAX_EVENT: Final = 4_000_000
"""Largest event that is read, in bytes."""

DONE: Final = "[DONE]"
END_FRAME: Final = b"data: [DONE]\n\n"


class BadStream(Exception):
    """The upstream's bytes are no event stream in UTF-8, or an event is too large."""


class EventReader:
    """
    Cuts bytes into the data of events, however they are split: LF, CRLF and CR end lines, comments are skipped.

    Guarantee: the events do not depend on how the bytes were cut.
    """

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._size = 0
        self._data: list[str] = []
        self._after_cr = False
        self._first = True

    def feed(self, chunk: bytes) -> list[str]:
        """
        Return the data of every event that *chunk* completes.

        Raises:
            BadStream: The bytes are not UTF-8, or an event is larger than :data:`MAX_EVENT` bytes.
        """
        if self._after_cr and chunk:
            self._after_cr = False
            chunk = chunk.removeprefix(b"\n")
        self._parts.append(chunk)
        self._size += len(chunk)
        if self._size > MAX_EVENT:
            raise BadStream("an event is too large")
        if b"\n" not in chunk and b"\r" not in chunk:
            return []
        lines = b"".join(self._parts).splitlines(keepends=True)
        self._after_cr = lines[-1].endswith(b"\r")
        rest = b"" if lines[-1].endswith((b"\n", b"\r")) else lines.pop()
        self._parts = [rest]
        return self._events(lines, rest)

    def _events(self, lines: list[bytes], rest: bytes) -> list[str]:
        events: list[str] = []
        for raw in lines:
            line = raw.rstrip(b"\r\n")
            if self._first:
                self._first = False
                line = line.removeprefix(b"\xef\xbb\xbf")
            if line:
                self._field(line)
            elif self._data:
                events.append("\n".join(self._data))
                self._data = []
        self._size = len(rest) + sum(map(len, self._data))
        return events

    def _field(self, line: bytes) -> None:
        name, _, value = line.partition(b":")
        if name != b"data":
            return
        try:
            self._data.append(value.removeprefix(b" ").decode("utf-8"))
        except UnicodeDecodeError:
            raise BadStream("an event is not valid UTF-8") from None


def frame(value: Any) -> bytes:
    """Return *value* as one event."""
    return b"data: " + to_json(value, inf_nan_mode="null") + b"\n\n"
