"""Quads back to claims and trials: what `encode` was given, claims sorted by id and trials by number.

Reads claim nodes and record graphs only; plain triples, entity surface forms and metadata follow from them. The graph
a quad lies in does not matter, so a Turtle file decodes like N-Quads.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from typing import TypeVar

from pyoxigraph import Literal, NamedNode, Quad, Store, Triple

from kg.errors import StoreError
from kg.model import Claim, Entity, EntityType, Evidence, Predicate, Role, Status, Trial
from kg.rdf.encode import order_of
from kg.rdf.iris import curie_of, nct_of, short
from kg.rdf.literals import TUPLES
from kg.rdf.vocabulary import DCTERMS, KG, OA, RDF, RDFS

Node = NamedNode | Literal
T = TypeVar("T", Predicate, Status)


class _Graph:
    """Subject to property to values, over all graphs of a source."""

    def __init__(self, quads: Iterable[Quad | Triple]) -> None:
        self.found: dict[str, dict[str, list[Node]]] = defaultdict(lambda: defaultdict(list))
        for quad in quads:
            if isinstance(quad.subject, NamedNode):
                values = self.found[quad.subject.value][quad.predicate.value]
                if quad.object not in values:
                    values.append(quad.object)

    def of_type(self, kind: NamedNode) -> list[str]:
        return sorted(subject for subject, found in self.found.items() if kind in found.get(RDF.type.value, ()))

    def all(self, subject: str, predicate: NamedNode) -> list[Node]:
        return self.found[subject].get(predicate.value, []) if subject in self.found else []

    def one(self, subject: str, predicate: NamedNode) -> str:
        """The only value; a node without one, or with two, is an error that names both."""
        values = self.all(subject, predicate)
        if len(values) != 1:
            raise StoreError(f"{short(subject)}: {len(values) or 'no'} values of {short(predicate.value)} where one is "
                             "needed; the graph was not made by one `kg build` (run `kg check` to see all)")
        return values[0].value

    def maybe(self, subject: str, predicate: NamedNode) -> str:
        return self.one(subject, predicate) if self.all(subject, predicate) else ""

    def strings(self, subject: str, name: str) -> tuple[str, ...]:
        exact = self.maybe(subject, KG[TUPLES[name]])
        if exact:
            return tuple(json.loads(exact))
        return tuple(sorted(value.value for value in self.all(subject, KG[name])))


def decode(source: Store | Iterable[Quad | Triple]) -> tuple[list[Claim], list[Trial]]:
    """The claims and trials of a graph. Raises StoreError where a node lacks what a claim needs, or has it twice."""
    graph = _Graph(source)
    claims = [_claim(graph, node) for node in graph.of_type(KG.Claim)]
    trials = [_trial(graph, node) for node in graph.of_type(KG.Trial)]
    return sorted(claims, key=lambda c: c.id), sorted(trials, key=lambda t: t.nct)


def _claim(graph: _Graph, node: str) -> Claim:
    found = []
    for value in graph.all(node, KG.evidence):
        evidence, place = _evidence(graph, value.value), graph.maybe(value.value, KG.order)
        found.append(((int(place) if place else -1), order_of(evidence), evidence))
    found.sort(key=lambda row: row[:2])
    return Claim(
        subject=_entity(graph, graph.one(node, RDF.subject)),
        predicate=_term(graph.one(node, RDF.predicate), Predicate, node),
        object=_entity(graph, graph.one(node, RDF.object)),
        status=_term(graph.one(node, KG.status), Status, node),
        confidence=float(graph.one(node, KG.confidence)),
        evidence=tuple(evidence for *_, evidence in found))


def _entity(graph: _Graph, node: str) -> Entity:
    kinds = [value.value.removeprefix(KG.namespace) for value in graph.all(node, RDF.type)]
    types = [kind for kind in EntityType if kind.value in kinds]
    if len(types) != 1:
        raise StoreError(f"{short(node)}: {len(types) or 'no'} entity types where one is needed (run `kg check`)")
    return Entity(curie_of(node), graph.one(node, RDFS.label), types[0])


def _evidence(graph: _Graph, node: str) -> Evidence:
    target = graph.one(node, OA.hasTarget)
    section = graph.one(target, OA.hasSource)
    selectors = [value.value for value in graph.all(target, OA.hasSelector)]
    quote = next((s for s in selectors if OA.TextQuoteSelector in graph.all(s, RDF.type)), target)
    position = next((s for s in selectors if OA.TextPositionSelector in graph.all(s, RDF.type)), target)
    return Evidence(
        nct=nct_of(graph.one(node, KG.trial)), section=graph.one(section, KG.sectionName),
        start=int(graph.one(position, OA.start)), end=int(graph.one(position, OA.end)),
        quote=graph.one(quote, OA.exact),
        subject=_role(graph, graph.one(node, KG.subjectMention)),
        object=_role(graph, graph.one(node, KG.objectMention)),
        trigger=graph.one(node, KG.trigger), cues=graph.strings(node, "cue"),
        status=_term(graph.one(node, KG.status), Status, node), rule=graph.one(node, KG.rule),
        confidence=float(graph.one(node, KG.confidence)),
        partners=graph.strings(node, "partner"))


def _role(graph: _Graph, node: str) -> Role:
    return Role(
        text=graph.one(node, KG.text), start=int(graph.one(node, OA.start)), end=int(graph.one(node, OA.end)),
        score=float(graph.one(node, KG.score)), reasons=graph.strings(node, "reason"),
        candidates=graph.strings(node, "candidate"), qualifiers=graph.strings(node, "qualifier"))


def _trial(graph: _Graph, node: str) -> Trial:
    return Trial(
        nct=graph.one(node, DCTERMS.identifier), title=graph.maybe(node, DCTERMS.title),
        conditions=graph.strings(node, "condition"), interventions=graph.strings(node, "intervention"),
        phases=graph.strings(node, "phase"), study_type=graph.maybe(node, KG.studyType),
        overall_status=graph.maybe(node, KG.overallStatus), start_date=graph.maybe(node, KG.startDate),
        version_date=graph.maybe(node, KG.versionDate))


def _term(iri: str, kind: type[T], node: str) -> T:
    name = iri.removeprefix(KG.namespace)
    if name not in {member.value for member in kind}:
        raise StoreError(f"{short(node)}: {short(iri)} is no {kind.__name__.lower()} of this vocabulary")
    return kind(name)
