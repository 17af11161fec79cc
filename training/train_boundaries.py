"""Trains the clause boundary model: `python training/train_boundaries.py ../shared`.

Data: the summaries and descriptions of the registry records in `trials/scale/trials.jsonl.gz` that stand neither in
the gold set nor in the development set. Their own full stops are the answer; the words without punctuation are the
question. A tenth of the records is kept aside and scored. Writes `ontologies/text/boundaries.json`.
Needs scikit-learn (training only). About two minutes on one core; the same seed gives the same file.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from kg.text.boundaries import crowding, features, small_words

END = re.compile(r"(?<=[a-z0-9)\]%])[.!?](?=\s+[A-Z0-9(\"-])")


def held_out(shared: Path) -> set[str]:
    """Records that are measured on, and so not trained on."""
    names = {json.loads(line)["nct"] for path in (shared / "gold").glob("*.jsonl") for line in path.open()}
    return names | set(re.findall(r"NCT\d{8}", (shared / "trials/dev/manifest.tsv").read_text()))


def examples(text: str) -> list[tuple[list[str], list[int]]]:
    """One paragraph as stripped words and, for each, whether a sentence starts with it."""
    out = []
    for line in re.split(r"\n+|~+", text):
        words: list[str] = []
        starts: list[int] = []
        for sentence in END.split(line):
            first = True
            for raw in re.sub(r"[^\w\s-]", "", sentence).split():
                words.append(raw)
                starts.append(int(first))
                first = False
        if len(words) > 12 and sum(starts) > 1:
            out.append((words, starts))
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("shared", type=Path)
    parser.add_argument("--records", type=int, default=4000)
    args = parser.parse_args()
    from sklearn.feature_extraction import FeatureHasher  # noqa: F401  (a clear error before the long work)
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.linear_model import LogisticRegression

    skip = held_out(args.shared)
    texts = []
    with gzip.open(args.shared / "trials/scale/trials.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            if row["nct_id"] not in skip:
                texts.append(" \n ".join(row.get(k) or "" for k in ("brief_summary", "detailed_description")))
    random.Random(1).shuffle(texts)
    texts = sorted(texts[: args.records * 3], key=len)[-args.records :]
    random.Random(2).shuffle(texts)
    cut = len(texts) // 10
    sets = {}
    for name, part in (("test", texts[:cut]), ("train", texts[cut:])):
        rows, answers = [], []
        for text in part:
            small = small_words(text)
            for words, starts in examples(text):
                crowded = crowding(words)
                for i in range(1, len(words)):
                    rows.append(list(features(words, i, crowded, small)))
                    answers.append(starts[i])
        sets[name] = rows, answers
        print(name, len(rows), "gaps,", sum(answers), "boundaries", file=sys.stderr)
    vectorizer = CountVectorizer(analyzer=lambda row: row, min_df=4, binary=True)
    x = vectorizer.fit_transform(sets["train"][0])
    model = LogisticRegression(C=1.0, max_iter=200, solver="liblinear", random_state=1)
    model.fit(x, sets["train"][1])
    names = vectorizer.get_feature_names_out()
    weights = {n: round(float(w), 2) for n, w in zip(names, model.coef_[0], strict=True) if abs(w) >= 0.15}
    weights["b"] = round(weights.get("b", 0.0) + float(model.intercept_[0]), 2)
    right = found = gold = 0
    for row, answer in zip(*sets["test"], strict=True):
        said = sum(weights.get(f, 0.0) for f in row) >= 0
        right += said and answer
        found += said
        gold += answer
    figures = {"precision": right / found, "recall": right / gold, "f1": 2 * right / (found + gold), "boundaries": gold}
    print(json.dumps(figures))
    path = Path(__file__).resolve().parent.parent / "ontologies/text/boundaries.json"
    path.parent.mkdir(exist_ok=True)
    figures = {k: round(v, 4) for k, v in figures.items()}
    body = {
        "trained_on": "ClinicalTrials.gov summaries and descriptions (public domain)",
        "figures": figures,
        "weights": dict(sorted(weights.items())),
    }
    path.write_text(json.dumps(body, ensure_ascii=False, indent=0, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
