"""From what a user typed to SPARQL: a shipped query's name, a file, `-` for standard input, or SPARQL itself.

A value for a parameter that is a name is widened by what the lexicon knows of it, so that "Iressa" finds gefitinib. The
widened names are data like the value itself: literals in the query, never query text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from kg.errors import QueryError
from kg.model import EntityType
from kg.rdf.iris import curie_of
from kg.store.named import NamedQuery, fill, named_queries, named_query

if TYPE_CHECKING:
    from kg.lexicon.lexicon import Lexicon

MARGIN = 0.02
"""Candidates of a name whose score lies so near to the best one's are looked for too."""

MOST = 3
"""Candidates of a name that are looked for."""

_ENDINGS = (".rq", ".sparql", ".sq", ".txt")


def settings(values: Iterable[str]) -> dict[str, str]:
    """`NAME=VALUE` words as a table; QueryError for a word without a sign."""
    out = {}
    for value in values:
        name, sign, rest = value.partition("=")
        if not sign:
            raise QueryError(f"--set {value}: write NAME=VALUE")
        out[name.strip()] = rest
    return out


def shipped(text: str) -> NamedQuery | None:
    """The shipped query of this name, if it is one."""
    return next((named for named in named_queries() if named.name == text), None)


def query_text(
    text: str, values: Mapping[str, str], *, stdin: BinaryIO | None = None, lexicon: Callable[[], Lexicon] | None = None
) -> str:
    """SPARQL for what the user gave. `lexicon` opens the lexicon; it is called only where a name is to be widened.

    Raises QueryError: no such file or query, text that is not UTF-8, a parameter that the query does not have.
    """
    named = shipped(text)
    if named is not None:
        return fill(named, _widened(named, values, lexicon))
    typed = _typed(text, stdin)
    if values:
        raise QueryError("--set goes with a shipped query; kg query --list names them")
    return typed


def _typed(text: str, stdin: BinaryIO | None) -> str:
    """The text of a file or of standard input, or the text itself where it is SPARQL."""
    if text == "-":
        if stdin is None:
            raise QueryError("-: standard input was asked for, but there is none")
        return _decoded(stdin.read(), "standard input")
    if not text.strip():
        raise QueryError("the query is empty; kg query --list names the shipped ones")
    sparql = any(c.isspace() or c in "{<" for c in text)
    path = Path(text)
    if len(text) < 500 and "\n" not in text and "\0" not in text and "{" not in text and path.exists():
        if path.is_dir():
            raise QueryError(f"{text}: a folder, not a query; the graph comes first, then the query")
        try:
            return _decoded(path.read_bytes(), text)
        except OSError as error:
            raise QueryError(f"{text}: cannot be read ({error.strerror})") from error
    if not sparql and (path.suffix.lower() in _ENDINGS or "/" in text or "\\" in text):
        raise QueryError(f"{text}: no such file")
    if not sparql:
        named_query(text)  # raises, and says which there are
    return text


def _decoded(data: bytes, where: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise QueryError(f"{where}: not UTF-8 text (byte {error.start}); save the query as UTF-8") from error


def _widened(
    named: NamedQuery, values: Mapping[str, str], lexicon: Callable[[], Lexicon] | None
) -> dict[str, str | Sequence[str]]:
    out: dict[str, str | Sequence[str]] = dict(values)
    known = {parameter.name for parameter in named.parameters if parameter.names}
    if lexicon is not None and all(name in {p.name for p in named.parameters} for name in values):
        for name in sorted(known & values.keys()):
            if values[name].strip():
                out[name] = other_names(values[name], lexicon())
    return out


def other_names(value: str, lexicon: Lexicon) -> tuple[str, ...]:
    """A name, CURIE or IRI with the identifiers and labels under which a graph may have the thing; the value first."""
    from kg.lexicon.tables import local_id

    word = value.strip()
    bare = word[1:-1] if word[:1] == "<" and word[-1:] == ">" else word
    curie = curie_of(bare)
    names = [value, word, curie]
    ids = [id_ for id_ in (curie, curie.upper()) if lexicon.find(id_)]
    if not ids and ":" not in bare:
        found = lexicon.lookup(word)
        ids = [c.id for c in found[:MOST] if c.score >= found[0].score - MARGIN]
        names += [local_id(type_, word) for type_ in EntityType]
    for id_ in ids:
        concept = lexicon.find(id_)
        names += [id_, *([concept.label] if concept else []), *lexicon.xrefs(id_)]
    return tuple(dict.fromkeys(name for name in names if name))
