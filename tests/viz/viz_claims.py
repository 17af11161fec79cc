"""Small claims made by hand for the tests of the drawing."""

from __future__ import annotations

import random

from kg.model import Claim, Entity, EntityType, Evidence, Predicate, Role, Status, Trial

KINDS = tuple(EntityType)
GEFITINIB = Entity("CHEBI:49668", "gefitinib", EntityType.DRUG)
OSIMERTINIB = Entity("CHEBI:90943", "osimertinib", EntityType.DRUG)
EGFR = Entity("hgnc:3236", "EGFR", EntityType.TARGET)
PNEN = Entity("MONDO:0002120", "pancreatic neuroendocrine neoplasm", EntityType.DISEASE)
FLUSHING = Entity("kgl:symptom/flushing", "flushing", EntityType.SYMPTOM)
TRIAL = Trial("NCT00000001", "Gefitinib in pNEN", ("pNEN",), ("gefitinib",), ("PHASE2",))


def evidence(
    quote: str,
    subject: str,
    object_: str,
    *,
    status: Status = Status.ASSERTED,
    nct: str = "NCT00000001",
    trigger: str = "",
    cues: tuple[str, ...] = (),
    start: int = 100,
) -> Evidence:
    """Evidence whose roles stand where their words first occur in the quote."""

    def role(words: str) -> Role:
        at = start + quote.index(words)
        return Role(words, at, at + len(words), 0.9, ("exact",), (), ("advanced",))

    return Evidence(
        nct,
        "briefSummary",
        start,
        start + len(quote),
        quote,
        role(subject),
        role(object_),
        trigger,
        cues,
        status,
        "drug-inhibits-target",
        0.85,
    )


def claim(
    subject: Entity,
    predicate: Predicate,
    object_: Entity,
    *found: Evidence,
    status: Status = Status.ASSERTED,
    confidence: float = 0.9,
) -> Claim:
    """A claim with its evidence."""
    return Claim(subject, predicate, object_, status, confidence, found)


def small() -> list[Claim]:
    """Five claims of one record: a mechanism, a hope, and a thing denied."""
    hope = evidence(
        "gefitinib may improve pNENs",
        "gefitinib",
        "pNENs",
        status=Status.HYPOTHESISED,
        trigger="improve",
        cues=("may",),
    )
    denial = evidence(
        "gefitinib does not cause flushing",
        "gefitinib",
        "flushing",
        status=Status.NEGATED,
        trigger="cause",
        cues=("not",),
    )
    return [
        claim(
            GEFITINIB,
            Predicate.INHIBITS,
            EGFR,
            evidence("The EGFR inhibitor gefitinib", "gefitinib", "EGFR", trigger="inhibitor"),
        ),
        claim(
            EGFR,
            Predicate.IMPLICATED_IN,
            PNEN,
            evidence("EGFR was enriched in pNENs", "EGFR", "pNENs", trigger="enriched"),
            confidence=0.7,
        ),
        claim(GEFITINIB, Predicate.TREATS, PNEN, hope, status=Status.HYPOTHESISED, confidence=0.6),
        claim(GEFITINIB, Predicate.CAUSES, FLUSHING, denial, status=Status.NEGATED, confidence=0.5),
        claim(
            OSIMERTINIB,
            Predicate.INHIBITS,
            EGFR,
            evidence("osimertinib blocks EGFR", "osimertinib", "EGFR", trigger="blocks", nct="NCT00000002"),
        ),
    ]


def large(things: int = 500, *, seed: int = 1) -> list[Claim]:
    """Claims between so many things, hubs included, over forty records."""
    chance = random.Random(seed)
    entities = [Entity(f"kgl:thing/{i}", f"thing number {i}", KINDS[i % len(KINDS)]) for i in range(things)]
    made = {}
    for i in range(1, things):
        for other in {chance.randrange(i), int(i * chance.random() ** 3)}:
            status = chance.choices(tuple(Status), (7, 2, 1))[0]
            quote = f"{entities[i].label} acts on {entities[other].label} in cells"
            found = evidence(
                quote,
                entities[i].label,
                entities[other].label + " in",
                status=status,
                nct=f"NCT{i % 40:08d}",
                trigger="acts on",
            )
            one = claim(
                entities[i], tuple(Predicate)[i % 15], entities[other], found, status=status, confidence=chance.random()
            )
            made[one.id] = one
    return list(made.values())
