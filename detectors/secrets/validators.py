"""Closer looks at a credential: checksums and decoding where the service documents them."""

from __future__ import annotations

import base64
import binascii
import json
import math
import zlib
from collections import Counter
from typing import Final

_BASE62: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


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


def base62_crc32(value: str) -> bool:
    """
    Say whether the last six characters of *value* are the CRC32 of what stands between them and the first underscore.

    Source: GitHub's token formats of 2021; npm and others use the same.
    """
    _, _, body = value.partition("_")
    return len(body) > 6 and _base62(zlib.crc32(body[:-6].encode())) == body[-6:]  # noqa: PLR2004 - six digits of 62


def _base62(number: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, 62)
        digits = _BASE62[digit] + digits
    return digits.rjust(6, "0")


def base62_crc32_of(prefix: str, body: str) -> str:
    """Return the token of *prefix* (with its underscore) and *body* with its checksum; for samples."""
    return prefix + body + _base62(zlib.crc32(body.encode()))
