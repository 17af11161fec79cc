"""Names from an ontology that a user brings: OBO by a small reader of its own, OWL and Turtle through rdflib."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from kg.errors import LexiconError
from kg.lexicon.names import capitals, normal_form
from kg.lexicon.tables import Entry, type_named
from kg.model import EntityType

PREFIX_TYPES = {
    "CHEBI": EntityType.DRUG,
    "UNII": EntityType.DRUG,
    "DRUGBANK": EntityType.DRUG,
    "RXNORM": EntityType.DRUG,
    "MONDO": EntityType.DISEASE,
    "DOID": EntityType.DISEASE,
    "EFO": EntityType.DISEASE,
    "ORPHANET": EntityType.DISEASE,
    "HP": EntityType.SYMPTOM,
    "GO": EntityType.PROCESS,
    "CL": EntityType.CELL,
    "UBERON": EntityType.CELL,
    "HGNC": EntityType.TARGET,
    "PR": EntityType.TARGET,
    "FPLX": EntityType.TARGET_FAMILY,
    "NCBITAXON": EntityType.ORGANISM,
    "SO": EntityType.VARIANT,
}
_SYNONYM = re.compile(r'"((?:[^"\\]|\\.)*)"\s*(\w*)')
_OBO_IRI = re.compile(r"[/#]([A-Za-z][\w.]*)[_:]([\w-]+)$")


def read_ontology(path: Path, *, type: EntityType | None = None) -> tuple[Entry, ...]:
    """Labels and exact synonyms of an ontology file (.obo, .owl, .rdf, .ttl, .jsonld), as table entries.

    The type is that of the vocabulary (CHEBI: Drug, MONDO: Disease, …), or `type` for other prefixes; terms of
    neither are left out. A path may name the type itself: `my.obo=Disease`. `LexiconError` where the file cannot be
    read or nothing is usable.
    """
    if not path.exists() and "=" in path.name:
        path, type = _typed(path)
    named = _read_obo(path) if path.suffix.lower() == ".obo" else _read_rdf(path)
    entries = []
    for id_, label, names in named:
        kind = PREFIX_TYPES.get(id_.split(":", 1)[0].upper(), type)
        if kind is None:
            continue
        for name in dict.fromkeys((label, *names)):
            key = normal_form(name)
            if key:
                entries.append(Entry(key, id_, label, kind, capitals(name), 3, path.name))
    if not entries:
        raise LexiconError(
            f"{path}: no term with a label and a known vocabulary prefix; known are {', '.join(sorted(PREFIX_TYPES))}; "
            f"for terms of other prefixes give their type: {path.name}=Disease"
        )
    return tuple(entries)


def _typed(path: Path) -> tuple[Path, EntityType]:
    """`my.obo=Disease` as file and type."""
    name, _, word = path.name.rpartition("=")
    type_ = type_named(word)
    if type_ is None:
        raise LexiconError(f"{path}: unknown type {word!r}; use one of {', '.join(t.value for t in EntityType)}")
    return path.with_name(name), type_


def _reason(error: Exception) -> str:
    """What a parser says, in one line; the Turtle parser's message begins with the place and says why below."""
    why = getattr(error, "_why", None)
    lines = str(error).splitlines() or [error.__class__.__name__]
    if why:
        return f"{lines[0].removesuffix(' of <>:')}: {' '.join(str(why).split())[:120]}"
    return lines[0][:120]


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise LexiconError(f"{path}: cannot be read ({error.strerror}); check the path") from error
    except UnicodeDecodeError as error:
        raise LexiconError(f"{path}: not UTF-8 text (byte {error.start}); save the ontology as UTF-8") from error


def _read_obo(path: Path) -> Iterator[tuple[str, str, list[str]]]:
    for stanza in re.split(r"\n(?=\[)", "\n" + _text(path)):
        lines = stanza.strip().splitlines()
        if not lines or lines[0] != "[Term]" or "is_obsolete: true" in lines:
            continue
        tags = [line.split(": ", 1) for line in lines if ": " in line]
        id_ = next((v.split(" !")[0].strip() for k, v in tags if k == "id"), "")
        label = next((v.strip() for k, v in tags if k == "name"), "")
        found = (_SYNONYM.match(v) for k, v in tags if k == "synonym")
        if ":" in id_ and label:
            yield id_, label, [m[1].replace('\\"', '"') for m in found if m and m[2] in ("EXACT", "")]


def _read_rdf(path: Path) -> Iterator[tuple[str, str, list[str]]]:
    import rdflib
    from rdflib.namespace import OWL, RDFS, SKOS

    formats = {".owl": "xml", ".rdf": "xml", ".xml": "xml", ".ttl": "turtle", ".nt": "nt", ".jsonld": "json-ld"}
    kind = formats.get(path.suffix.lower())
    if kind is None:
        raise LexiconError(f"{path}: not an ontology by its ending; use .obo, .owl, .rdf, .ttl, .nt or .jsonld")
    text, graph = _text(path), rdflib.Graph()
    if kind == "xml" and "<!ENTITY" in text:
        raise LexiconError(f"{path}: XML entity declarations are not read; save the ontology without them")
    try:
        graph.parse(data=text, format=kind)
    except Exception as error:  # rdflib's parsers raise many kinds
        raise LexiconError(f"{path}: does not parse as {kind} ({_reason(error)})") from error
    exact = rdflib.URIRef("http://www.geneontology.org/formats/oboInOwl#hasExactSynonym")
    obsolete = set(graph.subjects(OWL.deprecated, rdflib.Literal(True)))
    labels: dict[str, list[str]] = {}
    for predicate in (RDFS.label, SKOS.prefLabel, exact, SKOS.altLabel):
        for subject, name in sorted(graph.subject_objects(predicate)):
            match = _OBO_IRI.search(str(subject))
            if match and subject not in obsolete and getattr(name, "language", None) in (None, "en"):
                labels.setdefault(f"{match[1]}:{match[2]}", []).append(str(name))
    for id_, names in sorted(labels.items()):
        yield id_, names[0], names[1:]
