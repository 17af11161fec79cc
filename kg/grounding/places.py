"""How the groundings of a record stand to each other: in which clause, in which other, and which are of one thing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kg.model import Clause, Grounding, Span


def key_of(grounding: Grounding) -> str:
    """What two mentions of one thing share: the identifier, or else the words."""
    return grounding.id or grounding.label.lower()


def nest(groundings: Sequence[Grounding]) -> tuple[list[Grounding], dict[Span, list[Grounding]]]:
    """Mentions that stand in no other, in order; and, for each, those that stand inside it."""
    ordered = sorted(groundings, key=lambda g: (g.mention.span.start, -g.mention.span.end))
    top: list[Grounding] = []
    inner: dict[Span, list[Grounding]] = {}
    for grounding in ordered:
        if top and top[-1].mention.span.covers(grounding.mention.span):
            if top[-1].mention.span != grounding.mention.span:
                inner.setdefault(top[-1].mention.span, []).append(grounding)
        elif not top or not top[-1].mention.span.overlaps(grounding.mention.span):
            top.append(grounding)
    return top, inner


def by_clause(
    clauses: Sequence[Clause], groundings: Sequence[Grounding]
) -> Iterable[tuple[Clause, tuple[Grounding, ...]]]:
    """Each clause with the groundings of its mentions; both come in the order of the text."""
    at = 0
    for clause in clauses:
        while at < len(groundings) and groundings[at].mention.span.start < clause.span.start:
            at += 1
        end = at
        while end < len(groundings) and groundings[end].mention.span.start < clause.span.end:
            end += 1
        yield clause, tuple(groundings[at:end])
        at = end
