"""Query results as rows for a table, CSV, SPARQL results JSON, and Turtle. Everything in a cell is hostile text."""

from __future__ import annotations

import csv
import io
import json
import unicodedata

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from kg.errors import OutputError
from kg.rdf.iris import short
from kg.rdf.vocabulary import XSD
from kg.store.graphs import turtle
from kg.store.query import QueryResult, Term

FORMATS = ("table", "csv", "json", "ttl")


def table_rows(result: QueryResult) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Heading and rows for a terminal: IRIs by prefix, control characters made visible (no escape codes get through).
    """
    heading, rows = _cells(result)
    return heading, [tuple(_visible(short(cell.value) if isinstance(cell, NamedNode) else _text(cell)) for cell in row)
                     for row in rows]


def to_csv(result: QueryResult) -> str:
    """CSV as SPARQL 1.1 Query Results says: whole IRIs, plain values, CRLF."""
    heading, rows = _cells(result)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(heading)
    writer.writerows([_text(cell) for cell in row] for row in rows)
    return out.getvalue()


def to_json(result: QueryResult) -> str:
    """SPARQL 1.1 Query Results JSON; for a CONSTRUCT, rows of subject, predicate, object."""
    if result.kind == "ask":
        return json.dumps({"head": {}, "boolean": result.boolean}) + "\n"
    heading, rows = _cells(result)
    bindings = [{name: _json(cell) for name, cell in zip(heading, row, strict=True) if cell is not None}
                for row in rows]
    return json.dumps({"head": {"vars": list(heading)}, "results": {"bindings": bindings}}, ensure_ascii=False,
                      indent=1) + "\n"


def to_turtle(result: QueryResult) -> str:
    """Sorted Turtle of a CONSTRUCT or DESCRIBE; OutputError for other queries."""
    if result.kind != "construct":
        raise OutputError("ttl: only CONSTRUCT and DESCRIBE queries give triples; use table, csv or json")
    return turtle(result.triples).decode()


def _cells(result: QueryResult) -> tuple[tuple[str, ...], list[tuple[Term | None, ...]]]:
    if result.kind == "ask":
        return ("answer",), [(Literal("true" if result.boolean else "false"),)]
    if result.kind == "construct":
        return ("subject", "predicate", "object"), [(t.subject, t.predicate, t.object) for t in result.triples]
    return result.variables, list(result.rows)


def _text(cell: Term | None) -> str:
    if cell is None:
        return ""
    return str(cell) if isinstance(cell, BlankNode | Triple) else cell.value


def harmless(text: str) -> str:
    """Text for a terminal, lines kept: escape codes, direction marks and the like become U+FFFD."""
    lines = text.replace("\r\n", "\n").split("\n")
    return "\n".join("\t".join(map(_shown, line.split("\t"))) for line in lines)


def _visible(text: str) -> str:
    return _shown(" ".join(text.split()))


def _shown(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text
    return "".join("\ufffd" if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp") else c for c in text)


def _json(cell: Term) -> dict[str, str]:
    if isinstance(cell, NamedNode):
        return {"type": "uri", "value": cell.value}
    if not isinstance(cell, Literal):
        return {"type": "bnode", "value": getattr(cell, "value", str(cell))}
    found = {"type": "literal", "value": cell.value}
    if cell.language:
        return found | {"xml:lang": cell.language}
    return found if cell.datatype == XSD.string else found | {"datatype": cell.datatype.value}
