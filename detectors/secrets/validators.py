"""Closer looks at a credential: checksums and decoding where the service documents them."""

from __future__ import annotations

import base64
import binascii
import json
import math
from collections import Counter


def entropy(value: str) -> float:
    """Return Shannon's entropy of the characters of *value*, in bits per character; 0 for the empty string."""
    if not value:
        return 0.0
    size = len(value)
    return -sum(count / size * math.log2(count / size) for count in Counter(value).values())


def jwt(value: str) -> bool:
    """Say whether *value* is a JSON Web Token: its head decodes to an object that names an algorithm; RFC 7519."""
    header = decoded(value.partition(".")[0])
    if header is None or value.rpartition(".")[2].lower() in {"signature", "sig"}:
        return False
    try:
        fields = json.loads(header)
    except (ValueError, RecursionError):
        return False
    return isinstance(fields, dict) and ("alg" in fields or "typ" in fields or "enc" in fields)


def decoded(value: str) -> bytes | None:
    """Return what *value* stands for in base64 of either alphabet, padded or not; None when it is no base64."""
    plain = value.rstrip("=").translate(str.maketrans("-_", "+/"))
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None


def discord_user(value: str) -> bool:
    """Say whether the first part of *value* is a user's number in base64, as every Discord token's is."""
    first = decoded(value.partition(".")[0])
    return first is not None and first.isdigit()
