"""Trains the statement model of the reader with the encoder, calibrates it, and measures the whole reader by cross-validation.

    python -m training.train_statements ../shared --gold tests/gold/held [--encoder kg/models/encoder] [--write]

The trees learn which statements every reader of a record found: claims that only a second reader added (`added`) count in the
figures, not in the training. The records must be ones that neither the encoder nor the fast reader's pair model was trained on:
the trees learn how far both can be trusted on records that they have not seen. The figures printed come from five folds of these
records, each read by the whole walk with trees of the other four, and scored by the gold's own scorer.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from kg.bench import detailed, load_scorer, read_gold, rows_for
from kg.claims.row import claim_rows
from kg.encoder.encoder import Encoded, Encoder, open_encoder
from kg.entities.encoded import add_encoded
from kg.grounding.ground import Grounder
from kg.lexicon.lexicon import open_lexicon
from kg.model import Clause, Document, Mention
from kg.pipeline import Reader
from kg.relations.files import ENCODER, open_pair_model, save_statements
from kg.relations.linear import Learned, score
from kg.relations.rulebook import open_rulebook
from kg.relations.trees import Trees
from training.fast_data import Prepared, fold_of, pairs_among, prepare, things
from training.fast_whole import FOLDS, Judged, arrays, expected_error, fit_trees, give, judge, reliability
from training.gold import load_claims, load_documents, make_record, strip_record

BAGS = 3  # models whose mean judges
THRESHOLD = 0.15  # probability from which a statement is kept at all; `--least` decides further
Key = tuple[str, int]  # NCT id; 0 whole, 1 stripped
Curve = tuple[list[float], list[float]]


def read(data: dict[Key, Prepared], model: Learned) -> tuple[dict, dict]:
    """For each copy its pairs, and what both models say of them."""
    lexicon, rulebook = open_lexicon(), open_rulebook()
    grounder = Grounder(lexicon)
    pairs, scores = {}, {}
    for key, p in sorted(data.items()):
        encoded = model.encoder.encode(p.document, p.clauses, [g.mention for g in things(p, p.rules, grounder)])
        mentions = add_encoded(p.document, p.clauses, p.rules, encoded)
        found = pairs_among(p, mentions, grounder, rulebook, model.allowed)
        pairs[key], scores[key] = (found,), score(found, model, encoded)
    return pairs, scores


def cross_validate(judged: Sequence[Judged], seed: int) -> tuple[list[Trees], list[Curve], float]:
    """For each fold trees and calibration curve made from the other folds, and the expected calibration error of these.

    Leaves in the statements what trees of the other folds think of them.
    """
    parts = folds(judged)
    trees = [fit_trees(*arrays(without(parts, f)), seed, BAGS) for f in range(FOLDS)]
    for part, made in zip(parts, trees, strict=True):
        give(part, made)
    curves = [reliability(*points(without(parts, f))) for f in range(FOLDS)]
    found = [np.interp(points(part)[0], *curve) for part, curve in zip(parts, curves, strict=True)]
    right = [points(part)[1] for part in parts]
    return trees, curves, expected_error(np.concatenate(found), np.concatenate(right))


def folds(judged: Sequence[Judged]) -> list[list[Judged]]:
    """The records' parts; both copies of a record are in one."""
    return [[j for j in judged if part_of(j.key[0]) == f] for f in range(FOLDS)]


def part_of(nct: str) -> int:
    """The fold of a record."""
    return fold_of(nct, FOLDS, "w")


def without(parts: Sequence[Sequence[Judged]], fold: int) -> list[Judged]:
    """All folds but one."""
    return [j for f, part in enumerate(parts) if f != fold for j in part]


def points(judged: Sequence[Judged]) -> tuple[np.ndarray, np.ndarray]:
    """Probability and verdict of all statements."""
    p = np.array([j.said[k].probability for j in judged for k in j.keys])
    return p, np.array([r is not None for j in judged for r in j.right], float)


class Kept:
    """An encoder that encodes each record once."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder, self._kept = encoder, {}
        self.scores = encoder.scores

    def encode(self, document: Document, clauses: Sequence[Clause], given: Sequence[Mention]) -> Encoded:
        """As the encoder does."""
        key = document.nct, document.punctuated
        if key not in self._kept:
            self._kept[key] = self._encoder.encode(document, clauses, given)
        return self._kept[key]


def measure(shared: Path, gold: Path, data: dict[Key, Prepared], models: Sequence[Learned], least: float | None) -> dict[str, dict]:
    """The scorer's figures of the whole reader, whole and stripped, each record read with its fold's model."""
    scorer = load_scorer(shared)
    lexicon, rulebook = open_lexicon(), open_rulebook()
    readers = [Reader(lexicon, Grounder(lexicon), rulebook, model, least) for model in models]
    out = {}
    for name, copy in (("whole", 0), ("stripped", 1)):
        claims = {nct: readers[part_of(nct)].read(p.document) for (nct, c), p in data.items() if c == copy}
        expected = read_gold(scorer, sorted(gold.glob("*.jsonl")), stripped_too=bool(copy))
        rows = rows_for(expected, claims)
        levels, table, wrong, _ = scorer.score(expected, rows)
        out[name] = {level: [round(levels[level][k], 3) for k in ("precision", "recall", "f1")] for level in levels}
        if least is None:
            out[name] |= detailed(scorer, expected, rows, table)
        plain = [row for found in claims.values() for c in found if c.plain for row in claim_rows(c)]
        out[name]["plain triples"] = [round(scorer.score(expected, plain)[0]["strict"]["precision"], 3), len(plain)]
        empty = [nct for nct in claims if not expected[nct].claims]
        out[name]["wrong a record without claims"] = [round(sum(w[0] in empty for w in wrong) / max(1, len(empty)), 2), len(empty)]
    return out


def wrong_in_ordinary(shared: Path, path: Path, model: Learned) -> list[float]:
    """Wrong claims a record, precision of triples and number of records, over ordinary records that nothing has learned from."""
    scorer, lexicon = load_scorer(shared), open_lexicon()
    reader = Reader(lexicon, Grounder(lexicon), open_rulebook(), model)
    expected = scorer.read_gold([str(path)])
    documents = load_documents(shared / "trials/scale/trials.jsonl.gz", set(expected), Path("build/statements"))
    rows = rows_for(expected, {nct: reader.read(d) for nct, d in documents.items()})
    levels, _, wrong, _ = scorer.score(expected, rows)
    return [round(len(wrong) / len(expected), 3), round(levels["triple"]["precision"], 3), len(expected)]


def main() -> None:
    """See the module's text."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("shared", type=Path)
    parser.add_argument("--gold", type=Path, default=Path("tests/gold/held"), help="folder of claims")
    parser.add_argument("--ordinary", type=Path, default=Path("tests/gold/ordinary_2.jsonl"), help="claims of ordinary records")
    parser.add_argument("--encoder", type=Path, default=ENCODER)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--least", type=float, nargs="*", default=[], help="further thresholds to measure")
    parser.add_argument("--write", action="store_true")
    args = parser.parse_args()
    began = time.monotonic()
    claims = {nct: [c for c in some if not c.get("added")] for nct, some in load_claims(args.gold.glob("*.jsonl")).items()}
    documents = load_documents(args.shared / "trials/scale/trials.jsonl.gz", set(claims), Path("build/statements"))
    lexicon = open_lexicon()
    data = {}
    for nct in sorted(documents):
        record = make_record(documents[nct], claims[nct])
        data[nct, 0], data[nct, 1] = prepare(record, lexicon), prepare(strip_record(record), lexicon)
    model = replace(open_pair_model(), encoder=Kept(open_encoder(args.encoder)))
    pairs, scores = read(data, model)
    print(f"{len(documents)} records, read in {time.monotonic() - began:.0f} s", flush=True)
    judged = judge(data, pairs, scores)
    trees, curves, error = cross_validate(judged, args.seed)
    models = [replace(model, whole=w, curve=c, threshold=THRESHOLD) for w, c in zip(trees, curves, strict=True)]
    figures = {"records": len(documents), "expected calibration error": error}
    for least in (None, *args.least):
        name = "default" if least is None else f"least {least:g}"
        figures[name] = measure(args.shared, args.gold, data, models, least)
        print(json.dumps({name: figures[name]}), flush=True)
    curve = reliability(*points(judged))
    whole = fit_trees(*arrays(judged), args.seed, BAGS)
    shipped = replace(model, whole=whole, curve=curve, threshold=THRESHOLD)
    figures["further ordinary records"] = wrong_in_ordinary(args.shared, args.ordinary, shipped)
    print(f"expected calibration error {error}, {figures['further ordinary records']}, {time.monotonic() - began:.0f} s")
    if args.write:
        settings = {"allowed": sorted(model.allowed), "threshold": THRESHOLD, "curve": curve, "figures": figures}
        save_statements(args.encoder, whole, settings)


if __name__ == "__main__":
    main()
