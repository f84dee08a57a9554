"""Every character of a reading knows the symbols it comes from."""

from __future__ import annotations

import base64
import html
import random

import numpy as np
import pytest

from corpora.text.disguises import View, views
from corpora.text.disguises.view import inside
from tests.corpora.disguises.conftest import Library
from tests.corpora.disguises.disguises import NESTED, READ

SECRET = "Größe und Maß: the lessee shall keep every room in good repair, naïve façades included, and pay 12 € a day."
BEFORE = "So it was said: "


def bits(hashes):
    return np.full(len(hashes), 13.0, dtype=np.float32)


def reading(hidden: str, name: str) -> tuple[str, View]:
    text = f"{BEFORE}{hidden} and no more."
    (view,) = (view for view in views(text, bits) if view.name == name and view.text.find("lessee") >= 0)
    return text, view


@pytest.mark.parametrize(
    ("name", "view_name", "read"),
    [
        ("hex", "hex", lambda part: bytes.fromhex(part).decode()),
        ("hex apart", "hex", lambda part: bytes.fromhex(part).decode()),
        ("percent", "escapes", lambda part: bytes.fromhex(part.replace("%", "")).decode()),
        ("decimal entities", "escapes", html.unescape),
        ("hexadecimal entities", "escapes", html.unescape),
        ("byte escapes", "escapes", lambda part: bytes.fromhex(part.replace("\\x", "")).decode()),
        ("unicode escapes", "escapes", lambda part: part.encode().decode("unicode-escape")),
    ],
)
def test_symbols_of_a_character_say_that_character(name: str, view_name: str, read) -> None:
    text, view = reading(READ[name](SECRET), view_name)
    start = view.text.index("Größe")
    for at in range(start, start + len(SECRET)):
        assert read(text[view.starts[at] : view.ends[at]]) == view.text[at]


@pytest.mark.parametrize(("kind", "width"), [("base64", 6), ("base32", 5)])
def test_bits_of_a_character_lie_in_its_symbols(kind: str, width: int) -> None:
    encode = base64.b64encode if kind == "base64" else base64.b32encode
    _, view = reading(encode(SECRET.encode()).decode(), kind)
    bit = 0
    start = view.text.index("Größe")
    for at, char in enumerate(SECRET, start):
        size = 8 * len(char.encode())
        assert view.starts[at] == len(BEFORE) + bit // width
        assert view.ends[at] == len(BEFORE) + -(-(bit + size) // width)
        bit += size


def test_a_reversed_reading_runs_the_other_way(english: Library) -> None:
    _, passage = english.passage(random.Random(2))
    text = BEFORE + passage[::-1]
    (view,) = (view for view in views(text, bits) if view.name == "backwards")
    assert view.text == "".join(text[start] for start in view.starts)
    assert passage in view.text
    assert (view.ends == view.starts + 1).all()


# Words at the ends are at the mercy of what stands beside them.
SPREAD = {"words in reverse", "named entities"}


@pytest.mark.parametrize("name", [name for name in [*READ, *NESTED] if name not in SPREAD])
def test_both_ends_of_a_passage_are_placed(name: str, english: Library) -> None:
    near = 0
    for seed in range(6):
        document, passage = english.passage(random.Random(seed))
        hidden = (READ | NESTED)[name](passage)
        text = f"{BEFORE}{hidden} and no more."
        spans = [match.span for match in english.corpus.matches(text) if match.document_id == document.id]
        slack = 0.03 * len(hidden) + 24
        near += bool(spans) and (
            abs(min(span.start for span in spans) - len(BEFORE)) <= slack
            and abs(max(span.end for span in spans) - len(BEFORE) - len(hidden)) <= slack
        )
    assert near >= 4


def test_places_of_a_reading_within_a_reversed_one_are_in_order() -> None:
    places = np.arange(6)[::-1]
    outer = View("backwards", "fedcba", places, places + 1, None, windowed=False)
    inner = View("hex", "xyz", np.array([0, 2, 4]), np.array([2, 4, 6]), None, windowed=True)

    both = inside(outer, inner)

    assert both.starts.tolist() == [4, 2, 0]
    assert both.ends.tolist() == [6, 4, 2]
    assert not both.windowed
