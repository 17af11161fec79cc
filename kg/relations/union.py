"""Relations of the rules and of the model -> one set, each statement of a place once.

Where both read the same thing in the same words, the rule's tight quote and its status stay, with the surer confidence.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import replace

from kg.grounding.places import key_of
from kg.model import SYMMETRIC, Predicate, Relation

ACTS = frozenset({Predicate.INHIBITS, Predicate.ACTIVATES, Predicate.TARGETS, Predicate.REGULATES})
LEARNED = "learned-"  # how the rule of a relation begins that no rule read


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


def judged(by_rules: Sequence[Relation], verdicts: Mapping[tuple, float], plans: Container[str] = ()) -> tuple[Relation, ...]:
    """The rules' relations, as sure as the rule is known to be or the model finds the statement, whichever is more; those of the
    rules `plans` as the model finds them where it weighed them: not every agent in a title is given for the disease there."""
    out = []
    for r in by_rules:
        verdict = verdicts.get(_statement(r))
        counts = verdict is not None and (verdict > r.confidence or r.rule in plans)
        out.append(replace(r, confidence=verdict) if counts else r)
    return tuple(out)


def distinct(relations: Sequence[Relation]) -> tuple[Relation, ...]:
    """The relations without what is said again with a longer or shorter name.

    Of those with one predicate (or two ways of acting on a thing) whose subjects overlap in the text, and whose objects do,
    a rule's comes first, else the surest, and with it all that state the same.
    """
    best: dict[str, list[Relation]] = {}
    dropped: set[int] = set()
    learned = [r.rule.startswith(LEARNED) for r in relations]
    for i in sorted(range(len(relations)), key=lambda i: (learned[i], -relations[i].confidence, i)):
        relation = relations[i]
        surer = best.setdefault("acts" if relation.predicate in ACTS else relation.predicate, [])
        if learned[i] and any(_overlap(relation, other) and _statement(relation) != _statement(other) for other in surer):
            dropped.add(i)
        else:
            surer.append(relation)
    return tuple(r for i, r in enumerate(relations) if i not in dropped)


def _overlap(a: Relation, b: Relation) -> bool:
    """Whether two relations stand on overlapping names; in a symmetric one either way round."""
    s, o, t, u = (x.mention.span for x in (a.subject, a.object, b.subject, b.object))
    return (s.overlaps(t) and o.overlaps(u)) or (a.predicate in SYMMETRIC and s.overlaps(u) and o.overlaps(t))


def _statement(relation: Relation) -> tuple:
    s, o = key_of(relation.subject), key_of(relation.object)
    if relation.predicate in SYMMETRIC:
        s, o = min(s, o), max(s, o)
    return s, relation.predicate, o


def _key(relation: Relation) -> tuple:
    ends = key_of(relation.subject), key_of(relation.object)
    return (relation.predicate, *(sorted(ends) if relation.predicate in SYMMETRIC else ends))
