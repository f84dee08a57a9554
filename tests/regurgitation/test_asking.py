"""Concurrency, time limits and retries."""

from __future__ import annotations

import asyncio
import time

import pytest

from corpora import DocumentRef
from guard.regurgitation.asking import HOPELESS, Patience, ask_all
from guard.regurgitation.errors import TargetError
from guard.regurgitation.probes import Probe
from guard.regurgitation.targets import Reply


def probes(count):
    ref = DocumentRef("c", "d")
    return [Probe(number=n, technique="dump-auditor", ref=ref, prompt=f"question {n}") for n in range(1, count + 1)]


class Scripted:
    """A target that follows a script: a function of the prompt and of how often it was asked that."""

    name = "scripted"

    def __init__(self, script):
        self.script = script
        self.calls = {}
        self.most = self.open = 0

    async def ask(self, prompt):
        self.calls[prompt] = self.calls.get(prompt, 0) + 1
        self.open += 1
        self.most = max(self.most, self.open)
        try:
            said = self.script(prompt, self.calls[prompt])
            return Reply(text=await said if asyncio.iscoroutine(said) else said)
        finally:
            self.open -= 1

    async def close(self):
        pass


def run(script, count=6, progress=None, **patience):
    target = Scripted(script)
    asked = asyncio.run(ask_all(target, probes(count), Patience(pause=0.01, **patience), progress=progress))
    return target, asked


def test_answers_stand_in_the_order_of_the_questions():
    async def later(prompt):
        await asyncio.sleep(0.05 if prompt.endswith("1") else 0)
        return prompt

    _, asked = run(lambda prompt, _: later(prompt))

    assert [one.reply.text for one in asked] == [f"question {n}" for n in range(1, 7)]
    assert [one.probe.number for one in asked] == list(range(1, 7))


def test_no_more_at_a_time_than_allowed():
    async def rest():
        await asyncio.sleep(0.02)
        return "x"

    target, _ = run(lambda *_: rest(), count=12, concurrency=3)

    assert target.most == 3


def test_a_failure_that_may_pass_is_tried_again():
    def second_time(prompt, time):
        if time == 1:
            raise TargetError("busy", again=True)
        return "fine"

    target, asked = run(second_time, retries=1)

    assert all(one.reply.text == "fine" for one in asked)
    assert set(target.calls.values()) == {2}


def test_a_failure_that_stays_is_not():
    def never(prompt, time):
        raise TargetError("wrong key")

    target, asked = run(never, count=2, retries=5)

    assert [one.error for one in asked] == ["wrong key", "wrong key"]
    assert set(target.calls.values()) == {1}


def test_after_the_last_try_there_is_no_answer():
    def never(prompt, time):
        raise TargetError("busy", again=True)

    target, asked = run(never, count=2, retries=2)

    assert all(one.reply is None and one.error == "busy" for one in asked)
    assert set(target.calls.values()) == {3}


def test_a_hanging_answer_is_given_up():
    begun = time.monotonic()
    _, asked = run(lambda *_: asyncio.sleep(30), count=2, timeout=0.1, retries=0)

    assert [one.error for one in asked] == ["no answer within 0.1 s"] * 2
    assert time.monotonic() - begun < 3


def test_a_target_that_only_fails_is_given_up():
    def never(prompt, time):
        raise TargetError("down")

    target, asked = run(never, count=200, concurrency=2)

    assert len(target.calls) == HOPELESS
    assert all(one.reply is None and one.error for one in asked)


def test_a_target_that_answered_once_is_not():
    def mostly(prompt, time):
        if prompt == "question 1":
            return "yes"
        raise TargetError("down")

    target, _ = run(mostly, count=40, concurrency=1)

    assert len(target.calls) == 40


def test_the_target_says_how_long_to_wait():
    def wait(prompt, time):
        if time == 1:
            raise TargetError("busy", again=True, after=0.3)
        return "x"

    begun = time.monotonic()
    _, asked = run(wait, count=1)

    assert time.monotonic() - begun >= 0.3
    assert asked[0].seconds >= 0.3


def test_progress_is_told_once_per_question():
    told = []
    run(lambda *_: "x", count=7, progress=lambda: told.append(1))

    assert len(told) == 7


def test_other_errors_are_not_swallowed():
    def fault(prompt, time):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run(fault)
