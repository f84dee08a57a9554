"""What an offset is, said once: half-open ranges of code points."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """
    A half-open range ``[start, end)`` of Python code points in one string.

    Raises:
        ValueError: The range is negative or runs backwards.
    """

    start: int
    end: int

    def __post_init__(self) -> None:
        if self.start < 0 or self.end < self.start:
            raise ValueError(f"not a span: [{self.start}, {self.end})")

    def __len__(self) -> int:
        return self.end - self.start

    def __bool__(self) -> bool:
        # Without this an empty span would be falsy because of __len__; callers test for None, not for length.
        return True

    def of(self, text: str) -> str:
        """Return the covered text; *text* must be the string the span was found in."""
        return text[self.start : self.end]

    def overlaps(self, other: Span) -> bool:
        """Say whether the two ranges share at least one code point."""
        return self.start < other.end and other.start < self.end
