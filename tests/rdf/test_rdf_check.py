"""A good graph conforms; each way of spoiling one is said in words."""

from __future__ import annotations

import time

import pytest
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Store, serialize
from rdf_claims import RUN, small

from kg.errors import StoreError
from kg.rdf.check import SHOWN, check, check_store
from kg.rdf.encode import encode
from kg.rdf.iris import node_of
from kg.rdf.vocabulary import BIOLINK, GRAPH_PLAIN, KG, OA, RDF, RDFS, XSD


@pytest.fixture
def store() -> Store:
    """The small graph."""
    made = Store()
    made.extend(encode(*small(), run=RUN))
    return made


def claim_of(store: Store, label: str) -> NamedNode:
    """The claim with a label."""
    (quad,) = store.quads_for_pattern(None, RDFS.label, Literal(label))
    return quad.subject


def drop(store: Store, subject, predicate) -> list[Quad]:
    """Takes away the values of a property."""
    found = list(store.quads_for_pattern(subject, predicate, None))
    assert found
    for quad in found:
        store.remove(quad)
    return found


def test_a_graph_that_encode_made_conforms(store, tmp_path):
    """As N-Quads and as Turtle, in less than three seconds."""
    started = time.perf_counter()
    store.dump(tmp_path / "g.nq", RdfFormat.N_QUADS)
    serialize((q.triple for q in store), tmp_path / "g.ttl", RdfFormat.TURTLE)
    assert check(tmp_path / "g.nq").findings == ()
    assert check(tmp_path / "g.ttl").conforms
    assert time.perf_counter() - started < 6


def test_a_bare_fact_that_no_claim_asserts_is_named(store):
    """Here the hypothesis that gefitinib treats pNEN is passed off as a fact."""
    store.add(Quad(node_of("CHEBI:49668"), KG.treats,
                   node_of("kgl:Disease/pancreatic-neuroendocrine-neoplasm"), GRAPH_PLAIN))
    assert check_store(store).findings == (
        "gefitinib treats pancreatic neuroendocrine neoplasm: stands as a plain fact, but no claim in this graph "
        "asserts it of the subject alone",)


@pytest.mark.parametrize(("predicate", "sentence"), [
    (KG.evidence, "no record is quoted"),
    (KG.evidence, "needs a quote"),
    (KG.status, "either asserted, hypothesised or negated"),
    (BIOLINK.negated, "whether it is negated"),
    (KG.confidence, "one confidence"),
    (RDF.object, "exactly one object"),
])
def test_a_claim_that_lacks_something_is_named(store, predicate, sentence):
    """With its label, not its hash."""
    label = "gefitinib inhibits EGFR"
    drop(store, claim_of(store, label), predicate)
    result = check_store(store)
    assert not result.conforms
    assert any(f.startswith(f'claim "{label}": ') and sentence in f for f in result.findings), result.findings


def test_a_flag_that_was_lost_on_the_way_is_found(store):
    """The negated flag says no more what the status says."""
    claim = claim_of(store, "gefitinib improves overall survival (negated)")
    (quad,) = drop(store, claim, BIOLINK.negated)
    store.add(Quad(claim, BIOLINK.negated, Literal("false", datatype=XSD.boolean), quad.graph_name))
    assert check_store(store).findings == (
        'claim "gefitinib improves overall survival (negated)": the status is negated, but biolink:negated says false',)


def test_a_claim_whose_statement_was_changed_is_found(store):
    """The name is a hash of what the claim says."""
    claim = claim_of(store, "erlotinib inhibits EGFR")
    (quad,) = drop(store, claim, RDF.object)
    store.add(Quad(claim, RDF.object, node_of("hgnc:2433"), quad.graph_name))
    found = check_store(store).findings
    assert any("the claim's name does not fit" in f for f in found)
    assert any(f.startswith("erlotinib inhibits EGFR: stands as a plain fact") for f in found)


def test_offsets_that_do_not_agree_are_found(store):
    """A quote longer than its place, and words outside the quote."""
    quote = next(store.quads_for_pattern(None, OA.exact, Literal("EGFR drives NSCLC")))
    store.remove(quote)
    store.add(Quad(quote.subject, OA.exact, Literal("EGFR drives"), quote.graph_name))
    words = next(store.quads_for_pattern(None, KG.text, Literal("pNENs")))
    drop(store, words.subject, OA.start)
    store.add(Quad(words.subject, OA.start, Literal("1", datatype=XSD.integer), words.graph_name))
    found = check_store(store).findings
    assert any("not as long as its place" in f and "EGFR drives" in f for f in found)
    assert any("the words for the object lie outside the quote" in f for f in found)


def test_a_wrong_number_of_records_is_found(store):
    """Counts are made at build time and can go stale."""
    claim = claim_of(store, "gefitinib inhibits EGFR")
    (quad,) = drop(store, claim, KG.recordCount)
    store.add(Quad(claim, KG.recordCount, Literal("7", datatype=XSD.integer), quad.graph_name))
    assert check_store(store).findings == (
        'claim "gefitinib inhibits EGFR": it says 7 records support it, but 2 are quoted',)


def test_a_thing_without_name_or_type_is_found(store):
    """By its identifier, since it has no name."""
    drop(store, node_of("hgnc:2433"), RDFS.label)
    drop(store, node_of("hgnc:2433"), RDF.type)
    found = check_store(store).findings
    assert {"hgnc:2433: a thing needs exactly one name", "hgnc:2433: a thing needs exactly one of the twelve types"
            } <= set(found)


def test_a_graph_without_claims_does_not_conform(tmp_path):
    """Any other RDF file is no graph of ours."""
    (tmp_path / "x.ttl").write_text("<a:b> <a:c> _:d .")
    assert check(tmp_path / "x.ttl").findings == (
        "graph: has nodes without a name (blank nodes); the files of kg have none", "graph: holds no claim")


def test_many_findings_of_one_kind_are_counted():
    """A broken file of a million triples gives a screen, not a novel."""
    store = Store()
    store.extend(encode(*small(), run=RUN))
    for n in range(SHOWN + 5):
        store.add(Quad(node_of(f"CHEBI:{n}"), KG.treats, node_of("MONDO:1"), GRAPH_PLAIN))
    found = check_store(store, shapes_limit=0).findings
    assert len(found) == SHOWN + 1 and found[-1].startswith("… and 5 more: ")


def test_a_large_graph_says_that_the_shapes_were_left_out(store):
    """Nothing is left out in silence."""
    result = check_store(store, shapes_limit=10)
    assert result.conforms and "shapes were not checked" in result.notes[0]


def test_a_file_that_is_no_graph_is_one_clear_line(tmp_path):
    """The name of the file and what to do."""
    with pytest.raises(StoreError, match="no such file"):
        check(tmp_path / "none.nq")
