"""Addresses of machines: IP and MAC."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from typing import Final

from detectors.pii.candidate import Candidate, Searched, overlapping

_V4: Final = re.compile(r"(?<![\w.])(?<![\w]-)(?:\d{1,3}\.){3}\d{1,3}(?![\w]|\.\d|-\w)")
_V6: Final = re.compile(
    r"[23](?<![\w:.][23])[0-9A-Fa-f]{3}:(?:[0-9A-Fa-f]{1,4}:{1,2}){1,6}[0-9A-Fa-f]{1,4}(?![\w:]|\.\d)|[23](?<![\w:.][23])[0-9A-Fa-f]{3}(?::[0-9A-Fa-f]{1,4}){0,5}::(?![\w:])",
)
"""Only 2000::/3 is the public Internet; a shortened address of another range is more often code."""

_V6_WHOLE: Final = re.compile(r"(?<![\w:.])(?:[0-9A-Fa-f]{1,4}:){7}[0-9A-Fa-f]{1,4}(?![\w:])")
_UNICAST: Final = ipaddress.ip_network("2000::/3")
_DOTS: Final = re.compile(r"\.\d{1,3}\.\d")
_COLONS: Final = re.compile(r":[0-9A-Fa-f]{0,4}:")
_VERSION: Final = re.compile(r"(?:\bv|version|release|rel\.?|ver\.?|\boid|section|kapitel|firmware|build|§)[\s:=]*\Z")


def addresses(searched: Searched) -> Iterator[Candidate]:
    """Yield IP addresses of the public Internet; private, reserved and documentation ranges tell of nobody."""
    patterns = [_V4] if _DOTS.search(searched.text) else []
    if _COLONS.search(searched.text):
        patterns += [_V6, _V6_WHOLE]
    for pattern in patterns:
        for match in overlapping(pattern, searched.text):
            try:
                address = ipaddress.ip_address(match.group())
            except ValueError:
                continue
            if (
                address.is_global
                and not address.is_multicast
                and not _VERSION.search(searched.before(match.start(), 12))
            ):
                yield Candidate("IP_ADDRESS", match.start(), match.end(), 0.95)


_MAC: Final = re.compile(
    r"(?<![\w:.-])(?:[0-9A-Fa-f]{2}([:-]))(?:[0-9A-Fa-f]{2}\1){4}[0-9A-Fa-f]{2}(?![\w:-]|\.\d)|(?<![\w.])[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}(?![\w]|\.\w)"
)


_PAIRS: Final = re.compile(r"[0-9A-Fa-f][:.-][0-9A-Fa-f]{2,4}[:.-][0-9A-Fa-f]{2}")


def hardware(searched: Searched) -> Iterator[Candidate]:
    """Yield MAC addresses; all-zero and broadcast excluded."""
    if not _PAIRS.search(searched.text):
        return
    for match in overlapping(_MAC, searched.text):
        letters = set(match.group().lower()) - set(":-.")
        if len(letters) > 1:
            yield Candidate("MAC_ADDRESS", match.start(), match.end(), 0.95)
