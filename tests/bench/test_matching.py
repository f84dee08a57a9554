"""The bench of matching runs, on a tiny corpus, so that it cannot rot; its own instruments are right."""

from __future__ import annotations

import argparse
import base64
import json
import random
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.matching import answers, edits, figures, grow, page, plot, recall, runs, speed, streaming
from bench.matching.build import spool, spooled
from bench.matching.disguises import DISGUISES
from bench.matching.flags import flag_rows
from bench.matching.peers import compare
from bench.matching.peers.base import Found
from bench.matching.plant import Bank, Kind, NoPassage, Trial, judge, overlapping
from bench.matching.report import Report, Row
from bench.matching.run import Effort, corpus_texts, measure
from bench.matching.texts import Library, Texts
from corpora import Corpus, Document
from corpora.match import Match
from corpora.span import Span

EFFORT = Effort(trials=1, unrelated=12, hard=8, timed=6, streamed=1, peer_trials=1, peer_clean=4)


def made_up(count: int, words: int, *, seed: int) -> Texts:
    """Documents of made-up words, each of its own matters."""
    rnd = random.Random(seed)
    common = ["".join(rnd.choices("abcdefghilmnoprstuw", k=rnd.randrange(3, 9))) for _ in range(1500)]
    found = []
    for number in range(count):
        own = ["".join(rnd.choices("abcdefghilmnoprstuw", k=9)) for _ in range(60)]
        text = " ".join(rnd.choice(own) if rnd.random() < 0.3 else rnd.choice(common) for _ in range(words))
        found.append((f"{seed}/{number}", text))
    return found


@pytest.fixture(scope="module")
def library() -> Library:
    return Library(
        indexed=made_up(40, 400, seed=1),
        held=made_up(6, 900, seed=2),
        legal=made_up(3, 900, seed=3),
        unrelated=made_up(8, 900, seed=4),
        raw=made_up(2, 900, seed=5),
    )


@pytest.fixture(scope="module")
def corpus(library: Library, tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    where = tmp_path_factory.mktemp("bench") / "index"
    return Corpus.build(where, (Document(id=name, text=text) for name, text in library.indexed), name="bench")


@pytest.fixture(scope="module")
def clean(library: Library) -> answers.Answers:
    return answers.clean_answers(library, lambda: (text for _, text in library.indexed), unrelated=12, hard=8)


@pytest.fixture
def bank(library: Library, clean: answers.Answers) -> Bank:
    return Bank(library.indexed, clean.unrelated)


def few(case: recall.Case) -> bool:
    return case.name in {"60 words, 0 % edits", "base64", "15 rare words, exact"}


def options(**given: object) -> argparse.Namespace:
    usual = {"only": ["0 % edits"], "skip": [], "flagged": None, "misses": None, "quick": True}
    return argparse.Namespace(**{**usual, **given})


def test_every_row_of_the_table_is_printed(
    library: Library, corpus: Corpus, clean: answers.Answers, bank: Bank
) -> None:
    report = Report(quick=True)

    flag_rows(corpus, clean, report, megabytes=20, flagged=None)
    tally = recall.recall_rows(corpus, bank, report, megabytes=20, trials=2, chosen=few)
    recall.whole_rows(tally, report, 20)
    speed.reference_row(report, megabytes=20, count=3)
    speed.clean_row(corpus, clean, report, megabytes=20, count=4)
    speed.copy_rows(corpus, bank, tally, report, megabytes=20, count=2)
    streaming.stream_rows(corpus, {"clean": clean.unrelated[:1]}, report, megabytes=20)

    rows = {(row.group, row.name): row for row in report.rows}
    assert rows["recall", "60 words, 0 % edits"].values["recall"] == 1.0
    assert rows["recall", "15 rare words, exact"].values["trials"] == 2
    assert rows["disguise", "base64"].target == ">= 0.98"
    assert rows["recall", "span overlap with the planted copy, all rows"].met
    assert rows["recall", "right document named where it is unique, all rows"].met
    assert rows["false flags", "clean answers, unrelated text"].values["flagged"] == 0
    assert {name for group, name in rows if group == "speed"} >= {
        "nothing copied",
        "with copies",
        "half-encoded mixture",
    }
    assert rows["false flags", "raw mails, encodings and all"].values == {"flagged": 0, "withheld": 0, "answers": 2}
    assert rows["stream", "clean"].values["held_p99_words"] > 0
    for row in report.rows:
        assert row.name in report.table()


def test_the_table_has_every_kind_of_copy(bank: Bank) -> None:
    names = {case.name: case for case in recall.cases(bank)}

    assert {f"60 words, {rate} % edits" for rate in range(0, 60, 10)} <= set(names)
    assert (names["25 words, 30 % edits"].length, names["25 words, 30 % edits"].target) == (25, 0.85)
    assert names["15 rare words, exact"].kind is Kind.RARE
    assert set(DISGUISES) <= set(names)
    assert len(names) == len(recall.cases(bank))


@pytest.mark.slow
def test_a_whole_corpus_is_built_apart_and_measured(library: Library, tmp_path: Path) -> None:
    report = Report(quick=True)

    measure(1, library, EFFORT, report, tmp_path / "1", options(skip=["peers", "stream"], flagged=tmp_path / "flagged"))

    rows = {(row.group, row.name): row.values for row in report.rows}
    assert rows["build", "speed and memory"]["mb"] == pytest.approx(1.0, abs=0.05)
    assert 0.01 < rows["build", "speed and memory"]["peak_gb"] < 2
    assert 0 < rows["size", "index bytes per corpus byte, text apart"]["exact"] < 2
    assert any("grown" in note for note in report.notes)
    for _ in range(2):
        # Measured again on the same day, a row takes the place of the one before.
        saved = json.loads(report.save(tmp_path / "records").read_text())
        assert [row["name"] for row in saved["rows"]] == [row.name for row in report.rows]


def test_peers_are_set_to_no_more_false_positives_than_ours(
    library: Library, corpus: Corpus, clean: answers.Answers, bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Longest:
        """Counts words of the answer that stand in the corpus: a bad peer, but a real one."""

        name = "words"
        names_documents = True
        most = 4

        def build(self, texts: Texts) -> None:
            self.known = {word for _, text in texts for word in text.split()}

        def ask(self, answer: str) -> Found:
            return Found(float(sum(word in self.known for word in answer.split())))

    monkeypatch.setattr(compare, "PEERS", (Longest, compare.BruteForce))
    monkeypatch.setattr(compare, "SAMPLE", 1)
    report = Report(quick=True)

    compare.peer_rows(
        corpus, library.indexed, bank, clean, report, megabytes=20, most=1, clean=4, patient=True, chosen=few
    )

    last = {row.group: row.values for row in report.rows if "times_faster" in row.values}
    assert set(last) == {"peer words", f"peer {compare.BruteForce.name}"}
    assert all(values["flagged_peer"] <= values["flagged_ours"] for values in last.values())
    row = next(row for row in report.rows if row.group != "peer words" and row.name == "60 words, 0 % edits")
    assert (row.values["ours"], row.values["peer"]) == (1.0, 1.0)


@given(st.lists(st.text(alphabet="abcxyzäß019 .,-\n\u4e2d", max_size=30), max_size=6))
def test_words_of_the_bench_agree_with_a_slow_reading(lines: list[str]) -> None:
    text = "\n".join(lines)
    slow = re.findall(r"[0-9a-z\u00c0-\u1fff\u4e2d]+", text.lower())

    hashes = runs.words(text).tolist()

    assert len(slow) == len(hashes)
    assert len(set(slow)) == len(set(hashes))
    assert [slow.index(word) for word in slow] == [hashes.index(value) for value in hashes]


@given(st.data())
def test_sharing_says_what_comparing_every_run_says(data: st.DataObject) -> None:
    word = st.sampled_from("abc")
    texts = data.draw(st.lists(st.lists(word, max_size=25).map(" ".join), max_size=4))
    candidates = data.draw(st.lists(st.lists(word, max_size=25).map(" ".join), max_size=4))

    def eights(text: str) -> set[tuple[str, ...]]:
        parts = text.split()
        return {tuple(parts[i : i + 8]) for i in range(len(parts) - 7)}

    known = set().union(*map(eights, texts)) if texts else set()
    assert runs.sharing(candidates, texts).tolist() == [bool(eights(one) & known) for one in candidates]


def test_runs_of_many_documents_are_boilerplate_and_of_two_not_alone() -> None:
    shared, twice, once = ("one two three four five six seven eight", "a b c d e f g h", "i j k l m n o p")
    found = runs.Occurrences([f"{shared} {twice}"] * 2 + [f"{shared} x{n}" for n in range(runs.COMMON - 1)] + [once])

    assert (found.alone(once), found.alone(twice), found.alone(shared)) == (True, False, False)
    assert (found.common(once), found.common(twice), found.common(shared)) == (False, False, True)
    assert found.rare_words("a i two", 0.2) == 2
    assert found.rare_words("a i two", 0.01) == 1


def test_clean_answers_share_nothing_and_have_the_length(clean: answers.Answers, library: Library) -> None:
    every = clean.unrelated + clean.negatives

    assert (len(clean.unrelated), len(clean.negatives)) == (12, 8)
    assert {len(answer.split()) for answer in every} == {answers.WORDS}
    assert not runs.sharing(every, [text for _, text in library.indexed]).any()
    stolen = replace(library, held=[*library.held, *library.indexed], unrelated=library.indexed)
    again = answers.clean_answers(stolen, lambda: (text for _, text in library.indexed), unrelated=12, hard=8)
    assert not again.unrelated
    assert set(again.siblings) <= set(answers.windows(library.held, 100, seed=2))


def test_grown_documents_copy_no_long_run(library: Library) -> None:
    made = list(grow.grown(library.indexed, 60_000))

    assert sum(len(text.encode()) for _, text in made) >= 60_000
    assert not runs.sharing([text for _, text in made], [text for _, text in library.indexed]).any()
    assert made == list(grow.grown(library.indexed, 60_000))


def test_a_corpus_is_filled_up_and_spooled_as_it_is(library: Library, tmp_path: Path) -> None:
    rows = list(corpus_texts(library.indexed, 1, Report(quick=True)))

    size = spool(tmp_path / "spool", iter(rows))

    assert rows[: len(library.indexed)] == library.indexed
    assert 1_000_000 <= size < 1_050_000
    assert list(spooled(tmp_path / "spool")) == rows


WORDS = ["Alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta"]


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (edits.every(4), "Alpha beta gamma X epsilon zeta eta X"),
        (edits.filler(2), "Alpha beta X gamma delta X epsilon zeta X eta theta X"),
        (edits.swapped, "beta Alpha delta gamma zeta epsilon theta eta"),
        (edits.numbered, "1. Alpha 2. beta 3. gamma 4. delta 5. epsilon 6. zeta 7. eta 8. theta"),
        (edits.random_edits(0.0), "Alpha beta gamma delta epsilon zeta eta theta"),
    ],
)
def test_edits(edit: edits.Edit, expected: str) -> None:
    assert " ".join(edit(list(WORDS), random.Random(1), ["X"])) == expected


def test_random_edits_change_the_share_they_say() -> None:
    words = [str(number) for number in range(30_000)]
    edited = edits.random_edits(0.3)(words, random.Random(1), ["X"])

    assert len([word for word in edited if word == "X"]) == pytest.approx(0.2 * 30_000, rel=0.05)
    assert len(set(words) & set(edited)) == pytest.approx(0.8 * 30_000, rel=0.05)
    assert sorted(edits.shuffled(words[:60], random.Random(1), [])) == sorted(words[:60])


@pytest.mark.parametrize("name", list(DISGUISES))
def test_every_disguise_hides_the_plain_words(name: str) -> None:
    hidden = DISGUISES[name](" ".join(WORDS))

    assert hidden != " ".join(WORDS)
    assert " ".join(WORDS[:4]) not in hidden or name in {"wrapped in code", "JSON string"}


def test_disguises_can_be_undone() -> None:
    text = "Copied words, 7 of them; here."

    assert base64.b32decode(DISGUISES["base32"](text)).decode() == text
    assert json.loads(json.loads(DISGUISES["JSON string"](text))["content"])["text"] == text
    assert DISGUISES["word order reversed"](text).split()[::-1] == text.split()
    assert DISGUISES["soft hyphens"](text).replace("\u00ad", "") == text
    assert DISGUISES["letters spaced out, words apart"]("ab cd") == "a b   c d"
    assert DISGUISES["wrapped in a table"]("a b c d e f g").splitlines()[-2:] == ["| a | b | c | d | e | f |", "| g |"]


def test_overlap_counts_what_is_found_too_much_as_well() -> None:
    trial = Trial(answer="x" * 100, low=10, high=30, passage="", document="d", alone=True)

    def match(start: int, end: int) -> Match:
        return Match(span=Span(start, end), document_id="d", corpus="c", source=Span(0, 1), similarity=1.0, pieces=())

    assert overlapping([match(10, 30)], trial) == (True, 1.0)
    assert overlapping([match(10, 20), match(15, 50)], trial) == (True, 0.5)
    assert overlapping([match(50, 90)], trial) == (False, 0.0)
    assert overlapping([match(10, 15)], trial) == (False, 0.25)
    assert overlapping([], trial) == (False, 0.0)


def test_a_planted_passage_stands_where_the_trial_says(bank: Bank, corpus: Corpus) -> None:
    for trial in bank.trials(60, lambda text, _rnd: text, 5, seed="x"):
        assert trial.answer[trial.low : trial.high] == trial.passage
        said = judge(corpus, trial)
        assert (said.found, said.named, said.refused) == (True, True, False)
        assert said.overlap > 0.95
        assert not judge(corpus, replace(trial, document="another")).named
    with pytest.raises(NoPassage):
        bank.passage(15, random.Random(1), kind=Kind.COMMON)


def test_intervals_and_quantiles() -> None:
    low, high = figures.wilson(95, 100)

    assert (round(low, 4), round(high, 4)) == (0.8882, 0.9785)
    assert figures.wilson(0, 0) == (0.0, 1.0)
    assert figures.wilson(100, 100)[1] == 1.0
    assert (figures.quantile([3, 1, 2], 0.5), figures.quantile([], 0.5), figures.quantile([3, 1, 2], 0.99)) == (2, 0, 3)


def test_a_record_becomes_a_table_between_its_marks(tmp_path: Path) -> None:
    report = Report(quick=True)
    for size, value, met in ((20, 1.0, True), (120, 0.5, False)):
        name = recall.edits(60, 0)
        report.add(Row(corpus=size, group="recall", name=name, values={"recall": value}, target=">= 0.999", met=met))
    report.add(Row(corpus=20, group="peer some", name=recall.edits(60, 0), values={"peer": 0.25, "ours": 1.0}))
    where = tmp_path / "page.md"
    where.write_text(f"above\n{page.BEGIN}\nformer table\n{page.END}\nbelow\n")

    for _ in range(2):
        page.write(report.save(tmp_path), where)

    text = where.read_text()
    assert text.startswith("above\n")
    assert text.endswith(f"{page.END}\nbelow\n")
    assert "former" not in text
    assert text.count("| 60 words, 0 % edits | >= 0.999 | 1.000 | **0.500** |") == 1
    assert "| 60 words, 0 % edits | 0.25 (1) |" in text
    where.write_text("no marks")
    with pytest.raises(ValueError, match="no lines"):
        page.write(report.save(tmp_path), where)


def test_the_page_of_matching_has_the_marks() -> None:
    text = page.PAGE.read_text()

    assert text.index(page.BEGIN) < text.index(page.END)


def test_a_record_is_drawn(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    report = Report(quick=True)
    for rate in (0, 10):
        report.add(Row(corpus=20, group="recall", name=recall.edits(60, rate), values={"recall": 1.0}))
        report.add(Row(corpus=20, group="peer some", name=recall.edits(60, rate), values={"peer": 0.5}))
    report.add(Row(corpus=20, group="speed", name="nothing copied", values={"p50_ms": 1.0, "p99_ms": 2.0}))
    report.add(Row(corpus=20, group="recall", name="span overlap", values={"median": 1.0}))

    drawn = plot.draw(report.save(tmp_path), tmp_path)

    assert [path.name for path in drawn] == ["recall.svg", "latency.svg"]
    assert all("<svg" in path.read_text() for path in drawn)
