"""Against slow and obvious code: no long common run is missed."""

from __future__ import annotations

import random
from difflib import SequenceMatcher

from corpora import Corpus, Document
from corpora.index.marks import REACH
from corpora.text.normalize import normalize


def longest_common(one: str, other: str) -> tuple[int, int]:
    """Return start in *one* and length of the longest common substring."""
    match = SequenceMatcher(None, one, other, autojunk=False).find_longest_match()
    return match.a, match.size


def test_no_long_common_run_is_missed(corpus: Corpus, library: list[Document], elsewhere: list[str]) -> None:
    """
    Wherever the longest common run has two reaches or more, that run is covered but for a word at either end.

    It is longer than the guaranteed run of marks, because a run must also say enough to be called a copy.
    """
    rnd = random.Random(8)
    tried = 0
    for _ in range(60):
        document = rnd.choice(library)
        start = rnd.randrange(len(document.text) - 400)
        # Cut anywhere, also inside words.
        piece = document.text[start : start + rnd.randrange(60, 300)]
        answer = " ".join(elsewhere[rnd.randrange(4000) :][:40]) + " " + piece + " ".join(elsewhere[:30])
        folded = normalize(answer)
        begin, size = longest_common(folded.text, normalize(document.text).text)
        if size < 2 * REACH:
            continue
        tried += 1
        covered = set()
        for match in corpus.matches(answer):
            if match.document_id == document.id:
                covered |= set(range(match.span.start, match.span.end))
        missing = [i for i in range(begin, begin + size) if int(folded.origin[i]) not in covered]
        assert len(missing) <= 2 * 13, (len(missing), size)
        assert all(i < begin + 13 or i >= begin + size - 13 for i in missing)
    assert tried > 30
