"""Honest users at their work."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from bench.attacks.desk import DAY, Answerer, Clock, Desk, wilson
from bench.attacks.world import Question, World

A_DAY = 12
"""Questions of one user a day."""
WORKLOADS = ("focused", "zipf", "uniform")
FOCUS = 5
"""Documents that a focused user works with."""


def asked(world: World, workload: str, people: int, days: int, seed: int) -> Iterator[tuple[int, int, Question]]:
    """Yield (day, user, question): focused on a few documents, Zipf like a help desk's, or any."""
    chance = random.Random(seed)
    ranked = list(world.questions)
    chance.shuffle(ranked)
    weights = [1 / (rank + 1) for rank in range(len(ranked))]
    own: dict[int, list[Question]] = {}
    for user in range(people):
        focus = {one.document for one in chance.sample(ranked, min(FOCUS, len(ranked)))}
        own[user] = [one for one in ranked if one.document in focus]
    for day in range(days):
        for _ in range(A_DAY):
            for user in range(people):
                if workload == "focused":
                    yield day, user, chance.choice(own[user])
                elif workload == "zipf":
                    yield day, user, chance.choices(ranked, weights)[0]
                else:
                    yield day, user, chance.choice(ranked)


def workday(
    world: World,
    folder: Path,
    workload: str,
    *,
    label: str,
    k: int,
    answerer: Answerer | None,
    people: int,
    days: int,
    extra: str = "",
) -> dict[str, object]:
    """
    Let people work and count what they lost.

    A question counts as blocked when it was not admitted, when the document that answers it was retrieved and dropped,
    or when its answer was shortened.
    """
    clock = Clock()
    count, dropped, shortened, refused = 0, 0, 0, 0
    why: Counter[str] = Counter()
    with clock.ruling():
        desk = Desk(world, folder, clock, label=label, extra=extra)
        begin = clock.now
        for number, (day, user, question) in enumerate(asked(world, workload, people, days, 5)):
            clock.now = begin + day * DAY + 8 * 3600 * (number % (people * A_DAY)) / (people * A_DAY)
            turn = desk.ask(desk.reader(f"user{user}"), question.text, k=k, answerer=answerer)
            count += 1
            lost = question.document in turn.reasons
            cut = turn.verdict is not None and bool(turn.verdict.action)
            dropped += lost
            shortened += cut and not lost
            refused += not turn.admitted
            if lost:
                why[turn.reasons[question.document]] += 1
            elif cut and turn.verdict is not None:
                why[f"answer: {turn.verdict.reason.value}"] += 1
        signals = len(desk.signals)
        desk.close()
    blocked = dropped + shortened + refused
    low, high = wilson(blocked, count)
    return {
        "workload": workload,
        "label": label,
        "k": k,
        "users": people,
        "questions": count,
        "blocked": blocked,
        "share": round(blocked / count, 5),
        "wilson": [round(low, 5), round(high, 5)],
        "dropped": round(dropped / count, 5),
        "shortened": round(shortened / count, 5),
        "refused": refused,
        "why": dict(why),
        "signals": signals,
    }
