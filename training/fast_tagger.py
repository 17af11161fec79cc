"""Trains the fast reader's mention tagger (python-crfsuite) on gold names."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pycrfsuite

from kg.entities.tag_features import clause_features, title_words, token_spans
from training.fast_data import Prepared, gold_spans

SETTINGS = {"c1": 0.1, "c2": 0.05, "max_iterations": 70, "feature.minfreq": 5, "feature.possible_transitions": False}


def sequences(prepared: Prepared) -> Iterable[tuple[list[list[str]], list[str]]]:
    """For each clause its features and labels."""
    document = prepared.document
    gold = gold_spans(prepared.record)
    titles = title_words(document)
    for clause in prepared.clauses:
        spans = token_spans(document.text, clause.span.start, clause.span.end)
        if not spans:
            continue
        rules = [m for m in prepared.rules if clause.span.covers(m.span)]
        labels = ["O"] * len(spans)
        for a, b, kind in gold:
            if a < clause.span.start or b > clause.span.end:
                continue
            inside = [i for i, (c, d) in enumerate(spans) if a <= c and d <= b]
            for n, i in enumerate(inside):
                labels[i] = ("I" if n else "B") + kind
        yield clause_features(document, clause, spans, rules, titles), labels


def train_tagger(records: Iterable[Prepared], path: Path, **settings: float) -> None:
    """Trains on the records and writes the model."""
    trainer = pycrfsuite.Trainer(verbose=False)
    trainer.select("lbfgs")
    trainer.set_params({**SETTINGS, **settings})
    for prepared in records:
        for features, labels in sequences(prepared):
            trainer.append(features, labels)
    trainer.train(str(path))
