"""Names of things in the graph: CURIE to IRI and back, without loss and without a way to break out of an IRI.

A CURIE whose prefix `ontologies/prefixes.tsv` knows gets that namespace; `kgl:` names are local to us; anything else
is kept under `…/curie/`. The part after the prefix is percent-encoded (RFC 3986) save letters, digits and `-._~/:`,
so that no character of a record can end an IRI, and so that two CURIEs never share one.
"""

from __future__ import annotations

import re
from functools import cache
from urllib.parse import quote, unquote

from pyoxigraph import NamedNode

from kg.rdf.vocabulary import BASE, BORROWED, SPACES
from kg.resources import resource

OTHER = BASE + "curie/"
REGISTRY = "https://clinicaltrials.gov/study/"

_DOTS = re.compile(r"(?<![^/])\.{1,2}(?![^/])")  # a path step that a parser may resolve away


@cache
def prefixes() -> dict[str, str]:
    """Prefix to namespace for the identifiers of entities, `kgl` among them."""
    rows = [line.split("\t") for line in resource("prefixes.tsv").read_text(encoding="utf-8").splitlines()
            if line and not line.startswith("#")]
    return {row[0]: row[1] for row in rows} | {"kgl": SPACES["kgl"]}


@cache
def all_prefixes() -> dict[str, str]:
    """Every prefix that queries and Turtle files may use, sorted."""
    return dict(sorted((BORROWED | SPACES | prefixes()).items()))


def escape(text: str, *, safe: str = "/:") -> str:
    """Text made fit to stand at the end of an IRI; `unescape` gives it back.

    >>> escape("Outcome/5-year> <os")
    'Outcome/5-year%3E%20%3Cos'
    """
    return _DOTS.sub(lambda m: "%2E" * len(m.group()), quote(text, safe=safe, errors="surrogatepass"))


def unescape(text: str) -> str:
    """The text that `escape` was given."""
    return unquote(text, errors="surrogatepass")


def iri_of(curie: str) -> str:
    """The IRI of an entity.

    >>> iri_of("hgnc:3236"), iri_of("CHEBI:49668")
    ('https://identifiers.org/hgnc:3236', 'http://purl.obolibrary.org/obo/CHEBI_49668')
    """
    prefix, colon, local = curie.partition(":")
    if colon and prefix in prefixes():
        return prefixes()[prefix] + escape(local)
    if not colon:
        return OTHER + escape(curie, safe="")
    return f"{OTHER}{escape(prefix, safe='')}:{escape(local)}"


def curie_of(iri: str) -> str:
    """The CURIE that `iri_of` was given. An IRI that it did not make is returned as it is."""
    for prefix, space in _by_length():
        if iri.startswith(space):
            return f"{prefix}:{unescape(iri[len(space):])}"
    if iri.startswith(OTHER):
        prefix, colon, local = iri[len(OTHER):].partition(":")
        return unescape(prefix) + colon + unescape(local)
    return iri


def node_of(curie: str) -> NamedNode:
    """The graph node of an entity."""
    return NamedNode(iri_of(curie))


def short(iri: str) -> str:
    """An IRI as people read it: `kg:inhibits`, `CHEBI:49668`; unknown ones stay whole.

    >>> short("https://w3id.org/trial-rationale-kg/ontology/inhibits")
    'kg:inhibits'
    """
    for prefix, space in _all_by_length():
        if iri.startswith(space):
            return f"{prefix}:{unescape(iri[len(space):])}"
    return iri


def claim_node(claim_id: str) -> NamedNode:
    """The node of a claim, named by its hash."""
    return NamedNode(SPACES["kgc"] + claim_id)


def trial_node(nct: str) -> NamedNode:
    """The node of a trial record."""
    return NamedNode(SPACES["kgt"] + escape(nct, safe=""))


def nct_of(node: str) -> str:
    """The number of the trial that `trial_node` was given."""
    return unescape(node.removeprefix(SPACES["kgt"]))


def record_graph(nct: str) -> NamedNode:
    """The named graph that holds what one record says."""
    return NamedNode(f"{SPACES['kgg']}record/{escape(nct, safe='')}")


@cache
def _by_length() -> tuple[tuple[str, str], ...]:
    return tuple(sorted(prefixes().items(), key=lambda item: (-len(item[1]), item)))


@cache
def _all_by_length() -> tuple[tuple[str, str], ...]:
    return tuple(sorted(all_prefixes().items(), key=lambda item: (-len(item[1]), item)))
