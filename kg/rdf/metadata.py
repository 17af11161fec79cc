"""What the graph says of itself: a VoID description with class and property partitions, for completion and maps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from pyoxigraph import Literal, NamedNode, Quad

from kg.rdf.iris import escape, short
from kg.rdf.literals import integer, text
from kg.rdf.vocabulary import DATASET, DCTERMS, GRAPH_ENTITIES, KG, PROV, RDF, RDFS, VOID


class Census:
    """Counts triples, entities, classes and properties while quads go by."""

    def __init__(self) -> None:
        self.triples = 0
        self.entities = 0
        self.classes: Counter[str] = Counter()
        self.properties: Counter[str] = Counter()

    def add(self, quad: Quad) -> None:
        """Counts one quad; each must come once."""
        self.triples += 1
        self.properties[quad.predicate.value] += 1
        if quad.predicate == RDF.type:
            self.classes[quad.object.value] += 1
            self.entities += quad.graph_name == GRAPH_ENTITIES


def describe(census: Census, run: NamedNode) -> Iterator[tuple[NamedNode, NamedNode, NamedNode | Literal]]:
    """The data set as VoID (https://www.w3.org/TR/void/). Metadata triples are not counted themselves."""
    yield DATASET, RDF.type, VOID.Dataset
    yield DATASET, RDFS.label, text("Trial rationale knowledge graph")
    yield DATASET, DCTERMS.description, text(
        "Why clinical trials make sense, as their registry records say. Claim nodes hold what is asserted, "
        "hypothesised and negated; plain triples stand only for asserted claims of confidence 0.8 or more.")
    yield DATASET, VOID.vocabulary, NamedNode(KG.namespace)
    yield DATASET, VOID.triples, integer(census.triples)
    yield DATASET, VOID.entities, integer(census.entities)
    yield DATASET, PROV.wasGeneratedBy, run
    for name, count in sorted(census.classes.items()):
        part = NamedNode(f"{DATASET.value}#class-{escape(short(name), safe='')}")
        yield DATASET, VOID.classPartition, part
        yield part, VOID["class"], NamedNode(name)
        yield part, VOID.entities, integer(count)
    for name, count in sorted(census.properties.items()):
        part = NamedNode(f"{DATASET.value}#property-{escape(short(name), safe='')}")
        yield DATASET, VOID.propertyPartition, part
        yield part, VOID.property, NamedNode(name)
        yield part, VOID.triples, integer(count)
