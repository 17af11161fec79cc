"""Relations of one record -> the same, those of combinations with their partners.

"Bevacizumab plus erlotinib improved PFS" says nothing of either drug alone. Whoever read a relation, rules or a model, its
subject's partners are those that its clause combines it with; the quote is widened until it names them too.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Sequence
from dataclasses import replace

from kg.model import AGENTS, Clause, Document, Predicate, Relation, Span

# What a combination does is not said of its members alone.
JOINT = frozenset({
    Predicate.TREATS, Predicate.IMPROVES, Predicate.WORSENS, Predicate.APPROVED_FOR, Predicate.INHIBITS, Predicate.ACTIVATES,
    Predicate.REGULATES, Predicate.CAUSES,
})  # fmt: skip
# Words behind which an agent is not alone, even where the other one is not named.
TOGETHER = re.compile(
    r"(?<![\w-])(?:combin\w+|plus|\+|together with|along with|added to|addition of|adding|regimens?|concurrent\w*)(?!\w)",
    re.IGNORECASE,
)
UNNAMED = ("another agent",)
# Words behind which stands what a product is made of, up to the next word that is no name: what it does is not said of these.
MADE_OF = re.compile(
    r"(?<![\w-])(?:consist(?:s|ed|ing)?|compos(?:ed|es)|compris(?:ed|es)|made(?: up)?)\s+of\b"
    r"(?!.*(?<![\w-])(?:which|that|who|was|were|is|are|has|have|had|will|can|may|in|for|to|by|versus|vs)(?![\w-]))[^.;:]*$",
    re.IGNORECASE | re.DOTALL,
)


def together(found: Sequence[Relation]) -> dict[Span, tuple[frozenset[Span], Span]]:
    """For each agent that a clause combines with others: all of them, and the words that say so."""
    groups: list[tuple[set[Span], Span]] = []
    for relation in found:
        if relation.predicate is not Predicate.COMBINED_WITH:
            continue
        spans = {relation.subject.mention.span, relation.object.mention.span}
        support = relation.support
        for group in [g for g in groups if g[0] & spans]:
            groups.remove(group)
            spans |= group[0]
            support = support.join(group[1])
        groups.append((spans, support))
    return {span: (frozenset(spans), support) for spans, support in groups for span in spans}


def with_partners(document: Document, clauses: Sequence[Clause], relations: Sequence[Relation]) -> tuple[Relation, ...]:
    """The relations in their order; those of agents that their clause combines with others name these.

    Where the clause speaks of a combination whose other members are not found, the partner is "another agent". What a product
    does is left out where it is said of what the product is made of.
    """
    starts = [clause.span.start for clause in clauses]
    by_clause: dict[int, list[Relation]] = {}
    for relation in relations:
        by_clause.setdefault(bisect.bisect_right(starts, relation.subject.mention.span.start) - 1, []).append(relation)
    known = {i: (together(found), _labels(found)) for i, found in by_clause.items()}
    out = []
    for relation in relations:
        i = bisect.bisect_right(starts, relation.subject.mention.span.start) - 1
        groups, labels = known[i]
        start = clauses[i].span.start if i >= 0 else relation.support.start
        if _of_an_ingredient(document, start, relation):
            continue
        out.append(_joined(document, start, relation, groups, labels))
    return tuple(out)


def _of_an_ingredient(document: Document, start: int, relation: Relation) -> bool:
    """Whether a joint effect is laid to an ingredient: "KBMSI-2, which consisted of ginseng and honey, improved function"."""
    subject, object_ = relation.subject.mention.span, relation.object.mention.span
    return (
        relation.predicate in JOINT
        and relation.subject.type in AGENTS
        and subject.end <= object_.start
        and MADE_OF.search(document.text[start : subject.start]) is not None
    )


def _labels(found: Sequence[Relation]) -> dict[Span, str]:
    ends = (g for r in found if r.predicate is Predicate.COMBINED_WITH for g in (r.subject, r.object))
    return {grounding.mention.span: grounding.label for grounding in ends}


def _joined(
    document: Document,
    start: int,
    relation: Relation,
    groups: dict[Span, tuple[frozenset[Span], Span]],
    labels: dict[Span, str],
) -> Relation:
    if relation.predicate not in JOINT or relation.rule.startswith("class-name"):
        return relation
    span = relation.subject.mention.span
    if span in groups:
        members, support = groups[span]
        names = tuple(sorted({labels[m] for m in members if m != span} - {relation.subject.label}))
        return replace(relation, partners=names or UNNAMED, support=relation.support.join(support))
    before = document.text[start : max(relation.trigger.start, span.start)]
    if relation.subject.type in AGENTS and TOGETHER.search(before):
        return replace(relation, partners=UNNAMED)
    return relation
