from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from corpora import Span
from guard.regurgitation import ranges

_SPANS = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 12)).map(lambda p: Span(p[0], p[0] + p[1])), max_size=8)


def _places(spans):
    return {place for span in spans for place in range(span.start, span.end)}


@settings(max_examples=150, deadline=None)
@given(_SPANS, _SPANS)
def test_ranges_are_sets_of_places(left, right):
    parts = ranges.joined(left)
    both = ranges.union(parts, right)

    assert _places(both) == _places(left) | _places(right)
    assert ranges.size(both) == len(_places(both))
    assert all(a.end < b.start for a, b in pairwise(both))
    assert all(ranges.covers(parts, place) == (place in _places(left)) for place in range(55))


@settings(max_examples=150, deadline=None)
@given(_SPANS, st.integers(0, 40), st.integers(0, 15))
def test_without_leaves_the_rest(taken, start, length):
    parts = ranges.joined(taken)
    rest = ranges.without(Span(start, start + length), parts)

    assert _places(rest) == set(range(start, start + length)) - _places(parts)
    assert all(len(span) for span in rest)


def test_a_gap_within_reach_is_closed():
    assert ranges.joined([Span(0, 5), Span(8, 9)], reach=3) == (Span(0, 9),)
    assert ranges.joined([Span(0, 5), Span(8, 9)], reach=2) == (Span(0, 5), Span(8, 9))
