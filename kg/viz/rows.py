"""Entities and claims as the page's script reads them: JSON objects of words that a reader can see."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from urllib.parse import quote

from kg.model import Claim, Entity, Evidence, Role
from kg.viz.looks import style
from kg.viz.passages import marked, visible

PASSAGES = 12  # quotes carried for one claim; the page says how many more there are


def entity_rows(entities: Sequence[Entity], claims: Sequence[Claim]) -> list[dict]:
    """Each entity with its link and the words that the records use for it, the commonest first."""
    names: dict[str, Counter] = {entity.id: Counter() for entity in entities}
    for claim in claims:
        for evidence in claim.evidence:
            names[claim.subject.id][" ".join(evidence.subject.text.split())] += 1
            names[claim.object.id][" ".join(evidence.object.text.split())] += 1
    return [
        {
            "id": visible(entity.id),
            "label": visible(entity.label),
            "type": entity.type.value,
            "link": link(entity.id),
            "names": [
                visible(name)
                for name in sorted(names[entity.id], key=lambda name: (-names[entity.id][name], name))
                if name
            ][:20],
        }
        for entity in entities
    ]


def link(id_: str) -> str:
    """Where an identifier is explained: an https or http address from our own table, or "" where none is known.

    >>> link("hgnc:3236"), link("javascript:alert(1)")
    ('https://identifiers.org/hgnc:3236', '')
    """
    prefix, _, local = id_.partition(":")
    pattern = style()["links"].get(prefix, "")
    return (
        pattern.format(id=quote(local.removeprefix(f"{prefix}:"), safe="", errors="replace"))
        if pattern and local
        else ""
    )


def combination(claim: Claim) -> tuple[tuple[str, ...], ...]:
    """What the subject is combined with, where no record says it of the subject alone: each set of partners once.

    () where some evidence of the claim's own status has no partners, or the claim has no such evidence.
    """
    sets = [tuple(sorted(set(e.partners))) for e in claim.evidence if e.status is claim.status]
    return tuple(sorted(set(sets))) if all(sets) else ()


def claim_row(claim: Claim, index: dict[str, int]) -> dict:
    """A claim with its best quotes; `index` gives the place of an entity by its id."""
    best = sorted(claim.evidence, key=_rank)
    return {
        "id": claim.id,
        "s": index[claim.subject.id],
        "p": claim.predicate.value,
        "o": index[claim.object.id],
        "status": claim.status.value,
        "confidence": round(claim.confidence, 3),
        "with": [[visible(partner) for partner in partners] for partners in combination(claim)],
        "records": list(claim.records),
        "evidence": [_evidence(evidence) for evidence in best[:PASSAGES]],
        "more": max(0, len(best) - PASSAGES),
    }


def _rank(evidence: Evidence) -> tuple:
    """The surest first; ties in the order of the records."""
    return (
        -evidence.confidence,
        evidence.nct,
        evidence.section,
        evidence.start,
        evidence.end,
        evidence.rule,
        evidence.subject.start,
        evidence.object.start,
    )


def _evidence(evidence: Evidence) -> dict:
    return {
        "nct": evidence.nct,
        "section": evidence.section,
        "at": [evidence.start, evidence.end],
        "pieces": marked(evidence),
        "status": evidence.status.value,
        "rule": visible(evidence.rule),
        "confidence": round(evidence.confidence, 3),
        "trigger": visible(evidence.trigger),
        "cues": [visible(cue) for cue in evidence.cues],
        "partners": [visible(partner) for partner in evidence.partners],
        "subject": _role(evidence.subject),
        "object": _role(evidence.object),
    }


def _role(role: Role) -> dict:
    return {
        "score": round(role.score, 3),
        "reasons": [visible(reason) for reason in role.reasons],
        "qualifiers": [visible(qualifier) for qualifier in role.qualifiers],
    }
