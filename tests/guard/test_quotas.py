"""Quotas against a plain model that looks at every account for every word."""

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from guard.policy import LabelLimits
from guard.quotas import SAME_RUN, Quotas
from guard.verdict import Action

LIMITS = st.builds(
    LabelLimits,
    run=st.none() | st.integers(0, 120),
    answer=st.none() | st.integers(0, 200),
    beyond=st.sampled_from([Action.REDACT, Action.BLOCK]),
)
STRETCHES = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 60), st.integers(1, 40)), max_size=8)
SIZES = st.lists(st.integers(1, 9), min_size=1, max_size=60)


def plainly(
    stretches: list[tuple[int, int, int]], limits: list[LabelLimits], words: list[tuple[int, int]]
) -> list[Action]:
    run, answer, last = [0] * 4, [0] * 4, [-SAME_RUN - 1] * 4
    over, spent = [False] * 4, [False] * 4
    actions = []
    for number, (start, end) in enumerate(words):
        here = sorted({key for key, first, count in stretches if first <= number < first + count})
        for key in here:
            if start - last[key] > SAME_RUN:
                run[key], over[key] = 0, False
            last[key] = end
        size = end - start
        if not any(over[key] or spent[key] for key in here):
            for key in here:
                most, whole = limits[key].run, limits[key].answer
                over[key] = most is not None and run[key] + size > most
                spent[key] = whole is not None and answer[key] + size > whole
            if not any(over[key] or spent[key] for key in here):
                for key in here:
                    run[key] += size
                    answer[key] += size
        beyond = [limits[key].beyond for key in here if over[key] or spent[key]]
        actions.append(max(beyond, default=Action.ALLOW))
    return actions


@settings(max_examples=150)
@given(stretches=STRETCHES, limits=st.lists(LIMITS, min_size=4, max_size=4), sizes=SIZES)
def test_one_running_total_does_what_an_account_each_would(
    stretches: list[tuple[int, int, int]], limits: list[LabelLimits], sizes: list[int]
) -> None:
    ends = list(itertools.accumulate(sizes))
    words = list(zip([0, *ends], ends, strict=False))
    quotas = Quotas()
    actions = []
    for number, (start, end) in enumerate(words):
        for key, first, count in stretches:
            if first + count == number:
                quotas.end((str(key), ""), start)
        for key, first, _ in stretches:
            if first == number:
                quotas.begin((str(key), ""), limits[key], start)
        actions.append(quotas.quote(end - start))

    assert actions == plainly(stretches, limits, words)
