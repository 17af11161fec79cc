"""The networkx graph and its GraphML."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import networkx as nx
import pytest
from viz_claims import GEFITINIB, PNEN, TRIAL, claim, evidence, large, small

from kg.model import Predicate
from kg.viz.network import to_graphml, to_networkx
from kg.viz.statistics import Count, statistics

ROOT = Path(__file__).parents[2]


def test_graph_holds_every_claim_as_an_edge_of_its_own():
    """Nodes carry label and type; edges are keyed by the claim and keep its status and words."""
    claims = small()
    graph = to_networkx(claims, [TRIAL])
    assert dict(graph.nodes["hgnc:3236"]) == {"label": "EGFR", "type": "Target"}
    assert {key for *_, key in graph.edges(keys=True)} == {one.id for one in claims}
    edge = graph.edges["CHEBI:49668", "MONDO:0002120", claims[2].id]
    assert (edge["predicate"], edge["status"], edge["records"], edge["evidences"]) == (
        "treats",
        "hypothesised",
        ("NCT00000001",),
        1,
    )
    assert edge["quotes"] == ("gefitinib may improve pNENs",)
    assert graph.graph["trials"] == {"NCT00000001": "Gefitinib in pNEN"}


def test_what_is_said_of_a_combination_says_so_on_its_edge():
    """The partners of the subject stand on the edge, and survive GraphML."""
    found = replace(evidence("x y", "x", "y"), partners=("sorafenib", "everolimus"))
    graph = to_networkx([claim(GEFITINIB, Predicate.TREATS, PNEN, found)])
    assert [partners for *_, partners in graph.edges(data="partners")] == [("everolimus", "sorafenib")]
    assert b"everolimus\nsorafenib" in to_graphml(graph)


def test_order_does_not_depend_on_the_order_of_the_claims():
    """Reversed claims give the same graph in the same order, and the same bytes."""
    claims = large(60)
    one, other = to_networkx(claims), to_networkx(reversed(claims))
    assert list(one.nodes(data=True)) == list(other.nodes(data=True))
    assert list(one.edges(keys=True)) == list(other.edges(keys=True))
    assert to_graphml(one) == to_graphml(other)


def test_an_entity_with_two_labels_keeps_the_first_in_order():
    """Where records disagree on the label, the choice does not depend on who came first."""
    twin = claim(replace(GEFITINIB, label="Iressa"), Predicate.TREATS, PNEN)
    for claims in ([*small(), twin], [twin, *small()]):
        assert to_networkx(claims).nodes["CHEBI:49668"]["label"] == "Iressa"


def test_graphml_keeps_statuses_and_reads_back():
    """Hypothesised and negated survive the export."""
    graph = nx.read_graphml(io.BytesIO(to_graphml(to_networkx(small()))), force_multigraph=True)
    assert sorted(status for *_, status in graph.edges(data="status")) == ["asserted"] * 3 + ["hypothesised", "negated"]


def test_graphml_survives_characters_that_xml_cannot_hold():
    """Null bytes, escapes, lone surrogates and non-characters become U+FFFD; markup is escaped."""
    bad = replace(GEFITINIB, label='a\x00b\x1b<i>\ud800\ufffe&"')
    found = evidence("x\x0b y", "x", "y")
    graph = nx.read_graphml(io.BytesIO(to_graphml(to_networkx([claim(bad, Predicate.TREATS, PNEN, found)]))))
    assert graph.nodes["CHEBI:49668"]["label"] == 'a�b�<i>��&"'


@pytest.mark.slow
def test_bytes_do_not_depend_on_the_hash_seed():
    """GraphML and page are the same under another PYTHONHASHSEED."""
    script = (
        "import sys, hashlib; sys.path.insert(0, 'tests/viz'); from viz_claims import large, small; "
        "from kg.viz.network import to_graphml, to_networkx; from kg.viz.page import render_page; "
        "page = render_page(large(150), [], title='t') + render_page(small(), [], title='t'); "
        "print(hashlib.sha256(to_graphml(to_networkx(large(150))) + page.encode()).hexdigest())"
    )
    runs = {
        subprocess.run(
            [sys.executable, "-c", script],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
        ).stdout
        for seed in ("1", "77")
    }
    assert len(runs) == 1 and len(runs.pop()) == 65


def test_statistics_count_and_rank():
    """Counts per type, predicate and status; hubs, parts, supported targets and cited drugs."""
    found = statistics(small(), [TRIAL, replace(TRIAL, nct="NCT00000009")])
    assert (found.trials, found.trials_without_claims, found.entities, found.claims, found.evidences) == (3, 1, 5, 5, 5)
    assert found.types[0] == Count("Drug", 2) and Count("Symptom", 1) in found.types
    assert found.statuses == (Count("asserted", 3), Count("hypothesised", 1), Count("negated", 1))
    assert [(hub.label, hub.count) for hub in found.hubs[:2]] == [("gefitinib", 3), ("EGFR", 3)]
    assert found.components == (5,)
    assert [(target.label, target.count) for target in found.targets] == [("EGFR", 2)]
    assert {drug.label: drug.count for drug in found.drugs} == {"gefitinib": 1, "osimertinib": 1}


def test_statistics_of_nothing():
    """No claims is a result, not an error."""
    assert statistics([], []).claims == 0 and to_graphml(to_networkx([])).startswith(b"<?xml")
