"""MeSH headings above a thing that MeSH lacks or has had only for a few years, from `ontologies/lexicon/headings.tsv`."""

from __future__ import annotations

from functools import cache

from kg.lexicon.tables import rows_of
from kg.resources import resource


@cache
def _all() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for _, row in rows_of(resource("lexicon", "headings.tsv"), ("id", "heading")):
        found.setdefault(row["id"], []).append(row["heading"])
    return {id_: tuple(headings) for id_, headings in found.items()}


def headings_of(id_: str) -> tuple[str, ...]:
    """The headings of a concept by its id, in the order of the table; nothing where the table does not know it.

    >>> headings_of("kgl:symptom/nephrotoxicity"), headings_of("MONDO:0005148")
    (('MESH:D007674',), ())
    """
    return _all().get(id_, ())
