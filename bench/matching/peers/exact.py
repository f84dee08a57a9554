"""Exact n-grams of any length: infini-gram, a suffix array over words (Liu et al., COLM 2024)."""

from __future__ import annotations

import os
import shutil
import tempfile
import weakref
from argparse import Namespace
from binascii import crc32
from collections import Counter
from contextlib import chdir, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import numpy as np

from bench.matching.peers.base import Found, folded, library
from bench.matching.texts import Texts

_NAMED = 50
"""Documents named for the longest run."""
_OWN, _SHARED = 60_000, 5_000
"""Tokens are two bytes (wider ones make its indexer ask for 32 GB): the most frequent words have a number of their own,
the others share some by hash."""


class InfiniGram:
    """Scores an answer by the words of its longest run that stands in the corpus."""

    name = "infini-gram"
    names_documents = True
    most = 100

    def __init__(self) -> None:
        self._indexing = library("infini_gram.indexing")
        self._engine_class = library("infini_gram.engine").InfiniGramEngine
        self._folder = Path(tempfile.mkdtemp(prefix="echoguard-bench-"))
        weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        self._vocabulary: dict[str, int] = {}
        self._names: list[str] = []
        self._engine: Any = None

    def build(self, texts: Texts) -> None:
        """Write the tokens as its indexer would, which takes only subword tokenizers, and let it sort them."""
        counts = Counter(word for _, text in texts for word in folded(text))
        self._vocabulary = {word: number for number, (word, _) in enumerate(counts.most_common(_OWN))}
        offset = 0
        with (self._folder / "tokenized.0").open("wb") as tokens, (self._folder / "offset.0").open("wb") as offsets:
            for name, text in texts:
                ids = [self._number(word) for word in folded(text)]
                row = np.array([0xFFFF, *ids], dtype="<u2").tobytes()
                tokens.write(row)
                offsets.write(np.array([offset], dtype="<u8").tobytes())
                offset += len(row)
                self._names.append(name)
        folder = str(self._folder)
        arguments = Namespace(
            save_dir=folder, temp_dir=folder, worker_id=0, shards=1, workers=1, mem=4, cpus=1, token_width=2
        )
        with Path(os.devnull).open("w") as quiet, redirect_stdout(quiet), redirect_stderr(quiet), chdir("."):
            self._indexing.build_sa(arguments)
        # A number that no word has ends a text; documents are parted by the separator.
        end = _OWN + _SHARED
        self._engine = self._engine_class(folder, eos_token_id=end, vocab_size=end + 1, token_dtype="u16")

    def ask(self, answer: str) -> Found:
        """Look at one answer."""
        ids = [self._number(word) for word in folded(answer)]
        longest = self._engine.creativity(input_ids=ids)["rs"]
        lengths = [min(right, len(ids)) - left for left, right in enumerate(longest)]
        if not lengths or max(lengths) <= 0:
            return Found(0.0)
        left = int(np.argmax(lengths))
        segment = self._engine.find(input_ids=ids[left : left + lengths[left]])["segment_by_shard"][0]
        documents = frozenset(
            self._names[self._engine.get_doc_by_rank(s=0, rank=rank, max_disp_len=1)["doc_ix"]]
            for rank in range(segment[0], min(segment[1], segment[0] + _NAMED))
        )
        return Found(float(lengths[left]), documents)

    def _number(self, word: str) -> int:
        number = self._vocabulary.get(word)
        return _OWN + crc32(word.encode()) % _SHARED if number is None else number
