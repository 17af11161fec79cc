"""Trains the fast reader's statement model, chooses its threshold, calibrates it and reports figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.isotonic import IsotonicRegression

from kg.relations.linear import Said, choose, describe, ends, gather
from kg.relations.trees import Trees
from training.fast_data import Names, fold_of
from training.fast_labels import entities_of

FOLDS = 5
SHARE = 0.4  # of the features that a split of a bagged model may use
SETTINGS = {"max_iter": 160, "learning_rate": 0.06, "max_leaf_nodes": 15, "min_samples_leaf": 50, "l2_regularization": 30.0}


@dataclass
class Judged:
    """What the pair model says of a record, and whether the gold agrees."""

    key: tuple[str, int]
    said: dict
    keys: list
    right: list  # for each key the gold triple that it hits, or None
    strict: list  # whether the status is right too
    gold: dict  # gold triple -> status


def judge(data: dict, pairs: dict, scores: dict) -> list[Judged]:
    """Statements of all records with their features and the gold's verdict."""
    out = []
    for key in sorted(scores):
        record = data[key].record
        found, statuses, opinions = scores[key]
        said = gather(pairs[key][0], found)
        describe(pairs[key][0], statuses, said, opinions)
        gold = {(s, p, o): status for s, p, o, status, _ in record.claims}
        names = Names(record)
        keys = sorted(said)
        right, strict = [], []
        for k in keys:
            thing: Said = said[k]
            _, i, forward = thing.pairs[0]
            subject, object_ = ends(pairs[key][0][i], forward)
            hits = hit(gold, entities_of(subject, names), k[1].value, entities_of(object_, names))
            right.append(hits[0] if hits else None)
            strict.append(any(gold[h] == thing.status.value for h in hits))
        out.append(Judged(key, said, keys, right, strict, gold))
    return out


def hit(gold: dict, subjects: frozenset[int], predicate: str, objects: frozenset[int]) -> list:
    """The gold triples that these entities may mean."""
    found = [(s, predicate, o) for s in sorted(subjects) for o in sorted(objects) if (s, predicate, o) in gold]
    if predicate == "combinedWith":
        found += [(o, predicate, s) for s in sorted(subjects) for o in sorted(objects) if (o, predicate, s) in gold]
    return found


def fit_trees(x: np.ndarray, y: np.ndarray, seed: int, bags: int = 1) -> Trees:
    """Boosted trees, in the form that the reader uses; with `bags`, the mean of so many models that see two features in five."""
    more = {"max_features": SHARE} if bags > 1 else {}
    models = [HistGradientBoostingClassifier(random_state=seed + bag, early_stopping=False, **SETTINGS, **more).fit(x, y)
              for bag in range(bags)]  # fmt: skip
    trees = [p[0].nodes for model in models for p in model._predictors]
    size = max(len(t) for t in trees)
    feature = np.zeros((len(trees), size), np.int16)
    threshold = np.zeros((len(trees), size), np.float32)
    left = np.tile(np.arange(size, dtype=np.int16), (len(trees), 1))
    right = left.copy()
    value = np.zeros((len(trees), size), np.float32)
    depth = 0
    for t, nodes in enumerate(trees):
        n = len(nodes)
        value[t, :n] = nodes["value"] / bags
        inner = ~nodes["is_leaf"].astype(bool)
        at = np.nonzero(inner)[0]
        feature[t, at] = nodes["feature_idx"][inner]
        threshold[t, at] = nodes["num_threshold"][inner]
        left[t, at], right[t, at] = nodes["left"][inner], nodes["right"][inner]
        depth = max(depth, int(nodes["depth"].max()))
    base = np.mean([np.ravel(model._baseline_prediction)[0] for model in models])
    return Trees(feature, threshold, left, right, value, float(base), depth)


def arrays(judged: Sequence[Judged]) -> tuple[np.ndarray, np.ndarray]:
    """Features and verdicts of all statements."""
    x = np.array([j.said[k].features for j in judged for k in j.keys], np.float32)
    return x, np.array([r is not None for j in judged for r in j.right])


def give(judged: Sequence[Judged], trees: Trees) -> None:
    """Writes probabilities into the statements."""
    for j in judged:
        if j.keys:
            for k, p in zip(j.keys, trees(np.array([j.said[k].features for k in j.keys], np.float32)), strict=True):
                j.said[k].probability = float(p)


def figures_of(judged: Sequence[Judged], threshold: float) -> dict[str, tuple[float, float, float]]:
    """Precision, recall and F1 of what is chosen, strict and triple (close to the scorer's, which folds a little more)."""
    n = golds = 0
    right: dict[str, int] = {"strict": 0, "triple": 0}
    found: dict[str, int] = {"strict": 0, "triple": 0}
    for j in judged:
        golds += len(j.gold)
        at = {k: i for i, k in enumerate(j.keys)}
        hits: dict[str, set] = {"strict": set(), "triple": set()}
        for k in choose(j.said, threshold):
            i = at[k]
            if j.right[i] is not None and j.right[i] in hits["triple"]:
                continue  # said again in other words: the scorer counts it once
            n += 1
            if j.right[i] is not None:
                hits["triple"].add(j.right[i])
                right["triple"] += 1
                if j.strict[i]:
                    hits["strict"].add(j.right[i])
                    right["strict"] += 1
        for level in found:
            found[level] += len(hits[level])
    out = {}
    for level in right:
        p, r = right[level] / max(1, n), found[level] / max(1, golds)
        out[level] = (round(p, 4), round(r, 4), round(2 * p * r / max(1e-9, p + r), 4))
    return out


def train_whole(judged: Sequence[Judged], held: frozenset, seed: int):
    """The trees, the calibration curve, the threshold for the best strict F1 on training folds, and figures."""
    training = [j for j in judged if j.key not in held]
    parts = [[j for j in training if fold_of(j.key[0], FOLDS, "g") == f] for f in range(FOLDS)]
    for f in range(FOLDS):
        x, y = arrays([j for g in range(FOLDS) if g != f for j in parts[g]])
        give(parts[f], fit_trees(x, y, seed))
    whole_copies = [j for j in training]
    threshold = max((round(t, 3) for t in np.arange(0.16, 0.56, 0.02)), key=lambda t: figures_of(whole_copies, t)["strict"][2])
    p = np.array([j.said[k].probability for j in training for k in j.keys])
    y = np.array([r is not None for j in training for r in j.right], float)
    curve = reliability(p, y)
    trees = fit_trees(*arrays(training), seed)
    rest = [j for j in judged if j.key in held]
    give(rest, trees)
    figures = {"threshold": threshold, "train": figures_of(whole_copies, threshold)}
    for name, copy in (("whole", 0), ("stripped", 1)):
        some = [j for j in rest if j.key[1] == copy]
        if some:
            figures["held " + name] = figures_of(some, threshold)
            q = np.interp([j.said[k].probability for j in some for k in j.keys], *curve)
            figures["ece " + name] = expected_error(q, np.array([r is not None for j in some for r in j.right], float))
    return trees, curve, threshold, figures


def reliability(p: np.ndarray, y: np.ndarray, points: int = 25) -> tuple[list[float], list[float]]:
    """A rising curve from probability to how often it is right (isotonic regression, read off at few points)."""
    iso = IsotonicRegression(out_of_bounds="clip").fit(p, y)
    xs = np.unique(np.quantile(p, np.linspace(0, 1, points)).tolist() + np.linspace(0.05, 0.95, 19).tolist())
    return [round(float(v), 5) for v in xs], [round(float(v), 5) for v in iso.predict(xs)]


def expected_error(p: np.ndarray, y: np.ndarray, bins: int = 10) -> float:
    """Expected calibration error over bins of equal width."""
    at = np.minimum((p * bins).astype(int), bins - 1)
    full = [b for b in range(bins) if (at == b).any()]
    return round(float(sum(abs(p[at == b].mean() - y[at == b].mean()) * (at == b).mean() for b in full)), 4)


def report(judged: Sequence[Judged], figures: dict) -> str:
    """One line."""
    return f"{len(judged)} copies, {sum(len(j.keys) for j in judged)} statements, threshold {figures['threshold']}"
