"""Boosted regression trees in numpy: the second model of the fast reader, trained elsewhere, answered here."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(slots=True)
class Trees:
    """Trees of one depth-padded table: node `n` of tree `t` asks `x[feature] <= threshold`."""

    feature: np.ndarray  # (trees, nodes) int16
    threshold: np.ndarray  # (trees, nodes) float32
    left: np.ndarray  # (trees, nodes) int16; a leaf points at itself
    right: np.ndarray
    value: np.ndarray  # (trees, nodes) float32
    base: float
    depth: int

    def __call__(self, x: np.ndarray) -> np.ndarray:
        """Probability of each row."""
        if not len(x):
            return np.zeros(0)
        count, nodes = self.feature.shape
        first = np.arange(count) * nodes  # of each tree, in the table as one line
        rows = (np.arange(len(x)) * x.shape[1])[:, None]
        at = np.zeros((len(x), count), dtype=np.int64)
        for _ in range(self.depth):
            node = first + at
            goes_left = x.take(rows + self.feature.take(node)) <= self.threshold.take(node)
            at = np.where(goes_left, self.left.take(node), self.right.take(node))
        z = self.base + self.value.take(first + at).sum(1)
        return 1 / (1 + np.exp(-z))
