"""The compact encoder: a document in, its names and the scores of their pairs out. onnxruntime, no torch.

The artefact is a folder: `encoder.onnx` (int8), `tokenizer.json`, `head.npz` (the pair head), and `corpora.json` (names of
the tags and relations of public corpora that it learned along with ours); MODEL_CARD.md says what it was trained on. A
document is encoded once, window by window; names and pairs are read from that.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

from kg.encoder.pairs import PairHead
from kg.encoder.tags import decode_tags, probabilities
from kg.encoder.windows import Window, windows
from kg.errors import KgError
from kg.model import Clause, Document, EntityType, Mention, Predicate, Span, Status

ARTEFACT = Path(__file__).resolve().parent.parent / "models" / "encoder"
FILES = ("encoder.onnx", "tokenizer.json", "head.npz", "corpora.json")
TYPES = tuple(EntityType)
_NUMBER = {kind: i for i, kind in enumerate(TYPES)}
SLOW = ["SkipLayerNormFusion"]  # sum and norm in one step take a tenth longer than in two
DOUBT = 0.25  # likelihood from which a name may run on where another may begin
CLASSES = 2 * len(Predicate)  # forward (the first mention is the subject), backward

Place = tuple[Span, EntityType]


@dataclass(frozen=True, slots=True)
class Found:
    """A name as the model sees it."""

    span: Span
    type: EntityType
    probability: float


@dataclass(frozen=True, slots=True)
class Encoded:
    """A document's windows with what the encoder says of their words."""

    windows: tuple[Window, ...]
    hidden: tuple[np.ndarray, ...]  # (words, width) each
    tags: tuple[np.ndarray, ...]  # (words, types, 3) each: probabilities of outside, begin, inside
    corpus_scores: tuple[np.ndarray, ...]  # (words, groups, 3): the same by the rules of public corpora, as scores

    def names(self, least: float) -> tuple[Found, ...]:
        """The names whose first word is at least so likely to begin one, in order; a repeated title is not read again."""
        best: dict[Span, Found] = {}
        for window, tags in zip(self.windows, self.tags, strict=True):
            for first, last, kind, p in decode_tags(tags[window.own :], least, DOUBT):
                span = Span(int(window.starts[first + window.own]), int(window.ends[last + window.own]))
                best[span] = Found(span, TYPES[kind], p)
        return tuple(best[s] for s in sorted(best, key=lambda s: (s.start, -s.end)))

    def chances(self, spans: Sequence[Span]) -> dict[Span, float]:
        """How likely the last word of each stretch belongs to a name; 0 where no window holds it."""
        found = np.zeros(len(spans), np.float32)
        starts, stops = np.array([s.start for s in spans], np.int64), np.array([s.end for s in spans], np.int64)
        left = np.ones(len(spans), bool)
        for window, tags in zip(self.windows, self.tags, strict=True):
            places, inside = window.places(starts, stops)
            here = left & inside
            found[here] = 1 - tags[places[here, 1], :, 0].min(1)
            left &= ~inside
        return dict(zip(spans, found.tolist(), strict=True))


class Encoder:
    """The loaded model. One thread; use processes for more."""

    def __init__(self, folder: Path, threads: int = 1) -> None:
        for name in FILES:
            if not (folder / name).is_file():
                raise KgError(f"{folder / name}: missing; the learned reader needs {', '.join(FILES)}")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(
            str(folder / "encoder.onnx"), options, providers=["CPUExecutionProvider"], disabled_optimizers=SLOW
        )
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        with np.load(folder / "head.npz") as weights:
            self._head = PairHead(dict(weights))
        names = json.loads((folder / "corpora.json").read_text("utf-8"))
        self.groups: tuple[str, ...] = tuple(names["groups"])
        self.relations: tuple[str, ...] = tuple(names["relations"])

    def encode(self, document: Document, clauses: Iterable[Clause], given: Iterable[Mention]) -> Encoded:
        """One encoding of each window. The model sees where clauses begin, and the types of the `given` mentions."""
        made = windows(document, self._tokenizer, given, clauses)
        hidden, tags, others = [], [], []
        for window in made:
            words, scores = self._run(window)
            hidden.append(words)
            tags.append(probabilities(scores[:, : len(TYPES)]))
            others.append(scores[:, len(TYPES) :])
        return Encoded(made, tuple(hidden), tuple(tags), tuple(others))

    def _run(self, window: Window) -> tuple[np.ndarray, np.ndarray]:
        feed = {"ids": window.ids[None], "features": window.features[None], "words": window.words}
        hidden, scores = self._session.run(None, feed)
        return hidden, scores.reshape(len(scores), -1, 3)

    def scores(self, encoded: Encoded, pairs: Sequence[tuple[Place, Place]]) -> tuple[np.ndarray, np.ndarray]:
        """Probabilities of predicates (pairs, CLASSES), and of statuses (pairs, 3), of mentions in order of the text.

        A pair that no window holds scores 0.
        """
        found = np.zeros((len(pairs), CLASSES), np.float32)
        statuses = np.full((len(pairs), len(Status)), 1 / len(Status), np.float32)
        for hidden, spans, kinds, chosen, rows in _local(encoded, pairs):
            logits, status = self._head.both_ways(hidden, spans, kinds, chosen)
            p = _chance(logits)
            forward, backward = p[: len(rows)], p[len(rows) :]
            found[rows, 0::2], found[rows, 1::2] = forward, backward
            status = np.exp(status - status.max(-1, keepdims=True))
            status /= status.sum(-1, keepdims=True)
            better = forward.max(1) >= backward.max(1)
            statuses[rows] = np.where(better[:, None], status[: len(rows)], status[len(rows) :])
        both_ways = 2 * tuple(Predicate).index(Predicate.COMBINED_WITH)
        found[:, both_ways] = found[:, both_ways : both_ways + 2].max(1)
        return found, statuses

    def corpus_relations(self, encoded: Encoded, pairs: Sequence[tuple[Place, Place]]) -> np.ndarray:
        """Probabilities of the relations learned from public corpora (pairs, relations), the first as subject."""
        found = np.zeros((len(pairs), len(self.relations)), np.float32)
        for hidden, spans, kinds, chosen, rows in _local(encoded, pairs):
            found[rows] = _chance(self._head.corpus_relations(hidden, spans, kinds, chosen))
        return found


def _chance(logits: np.ndarray) -> np.ndarray:
    """Logits -> probabilities, the least likely ones too."""
    return 1 / (1 + np.exp(-np.maximum(logits, np.float32(-80))))


def _local(encoded: Encoded, pairs: Sequence[tuple[Place, Place]]) -> Iterator[tuple[np.ndarray, ...]]:
    """For each window that holds any of the pairs: its hidden states, the mentions' words and types, the pairs as numbers
    of mentions, and their rows."""
    numbers: dict[tuple[int, int, EntityType], int] = {}
    numbered = [[numbers.setdefault((s.start, s.end, kind), len(numbers)) for s, kind in pair] for pair in pairs]
    if not numbered:
        return
    ends = np.array(numbered)
    starts, stops = np.array([n[:2] for n in numbers]).T
    kinds = np.array([_NUMBER[n[2]] for n in numbers])
    for window, hidden in zip(encoded.windows, encoded.hidden, strict=True):
        spans, inside = window.places(starts, stops)
        i, j = ends.T
        rows = np.flatnonzero(inside[i] & inside[j] & (spans[i] != spans[j]).any(1))
        if len(rows):
            used, chosen = np.unique(ends[rows], return_inverse=True)
            yield hidden, spans[used], kinds[used], chosen.reshape(-1, 2), rows


def open_encoder(folder: Path = ARTEFACT, threads: int = 1) -> Encoder:
    """The encoder of a folder, or the one that ships. `KgError` where a file is missing."""
    return Encoder(folder, threads)
