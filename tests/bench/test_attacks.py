"""The attack bench runs, on a tiny corpus, so that it cannot rot; its own instruments are right."""

from __future__ import annotations

import random
from types import SimpleNamespace

import numpy as np
import pytest

from bench.attacks import patience
from bench.attacks.attackers import COMMANDS, KINDS
from bench.attacks.campaigns import campaign, curve
from bench.attacks.desk import Answer, Book, Clock, echoing, extracting, longest_run, wilson
from bench.attacks.work import workday
from bench.attacks.world import World, from_files, made_up_questions
from guard.regurgitation.rouge import best_rouge_l, words
from guard.verdict import Action

pytest.importorskip("wordllama")


def text(seed):
    chance = random.Random(seed)
    known = ["".join(chance.choices("abcdefghilmnoprstu", k=chance.randint(3, 9))) for _ in range(200)]
    return ". ".join(" ".join(chance.choices(known, k=12)).capitalize() for _ in range(30)) + "."


@pytest.fixture(scope="module")
def world():
    texts = [(f"d{number}", text(number)) for number in range(12)]
    return World(texts, made_up_questions(texts))


@pytest.fixture
def pool(world):
    return [one.text for one in world.questions]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("attacks")


def test_a_chain_that_echoes_gives_away_no_more_than_the_quotes(world, folder, pool):
    found = campaign(world, folder, "dump", k=4, questions=12, days=1, answerer=echoing, pool=pool)

    assert found["unguarded_chunks"] > 0.2, "without a guard it would be much"
    assert 0 < found["corpus_share"] < 0.2
    assert (found["over_user_cap"], found["over_tenant_cap"]) == (0, 0)
    assert found["longest_run"] <= 256
    assert 0 < found["characters_before_first_cut"] <= 320


@pytest.mark.parametrize("name", sorted(set(KINDS) - {"dump"}))
def test_every_attacker_asks_and_learns(world, pool, name):
    attacker = KINDS[name](world, pool, COMMANDS, 3)
    asked = []
    for _ in range(6):
        asked.append(attacker.question())
        attacker.hear(world.texts[0][:300])

    assert all(isinstance(question, str) and question for question in asked)
    assert len(set(asked)) > 3


def test_accounts_that_share_the_work_stay_below_the_tenants_cap(world, folder, pool):
    found = campaign(world, folder, "crawler", k=4, questions=16, days=1, answerer=echoing, accounts=8, pool=pool)

    assert found["over_tenant_cap"] == 0
    assert found["accounts"] == 8


@pytest.mark.parametrize("run", [patience.eight_words, patience.two_choices, patience.renamed])
def test_patience_gains_nothing(world, folder, run):
    found = run(world, folder)

    assert found["over_cap"] == 0
    assert sum(found["seen_each"]) > 0


def test_nor_do_ninety_days(world, folder):
    found = patience.slow_drip(world, folder, days=4, a_day=6)

    assert found["over_cap"] == 0
    assert found["turns"] == 24


def test_honest_people_are_counted(world, folder):
    found = workday(world, folder, "focused", label="internal", k=4, answerer=extracting, people=2, days=1)

    assert found["questions"] == 24
    assert found["blocked"] == round((found["dropped"] + found["shortened"]) * 24) + found["refused"]
    assert found["wilson"][0] <= found["share"] <= found["wilson"][1]


def test_a_tighter_cap_reaches_less_and_costs_more(world, folder, pool):
    tight, loose = curve(world, folder, pool, caps=(3, 50), ks=(4,), questions=8, people=1)

    assert tight["coverage"]["crawler"] == 0.25
    assert loose["coverage"]["crawler"] > 0.25
    assert sum(tight["honest_dropped"].values()) > sum(loose["honest_dropped"].values())


def test_the_book_says_what_rouge_says(world):
    """More than half of a chunk in one piece is a ROUGE-L over 0.5 of a window as long as the chunk."""
    chunk = world.chunks[0]
    whole = world.text(0)
    for part in (0.2, 0.4, 0.6, 0.9):
        length = int(part * len(whole))
        book = Book(world)
        answer = Answer(whole, ((0, chunk.document, chunk.start, len(whole)),))
        book.shown("ann", answer, SimpleNamespace(text=whole[:length] + "[passage withheld]", action=Action.REDACT))
        assembled, alone = book.recovered(book.all)
        shown = words(whole[:length])

        assert alone == (part > 0.5)
        assert assembled == (best_rouge_l(words(whole), shown, floor=0.5) > 0)
        assert book.longest == length
        assert book.before_cut == length


def test_what_the_question_said_already_is_no_leak(world):
    book = Book(world)
    chunk, whole = world.chunks[0], world.text(0)
    answer = Answer(whole, ((0, chunk.document, chunk.start, len(whole)),))
    book.shown("ann", answer, SimpleNamespace(text=whole, action=Action.ALLOW), question=" ".join(whole.split()[:10]))

    assert book.longest < len(whole) - 20


@pytest.mark.parametrize(("marks", "longest"), [("", 0), ("0", 0), ("1", 1), ("0110111", 3), ("1111", 4)])
def test_longest_run(marks, longest):
    assert longest_run(np.array([mark == "1" for mark in marks], dtype=bool)) == longest


def test_wilson_as_published():
    """None of 3,838 shows 0.1 % at 95 %; one in ten of a hundred lies between 5.5 % and 17.4 %."""
    assert wilson(0, 3838)[1] == pytest.approx(0.001, abs=1e-5)
    assert wilson(10, 100) == pytest.approx((0.0552, 0.1744), abs=1e-3)
    assert wilson(0, 0) == (0.0, 1.0)


def test_files_are_read_and_the_first_of_a_name_stands(tmp_path):
    (tmp_path / "d.jsonl").write_text(
        '{"doc_id": "a", "text": "' + "one two three " * 20 + '"}\n{"doc_id": "b", "text": "x y z"}\n'
        '{"doc_id": "a", "text": "another"}\n'
    )
    (tmp_path / "q.jsonl").write_text('{"doc_id": "a", "text": "what?"}\n{"doc_id": "nowhere", "text": "who?"}\n')
    read = from_files(tmp_path / "d.jsonl", tmp_path / "q.jsonl", 10)

    assert read.ids == ["a", "b"]
    assert read.texts[0].startswith("one two")
    assert [(one.text, one.document) for one in read.questions] == [("what?", 0)]


def test_the_clock_rules_the_program():
    import time

    clock = Clock()
    with clock.ruling():
        clock.now = 5.0
        assert time.time() == 5.0
    assert time.time() > 1e9
