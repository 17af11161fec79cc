"""Reads held-out records with an artefact folder and scores the claims as the gold's own scorer does."""

from __future__ import annotations

import argparse
import importlib.util
import json
import pickle
import time
from pathlib import Path

from kg.encoder.encoder import Reading, open_encoder
from kg.entities.learned import find_mentions
from kg.model import Document, Grounding
from kg.relations.learned import extract_relations
from kg.sources.read import read_records
from training.gold import fold, load_claims, load_documents, stripped


def ungrounded(reading: Reading) -> list[Grounding]:
    """Mentions under their own names."""
    return [Grounding(m, "", m.text, m.type, 0.0) for m in find_mentions(reading)]


def predictions(reading: Reading) -> list[dict]:
    """Claims in the scorer's form."""
    out = []
    for r in extract_relations(reading, ungrounded(reading)):
        out.append({"nct": reading.document.nct, "predicate": r.predicate.value, "status": r.status.value,
                    "subject": {"text": r.subject.mention.text, "type": r.subject.type.value},
                    "object": {"text": r.object.mention.text, "type": r.object.type.value},
                    "confidence": r.confidence})
    return out


def tasks(documents: list[Document], rules: bool):
    """What the encoder is given of each document."""
    if not rules:
        yield from ((d, (), ()) for d in documents)
        return
    from kg.entities.rules import find_mentions as find_by_rules
    from kg.pipeline import open_reader, readable_clauses
    from kg.text.abbreviations import find_abbreviations, long_forms

    lexicon = open_reader().lexicon
    for d in documents:
        clauses = readable_clauses(d)
        definitions = find_abbreviations(d)
        yield d, tuple(clauses), find_by_rules(d, clauses, lexicon, long_forms(definitions), definitions=definitions)


def scorer(data: Path):
    """The gold's own score_claims module."""
    spec = importlib.util.spec_from_file_location("score_claims", data / "gold/score_claims.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("artefact", type=Path)
    parser.add_argument("--data", type=Path, default=Path("../shared"))
    parser.add_argument("--gold", type=Path, nargs="*", default=[])
    parser.add_argument("--held", type=int, default=0)
    parser.add_argument("--dev", action="store_true", help="dev and seed instead; look seldom")
    parser.add_argument("--stripped", action="store_true")
    parser.add_argument("--readings", type=Path, help="keep the readings here")
    parser.add_argument("--rules", action="store_true", help="give it the clauses and mentions of the rule reader")
    parser.add_argument("--errors", action="store_true")
    args = parser.parse_args()
    if args.dev:
        paths = [args.data / "gold/dev.jsonl", args.data / "gold/seed_NCT06592989.jsonl"]
        claims = load_claims(paths)
        places = [args.data / "trials/dev" / d for d in ("v2", "xml", "v1", "NCT06592989.txt")]
        documents = {d.nct: d for d in read_records(places) if isinstance(d, Document) and d.nct in claims}
    else:
        claims = load_claims([*(args.data / "gold").glob("train_*.jsonl"), *args.gold])
        claims = {n: c for n, c in claims.items() if fold(n) == args.held}
        documents = load_documents(args.data / "trials/scale/trials.jsonl.gz", set(claims), args.artefact)
    chosen = [documents[n] for n in sorted(documents)]
    if args.stripped:
        chosen = [stripped(d) if d.punctuated else d for d in chosen]
    began = time.time()
    readings = list(open_encoder(args.artefact).read_all(tasks(chosen, args.rules)))
    print(f"{len(chosen)} records in {time.time() - began:.1f} s")
    if args.readings:
        args.readings.write_bytes(pickle.dumps((readings, claims)))
    report(scorer(args.data), claims, [p for r in readings for p in predictions(r)], args.errors)


def report(module, claims: dict[str, list[dict]], found: list[dict], errors: bool = False) -> dict:
    """Prints the scorer's rows and table."""
    gold = module.collections.defaultdict(module.Gold)
    for lines in claims.values():
        for c in lines:
            g = gold[c["nct"]]
            if not c.get("none"):
                s, o = g.entity(c["subject"]["names"]), g.entity(c["object"]["names"])
                g.claims[s, c["predicate"], o] = c["status"]
    rows, table, wrong, missed = module.score(gold, found)
    for level, row in rows.items():
        print(f"{level:7} P {row['precision']:.3f} R {row['recall']:.3f} F1 {row['f1']:.3f} "
              f"({row['predicted']} predicted, {row['gold']} gold)")
    for predicate, row in table.items():
        print(f"  {predicate:13}", json.dumps(row))
    if errors:
        for row in wrong:
            print("wrong", *row, sep="\t")
        for nct, s, name, o in missed:
            g = gold[nct]
            print("missed", nct, min(g.entities[s], key=len), name, min(g.entities[o], key=len), g.claims[s, name, o],
                  sep="\t")
    return rows


if __name__ == "__main__":
    main()
