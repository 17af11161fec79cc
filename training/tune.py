"""Chooses thresholds and the calibration curve on held-out readings, and writes them to the artefact's reader.json.

Thresholds are moved one at a time towards a higher strict F1; a predicate with little gold stays at the common one.
The figure that is printed first comes from halves: tuned on one, scored on the other.
"""

from __future__ import annotations

import argparse
import json
import pickle
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from kg.encoder.encoder import Reading
from kg.relations.learned import choose, gather, keys_of, match
from training.evaluate import predictions, report, scorer, ungrounded
from training.gold import PREDICATES

GRID = (0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.7)


def gold_of(module, claims: dict[str, list[dict]]):
    """The scorer's own gold."""
    gold = module.collections.defaultdict(module.Gold)
    for lines in claims.values():
        for c in lines:
            g = gold[c["nct"]]
            if not c.get("none"):
                s, o = g.entity(c["subject"]["names"]), g.entity(c["object"]["names"])
                g.claims[s, c["predicate"], o] = c["status"]
    return gold


class Bench:
    """Held-out readings that can be scored under any settings."""

    def __init__(self, module, readings: Sequence[Reading], claims: dict[str, list[dict]]) -> None:
        names = {r.document.nct for r in readings}
        self.module, self.readings = module, list(readings)
        self._name, self._said = "", []
        self.gold = gold_of(module, {n: c for n, c in claims.items() if n in names})

    def predict(self, settings: dict) -> list[dict]:
        """Claims under the settings, each in its likeliest wording; what thresholds do not change is kept."""
        name = json.dumps([settings.get(k) for k in ("repeat", "status_weights")])
        if self._name != name:
            self._name, self._said = name, []
            for reading in self.readings:
                r = replace(reading, settings=settings)
                self._said.append((r, gather(r, keys_of(r.document.text, match(r, ungrounded(r))))))
        found = []
        for r, said in self._said:
            for key in choose(said, settings):
                pair = said[key].pairs[0]
                ends = [r.mentions[m].span.of(r.document.text) for m in (pair.subject, pair.object)]
                found.append({"nct": r.document.nct, "predicate": key[1].value, "status": said[key].status.value,
                              "subject": {"text": ends[0]}, "object": {"text": ends[1]},
                              "confidence": said[key].probability})
        return found

    def predict_whole(self, settings: dict) -> list[dict]:
        """Claims as the reader gives them."""
        return [p for r in self.readings for p in predictions(replace(r, settings=settings))]

    def score(self, settings: dict) -> dict:
        """The scorer's rows."""
        return self.module.score(self.gold, self.predict(settings))[0]


def tune(bench: Bench, settings: dict, rounds: int = 1) -> dict:
    """Settings with thresholds that give a higher strict F1."""
    best = dict(settings, thresholds={}, calibration=None)
    top = -1.0

    def attempt(new: dict) -> bool:
        nonlocal best, top
        f1 = bench.score(new)["strict"]["f1"]
        if f1 > top + 1e-4:
            best, top = new, f1
            return True
        return False

    for t in GRID:
        attempt(dict(best, default_threshold=t))
    for share in (0.0, 0.25, 0.5):
        attempt(dict(best, repeat=share))
    for weights in ((1, 1, 2), (1, 1, 3), (1.3, 1, 1), (1, 1.3, 1), (1, 1.2, 2), (1.2, 1, 2)):
        attempt(dict(best, status_weights=weights))
    counts = {p: sum(1 for g in bench.gold.values() for c in g.claims if c[1] == p) for p in PREDICATES}
    for _ in range(rounds):
        for predicate in sorted(PREDICATES, key=lambda p: -counts[p]):
            if counts[predicate] < 15:
                continue
            for t in GRID:
                attempt(dict(best, thresholds=dict(best["thresholds"], **{predicate: t})))
    return best


def calibration(bench: Bench, settings: dict) -> list[list[float]]:
    """Probability -> share of right claims (triple level), by pooling adjacent violators over bins."""
    loose = dict(settings, calibration=None, thresholds={}, default_threshold=0.08)
    scored = []
    for p in bench.predict(loose):
        if p["nct"] in bench.gold:
            g = bench.gold[p["nct"]]
            s, o = g.find(p["subject"]), g.find(p["object"])
            right = any((a, p["predicate"], b) in g.claims or (p["predicate"] == "combinedWith" and
                        (b, p["predicate"], a) in g.claims) for a in s for b in o)
            scored.append((p["confidence"], right))
    scored.sort()
    blocks = []
    for chunk in np.array_split(np.array(scored, dtype=float), max(5, min(30, len(scored) // 40))):
        blocks.append([chunk[:, 0].mean(), chunk[:, 1].mean(), len(chunk)])
        while len(blocks) > 1 and blocks[-2][1] > blocks[-1][1]:
            b, a = blocks.pop(), blocks.pop()
            n = a[2] + b[2]
            blocks.append([(a[0] * a[2] + b[0] * b[2]) / n, (a[1] * a[2] + b[1] * b[2]) / n, n])
    return [[round(float(b[0]), 4) for b in blocks], [round(float(b[1]), 4) for b in blocks]]


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("artefact", type=Path)
    parser.add_argument("readings", type=Path, nargs="+", help="from evaluate.py --readings; whole and stripped")
    parser.add_argument("--data", type=Path, default=Path("../shared"))
    parser.add_argument("--write", action="store_true")
    args = parser.parse_args()
    module = scorer(args.data)
    readings, claims = [], {}
    for path in args.readings[:1]:
        some, gold = pickle.loads(path.read_bytes())
        readings += some
        claims |= gold
    settings = json.loads((args.artefact / "reader.json").read_text("utf-8"))
    halves = [Bench(module, readings[k::2], claims) for k in (0, 1)]
    for k in (0, 1):
        made = tune(halves[k], settings)
        print(f"half {k}: tuned on", halves[k].score(made)["strict"]["f1"], "other",
              {level: row["f1"] for level, row in halves[1 - k].score(made).items()}, flush=True)
    bench = Bench(module, readings, claims)
    made = tune(bench, settings, 2)
    made["calibration"] = calibration(bench, made)
    print(json.dumps(made))
    report(module, claims, bench.predict_whole(made))
    for path in args.readings[1:]:
        some, gold = pickle.loads(path.read_bytes())
        print(path)
        other = Bench(module, some, gold)
        report(module, gold, other.predict_whole(made))
    if args.write:
        (args.artefact / "reader.json").write_text(json.dumps(made, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
