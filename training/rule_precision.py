"""How often each rule is right: `python -m training.rule_precision ../shared`.

Every rule's claims on the annotated records (the shared training records and `tests/gold/claims_*.jsonl`) are compared with the
gold claims. Writes `ontologies/rules/precision.json`; the rulebook turns the counts into the confidence of the rule's claims.
Annotators leave out some true claims, so the share is a lower bound. About a minute on one core.
"""

from __future__ import annotations

import argparse
import gzip
import json
import tempfile
from collections import Counter
from pathlib import Path

from kg.bench import load_scorer
from kg.claims.row import claim_rows
from kg.model import Document
from kg.pipeline import Options, ReaderKind, open_reader
from kg.sources.read import read_records

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("shared", type=Path)
    args = parser.parse_args()
    scorer = load_scorer(args.shared)
    files = [*sorted((args.shared / "gold").glob("train_*.jsonl")), *sorted((ROOT / "tests/gold").glob("claims_*.jsonl"))]
    gold = scorer.read_gold([str(path) for path in files])
    reader = open_reader(Options(reader=ReaderKind.RULES))
    right: Counter[str] = Counter()
    said: Counter[str] = Counter()
    for document in documents(args.shared / "trials/scale/trials.jsonl.gz", set(gold)):
        for claim in reader.read(document):
            for evidence in claim.evidence:
                row = {**next(claim_rows(claim)), "status": evidence.status.value}
                wrong = scorer.score({document.nct: gold[document.nct]}, [row])[2]
                said[evidence.rule] += 1
                right[evidence.rule] += not wrong
    table = {rule: [right[rule], said[rule]] for rule in sorted(said)}
    path = ROOT / "ontologies/rules/precision.json"
    path.write_text(json.dumps(table, indent=0) + "\n", encoding="utf-8")
    print(f"{sum(right.values())} of {sum(said.values())} statements of {len(table)} rules are right")


def documents(path: Path, wanted: set[str]) -> list[Document]:
    """The annotated records, read from the scale set."""
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as out:
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            out.writelines(line for line in lines if json.loads(line)["nct_id"] in wanted)
        out.flush()
        return [record for record in read_records([out.name]) if isinstance(record, Document)]


if __name__ == "__main__":
    main()
