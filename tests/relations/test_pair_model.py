"""The pair model's lookups: names by their beginning, rows summed; rules woken by the words of a line."""

import numpy as np

from kg.relations.pair_features import names_of
from kg.relations.pair_model import CLASSES, STATUSES, Index, PairModel
from kg.relations.rulebook import open_rulebook

NAMES = ["DTblocks", "DTinhibits", "w=", "w=blocks", "w=inhibits"]  # sorted


def model() -> PairModel:
    """Five features of three hidden units."""
    table = np.vstack([np.zeros(3), np.arange(15).reshape(5, 3)]).astype(np.float32)
    out = np.ones((3, CLASSES + len(STATUSES)), np.float32)
    return PairModel(NAMES, table, np.zeros(3, np.float32), out, np.zeros(CLASSES + len(STATUSES), np.float32))


def test_a_name_is_found_under_each_beginning_it_has():
    """The index answers as one table of whole names would; row 0 is left for what is unknown."""
    index = Index(NAMES)
    for row, name in enumerate(NAMES, 1):
        for cut in range(len(name) + 1):
            assert index[name[:cut]][name[cut:]] == row
    assert index["no such beginning"] == {}
    assert "nothing" not in index["w="]


def test_names_come_one_by_one():
    """A beginning with two ends is two names."""
    assert list(names_of([("w=", ["blocks", "kills"]), ("DT", ("blocks",))])) == ["w=blocks", "w=kills", "DTblocks"]


def test_unknown_names_weigh_nothing():
    """Each line of features has the sum of its known rows; one without any weighs 0."""
    lines = [[("w=", ["blocks", "kills"])], [("w=", ["kills"])], [("DT", ["inhibits"]), ("w=", ["inhibits"])]]
    rows = [sum(model().table[NAMES.index(n) + 1].sum() for n in names_of(line) if n in NAMES) for line in lines]
    assert model().weights(lines, 0) == rows == [30.0, 0.0, 51.0]


def test_a_line_wakes_every_rule_whose_word_it_holds():
    """Rules are woken by a part of a word and by words with a blank as well."""
    book = open_rulebook()
    for rule in book.relations:
        for word in rule.needs:
            assert rule in book.ready(f"⟦D0⟧ pre{word}fix ⟦T1⟧"), (rule.id, word)
    assert all(not rule.needs for rule in book.ready("⟦D0⟧ xyzzy ⟦T1⟧"))
