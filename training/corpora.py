"""Public corpora as further training material: mentions by each corpus's own rules, and DrugProt's relations.

Only sets that may train what ships (public domain, CC0, CC BY, MIT). A document that also stands in a set that is
measured on (by the first letters of its text, as overlap.tsv counts) is left out.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from kg.encoder.windows import Window, windows
from kg.model import Document, EntityType, Section

SETS: dict[str, tuple[tuple[str, ...], dict[str, str]]] = {  # corpus -> splits, entity type -> tag group
    "bc5cdr": (("train", "dev"), {"Chemical": "bc5cdr.Chemical", "Disease": "bc5cdr.Disease"}),
    "ncbi_disease": (("train", "dev"), {"*": "ncbi.Disease"}),
    "nlm_gene": (("train", "test"), {"Gene": "nlm_gene.Gene", "FamilyName": "nlm_gene.Gene"}),
    "nlm_chem": (("test",), {"Chemical": "nlm_chem.Chemical"}),
    "drugprot": (("train",), {"CHEMICAL": "drugprot.Chemical", "GENE-Y": "drugprot.Gene", "GENE-N": "drugprot.Gene",
                              "GENE": "drugprot.Gene"}),
    "bc2gm": (("train",), {"*": "bc2gm.Gene"}),
    "neurotrialner": (("train", "dev"), {"CONDITION": "neuro.Condition", "DRUG": "neuro.Drug", "*": "neuro.Other"}),
    "chia": (("train", "dev", "test"), {"Condition": "chia.Condition", "Drug": "chia.Drug",
                                        "Procedure": "chia.Procedure", "Measurement": "chia.Measurement"}),
    "craft": (("train", "dev"), {"GO_BP": "craft.Process", "CL": "craft.Cell"}),
    "bioscope": (("train", "dev"), {"negation_cue": "bioscope.negation", "speculation_cue": "bioscope.speculation"}),
}  # fmt: skip
TAG_GROUPS = tuple(dict.fromkeys(g for _, groups in SETS.values() for g in groups.values()))
DRUGPROT = ("INHIBITOR", "DIRECT-REGULATOR", "SUBSTRATE", "INDIRECT-DOWNREGULATOR", "INDIRECT-UPREGULATOR", "ACTIVATOR",
            "ANTAGONIST", "PART-OF", "PRODUCT-OF", "AGONIST", "AGONIST-ACTIVATOR", "SUBSTRATE_PRODUCT-OF",
            "AGONIST-INHIBITOR")  # fmt: skip
MEASURED = (("bc5cdr", "test"), ("ncbi_disease", "test"), ("neurotrialner", "test"), ("drugprot", "dev"),
            ("biored", "train"), ("biored", "dev"), ("biored", "test"))  # fmt: skip
MOST = {"bc2gm": 6000}
LONGEST = 6000  # characters of a text that are read: articles are cut
UNKNOWN = -100


@dataclass(frozen=True, slots=True)
class CorpusExample:
    """A window with the tags of the groups that its corpus annotates, and, for DrugProt, mentions and relations."""

    window: Window
    tags: np.ndarray  # (words, groups) int8: 0 outside, 1 begin, 2 inside, UNKNOWN where the corpus does not say
    spans: np.ndarray  # (mentions, 2) words
    kinds: np.ndarray  # (mentions,) our type
    pairs: np.ndarray  # (pairs, 2): chemical, gene
    relations: np.ndarray  # (pairs, DrugProt's relations)


def rows(shared: Path, corpus: str, split: str) -> Iterator[dict]:
    """The documents of a split."""
    with gzip.open(shared / f"corpora/{corpus}/{split}.jsonl.gz", "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def opening(text: str) -> str:
    """What two copies of a text share."""
    return re.sub(r"[^a-z]", "", text.lower())[:60]


def measured(shared: Path) -> frozenset[str]:
    """The openings of all texts that are measured on."""
    return frozenset(opening(row["text"]) for corpus, split in MEASURED for row in rows(shared, corpus, split))


def document(name: str, text: str, punctuated: bool = True) -> Document:
    """A text as a document of one section."""
    return Document("", name, "", text, (Section("briefSummary", text, text, None, 0),), punctuated=punctuated)


def strip_mapped(text: str) -> tuple[str, np.ndarray]:
    """The text as the study view leaves it, and for every old offset the new one."""
    kept = np.fromiter((bool(re.match(r"[\w\s-]", c)) and c != "_" for c in text), dtype=bool, count=len(text))
    return "".join(c for c, k in zip(text, kept, strict=True) if k), np.concatenate([[0], np.cumsum(kept)])


def corpus_documents(shared: Path) -> Iterator[tuple[str, Document, list[dict], list[dict]]]:
    """Corpus, document, entities (with offsets of the document) and relations; two in five documents are stripped."""
    banned = measured(shared)
    for corpus, (splits, _) in SETS.items():
        count = 0
        for split in splits:
            for row in rows(shared, corpus, split):
                count += 1
                if opening(row["text"]) in banned or count > MOST.get(corpus, 10**9):
                    continue
                text, entities = row["text"][:LONGEST], [e for e in row["entities"] if e["end"] <= LONGEST]
                bare = hashlib.sha256(text.encode()).digest()[0] % 5 < 2
                if bare:
                    text, at = strip_mapped(text)
                    entities = [dict(e, start=int(at[e["start"]]), end=int(at[e["end"]])) for e in entities]
                    entities = [e for e in entities if e["end"] > e["start"]]
                yield corpus, document(f"{corpus}-{row['id']}", text, not bare), entities, row.get("relations", [])


def corpus_examples(
    corpus: str, source: Document, entities: list[dict], relations: list[dict], tokenizer: Tokenizer, given, clauses
) -> list[CorpusExample]:
    """One example a window."""
    groups = SETS[corpus][1]
    annotated = [TAG_GROUPS.index(g) for g in dict.fromkeys(groups.values())]
    found = []
    for window in windows(source, tokenizer, given, clauses):
        tags = np.full((len(window.words), len(TAG_GROUPS)), UNKNOWN, dtype=np.int8)
        tags[:, annotated] = 0
        places: dict[str, int] = {}
        spans, kinds = [], []
        for e in sorted(entities, key=lambda e: (e["start"] - e["end"], e["start"])):
            group = groups.get(e["type"], groups.get("*"))
            place = words_of(window, e["start"], e["end"])
            if group is None or place is None:
                continue
            first, last = place
            column = TAG_GROUPS.index(group)
            if corpus == "drugprot":
                places[e["id"]] = len(spans)
                spans.append(place)
                kinds.append(list(EntityType).index(EntityType.DRUG if e["type"] == "CHEMICAL" else EntityType.TARGET))
            if tags[first : last + 1, column].any():
                continue
            tags[first, column] = 1
            tags[first + 1 : last + 1, column] = 2
        pairs = [(i, j) for i, a in enumerate(kinds) for j, b in enumerate(kinds) if a == 0 and b != 0
                 and min(abs(spans[i][0] - spans[j][1]), abs(spans[j][0] - spans[i][1])) <= 60]
        target = np.zeros((len(pairs), len(DRUGPROT)), dtype=np.float32)
        index = {pair: k for k, pair in enumerate(pairs)}
        for r in relations if pairs else ():
            k = index.get((places.get(r["head"], -1), places.get(r["tail"], -1)))
            if k is not None and r["type"] in DRUGPROT:
                target[k, DRUGPROT.index(r["type"])] = 1
        found.append(CorpusExample(small(window), tags, np.array(spans, dtype=np.int64).reshape(-1, 2),
                                   np.array(kinds, dtype=np.int64), np.array(pairs, dtype=np.int64).reshape(-1, 2), target))
    return found


def words_of(window: Window, start: int, end: int) -> tuple[int, int] | None:
    """The window's own words that a stretch of text touches; None where it is not wholly in it."""
    first = int(np.searchsorted(window.ends[window.own :], start, side="right")) + window.own
    last = int(np.searchsorted(window.starts[window.own :], end, side="left")) + window.own - 1
    if first > last or window.starts[first] > start or window.ends[last] < end:
        return None
    return first, last


def small(window: Window) -> Window:
    """The same window in few bytes."""
    return Window(window.ids.astype(np.uint16), window.features.astype(np.uint8), window.words.astype(np.uint16),
                  window.starts.astype(np.int32), window.ends.astype(np.int32), window.own)  # fmt: skip
