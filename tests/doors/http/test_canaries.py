"""The proxy lets no marker and no decoy through to the model, and says so of those that people write."""

from __future__ import annotations

import pytest

from corpora import Corpus, Document
from corpora.planting import marked, marker
from corpora.planting.decoys import decoy_id
from corpora.planting.prose import chance, write
from guard.settings import CorpusSetting
from tests.doors.http.conftest import BANDS, PLAIN
from tests.guard.test_canaries import Ears

KEY = b"a key for the tests only"
DECOY = decoy_id(KEY, "handbook", "hr/review-", ".md")
DECOY_TEXT = write(chance(KEY, "handbook", 0), ("loading dock", "price list", "cold store")).text


def copy(name: str, text: str) -> str:
    return marked(text, lambda at: marker(KEY, "handbook", name, at, decoy=name == DECOY))


@pytest.fixture
def planted(open_sidecar, tmp_path):
    documents = [
        Document(id=name, text=copy(name, text), label="internal", readers=frozenset({"group:hr"}), tenant="acme")
        for name, text in (("hr/bands", BANDS), (DECOY, DECOY_TEXT))
    ]
    Corpus.build(tmp_path / "index", documents, name="handbook").close()
    ears = Ears()

    def listen(guard) -> None:
        guard.watch = guard.watch.heard_by(ears)

    sidecar = open_sidecar(listen, canary_keys=(KEY,), corpora=(CorpusSetting("handbook", tmp_path / "index"),))
    sidecar.ears = ears
    return sidecar


def sent(planted, upstream, content) -> str:
    upstream.reply = upstream.completion({"content": PLAIN})
    answer = planted.ask("/v1/chat/completions", planted.chat(messages=[{"role": "user", "content": content}]))
    assert answer.status_code == 200
    content = upstream.bodies[-1]["messages"][0]["content"]
    return content if isinstance(content, str) else content[0]["text"]


@pytest.mark.parametrize("parts", [False, True])
def test_the_model_sees_the_text_without_markers(planted, upstream, parts) -> None:
    prompt = f"Answer from this:\n\n{copy('hr/bands', BANDS)}\n\nWhat do pursers earn?"
    content = [{"type": "text", "text": prompt}] if parts else prompt

    assert sent(planted, upstream, content) == f"Answer from this:\n\n{BANDS}\n\nWhat do pursers earn?"
    assert planted.ears.signals == [], "what was retrieved is no alarm"


def test_the_model_does_not_see_a_decoy(planted, upstream) -> None:
    for text in (copy(DECOY, DECOY_TEXT), DECOY_TEXT):
        prompt = f"{copy('hr/bands', BANDS)}\n\n{text}\n\nWhat do pursers earn?"
        got = sent(planted, upstream, prompt)
        assert got.startswith(BANDS)
        assert got.endswith("What do pursers earn?")
        assert not [part for part in DECOY_TEXT.split("\n\n") if part[:60] in got]
    assert {one.kind for one in planted.ears.signals} == {"canary.decoy"}
    assert {ref.id for one in planted.ears.signals for ref in one.documents} == {DECOY}


def test_a_marker_that_somebody_writes_is_an_alarm_and_goes_no_further(planted, upstream) -> None:
    made = marker(KEY, "handbook", "hr/bands")
    assert sent(planted, upstream, f"What is {made}?") == "What is?"
    assert [(one.kind, one.documents[0].id) for one in planted.ears.signals] == [("canary.question", "hr/bands")]


@pytest.mark.parametrize("stream", [False, True])
def test_two_markers_in_an_answer_end_it(planted, upstream, stream) -> None:
    said = f"{PLAIN} See {marker(KEY, 'handbook', 'hr/bands')} and {marker(KEY, 'handbook', 'hr/bands', 700)}. {PLAIN}"
    if stream:
        pieces = [upstream.chunk({"content": said[at : at + 9]}) for at in range(0, len(said), 9)]
        upstream.reply = upstream.sse(*pieces, upstream.chunk({}, finish="stop"))
    else:
        upstream.reply = upstream.completion({"content": said})
    answer = planted.ask("/v1/chat/completions", planted.chat(stream=stream))

    assert answer.status_code == 200
    assert '"block"' in answer.text
    assert "EXDOC" not in answer.text
    assert planted.ears.signals[-1].strength == 1.0
