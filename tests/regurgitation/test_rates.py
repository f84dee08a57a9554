from __future__ import annotations

import pytest

from guard.regurgitation.rates import Rate


@pytest.mark.parametrize(
    ("hits", "trials", "low", "high"),
    [
        # Newcombe, Two-sided confidence intervals for the single proportion (1998), table I, method 3.
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_published_intervals(hits, trials, low, high):
    assert Rate(hits=hits, trials=trials).interval == pytest.approx((low, high), abs=5e-5)


def test_nothing_tried_says_nothing():
    assert Rate(hits=0, trials=0).interval == (0.0, 1.0)
    assert Rate(hits=0, trials=0).value == 0.0


def test_all_hits_reach_one():
    low, high = Rate(hits=20, trials=20).interval
    assert high == 1.0
    assert low == pytest.approx(1 - 0.1611, abs=5e-5)


@pytest.mark.parametrize(("hits", "trials"), [(-1, 3), (4, 3)])
def test_no_share(hits, trials):
    with pytest.raises(ValueError, match="no share"):
        Rate(hits=hits, trials=trials)
