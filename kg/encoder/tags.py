"""Tag scores of words -> names."""

from __future__ import annotations

import numpy as np


def probabilities(scores: np.ndarray) -> np.ndarray:
    """Tag scores (words, types, 3) as probabilities."""
    shifted = np.exp(scores - scores.max(-1, keepdims=True))
    return shifted / shifted.sum(-1, keepdims=True)


def decode_tags(p: np.ndarray, threshold: float, doubt: float = 1.0) -> list[tuple[int, int, int, float]]:
    """Names from tag probabilities (words, types, 3): first word, last word, type, probability.

    Each type has tags of its own (outside, begin, inside), so that names of two types may be nested. A name begins where
    "begin" reaches the threshold and goes on while "inside" is the likeliest. Where it is not, but at least as likely as
    `doubt`, the name that runs on is given too. Of names with the same words the
    likeliest type is kept.
    """
    best: dict[tuple[int, int], tuple[float, int]] = {}

    def keep(first: int, last: int, chance: float, kind: int) -> None:
        if (first, last) not in best or (chance, kind) > best[first, last]:
            best[first, last] = chance, kind

    for w, t in np.argwhere(p[:, :, 1] >= threshold).tolist():
        chance, end = float(p[w, t, 1]), w
        while end + 1 < len(p):
            outside, begin, inside = p[end + 1, t]
            if inside <= outside or inside <= begin:
                if inside < doubt:
                    break
                keep(w, end, chance, t)
                chance = min(chance, float(inside))
            end += 1
        keep(w, end, chance, t)
    return sorted((a, b, t, q) for (a, b), (q, t) in best.items())
