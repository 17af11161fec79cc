"""Files: what is saved loads again, with the same bytes every time, and a failed save leaves the old file."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Store, serialize
from rdf_claims import RUN, expected, graphs, small

from kg.errors import StoreError
from kg.rdf.decode import decode
from kg.rdf.encode import encode
from kg.store.graphs import as_dataset, load, save_nquads, save_turtle

ROOT = Path(__file__).resolve().parents[2]
SAVE = """
import sys; sys.path[:0] = [sys.argv[1], sys.argv[1] + "/tests/rdf"]
from rdf_claims import RUN, small
from kg.rdf.encode import encode
from kg.store.graphs import save_nquads, save_turtle
quads = set(encode(*small(), run=RUN))
save_nquads(quads, sys.argv[2] + "/g.nq"); save_turtle(quads, sys.argv[2] + "/g.ttl")
"""


@pytest.fixture
def quads() -> list[Quad]:
    """The small graph."""
    return list(encode(*small(), run=RUN))


@pytest.mark.parametrize("name", ["g.nq", "g.ttl"])
def test_what_is_saved_loads_again(quads, tmp_path, name):
    """The claims come back from either file."""
    (save_nquads if name == "g.nq" else save_turtle)(quads, tmp_path / name)
    assert decode(load(tmp_path / name)) == expected(*small())


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(graphs())
def test_hostile_strings_survive_the_files(tmp_path, graph):
    """Quotes, line ends, control characters: in N-Quads and in Turtle; saving what was loaded changes no byte."""
    quads = list(encode(*graph, run=RUN))
    for name, save in (("g.nq", save_nquads), ("g.ttl", save_turtle)):
        save(quads, tmp_path / name)
        store = load(tmp_path / name)
        assert decode(store) == expected(*graph)
        save(store, tmp_path / f"again-{name}")
        assert (tmp_path / name).read_bytes() == (tmp_path / f"again-{name}").read_bytes()


@pytest.mark.slow
def test_bytes_do_not_depend_on_hash_seed(tmp_path):
    """Three runs, each over a set of quads in another order, write the same files."""
    written = set()
    for seed in ("0", "1", "2"):
        subprocess.run([sys.executable, "-c", SAVE, str(ROOT), str(tmp_path)], check=True,
                       env=os.environ | {"PYTHONHASHSEED": seed})
        written.add(((tmp_path / "g.nq").read_bytes(), (tmp_path / "g.ttl").read_bytes()))
    assert len(written) == 1


def test_turtle_reads_well(quads, tmp_path):
    """Prefixes that are used, types first, numbers bare, a line between things."""
    save_turtle(quads, tmp_path / "g.ttl")
    text = (tmp_path / "g.ttl").read_text()
    assert "\n\nCHEBI:49668 a kg:Drug ;\n" in text
    assert "kg:confidence 0.95 ;" in text and "@prefix DOID:" not in text
    assert [line for line in text.splitlines() if line.startswith("@prefix")] == sorted(
        line for line in text.splitlines() if line.startswith("@prefix"))


def test_the_format_is_known_by_content_where_the_ending_says_nothing(quads, tmp_path):
    """N-Quads and Turtle under an odd name."""
    for kind in (RdfFormat.N_QUADS, RdfFormat.TRIG):
        serialize(quads, tmp_path / "graph.data", kind)
        assert len(load(tmp_path / "graph.data")) == len(quads)


def test_a_folder_from_a_build_loads(quads, tmp_path):
    """Its graph.nq is meant."""
    save_nquads(quads, tmp_path / "graph.nq")
    assert len(load(tmp_path)) == len(quads)


@pytest.mark.parametrize(("name", "content", "says"), [
    ("x.ttl", b"<a:b> <a:c> ", "cannot be read as Turtle"),
    ("x.nq", b"\xff\xfe\x00binary", "cannot be read as N-Quads"),
    ("x.dat", b"{\"json\": 1}", "cannot be read as RDF"),
    ("x.nt", b"", "holds no triples"),
    ("x.ttl", b"@prefix a: <a:b> .", "holds no triples"),
])
def test_a_file_that_is_no_graph_is_one_clear_line(tmp_path, name, content, says):
    """With the file's name in it."""
    (tmp_path / name).write_bytes(content)
    with pytest.raises(StoreError, match=says) as caught:
        load(tmp_path / name)
    assert str(tmp_path / name) in str(caught.value) and "\n" not in str(caught.value)


def test_a_save_that_fails_leaves_the_old_file(quads, tmp_path):
    """Nothing half written, no part file left behind."""
    save_nquads(quads, tmp_path / "g.nq")
    before = (tmp_path / "g.nq").read_bytes()

    def broken():
        yield quads[0]
        raise RuntimeError("the disk of a neighbour failed")

    with pytest.raises(RuntimeError):
        save_nquads(broken(), tmp_path / "g.nq")
    assert (tmp_path / "g.nq").read_bytes() == before and os.listdir(tmp_path) == ["g.nq"]
    with pytest.raises(StoreError, match="cannot be written"):
        save_nquads(quads, tmp_path / "none" / "g.nq")
    (tmp_path / "taken").mkdir()
    with pytest.raises(StoreError, match="cannot be written"):
        save_turtle(quads, tmp_path / "taken")
    assert sorted(os.listdir(tmp_path)) == ["g.nq", "taken"]


def test_the_store_is_an_rdflib_dataset_too(quads):
    """rdflib's API sees the union of all graphs, and each graph by name."""
    from rdflib import URIRef

    store = Store()
    store.extend(quads)
    dataset = as_dataset(store)
    plain = dataset.graph(URIRef("https://w3id.org/trial-rationale-kg/graph/plain"))
    assert len(list(dataset.triples((None, None, None)))) == len(quads)
    assert len(plain) == len({q for q in quads if q.graph_name.value.endswith("/plain")}) > 0
    subjects = dataset.query("SELECT ?s { ?s a <https://w3id.org/trial-rationale-kg/ontology/Claim> }")
    assert len(subjects) == len(small()[0])


def test_decimals_are_written_in_one_way(tmp_path):
    """The store turns 1.0 into 1; the saved file does not show it."""
    one = Quad(NamedNode("a:b"), NamedNode("a:c"),
               Literal("1.0", datatype=NamedNode("http://www.w3.org/2001/XMLSchema#decimal")))
    store = Store()
    store.add(one)
    save_nquads([one], tmp_path / "a.nq")
    save_nquads(store, tmp_path / "b.nq")
    assert (tmp_path / "a.nq").read_bytes() == (tmp_path / "b.nq").read_bytes()
