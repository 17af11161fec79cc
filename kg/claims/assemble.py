"""Relations of one record -> Claims; Claims of many records -> one graph's Claims.

Comes in: relations with groundings and spans of the reading text. Goes out: claims whose evidence quotes the record as
written. A record that says a thing twice has said it once; two records are two.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from kg.lexicon.tables import local_id
from kg.model import (
    SYMMETRIC,
    Claim,
    Document,
    Entity,
    Evidence,
    Grounding,
    Predicate,
    Relation,
    Role,
    Span,
    Status,
)

# Asserted beats hypothesised where a record says both of one triple (guideline 5); a denial is a claim of its own.
ORDER = {Status.ASSERTED: 0, Status.HYPOTHESISED: 1, Status.NEGATED: 2}

# A vague predicate and those that say more of the same pair.
SHARPER = {
    Predicate.TARGETS: frozenset({Predicate.INHIBITS, Predicate.ACTIVATES}),
    Predicate.REGULATES: frozenset({Predicate.INHIBITS, Predicate.ACTIVATES}),
    Predicate.PREDICTS: frozenset({Predicate.WORSENS, Predicate.IMPROVES}),
    Predicate.TREATS: frozenset({Predicate.APPROVED_FOR}),  # an approval implies the use
}


def entity_of(grounding: Grounding) -> Entity:
    """The graph's node for a grounding: its concept, or a local name made of type and label."""
    return Entity(grounding.id or local_id(grounding.type, grounding.label), grounding.label, grounding.type)


def evidence_of(document: Document, relation: Relation) -> Evidence:
    """The evidence of one relation: offsets and words as the record has them."""
    support = relation.support
    for end in (relation.subject, relation.object):
        support = support.join(end.mention.span).join(extent(document, end))
    section, where, quote = document.quote(support)
    return Evidence(
        document.nct, section.name, where.start, where.end, quote,
        _role(document, relation.subject), _role(document, relation.object),
        document.quote(relation.trigger)[2], tuple(document.quote(cue)[2] for cue in relation.cues),
        relation.status, relation.rule, round(relation.confidence, 4), relation.partners,
    )  # fmt: skip


def extent(document: Document, grounding: Grounding) -> Span:
    """The words that name the thing: of a pronoun those that it takes up; where an ellipsis hides the head, up to the head that
    it shares."""
    span, full = grounding.mention.stands_for or grounding.mention.span, grounding.mention.full
    if grounding.mention.rule != "shared-head":
        return span
    head = full.split()[-1]
    at = document.text.find(head, span.end, span.end + 120)
    return Span(span.start, at + len(head)) if at >= 0 else span


def _role(document: Document, grounding: Grounding) -> Role:
    _, where, text = document.quote(extent(document, grounding))
    ids = tuple(c.id for c in grounding.candidates)
    if grounding.id and grounding.id in ids:
        ids = (grounding.id, *(i for i in ids if i != grounding.id))
    return Role(text, where.start, where.end, round(grounding.score, 4), grounding.reasons, ids, grounding.qualifiers)


def assemble(document: Document, relations: Iterable[Relation]) -> tuple[Claim, ...]:
    """The claims of one record: one for each triple and polarity, with all its places as evidence."""
    grouped: dict[str, list[tuple[Relation, Claim]]] = {}
    for relation in relations:
        claim = Claim(
            entity_of(relation.subject),
            relation.predicate,
            entity_of(relation.object),
            relation.status,
            relation.confidence,
            (evidence_of(document, relation),),
        )
        if claim.subject.id != claim.object.id:
            grouped.setdefault(claim.id, []).append((relation, claim))
    claims = [_one([claim for _, claim in group]) for group in grouped.values()]
    return tuple(sorted(claims, key=lambda c: (c.evidence[0].section, c.evidence[0].start, c.id)))


def merge(claims: Iterable[Claim]) -> tuple[Claim, ...]:
    """Claims of many records with equal triple and polarity become one; sorted by id."""
    grouped: dict[str, list[Claim]] = {}
    for claim in claims:
        grouped.setdefault(claim.id, []).append(claim)
    return tuple(_one(grouped[key]) for key in sorted(grouped))


def _one(claims: Sequence[Claim]) -> Claim:
    """One claim of several with the same id; symmetric ones are turned to one direction, their evidence with them."""
    first = min(claims, key=lambda c: (c.subject.id, c.object.id)) if claims[0].predicate in SYMMETRIC else claims[0]
    claims = [claim if claim.subject.id == first.subject.id else _turned(claim) for claim in claims]
    evidence = sorted(
        {e.id: e for claim in claims for e in claim.evidence}.values(),
        key=lambda e: (e.nct, e.section, e.start, e.end, e.id),
    )
    status = min((e.status for e in evidence), key=ORDER.__getitem__)
    subject = min((c.subject for c in claims), key=_label_rank)
    object_ = min((c.object for c in claims), key=_label_rank)
    claim = Claim(subject, first.predicate, object_, status, 0.0, tuple(evidence))
    return replace(claim, confidence=belief(claim))


def belief(claim: Claim) -> float:
    """How sure the claim is: 1 minus the chance that all supporting records are misread; a record counts once."""
    per_record: dict[str, float] = {}
    for e in claim.support:
        per_record[e.nct] = max(per_record.get(e.nct, 0.0), e.confidence)
    doubt = 1.0
    for confidence in per_record.values():
        doubt *= 1.0 - confidence
    return round(1.0 - doubt, 4)


def _turned(claim: Claim) -> Claim:
    """A symmetric claim the other way round, subject and object of its evidence with it."""
    evidence = tuple(replace(e, subject=e.object, object=e.subject) for e in claim.evidence)
    return replace(claim, subject=claim.object, object=claim.subject, evidence=evidence)


def _label_rank(entity: Entity) -> tuple[int, str, str]:
    return (len(entity.label), entity.label, entity.type)


def lean(claims: Sequence[Claim]) -> tuple[Claim, ...]:
    """Without what a more specific claim of the same record says already (guideline 1), as `SHARPER` lists.

    A use is not denied by the words that deny its approval.
    """
    by_pair: dict[tuple[str, str], set[Predicate]] = {}
    unapproved: dict[tuple[str, str], Claim] = {}
    for claim in claims:
        if not claim.negated:
            by_pair.setdefault((claim.subject.id, claim.object.id), set()).add(claim.predicate)
        elif claim.predicate is Predicate.APPROVED_FOR:
            unapproved[claim.subject.id, claim.object.id] = claim

    def needless(c: Claim) -> bool:
        pair = c.subject.id, c.object.id
        if c.negated:
            return c.predicate is Predicate.TREATS and pair in unapproved and _in_the_words_of(c, unapproved[pair])
        return bool(SHARPER.get(c.predicate, frozenset()) & by_pair.get(pair, set()))

    return tuple(c for c in claims if not needless(c))


def _in_the_words_of(claim: Claim, other: Claim) -> bool:
    """Whether each place of a claim overlaps a place of another claim of the record."""
    places = [(e.section, Span(e.start, e.end)) for e in other.evidence]
    return all(any(e.section == s and span.overlaps(Span(e.start, e.end)) for s, span in places) for e in claim.evidence)
