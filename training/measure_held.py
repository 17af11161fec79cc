"""Scores a shipped reader on records of our own that it has not seen.

    python -m training.measure_held ../shared --reader fast --least 0.3 0.5
    python -m training.measure_held ../shared --reader learned --files my_claims.jsonl --least 0.4

Of the held-out records (the default) only the readers `fast` and `rules` are strangers: the default reader's trees were trained
on them, and its figures come from five folds (`training/train_statements.py`). `--files` names further claims.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path

from kg.bench import Row, by_status, load_scorer, read_gold, rows_for
from kg.pipeline import Options, ReaderKind, open_reader
from training.gold import load_claims, load_documents, make_record, strip_record

HELD = Path("tests/gold/held")


def told(found: Mapping[str, Row]) -> str:
    """For each status how many claims are said, right, and in the gold."""
    return "; ".join(f"{status} {said} said, {round(precision * said)} right, {gold} gold"
                     for status, (precision, _, _, said, gold) in found.items())  # fmt: skip


def main() -> None:
    """See the module's text."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("shared", type=Path)
    parser.add_argument("--files", type=Path, nargs="+", help="claims [those of tests/gold/held]")
    parser.add_argument("--reader", type=ReaderKind, default=ReaderKind.FAST, choices=list(ReaderKind))
    parser.add_argument("--least", type=float, nargs="*", default=[0.3, 0.5, 0.8], help="thresholds beside the default")
    args = parser.parse_args()
    if args.reader is ReaderKind.LEARNED and not args.files:
        parser.error("the default reader has seen the held-out records: name other claims with --files")
    files = args.files or sorted(HELD.glob("*.jsonl"))
    claims = load_claims(files)
    documents = load_documents(args.shared / "trials/scale/trials.jsonl.gz", set(claims), Path("build/statements"))
    records = {nct: make_record(document, claims[nct]) for nct, document in documents.items()}
    scorer = load_scorer(args.shared)
    for bare in (False, True):
        copies = {nct: strip_record(record) if bare else record for nct, record in records.items()}
        expected = read_gold(scorer, files, stripped_too=bare)
        for least in (None, *args.least):
            reader = open_reader(Options(reader=args.reader, least=least))
            rows = rows_for(expected, {nct: reader.read(record.document) for nct, record in copies.items()})
            levels = scorer.score(expected, rows)[0]
            line = "; ".join(f"{name} F1 {x['f1']:.3f} (P {x['precision']:.3f}, R {x['recall']:.3f})" for name, x in levels.items())
            name = "default" if least is None else f"least {least:g}"
            print(f"{len(records)} records, {'stripped' if bare else 'whole'}, {name}: {line}")
            print(f"  {told(by_status(scorer, expected, rows))}", flush=True)


if __name__ == "__main__":
    main()
