"""Closer looks at a credential: checksums and decoding where the service documents them."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import math
from collections import Counter
from typing import Final


def entropy(value: str) -> float:
    """Return Shannon's entropy of the characters of *value*, in bits per character; 0 for the empty string."""
    if not value:
        return 0.0
    size = len(value)
    counts = Counter(value).values()
    if size > _LONGEST_COUNTED:
        return math.log2(size) - sum(count * math.log2(count) for count in counts) / size
    return math.log2(size) - sum(map(_COUNT_BITS.__getitem__, counts)) / size


_LONGEST_COUNTED: Final = 512
_COUNT_BITS: Final = (0.0, *(count * math.log2(count) for count in range(1, _LONGEST_COUNTED + 1)))


_SHORTEST_CLAIMS: Final = 12


def jwt(value: str) -> bool:
    """
    Say whether *value* is a JSON Web Token: its head decodes to an object that names an algorithm; RFC 7519.

    One that is cut off before its signature counts if its second part begins an object too.
    """
    head, _, rest = value.partition(".")
    header = decoded(head)
    if header is None or value.rpartition(".")[2].lower() in {"signature", "sig"}:
        return False
    if "." not in rest and not (rest.startswith("ey") and len(rest) >= _SHORTEST_CLAIMS):
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


_BASE58: Final = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_WIF_HEADS: Final = (0x80, 0xEF)


def base58check(payload: bytes) -> str:
    """Return *payload* with its checksum in base58, as Bitcoin writes keys and addresses."""
    whole = payload + hashlib.sha256(hashlib.sha256(payload).digest()).digest()[:4]
    number, out = int.from_bytes(whole), ""
    while number:
        number, rest = divmod(number, 58)
        out = _BASE58[rest] + out
    return "1" * (len(whole) - len(whole.lstrip(b"\0"))) + out


def wallet_import(value: str) -> bool:
    """Say whether *value* is a private key in Bitcoin's wallet import format: the checksum decides."""
    number = 0
    for char in value:
        number = number * 58 + _BASE58.index(char)
    whole = number.to_bytes((number.bit_length() + 7) // 8)
    return len(whole) in {37, 38} and whole[0] in _WIF_HEADS and base58check(whole[:-4]) == value


def _crc16(data: bytes) -> bytes:
    return binascii.crc_hqx(data, 0).to_bytes(2, "little")


def stellar_seed(seed: bytes) -> str:
    """Return the 32 bytes of *seed* as Stellar writes a secret seed."""
    payload = bytes([18 << 3]) + seed
    return base64.b32encode(payload + _crc16(payload)).decode()


def stellar(value: str) -> bool:
    """Say whether *value* is a secret seed of Stellar: the checksum decides."""
    whole = base64.b32decode(value)
    return whole[-2:] == _crc16(whole[:-2])


def encoded_key(kind: str) -> str:
    """Return a block that begins as a private key does, in base64; nothing that opens anything."""
    return base64.b64encode(f"-----BEGIN {kind}PRIVATE KEY-----\n{'QUJDREVGR0g' * 12}\n".encode()).decode()


def encoded_certificate() -> str:
    """Return a block that begins as a certificate does, in base64."""
    return base64.b64encode(f"-----BEGIN CERTIFICATE-----\n{'QUJDREVGR0g' * 12}\n".encode()).decode()


def encoded_private_key(value: str) -> bool:
    """Say whether *value* is base64 of a private key block, as configuration files hold them."""
    head = decoded(value[:80])
    return head is not None and b"PRIVATE KEY" in head


def random_parts(value: str, sign: str) -> bool:
    """Say whether each of the parts of *value* between *sign* holds both digits and letters, of both cases in all."""
    parts = value.split(sign)
    return (
        all(any(c.isdigit() for c in part) and any(c.isalpha() for c in part) for part in parts)
        and any(c.isupper() for c in value)
        and any(c.islower() for c in value)
    )
