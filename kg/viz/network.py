"""Claims as a networkx graph, and that graph as GraphML.

One edge a claim, so that hypothesised and negated claims stay apart from asserted ones for whoever reads the graph.
Nothing here draws; see `kg.viz.page`.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable

import networkx as nx

from kg.model import Claim, Trial

# What XML 1.0 cannot hold (https://www.w3.org/TR/xml/#charsets): control characters, lone surrogates, U+FFFE.
XML_ILLEGAL = re.compile("[^\\x09\\x0a\\x0d\\x20-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")


def to_networkx(claims: Iterable[Claim], trials: Iterable[Trial] = ()) -> nx.MultiDiGraph:
    """A directed multigraph: one node an entity (by its id), one edge a claim (keyed by the claim's id).

    Nodes carry `label` and `type`; edges `predicate`, `status`, `confidence`, `records`, `quotes` and `partners`
    (tuples, sorted; partners are what the subject was combined with where it is said of) and `evidences` (a
    count). The trials that are given become `graph.graph["trials"]`, NCT id to title. The order of
    nodes and edges does not depend on the order of the claims.
    """
    graph = nx.MultiDiGraph(trials={trial.nct: trial.title for trial in sorted(trials, key=lambda trial: trial.nct)})
    ordered = sorted(claims, key=lambda claim: claim.id)
    entities = {
        (entity.id, entity.label, entity.type.value) for claim in ordered for entity in (claim.subject, claim.object)
    }
    for id_, label, type_ in sorted(entities):
        if id_ not in graph:  # where an entity goes by two labels, the first in order stays
            graph.add_node(id_, label=label, type=type_)
    for claim in ordered:
        graph.add_edge(
            claim.subject.id,
            claim.object.id,
            key=claim.id,
            predicate=claim.predicate.value,
            status=claim.status.value,
            confidence=float(claim.confidence),
            records=claim.records,
            evidences=len(claim.evidence),
            quotes=tuple(sorted({evidence.quote for evidence in claim.evidence})),
            partners=tuple(sorted({partner for evidence in claim.evidence for partner in evidence.partners})),
        )
    return graph


def to_graphml(graph: nx.MultiDiGraph) -> bytes:
    """The graph as GraphML 1.0, the same bytes for the same graph.

    Tuples are written as lines; characters that XML cannot hold are written as U+FFFD. The status stands on every edge.
    """
    plain = nx.MultiDiGraph()
    for id_, data in sorted(graph.nodes(data=True)):
        plain.add_node(_xml(id_), **{name: _xml(data[name]) for name in sorted(data)})
    for subject, object_, key, data in sorted(graph.edges(keys=True, data=True), key=lambda edge: edge[2]):
        plain.add_edge(
            _xml(subject), _xml(object_), key=_xml(key), **{name: _flat(data[name]) for name in sorted(data)}
        )
    buffer = io.BytesIO()
    nx.write_graphml_xml(plain, buffer, encoding="utf-8", named_key_ids=True)
    return buffer.getvalue()


def _flat(value: object) -> str | int | float:
    if isinstance(value, tuple):
        return _xml("\n".join(value))
    return value if isinstance(value, int | float) else _xml(str(value))


def _xml(text: str) -> str:
    return XML_ILLEGAL.sub("�", text)
