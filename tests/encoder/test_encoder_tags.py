"""Tag scores become names."""

import numpy as np

from kg.encoder.tags import decode_tags, probabilities


def scores(words: int, types: int = 2) -> np.ndarray:
    """Everything outside."""
    made = np.zeros((words, types, 3))
    made[:, :, 0] = 5
    return made


def names(s: np.ndarray) -> list[tuple[int, int, int, float]]:
    """What is likelier than not enough to be looked at."""
    return decode_tags(probabilities(s), 0.4)


def test_a_mention_begins_at_begin_and_runs_while_inside_is_likeliest():
    """B I O gives one mention of two words."""
    s = scores(4)
    s[1, 0] = (0, 5, 0)
    s[2, 0] = (0, 0, 5)
    ((first, last, kind, p),) = names(s)
    assert (first, last, kind) == (1, 2, 0)
    assert 0.9 < p < 1


def test_mentions_of_two_types_may_be_nested():
    """"EGFR" inside "EGFR inhibitor" is kept."""
    s = scores(3)
    s[0, 0] = s[0, 1] = (0, 5, 0)
    s[1, 1] = (0, 0, 5)
    assert [m[:3] for m in names(s)] == [(0, 0, 0), (0, 1, 1)]


def test_of_two_types_for_the_same_words_the_likelier_stays():
    """One stretch of words is one mention."""
    s = scores(1)
    s[0, 0] = (0, 2, 0)
    s[0, 1] = (0, 4, 0)
    assert [m[2] for m in names(s)] == [1]


def test_an_inside_without_a_begin_is_nothing():
    """A mention needs its first word."""
    s = scores(2)
    s[1, 0] = (0, 0, 5)
    assert names(s) == []
