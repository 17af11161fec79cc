"""Synonym tables: the hand-written overlays and the tables that users bring. Tab-separated, one name a row.

The first line names the columns: `term`, `id`, `label`, `type`, and whatever else (`note`). An empty id gets a local
one, an empty label is taken from the concept. Lines that start with `#` are comments.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kg.errors import LexiconError
from kg.lexicon.names import capitals, normal_form, slug
from kg.model import EntityType

BAD_ROWS = 5
"""Bad rows of a table that are told in full."""

_TYPES = {t.value: t for t in EntityType} | {t.value.lower(): t for t in EntityType}
_LOCAL_KINDS = {EntityType.DRUG_CLASS: "drug-class", EntityType.TARGET_FAMILY: "target-family"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of a table: a name and the concept it stands for. `level` is 2 for overlays, 3 for users' tables."""

    key: str
    id: str
    label: str
    type: EntityType
    capitals: int
    level: int
    source: str


def local_id(type: EntityType, label: str) -> str:
    """The identifier of a thing that no vocabulary names: `kgl:<type>/<slug>`.

    >>> local_id(EntityType.DRUG_CLASS, "EGFR inhibitors")
    'kgl:drug-class/egfr-inhibitor'
    """
    return f"kgl:{_LOCAL_KINDS.get(type, type.value.lower())}/{slug(label) or 'unnamed'}"


def read_table(path: Path, *, level: int = 3) -> tuple[Entry, ...]:
    """The rows of one synonym table. `LexiconError` names file, lines and reasons of the first bad rows."""
    entries, bad = [], []
    for line, row in _rows(path, ("term", "id", "label", "type")):
        found = row if isinstance(row, str) else _entry(row, level, path.name)
        if isinstance(found, str):
            bad.append(f"line {line}: {found}")
        else:
            entries.append(found)
    if bad:
        more = f"; and {len(bad) - BAD_ROWS} more" if len(bad) > BAD_ROWS else ""
        raise LexiconError(f"{path}, {'; '.join(bad[:BAD_ROWS])}{more}")
    return tuple(entries)


def type_named(name: str) -> EntityType | None:
    """The type of this name, in any case."""
    return _TYPES.get(name) or _TYPES.get(name.lower())


def _entry(row: dict[str, str], level: int, source: str) -> Entry | str:
    """The entry of a row, or what is wrong with it."""
    term, id_, label = row["term"], row["id"], row["label"]
    type_ = type_named(row["type"])
    if type_ is None:
        return f"unknown type {row['type']!r}; use one of {', '.join(t.value for t in EntityType)}"
    key = normal_form(term)
    if not key:
        return f"the term {term!r} has no letter or digit; write a name"
    if id_ and (":" not in id_ or any(c.isspace() or c in '<>"{}|\\^`' for c in id_)):
        return f"{id_!r} is not an identifier like CHEBI:49668; correct or empty it"
    return Entry(key, id_ or local_id(type_, label or term), label, type_, capitals(term), level, source)


def rows_of(path: Path, columns: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str]]]:
    """Line number and cells of each row of a table that must have these columns. `LexiconError` for a bad row."""
    for line, row in _rows(path, columns):
        if isinstance(row, str):
            raise LexiconError(f"{path}, line {line}: {row}")
        yield line, row


def grouped(path: Path, key: str, value: str) -> dict[str, tuple[str, ...]]:
    """The values of one column by another, in the order of the table."""
    found: dict[str, list[str]] = {}
    for _, row in rows_of(path, (key, value)):
        found.setdefault(row[key], []).append(row[value])
    return {name: tuple(values) for name, values in found.items()}


def _rows(path: Path, columns: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str] | str]]:
    """Line number and cells of each row, or what is wrong with the row."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except OSError as error:
        raise LexiconError(f"{path}: cannot be read ({error.strerror}); check the path") from error
    except UnicodeDecodeError as error:
        raise LexiconError(f"{path}: not UTF-8 text (byte {error.start}); save the table as UTF-8") from error
    numbered = [(n, line) for n, line in enumerate(lines, 1) if line.strip() and not line.startswith("#")]
    if not numbered:
        raise LexiconError(f"{path}: the table is empty; its first line must be {' <tab> '.join(columns)}")
    table = csv.reader((line for _, line in numbered), delimiter="\t", quoting=csv.QUOTE_NONE)
    head = [name.strip().lower() for name in next(table)]
    missing = [name for name in columns if name not in head]
    if missing:
        raise LexiconError(
            f"{path}, line {numbered[0][0]}: no column {missing[0]!r}; the first line must be {' <tab> '.join(columns)}"
        )
    needed = 1 + max(head.index(name) for name in columns)
    for (number, _), cells in zip(numbered[1:], table, strict=True):
        if len(cells) > len(head):
            yield number, f"{len(cells)} cells for {len(head)} columns; remove a tab"
            continue
        if len(cells) < needed:
            yield number, f"{len(cells)} column{'s' * (len(cells) != 1)}, {needed} needed; separate them by tabs"
            continue
        row = dict(zip(head, (cell.strip() for cell in cells), strict=False))
        yield number, {name: row.get(name, "") for name in head}
