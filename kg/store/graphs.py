"""Graph files: load into a pyoxigraph store, save with stable bytes, see as an rdflib dataset.

Saved bytes depend on the quads alone: lines and triples are sorted, decimals are written in one way, and a file is
written beside its place and moved there when whole, so an older result is never half overwritten.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, RdfFormat, Store, Triple, serialize

from kg.errors import StoreError
from kg.rdf.iris import all_prefixes
from kg.rdf.literals import canonical
from kg.rdf.vocabulary import RDF

if TYPE_CHECKING:
    from rdflib import Dataset

_TYPE = b"> <" + RDF.type.value.encode() + b"> "  # sorts first among a thing's predicates

FORMATS = {".nq": RdfFormat.N_QUADS, ".nt": RdfFormat.N_TRIPLES, ".ttl": RdfFormat.TURTLE, ".trig": RdfFormat.TRIG}


def load(path: Path | str) -> Store:
    """The graph of a file (N-Quads, N-Triples, Turtle, TriG), or of the `graph.nq` in a folder that `kg build` made.

    The ending names the format; a file with another ending is read as N-Quads, then as TriG (which covers Turtle and
    N-Triples). Raises StoreError: no such file, not RDF (with the line), no triple in it.
    """
    path = Path(path)
    if path.is_dir():
        path = path / "graph.nq"
    if not path.is_file():
        raise StoreError(f"{path}: no such file; give a graph.nq, .ttl, .trig or .nt file, or a folder from `kg build`")
    known = FORMATS.get(path.suffix.lower())
    problem = ""
    for kind in (known,) if known else (RdfFormat.N_QUADS, RdfFormat.TRIG):
        store = Store()
        try:
            store.bulk_load(path=path, format=kind)
        except (SyntaxError, ValueError, OSError) as error:
            problem = " ".join(str(error).split())[:200]
            continue
        if not len(store):
            raise StoreError(f"{path}: holds no triples")
        return store
    raise StoreError(f"{path}: cannot be read as {known.name if known else 'RDF'}: {problem}")


def save_nquads(quads: Iterable[Quad], path: Path | str) -> None:
    """Writes quads (a Store is fine) as sorted N-Quads, each once."""
    _write(path, lambda: b"".join(sorted(set(
        serialize(map(_canonical, quads), format=RdfFormat.N_QUADS).splitlines(keepends=True)))))


def save_turtle(quads: Iterable[Quad | Triple], path: Path | str) -> None:
    """Writes the triples of all graphs as sorted Turtle, each once; graph names are lost."""
    _write(path, lambda: turtle(quads))


def turtle(quads: Iterable[Quad | Triple]) -> bytes:
    """Sorted Turtle with the prefixes that it uses; `a` comes first under each subject."""
    triples = list({Triple(q.subject, q.predicate, _object(q.object)) for q in quads})
    lines = serialize(triples, format=RdfFormat.N_TRIPLES).splitlines()
    keys = [line.replace(_TYPE, b"> < ", 1) for line in lines]
    ordered = [triples[place] for place in sorted(range(len(keys)), key=keys.__getitem__)]
    data = serialize(ordered, format=RdfFormat.TURTLE, prefixes=_used_prefixes(ordered))
    # Newlines inside literals are escaped, so " .\n" stands only where a statement or a prefix line ends.
    head, body = _split_head(data)
    head = b"".join(sorted(head.splitlines(keepends=True)))  # pyoxigraph writes prefixes in no fixed order
    return head + b"\n" + body.replace(b" .\n", b" .\n\n")[:-1]


def as_dataset(store: Store) -> Dataset:
    """The same store as an rdflib dataset whose default graph is the union of all graphs. Imports rdflib (0.5-1 s)."""
    from oxrdflib.store import OxigraphStore
    from rdflib import Dataset

    return Dataset(store=OxigraphStore(store=store), default_union=True)


def _canonical(quad: Quad) -> Quad:
    return Quad(quad.subject, quad.predicate, _object(quad.object), quad.graph_name or DefaultGraph())


def _object(value: NamedNode | Literal) -> NamedNode | Literal:
    return canonical(value) if isinstance(value, Literal) else value


def _used_prefixes(triples: list[Triple]) -> dict[str, str]:
    spaces = {space: prefix for prefix, space in all_prefixes().items()}
    longest_first = re.compile("|".join(map(re.escape, sorted(spaces, key=len, reverse=True))))
    terms = {term.value for t in triples for term in (t.subject, t.predicate, t.object) if isinstance(term, NamedNode)}
    terms |= {t.object.datatype.value for t in triples if isinstance(t.object, Literal)}
    used = {spaces[found.group()] for term in terms if (found := longest_first.match(term))}
    return {prefix: all_prefixes()[prefix] for prefix in sorted(used)}


def _split_head(data: bytes) -> tuple[bytes, bytes]:
    end = 0
    while data.startswith(b"@prefix ", end):
        end = data.index(b"\n", end) + 1
    return data[:end], data[end:]


def _write(path: Path | str, make: Callable[[], bytes]) -> None:
    """Writes beside the place and moves there, so that readers see the old file or the new one, whole."""
    path = Path(path)
    data = make()
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("xb") as file:
            file.write(data)
        os.replace(part, path)
    except OSError as error:
        if part.exists():
            part.unlink()
        raise StoreError(f"{path}: cannot be written: {error.strerror or error}") from error
