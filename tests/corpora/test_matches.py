"""What is found, where, and from where."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from corpora import Corpus, Document, Match, Span
from corpora.errors import AnswerTooLarge, CorpusError

Writer = Callable[[int, int, list[str]], str]


def words_edited(words: list[str], rate: float, rnd: random.Random, fillers: list[str]) -> list[str]:
    """Substitute, delete or insert before a word, each with a third of *rate*."""
    out: list[str] = []
    for word in words:
        kind = rnd.randrange(3) if rnd.random() < rate else 3
        if kind == 0:
            out.append(rnd.choice(fillers))
        elif kind == 2:
            out += [rnd.choice(fillers), word]
        elif kind == 3:
            out.append(word)
    return out


def planted(
    library: list[Document],
    elsewhere: list[str],
    length: int,
    edit: Callable[[list[str], random.Random], list[str]],
    seed: int,
) -> tuple[Document, str, Span]:
    """Return a document, an answer of about 300 words that holds an edited passage of it, and where."""
    rnd = random.Random(seed)
    document = rnd.choice(library)
    words = document.text.split()
    start = rnd.randrange(len(words) - length)
    passage = " ".join(edit(words[start : start + length], rnd))
    at = rnd.randrange(30, 200)
    begin = rnd.randrange(len(elsewhere) - 300)
    before, after = " ".join(elsewhere[begin : begin + at]), " ".join(elsewhere[begin + at : begin + 300])
    return document, f"{before} {passage} {after}", Span(len(before) + 1, len(before) + 1 + len(passage))


def overlap(found: list[Match], document_id: str, there: Span) -> float:
    """Return intersection over union of the matches of one document with *there*."""
    covered = {
        i for match in found if match.document_id == document_id for i in range(match.span.start, match.span.end)
    }
    expected = set(range(there.start, there.end))
    return len(covered & expected) / len(covered | expected)


def every(step: int, fillers: list[str]) -> Callable[[list[str], random.Random], list[str]]:
    return lambda words, rnd: [rnd.choice(fillers) if i % step == step - 1 else w for i, w in enumerate(words)]


def swapped(words: list[str], _: random.Random) -> list[str]:
    out = list(words)
    for i in range(0, len(out) - 1, 2):
        out[i], out[i + 1] = out[i + 1], out[i]
    return out


EDITS: dict[str, tuple[int, float, float, Callable[[list[str]], Callable[[list[str], random.Random], list[str]]]]] = {
    # name: words, recall at least, median overlap at least, edit
    "60 exact": (60, 1.0, 0.99, lambda _: lambda w, r: w),
    "60 at 30 %": (60, 1.0, 0.9, lambda f: lambda w, r: words_edited(w, 0.3, r, f)),
    "60 at 50 %": (60, 0.9, 0.85, lambda f: lambda w, r: words_edited(w, 0.5, r, f)),
    "25 at 10 %": (25, 0.95, 0.9, lambda f: lambda w, r: words_edited(w, 0.1, r, f)),
    "25 at 30 %": (25, 0.8, 0.8, lambda f: lambda w, r: words_edited(w, 0.3, r, f)),
    "15 exact": (15, 0.95, 0.99, lambda _: lambda w, r: w),
    "every 4th": (60, 1.0, 0.9, lambda f: every(4, f)),
    "every 2nd": (60, 0.7, 0.8, lambda f: every(2, f)),
    "fillers": (60, 0.95, 0.9, lambda f: lambda w, r: [x for word in w for x in (word, r.choice(f))]),
    "swapped": (60, 0.95, 0.8, lambda _: swapped),
    "numbered": (60, 0.95, 0.9, lambda _: lambda w, r: [f"{i}. {word}" for i, word in enumerate(w, 1)]),
    "upper": (30, 1.0, 0.99, lambda _: lambda w, r: [word.upper() for word in w]),
    "soft hyphens": (30, 1.0, 0.99, lambda _: lambda w, r: ["\u00ad".join(word) for word in w]),
    "stretched": (30, 1.0, 0.95, lambda _: lambda w, r: [word + "\n\n  * " for word in w]),
    "full width": (30, 1.0, 0.99, lambda _: lambda w, r: ["".join(chr(ord(c) + 0xFEE0) for c in word) for word in w]),
}


@pytest.mark.parametrize("name", EDITS)
def test_edited_copies_are_found(name: str, corpus: Corpus, library: list[Document], elsewhere: list[str]) -> None:
    length, recall, closeness, make = EDITS[name]
    edit = make(elsewhere)
    overlaps = []
    for seed in range(40):
        document, answer, there = planted(library, elsewhere, length, edit, seed)
        overlaps.append(overlap(corpus.matches(answer), document.id, there))
    assert sum(found > 0.3 for found in overlaps) / len(overlaps) >= recall
    assert sorted(overlaps)[20] >= closeness


def test_other_text_in_the_same_words_is_clean(corpus: Corpus, vocabulary: list[str], write: Writer) -> None:
    flagged = [seed for seed in range(300) if corpus.matches(write(300, 5000 + seed, vocabulary))]
    assert flagged == []


def test_common_phrases_are_no_copies(tmp_path: Path, library: list[Document]) -> None:
    phrase = "in the event of any conflict between this and that the former shall prevail"
    documents = [Document(id=doc.id, text=f"{phrase}. {doc.text}") for doc in library]
    corpus = Corpus.build(tmp_path, documents, name="phrases")
    assert corpus.matches(phrase) == []
    assert corpus.matches(f"{phrase}, as everybody knows.") == []


SOURCE = (
    "Zirconia ledger seventeen names Halvorsen, Brandt and Okonkwo as guarantors of the Kestrel escrow; "
    "neither party may disclose the tranche schedule before the Rotterdam closing."
)


@pytest.fixture(scope="module")
def golden(tmp_path_factory: pytest.TempPathFactory, vocabulary: list[str], write: Writer) -> Corpus:
    around = [write(200, seed, vocabulary) for seed in (1, 2)]
    documents = [
        Document(id="memo", text=f"{around[0]} {SOURCE} {around[1]}"),
        Document(id="copy", text=f"Copy. {SOURCE}"),
        Document(
            id="ja",
            text="本契約は、東京都千代田区に所在する甲と乙との間で締結され、秘密保持義務は契約終了後も五年間存続するものとする。",
        ),
        Document(id="th", text="สัญญาฉบับนี้ทำขึ้นระหว่างผู้ว่าจ้างและผู้รับจ้างโดยมีวัตถุประสงค์เพื่อรักษาความลับทางการค้าของบริษัท"),
        Document(
            id="de",
            text="Die Geschäftsführerin überträgt sämtliche Verfügungsrechte über das Treuhandkonto auf die Käuferin.",
        ),
        Document(
            id="ar",
            text="تلتزم الأطراف بالحفاظ على سرية جميع المعلومات المالية المتعلقة بالصفقة حتى تاريخ الإغلاق النهائي.",
        ),
        Document(
            id="code",
            text="def transfer_escrow(ledger, kestrel):\n    return ledger.halvorsen(kestrel, tranche=17)",
        ),
    ]
    return Corpus.build(tmp_path_factory.mktemp("golden"), documents, name="golden")


def found_in(corpus: Corpus, answer: str, document_id: str) -> list[tuple[str, str]]:
    text = corpus.text(document_id) or ""
    return [(m.span.of(answer), m.source.of(text)) for m in corpus.matches(answer) if m.document_id == document_id]


GOLDEN = [
    # what the answer says, what of it is the copy, what of the source
    (f"He said: {SOURCE} Indeed!", SOURCE[:-1], SOURCE[:-1]),
    (f"«{SOURCE.upper()}»", SOURCE.upper()[:-1], SOURCE[:-1]),
    (SOURCE.replace(" ", "\n\n"), SOURCE[:-1].replace(" ", "\n\n"), SOURCE[:-1]),
    (SOURCE.replace("o", "ο").replace("e", "е"), SOURCE[:-1].replace("o", "ο").replace("e", "е"), SOURCE[:-1]),
    ("Well " + SOURCE[:98] + " and so on", SOURCE[:97], SOURCE[:97]),
    (SOURCE.replace("Brandt", "Miller"), SOURCE[:-1].replace("Brandt", "Miller"), SOURCE[:-1]),
]


@pytest.mark.parametrize("number", range(len(GOLDEN)))
def test_golden_rows(golden: Corpus, number: int) -> None:
    answer, ours, theirs = GOLDEN[number]
    for document_id in ("memo", "copy"):
        assert found_in(golden, answer, document_id) == [(ours, theirs)]
    assert {match.document_id for match in golden.matches(answer)} == {"memo", "copy"}


@pytest.mark.parametrize("document_id", ["ja", "th", "de", "ar", "code"])
def test_every_script(golden: Corpus, document_id: str) -> None:
    text = golden.text(document_id) or ""
    answer = f"As asked:\n{text}\nThat is all."
    [(ours, theirs)] = found_in(golden, answer, document_id)
    assert len(ours) == len(theirs) >= len(text) - 2
    assert ours in answer
    assert ours == theirs
    assert {match.document_id for match in golden.matches(answer)} == {document_id}


def checked(match: Match, answer: str, source: str) -> Match:
    """Assert everything that a match promises about its pieces."""
    assert 0 <= match.span.start < match.span.end <= len(answer)
    assert 0 <= match.source.start < match.source.end <= len(source)
    assert 0.0 < match.similarity <= 1.0
    assert match.pieces[0][0].start == match.span.start
    assert match.pieces[-1][0].end == match.span.end
    at = match.span.start
    for ours, theirs in match.pieces:
        assert ours.start == at < ours.end
        assert match.source.start <= theirs.start <= theirs.end <= match.source.end
        at = ours.end
    return match


def test_pieces_correspond(corpus: Corpus, library: list[Document], elsewhere: list[str]) -> None:
    texts = {document.id: document.text for document in library}
    equal = copied = replaced = 0
    for seed in range(40):
        edit = EDITS["60 at 30 %"][3](elsewhere)
        _, answer, _ = planted(library, elsewhere, 60, edit, seed)
        for match in corpus.matches(answer):
            checked(match, answer, texts[match.document_id])
            for ours, theirs in match.pieces:
                if len(ours) == len(theirs):
                    pairs = zip(ours.of(answer).lower(), theirs.of(texts[match.document_id]).lower(), strict=True)
                    same = sum(one == other for one, other in pairs)
                    # A word replaced by one of the same length corresponds as well, without being equal.
                    if same > 0.5 * len(ours):
                        equal, copied = equal + same, copied + len(ours)
                    else:
                        replaced += len(ours)
    assert copied > 4000
    assert equal / copied > 0.995
    assert replaced / copied < 0.06


def test_spans_are_tight(golden: Corpus) -> None:
    for before, after in (("", ""), ("x ", " y"), ("\n* ", ".\n\n"), ("Then the ", " of the")):
        answer = f"{before}{SOURCE}{after}"
        [match] = [m for m in golden.matches(answer) if m.document_id == "copy"]
        assert match.span == Span(len(before), len(before) + len(SOURCE) - 1)
        assert match.similarity == 1.0


def test_a_passage_taken_twice_is_found_twice(golden: Corpus) -> None:
    filler = " ".join(f"unrelated{i} chatter{i}" for i in range(80))
    answer = f"{SOURCE} {filler} {SOURCE}"
    spans = [match.span for match in golden.matches(answer) if match.document_id == "copy"]
    assert [span.of(answer) for span in spans] == [SOURCE[:-1], SOURCE[:-1]]


def test_the_same_text_under_many_names(tmp_path: Path) -> None:
    """Every document is named to 64, beyond that still every combination of rights."""
    documents = [Document(id=f"{n}", text=SOURCE, label="public") for n in range(300)]
    documents[200] = Document(id="200", text=SOURCE, label="restricted")
    documents[250] = Document(id="250", text=SOURCE, label="confidential", readers=frozenset({"user:ann"}))
    with Corpus.build(tmp_path, documents, name="copies") as corpus:
        assert corpus.stats()["texts"] == 1
        named = {match.document_id for match in corpus.matches(SOURCE)}
        assert {str(n) for n in range(64)} <= named
        assert {"200", "250"} <= named
        assert len(named) == 66
        info = corpus.info("250")
        assert info is not None
        assert (info.family, info.label) == ("0", "confidential")


def test_ten_thousand_nearly_equal_documents(tmp_path: Path) -> None:
    def documents() -> Iterator[Document]:
        for number in range(10_000):
            label = "restricted" if number == 7777 else "public"
            yield Document(id=f"{number}", text=f"{SOURCE} Number {number}.", label=label)

    with Corpus.build(tmp_path, documents(), name="copies") as corpus:
        named = {match.document_id for match in corpus.matches(f"Look: {SOURCE}")}
        assert len(named) >= 64
        assert "7777" in named


@pytest.mark.parametrize("text", ["", " ", "\n\n", "\u200b", "!?", "\ud800", "a", "word", "\x00\x01"])
def test_little_or_nothing(corpus: Corpus, text: str) -> None:
    assert corpus.matches(text) == []
    assert corpus.settled(text) == 0


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["one word", "one letter", "random", "digits", "spaces", "document"])
def test_a_million_characters_take_bounded_time(corpus: Corpus, library: list[Document], kind: str) -> None:
    rnd = random.Random(5)
    text = {
        "one word": "leak " * 200_000,
        "one letter": "a" * 1_000_000,
        "random": "".join(chr(rnd.randrange(0x20, 0x3000)) for _ in range(1_000_000)),
        "digits": "".join(rnd.choices("0123456789 ", k=1_000_000)),
        "spaces": " " * 1_000_000,
        "document": (" ".join(document.text for document in library) * 12)[:1_000_000],
    }[kind]
    found = corpus.matches(text)
    assert bool(found) == (kind == "document")
    assert corpus.settled(text) <= len(text)


def test_a_text_over_the_limit_is_refused(corpus: Corpus) -> None:
    with pytest.raises(AnswerTooLarge, match="8000001 characters"):
        corpus.matches("a" * 8_000_001)


def test_a_closed_corpus_says_so(tmp_path: Path) -> None:
    corpus = Corpus.build(tmp_path, [Document(id="a", text=SOURCE)], name="x")
    corpus.close()
    corpus.close()
    for call in (lambda: corpus.matches("x"), lambda: corpus.settled("x"), lambda: len(corpus), corpus.stats):
        with pytest.raises(CorpusError, match="closed"):
            call()


def test_words_spelled_otherwise_are_alike(corpus: Corpus, library: list[Document], elsewhere: list[str]) -> None:
    """Slips of the pen count by the letter, other words as a whole."""
    words = library[7].text.split()[100:150]
    slips, others = list(words), list(words)
    for at in range(5, 50, 6):
        if len(words[at]) > 5:
            slips[at] = words[at][:2] + words[at][3:] + "s"
            others[at] = elsewhere[at]
    slipped, replaced = (
        max(match.similarity for match in corpus.matches(" ".join(text)) if match.document_id == library[7].id)
        for text in (slips, others)
    )
    assert replaced < slipped < 1.0
    assert slipped > 0.93


def test_a_text_that_shares_few_of_its_letters_is_no_copy(
    corpus: Corpus, library: list[Document], elsewhere: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Enough rare words in the right places, and yet most of it is something else."""
    words = library[3].text.split()[50:290]
    answer = " ".join(word if number % 7 < 2 else elsewhere[number] for number, word in enumerate(words))
    assert corpus.matches(answer) == []
    monkeypatch.setattr("corpora.matching.align.LEAST_ALIKE", 0.0)
    assert corpus.matches(answer)
