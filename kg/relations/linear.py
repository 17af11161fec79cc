"""Groundings of a record -> Relations, by the fast reader's pair model.

All pairs of mentions near each other are scored; a record says a thing once, so the pairs of the same two things are put
together, a second small model weighs what is known of the whole (own things, rival predicates, how often it is said), and
what is likely enough is kept with the places that say it best. Confidence is calibrated on records held out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from kg.model import SYMMETRIC, Document, Grounding, Predicate, Relation, Span, Status
from kg.relations.candidates import Pair
from kg.relations.pair_features import LETTERS, View
from kg.relations.pair_model import PREDICATES, STATUSES

LEAST = 0.04  # probability from which a pair counts as saying something
Key = tuple[str, Predicate, str]


@dataclass(slots=True)
class Said:
    """All pairs that say one thing of one record."""

    key: Key
    pairs: list[tuple[float, int, bool]] = field(default_factory=list)  # probability, pair, whether the first is subject
    features: tuple[float, ...] = ()
    probability: float = 0.0
    status: Status = Status.ASSERTED


def ends(pair: Pair, forward: bool) -> tuple[Grounding, Grounding]:
    """Subject and object of a pair."""
    a, b = pair.a.grounding, pair.b.grounding
    return (a, b) if forward else (b, a)


def gather(pairs: Sequence[Pair], scores: np.ndarray) -> dict[Key, Said]:
    """What the pairs say, by subject, predicate and object; the likeliest pair first."""
    said: dict[Key, Said] = {}
    for k, c in zip(*np.nonzero(scores >= LEAST), strict=True):
        pair, predicate, forward = pairs[k], PREDICATES[c // 2], c % 2 == 0
        s, o = (pair.a.key, pair.b.key) if forward else (pair.b.key, pair.a.key)
        if predicate in SYMMETRIC:
            if not forward:
                continue
            s, o = min(s, o), max(s, o)
        key = (s, predicate, o)
        if key not in said:
            said[key] = Said(key)
        said[key].pairs.append((float(scores[k, c]), int(k), forward))
    for thing in said.values():
        thing.pairs.sort(key=lambda p: (-p[0], p[1]))
    return said


PLACES = ("t", "s", "d")
OWN = ("", "i", "c")
KINDS = tuple(LETTERS.values())


def describe(pairs: Sequence[Pair], statuses: np.ndarray, said: dict[Key, Said]) -> None:
    """Gives each statement its features for the second model, and its status."""
    rivals: dict[frozenset[str], list[tuple[float, Key]]] = defaultdict(list)
    per_subject: dict[tuple[str, Predicate], list[float]] = defaultdict(list)
    per_object: dict[tuple[str, Predicate], list[float]] = defaultdict(list)
    per_predicate: dict[Predicate, list[float]] = defaultdict(list)
    for key, thing in said.items():
        best = thing.pairs[0][0]
        rivals[frozenset((key[0], key[2]))].append((best, key))
        per_subject[key[0], key[1]].append(best)
        per_object[key[2], key[1]].append(best)
        per_predicate[key[1]].append(best)
    total = sum(t.pairs[0][0] for t in said.values())
    for key, thing in said.items():
        best, k, forward = thing.pairs[0]
        pair = pairs[k]
        others = [p for p, other in rivals[frozenset((key[0], key[2]))] if other != key]
        miss, weights = 1.0, np.zeros(len(STATUSES))
        for n, (p, i, _) in enumerate(thing.pairs[:5]):
            miss *= 1 - (p if n == 0 else 0.5 * p)
            weights += p * p * statuses[i]
        thing.status = STATUSES[int(weights.argmax())]
        subject, object_ = (pair.a, pair.b) if forward else (pair.b, pair.a)
        second = thing.pairs[1][0] if len(thing.pairs) > 1 else 0.0
        predicate = PREDICATES.index(key[1])
        one_hot = [0.0] * len(PREDICATES)
        one_hot[predicate] = 1.0
        kinds = [0.0] * (2 * len(KINDS))
        kinds[KINDS.index(subject.letter)] = kinds[len(KINDS) + KINDS.index(object_.letter)] = 1.0
        rule = any(f.startswith(key[1].value) for _, i, _ in thing.pairs for f in pairs[i].fired)
        thing.features = (
            _logit(best), _logit(1 - miss), second, min(len(thing.pairs), 6) / 6, float(forward),
            *(float(pair.va.section == p) for p in PLACES),
            *(float(subject.own == p) for p in OWN), *(float(object_.own == p) for p in OWN),
            max(others, default=0.0), min(sum(others), 3.0), float(rule), float(pair.va is not pair.vb),
            subject.grounding.mention.confidence, object_.grounding.mention.confidence,
            float(bool(subject.grounding.id)), float(bool(object_.grounding.id)),
            min(sum(per_subject[key[0], key[1]]) - best, 5.0), min(sum(per_object[key[2], key[1]]) - best, 5.0),
            min(sum(per_predicate[key[1]]) - best, 10.0) / 2, min(total, 40.0) / 10,
            float(best >= max(per_subject[key[0], key[1]])), float(best >= max(per_object[key[2], key[1]])),
            *(float(w) for w in weights / max(1e-6, weights.sum())),
            float(subject.outer is not None), float(object_.outer is not None),
            min(abs(pair.b.span.start - pair.a.span.end), 300) / 100,
            *one_hot, *kinds,
        )  # fmt: skip


def _logit(p: float) -> float:
    p = min(max(p, 1e-4), 1 - 1e-4)
    return float(np.log(p / (1 - p)))


def plain_view(view: View) -> str:
    """The pieces of a view, for messages."""
    return " ".join(view.pieces)


def support_of(document: Document, pair: Pair) -> Span:
    """From the first of the two mentions' clauses to the last."""
    return pair.va.clause.span.join(pair.vb.clause.span)


__all__ = ["Relation", "Said", "describe", "ends", "gather", "support_of"]
