"""Every IRI that the graph uses, in one place: the base, the closed `kg:` vocabulary, and the borrowed terms.

`BASE` is not yet registered at w3id.org: the IRIs name things, they do not resolve. To move the graph to another
home, change `BASE` here and the two prefix lines at the head of `ontologies/kg.ttl` and `ontologies/shapes.ttl`.

Terms are pyoxigraph nodes, so that reading and writing a graph never imports rdflib; `namespace()` hands the same
closed list to rdflib.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from pyoxigraph import NamedNode

from kg.model import EntityType, Predicate, Status

if TYPE_CHECKING:
    from rdflib.namespace import DefinedNamespace

BASE = "https://w3id.org/trial-rationale-kg/"

CLASSES = (
    *(t.value for t in EntityType),
    "Entity", "Claim", "Mention", "Trial", "Section", "Status",
)
PREDICATES = tuple(p.value for p in Predicate)
STATUSES = tuple(s.value for s in Status)
PROPERTIES = (
    "status", "confidence", "recordCount", "evidence", "deniedBy", "trial",
    "subjectMention", "objectMention", "trigger", "cue", "partner", "rule", "text", "score", "reason", "candidate", "qualifier",
    "sectionName", "condition", "intervention", "phase", "studyType", "overallStatus", "startDate", "versionDate",
    "order", "reader", "lexicon", "version",
    # the exact tuple, written only where sorting the values would not give it back
    "cues", "partners", "reasons", "candidates", "qualifiers", "conditions", "interventions", "phases",
)


class Terms:
    """A closed namespace: a term that is not in it raises.

    >>> KG.inhibits.value
    'https://w3id.org/trial-rationale-kg/ontology/inhibits'
    >>> KG.inhibbits
    Traceback (most recent call last):
    AttributeError: no term 'inhibbits' in https://w3id.org/trial-rationale-kg/ontology/
    """

    def __init__(self, namespace: str, names: tuple[str, ...]) -> None:
        self.namespace = namespace
        self.names = names
        self.__dict__.update({name: NamedNode(namespace + name) for name in names})

    def __getattr__(self, name: str) -> NamedNode:
        raise AttributeError(f"no term {name!r} in {self.namespace}")

    def __getitem__(self, name: str) -> NamedNode:
        if name not in self.names:
            raise AttributeError(f"no term {name!r} in {self.namespace}")
        return self.__dict__[name]


KG = Terms(BASE + "ontology/", (*CLASSES, *PREDICATES, *STATUSES, *PROPERTIES))
RDF = Terms("http://www.w3.org/1999/02/22-rdf-syntax-ns#", ("type", "subject", "predicate", "object"))
RDFS = Terms("http://www.w3.org/2000/01/rdf-schema#", ("label", "seeAlso", "comment"))
SKOS = Terms("http://www.w3.org/2004/02/skos/core#", ("altLabel",))
DCTERMS = Terms("http://purl.org/dc/terms/", ("identifier", "title", "isPartOf", "description"))
XSD = Terms("http://www.w3.org/2001/XMLSchema#", ("decimal", "double", "integer", "boolean", "string", "dateTime"))
OA = Terms("http://www.w3.org/ns/oa#", (
    "Annotation", "SpecificResource", "TextQuoteSelector", "TextPositionSelector",
    "hasTarget", "hasSource", "hasSelector", "exact", "start", "end"))
PROV = Terms("http://www.w3.org/ns/prov#", (
    "Activity", "SoftwareAgent", "wasGeneratedBy", "wasAssociatedWith", "startedAtTime", "endedAtTime"))
VOID = Terms("http://rdfs.org/ns/void#", (
    "Dataset", "triples", "entities", "classPartition", "propertyPartition", "class", "property", "exampleResource",
    "vocabulary", "uriSpace"))
BIOLINK = Terms("https://w3id.org/biolink/vocab/", (
    "Association", "ClinicalTrial", "category", "negated", "knowledge_level", "agent_type",
    "Drug", "ChemicalEntity", "Procedure", "Gene", "GeneFamily", "SequenceVariant", "BiologicalProcess", "Cell",
    "Disease", "PhenotypicFeature", "OrganismTaxon", "ClinicalMeasurement"))

CATEGORY = {
    EntityType.DRUG: BIOLINK.Drug,
    EntityType.DRUG_CLASS: BIOLINK.ChemicalEntity,
    EntityType.PROCEDURE: BIOLINK.Procedure,
    EntityType.TARGET: BIOLINK.Gene,
    EntityType.TARGET_FAMILY: BIOLINK.GeneFamily,
    EntityType.VARIANT: BIOLINK.SequenceVariant,
    EntityType.PROCESS: BIOLINK.BiologicalProcess,
    EntityType.CELL: BIOLINK.Cell,
    EntityType.DISEASE: BIOLINK.Disease,
    EntityType.SYMPTOM: BIOLINK.PhenotypicFeature,
    EntityType.ORGANISM: BIOLINK.OrganismTaxon,
    EntityType.OUTCOME: BIOLINK.ClinicalMeasurement,
}
"""The Biolink category of each type, as the annotation guidelines give it."""

KNOWLEDGE_LEVEL = {
    Status.ASSERTED: "knowledge_assertion",
    Status.HYPOTHESISED: "prediction",
    Status.NEGATED: "knowledge_assertion",
}
"""Biolink's KnowledgeLevelEnum; a negated claim is a knowledge assertion with `biolink:negated true`."""

SPACES = {
    "kg": KG.namespace,
    "kgc": BASE + "claim/",
    "kge": BASE + "evidence/",
    "kgl": BASE + "entity/",
    "kgt": BASE + "trial/",
    "kgr": BASE + "run/",
    "kgg": BASE + "graph/",
}
"""Our own namespaces: vocabulary, claims, evidence, local entities, trials, runs, named graphs."""

BORROWED = {
    "rdf": RDF.namespace, "rdfs": RDFS.namespace, "xsd": XSD.namespace, "skos": SKOS.namespace,
    "dcterms": DCTERMS.namespace, "oa": OA.namespace, "prov": PROV.namespace, "void": VOID.namespace,
    "biolink": BIOLINK.namespace, "owl": "http://www.w3.org/2002/07/owl#", "sh": "http://www.w3.org/ns/shacl#",
    "RO": "http://purl.obolibrary.org/obo/RO_",
}

GRAPH_CLAIMS = NamedNode(SPACES["kgg"] + "claims")
GRAPH_PLAIN = NamedNode(SPACES["kgg"] + "plain")
GRAPH_ENTITIES = NamedNode(SPACES["kgg"] + "entities")
GRAPH_METADATA = NamedNode(SPACES["kgg"] + "metadata")
DATASET = NamedNode(BASE + "dataset")


@cache
def namespace() -> type[DefinedNamespace]:
    """The `kg:` vocabulary as a closed rdflib namespace: a misspelt term raises AttributeError."""
    from rdflib import Namespace, URIRef
    from rdflib.namespace import DefinedNamespace

    body = {"__annotations__": {name: URIRef for name in KG.names}, "_fail": True,
            "_NS": Namespace(KG.namespace)}
    return type("KGNS", (DefinedNamespace,), body)
