"""The fast reader's weights: a small network over named features, in numpy.

The features of a clause, of its mentions and of a pair each add their rows of a table; the sum goes through one layer
of rectified units to the predicates (two directions each) and the statuses. Rows of clause and mentions are summed once
and shared by all pairs.
"""

from __future__ import annotations

import sys
from bisect import bisect_left
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from kg.model import Predicate, Status
from kg.relations.candidates import Pair
from kg.relations.pair_features import Features

PREDICATES = tuple(Predicate)
STATUSES = tuple(Status)
CLASSES = 2 * len(PREDICATES)  # forward (the first mention is the subject), backward


class Index(dict[str, dict[str, int]]):
    """How a name begins -> how it goes on -> its row; made for a beginning when it is first asked for. Row 0 is nothing's."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__()
        self._names = names  # sorted

    def __missing__(self, start: str) -> dict[str, int]:
        first = bisect_left(self._names, start)
        last = bisect_left(self._names, start + chr(sys.maxunicode))
        found = {self._names[i][len(start) :]: i + 1 for i in range(first, last)}
        self[start] = found
        return found


@dataclass(slots=True)
class PairModel:
    """Feature rows, and what the hidden units say."""

    names: Sequence[str]  # sorted; a name's row is its place, counted from 1
    table: np.ndarray  # (names + 1, width); row 0 is zero
    bias: np.ndarray  # (width,)
    out: np.ndarray  # (width, CLASSES + statuses)
    out_bias: np.ndarray
    index: Index = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.index = Index(self.names)

    def weights(self, features: Sequence[Sequence[Features]], column: int) -> list[float]:
        """How much each of some features speak for one output, as if all hidden units were at work."""
        known: list[int] = []
        starts = self._lines(features, known)
        return np.add.reduceat(self.table.take(known, axis=0) @ self.out[:, column], starts).tolist()

    def _lines(self, features: Iterable[Iterable[Features]], known: list[int]) -> list[int]:
        """Puts the rows of known names behind the others, and says where each line of them begins."""
        index = self.index
        starts = []
        for line in features:
            starts.append(len(known))
            known.append(0)  # so that no line is empty
            for start, ends in line:
                known.extend(filter(None, map(index[start].get, ends)))
        return starts

    def scores(self, pairs: Sequence[Pair]) -> tuple[np.ndarray, np.ndarray]:
        """Probabilities of predicates (pairs, CLASSES), and of statuses (pairs, 3)."""
        if not pairs:
            return np.zeros((0, CLASSES), np.float32), np.zeros((0, len(STATUSES)), np.float32)
        return self.outputs(self.hidden(pairs))

    def outputs(self, hidden: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Probabilities from what the features add up to."""
        z = np.maximum(hidden, 0) @ self.out + self.out_bias
        status = np.exp(z[:, CLASSES:] - z[:, CLASSES:].max(1, keepdims=True))
        return 1 / (1 + np.exp(-np.clip(z[:, :CLASSES], -30, 30))), status / status.sum(1, keepdims=True)

    def hidden(self, pairs: Sequence[Pair]) -> np.ndarray:
        """What the features of each pair of one record add up to."""
        lines: list[Sequence[Features]] = []
        shares: list[list[int]] = []
        for key_of, features_of in SHARED:
            keys = [key_of(pair) for pair in pairs]
            one_each = dict(zip(keys, pairs, strict=True))
            at = {key: len(lines) + n for n, key in enumerate(one_each)}
            shares.append([at[key] for key in keys])
            lines += [features_of(pair) for pair in one_each.values()]
        known: list[int] = []
        starts = self._lines(lines, known) + self._lines((pair.features() for pair in pairs), known)
        sums = np.add.reduceat(self.table.take(known, axis=0), starts, axis=0)
        hidden = sums[len(lines) :] + self.bias
        for rows in shares:
            hidden += sums[rows]
        return hidden


# What pairs have in common is added up once: what it is, and its features.
SHARED: tuple[tuple[Callable[[Pair], Hashable], Callable[[Pair], Sequence[Features]]], ...] = (
    (lambda p: id(p.a), lambda p: (("1", p.a.unary),)),
    (lambda p: id(p.b), lambda p: (("2", p.b.unary),)),
    (lambda p: id(p.va), lambda p: p.va.bag),
    (lambda p: id(p.vb) if p.vb is not p.va else 0, lambda p: p.vb.bag if p.vb is not p.va else ()),
    (Pair.places, Pair.around),
)
