"""Tag scores of words -> mentions."""

from __future__ import annotations

import numpy as np


def decode_tags(scores: np.ndarray, threshold: float = 0.4) -> list[tuple[int, int, int, float]]:
    """Mentions from tag scores (words, types, 3): first word, last word, type, probability.

    Each type has tags of its own (outside, begin, inside), so that mentions of two types may be nested. A mention
    begins where "begin" reaches the threshold and goes on while "inside" is the likeliest. Of mentions with the same
    words the likeliest type is kept.
    """
    shifted = np.exp(scores - scores.max(-1, keepdims=True))
    p = shifted / shifted.sum(-1, keepdims=True)
    best: dict[tuple[int, int], tuple[float, int]] = {}
    for w, t in np.argwhere(p[:, :, 1] >= threshold):
        end = w
        while end + 1 < len(p) and p[end + 1, t, 2] > max(p[end + 1, t, 0], p[end + 1, t, 1]):
            end += 1
        key, value = (int(w), int(end)), (float(p[w, t, 1]), int(t))
        if key not in best or value > best[key]:
            best[key] = value
    return sorted((a, b, t, q) for (a, b), (q, t) in best.items())
