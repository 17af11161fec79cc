"""What each room makes of the reference record, in a form that reads well in a diff."""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path

from kg import __version__
from kg.build import json_line
from kg.claims.assemble import merge
from kg.claims.row import claim_rows
from kg.entities.rules import find_mentions
from kg.model import Document
from kg.pipeline import Options, ReaderKind, open_reader, readable_clauses
from kg.rdf.encode import RunInfo, encode
from kg.sources.read import read_records
from kg.store.format import to_csv, to_turtle
from kg.store.graphs import turtle
from kg.store.named import fill, named_queries
from kg.store.query import query
from kg.text.abbreviations import find_abbreviations, long_forms
from tests.shared_material import SEED

FOLDER = Path(__file__).resolve().parent / "NCT06592989"


@cache
def seed() -> Document:
    """The reference record."""
    (document,) = [r for r in read_records([SEED]) if isinstance(r, Document)]
    return document


def outputs() -> dict[str, str]:
    """File name -> text for every golden file. Made with the fast reader: the encoder's int8 kernels differ between processors
    in the last digits, and letters are compared here; `tests/pipeline/test_quality.py` measures the default reader."""
    from pyoxigraph import Store

    document, reader = seed(), open_reader(Options(reader=ReaderKind.FAST))
    clauses = readable_clauses(document)
    definitions = find_abbreviations(document)
    mentions = find_mentions(document, clauses, reader.lexicon, long_forms(definitions), definitions=definitions)
    claims = reader.read(document)
    run = RunInfo(version=__version__, reader="golden", lexicon="golden")
    quads = list(encode(merge(claims), [document.trial], run=run))
    store = Store()
    store.bulk_extend(quads)
    out = {
        "abbreviations.tsv": lines(f"{a.short}\t{a.long}" for a in definitions),
        "clauses.txt": lines(f"{c.section}: {' '.join(c.span.of(document.text).split())}" for c in clauses),
        "mentions.tsv": lines(
            f"{m.span.start}\t{m.span.end}\t{m.type}\t{m.rule}\t{' '.join(m.text.split())}" for m in mentions
        ),
        "claims.jsonl": "".join(json_line(row) for claim in claims for row in claim_rows(claim)),
        "graph.ttl": turtle(q for q in quads if "plain" in str(q.graph_name)).decode(),
    }
    for named in named_queries():
        result = query(store, fill(named, {}))
        text = to_turtle(result) if result.kind == "construct" else to_csv(result)
        out[f"query-{named.name}.txt"] = io.StringIO(text, newline=None).read()
    return out


def lines(rows) -> str:
    """One row a line."""
    return "".join(f"{row}\n" for row in rows)
