"""Pairs of mentions that may be read together, with their features: the fast reader's view of a whole document."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kg.grounding.places import by_clause, key_of
from kg.model import AGENTS, Clause, Document, Grounding, Relation, Span
from kg.relations.pair_features import (
    FAR,
    Features,
    Item,
    View,
    make_view,
    pair_features,
    place_features,
    word_features,
)

REACH = 1  # how many clauses further on the second mention may stand
WEAK = 0.4  # least confidence of a mention that is read with one of another clause


@dataclass(slots=True)
class Pair:
    """Two mentions in order of the text (the outer first where they nest)."""

    a: Item
    b: Item
    va: View
    vb: View
    fired: tuple[str, ...]

    def features(self) -> list[Features]:
        """What is seen of the pair as such."""
        return pair_features(self.a, self.b, self.va, self.vb, self.fired)

    def around(self) -> Sequence[Features]:
        """What is seen between and around its mentions."""
        return place_features(self.a, self.b, self.va, self.vb)

    def word(self, view: View, place: int, side: str) -> Sequence[Features]:
        """What is seen of one word between its mentions, or beside them."""
        return word_features(self.a, self.b, self.va is not self.vb, view, place, side)

    def places(self) -> tuple[int, int, int, int, str, str]:
        """Pairs of which this is the same have the same around them."""
        return id(self.va), id(self.vb), self.a.place, self.b.place, self.a.letter, self.b.letter


def views_of(document: Document, clauses: Sequence[Clause], groundings: Sequence[Grounding],
             own: frozenset[str]) -> list[View]:
    """The views of all clauses that hold a mention, in order."""
    marks = {key_of(g): "i" if g.type in AGENTS else "c" for g in groundings if key_of(g) in own}
    out = []
    for number, (clause, here) in enumerate(by_clause(clauses, groundings)):
        inside = [g for g in here if clause.span.covers(g.mention.span)]
        if inside:
            out.append(make_view(document, clause, number, inside, marks, key_of))
    return out


def fired_by(relations: Iterable[Relation]) -> dict[tuple[Span, Span], tuple[str, ...]]:
    """What the rules read of two names, in order of the text."""
    fired: dict[tuple[Span, Span], tuple[str, ...]] = {}
    for r in relations:
        s, o = r.subject.mention.span, r.object.mention.span
        forward = (s.start, -s.end) <= (o.start, -o.end)
        side = ">" if forward else "<"
        names = (s, o) if forward else (o, s)
        fired[names] = (*fired.get(names, ()), r.predicate.value + side, r.rule + side, "st" + r.status.value + side)
    return fired


def pairs_of(views: Sequence[View], by_rules: Iterable[Relation], allowed: frozenset[str] | None) -> list[Pair]:
    """All pairs worth reading, each with what the rules read of it. `allowed`: type letters of known pairs."""
    fired = fired_by(by_rules)
    pairs: list[Pair] = []
    for k, view in enumerate(views):
        items = view.items
        for i, a in enumerate(items):
            for b in items[i + 1 :]:
                if a.key != b.key and a.span != b.span and (allowed is None or a.letter + b.letter in allowed):
                    if b.place - a.place <= FAR:
                        pairs.append(Pair(a, b, view, view, fired.get((a.span, b.span), ())))
        for later in views[k + 1 : k + 1 + REACH]:
            if later.number - view.number > REACH or later.clause.section != view.clause.section:
                break
            pairs += _across(view, later, allowed)
    return pairs


def _across(view: View, later: View, allowed: frozenset[str] | None) -> Iterable[Pair]:
    for a in view.items:
        if a.grounding.mention.confidence < WEAK or a.outer is not None:
            continue
        for b in later.items:
            if b.grounding.mention.confidence < WEAK or b.outer is not None or a.key == b.key:
                continue
            if allowed is not None and "x" + a.letter + b.letter not in allowed:
                continue
            if len(view.pieces) - a.place + b.place <= FAR:
                yield Pair(a, b, view, later, ())
