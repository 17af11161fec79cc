"""Claims and trials to quads. In: claims as the claims room assembled them. Out: quads, each once, every node an IRI.

Two layers, one rule (the reasons stand in the ontology's header): a *claim node* holds everything that records say,
asserted, hypothesised or negated; a *plain triple* (`<gefitinib> kg:inhibits <EGFR>`) is written only for a claim
that is asserted and not negated, so that whoever merges our files never gains a false fact.

Where things lie:

    kgg:claims        claim nodes as a whole: ends, predicate, status, confidence, number of supporting records
    kgg:plain         plain triples, each once: `COUNT(*)` is safe here
    kgg:entities      entities: type, label, surface forms
    kgg:record/NCT…   what one record says: the trial, its sections, the evidence, and the links from claims to it
    kgg:metadata      the data set, its partitions, the run

A claim that two records say is one node in `kgg:claims`; its evidence lies in each record's own graph, so that
dropping or replacing one record's graph leaves the others whole (the aggregate must then be counted again).
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass

from pyoxigraph import Literal, NamedNode, Quad

from kg.model import Claim, Entity, Evidence, Role, Status, Trial, claim_id
from kg.rdf.iris import REGISTRY, claim_node, escape, node_of, record_graph, trial_node
from kg.rdf.literals import boolean, integer, number, repeated, text
from kg.rdf.metadata import Census, describe
from kg.rdf.vocabulary import (
    BIOLINK,
    CATEGORY,
    DCTERMS,
    GRAPH_CLAIMS,
    GRAPH_ENTITIES,
    GRAPH_METADATA,
    GRAPH_PLAIN,
    KG,
    KNOWLEDGE_LEVEL,
    OA,
    PROV,
    RDF,
    RDFS,
    SKOS,
    SPACES,
    XSD,
)

Pairs = Iterator[tuple[NamedNode, NamedNode | Literal]]


@dataclass(frozen=True, slots=True)
class RunInfo:
    """What made the graph. Times are ISO 8601 and are written only where given: the same input gives the same bytes."""

    version: str = ""  # of kg
    reader: str = ""  # what read the text: "rules", or a model's name
    lexicon: str = ""  # fingerprint of the lexicon
    started: str = ""
    ended: str = ""

    @property
    def node(self) -> NamedNode:
        """The run's name: a hash of what it says of itself."""
        return NamedNode(SPACES["kgr"] + hashlib.sha256("\t".join(astuple(self)).encode()).hexdigest()[:12])


def encode(claims: Iterable[Claim], trials: Iterable[Trial], *, run: RunInfo) -> Iterator[Quad]:
    """All quads of a graph, each once, in an order that depends on the input's content alone.

    Two claims of one id (the same statement, not assembled) raise ValueError. Of two trials of one number the one
    with the later version date is kept. An entity that comes under several labels keeps the commonest.
    """
    claims = _distinct(claims)
    census = Census()
    for quad in _facts(claims, _latest(trials), run.node):
        census.add(quad)
        yield quad
    for subject, predicate, value in describe(census, run.node):
        yield Quad(subject, predicate, value, GRAPH_METADATA)
    for predicate, value in _run(run):
        yield Quad(run.node, predicate, value, GRAPH_METADATA)


def order_of(evidence: Evidence) -> tuple[str, str, int, int, str]:
    """The order in which evidence is given back where the graph says no other."""
    return evidence.nct, evidence.section, evidence.start, evidence.end, evidence.id


def _facts(claims: tuple[Claim, ...], trials: dict[str, Trial], run: NamedNode) -> Iterator[Quad]:
    ids = {claim.id for claim in claims}
    labels = {entity.id: entity.label for entity in _entities(claims)}
    for claim in claims:
        yield from _quads(claim_node(claim.id), _claim(claim, labels, ids), GRAPH_CLAIMS)
    for claim in claims:
        if claim.plain:
            yield Quad(node_of(claim.subject.id), KG[claim.predicate], node_of(claim.object.id), GRAPH_PLAIN)
    forms = _surface_forms(claims)
    for entity in _entities(claims):
        yield from _quads(node_of(entity.id), _entity(entity, forms[entity.id]), GRAPH_ENTITIES)
    said = _by_record(claims)
    for nct in sorted(said.keys() | trials.keys()):
        graph, trial = record_graph(nct), trial_node(nct)
        if nct in trials:
            yield from _quads(trial, _trial(trials[nct]), graph)
        for section in sorted({evidence.section for _, evidence, _, _ in said[nct]}):
            yield from _quads(_section_node(nct, section), _section(section, trial), graph)
        for claim in sorted({claim.id for claim, *_ in said[nct]}):
            yield Quad(claim_node(claim), KG.trial, trial, graph)
        for claim, evidence, name, order in said[nct]:
            node = NamedNode(name)
            yield Quad(claim_node(claim.id), KG.evidence, node, graph)
            yield from _quads(node, _evidence(evidence, node, run), graph)
            yield from _parts(evidence, node, graph)
            if order is not None:
                yield Quad(node, KG.order, integer(order), graph)


def _distinct(claims: Iterable[Claim]) -> tuple[Claim, ...]:
    found: dict[str, Claim] = {}
    for claim in claims:
        if claim.id in found:
            raise ValueError(f"two claims say {claim.subject.id} {claim.predicate} {claim.object.id}: assemble first")
        found[claim.id] = claim
    return tuple(found[key] for key in sorted(found))


def _latest(trials: Iterable[Trial]) -> dict[str, Trial]:
    kept: dict[str, Trial] = {}
    for trial in sorted(trials, key=lambda t: (t.nct, t.version_date, repr(t))):
        kept[trial.nct] = trial
    return kept


def _entities(claims: tuple[Claim, ...]) -> list[Entity]:
    """One entity for each id, sorted: the commonest label and type, on a tie the first in the alphabet."""
    counts = Counter(entity for claim in claims for entity in (claim.subject, claim.object))
    best: dict[str, Entity] = {}
    for entity in sorted(counts, key=lambda e: (e.id, -counts[e], e.label, e.type)):
        best.setdefault(entity.id, entity)
    return list(best.values())


def _surface_forms(claims: tuple[Claim, ...]) -> dict[str, set[str]]:
    forms: dict[str, set[str]] = defaultdict(set)
    for claim in claims:
        for entity in (claim.subject, claim.object):
            forms[entity.id].add(entity.label)
        for evidence in claim.evidence:
            forms[claim.subject.id].add(" ".join(evidence.subject.text.split()))
            forms[claim.object.id].add(" ".join(evidence.object.text.split()))
    return forms


def _by_record(claims: tuple[Claim, ...]) -> dict[str, list[tuple[Claim, Evidence, str, int | None]]]:
    """For each record its evidence with the claim, a node name and, where sorting would lose it, the place in order."""
    said: dict[str, list[tuple[Claim, Evidence, str, int | None]]] = defaultdict(list)
    for claim in claims:
        seen: Counter[str] = Counter()
        ordered = list(claim.evidence) == sorted(claim.evidence, key=order_of) and len(
            {order_of(e) for e in claim.evidence}) == len(claim.evidence)
        for place, evidence in enumerate(claim.evidence):
            seen[evidence.id] += 1
            again = f"-{seen[evidence.id]}" if seen[evidence.id] > 1 else ""
            name = f"{SPACES['kge']}{claim.id}-{evidence.id}{again}"
            said[evidence.nct].append((claim, evidence, name, None if ordered else place))
    return said


def _claim(claim: Claim, labels: dict[str, str], ids: set[str]) -> Pairs:
    denial = claim_id(claim.subject.id, claim.predicate, claim.object.id, negated=True)
    said = "" if claim.status is Status.ASSERTED else f" ({claim.status})"
    yield RDF.type, KG.Claim
    yield RDF.type, BIOLINK.Association
    yield RDFS.label, text(f"{labels[claim.subject.id]} {claim.predicate} {labels[claim.object.id]}{said}")
    yield RDF.subject, node_of(claim.subject.id)
    yield RDF.predicate, KG[claim.predicate]
    yield RDF.object, node_of(claim.object.id)
    yield KG.status, KG[claim.status]
    yield KG.confidence, number(claim.confidence)
    yield KG.recordCount, integer(len(claim.supporting_records))
    yield BIOLINK.negated, boolean(claim.negated)
    yield BIOLINK.knowledge_level, text(KNOWLEDGE_LEVEL[claim.status])
    yield BIOLINK.agent_type, text("text_mining_agent")
    if not claim.negated and denial in ids:
        yield KG.deniedBy, claim_node(denial)


def _entity(entity: Entity, forms: set[str]) -> Pairs:
    yield RDF.type, KG[entity.type]
    yield RDFS.label, text(entity.label)
    yield DCTERMS.identifier, text(entity.id)
    yield BIOLINK.category, CATEGORY[entity.type]
    for form in sorted({text(form).value for form in forms} - {text(entity.label).value, ""}):
        yield SKOS.altLabel, text(form)


def _trial(trial: Trial) -> Pairs:
    yield RDF.type, KG.Trial
    yield RDF.type, BIOLINK.ClinicalTrial
    yield DCTERMS.identifier, text(trial.nct)
    yield RDFS.seeAlso, NamedNode(REGISTRY + escape(trial.nct, safe=""))
    yield RDFS.label, text(trial.title or trial.nct)
    single = ((DCTERMS.title, trial.title), (KG.studyType, trial.study_type), (KG.overallStatus, trial.overall_status),
              (KG.startDate, trial.start_date), (KG.versionDate, trial.version_date))
    yield from ((predicate, text(value)) for predicate, value in single if value)
    yield from repeated("condition", trial.conditions)
    yield from repeated("intervention", trial.interventions)
    yield from repeated("phase", trial.phases)


def _section_node(nct: str, section: str) -> NamedNode:
    return NamedNode(f"{trial_node(nct).value}#{escape(section, safe='')}")


def _section(section: str, trial: NamedNode) -> Pairs:
    yield RDF.type, KG.Section
    yield KG.sectionName, text(section)
    yield DCTERMS.isPartOf, trial


def _evidence(evidence: Evidence, node: NamedNode, run: NamedNode) -> Pairs:
    yield RDF.type, OA.Annotation
    yield KG.trial, trial_node(evidence.nct)
    yield KG.status, KG[evidence.status]
    yield KG.confidence, number(evidence.confidence)
    yield KG.rule, text(evidence.rule)
    yield KG.trigger, text(evidence.trigger)
    yield from repeated("cue", evidence.cues)
    yield from repeated("partner", evidence.partners)
    yield OA.hasTarget, _part(node, "target")
    yield KG.subjectMention, _part(node, "subject")
    yield KG.objectMention, _part(node, "object")
    yield PROV.wasGeneratedBy, run


def _parts(evidence: Evidence, node: NamedNode, graph: NamedNode) -> Iterator[Quad]:
    """The nodes under one evidence: where it points (Web Annotation, https://www.w3.org/TR/annotation-model/)."""
    target, quote, position = (_part(node, name) for name in ("target", "quote", "position"))
    yield from _quads(target, (
        (RDF.type, OA.SpecificResource), (OA.hasSource, _section_node(evidence.nct, evidence.section)),
        (OA.hasSelector, quote), (OA.hasSelector, position)), graph)
    yield from _quads(quote, ((RDF.type, OA.TextQuoteSelector), (OA.exact, text(evidence.quote))), graph)
    yield from _quads(position, (
        (RDF.type, OA.TextPositionSelector), (OA.start, integer(evidence.start)), (OA.end, integer(evidence.end))),
        graph)
    yield from _quads(_part(node, "subject"), _mention(evidence.subject), graph)
    yield from _quads(_part(node, "object"), _mention(evidence.object), graph)


def _mention(role: Role) -> Pairs:
    yield RDF.type, KG.Mention
    yield KG.text, text(role.text)
    yield OA.start, integer(role.start)
    yield OA.end, integer(role.end)
    yield KG.score, number(role.score)
    yield from repeated("reason", role.reasons)
    yield from repeated("candidate", role.candidates)
    yield from repeated("qualifier", role.qualifiers)


def _run(run: RunInfo) -> Pairs:
    yield RDF.type, PROV.Activity
    yield RDFS.label, text("kg build")
    for predicate, value in ((KG.version, run.version), (KG.reader, run.reader), (KG.lexicon, run.lexicon)):
        if value:
            yield predicate, text(value)
    for predicate, value in ((PROV.startedAtTime, run.started), (PROV.endedAtTime, run.ended)):
        if value:
            yield predicate, Literal(value, datatype=XSD.dateTime)


def _part(node: NamedNode, name: str) -> NamedNode:
    return NamedNode(f"{node.value}#{name}")


def _quads(subject: NamedNode, pairs: Iterable[tuple[NamedNode, NamedNode | Literal]], graph: NamedNode
           ) -> Iterator[Quad]:
    return (Quad(subject, predicate, value, graph) for predicate, value in pairs)
