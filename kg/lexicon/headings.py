"""MeSH headings above a thing that MeSH lacks or has had only for a few years, from `ontologies/lexicon/headings.tsv`."""

from __future__ import annotations

from functools import cache

from kg.lexicon.tables import grouped
from kg.resources import resource


@cache
def _all() -> dict[str, tuple[str, ...]]:
    return grouped(resource("lexicon", "headings.tsv"), "id", "heading")


def headings_of(id_: str) -> tuple[str, ...]:
    """The headings of a concept by its id, in the order of the table; nothing where the table does not know it.

    >>> headings_of("kgl:symptom/nephrotoxicity"), headings_of("MONDO:0005148")
    (('MESH:D007674',), ())
    """
    return _all().get(id_, ())
