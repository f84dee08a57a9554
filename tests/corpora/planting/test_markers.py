"""Markers are made and read with a key; texts are marked and unmarked without loss."""

from itertools import pairwise

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from corpora.planting import Mark, is_decoy, marked, marker, places, read_marker, unmarked, without_markers
from corpora.planting.decoys import decoy_id
from corpora.planting.markers import ALPHABET, CELL, FOLD, tag_of
from corpora.planting.marking import EVERY, planted, without_planted
from corpora.planting.prose import chance, write
from corpora.planting.vocabulary import Vocabulary

KEY = b"a key for the tests only"
OTHER = b"another key for the tests"
SENTENCE = "The tenant shall keep the cold rooms clean and return the keys. "


def body(made: str) -> str:
    return made.partition("-")[2].replace("-", "")


@given(corpus=st.text(max_size=8), name=st.text(max_size=12), place=st.integers(0, 1_800_000), decoy=st.booleans())
def test_a_marker_says_what_it_was_made_of(corpus: str, name: str, place: int, decoy: bool) -> None:
    assume(not decoy or place < 625 * CELL)
    made = marker(KEY, corpus, name, place, decoy=decoy)

    assert read_marker(KEY, body(made)) == Mark(tag_of(KEY, corpus, name), place // CELL * CELL, decoy)
    assert read_marker(OTHER, body(made)) is None
    assert made.translate(FOLD) == made


def test_the_form_of_a_marker_is_stored_in_documents_and_does_not_change() -> None:
    assert marker(b"k" * 16, "c", "d", 1300) == "EXDOC-XD1W-JJHP-P8XH-JRNH"


def test_names_that_run_together_are_told_apart() -> None:
    assert tag_of(KEY, "a", "bc") != tag_of(KEY, "ab", "c")


def test_every_sign_of_a_marker_counts() -> None:
    whole = body(marker(KEY, "files", "lease", 900))
    for place, sign in enumerate(whole):
        for other in ALPHABET.upper():
            assert (read_marker(KEY, whole[:place] + other + whole[place + 1 :]) is None) == (other != sign)


@pytest.mark.parametrize("wrong", [(b"short", 0), (KEY, -1)])
def test_wrong_arguments_are_refused(wrong: tuple[bytes, int]) -> None:
    with pytest.raises(ValueError, match=r"at least 16|0 or more"):
        marker(wrong[0], "c", "d", wrong[1])


def make(place: int) -> str:
    return marker(KEY, "c", "d", place)


pieces = st.sampled_from(
    (
        *(
            SENTENCE,
            SENTENCE * 8,
            "word ",
            "\n",
            "\n\n",
            "# Title\n",
            "| a | b |\n",
            "```\n",
            "    code. Here\n",
            "- item\n",
        ),
        *(
            "Dr. Who. ",
            "你好。再见。",
            "\r\n",
            "x" * 900,
            "EXDOC-",
            "[EXDOC-00",
            "] ",
            make(5),
            f" [{make(700)}]",
            "[",
            "-0000",
        ),
        *("\x1c", "\u2028", "\t", "e.g. this! (Really?) "),
    )
)


@settings(max_examples=300, deadline=None)
@given(parts=st.lists(st.one_of(pieces, st.text(max_size=9)), max_size=14))
@example(parts=["EXDOC-0000-0000", make(5), "-0000-0000"])
def test_unmarking_gives_back_what_was_marked(parts: list[str]) -> None:
    text = "".join(parts)
    done = marked(text, make)

    assert unmarked(done) == unmarked(text)
    assert marked(done, make) == done
    assert [at for at, _ in planted(done)] == places(unmarked(text))


@pytest.mark.parametrize(
    "text", [SENTENCE * 60, SENTENCE.replace(". ", ".\n") * 60, "and so on and on " * 250, "日本語。" * 900]
)
def test_every_chunk_of_twice_the_distance_holds_a_marker(text: str) -> None:
    cuts = places(text)
    gaps = [after - before for before, after in zip([0, *cuts], [*cuts, len(text)], strict=True)]

    assert max(gaps) <= 3 * EVERY
    assert min(after - before for before, after in pairwise(cuts)) >= EVERY // 2


@pytest.mark.parametrize(
    "text", ["", " \n\t\n", "```\nreturn x.\n```\n", "| a | b |\n|---|---|\n| c | d. |\n", "# Only a title\n"]
)
def test_what_is_no_prose_takes_no_marker(text: str) -> None:
    assert places(text) == []
    assert marked(text, make) == text


def test_code_tables_and_headings_keep_their_form() -> None:
    text = f"# Title. Here\n\n{SENTENCE * 8}\n\n```\nprint(1). Done\n```\n\n| a. B | c. D |\n"
    done = marked(text, make)

    assert done.count("EXDOC") == 2
    assert all(line in done.splitlines() for line in ("# Title. Here", "print(1). Done", "| a. B | c. D |"))


def test_titles_end_no_sentence() -> None:
    assert places("Present was Prof. Thorne with Dr. Lie and nobody else. Then more.") == [54]


def test_chunks_may_cut_a_marker_anywhere() -> None:
    text = f"The rent is due. [{make(3)}] It rises in spring."
    whole = "The rent is due. It rises in spring."
    inside = range(text.index("[") + 3, text.index("]") + 1)
    for cut in inside:
        left, right = without_markers(text[:cut]), without_markers(text[cut:])
        assert left == "The rent is due."
        assert right.endswith(" It rises in spring.")
        # Four signs prove nothing; more of them must not stay.
        assert (
            sum(sign in ALPHABET.upper() for sign in right.partition("]")[0].replace(" It rises in spring.", "")) <= 4
        )
    assert without_markers(text) == whole


def test_honest_brackets_stay() -> None:
    for text in ("[3-4] items", "3-4] items", "see [EX]ample", "A-12] and", "[EXDOC] is a name", "x [EX"):
        assert without_markers(text) in {text, text.removesuffix(" [EX")}


def test_only_what_was_planted_is_taken_from_a_question() -> None:
    assert without_planted(f"Due. [{make(3)}] What is {make(3)}?") == f"Due. What is {make(3)}?"


@given(stem=st.text(max_size=30), after=st.sampled_from(["", ".md", "#3", "/chunk-2", "-x.txt"]))
def test_decoys_are_known_by_their_names(stem: str, after: str) -> None:
    assume(not stem[-1:].isdigit())
    name = decoy_id(KEY, "files", stem, after)

    assert is_decoy(KEY, "files", name)
    assert not is_decoy(KEY, "other", name)
    assert not is_decoy(OTHER, "files", name)
    assert not is_decoy(KEY, "files", "x" + name)


def test_a_longer_number_is_another_one() -> None:
    assert not is_decoy(KEY, "files", decoy_id(KEY, "files", "case-4"))
    assert not is_decoy(KEY, "files", decoy_id(KEY, "files", "case-", "7"))


@pytest.mark.parametrize("name", ["", "hr/42.md", "case-123456789.md", "000000000", "9" * 40, "a" * 1000])
def test_other_names_are_no_decoys(name: str) -> None:
    assert not is_decoy(KEY, "files", name)


def test_papers_are_the_same_on_every_machine_and_differ_from_one_another() -> None:
    words = Vocabulary()
    for _ in range(3):
        words.add(
            "The cold store and the loading dock were checked. The cold store is old. The spare part list is long."
        )
    phrases = words.phrases()
    papers = [write(chance(KEY, "files", number), phrases) for number in range(40)]

    assert phrases[:2] == ("cold store", "loading dock")
    assert papers == [write(chance(KEY, "files", number), phrases) for number in range(40)]
    assert write(chance(OTHER, "files", 0), phrases) not in papers
    assert len({paper.text for paper in papers}) == 40
    assert all("{" not in paper.text + paper.title and 500 < len(paper.text) < 3000 for paper in papers)
    assert sum("cold store" in paper.text for paper in papers) > 5
