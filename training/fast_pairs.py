"""Trains the fast reader's pair model: Adam in numpy over sparse features, the same result from the same seed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import sparse

from kg.relations.candidates import Pair
from kg.relations.pair_features import names_of
from kg.relations.pair_model import CLASSES, STATUSES, PairModel

WIDTH = 48


class Numbers:
    """Feature names as numbers, given in the order in which they are met."""

    def __init__(self) -> None:
        self.of: dict[str, int] = {}

    def add(self, pairs: Sequence[Pair]) -> tuple[np.ndarray, np.ndarray]:
        """The features of pairs in one line, and where each pair's begin (one entry more than pairs)."""
        of = self.of
        ids: list[int] = []
        starts = [0]
        bags: dict[int, list[int]] = {}
        for pair in pairs:
            for view in (pair.va, pair.vb):
                if id(view) not in bags:
                    bags[id(view)] = [of.setdefault(n, len(of)) for n in names_of(view.bag)]
            own = (*pair.features(), *pair.around(), ("1", pair.a.unary), ("2", pair.b.unary))
            ids += [of.setdefault(n, len(of)) for n in names_of(own)]
            ids += bags[id(pair.va)]
            if pair.vb is not pair.va:
                ids += bags[id(pair.vb)]
            starts.append(len(ids))
        return np.array(ids, np.int32), np.array(starts, np.int64)


def vocabulary(numbers: Numbers, documents: Sequence[tuple[np.ndarray, np.ndarray]], least: int
               ) -> tuple[dict[str, int], np.ndarray]:
    """Rows of the features that stand in at least so many documents: by name, and by number (-1 for none)."""
    count = np.zeros(len(numbers.of), np.int32)
    for ids, _ in documents:
        count[np.unique(ids)] += 1
    names = sorted(n for n, i in numbers.of.items() if count[i] >= least)
    rows = {name: i for i, name in enumerate(names)}
    table = np.full(len(numbers.of), -1, np.int32)
    for name, i in rows.items():
        table[numbers.of[name]] = i
    return rows, table


def matrix(document: tuple[np.ndarray, np.ndarray], table: np.ndarray, width: int) -> sparse.csr_matrix:
    """Counts of known features, one row a pair."""
    ids, starts = document
    rows = table[ids]
    kept = rows >= 0
    ends = np.concatenate([[0], np.cumsum(kept)])[starts]
    x = sparse.csr_matrix((np.ones(int(kept.sum()), np.float32), rows[kept], ends), shape=(len(starts) - 1, width))
    x.sum_duplicates()
    return x


def train(x: sparse.csr_matrix, y: np.ndarray, status: np.ndarray, *, width: int = WIDTH, epochs: int = 3,
          rate: float = 0.01, decay: float = 1e-3, drop: float = 0.3, thin: float = 0.5, seed: int = 1, batch: int = 2048,
          log=None) -> dict[str, np.ndarray]:
    """Weights of the network. `y` (pairs, CLASSES): 1, 0 or -1 (not counted); `status`: index or -1."""
    random = np.random.default_rng(seed)
    outputs = CLASSES + len(STATUSES)
    w = {"table": random.normal(0, 0.03, (x.shape[1], width)).astype(np.float32), "bias": np.full(width, 0.1, np.float32),
         "out": random.normal(0, 0.2, (width, outputs)).astype(np.float32), "out_bias": np.full(outputs, -3.0, np.float32)}
    w["out_bias"][CLASSES:] = 0
    first = {k: np.zeros_like(v) for k, v in w.items()}
    second = {k: np.zeros_like(v) for k, v in w.items()}
    steps = epochs * (x.shape[0] // batch + 1)
    step = 0
    touched, new = np.zeros(x.shape[1], bool), np.zeros(x.shape[1], np.int32)
    for epoch in range(epochs):
        order = random.permutation(x.shape[0])
        loss = 0.0
        for at in range(0, len(order), batch):
            rows = order[at : at + batch]
            xb = x[rows]
            xb.data = xb.data * (random.random(len(xb.data), np.float32) >= thin) / np.float32(1 - thin)
            z = xb @ w["table"] + w["bias"]
            keep = (random.random(z.shape, np.float32) > drop) / np.float32(1 - drop)
            h = np.maximum(z, 0) * keep
            o = h @ w["out"] + w["out_bias"]
            p = 1 / (1 + np.exp(-np.clip(o[:, :CLASSES], -30, 30)))
            t = y[rows]
            g = np.zeros_like(o)
            g[:, :CLASSES] = (p - np.maximum(t, 0)) * (t >= 0)
            loss -= float(np.log(np.where(t > 0, p, 1 - p) + 1e-9)[t >= 0].sum())
            known = status[rows] >= 0
            if known.any():
                s = o[known, CLASSES:]
                e = np.exp(s - s.max(1, keepdims=True))
                e /= e.sum(1, keepdims=True)
                e[np.arange(len(e)), status[rows][known]] -= 1
                g[known, CLASSES:] = e
            g = (g / np.float32(32)).astype(np.float32)
            gh = ((g @ w["out"].T) * keep * (z > 0)).astype(np.float32)
            grads = {"out": h.T @ g, "out_bias": g.sum(0), "bias": gh.sum(0)}
            step += 1
            lr = rate * min(1.0, step / 50) * max(0.02, 1 - step / steps)
            correct = np.sqrt(1 - 0.999**step) / (1 - 0.9**step)
            for k, gr in grads.items():
                first[k] += 0.1 * (gr - first[k])
                second[k] += 0.001 * (gr * gr - second[k])
                w[k] -= lr * correct * first[k] / (np.sqrt(second[k]) + 1e-8)
            # Lazy Adam: only rows that the batch touches.
            touched[:] = False
            touched[xb.indices] = True
            used = np.flatnonzero(touched)
            new[used] = np.arange(len(used), dtype=np.int32)
            sub = sparse.csr_matrix((xb.data, new[xb.indices], xb.indptr), shape=(len(rows), len(used)))
            gt = sub.T @ gh
            m = first["table"][used] * np.float32(0.9) + np.float32(0.1) * gt
            v = second["table"][used] * np.float32(0.99) + np.float32(0.01) * gt * gt
            first["table"][used], second["table"][used] = m, v
            old = w["table"][used]
            w["table"][used] = old - np.float32(lr) * (m / (np.sqrt(v) + np.float32(1e-6)) + np.float32(decay) * old)
        if log:
            log(f"epoch {epoch} loss a pair {loss / len(order):.4f}")
    return w


def as_model(w: dict[str, np.ndarray], rows: dict[str, int]) -> PairModel:
    """The weights as the reader uses them."""
    table = np.vstack([np.zeros((1, w["table"].shape[1]), np.float32), w["table"]])
    return PairModel(sorted(rows, key=rows.__getitem__), table, w["bias"], w["out"], w["out_bias"])
