"""Training material of the fast reader: records with gold, whole and stripped, with what the rules found in them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kg.entities.rules import find_mentions
from kg.grounding.ground import Grounder
from kg.lexicon.lexicon import Lexicon
from kg.model import Clause, Document, Grounding, Mention
from kg.pipeline import own_things, readable_clauses, relations_of, things_of
from kg.relations.candidates import Pair, pairs_of, views_of
from kg.relations.rulebook import Rulebook
from kg.text.abbreviations import find_abbreviations, long_forms
from training.gold import GoldRecord, occurrences, quote_spans

HEADS = frozenset("""cancer carcinoma tumor tumour neoplasm malignancy disease disorder syndrome infection metastasis
cell receptor kinase protein gene pathway signaling signalling activity expression inhibitor agonist antagonist
antibody therapy treatment drug agent chemotherapy surgery response resistance survival rate patient function
level score growth""".split())


def fold_of(nct: str, folds: int, salt: str = "") -> int:
    """A fixed part of the records, by a hash of the NCT id."""
    return int(hashlib.sha256((salt + nct).encode()).hexdigest()[:8], 16) % folds


@dataclass
class Prepared:
    """A gold record with what the rules say of it."""

    record: GoldRecord
    clauses: tuple[Clause, ...]
    names: dict[str, str]
    rules: tuple[Mention, ...]

    @property
    def document(self) -> Document:
        """The record's text."""
        return self.record.document


def prepare(record: GoldRecord, lexicon: Lexicon) -> Prepared:
    """Clauses, abbreviations and rule mentions of a record."""
    document = record.document
    clauses = readable_clauses(document)
    names = long_forms(find_abbreviations(document))
    return Prepared(record, clauses, dict(names), find_mentions(document, clauses, lexicon, names))


def things(p: Prepared, mentions: Sequence[Mention], grounder: Grounder) -> tuple[Grounding, ...]:
    """What a record's names refer to."""
    return things_of(p.document, p.clauses, mentions, p.names, grounder)


def pairs_among(
    p: Prepared, mentions: Sequence[Mention], grounder: Grounder, rulebook: Rulebook, allowed: frozenset[str] | None = None
) -> list[Pair]:
    """The pairs of a record's names as the walk has them: what the rules read is read before anything learned adds names."""
    by_rules = relations_of(p.document, p.clauses, things(p, p.rules, grounder), rulebook)
    groundings = things(p, mentions, grounder)
    return pairs_of(views_of(p.document, p.clauses, groundings, own_things(p.document, groundings)), by_rules, allowed)


def normal(name: str) -> str:
    """A name for comparison: case, punctuation and plural aside, as the scorer compares."""
    name = re.sub(r"[^\w+]+", " ", name.casefold()).strip()
    name = re.sub(r"^(the|a|an) ", "", name)
    return re.sub(r"(?<=[a-z]{3})(ies|s)\b", lambda m: "y" if m.group(1) == "ies" else "", name)


def same_end(a: str, b: str) -> bool:
    """Whether the shorter name is the end of the longer and more than a bare head noun."""
    short, long = sorted((a.split(), b.split()), key=len)
    return bool(short) and long[-len(short):] == short and not (len(short) == 1 and short[0] in HEADS)


class Names:
    """The gold entities of a record by their names."""

    def __init__(self, record: GoldRecord) -> None:
        self.forms = [{normal(n) for n in names} for names in record.names]
        self._seen: dict[str, frozenset[int]] = {}

    def find(self, *texts: str) -> frozenset[int]:
        """Entities that the words name: by the same words if any, else by a shared end."""
        keys = {normal(t) for t in texts if t}
        known = "\t".join(sorted(keys))
        if known not in self._seen:
            exact = {i for i, f in enumerate(self.forms) if keys & f}
            found = exact or {i for i, f in enumerate(self.forms) if any(same_end(a, k) for a in f for k in keys)}
            self._seen[known] = frozenset(found)
        return self._seen[known]


def gold_spans(record: GoldRecord) -> list[tuple[int, int, str]]:
    """Every occurrence of every name, the longest first where two overlap, with the type most often given to it."""
    text = record.document.text
    found: dict[tuple[int, int], str] = {}
    for kind, names in zip(record.types, record.names, strict=True):
        for name in names:
            for span in occurrences(text, name):
                found.setdefault(span, kind)
    taken: list[tuple[int, int, str]] = []
    for (a, b), kind in sorted(found.items(), key=lambda f: (f[0][0] - f[0][1], f[0])):
        if all(b <= c or d <= a for c, d, _ in taken):
            taken.append((a, b, kind))
    return sorted(taken)


def claim_quotes(record: GoldRecord) -> list[list[tuple[int, int]]]:
    """For each claim where its quotes stand in the text."""
    text = record.document.text
    return [[s for q in claim[4] for s in quote_spans(text, q)] for claim in record.claims]


def load_gold(shared: Path, extra: Sequence[Path]) -> dict[str, list[dict]]:
    """The train claims as corrected by `corrections.jsonl` of the extra folder, and the extra folder's own `claims_*.jsonl`.

    Other files there (`ordinary.jsonl`) are for measuring.
    """
    import json
    claims: dict[str, list[dict]] = {}
    for path in sorted((shared / "gold").glob("train_*.jsonl")):
        for line in path.read_text("utf-8").splitlines():
            if line.strip():
                claims.setdefault(json.loads(line)["nct"], []).append(json.loads(line))
    for folder in extra:
        for path in sorted([*Path(folder).glob("claims_*.jsonl"), *Path(folder).glob("corrections.jsonl")]):
            rows = [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
            if path.name == "corrections.jsonl":
                for row in rows:
                    _correct(claims, row)
            else:
                for row in rows:
                    claims.setdefault(row["nct"], []).append(row)
    return claims


def _correct(claims: dict[str, list[dict]], row: dict) -> None:
    known = claims.get(row["nct"])
    if known is None:
        return
    if row["action"] == "add":
        known[:] = [c for c in known if not c.get("none")] + [row["claim"]]
    elif row["claim"] in known:
        at = known.index(row["claim"])
        if row["action"] == "drop":
            del known[at]
            if not known:
                known.append({"nct": row["nct"], "none": True})
        else:
            known[at] = row["to"]
