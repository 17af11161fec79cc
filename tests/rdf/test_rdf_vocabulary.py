"""One closed vocabulary, the same in Python, in the ontology and in the prefix table."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import NamedNode, RdfFormat, parse
from rdf_claims import HOSTILE

from kg.model import EntityType, Predicate, Status
from kg.rdf.iris import all_prefixes, curie_of, iri_of, nct_of, prefixes, short, trial_node
from kg.rdf.vocabulary import BASE, CATEGORY, KG, KNOWLEDGE_LEVEL, namespace
from kg.resources import resource

LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
DEFINITION = "http://www.w3.org/2004/02/skos/core#definition"


def ontology():
    """The ontology's triples."""
    return list(parse(path=resource("kg.ttl")))


def test_a_misspelt_term_raises():
    """In our own class and in rdflib's."""
    with pytest.raises(AttributeError, match="inhibbits"):
        _ = KG.inhibbits
    with pytest.raises(AttributeError):
        KG["inhibbits"]
    with pytest.raises(AttributeError):
        _ = namespace().inhibbits
    assert str(namespace().inhibits) == KG.inhibits.value


def test_every_term_of_the_ontology_is_in_the_vocabulary_and_the_other_way_round():
    """Each with a label and a definition."""
    triples = ontology()
    defined = {t.subject.value for t in triples if t.predicate.value == DEFINITION}
    labelled = {t.subject.value for t in triples if t.predicate.value == LABEL}
    assert defined == labelled == {KG[name].value for name in KG.names}


def test_every_predicate_is_mapped_or_says_why_not():
    """A Biolink or RO user finds each predicate; a combination becomes a node of its own there."""
    mapping = ("closeMatch", "subPropertyOf")
    mapped = {t.subject.value for t in ontology() if t.predicate.value.endswith(mapping)}
    assert {p.value for p in Predicate} - {iri.removeprefix(KG.namespace) for iri in mapped} == {"combinedWith"}


def test_no_type_status_or_predicate_is_forgotten():
    """A new member of the model's enums needs a term, a category, a knowledge level."""
    assert set(CATEGORY) == set(EntityType) and set(KNOWLEDGE_LEVEL) == set(Status)
    for name in (*EntityType, *Predicate, *Status):
        assert KG[name.value].value == KG.namespace + name.value


def test_the_ontology_says_its_version_and_licence():
    """In its header."""
    said = {t.predicate.value.rpartition("/")[2].rpartition("#")[2] for t in ontology()
            if t.subject.value == KG.namespace}
    assert {"title", "description", "versionInfo", "versionIRI", "license"} <= said


def test_the_base_is_written_in_one_place():
    """The ontology and the shapes use the base of the vocabulary."""
    for name in ("kg.ttl", "shapes.ttl"):
        assert f"@prefix kg: <{BASE}ontology/>" in resource(name).read_text(encoding="utf-8")


def test_no_namespace_lies_inside_another():
    """Else one IRI would have two CURIEs."""
    spaces = [*prefixes().values(), BASE + "curie/"]
    for one in spaces:
        assert [other for other in spaces if other.startswith(one)] == [one]
    assert len(set(all_prefixes())) == len(all_prefixes())


@pytest.mark.parametrize(("curie", "iri"), [
    ("hgnc:3236", "https://identifiers.org/hgnc:3236"),
    ("CHEBI:49668", "http://purl.obolibrary.org/obo/CHEBI_49668"),
    ("MONDO:0005233", "http://purl.obolibrary.org/obo/MONDO_0005233"),
    ("MESH:D018358", "http://id.nlm.nih.gov/mesh/D018358"),
    ("FPLX:VEGFR", "https://identifiers.org/fplx:VEGFR"),
    ("kgl:Outcome/os", BASE + "entity/Outcome/os"),
    ("odd:1", BASE + "curie/odd:1"),
    ("no colon", BASE + "curie/no%20colon"),
])
def test_curies_become_the_iris_that_others_use(curie, iri):
    """And come back."""
    assert iri_of(curie) == iri and curie_of(iri) == curie


curies = st.one_of(
    st.text(max_size=12), st.builds("{}:{}".format, st.sampled_from(["hgnc", "kgl", "x y", ""]), st.text(max_size=9)),
    st.builds("{}:{}".format, st.sampled_from(["hgnc", "MESH", "kgl"]), st.sampled_from(HOSTILE)))


@given(curies, curies)
def test_any_curie_has_its_own_safe_iri_and_comes_back(one, other):
    """No character of a record ends an IRI; no two names share one."""
    iri = iri_of(one)
    assert curie_of(iri) == one
    assert (iri == iri_of(other)) == (one == other)
    assert iri.isascii() and not set(iri) & set('<>"{}|^`\\ \n\r\t\x00')
    (back,) = parse(f"<{iri}> <{iri}> <{iri}> .".encode(), format=RdfFormat.TURTLE, base_iri="http://example.org/a/b")
    assert back.subject == NamedNode(iri)


@given(st.text(max_size=12))
def test_any_trial_number_comes_back(nct):
    """Also one that is none."""
    assert nct_of(trial_node(nct).value) == nct


def test_short_names_are_what_people_read():
    """The longest prefix wins; an unknown IRI stays whole."""
    assert short("http://purl.obolibrary.org/obo/CHEBI_1") == "CHEBI:1"
    assert short("http://example.org/x") == "http://example.org/x"
