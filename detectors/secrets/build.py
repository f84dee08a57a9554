"""Short ways to write rules: most tokens are a fixed head and a number of letters of one alphabet."""

from __future__ import annotations

import re
import string
from collections.abc import Callable
from functools import cache
from typing import Final

from detectors.errors import RuleError
from detectors.secrets.rule import Rule

ALNUM: Final = "A-Za-z0-9"
LOWER: Final = "a-z0-9"
UPPER: Final = "A-Z0-9"
HEX: Final = "a-f0-9"
URLSAFE: Final = r"A-Za-z0-9_-"
BASE64: Final = r"A-Za-z0-9+/"
WORD: Final = r"A-Za-z0-9_"
DOTTED: Final = r"A-Za-z0-9_.-"
DIGITS: Final = "0-9"


@cache
def _letters(alphabet: str) -> str:
    one = re.compile(f"[{alphabet}]")
    return "".join(char for char in string.ascii_letters + string.digits if one.match(char))


def sample(alphabet: str, size: int, *, seed: int = 1) -> str:
    """Return *size* letters of *alphabet* that look drawn at random, the same ones each time; no real credential."""
    letters = _letters(alphabet)
    state = 0x9E3779B9 * (seed + 1) & 0xFFFFFFFF
    out = []
    for _ in range(size):
        state = (1664525 * state + 1013904223) & 0xFFFFFFFF
        out.append(letters[(state >> 16) % len(letters)])
    return "".join(out)


def token(
    name: str,
    head: str | tuple[str, ...],
    alphabet: str,
    size: int | tuple[int, int],
    source: str,
    *,
    bounded: bool = False,
    tail: str = "",
    valid: Callable[[str], bool] | None = None,
    samples: tuple[str, ...] = (),
    confidence: float = 0.95,
) -> Rule:
    """
    Return the rule for tokens of a literal *head* and *size* letters of *alphabet*.

    Args:
        name: Stable name of the rule.
        head: The literal, or several of which one stands; case matters.
        alphabet: A character class without brackets.
        size: How many letters follow, exactly or at least and at most; letters in excess are taken in, so that a token
            with something stuck to it does not escape.
        source: Where the service documents the format.
        bounded: Whether nothing of a word may stand in front or, with an exact size, behind; for heads that ordinary
            words end with.
        tail: Regular expression of what may follow, such as ``=*``.
        valid: Looks closer at the whole token.
        samples: What must match, where a checksum decides; otherwise made from *head* and *alphabet*.
        confidence: In ``[0, 1]``.
    """
    heads = (head,) if isinstance(head, str) else head
    least, most = (size, size) if isinstance(size, int) else size
    first = "|".join(re.escape(one) for one in sorted(heads, key=len, reverse=True))
    left = r"(?<![A-Za-z0-9])" if bounded else ""
    if bounded and least == most:
        body, right = f"[{alphabet}]{{{least}}}", f"(?![{alphabet}])"
    else:
        body, right = f"[{alphabet}]{{{least},{max(most, least + 64)}}}", ""
    return Rule(
        name=name,
        pattern=f"{left}(?:{first}){body}{tail}{right}",
        anchor=tuple(sorted({one.lower() for one in heads})),
        source=source,
        matches=samples or tuple(one + sample(alphabet, length) for one in heads for length in sorted({least, most})),
        near_misses=(heads[0] + sample(alphabet, least - 1) if least > 1 else heads[0],),
        valid=valid,
        confidence=confidence,
    )


_NAMED: Final = {
    "alnum": ALNUM,
    "lower": LOWER,
    "upper": UPPER,
    "hex": HEX,
    "urlsafe": URLSAFE,
    "base64": BASE64,
    "word": WORD,
    "dotted": DOTTED,
    "digits": DIGITS,
}


def table(rows: str) -> tuple[Rule, ...]:
    """
    Return the rules written one a line: ``name | heads | alphabet size | options | source without https://``.

    Heads are separated by spaces; the alphabet is a name of this module in lower case or a character class; the size is
    one number or ``least-most``; options are ``bounded`` and a confidence.

    Raises:
        RuleError: A line has another form.
    """
    rules = []
    for line in filter(None, map(str.strip, rows.splitlines())):
        fields = [column.strip() for column in line.split("|")]
        if len(fields) != 5:  # noqa: PLR2004 - the columns named above
            raise RuleError(f"not five columns: {line!r}")
        name, heads, form, options, source = fields
        alphabet, _, size = form.rpartition(" ")
        least, _, most = size.partition("-")
        numbers = [float(option) for option in options.split() if option != "bounded"]
        rules.append(
            token(
                name,
                tuple(heads.split()),
                _NAMED.get(alphabet, alphabet),
                (int(least), int(most or least)),
                f"https://{source}",
                bounded="bounded" in options.split(),
                confidence=numbers[0] if numbers else 0.95,
            ),
        )
    return tuple(rules)


def mixed(*, digits: int = 0, upper: int = 0, lower: int = 0) -> Callable[[str], bool]:
    """Return the check that a value holds at least so many digits, upper-case and lower-case letters."""

    def check(value: str) -> bool:
        return (
            sum(char.isdigit() for char in value) >= digits
            and sum(char.isupper() for char in value) >= upper
            and sum(char.islower() for char in value) >= lower
        )

    return check
