"""What is encoded comes back, and what is not asserted never becomes a bare fact."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from pyoxigraph import NamedNode, RdfFormat, Store, parse, serialize
from rdf_claims import EGFR, GEFITINIB, RUN, expected, graphs, small

from kg.model import PLAIN, Claim, Entity, Predicate, Status, Trial
from kg.rdf.decode import decode
from kg.rdf.encode import RunInfo, encode
from kg.rdf.iris import node_of
from kg.rdf.vocabulary import DATASET, GRAPH_METADATA, GRAPH_PLAIN, KG, PREDICATES, PROV, SKOS, VOID

BARE = {KG[name] for name in PREDICATES}


def bare_facts(triples):
    """The plain triples of a graph, as node pairs with their predicate."""
    return {(t.subject, t.predicate, t.object) for t in triples if t.predicate in BARE}


def stated(claims):
    """The only bare facts that the claims allow."""
    return {(node_of(c.subject.id), KG[c.predicate], node_of(c.object.id)) for c in claims
            if c.status is Status.ASSERTED and c.confidence >= PLAIN
            and any(e.status is Status.ASSERTED and not e.partners for e in c.evidence)}


def test_small_graph_comes_back():
    """Claims and trials made by hand survive the way through triples."""
    claims, trials = small()
    assert decode(encode(claims, trials, run=RUN)) == expected(claims, trials)


@settings(max_examples=50, deadline=None)
@given(graphs())
def test_decode_gives_back_what_encode_was_given(graph):
    """Whatever strings a record holds: quads, N-Quads and a store all give the same claims back."""
    claims, trials = graph
    quads = list(encode(claims, trials, run=RUN))
    assert len(set(quads)) == len(quads)
    assert decode(quads) == expected(claims, trials)
    data = serialize(quads, format=RdfFormat.N_QUADS)
    assert decode(parse(data, format=RdfFormat.N_QUADS)) == expected(claims, trials)
    store = Store()
    store.bulk_extend(quads)
    assert decode(store) == expected(claims, trials)


@settings(max_examples=50, deadline=None)
@given(graphs())
def test_merging_never_yields_a_fact_that_no_record_asserts(graph):
    """Hypotheses, denials and what is said of a combination only stay in claim nodes, in N-Quads and in Turtle, where
    graph names are lost.
    """
    claims, trials = graph
    quads = list(encode(claims, trials, run=RUN))
    assert bare_facts(q.triple for q in quads) == stated(claims)
    assert all(q.graph_name == GRAPH_PLAIN for q in quads if q.predicate in BARE)
    turtle = serialize((q.triple for q in quads), format=RdfFormat.TURTLE)
    merged = list(parse(turtle, format=RdfFormat.TURTLE))
    assert bare_facts(merged) == stated(claims)
    assert decode(merged) == expected(claims, trials)


@settings(max_examples=20, deadline=None)
@given(graphs())
def test_every_node_has_a_name(graph):
    """No blank nodes: files stay stable and graphs can be merged."""
    for quad in encode(*graph, run=RUN):
        assert isinstance(quad.subject, NamedNode) and isinstance(quad.graph_name, NamedNode)


def test_encoding_ignores_the_order_of_claims_and_trials():
    """The same content gives the same quads in the same order."""
    claims, trials = small()
    assert list(encode(claims, trials, run=RUN)) == list(encode(claims[::-1], trials[::-1], run=RUN))


def test_two_claims_of_one_id_are_refused():
    """Assembling comes first: encoding does not choose between two versions of one statement."""
    claim = Claim(GEFITINIB, Predicate.INHIBITS, EGFR, Status.ASSERTED, 0.9)
    doubt = Claim(GEFITINIB, Predicate.INHIBITS, EGFR, Status.HYPOTHESISED, 0.4)
    with pytest.raises(ValueError, match="assemble first"):
        list(encode([claim, doubt], [], run=RUN))


def test_a_record_read_twice_is_kept_once_in_its_later_version():
    """Two files of one record do not give the trial two titles."""
    old, new = Trial("NCT1", "old", version_date="2020-01-01"), Trial("NCT1", "new", version_date="2021-01-01")
    assert decode(encode([], [new, old], run=RUN))[1] == [new]


def test_a_claim_that_is_denied_elsewhere_names_its_denial():
    """A reader of the hypothesis finds the negative finding in one step."""
    claims, trials = small()
    links = [q for q in encode(claims, trials, run=RUN) if q.predicate == KG.deniedBy]
    assert len(links) == 1


def test_lone_surrogates_do_not_stop_a_build():
    """No RDF file can hold half a character: it becomes U+FFFD, one code point for one."""
    trial = Trial("NCT1", "half \ud83d title", ("\udc00",))
    (back,) = decode(encode([], [trial], run=RUN))[1]
    assert back.title == "half \ufffd title" and back.conditions == ("\ufffd",)


def test_a_thing_under_two_labels_keeps_the_commonest_and_the_other_as_synonym():
    """One name a thing, whatever the claims call it."""
    other = Entity(EGFR.id, "ERBB1", EGFR.type)
    claims = [Claim(GEFITINIB, Predicate.INHIBITS, EGFR, Status.ASSERTED, 0.9),
              Claim(GEFITINIB, Predicate.TARGETS, EGFR, Status.ASSERTED, 0.9),
              Claim(GEFITINIB, Predicate.ACTIVATES, other, Status.NEGATED, 0.9)]
    quads = list(encode(claims, [], run=RUN))
    assert {c.object for c in decode(quads)[0]} == {EGFR}
    synonyms = [(q.subject, q.object.value) for q in quads if q.predicate == SKOS.altLabel]
    assert synonyms == [(node_of(EGFR.id), "ERBB1")]


def test_a_run_says_its_time_only_where_it_is_given():
    """No clock in an output: the same input gives the same bytes."""
    timed = RunInfo(version="1", started="2026-01-01T00:00:00Z")
    said = {q.predicate for q in encode([], [], run=timed)}
    assert PROV.startedAtTime in said and PROV.endedAtTime not in said
    assert not {q.predicate for q in encode([], [], run=RUN)} & {PROV.startedAtTime, PROV.endedAtTime}


def test_the_data_set_counts_itself():
    """VoID partitions give completion and maps their numbers."""
    claims, trials = small()
    quads = list(encode(claims, trials, run=RUN))
    counted = {q.object for q in quads if q.predicate == VOID.triples and q.subject == DATASET}
    facts = [q for q in quads if q.graph_name != GRAPH_METADATA]
    assert {c.value for c in counted} == {str(len(facts))}
    classes = {q.object.value for q in quads if q.predicate == VOID["class"]}
    assert KG.Claim.value in classes and KG.Drug.value in classes
