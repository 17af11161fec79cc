"""How sure a statement must be: relations of one record in, those that become claims out.

Where the user does not say how sure, a record that argues about a mechanism is read boldly and any other is not. How boldly, its
own statements tell: of all thresholds the one is taken at which the expected F of the record is best, with precision counted
more than recall. That threshold is F / (1 + beta²) (for beta 1: Lipton, Elkan and Naryanaswamy 2014, Optimal Thresholding of
Classifiers to Maximize F1 Measure), which is high where much is said surely and low where all is in doubt. Figures: DECISIONS 28.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from kg.grounding.places import key_of
from kg.model import Document, EntityType, Predicate, Relation, Status
from kg.relations.rulebook import Rulebook

SURE = 0.7  # less sure relations are left out in a record that does not argue
BETA2 = 0.25  # square of beta: how much a missed claim counts next to a wrong one
UNSEEN = 0.5  # what the reader never weighs, as a share of what it expects to be true
BOLDEST, SHYEST = 0.25, 0.9  # the threshold of a record that argues lies between
DENIED = 0.42  # a denial need never be surer: there are few, and they are what a reader must not miss
ARGUES = 0.8  # a record argues if it is expected to tell a mechanism of this many molecules or cells
COUNTED = 0.3  # how sure a statement about a mechanism must be to be counted
WEIGHED = 0.05  # how likely a statement must be to count at all
MECHANISM = frozenset({
    Predicate.INHIBITS, Predicate.ACTIVATES, Predicate.TARGETS, Predicate.REGULATES, Predicate.IMPLICATED_IN,
    Predicate.RESISTANT_TO, Predicate.PREDICTS,
})  # fmt: skip
ACTORS = frozenset({EntityType.TARGET, EntityType.TARGET_FAMILY, EntityType.VARIANT, EntityType.CELL})
RANGE = re.compile(r"(?:\s+\w+)?\s+(?:rang(?:ing|ed)|var(?:ying|ied)|between)\s+(?:from\s+|between\s+)?\d")  # behind an outcome


def sure(document: Document, relations: Iterable[Relation], rulebook: Rulebook, least: float | None) -> tuple[Relation, ...]:
    """The relations that are sure enough (`least`, or what the record itself asks for), and that make sense.

    By default a denial need never be surer than `DENIED`.
    """
    sensible = [r for r in relations if not (rulebook.refuses(r.predicate, r.subject, r.object) or only_a_range(document, r)
                                             or taken_away(document, r))]  # fmt: skip
    denied = least
    if least is None:
        least = threshold(sensible)
        denied = min(least, DENIED)
    return tuple(r for r in sensible if r.confidence >= (denied if r.status is Status.NEGATED else least))


def threshold(relations: Sequence[Relation]) -> float:
    """How sure a relation of this record must be."""
    if actors(relations) < ARGUES:
        return SURE
    best: dict[tuple[str, Predicate, str], float] = {}
    for r in relations:
        key = key_of(r.subject), r.predicate, key_of(r.object)
        best[key] = max(r.confidence, best.get(key, 0.0))
    likely = sorted((p for p in best.values() if p >= WEIGHED), reverse=True)
    expected = sum(likely) * (1 + UNSEEN)
    right = f = 0.0
    for said, p in enumerate(likely, 1):
        right += p
        f = max(f, (1 + BETA2) * right / (said + BETA2 * expected))
    return min(SHYEST, max(BOLDEST, f / (1 + BETA2)))


def actors(relations: Iterable[Relation]) -> float:
    """How many molecules and cells a record is expected to tell a mechanism of: how sure it is of each, summed."""
    best: dict[str, float] = {}
    for r in relations:
        if r.predicate in MECHANISM and r.confidence >= COUNTED:
            for end in (r.subject, r.object):
                if end.type in ACTORS:
                    best[key_of(end)] = max(r.confidence, best.get(key_of(end), 0.0))
    return sum(best.values())


def only_a_range(document: Document, relation: Relation) -> bool:
    """Whether an outcome is said to range between numbers, which is no improvement: "with OS ranging from 25 to 61 months"."""
    if relation.predicate is not Predicate.IMPROVES:
        return False
    return RANGE.match(document.text, relation.object.mention.span.end) is not None


HELPS = frozenset({Predicate.TREATS, Predicate.IMPROVES})
AWAY = re.compile(
    r"\b(?:(?:reduc|stopp|discontinu|deprescrib|withdraw|taper|avoid|limit|minimi[sz]|restrict)ing|"
    r"(?:reduction|discontinuation|deprescription|withdrawal|avoidance|restriction) of)"
    r"(?:\s+(?:the|their|use|of|unnecessary|inappropriate)){0,4}\s+$",
    re.IGNORECASE,
)


def taken_away(document: Document, relation: Relation) -> bool:
    """Whether it is less of the subject that helps: "Reducing ⟨CNS-active medications⟩ to prevent falls"."""
    start = relation.subject.mention.span.start
    return relation.predicate in HELPS and AWAY.search(document.text, max(0, start - 60), start) is not None
