"""Targets of the fast reader's pair model, from gold claims."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kg.model import Grounding, Predicate, Status
from kg.relations.candidates import Pair
from kg.relations.pair_model import CLASSES
from training.fast_data import Names, claim_quotes
from training.gold import GoldRecord

PREDICATES = [p.value for p in Predicate]
STATUSES = [s.value for s in Status]


def entities_of(grounding: Grounding, names: Names) -> frozenset[int]:
    """The gold entities that a mention names, by its words or its label."""
    return names.find(grounding.mention.full or grounding.mention.text, grounding.label)


def targets(record: GoldRecord, pairs: Sequence[Pair]) -> tuple[np.ndarray, np.ndarray]:
    """For each pair the classes (1 said here, 0 not, -1 said of the same things elsewhere), and the status or -1.

    A claim is said where one of its quotes holds both mentions, else by the pair with the smallest gap.
    """
    names, quotes = Names(record), claim_quotes(record)
    y = np.zeros((len(pairs), CLASSES), np.int8)
    status = np.full(len(pairs), -1, np.int8)
    index: dict[tuple[int, int], list[int]] = {}
    for i, pair in enumerate(pairs):
        for first in entities_of(pair.a.grounding, names):
            for second in entities_of(pair.b.grounding, names):
                if first != second:
                    index.setdefault((first, second), []).append(i)
    for claim, (subject, predicate, object_, stated, _) in enumerate(record.claims):
        k = 2 * PREDICATES.index(predicate)
        back = k if predicate == "combinedWith" else k + 1
        rows = [(i, k) for i in index.get((subject, object_), ())] + [(i, back) for i in index.get((object_, subject), ())]
        if not rows:
            continue
        chosen = [(i, c) for low, high in quotes[claim] for i, c in rows if _inside(pairs[i], low, high)]
        if not chosen:
            least = min(_gap(pairs[i]) for i, _ in rows)
            chosen = [(i, c) for i, c in rows if _gap(pairs[i]) == least]
        for i, c in rows:
            y[i, c] = -1 if y[i, c] != 1 else 1
        for i, c in chosen:
            y[i, c] = 1
            status[i] = STATUSES.index(stated)
    return y, status


def _inside(pair: Pair, low: int, high: int) -> bool:
    first, last = min(pair.a.span.start, pair.b.span.start), max(pair.a.span.end, pair.b.span.end)
    return low <= first and last <= high


def _gap(pair: Pair) -> int:
    return max(0, pair.b.span.start - pair.a.span.end)
