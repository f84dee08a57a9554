"""Python callables as targets."""

from __future__ import annotations

import asyncio
import time

import pytest

from guard.regurgitation.errors import ProbeSettingError, TargetError
from guard.regurgitation.targets import MAX_ANSWER, CallableTarget, open_target


def ask(function, prompt="question"):
    return asyncio.run(CallableTarget(function).ask(prompt))


async def _coroutine(prompt):
    await asyncio.sleep(0)
    return prompt[::-1]


class Chain:
    """A callable object whose call is a coroutine, as a wrapped chain may be."""

    async def __call__(self, prompt):
        return prompt[::-1]


@pytest.mark.parametrize(
    "function", [lambda prompt: prompt[::-1], _coroutine, Chain()], ids=["sync", "async", "object"]
)
def test_sync_and_async(function):
    assert ask(function).text == "noitseuq"


@pytest.mark.parametrize("answer", [None, b"bytes", 3, ["text"]])
def test_no_string_is_no_answer(answer):
    with pytest.raises(TargetError, match="not a string"):
        ask(lambda _: answer)


@pytest.mark.parametrize(
    "error", [ValueError("secret text"), SystemExit("secret text"), KeyboardInterrupt("secret text")]
)
def test_what_it_raises_is_named_and_not_quoted(error):
    def fails(prompt):
        raise error

    with pytest.raises(TargetError) as caught:
        ask(fails)
    assert str(caught.value) == f"the callable raised {type(error).__name__}"


def test_too_long_and_malformed_answers_are_not_measured():
    with pytest.raises(TargetError, match="at most"):
        ask(lambda _: "x" * (MAX_ANSWER + 1))
    with pytest.raises(TargetError, match="lone surrogate at offset 2"):
        ask(lambda _: "ab\ud800")


def test_sync_callables_run_side_by_side():
    async def many():
        target = CallableTarget(lambda prompt: time.sleep(0.2) or prompt)
        return await asyncio.gather(*(target.ask(str(number)) for number in range(8)))

    begun = time.monotonic()
    assert [reply.text for reply in asyncio.run(many())] == [str(number) for number in range(8)]
    assert time.monotonic() - begun < 1.2


def test_a_callable_that_hangs_does_not_hold_the_run():
    async def impatient():
        async with asyncio.timeout(0.1):
            await CallableTarget(lambda _: time.sleep(5)).ask("q")

    begun = time.monotonic()
    with pytest.raises(TimeoutError):
        asyncio.run(impatient())
    assert time.monotonic() - begun < 2


def test_by_name_from_the_working_directory(tmp_path, monkeypatch):
    (tmp_path / "my_own_victim.py").write_text("class Bot:\n    @staticmethod\n    def ask(q): return 'hello ' + q\n")
    monkeypatch.chdir(tmp_path)
    target = open_target("my_own_victim:Bot.ask")

    assert target.name == "my_own_victim:Bot.ask"
    assert asyncio.run(target.ask("you")).text == "hello you"


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("nothing", "module:function"),
        (":function", "module:function"),
        ("module:", "module:function"),
        ("ftp://host", "http"),
        ("no_such_module_anywhere:f", "no module named 'no_such_module_anywhere'"),
        ("json:no_such_name", "no callable named 'no_such_name'"),
        ("json:__doc__", "no callable"),
    ],
)
def test_a_target_that_is_none(spec, message):
    with pytest.raises(ProbeSettingError, match=message):
        open_target(spec)


def test_a_module_that_fails_to_import(tmp_path, monkeypatch):
    (tmp_path / "my_broken_victim.py").write_text("raise RuntimeError('hidden text')\n")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ProbeSettingError, match="raised RuntimeError") as caught:
        open_target("my_broken_victim:f")
    assert "hidden" not in str(caught.value)
