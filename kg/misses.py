"""Why claims are missed or wrong: for `kg bench`, counted by predicate.

A missed triple: one of its names is not found in the record (`name`); both are, but never near enough to be read together
(`apart`); the reader weighs it and doubts it (`doubted`), says another predicate of the two (`predicate`), or nothing (`silent`).
A wrong triple: the gold has another predicate of the two (`predicate`), knows both things but relates them not (`unrelated`), or
does not know one of them (`name`).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from types import ModuleType
from typing import Any

from kg.claims.row import claim_rows
from kg.model import Claim, Document, Grounding
from kg.pipeline import Reader, own_things
from kg.relations.candidates import Pair, pairs_of, views_of

MISSED = ("name", "apart", "silent", "predicate", "doubted")
WRONG = ("name", "unrelated", "predicate")
Tally = dict[str, Counter[str]]  # predicate -> reason -> count


@dataclass(frozen=True, slots=True)
class Seen:
    """What a reader sees of a record: its names, those of them that it reads together, and all that it says with any doubt."""

    names: tuple[Grounding, ...]
    pairs: tuple[Pair, ...]
    rows: list[dict[str, Any]]


def see(document: Document, reader: Reader) -> Seen:
    """What the reader sees of a record."""
    weighed = reader.weigh(document)
    views = views_of(document, weighed.clauses, weighed.things, own_things(document, weighed.things))
    pairs = pairs_of(views, (), reader.model.allowed if reader.model else None)
    claims = replace(reader, least=0.0).told(document, weighed)
    return Seen(weighed.things, tuple(pairs), [row for claim in claims for row in claim_rows(claim)])


def missed(scorer: ModuleType, gold: Any, claims: Mapping[str, Iterable[Claim]], seen: Mapping[str, Seen]) -> Tally:
    """For each predicate why its gold triples are not said; `gold` as the scorer reads it."""
    tally: Tally = defaultdict(Counter)
    for nct, known in gold.items():
        if nct in seen:
            rows = [row for claim in claims[nct] for row in claim_rows(claim)]
            for _, subject, predicate, object_ in scorer.score({nct: known}, rows)[3]:
                tally[predicate][_why_missed(known, subject, predicate, object_, seen[nct])] += 1
    return tally


def _why_missed(known: Any, subject: int, predicate: str, object_: int, seen: Seen) -> str:
    def is_(end: int, grounding: Grounding) -> bool:
        return end in known.find({"text": grounding.mention.full or grounding.mention.text, "label": grounding.label})

    def of_both(row: Mapping[str, Any]) -> bool:
        s, o = known.find(row["subject"]), known.find(row["object"])
        return (subject in s and object_ in o) or (object_ in s and subject in o)

    said = [row["predicate"] for row in seen.rows if of_both(row)]
    if said:
        return "doubted" if predicate in said else "predicate"
    if not all(any(is_(end, g) for g in seen.names) for end in (subject, object_)):
        return "name"
    ends = ((p.a.grounding, p.b.grounding) for p in seen.pairs)
    near = any((is_(subject, a) and is_(object_, b)) or (is_(object_, a) and is_(subject, b)) for a, b in ends)
    return "silent" if near else "apart"


def wrong(scorer: ModuleType, gold: Any, claims: Mapping[str, Iterable[Claim]]) -> Tally:
    """For each predicate why its triples are not in the gold."""
    tally: Tally = defaultdict(Counter)
    for nct, known in gold.items():
        for row in (row for claim in claims.get(nct, ()) for row in claim_rows(claim)):
            levels = scorer.score({nct: known}, [row])[0]
            if levels["triple"]["precision"]:
                continue
            both = known.find(row["subject"]) and known.find(row["object"])
            tally[row["predicate"]]["predicate" if levels["pair"]["precision"] else "unrelated" if both else "name"] += 1
    return tally
