"""Explains what a name stands for: every candidate, and the rule that chose. For `kg lexicon why TERM`."""

from __future__ import annotations

from dataclasses import dataclass

from kg.lexicon.lexicon import Lexicon
from kg.lexicon.names import normal_form
from kg.lexicon.products import genes_of
from kg.model import Candidate, Span

RULES = {
    "user table": "a table of the user beats the overlays and the compiled lexicon",
    "overlay": "the project's overlay beats the compiled lexicon",
    "symbol": "an approved gene symbol beats names and aliases",
    "name": "a preferred name beats synonyms and aliases",
    "curated": "a name curated by FamPlex beats a gene alias",
    "synonym": "an exact synonym beats an alias",
    "brand": "a brand name",
    "code": "a company's code name",
    "alias": "a gene alias: weaker than names, families and symbols",
    "related": "a related synonym: weaker than exact names",
    "previous": "a previous gene symbol: the weakest kind of name",
}


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a name stands for its first candidate. `tagged` says whether `scan` would tag the name as it is written."""

    term: str
    key: str
    candidates: tuple[Candidate, ...]
    rule: str
    tagged: bool
    xrefs: tuple[str, ...]
    headings: tuple[str, ...]
    genes: tuple[Candidate, ...]  # whose product the first candidate is


def why(term: str, lexicon: Lexicon) -> Explanation:
    """Every candidate of a name, best first, and the rule that put the first one there."""
    candidates = lexicon.lookup(term)
    if not candidates:
        rule = "no table and no vocabulary has this name"
    else:
        rule = RULES.get(candidates[0].reasons[0], candidates[0].reasons[0])
        if "capitals differ" in candidates[0].reasons:
            rule += "; the capitals differ, so that running text is not tagged"
        if lexicon.is_stop(term):
            rule += "; on the stop list, so that running text is not tagged"
    hits = lexicon.scan(term, Span(0, len(term)), anatomy=True)
    tagged = any(hit.span == Span(0, len(term)) for hit in hits)
    id_ = candidates[0].id if candidates else ""
    genes = tuple(gene for gene in map(lexicon.find, genes_of(id_)) if gene)
    return Explanation(term, normal_form(term), candidates, rule, tagged, lexicon.xrefs(id_), lexicon.headings(id_), genes)
