"""The genes that a peptide, hormone, marker or complex is made from, from `ontologies/lexicon/products.tsv`."""

from __future__ import annotations

from functools import cache

from kg.lexicon.tables import grouped
from kg.resources import resource


@cache
def _all() -> dict[str, tuple[str, ...]]:
    return grouped(resource("lexicon", "products.tsv"), "id", "gene")


def genes_of(id_: str) -> tuple[str, ...]:
    """The genes whose products make up a concept, in the order of the table; nothing where the table does not know it.

    >>> genes_of("CHEBI:48432"), genes_of("MONDO:0005148")
    (('hgnc:333',), ())
    """
    return _all().get(id_, ())
