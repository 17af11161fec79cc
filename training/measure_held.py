"""Scores a shipped reader that has not seen the held-out records: `fast` or `rules`.

    python -m training.measure_held ../shared --reader fast --least 0.3 0.5

The default reader's trees were trained on these records: its figures come from five folds (`training/train_statements.py`).
"""

from __future__ import annotations

import argparse
from pathlib import Path

from kg.bench import load_scorer, read_gold, rows_for
from kg.pipeline import Options, ReaderKind, open_reader
from training.gold import load_claims, load_documents, make_record, strip_record


def main() -> None:
    """See the module's text."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("shared", type=Path)
    parser.add_argument("--gold", type=Path, default=Path("tests/gold/held"), help="folder of claims")
    parser.add_argument("--reader", type=ReaderKind, default=ReaderKind.FAST, choices=[ReaderKind.FAST, ReaderKind.RULES])
    parser.add_argument("--least", type=float, nargs="*", default=[0.3, 0.5, 0.8], help="thresholds")
    args = parser.parse_args()
    files = sorted(args.gold.glob("*.jsonl"))
    claims = load_claims(files)
    documents = load_documents(args.shared / "trials/scale/trials.jsonl.gz", set(claims), Path("build/statements"))
    records = {nct: make_record(document, claims[nct]) for nct, document in documents.items()}
    scorer, reader = load_scorer(args.shared), open_reader(Options(reader=args.reader, least=min(args.least)))
    for bare in (False, True):
        copies = {nct: strip_record(record) if bare else record for nct, record in records.items()}
        found = {nct: reader.read(record.document) for nct, record in copies.items()}
        expected = read_gold(scorer, files, stripped_too=bare)
        for least in args.least:
            kept = {nct: [c for c in said if c.confidence >= least] for nct, said in found.items()}
            levels = scorer.score(expected, rows_for(expected, kept))[0]
            line = "; ".join(f"{name} F1 {x['f1']:.3f} (P {x['precision']:.3f}, R {x['recall']:.3f})" for name, x in levels.items())
            print(f"{len(records)} records, {'stripped' if bare else 'whole'}, least {least:g}: {line}", flush=True)


if __name__ == "__main__":
    main()
