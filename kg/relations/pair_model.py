"""The fast reader's weights: a small network over named features, in numpy.

The features of a clause, of its mentions and of a pair each add their rows of a table; the sum goes through one layer
of rectified units to the predicates (two directions each) and the statuses. Rows of clause and mentions are summed once
and shared by all pairs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kg.model import Predicate, Status
from kg.relations.candidates import Pair
from kg.relations.pair_features import Item, View

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
        rows = self.rows
        clauses: dict[int, np.ndarray] = {}
        firsts: dict[int, np.ndarray] = {}
        seconds: dict[int, np.ndarray] = {}
        hidden = np.empty((len(pairs), self.table.shape[1]), dtype=np.float32)
        known: list[int] = []
        starts: list[int] = []
        for k, pair in enumerate(pairs):
            starts.append(len(known))
            known += [rows[n] for n in pair.features() if n in rows]
            known.append(len(self.table) - 1)
            hidden[k] = self._once(firsts, pair.a, "1") + self._once(seconds, pair.b, "2") + self._bag(clauses, pair.va)
            if pair.vb is not pair.va:
                hidden[k] += self._bag(clauses, pair.vb)
        hidden += np.add.reduceat(self.table[known], starts, axis=0)
        hidden += self.bias
        return hidden

    def _once(self, made: dict[int, np.ndarray], item: Item, name: str) -> np.ndarray:
        known = made.get(id(item))
        if known is None:
            known = made[id(item)] = self.sums(side(name, item.unary))
        return known

    def _bag(self, made: dict[int, np.ndarray], view: View) -> np.ndarray:
        known = made.get(id(view))
        if known is None:
            known = made[id(view)] = self.sums(view.bag)
        return known

