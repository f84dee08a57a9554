"""Markers in every disguise: found whole, named, and never half shown while an answer grows."""

import base64
import codecs
import html
import json
import random
import string
import urllib.parse

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpora import Corpus, Document
from corpora.planting import marker
from detectors.canaries import CanaryDetector
from detectors.canaries.letters import search
from detectors.finding import Finding

KEY = b"a key for the tests only"
OLD = b"the key that came before"
PROSE = "I looked into this for you and a few things are worth knowing before the meeting on Thursday afternoon. "
CONFUSABLE = str.maketrans("EXOCKMPHY", "ЕХОСКМРНҮ")
LEET = str.maketrans("EXDOCSTBG", "3XD0C5789")


def shifted(text: str, by: int) -> str:
    upper, lower = string.ascii_uppercase, string.ascii_lowercase
    return text.translate(str.maketrans(upper + lower, upper[by:] + upper[:by] + lower[by:] + lower[:by]))


DRESSES = {
    "plain": str,
    "lower": str.lower,
    "full width": lambda m: m.translate({n: n + 0xFEE0 for n in range(33, 127)}),
    "zero width": "\u200b".join,
    "combining marks": "\u0301".join,
    "confusables": lambda m: m.translate(CONFUSABLE),
    "mathematical": lambda m: m.translate({65 + n: 0x1D400 + n for n in range(26)}),
    "leetspeak": lambda m: m.lower().upper().translate(LEET),
    "spaced": " ".join,
    "one per line": "\n".join,
    "no hyphens": lambda m: m.replace("-", ""),
    "other signs": lambda m: m.replace("-", " … "),
    "markdown": lambda m: "**" + m.replace("-", "**-**") + "**",
    "table": lambda m: "| " + " | ".join(m.split("-")) + " |",
    "backwards": lambda m: m[::-1],
    "backwards, spaced": lambda m: " ".join(m[::-1]),
    "groups backwards": lambda m: "-".join(reversed(m.split("-"))),
    "without head": lambda m: m[6:],
    "without head and hyphens": lambda m: m[6:].replace("-", ""),
    "without head, backwards": lambda m: m[:5:-1],
    "rot13": lambda m: codecs.encode(m, "rot13"),
    "rot13 without head": lambda m: codecs.encode(m[6:], "rot13"),
    "caesar": lambda m: shifted(m, 5),
    "caesar, backwards": lambda m: shifted(m, 20)[::-1],
    "atbash": lambda m: m.translate(str.maketrans(string.ascii_uppercase, string.ascii_uppercase[::-1])),
    "base64": lambda m: base64.b64encode(m.encode()).decode(),
    "base64, shifted": lambda m: base64.b64encode(f"no {m} yes".encode()).decode(),
    "base64 for addresses": lambda m: base64.urlsafe_b64encode(f"ab{m}".encode()).decode(),
    "base32": lambda m: base64.b32encode(m.encode()).decode(),
    "hex": lambda m: m.encode().hex(),
    "hex, spaced": lambda m: m.encode().hex(" "),
    "percent": lambda m: "".join(f"%{byte:02x}" for byte in m.encode()),
    "address": lambda m: urllib.parse.quote(f"https://x.example/?q=[{m}]", safe=""),
    "entities": lambda m: "".join(f"&#{ord(char)};" for char in m),
    "entities of signs": lambda m: html.escape(f'"{m}"').replace("-", "&#45;"),
    "unicode escapes": lambda m: "".join(f"\\u{ord(char):04x}" for char in m),
    "json in json": lambda m: json.dumps(json.dumps({"ref": m})),
    "base64 of rot13": lambda m: base64.b64encode(codecs.encode(m, "rot13").encode()).decode(),
    "base64 backwards": lambda m: base64.b64encode(m.encode()).decode()[::-1],
    "hex of base64": lambda m: base64.b64encode(m.encode()).hex(),
    "base64 of spaced": lambda m: base64.b64encode(" ".join(m).encode()).decode(),
    "decimal": lambda m: " ".join(str(byte) for byte in m.encode()),
    "decimal, commas": lambda m: ", ".join(str(byte) for byte in m.lower().encode()),
    "binary": lambda m: " ".join(f"{byte:08b}" for byte in m.encode()),
    "binary, no spaces": lambda m: "".join(f"{byte:08b}" for byte in m.encode()),
    "cut off": lambda m: m[:15],
}


@pytest.fixture(scope="module")
def detector() -> CanaryDetector:
    return CanaryDetector(KEY, OLD)


@pytest.mark.parametrize("dress", DRESSES.values(), ids=DRESSES)
def test_a_marker_is_found_in_every_disguise_and_covered_whole(detector: CanaryDetector, dress) -> None:
    for number in range(6):
        worn = dress(marker(KEY, "files", f"doc-{number}", number * 700))
        text = f"{PROSE}Then {worn} and so on. {PROSE}"
        (one,) = detector.detect(text)
        begin = text.index(worn)
        covered = text[one.span.start : one.span.end]

        assert begin <= one.span.start
        assert one.span.end <= begin + len(worn)
        # What is left of it says nothing: at most brackets, quotes, and what else the text held around it.
        left = text[begin : one.span.start] + text[one.span.end : begin + len(worn)]
        assert len(left) <= 40, (covered, left)
        assert detector.detect(text.replace(covered, "")) == []


@pytest.mark.parametrize("dress", DRESSES.values(), ids=DRESSES)
def test_another_key_sees_nothing(dress) -> None:
    stranger = CanaryDetector(b"the key of somebody else")
    assert stranger.detect(f"{PROSE}Then {dress(marker(KEY, 'files', 'doc'))} and so on. {PROSE}") == []


def test_earlier_keys_are_still_known(detector: CanaryDetector) -> None:
    assert len(detector.detect(f"{marker(KEY, 'c', 'd')} and {marker(OLD, 'c', 'd')}")) == 2


@pytest.mark.parametrize("between", [" ", "-", ", ", "\n"])
def test_two_markers_in_one_encoding_are_two(detector: CanaryDetector, between: str) -> None:
    for number in range(12):
        both = between.join((marker(KEY, "c", f"d{number}"), marker(KEY, "c", f"d{number}", 300)))
        for worn in (base64.b64encode(both.encode()).decode(), base64.b32encode(both.encode()).decode(), both[::-1]):
            assert len(detector.detect(f"{PROSE}{worn} {PROSE}")) == 2


def test_every_marker_is_a_finding_of_its_own(detector: CanaryDetector) -> None:
    made = [marker(KEY, "c", "d", 128 * number) for number in range(40)]
    text = ", ".join(made)

    assert [one.span.of(text) for one in detector.detect(text)] == made


@pytest.mark.parametrize(
    "text",
    [
        "The index documents 1234 5678 9cdf hjkm of the exdoc project, EXDOC-0000-0000-0000-0000.",
        "EXDOC-4F7K-9QDM-2X8W-53CV",
        "EXDOC is a name and EXDOC-4F7K is half of one.",
        "cdfhjkmnpqrvwxy0123456789" * 20,
        "8d4f0c2e9b7a4c11b2c3d4e5f6a7b8c9 " * 40,
        "0123 4567 8901 2345 6789 " * 40,
    ],
)
def test_what_only_looks_like_one_is_none(detector: CanaryDetector, text: str) -> None:
    assert detector.detect(text) == []


def test_random_signs_are_no_markers(detector: CanaryDetector) -> None:
    """As many windows as a few hundred long answers hold, where every one could be a marker without its head."""
    dice = random.Random(4)
    text = "".join(dice.choice("0123456789cdfhjkmnpqrvwxy") for _ in range(4_000))
    assert list(search(text, [False] * len(text), [KEY])) == []


def test_findings_name_the_document_and_the_place_in_the_unmarked_text(tmp_path) -> None:
    documents = [Document(id=f"doc-{number}", text=PROSE * 9 + str(number)) for number in range(5)]
    with Corpus.build(tmp_path / "index", documents, name="files") as corpus:
        detector = CanaryDetector(KEY, OLD, corpora=[corpus])

        def sources(name: str, place: int = 700, key: bytes = KEY) -> list[tuple[str, str, int]]:
            (one,) = detector.detect(f"See {marker(key, 'files', name, place)}.")
            return [(source.corpus, source.id, source.start) for source in one.documents]

        assert sources("doc-3") == [("files", "doc-3", 640)]
        assert sources("doc-4", 0, OLD) == [("files", "doc-4", 0)]
        assert sources("doc-5") == []
        corpus.update(add=[Document(id="doc-5", text=PROSE)], remove=["doc-3"])
        assert sources("doc-5") == [("files", "doc-5", 640)]
        assert sources("doc-3") == []


def covering(findings: list[Finding], place: int) -> set[int]:
    return {one.span.start for one in findings if one.span.start <= place < one.span.end}


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    names=st.lists(st.sampled_from(sorted(DRESSES)), min_size=1, max_size=3),
    gaps=st.lists(st.integers(0, 5), min_size=4, max_size=4),
    step=st.integers(40, 90),
)
def test_what_is_settled_stays(detector: CanaryDetector, names: list[str], gaps: list[int], step: int) -> None:
    parts = [DRESSES[name](marker(KEY, "files", name)) for name in names]
    text = PROSE * gaps[0] + "".join(f" {part}. {PROSE * gap}" for part, gap in zip(parts, gaps[1:], strict=False))
    text += PROSE * 5
    full = detector.detect(text)
    last = 0
    for cut in range(1, len(text), step):
        safe = detector.settled(text[:cut])
        early = detector.detect(text[:cut])
        assert last <= safe <= cut
        last = safe
        edges = {0, *(edge for one in (*early, *full) for edge in (one.span.start, one.span.end))}
        for place in (edge for edge in edges if edge < safe):
            assert covering(early, place) == covering(full, place), (cut, place)
    assert last > len(text) - 700
