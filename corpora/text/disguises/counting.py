"""Numbers that count words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from corpora.text.disguises.parts import whole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from corpora.text.disguises.parts import Part

_NUMBER: Final = re.compile(r"(?<![0-9A-Za-z])[0-9]{1,6}(?![0-9A-Za-z])")


def counted(text: str, begin: int, end: int) -> Iterator[Part]:
    """Yield the numbers of ``[begin, end)``, which count up, and its end."""
    following: int | None = None
    for number in _NUMBER.finditer(text, begin, end):
        value = int(number.group())
        # A number that is not the next one was copied.
        if following is None or value == following:
            following = value + 1
            yield whole("numbered", number.start(), number.end(), "")
    yield whole("numbered", end, end, "", grows=end == len(text))
