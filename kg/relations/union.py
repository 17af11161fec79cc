"""Relations of the rules and of the model -> one set, each statement of a place once.

Where both read the same thing in the same words, the rule's tight quote and its status stay, with the surer confidence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kg.model import SYMMETRIC, Relation
from kg.relations.rules import key_of


def unite(by_rules: Sequence[Relation], learned: Sequence[Relation]) -> tuple[Relation, ...]:
    """The rules' relations, and those of the model that no rule reads in the same place."""
    places: dict[tuple, list[int]] = {}
    out = list(by_rules)
    for i, relation in enumerate(by_rules):
        places.setdefault(_key(relation), []).append(i)
    for relation in learned:
        same = [i for i in places.get(_key(relation), ()) if out[i].support.overlaps(relation.support)]
        for i in same:
            out[i] = replace(out[i], confidence=max(out[i].confidence, relation.confidence))
        if not same:
            places.setdefault(_key(relation), []).append(len(out))
            out.append(relation)
    return tuple(out)


def _key(relation: Relation) -> tuple:
    ends = key_of(relation.subject), key_of(relation.object)
    return (relation.predicate, *(sorted(ends) if relation.predicate in SYMMETRIC else ends))
