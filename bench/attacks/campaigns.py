"""Attackers with the right to read everything, who ask all day."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bench.attacks.attackers import COMMANDS, KINDS
from bench.attacks.desk import DAY, TENANT, Answerer, Clock, Desk, per_document
from bench.attacks.world import World
from guard import Principal
from guard.judge import rights_of


def campaign(
    world: World,
    folder: Path,
    name: str,
    *,
    k: int,
    questions: int,
    days: int,
    answerer: Answerer,
    accounts: int = 1,
    commands: Sequence[str] = COMMANDS,
    pool: Sequence[str] = (),
    extra: str = "",
) -> dict[str, object]:
    """Run one campaign against a fresh ledger and return what it brought."""
    clock = Clock()
    with clock.ruling():
        desk = Desk(world, folder, clock, extra=extra)
        attacker = KINDS[name](world, list(pool), tuple(commands), 7)
        touched: set[int] = set()
        wanted_chunks: set[int] = set()
        wanted: set[int] = set()
        first_day: set[int] = set()
        refused = 0
        for number in range(questions):
            question = attacker.question()
            turn = desk.ask(desk.reader(f"mole{number % accounts}"), question, k=k, answerer=answerer)
            refused += not turn.admitted
            wanted_chunks.update(turn.retrieved)
            wanted.update(world.chunks[one].document for one in turn.retrieved)
            touched.update(world.chunks[one].document for one in turn.kept)
            if clock.now < 1_800_000_000.0 + DAY:
                first_day.update(world.chunks[one].document for one in turn.kept)
            shown = ""
            if turn.answer is not None and turn.verdict is not None:
                shown = desk.book.shown(f"mole{number % accounts}", turn.answer, turn.verdict, question)
            attacker.hear(shown)
            clock.now += days * DAY / questions
        result = summary(desk)
        desk.close()
    count, chunks = len(world.texts), len(world.chunks)
    return {
        "attack": name,
        "k": k,
        "questions": questions,
        "days": days,
        "accounts": accounts,
        "unguarded_chunks": round(len(wanted_chunks) / chunks, 4),
        "unguarded_documents": round(len(wanted) / count, 4),
        "documents": round(len(touched) / count, 4),
        "documents_a_day": round(max(len(first_day), len(touched) / days) / count, 4),
        "refused": refused,
        **result,
    }


def summary(desk: Desk) -> dict[str, object]:
    """Return what left of all documents, beside what was allowed to."""
    world, book = desk.world, desk.book
    assembled, whole = book.recovered(book.all)
    reader = desk.reader("mole0")
    caps = allowed(desk, reader)
    by_user = per_document(book.by_user)
    chunks = len(world.chunks)
    # A cell counts as a whole once any of it leaves, so no more characters can be seen than cells are charged.
    over_user = sum(max(seen) > caps[document][0] for document, seen in by_user.items())
    over_tenant = sum(int(mask.sum()) > caps[document][1] for document, mask in book.all.items())
    shares = sorted(float(mask.mean()) for mask in book.all.values())
    beyond = {number: mask for number, mask in book.all.items() if int(mask.sum()) > caps[number][1]}
    kinds = {kind: number for number, kind in reversed(desk.signals)}
    return {
        "chunks": round(whole / chunks, 4),
        "chunks_assembled": round(assembled / chunks, 4),
        "chunks_beyond_quotes": round(book.recovered(beyond)[0] / chunks, 4),
        "over_user_cap": over_user,
        "over_tenant_cap": over_tenant,
        "longest_run": book.longest,
        "characters": sum(int(mask.sum()) for mask in book.all.values()),
        "corpus_share": round(sum(int(mask.sum()) for mask in book.all.values()) / sum(map(len, world.texts)), 4),
        "median_share_of_touched": round(shares[len(shares) // 2], 4) if shares else 0.0,
        "most_of_one_document": round(shares[-1], 4) if shares else 0.0,
        "characters_before_first_cut": book.before_cut,
        "questions_to_signal": min((number for number, _ in desk.signals), default=None),
        "signals": kinds,
    }


def allowed(desk: Desk, reader: Principal) -> dict[int, tuple[int, int]]:
    """Return how many characters of each document a user and the tenant may be shown for life."""
    refs = desk._refs  # noqa: SLF001 - of the same bench
    rights = rights_of(reader, desk.guard.corpora, refs)
    return {
        number: (user * 32, tenant * 32)
        for number, ref in enumerate(refs)
        for user, tenant in (desk.guard.policy.caps(rights[ref]),)
    }


def curve(
    world: World,
    folder: Path,
    pool: Sequence[str],
    *,
    caps: Sequence[int],
    ks: Sequence[int],
    questions: int,
    people: int,
) -> list[dict[str, object]]:
    """Return, for caps on distinct documents, what a crawler reaches in a day and what honest users lose to the cap."""
    from bench.attacks.work import WORKLOADS, workday

    found = []
    for cap in caps:
        extra = f"[labels.confidential]\ndistinct = {cap}\n"
        for k in ks:
            reached = {}
            for name in ("crawler", "ikea"):
                one = campaign_reach(world, folder, name, pool, k=k, questions=questions, extra=extra)
                reached[name] = round(one, 4)
            lost = {}
            for workload in WORKLOADS:
                lost[workload] = workday(
                    world,
                    folder,
                    workload,
                    label="confidential",
                    k=k,
                    answerer=None,
                    people=people,
                    days=1,
                    extra=extra,
                )["dropped"]
            found.append({"cap": cap, "k": k, "coverage": reached, "honest_dropped": lost})
    return found


def campaign_reach(
    world: World, folder: Path, name: str, pool: Sequence[str], *, k: int, questions: int, extra: str
) -> float:
    """Return the part of all documents that one attacker gets into its prompts in a day."""
    clock = Clock()
    with clock.ruling():
        desk = Desk(world, folder, clock, extra=extra)
        attacker = KINDS[name](world, list(pool), COMMANDS, 7)
        touched: set[int] = set()
        for _ in range(questions):
            turn = desk.ask(Principal(user="mole0", tenant=TENANT), attacker.question(), k=k, answerer=None)
            touched.update(world.chunks[one].document for one in turn.kept)
            # What an unguarded echo would have said: more than any guarded one tells the attacker.
            attacker.hear(" ".join(world.text(one)[:200] for one in turn.kept))
            clock.now += DAY / questions
        desk.close()
    return len(touched) / len(world.texts)
