"""The trial's own argument: what it hopes, and the statements that lead there.

An aim is what the record puts forward as a hypothesis; a chain is a short way, along what the record states, from the
thing that is given to the thing that is to be treated.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import networkx as nx

from kg.model import Claim, Predicate, Status

STEPS = 3  # statements in a chain, at most
CHAINS = 6  # chains a record, at most
HOPES = frozenset({Predicate.TREATS, Predicate.IMPROVES})
MECHANISM = frozenset(
    {
        Predicate.INHIBITS,
        Predicate.ACTIVATES,
        Predicate.TARGETS,
        Predicate.REGULATES,
        Predicate.IMPLICATED_IN,
        Predicate.CAUSES,
        Predicate.WORSENS,
        Predicate.PREDICTS,
        Predicate.MEMBER_OF,
        Predicate.SUBTYPE_OF,
    }
)


@dataclass(frozen=True, slots=True)
class Argument:
    """One record's case: its hypotheses, and the chains of claims that support them, shortest first."""

    nct: str
    aims: tuple[Claim, ...]
    chains: tuple[tuple[Claim, ...], ...]

    @property
    def claims(self) -> tuple[Claim, ...]:
        """Every claim of the argument, once, the aims first."""
        return tuple(dict.fromkeys([*self.aims, *(claim for chain in self.chains for claim in chain)]))


def arguments(claims: Iterable[Claim]) -> tuple[Argument, ...]:
    """The argument of every record that puts forward a hypothesis, in the order of their NCT ids."""
    by_record: dict[str, list[Claim]] = {}
    for claim in sorted(
        claims, key=lambda claim: (claim.subject.label.lower(), claim.predicate, claim.object.label, claim.id)
    ):
        for nct in claim.records:
            by_record.setdefault(nct, []).append(claim)
    found = (_argument(nct, by_record[nct]) for nct in sorted(by_record))
    return tuple(argument for argument in found if argument.aims)


def _argument(nct: str, claims: Sequence[Claim]) -> Argument:
    aims = tuple(
        sorted(
            (claim for claim in claims if claim.status is Status.HYPOTHESISED),
            key=lambda claim: claim.predicate not in HOPES,
        )
    )
    graph = nx.DiGraph()
    for claim in claims:
        if claim.said_alone and claim.predicate in MECHANISM and not graph.has_edge(claim.subject.id, claim.object.id):
            graph.add_edge(claim.subject.id, claim.object.id, claim=claim)
    chains: dict[tuple[str, ...], tuple[Claim, ...]] = {}
    for aim in aims:
        start, end = aim.subject.id, aim.object.id
        if aim.predicate in HOPES and start in graph and end in graph and start != end:
            for path in nx.all_simple_edge_paths(graph, start, end, cutoff=STEPS):
                chain = tuple(graph.edges[edge]["claim"] for edge in path)
                chains.setdefault(tuple(claim.id for claim in chain), chain)
    return Argument(nct, aims, tuple(chains[key] for key in sorted(chains, key=lambda key: (len(key), key))[:CHAINS]))
