"""Attackers with time: a few words a turn, two choices at once, documents that change their names, ninety days."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bench.attacks.campaigns import allowed
from bench.attacks.desk import DAY, NAME, TENANT, Answer, Clock, Desk, echoing
from bench.attacks.world import World
from corpora import Document, DocumentRef
from guard import CheckRequest

TARGETS = 4
"""Documents that are taken slowly."""
EDGES = 64
"""Characters over the budget that count as none: single words at the ends of answers, too little to be matched."""


def _words(text: str, size: int) -> Iterator[tuple[int, int]]:
    """Go through the ranges of so many words of *text*."""
    at = 0
    words = text.split()
    for first in range(0, len(words), size):
        start = text.index(words[first], at)
        end = start
        for word in words[first : first + size]:
            end = text.index(word, end) + len(word)
        yield start, end
        at = end


def _result(desk: Desk, name: str, turns: int) -> dict[str, object]:
    caps = allowed(desk, desk.reader("mole0"))
    charged = {one.family: len(one.cells) * 32 for one in desk.guard.ledger.exposure(TENANT) if one.scope == "user"}
    seen = [int(mask.sum()) for mask in desk.book.all.values()]
    over = sum(int(mask.sum()) > caps[document][0] + EDGES for document, mask in desk.book.all.items())
    return {
        "attack": name,
        "turns": turns,
        "documents": TARGETS,
        "budget_each": [caps[document][0] for document in range(TARGETS)],
        "seen_each": seen,
        "charged": sum(charged.values()),
        "over_cap": over,
        "share": round(sum(seen) / sum(len(desk.world.texts[number]) for number in range(TARGETS)), 4),
    }


def eight_words(world: World, folder: Path) -> dict[str, object]:
    """Eight words of one document a turn, one after another, with the document in the prompt."""
    clock, turns = Clock(), 0
    with clock.ruling():
        desk = Desk(world, folder, clock)
        reader = desk.reader("mole0")
        for document in range(TARGETS):
            ref = DocumentRef(NAME, world.ids[document])
            for start, end in _words(world.texts[document][:6_000], 8):
                turns += 1
                clock.now += 60
                kept = desk.guard.filter_documents([ref], reader, question=f"word {turns}")
                answer = Answer(world.texts[document][start:end], ((0, document, start, end - start),))
                verdict = desk.guard.check(CheckRequest(answer=answer.text, principal=reader, context=kept.kept))
                if kept.kept:
                    desk.book.shown("mole0", answer, verdict)
        result = _result(desk, "eight words a turn", turns)
        desk.close()
    return result


def two_choices(world: World, folder: Path) -> dict[str, object]:
    """Eight words here and eight there, in two choices of one request that are open at once."""
    clock, turns = Clock(), 0
    with clock.ruling():
        desk = Desk(world, folder, clock)
        reader = desk.reader("mole0")
        for document in range(TARGETS):
            ref = DocumentRef(NAME, world.ids[document])
            ranges = list(_words(world.texts[document][:6_000], 8))
            for first in range(0, len(ranges), 40):
                turns += 1
                clock.now += 60
                if not desk.guard.filter_documents([ref], reader, question=f"part {turns}").kept:
                    continue
                parts = ranges[first : first + 40]
                for choice in range(2):
                    mine = [(document, *one) for one in parts[choice::2]]
                    text, layout = "", []
                    for number, start, end in mine:
                        layout.append((len(text), number, start, end - start))
                        text += world.texts[number][start:end] + " "
                    with desk.guard.stream(
                        principal=reader, context=(ref,), request_id=f"r{turns}", choice=choice
                    ) as stream:
                        stream.feed(text)
                        verdict = stream.finish()
                    desk.book.shown("mole0", Answer(text, tuple(layout)), verdict)
        result = _result(desk, "two interleaved choices", turns)
        desk.close()
    return result


def renamed(world: World, folder: Path) -> dict[str, object]:
    """Full quotes of a document that is removed and added again under new names, four times."""
    clock, turns = Clock(), 0
    with clock.ruling():
        desk = Desk(world, folder, clock)
        reader = desk.reader("mole0")
        corpus = desk.guard.corpora[NAME]
        names = list(world.ids[:TARGETS])
        for generation in range(5):
            for document in range(TARGETS):
                text = world.texts[document]
                for start, end in _words(text[:6_000], 40):
                    turns += 1
                    clock.now += 60
                    answer = Answer(text[start:end], ((0, document, start, end - start),))
                    verdict = desk.guard.check(CheckRequest(answer=answer.text, principal=reader))
                    desk.book.shown("mole0", answer, verdict)
            new = [f"{generation}/{name}" for name in world.ids[:TARGETS]]
            corpus.update(remove=names, add=[_document(one, world.texts[number]) for number, one in enumerate(new)])
            names = new
        corpus.update(remove=names, add=[_document(world.ids[n], world.texts[n]) for n in range(TARGETS)])
        result = _result(desk, "documents re-added and renamed", turns)
        desk.close()
    return result


def _document(name: str, text: str) -> Document:
    return Document(id=name, text=text, label="confidential", readers=frozenset({"*"}), tenant=TENANT)


def slow_drip(world: World, folder: Path, *, days: int = 90, a_day: int = 12) -> dict[str, object]:
    """A dozen questions a day about the same few documents, for a quarter of a year; the chain echoes."""
    clock, turns = Clock(), 0
    with clock.ruling():
        desk = Desk(world, folder, clock)
        reader = desk.reader("mole0")
        chunks = [number for number, one in enumerate(world.chunks) if one.document < TARGETS]
        for _ in range(days):
            for _ in range(a_day):
                turns += 1
                clock.now += DAY / a_day
                chunk = chunks[turns % len(chunks)]
                ref = DocumentRef(NAME, world.ids[world.chunks[chunk].document])
                kept = desk.guard.filter_documents([ref], reader, question=f"about {turns}")
                if not kept.kept:
                    continue
                answer = echoing(world, "", [chunk])
                verdict = desk.guard.check(CheckRequest(answer=answer.text, principal=reader, context=kept.kept))
                desk.book.shown("mole0", answer, verdict)
        result = _result(desk, f"{days}-day drip", turns)
        desk.close()
    return result
