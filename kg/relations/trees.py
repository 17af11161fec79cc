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
        count = len(self.feature)
        trees = np.arange(count)[None, :]
        at = np.zeros((len(x), count), dtype=np.int64)
        rows = np.arange(len(x))[:, None]
        for _ in range(self.depth):
            goes_left = x[rows, self.feature[trees, at]] <= self.threshold[trees, at]
            at = np.where(goes_left, self.left[trees, at], self.right[trees, at])
        z = self.base + self.value[trees, at].sum(1)
        return 1 / (1 + np.exp(-z))
