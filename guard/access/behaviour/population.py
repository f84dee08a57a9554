"""What users of one tenant, or of all, usually come to: the measure against which somebody stands out."""

from __future__ import annotations

import base64
import json
from typing import Final, Self

from datasketches import hll_sketch, hll_union, kll_floats_sketch, tgt_hll_type

FORMAT: Final = 1
K: Final = 64
"""Of the quantile sketches: ranks within 4 %, in about a kilobyte."""
LG_USERS: Final = 10
ENOUGH: Final = 20
"""User-days before a quantile means anything; until then only absolute numbers count."""
NINE_OF_TEN: Final = 0.9


class Population:
    """
    Quantiles over finished days of users, and how many users and documents there were.

    A handful of attackers cannot move what nine of ten come to.
    """

    def __init__(self) -> None:
        self._documents = kll_floats_sketch(K)
        self._characters = kll_floats_sketch(K)
        self._novelty = kll_floats_sketch(K)
        self._users = hll_sketch(LG_USERS, tgt_hll_type.HLL_4)
        self._touched = hll_sketch(LG_USERS, tgt_hll_type.HLL_4)

    def count_user(self, name: str) -> None:
        """Count that a user was active."""
        self._users.update(name)

    def count_document(self, key: int) -> None:
        """Count that a document was touched by anybody."""
        self._touched.update(key)

    def end_day(self, *, documents: float, characters: int, novelty: float) -> None:
        """Take in what a user came to on a day that is over."""
        self._documents.update(documents)
        self._characters.update(float(characters))
        self._novelty.update(novelty)

    def documents(self) -> float:
        """Return the sensitive documents a day that nine of ten users come to; 0 while that is not known."""
        return self._quantile(self._documents)

    def characters(self) -> float:
        """Return the same of characters asked and answered."""
        return self._quantile(self._characters)

    def novelty(self) -> float:
        """Return the median share of new documents; 0 while that is not known."""
        return self._quantile(self._novelty, 0.5)

    @property
    def users(self) -> float:
        """About how many users there were."""
        return float(self._users.get_estimate())

    @property
    def touched(self) -> float:
        """About how many documents all of them touched."""
        return float(self._touched.get_estimate())

    def merge(self, other: Population) -> None:
        """Take in what another process counted since both last agreed."""
        self._documents.merge(other._documents)
        self._characters.merge(other._characters)
        self._novelty.merge(other._novelty)
        self._users = _joined(self._users, other._users)
        self._touched = _joined(self._touched, other._touched)

    def pack(self) -> bytes:
        """Return it as bytes, a few kilobytes."""
        quantiles = [one.serialize() for one in (self._documents, self._characters, self._novelty)]
        counts = [one.serialize_compact() for one in (self._users, self._touched)]
        return json.dumps([FORMAT, *(base64.b64encode(one).decode() for one in (*quantiles, *counts))]).encode()

    @classmethod
    def unpack(cls, packed: bytes) -> Self:
        """
        Return what :meth:`pack` packed.

        Raises:
            ValueError: It is something else.
        """
        version, *parts = json.loads(packed)
        if version != FORMAT or len(parts) != 5:  # noqa: PLR2004 - as many as are packed above
            raise ValueError("statistics in a format that this program does not know")
        raw = [base64.b64decode(one) for one in parts]
        self = cls()
        self._documents, self._characters, self._novelty = (kll_floats_sketch.deserialize(one) for one in raw[:3])
        self._users, self._touched = (hll_sketch.deserialize(one) for one in raw[3:])
        return self

    @staticmethod
    def _quantile(sketch: kll_floats_sketch, rank: float = NINE_OF_TEN) -> float:
        return float(sketch.get_quantile(rank)) if sketch.n >= ENOUGH else 0.0


def _joined(one: hll_sketch, other: hll_sketch) -> hll_sketch:
    joined = hll_union(LG_USERS)
    joined.update(one)
    joined.update(other)
    return joined.get_result(tgt_hll_type.HLL_4)
