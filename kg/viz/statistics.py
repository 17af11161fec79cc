"""Counts over a set of claims: what it holds, what it turns around, how well it is supported."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import networkx as nx

from kg.model import Claim, EntityType, Predicate, Trial
from kg.viz.network import to_networkx

# A target is supported by whoever says that it matters in a disease, or that something acts on it.
SUPPORT = frozenset({Predicate.IMPLICATED_IN, Predicate.INHIBITS, Predicate.TARGETS})
TARGETS = frozenset({EntityType.TARGET, EntityType.TARGET_FAMILY})


@dataclass(frozen=True, slots=True)
class Count:
    """A name and how often it occurs."""

    name: str
    count: int


@dataclass(frozen=True, slots=True)
class Ranked:
    """An entity with the figure that it is ranked by."""

    id: str
    label: str
    type: EntityType
    count: int


@dataclass(frozen=True, slots=True)
class Statistics:
    """Figures of a graph of claims. Lists stand largest first, ties by name or id."""

    trials: int
    trials_without_claims: int
    entities: int
    claims: int
    evidences: int
    types: tuple[Count, ...]  # entities of each type
    predicates: tuple[Count, ...]  # claims of each predicate
    statuses: tuple[Count, ...]  # claims of each status
    hubs: tuple[Ranked, ...]  # by number of claims that the entity takes part in
    components: tuple[int, ...]  # entities in each weakly connected part
    targets: tuple[Ranked, ...]  # by records that support the target, negated claims left out
    drugs: tuple[Ranked, ...]  # by records that name the drug in a claim


def statistics(claims: Iterable[Claim], trials: Iterable[Trial] = (), *, limit: int = 10) -> Statistics:
    """The figures of a set of claims; rankings are cut after `limit` rows."""
    claims = sorted(claims, key=lambda claim: claim.id)
    graph = to_networkx(claims)
    cited = {nct for claim in claims for nct in claim.records}
    known = cited | {trial.nct for trial in trials}
    return Statistics(
        trials=len(known),
        trials_without_claims=len(known - cited),
        entities=graph.number_of_nodes(),
        claims=len(claims),
        evidences=sum(len(claim.evidence) for claim in claims),
        types=_counts(type_ for _, type_ in graph.nodes(data="type")),
        predicates=_counts(claim.predicate.value for claim in claims),
        statuses=_counts(claim.status.value for claim in claims),
        hubs=_ranked(graph, dict(graph.degree()), limit),
        components=tuple(sorted(map(len, nx.weakly_connected_components(graph)), reverse=True)),
        targets=_ranked(graph, _records(claims, TARGETS, SUPPORT), limit),
        drugs=_ranked(graph, _records(claims, frozenset({EntityType.DRUG}), frozenset(Predicate)), limit),
    )


def _counts(names: Iterable[str]) -> tuple[Count, ...]:
    counted = Counter(names)
    return tuple(Count(name, counted[name]) for name in sorted(counted, key=lambda name: (-counted[name], name)))


def _ranked(graph: nx.MultiDiGraph, figures: dict[str, int], limit: int) -> tuple[Ranked, ...]:
    order = sorted(figures, key=lambda id_: (-figures[id_], id_))[:limit]
    nodes = graph.nodes
    return tuple(Ranked(id_, nodes[id_]["label"], EntityType(nodes[id_]["type"]), figures[id_]) for id_ in order)


def _records(claims: list[Claim], types: frozenset[EntityType], predicates: frozenset[Predicate]) -> dict[str, int]:
    records: dict[str, set[str]] = {}
    for claim in claims:
        if claim.predicate in predicates and not claim.negated:
            for entity in (claim.subject, claim.object):
                if entity.type in types:
                    records.setdefault(entity.id, set()).update(claim.records)
    return {id_: len(ncts) for id_, ncts in records.items()}
