"""The compact encoder: a document in, its mentions and the scores of their pairs out. onnxruntime, no torch.

The artefact is a folder: `encoder.onnx` (int8), `tokenizer.json`, `head.npz` (the pair head) and `reader.json`
(thresholds and calibration). MODEL_CARD.md says what it was trained on and how well it reads.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

from kg.encoder.pairs import PairHead, candidate_pairs
from kg.encoder.tags import decode_tags
from kg.encoder.windows import Window, windows
from kg.errors import LexiconError
from kg.model import Clause, Document, EntityType, Mention, Predicate, Span

ARTEFACT = Path(__file__).resolve().parent / "artefact"
FILES = ("encoder.onnx", "tokenizer.json", "head.npz", "reader.json")
FLOOR = 0.05  # pairs below are not kept
GIVEN = 0.3  # the probability of a mention that others found and the model did not
_TYPES = tuple(EntityType)

Task = tuple[Document, tuple[Clause, ...], tuple[Mention, ...]]  # clauses and given mentions may be empty


@dataclass(frozen=True, slots=True)
class Found:
    """A mention as the model sees it."""

    span: Span
    type: EntityType
    probability: float


@dataclass(frozen=True, slots=True)
class Scored:
    """A pair of mentions, by their places in `Reading.mentions`, and one predicate that may hold between them."""

    subject: int
    object: int
    predicate: Predicate
    probability: float
    statuses: tuple[float, float, float]  # in the order of `kg.model.Status`


@dataclass(frozen=True, slots=True)
class Reading:
    """What the model found in one document."""

    document: Document
    clauses: tuple[Clause, ...]
    mentions: tuple[Found, ...]
    pairs: tuple[Scored, ...]
    settings: dict[str, Any]


class Encoder:
    """The loaded model. One thread; use processes for more."""

    def __init__(self, folder: Path, threads: int = 1) -> None:
        for name in FILES:
            if not (folder / name).is_file():
                raise LexiconError(f"{folder / name}: missing; the learned reader needs {', '.join(FILES)}")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(
            str(folder / "encoder.onnx"), options, providers=["CPUExecutionProvider"]
        )
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        with np.load(folder / "head.npz") as weights:
            self._head = PairHead(dict(weights))
        self.settings: dict[str, Any] = json.loads((folder / "reader.json").read_text("utf-8"))

    def read(
        self, document: Document, clauses: Sequence[Clause] = (), mentions: Sequence[Mention] = ()
    ) -> Reading:
        """The reading of one document. `mentions` that others found are weighed along with the model's own."""
        return next(iter(self.read_all([(document, tuple(clauses), tuple(mentions))])))

    def read_all(self, documents: Iterable[Task], batch: int = 8) -> Iterator[Reading]:
        """Readings in the order of the documents; windows of like length share a batch."""
        held: list[Task] = []
        for item in documents:
            held.append(item)
            if len(held) == 8 * batch:
                yield from self._read_some(held, batch)
                held = []
        yield from self._read_some(held, batch)

    def _read_some(self, held: list[Task], batch: int) -> Iterator[Reading]:
        made = [windows(task[0], self._tokenizer, task[2]) for task in held]
        flat = [w for some in made for w in some]
        encoded = self._encode(flat, batch)
        at = 0
        for task, some in zip(held, made, strict=True):
            yield self._assemble(task, list(zip(some, encoded[at : at + len(some)], strict=True)))
            at += len(some)

    def _encode(self, flat: Sequence[Window], batch: int) -> list[tuple[np.ndarray, np.ndarray]]:
        """For each window the hidden states and tag scores of its words."""
        out: list[tuple[np.ndarray, np.ndarray]] = [(np.empty(0), np.empty(0))] * len(flat)
        order = sorted(range(len(flat)), key=lambda k: (len(flat[k].ids), k))
        for begin in range(0, len(order), batch):
            rows = order[begin : begin + batch]
            length = max(len(flat[k].ids) for k in rows)
            ids = np.zeros((len(rows), length), dtype=np.int64)
            mask = np.zeros((len(rows), length), dtype=np.float32)
            features = np.zeros((len(rows), length, flat[0].features.shape[1]), dtype=np.float32)
            for r, k in enumerate(rows):
                n = len(flat[k].ids)
                ids[r, :n], mask[r, :n], features[r, :n] = flat[k].ids, 1, flat[k].features
            hidden, scores = self._session.run(None, {"ids": ids, "features": features, "mask": mask})
            for r, k in enumerate(rows):
                out[k] = (hidden[r, flat[k].words], scores[r, flat[k].words].reshape(len(flat[k].words), -1, 3))
        return out

    def _assemble(self, task: Task, parts: list[tuple[Window, tuple[np.ndarray, np.ndarray]]]) -> Reading:
        """Mentions and pairs of all windows, each mention once though a title stands before several windows."""
        document, clauses, given = task
        best: dict[Span, tuple[float, int]] = {}
        local = []
        for window, (hidden, scores) in parts:
            decoded = decode_tags(scores, self.settings["mention_threshold"])
            decoded = _with_given(window, decoded, given)
            spans = [Span(int(window.starts[a]), int(window.ends[b])) for a, b, _, _ in decoded]
            for span, (_, _, kind, p) in zip(spans, decoded, strict=True):
                best[span] = max(best.get(span, (0.0, 0)), (p, kind))
            local.append((window, hidden, decoded, spans))
        order = sorted(best, key=lambda s: (s.start, s.end))
        index = {span: i for i, span in enumerate(order)}
        mentions = tuple(Found(s, _TYPES[best[s][1]], best[s][0]) for s in order)
        pairs: dict[tuple[int, int, int], Scored] = {}
        for window, hidden, decoded, spans in local:
            if len(decoded) < 2:
                continue
            words = np.array([(a, b) for a, b, _, _ in decoded])
            chosen = candidate_pairs(words, window.own)
            if not len(chosen):
                continue
            logits, status = self._head(hidden, words, np.array([t for _, _, t, _ in decoded]), chosen)
            p = 1 / (1 + np.exp(-logits))
            status = np.exp(status - status.max(-1, keepdims=True))
            status /= status.sum(-1, keepdims=True)
            for k, predicate in np.argwhere(p >= FLOOR):
                s, o = (index[spans[m]] for m in chosen[k])
                key = (s, o, int(predicate))
                scored = Scored(s, o, tuple(Predicate)[predicate], float(p[k, predicate]),
                                tuple(float(x) for x in status[k]))
                if key not in pairs or scored.probability > pairs[key].probability:
                    pairs[key] = scored
        return Reading(document, clauses, mentions, tuple(pairs[k] for k in sorted(pairs)), self.settings)


def _with_given(
    window: Window, decoded: list[tuple[int, int, int, float]], given: Sequence[Mention]
) -> list[tuple[int, int, int, float]]:
    """The model's mentions and, where it has none of the same words, those that others found."""
    known = {(a, b) for a, b, _, _ in decoded}
    for mention in given:
        first = int(np.searchsorted(window.starts[window.own :], mention.span.start)) + window.own
        last = int(np.searchsorted(window.ends[window.own :], mention.span.end)) + window.own
        if last >= len(window.words) or first > last or (first, last) in known:
            continue
        if window.starts[first] == mention.span.start and window.ends[last] == mention.span.end:
            known.add((first, last))
            decoded.append((first, last, _TYPES.index(mention.type), GIVEN))
    return sorted(decoded)


def open_encoder(folder: Path | None = None, threads: int = 1) -> Encoder:
    """The encoder of a folder, or the one that ships. `LexiconError` where a file is missing."""
    return Encoder(folder or ARTEFACT, threads)

