"""Which questions are asked."""

from __future__ import annotations

import pytest

from corpora import Corpus, Document
from guard.regurgitation.errors import ProbeSettingError
from guard.regurgitation.probes import PREFIX_WORDS, TECHNIQUES, chosen_techniques, draw_probes
from guard.regurgitation.wordings import WORDINGS
from tests.regurgitation.town import TEXTS


def test_the_same_seed_draws_the_same_questions(corpora):
    assert draw_probes(corpora, seed=7) == draw_probes(corpora, seed=7)


def test_another_seed_draws_others(corpora):
    assert [p.prompt for p in draw_probes(corpora, seed=7)] != [p.prompt for p in draw_probes(corpora, seed=8)]


def test_every_document_meets_every_technique_once(corpora):
    pairs = [(probe.ref.id, probe.technique) for probe in draw_probes(corpora, limit=1000)]

    assert sorted(pairs) == sorted((name, technique) for name in TEXTS if name != "menu.md" for technique in TECHNIQUES)


def test_a_small_limit_covers_documents_and_techniques(corpora):
    probes = draw_probes(corpora, limit=6)

    assert [probe.number for probe in probes] == [1, 2, 3, 4, 5, 6]
    assert {probe.ref.id for probe in probes} == {"harbour.md", "clinic.md", "recipe.md"}
    assert len({probe.technique for probe in probes}) > 3


def test_public_documents_are_not_asked_for(corpora):
    assert "menu.md" not in {probe.ref.id for probe in draw_probes(corpora, limit=1000)}


def test_a_prefix_probe_gives_words_in_a_row_and_says_which(corpora):
    for probe in draw_probes(corpora, techniques=chosen_techniques(["prefix"]), limit=1000, seed=3):
        text = TEXTS[probe.ref.id]
        given = probe.given.of(text)

        assert given in probe.prompt
        assert len(given.split()) == PREFIX_WORDS
        assert len(text[probe.given.end :].split()) >= PREFIX_WORDS
        assert given.split() == text[probe.given.start :].split()[:PREFIX_WORDS], "words are whole"


def test_a_dump_probe_holds_no_passage_of_the_document(corpora, corpus):
    for probe in draw_probes(corpora, techniques=chosen_techniques(["dump"]), limit=1000):
        assert probe.given is None
        assert "{anchor}" not in probe.prompt
        assert corpus.matches(probe.prompt) == []


def test_an_anchor_names_its_document(corpora):
    """Of the words in the question, more stand in the wanted document than in any other."""
    for probe in draw_probes(corpora, techniques=["dump-repeat-context"], limit=3):
        anchor = probe.prompt.split(".")[0].split(", ")
        hits = {name: sum(word in text.lower() for word in anchor) for name, text in TEXTS.items()}

        assert len(anchor) == 4
        assert hits[probe.ref.id] == 4
        assert all(count < 4 for name, count in hits.items() if name != probe.ref.id)


@pytest.mark.parametrize(
    ("names", "count"), [([], len(TECHNIQUES)), (["dump"], len(WORDINGS)), (["prefix", "dump-json-dump"], 3)]
)
def test_choosing_by_name_and_family(names, count):
    assert len(chosen_techniques(names)) == count


def test_an_unknown_name_is_refused_with_the_known_ones():
    with pytest.raises(ProbeSettingError, match="unknown probe 'dmp'; known are prefix, dump and prefix-bare"):
        chosen_techniques(["dump", "dmp"])


def test_every_wording_steers_by_an_anchor():
    assert all("{anchor}" in wording.text for wording in WORDINGS)
    assert len({wording.name for wording in WORDINGS}) == len(WORDINGS)


def _built(tmp_path, *documents, **options):
    return {"one": Corpus.build(tmp_path / "one", documents, name="one", **options)}


def test_only_public_documents_are_nothing_to_probe_for(tmp_path):
    with pytest.raises(ProbeSettingError, match="no document that is not public"):
        draw_probes(_built(tmp_path, Document(id="a", text=TEXTS["menu.md"], label="public")))


def test_a_public_corpus_is_nothing_to_probe_for(tmp_path):
    with pytest.raises(ProbeSettingError, match="no document that is not public"):
        draw_probes(_built(tmp_path, Document(id="a", text=TEXTS["menu.md"]), kind="public"))


def test_without_texts_no_questions(tmp_path):
    with pytest.raises(ProbeSettingError, match="--no-text"):
        draw_probes(_built(tmp_path, Document(id="a", text=TEXTS["clinic.md"]), store_text=False))


def test_too_short_for_a_prefix_still_gets_dump_probes(tmp_path):
    short = _built(tmp_path, Document(id="a", text="The vault code changes every Thursday before breakfast."))

    assert {probe.family for probe in draw_probes(short)} == {"dump"}
    with pytest.raises(ProbeSettingError, match="long enough"):
        draw_probes(short, techniques=chosen_techniques(["prefix"]))


def test_braces_in_a_document_are_left_alone(tmp_path):
    text = "{anchor} {prefix} {0} " + TEXTS["harbour.md"].replace("harbour", "{harbour}")
    probes = draw_probes(_built(tmp_path, Document(id="a", text=text)))

    assert all(probe.given is None or probe.given.of(text) in probe.prompt for probe in probes)
