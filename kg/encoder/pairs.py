"""The head for pairs of mentions, in numpy: which predicate, which status.

All pairs of a window are scored from one encoding of it. A pair is seen as the two mentions' first and last words,
their types, the strongest signals between and around them (maxima over words), and their distance and order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

BUCKETS = np.array((-1, 0, 1, 2, 3, 5, 8, 12, 18, 28, 45, 70))  # gap in words; below 0: nested
AROUND = 6  # words on either side that are seen too


class PairHead:
    """The weights, by their names in the training network."""

    def __init__(self, weights: Mapping[str, np.ndarray]) -> None:
        self._w = {name: np.ascontiguousarray(value, dtype=np.float32) for name, value in weights.items()}

    def _linear(self, name: str, x: np.ndarray) -> np.ndarray:
        y = x @ self._w[name + ".weight"].T
        return y + self._w[name + ".bias"] if name + ".bias" in self._w else y

    def both_ways(
        self, hidden: np.ndarray, spans: np.ndarray, kinds: np.ndarray, pairs: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Scores of predicates and statuses, before sigmoid and softmax: first with each pair's first as the subject, then
        with its second.

        `hidden` (words, width) of one window; `spans` (mentions, 2), inclusive; `pairs` (pairs, 2).
        """
        x = self._seen(hidden, spans, kinds, pairs, (pairs, pairs[:, ::-1]))
        return self._linear("predicate", x), self._linear("status", x)

    def corpus_relations(self, hidden: np.ndarray, spans: np.ndarray, kinds: np.ndarray, pairs: np.ndarray) -> np.ndarray:
        """Scores of DrugProt's relations, before the sigmoid."""
        return self._linear("drugprot", self._seen(hidden, spans, kinds, pairs, (pairs,)))

    def _seen(
        self, hidden: np.ndarray, spans: np.ndarray, kinds: np.ndarray, pairs: np.ndarray, ways: Sequence[np.ndarray]
    ) -> np.ndarray:
        """What is seen of the pairs, in one or both orders; the words between and around them are the same in both."""
        m = np.concatenate([hidden[spans[:, 0]], hidden[spans[:, 1]], self._w["kind.weight"][kinds]], -1)
        i, j = pairs.T
        lo = np.minimum(spans[i, 0], spans[j, 0])
        hi = np.maximum(spans[i, 1], spans[j, 1])
        table = _range_table(self._linear("pool", hidden))
        inner = _range_max(table, lo, hi)
        outer = _range_max(table, np.maximum(lo - AROUND, 0), np.minimum(hi + AROUND, len(hidden) - 1))
        pooled = self._linear("pooled", np.concatenate([inner, outer], -1))
        parts = [self._linear(name, m) for name in ("subject", "object", "product_s", "product_o")]
        x, product = [], []
        for s, o in (way.T for way in ways):
            x.append(parts[0][s] + parts[1][o] + self._w["gap.weight"][_gap_bucket(spans, s, o)] + pooled)
            product.append(parts[2][s] * parts[3][o])
        return _gelu(self._linear("mix", np.concatenate([_gelu(np.concatenate(x)), np.concatenate(product)], -1)))


def _gap_bucket(spans: np.ndarray, i: np.ndarray, j: np.ndarray) -> np.ndarray:
    a, b = spans[i], spans[j]
    gap = np.maximum(a[:, 0], b[:, 0]) - np.minimum(a[:, 1], b[:, 1]) - 1
    return np.searchsorted(BUCKETS, gap, side="right") + (a[:, 0] > b[:, 0]) * (len(BUCKETS) + 1)


def _range_table(x: np.ndarray) -> list[np.ndarray]:
    """Maxima over stretches of 1, 2, 4, … rows that begin at each row."""
    table, step = [x], 1
    while 2 * step <= len(x):
        last = table[-1]
        table.append(np.maximum(last[: len(last) - step], last[step:]))
        step *= 2
    return table


def _range_max(table: list[np.ndarray], lo: np.ndarray, hi: np.ndarray) -> np.ndarray:
    """The maximum of rows lo..hi (inclusive), for many stretches at once."""
    level = np.floor(np.log2(hi - lo + 1.01)).astype(int)
    out = np.empty((len(lo), table[0].shape[1]), dtype=np.float32)
    for k in np.unique(level):
        rows = np.nonzero(level == k)[0]
        out[rows] = np.maximum(table[k][lo[rows]], table[k][hi[rows] - (1 << k) + 1])
    return out


def _gelu(x: np.ndarray) -> np.ndarray:
    """The exact form; the error function by Abramowitz and Stegun 7.1.26 (error below 2e-7)."""
    z = np.abs(x) * np.float32(0.7071067811865476)
    t = 1 / (1 + np.float32(0.3275911) * z)
    poly = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
    erf = np.sign(x) * (1 - poly * np.exp(-z * z))
    return np.float32(0.5) * x * (1 + erf)
