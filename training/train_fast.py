"""Trains the fast reader: mention tagger, pair model, statement model; writes `kg/models/fast/`.

    python -m training.train_fast ../shared --gold tests/gold [--held 0] [--out kg/models/fast]

A fifth of the records (by a hash of their NCT id) is held out and measured; `--held -1` trains on all. The pair model is
trained on mentions that taggers of other folds found, the statement model on scores that pair models of other folds gave,
so that each sees what it will see. About 45 minutes on one core; the same seed gives the same files.
Needs python-crfsuite, numpy, scipy and scikit-learn.
"""

from __future__ import annotations

import argparse
import json
import lzma
import pickle
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import pycrfsuite
from scipy import sparse

sys.path.insert(0, str(Path(__file__).absolute().parent.parent))

from kg.entities.tagger import add_learned
from kg.grounding.ground import Grounder
from kg.lexicon.lexicon import Lexicon, open_lexicon
from kg.model import Mention
from kg.relations.candidates import Pair
from kg.relations.files import save_pair_model
from kg.relations.pair_model import CLASSES, PairModel
from kg.relations.rulebook import open_rulebook
from training.fast_data import Prepared, fold_of, load_gold, pairs_among, prepare
from training.fast_labels import targets
from training.fast_pairs import Numbers, as_model, matrix, train, vocabulary
from training.fast_tagger import train_tagger
from training.fast_whole import Judged, judge, report, train_whole
from training.gold import load_documents, make_record, strip_record

FOLDS = 2  # of the taggers, which take the longest
PAIR_FOLDS = 5  # of the pair models: the more, the more their scores are like those of the model that ships
HELD = 5
LEAST = 12  # documents in which a feature must stand
Key = tuple[str, int]  # NCT id; 0 whole, 1 stripped


class Run:
    """One training: its folder of intermediate files, its records, its messages."""

    def __init__(self, work: Path) -> None:
        self.work = work
        self.started = time.monotonic()
        work.mkdir(parents=True, exist_ok=True)

    def say(self, *words: object) -> None:
        """A line of progress."""
        print(f"{time.monotonic() - self.started:6.0f} s", *words, flush=True)

    def cached(self, name: str, make):
        """What `make` gives, kept in the folder."""
        path = self.work / (name + ".pkl")
        if path.exists():
            return pickle.loads(path.read_bytes())
        made = make()
        path.write_bytes(pickle.dumps(made, protocol=5))
        self.say(name)
        return made


def used(key: Key) -> bool:
    """Whether a copy trains a tagger: all whole records, and the stripped copies of half of them."""
    return key[1] == 0 or fold_of(key[0], 2, "s") == 0


def fold(nct: str) -> int:
    """The fold of a training record, for the taggers."""
    return fold_of(nct, FOLDS, "f")


def pair_fold(nct: str) -> int:
    """The fold of a training record, for the pair models."""
    return fold_of(nct, PAIR_FOLDS, "p")


def prepared(shared: Path, gold: Sequence[Path], work: Path, lexicon: Lexicon) -> dict[Key, Prepared]:
    """All records, whole and stripped."""
    claims = load_gold(shared, gold)
    documents = load_documents(shared / "trials/scale/trials.jsonl.gz", set(claims), work)
    out = {}
    for nct in sorted(documents):
        record = make_record(documents[nct], claims[nct])
        out[nct, 0], out[nct, 1] = prepare(record, lexicon), prepare(strip_record(record), lexicon)
    return out


def tagged(data: dict[Key, Prepared], training: Sequence[Key], others: Sequence[Key], path: Path
           ) -> dict[Key, tuple[Mention, ...]]:
    """Mentions of the other records by a tagger trained on these."""
    if not path.exists():
        train_tagger((data[k] for k in training if used(k)), path)
    tagger = pycrfsuite.Tagger()
    tagger.open(str(path))
    return {k: add_learned(data[k].document, data[k].clauses, data[k].rules, tagger) for k in others}


def paired(data: dict[Key, Prepared], mentions: dict[Key, tuple[Mention, ...]], lexicon: Lexicon
           ) -> dict[Key, tuple[list[Pair], np.ndarray, np.ndarray]]:
    """Pairs with their targets."""
    rulebook, grounder = open_rulebook(), Grounder(lexicon)
    out = {}
    for key in sorted(mentions):
        p = data[key]
        pairs = pairs_among(p, mentions[key], grounder, rulebook)
        out[key] = (pairs, *targets(p.record, pairs))
    return out


def letters(pair: Pair) -> str:
    """The type letters of a pair, as `allowed` lists them."""
    return ("x" if pair.va is not pair.vb else "") + pair.a.letter + pair.b.letter


def allowed_types(pairs: dict, keys: Iterable[Key]) -> frozenset[str]:
    """Type pairs that say something at least twice in training."""
    count: dict[str, int] = {}
    for key in keys:
        for pair, row in zip(pairs[key][0], pairs[key][1], strict=True):
            if (row > 0).any():
                count[letters(pair)] = count.get(letters(pair), 0) + 1
    return frozenset(k for k, n in count.items() if n >= 2)


def fit(run: Run, numbers: Numbers, lines: dict, pairs: dict, keys: Sequence[Key], seed: int) -> PairModel:
    """A pair model of these records."""
    keys = [k for k in keys if pairs[k][0]]
    rows, table = vocabulary(numbers, [lines[k] for k in keys], LEAST)
    x = sparse.vstack([matrix(lines[k], table, len(rows)) for k in keys]).tocsr()
    w = train(x, np.vstack([pairs[k][1] for k in keys]), np.concatenate([pairs[k][2] for k in keys]), seed=seed,
              log=run.say)
    run.say("pair model", x.shape, x.nnz // x.shape[0])
    return as_model(w, rows)


def scored(model: PairModel, lines: dict, numbers: Numbers, keys: Iterable[Key]) -> dict[Key, tuple]:
    """What the model says of the pairs of records."""
    table = np.full(len(numbers.of), -1, np.int32)
    for row, name in enumerate(model.names):
        table[numbers.of[name]] = row
    return {k: (*model.outputs(matrix(lines[k], table, len(model.names)) @ model.table[1:] + model.bias), ()) for k in keys}


def main() -> None:
    """See the module's text."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("shared", type=Path)
    parser.add_argument("--gold", type=Path, action="append", default=[], help="folder of further claims and corrections")
    parser.add_argument("--held", type=int, default=0, help="the fifth that is held out, -1 for none")
    parser.add_argument("--out", type=Path, default=Path("kg/models/fast"))
    parser.add_argument("--work", type=Path, default=Path("build/fast"))
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    run = Run(args.work)
    lexicon = open_lexicon()
    data = run.cached("prepared", lambda: prepared(args.shared, args.gold, args.work, lexicon))
    keys = sorted(data)
    held = [k for k in keys if fold_of(k[0], HELD) == args.held]
    training = [k for k in keys if fold_of(k[0], HELD) != args.held]

    def mentions() -> dict[Key, tuple[Mention, ...]]:
        found = tagged(data, training, held, args.work / "tagger.crfsuite")
        for f in range(FOLDS):
            found |= tagged(data, [k for k in training if fold(k[0]) != f], [k for k in training if fold(k[0]) == f],
                            args.work / f"tagger{f}.crfsuite")
        return found

    found = run.cached("mentions", mentions)
    pairs = run.cached("pairs", lambda: paired(data, found, lexicon))
    allowed = allowed_types(pairs, training)
    for key, (ps, y, s) in pairs.items():
        kept = [i for i, p in enumerate(ps) if letters(p) in allowed]
        pairs[key] = ([ps[i] for i in kept], y[kept].reshape(-1, CLASSES), s[kept])
    numbers = Numbers()
    lines = {k: numbers.add(pairs[k][0]) for k in keys}
    run.say("features", len(numbers.of))
    model = fit(run, numbers, lines, pairs, training, args.seed)
    scores = scored(model, lines, numbers, held)
    for f in range(PAIR_FOLDS):
        part = fit(run, numbers, lines, pairs, [k for k in training if pair_fold(k[0]) != f], args.seed)
        scores |= scored(part, lines, numbers, [k for k in training if pair_fold(k[0]) == f])
    judged: list[Judged] = judge(data, pairs, scores)
    whole, curve, threshold, figures = train_whole(judged, frozenset(held), args.seed)
    args.out.mkdir(parents=True, exist_ok=True)
    save_pair_model(args.out, model, whole, {"allowed": sorted(allowed), "threshold": threshold, "curve": curve})
    (args.out / "tagger.crfsuite.xz").write_bytes(lzma.compress((args.work / "tagger.crfsuite").read_bytes(), preset=6))
    run.say("written", args.out)
    print(json.dumps(figures, indent=1))
    print(report(judged, figures))


if __name__ == "__main__":
    main()
