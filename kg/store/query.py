"""SPARQL on a store: text in, typed result out. The default graph is the union of all graphs.

pyoxigraph 0.5.13 counts a triple that stands in two graphs twice under a union default graph; the encoder writes every
triple to one graph only, so `COUNT(*)` is right on what `kg build` makes. On merged files, count DISTINCT.

There is no clock in the engine: a query that runs for hours runs for hours. Whoever serves strangers runs queries in a
process that can be killed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pyoxigraph import BlankNode, Literal, NamedNode, QueryBoolean, QuerySolutions, Store, Triple

from kg.errors import QueryError
from kg.rdf.iris import all_prefixes
from kg.store.guard import is_update, refuse_unsafe

Term = NamedNode | Literal | BlankNode | Triple
_PLACE = re.compile(r"error at (\d+):(\d+): ")
_OPAQUE = re.compile(r'<[^<>\s]*>|"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\'|#[^\n]*')
_DECLARED = re.compile(r"\bprefix\s+([\w.-]*):", re.IGNORECASE)
_PREFIXED = re.compile(r"(?<![\w?$<:])([^\W\d_][\w.-]*|):")


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a result is taken; what lies beyond is left out and said so. None: no limit."""

    rows: int | None = None
    characters: int | None = None  # over all cells


@dataclass(frozen=True, slots=True)
class QueryResult:
    """The answer of a SELECT (variables, rows), an ASK (boolean), or a CONSTRUCT or DESCRIBE (triples)."""

    kind: str  # select, ask, construct
    variables: tuple[str, ...] = ()
    rows: tuple[tuple[Term | None, ...], ...] = ()
    boolean: bool | None = None
    triples: tuple[Triple, ...] = ()
    truncated: bool = False  # a limit cut it short


def query(store: Store, text: str, *, limits: Limits | None = None) -> QueryResult:
    """The result of a SPARQL 1.1 query. The graph's prefixes need no PREFIX lines.

    Raises QueryError with line and column for a query that does not parse, and for SERVICE, FROM and updates.
    """
    limits = limits or Limits()
    refuse_unsafe(text)
    try:
        answer = store.query(text, prefixes=all_prefixes(), use_default_graph_as_union=True)
        if isinstance(answer, QueryBoolean):
            return QueryResult("ask", boolean=bool(answer))
        if isinstance(answer, QuerySolutions):
            variables = tuple(variable.value for variable in answer.variables)
            rows, cut = _take((tuple(row) for row in answer), limits)
            return QueryResult("select", variables, rows, truncated=cut)
        seen = dict.fromkeys(answer)
        ordered = sorted(seen, key=str)
        triples, cut = _take(((t.subject, t.predicate, t.object) for t in ordered), limits)
        return QueryResult("construct", triples=tuple(Triple(*t) for t in triples), truncated=cut)
    except SyntaxError as error:
        raise QueryError(_message(text, str(error))) from error
    except (RuntimeError, ValueError, OSError) as error:
        raise QueryError(f"query: {' '.join(str(error).split())[:300]}") from error


def _take(rows, limits: Limits) -> tuple[tuple[tuple[Term | None, ...], ...], bool]:
    taken, size = [], 0
    for row in rows:
        size += sum(len(str(term)) for term in row) if limits.characters is not None else 0
        if len(taken) == limits.rows or (limits.characters is not None and size > limits.characters):
            return tuple(taken), True
        taken.append(row)
    return tuple(taken), False


def _message(text: str, problem: str) -> str:
    if is_update(text):
        return "query: this is an update; only SELECT, ASK, CONSTRUCT and DESCRIBE are taken"
    place = _PLACE.match(problem)
    if not place:
        return f"query: {' '.join(problem.split())[:300]}"
    where = f"query, line {place.group(1)}, column {place.group(2)}"
    unknown = _unknown_prefix(text)
    if unknown is not None:
        return f"{where}: prefix {unknown}: is not known; known are {', '.join(all_prefixes())}"
    said = " ".join(problem[place.end():].split())[:200]
    return f"{where}: {said}"


def _unknown_prefix(text: str) -> str | None:
    """The first prefix that a query uses and nobody declares. Only used to word the message."""
    bare = _OPAQUE.sub(" ", text)
    known = all_prefixes().keys() | set(_DECLARED.findall(bare))
    return next((name for name in _PREFIXED.findall(bare) if name not in known), None)
