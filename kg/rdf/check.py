"""Whether a graph file keeps the contract, in sentences for people who do not know RDF.

Two checks: the SHACL shapes of `ontologies/shapes.ttl` (by pySHACL), and what shapes cannot say well: that no plain
triple lacks an asserted claim, that offsets and quotes agree, that counts and names are right.

pySHACL takes about 0.25 ms a triple, and 1 s to import (4 s for 14,000 triples, 18 s for 80,000; the contract's own
checks 0.07 and 0.3 s). Above `SHAPES_LIMIT` triples the shapes are left out and `CheckResult.notes` says so; the
contract's own checks, which cover the same ground for claims, run on graphs of any size.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import BlankNode, Literal, NamedNode, Store

from kg.model import Predicate, claim_id
from kg.rdf.iris import all_prefixes, curie_of, short
from kg.rdf.vocabulary import KG, PREDICATES, RDFS, SPACES, XSD
from kg.resources import resource

SHAPES_LIMIT = 50_000
"""Triples up to which the shapes are checked."""

SHOWN = 20
"""Findings of one kind that are listed; the rest is counted."""

_CLAIM = """SELECT ?claim ?s ?p ?o ?status ?negated ?records WHERE {
  ?claim a kg:Claim ; rdf:subject ?s ; rdf:predicate ?p ; rdf:object ?o ; kg:status ?status .
  OPTIONAL { ?claim biolink:negated ?negated } OPTIONAL { ?claim kg:recordCount ?records } }"""
_TRIALS = "SELECT ?trial WHERE { ?trial a kg:Trial } LIMIT 1"
_ALONE = """SELECT DISTINCT ?claim WHERE {
  ?claim kg:evidence ?e . ?e kg:status kg:asserted FILTER NOT EXISTS { ?e kg:partner ?with } }"""
_RECORDS = """SELECT ?claim ?trial ?partner WHERE {
  ?claim a kg:Claim ; kg:status ?status ; kg:evidence ?e . ?e kg:trial ?trial ; kg:status ?status
  OPTIONAL { ?e kg:partner ?partner } }"""
_ENDS = """SELECT ?claim ?id ?candidate ?words WHERE {
  ?claim rdf:%s ?end ; kg:evidence ?e . ?end dcterms:identifier ?id .
  ?e kg:%sMention ?m . ?m kg:candidate ?candidate ; kg:text ?words }"""
_PLACES = """SELECT ?e ?quote ?start ?end ?s ?from ?to WHERE {
  ?claim kg:evidence ?e . ?e oa:hasTarget/oa:hasSelector ?q , ?at .
  ?q oa:exact ?quote . ?at oa:start ?start ; oa:end ?end .
  ?e kg:subjectMention|kg:objectMention ?s . ?s oa:start ?from ; oa:end ?to }"""


@dataclass(frozen=True, slots=True)
class CheckResult:
    """Whether the graph conforms, and each thing that is wrong in one sentence."""

    conforms: bool
    findings: tuple[str, ...]
    notes: tuple[str, ...] = ()  # what was not checked, and why


def check(path: Path | str) -> CheckResult:
    """Checks a graph file. Raises StoreError where it cannot be read."""
    from kg.store.graphs import load  # here, since the store room builds on this one

    return check_store(load(path))


def check_store(store: Store, *, shapes_limit: int = SHAPES_LIMIT) -> CheckResult:
    """Checks a graph in memory."""
    findings = list(_capped(_contract(store)))
    notes = []
    if list(_rows(store, _TRIALS)) and not list(_rows(store, _CLAIM)):
        notes.append("the graph holds trials, but no claim")
    if len(store) <= shapes_limit:
        findings += _capped(_shapes(store))
    else:
        notes.append(f"the SHACL shapes were not checked: {len(store)} triples, more than {shapes_limit}")
    return CheckResult(not findings, tuple(dict.fromkeys(findings)), tuple(notes))


def _capped(findings: Iterator[tuple[str, str]]) -> Iterator[str]:
    """`name: sentence` for each finding, sorted by sentence; a long row of one kind is cut and counted."""
    kinds: dict[str, set[str]] = defaultdict(set)
    for name, sentence in findings:
        kinds[sentence].add(name)
    for sentence in sorted(kinds):
        names = sorted(kinds[sentence])
        yield from (f"{name}: {sentence}" for name in names[:SHOWN])
        if len(names) > SHOWN:
            yield f"… and {len(names) - SHOWN} more: {sentence}"


def _contract(store: Store) -> Iterator[tuple[str, str]]:
    """What is wrong, as (name of the thing, sentence)."""
    yield from _names(store)
    said = list(_rows(store, _CLAIM))
    if not said and not list(_rows(store, _TRIALS)):
        yield "graph", "holds no claim"
    alone = {claim.value for (claim,) in _rows(store, _ALONE)}
    asserted = set()
    for claim, s, p, o, status, negated, _ in said:
        name, predicate = _claim_name(store, claim), p.value.removeprefix(KG.namespace)
        if status == KG.asserted and claim.value in alone:
            asserted.add((s.value, predicate, o.value))
        if negated is not None and (negated.value == "true") != (status == KG.negated):
            yield name, f"the status is {short(status.value)[3:]}, but biolink:negated says {negated.value}"
        if predicate in PREDICATES:
            right = claim_id(curie_of(s.value), Predicate(predicate), curie_of(o.value), status == KG.negated)
            if claim.value.removeprefix(SPACES["kgc"]) != right:
                yield name, "the claim's name does not fit what it says; its statement was changed after it was named"
    yield from _bare(store, asserted)
    counted = _supporting(store)
    for claim, *_, records in said:
        number = len(counted.get(claim.value, ()))
        if not number:
            yield _claim_name(store, claim), "no record is quoted for this claim"
        elif records is not None and int(records.value) != number:
            yield _claim_name(store, claim), f"it says {records.value} records support it, but {number} are quoted"
    yield from _places(store)
    yield from _swapped(store)


def _supporting(store: Store) -> dict[str, set[str]]:
    """The records that each claim's status rests on: those that say it of the subject alone, if any does."""
    alone: dict[str, set[str]] = defaultdict(set)
    joint: dict[str, set[str]] = defaultdict(set)
    for claim, trial, partner in _rows(store, _RECORDS):
        (joint if partner is not None else alone)[claim.value].add(trial.value)
    return {claim: alone.get(claim) or joint[claim] for claim in {*alone, *joint}}


def _swapped(store: Store) -> Iterator[tuple[str, str]]:
    """Quotes whose words stand for another thing than the claim's end."""
    considered: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for end in ("subject", "object"):
        for claim, id_, candidate, words in _rows(store, _ENDS % (end, end)):
            considered[claim.value, id_.value, words.value].add(candidate.value)
    for (claim, id_, words), candidates in sorted(considered.items()):
        if not id_.startswith("kgl:") and id_ not in candidates:
            yield _claim_name(store, NamedNode(claim)), f"the quoted words {words[:40]!r} were never taken for {id_}"


def _names(store: Store) -> Iterator[tuple[str, str]]:
    for quad in store:
        if isinstance(quad.subject, BlankNode) or isinstance(quad.object, BlankNode):
            yield "graph", "has nodes without a name (blank nodes); the files of kg have none"
            return


def _bare(store: Store, asserted: set[tuple[str, str, str]]) -> Iterator[tuple[str, str]]:
    """Plain triples that no asserted claim stands behind."""
    for predicate in PREDICATES:
        for quad in store.quads_for_pattern(None, KG[predicate], None):
            ends = quad.subject.value, quad.object.value
            turned = predicate == Predicate.COMBINED_WITH and (ends[1], predicate, ends[0]) in asserted
            if (ends[0], predicate, ends[1]) not in asserted and not turned:
                triple = f"{_label(store, quad.subject)} {predicate} {_label(store, quad.object)}"
                yield triple, "stands as a plain fact, but no claim in this graph asserts it of the subject alone"


def _places(store: Store) -> Iterator[tuple[str, str]]:
    """Quotes and mentions whose offsets do not agree."""
    for evidence, quote, start, end, mention, left, right in _rows(store, _PLACES):
        name = f"evidence {short(evidence.value)} (\"{' '.join(quote.value.split())[:60]}\")"
        first, last, low, high = (int(value.value) for value in (start, end, left, right))
        if last - first != len(quote.value):
            yield name, "the quote is not as long as its place in the section says"
        if not first <= low <= high <= last:
            role = mention.value.rpartition("#")[2]
            yield name, f"the words for the {role} lie outside the quote"


def _claim_name(store: Store, claim: NamedNode) -> str:
    return f"claim \"{_label(store, claim)}\""


def _label(store: Store, node: NamedNode | Literal) -> str:
    if isinstance(node, NamedNode):
        labels = sorted(quad.object.value for quad in store.quads_for_pattern(node, RDFS.label, None))
        return labels[0] if labels else short(node.value)
    return node.value


def _rows(store: Store, text: str) -> Iterator[tuple]:
    answer = store.query(text, prefixes=all_prefixes(), use_default_graph_as_union=True)
    return (tuple(row) for row in answer)


def _shapes(store: Store) -> Iterator[tuple[str, str]]:
    """What the shapes find, as (name of the thing, the shape's message)."""
    from pyshacl import validate
    from rdflib import RDF, SH, Graph

    data = Graph()
    for quad in store:
        data.add((_rdflib(quad.subject), _rdflib(quad.predicate), _rdflib(quad.object)))
    shapes = Graph().parse(resource("shapes.ttl"), format="turtle")
    _, report, _ = validate(data, shacl_graph=shapes, inference="none", advanced=False)
    for result in report.subjects(RDF.type, SH.ValidationResult):
        focus = NamedNode(str(report.value(result, SH.focusNode)))
        kind = "claim " if focus.value.startswith(SPACES["kgc"]) else ""
        label = _label(store, focus)
        yield (f'{kind}"{label}"' if label != short(focus.value) else f"{kind}{label}",
               str(report.value(result, SH.resultMessage)))


def _rdflib(node: NamedNode | Literal | BlankNode):
    from rdflib import BNode, URIRef
    from rdflib import Literal as Value

    if isinstance(node, NamedNode):
        return URIRef(node.value)
    if isinstance(node, BlankNode):
        return BNode(node.value)
    if node.language or node.datatype == XSD.string:
        return Value(node.value, lang=node.language)
    return Value(node.value, datatype=URIRef(node.datatype.value))
