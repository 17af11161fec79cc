"""A claim as one JSON object: the row of `claims.jsonl`, one for each record that says it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kg.model import Claim, Entity, Evidence, Role


def claim_rows(claim: Claim, *ncts: str) -> Iterator[dict[str, Any]]:
    """The rows of a claim, one for each record (or for those named), with the record's best evidence.

    `start` and `end` count code points in the named section's text as the record has it.
    """
    for nct in ncts or claim.records:
        evidence = [e for e in claim.evidence if e.nct == nct]
        if evidence:
            yield _row(claim, best_evidence(evidence), len(evidence))


def best_evidence(evidence: list[Evidence]) -> Evidence:
    """The place that says it most plainly: asserted before hypothesised, then the surest, then the shortest quote."""
    order = {"asserted": 0, "hypothesised": 1, "negated": 2}
    return min(evidence, key=lambda e: (order[e.status], -e.confidence, len(e.quote), e.section, e.start))


def _row(claim: Claim, evidence: Evidence, count: int) -> dict[str, Any]:
    return {
        "nct": evidence.nct,
        "subject": _role(claim.subject, evidence.subject),
        "predicate": claim.predicate.value,
        "object": _role(claim.object, evidence.object),
        "status": evidence.status.value,
        "confidence": evidence.confidence,
        "quote": evidence.quote,
        "section": evidence.section,
        "start": evidence.start,
        "end": evidence.end,
        "trigger": evidence.trigger,
        "cues": list(evidence.cues),
        "combined_with": list(evidence.partners),
        "evidence": count,
        "id": claim.id,
        "rule": evidence.rule,
    }


def _role(entity: Entity, role: Role) -> dict[str, Any]:
    out: dict[str, Any] = {"text": role.text, "label": entity.label, "type": entity.type.value, "id": entity.id}
    if role.qualifiers:
        out["qualifiers"] = list(role.qualifiers)
    return out
