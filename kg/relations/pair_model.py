"""The fast reader's weights: a small network over named features, in numpy.

The features of a clause, of its mentions and of a pair each add their rows of a table; the sum goes through one layer
of rectified units to the predicates (two directions each) and the statuses. Rows of clause and mentions are summed once
and shared by all pairs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from kg.model import Predicate, Status
from kg.relations.candidates import Pair
from kg.relations.pair_features import View

PREDICATES = tuple(Predicate)
STATUSES = tuple(Status)
CLASSES = 2 * len(PREDICATES)  # forward (the first mention is the subject), backward


def side(name: str, unary: Sequence[str]) -> list[str]:
    """A mention's own features as those of the first or second of a pair."""
    return [name + u for u in unary]


@dataclass(slots=True)
class PairModel:
    """Feature rows, and what the hidden units say."""

    rows: dict[str, int]
    table: np.ndarray  # (features + 1, width); the last row is zero
    bias: np.ndarray  # (width,)
    out: np.ndarray  # (width, CLASSES + statuses)
    out_bias: np.ndarray

    def sums(self, names: Sequence[str]) -> np.ndarray:
        """The sum of the rows of those features that are known."""
        rows = self.rows
        known = [rows[n] for n in names if n in rows]
        return self.table[known].sum(0) if known else np.zeros(self.table.shape[1], dtype=np.float32)

    def weight(self, names: Sequence[str], column: int) -> float:
        """How much some features speak for one output, as if all hidden units were at work."""
        return float(self.sums(names) @ self.out[:, column])

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
        """What the features of each pair add up to."""
        rows, nothing = self.rows, len(self.table) - 1
        known: list[int] = []
        starts: list[int] = []

        def line(names: Iterable[str]) -> int:
            starts.append(len(known))
            known.extend([row for row in map(rows.get, names) if row is not None])
            known.append(nothing)  # so that no line is empty
            return len(starts) - 1

        made: dict[tuple[str, int], int] = {}
        shares = np.empty((len(pairs), 4), dtype=np.int64)
        for k, pair in enumerate(pairs):
            for n, (name, thing) in enumerate((("1", pair.a), ("2", pair.b), ("", pair.va), ("", pair.vb))):
                at = made.get((name, id(thing)))
                if at is None:
                    names = thing.bag if isinstance(thing, View) else side(name, thing.unary)
                    at = made[name, id(thing)] = line(names)
                shares[k, n] = at
        shared = len(starts)
        for pair in pairs:
            line(pair.features())
        sums = np.add.reduceat(self.table.take(known, axis=0), starts, axis=0)
        across = shares[:, 2] != shares[:, 3]
        hidden = sums[shared:] + sums[shares[:, 0]] + sums[shares[:, 1]] + sums[shares[:, 2]] + self.bias
        hidden[across] += sums[shares[across, 3]]
        return hidden
