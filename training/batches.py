"""What a step of the training reads: windows of like length as tensors, with their answers.

Batches are planned ahead and made by the loader's own processes. What the model says of the words of a window is noted down where these
processes see it (`Seen`), so that its own mentions, too, are paired when the window comes again.
"""

from __future__ import annotations

import mmap
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch.utils.data import Dataset

from kg.encoder.tags import decode_tags
from kg.encoder.windows import FEATURES, MAX_PIECES
from training.corpora import TAG_GROUPS, UNKNOWN, CorpusExample
from training.gold import TYPES
from training.labels import Example, Found, targets

MOST_PAIRS = 1200  # of a window
MENTION = 0.3  # probability from which the model's own mentions are trained on
Plan = tuple[str, tuple[int, ...]]  # "gold", "free" or "corpora"; numbers of windows
Tensors = dict[str, torch.Tensor]


class Seen:
    """The tag probabilities of each window's words when it was last read, in 255ths, shared by all processes; at first none."""

    def __init__(self, count: int) -> None:
        shape = (count, MAX_PIECES, len(TYPES), 3)
        self.shares = np.frombuffer(mmap.mmap(-1, int(np.prod(shape))), dtype=np.uint8).reshape(shape)

    def note(self, numbers: Sequence[int], probabilities: np.ndarray, begins: Sequence[int]) -> None:
        """Keeps what was said of a batch's words."""
        shares = (probabilities * 255).astype(np.uint8)
        for number, begin, end in zip(numbers, begins[:-1], begins[1:], strict=True):
            self.shares[number, : end - begin] = shares[begin:end]

    def of(self, number: int, words: int) -> np.ndarray:
        """The probabilities (words, types, 3)."""
        return self.shares[number, :words].astype(np.float32) / 255


@dataclass(frozen=True)
class Pools:
    """All windows by number: those of the gold (whole, stripped: the windows of each record), free ones behind them, corpora."""

    windows: list[Example]
    records: tuple[list[list[int]], list[list[int]]]
    files: list[str]  # where the gold of each record stands
    free: list[int]
    corpora: list[CorpusExample]


def make_pools(content: dict) -> Pools:
    """What `training.prepare` wrote, numbered."""
    windows: list[Example] = []
    records: list[list[list[int]]] = []
    for kind in content["pools"]:
        records.append([])
        for some in kind:
            records[-1].append(list(range(len(windows), len(windows) + len(some))))
            windows += some
    free = list(range(len(windows), len(windows) + len(content["free"])))
    corpora = [e for e in content["corpora"] if len(e.window.words)]
    return Pools([*windows, *content["free"]], (records[0], records[1]), content["files"], free, corpora)


def plan(pools: Pools, phase: dict, seed: int) -> list[Plan]:
    """The batches of a phase, in their order."""
    rng = random.Random(seed)
    size = phase["batch"]
    gold = _gold(pools, size, rng, phase.get("fresh", ()), phase.get("seldom", 1.0))
    streams = {"gold": gold, "free": _free(pools, size, rng), "corpora": _corpora(pools, phase["shares"], size, rng)}
    shares = {kind: phase.get(kind, 0.0) for kind in ("corpora", "free")}
    made, owed = [], dict.fromkeys(shares, 0.0)
    for _ in range(phase["steps"]):
        for kind in owed:
            owed[kind] += shares[kind]
        kind = next((k for k, some in owed.items() if some >= 1), "gold")
        if kind != "gold":
            owed[kind] -= 1
        made.append((kind, next(streams[kind])))
    return made


def _gold(pools: Pools, size: int, rng: random.Random, fresh: Sequence[str], seldom: float) -> Iterator[tuple[int, ...]]:
    """Epoch after epoch; each reads a record whole or stripped, by chance, and few of the windows without a claim. A record
    whose gold is in none of the fresh files is left out of an epoch but for the share `seldom`."""
    while True:
        chosen = [k for file, *pair in zip(pools.files, *pools.records, strict=True)
                  if seldom == 1 or file in fresh or rng.random() < seldom for k in pair[rng.random() < 0.5]
                  if any(pools.windows[k].quotes) or rng.random() < 0.3]  # fmt: skip
        yield from _cut(chosen, [len(pools.windows[k].window.ids) for k in chosen], size, rng)


def _free(pools: Pools, size: int, rng: random.Random) -> Iterator[tuple[int, ...]]:
    while True:
        yield from _cut(pools.free, [len(pools.windows[k].window.ids) for k in pools.free], size, rng)


def _corpora(pools: Pools, shares: dict[str, float], size: int, rng: random.Random) -> Iterator[tuple[int, ...]]:
    """A corpus is drawn by its share."""
    weights = [shares[name] for name in corpus_names(pools.corpora)]
    while True:
        drawn = rng.choices(range(len(pools.corpora)), weights, k=64 * size)
        yield from _cut(drawn, [len(pools.corpora[k].window.ids) for k in drawn], size, rng)


def _cut(numbers: Sequence[int], lengths: Sequence[int], size: int, rng: random.Random) -> list[tuple[int, ...]]:
    """Batches of windows of like length."""
    order = [k for _, k in sorted((n + rng.uniform(-20, 20), k) for k, n in zip(numbers, lengths, strict=True))]
    made = [tuple(order[i : i + size]) for i in range(0, len(order), size)]
    rng.shuffle(made)
    return made


def corpus_names(pool: Sequence[CorpusExample]) -> list[str]:
    """The corpus of each window, by the tags that it has."""
    return [TAG_GROUPS[int((e.tags[0] != UNKNOWN).argmax())].split(".")[0] for e in pool]


class Batches(Dataset):
    """The planned batches as tensors."""

    def __init__(self, pools: Pools, planned: Sequence[Plan], seen: Seen, seed: int) -> None:
        self.pools, self.planned, self.seen, self.seed = pools, planned, seen, seed

    def __len__(self) -> int:
        return len(self.planned)

    def __getitem__(self, step: int) -> tuple[str, tuple[int, ...], dict[str, np.ndarray]]:
        kind, numbers = self.planned[step]
        rng = random.Random(self.seed * 1_000_003 + step)
        if kind == "corpora":
            made = corpus_batch([self.pools.corpora[k] for k in numbers])
        else:
            windows = [self.pools.windows[k] for k in numbers]
            made = record_batch(windows, [self.seen.of(k, len(w.window.words)) for k, w in zip(numbers, windows, strict=True)], rng)
        return kind, numbers, made


def _words(batch: Sequence[Example | CorpusExample]) -> dict[str, np.ndarray]:
    """Pieces and features of the windows, padded; the rows of their words in the flattened batch, and where each window's begin."""
    length = max(len(e.window.ids) for e in batch)
    ids = np.zeros((len(batch), length), dtype=np.int64)
    mask = np.zeros((len(batch), length), dtype=np.float32)
    features = np.zeros((len(batch), length, FEATURES), dtype=np.uint8)
    for k, e in enumerate(batch):
        n = len(e.window.ids)
        ids[k, :n], mask[k, :n], features[k, :n] = e.window.ids, 1, e.window.features
    rows = np.concatenate([e.window.words.astype(np.int64) + k * length for k, e in enumerate(batch)])
    begins = np.cumsum([0, *(len(e.window.words) for e in batch)])
    tags = np.concatenate([e.tags for e in batch]).astype(np.int64)
    return {"ids": ids, "mask": mask, "features": features, "rows": rows, "begins": begins, "tags": tags}


def record_batch(batch: Sequence[Example], seen: Sequence[np.ndarray], rng: random.Random) -> dict[str, np.ndarray]:
    """Windows of records with the answers for pairs of their mentions."""
    made = _words(batch)
    parts: dict[str, list[np.ndarray]] = {k: [] for k in ("spans", "bounds", "kinds", "pairs", "right", "open")}
    mentions, rows = 0, 0
    for e, p, begin, end in zip(batch, seen, made["begins"][:-1], made["begins"][1:], strict=True):
        t = targets(e, chosen(e, p, rng), MOST_PAIRS, rng)
        if t is None:
            continue
        parts["spans"].append(t.spans + begin)
        parts["bounds"].append(np.tile([[begin, end - 1]], (len(t.spans), 1)))
        parts["kinds"].append(t.kinds)
        parts["pairs"].append(t.pairs + mentions)
        parts["right"].append(np.add(t.right, [[rows, 0, 0]]))
        parts["open"].append(np.add(t.open, [[rows, 0]]))
        mentions += len(t.spans)
        rows += len(t.pairs)
    return made | ({k: np.concatenate(some).astype(np.int64) for k, some in parts.items()} if rows else {})


def corpus_batch(batch: Sequence[CorpusExample]) -> dict[str, np.ndarray]:
    """Windows of a corpus with its own tags and DrugProt's relations."""
    made = _words(batch)
    begins = made["begins"]
    counts = np.cumsum([0, *(len(e.spans) for e in batch)])
    pairs = np.concatenate([e.pairs + at for e, at in zip(batch, counts[:-1], strict=True)])
    if not len(pairs):
        return made
    return made | {
        "spans": np.concatenate([e.spans + at for e, at in zip(batch, begins[:-1], strict=True)]),
        "bounds": np.concatenate([np.tile([[a, b - 1]], (len(e.spans), 1))
                                  for e, a, b in zip(batch, begins[:-1], begins[1:], strict=True)]),
        "kinds": np.concatenate([e.kinds for e in batch]), "pairs": pairs,
        "relations": np.concatenate([e.relations for e in batch]),
    }  # fmt: skip


def chosen(example: Example, shares: np.ndarray, rng: random.Random) -> list[Found]:
    """The mentions whose pairs are trained on: gold ones, the model's own, and those of tables and patterns."""
    mentions = {(m.first, m.last): m for m in example.mentions}
    w = example.window
    for a, b, kind, _ in decode_tags(shares, MENTION):
        found = example.names.find(example.text[w.starts[a] : w.ends[b]])
        mentions.setdefault((a, b), Found(a, b, kind, found))
    for m in example.given:
        if (m.first, m.last) not in mentions or rng.random() < 0.2:
            mentions[m.first, m.last] = m
    return [mentions[key] for key in sorted(mentions)]
