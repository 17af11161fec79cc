"""Gold claims and their records as training material: documents, stripped copies, entity and pair labels."""

from __future__ import annotations

import gzip
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from kg.bench import strip, stripped
from kg.model import Document, EntityType, Predicate, Status
from kg.sources.read import read_records

TYPES = tuple(t.value for t in EntityType)
PREDICATES = tuple(p.value for p in Predicate)
STATUSES = tuple(s.value for s in Status)



@dataclass(frozen=True)
class GoldRecord:
    """A document and what its annotator found: entities as sets of names, claims between their indexes."""

    document: Document
    types: tuple[str, ...]
    names: tuple[tuple[str, ...], ...]
    claims: tuple[tuple[int, str, int, str, tuple[str, ...]], ...]  # subject, predicate, object, status, quotes


def load_claims(paths: Iterable[Path]) -> dict[str, list[dict]]:
    """Gold lines by record."""
    claims: dict[str, list[dict]] = defaultdict(list)
    for path in sorted(paths):
        for line in path.read_text("utf-8").splitlines():
            if line.strip():
                claim = json.loads(line)
                claims[claim["nct"]].append(claim)
    return dict(claims)


def load_documents(path: Path, wanted: set[str], scratch: Path) -> dict[str, Document]:
    """The wanted records of the scale set, read by the package's own reader."""
    scratch.mkdir(parents=True, exist_ok=True)
    rows = scratch / "wanted.jsonl"
    with gzip.open(path, "rt", encoding="utf-8") as lines, rows.open("w", encoding="utf-8") as out:
        for line in lines:
            if json.loads(line)["nct_id"] in wanted:
                out.write(line)
    return {d.nct: d for d in read_records([rows]) if isinstance(d, Document)}


def make_record(document: Document, claims: Sequence[dict]) -> GoldRecord:
    """The claims of one record, with entities merged that have the same names."""
    index: dict[tuple, int] = {}
    types, names, found = [], [], []
    for claim in claims:
        if claim.get("none"):
            continue
        ends = []
        for role in ("subject", "object"):
            key = tuple(sorted({n.casefold() for n in claim[role]["names"]}))
            if key not in index:
                index[key] = len(types)
                types.append(claim[role]["type"])
                names.append(tuple(claim[role]["names"]))
            ends.append(index[key])
        found.append((ends[0], claim["predicate"], ends[1], claim["status"], tuple(claim["quotes"])))
    return GoldRecord(document, tuple(types), tuple(names), tuple(found))


def strip_record(record: GoldRecord) -> GoldRecord:
    """The same record as the study view would have it, names and quotes too."""
    names = tuple(tuple(sorted({*ns, *(strip(n) for n in ns)})) for ns in record.names)
    claims = tuple((s, p, o, st, tuple(strip(q) for q in quotes)) for s, p, o, st, quotes in record.claims)
    return GoldRecord(stripped(record.document), record.types, names, claims)


def occurrences(text: str, phrase: str) -> list[tuple[int, int]]:
    """Where a phrase stands in the text: whole words, any case, any white space, a plural s allowed."""
    words = phrase.split()
    if not words:
        return []
    body = r"\s+".join(re.escape(w) for w in words)
    head = r"(?<!\w)" if words[0][0].isalnum() else ""
    tail = r"(?:s?(?!\w))" if words[-1][-1].isalnum() else ""
    return [m.span() for m in re.finditer(head + body + tail, text, re.I)]


def quote_spans(text: str, quote: str) -> list[tuple[int, int]]:
    """Where a quote stands in the reading text; by words alone where it is not there as written."""
    found = _loose(text, quote.split())
    if found:
        return found
    words = re.findall(r"\w+", quote)
    if not words:
        return []
    return [m.span() for m in re.finditer(r"\W+".join(map(re.escape, words)), text, re.I)]


def _loose(text: str, words: Sequence[str]) -> list[tuple[int, int]]:
    return [m.span() for m in re.finditer(r"\s+".join(map(re.escape, words)), text, re.I)] if words else []


def fold(nct: str) -> int:
    """A record's fold, by its number alone."""
    return int(nct[3:]) * 2654435761 % 2**32 * 5 >> 32
