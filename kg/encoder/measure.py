"""How well the encoder finds names and relations by the rules of public corpora. For `kg bench`.

Each corpus has tags of its own in the network, learned from its training part; texts that also stand in a measured set were
left out of the training. A name counts where its offsets and its type are the gold's (strict). Relations of DrugProt are scored
on gold names, micro-averaged over its 13 types (head, tail, type).
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kg.encoder.agree import agree
from kg.encoder.encoder import Encoded, Encoder
from kg.encoder.tags import decode_tags, probabilities
from kg.entities.rules import find_mentions
from kg.lexicon.lexicon import Lexicon
from kg.model import Document, EntityType, Section, Span
from kg.text.abbreviations import find_abbreviations, long_forms
from kg.text.clauses import split_clauses

NAMES = (  # what is measured, corpus file, gold type -> tag group
    ("NeuroTrialNER test, condition and drug", "neurotrialner/test", {"CONDITION": "neuro.Condition", "DRUG": "neuro.Drug"}),
    ("BC5CDR test, both types", "bc5cdr/test", {"Chemical": "bc5cdr.Chemical", "Disease": "bc5cdr.Disease"}),
    ("NCBI-Disease test", "ncbi_disease/test", {"*": "ncbi.Disease"}),
    ("BioRED test, gene", "biored/test", {"GeneOrGeneProduct": "nlm_gene.Gene"}),
)
RELATIONS = "drugprot/dev"
LEAST = 0.65  # chosen on 250 abstracts of BioRED that are neither trained nor measured on (DECISIONS 22)
LEAST_RELATION = 0.4


@dataclass(frozen=True, slots=True)
class Score:
    """Counts over one set."""

    name: str
    found: int
    gold: int
    right: int

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall, in percent."""
        return round(200 * self.right / (self.found + self.gold), 1) if self.found + self.gold else 0.0


def measure(shared: Path, encoder: Encoder, lexicon: Lexicon) -> Iterator[Score]:
    """Names of each set found under `shared`, then DrugProt's relations."""
    for name, file, groups in NAMES:
        path = shared / "corpora" / f"{file}.jsonl.gz"
        if path.is_file():
            yield _names(name, path, groups, encoder, lexicon)
    path = shared / "corpora" / f"{RELATIONS}.jsonl.gz"
    if path.is_file():
        yield _relations(path, encoder, lexicon)


def _names(name: str, path: Path, groups: dict[str, str], encoder: Encoder, lexicon: Lexicon) -> Score:
    columns = {encoder.groups.index(g): g for g in groups.values()}
    found = gold = right = 0
    for row, encoded, defined in _encoded(path, encoder, lexicon):
        wanted = {(e["start"], e["end"], groups.get(e["type"], groups.get("*"))) for e in row["entities"]}
        wanted = {w for w in wanted if w[2]}
        said = {(a, b, g) for column, g in columns.items() for a, b in names_of(row["text"], encoded, column, defined)}
        found, gold, right = found + len(said), gold + len(wanted), right + len(said & wanted)
    return Score(name, found, gold, right)


def names_of(text: str, encoded: Encoded, column: int, defined: Mapping[str, str]) -> set[tuple[int, int]]:
    """The stretches of text that one tag group marks, each name in all its places, with the abbreviations of the text."""
    found: dict[tuple[int, int], float] = {}
    begins: dict[int, float] = {}
    for window, scores in zip(encoded.windows, encoded.corpus_scores, strict=True):
        own = window.own
        tags = probabilities(scores[own:, column : column + 1])
        begins |= zip(window.starts[own:].tolist(), tags[:, 0, 1].tolist(), strict=True)
        for first, last, _, p in decode_tags(tags, LEAST):
            found[int(window.starts[first + own]), int(window.ends[last + own])] = p
    return set(agree(text, found, begins, LEAST, defined))


def _relations(path: Path, encoder: Encoder, lexicon: Lexicon) -> Score:
    found = gold = right = 0
    for row, encoded, _ in _encoded(path, encoder, lexicon):
        wanted = {(r["head"], r["tail"], r["type"]) for r in row["relations"]}
        pairs = [(a, b) for a in row["entities"] if a["type"] == "CHEMICAL" for b in row["entities"] if b["type"] != "CHEMICAL"]
        places = [(_place(a, EntityType.DRUG), _place(b, EntityType.TARGET)) for a, b in pairs]
        scores = encoder.corpus_relations(encoded, places)
        said = {(a["id"], b["id"], encoder.relations[c]) for (a, b), line in zip(pairs, scores, strict=True)
                for c in (line >= LEAST_RELATION).nonzero()[0]}  # fmt: skip
        found, gold, right = found + len(said), gold + len(wanted), right + len(said & wanted)
    return Score("DrugProt development set, gold names, typed", found, gold, right)


def _place(entity: dict[str, Any], kind: EntityType) -> tuple[Span, EntityType]:
    return Span(entity["start"], entity["end"]), kind


def _encoded(path: Path, encoder: Encoder, lexicon: Lexicon) -> Iterator[tuple[dict[str, Any], Encoded, dict[str, str]]]:
    """The rows of a corpus file, read as the summary of a record, with their encodings and the abbreviations they define."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            text = row["text"]
            document = Document("", row["id"], "", text, (Section("briefSummary", text, text, None, 0),))
            clauses, definitions = split_clauses(document), find_abbreviations(document)
            names = long_forms(definitions)
            given = find_mentions(document, clauses, lexicon, names, definitions=definitions)
            yield row, encoder.encode(document, clauses, given), names
