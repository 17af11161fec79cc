"""The encoder's names join those of the rules: loose ends are cut, doubts are kept."""

import doctest

import numpy as np
import pytest

import kg.entities.encoded as encoded_module
from kg.encoder.tags import decode_tags
from kg.entities.encoded import tidy
from kg.model import Span


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("severity of", "severity"),
        ("CHS-388 (Formerly Known as", "CHS-388"),
        ("metastatic follicular,", "metastatic follicular"),
        ("progression to the", "progression"),
        ("omega-3 (PUFA)", "omega-3 (PUFA)"),
        ("of the", None),
        ("(", None),
    ],
)
def test_a_name_ends_with_a_word_that_can_end_it(text, kept):
    """Bug: "severity of" and "CHS-388 (Formerly Known as" stood as names."""
    span = tidy(text, Span(0, len(text)))
    assert (span and span.of(text)) == kept


def test_a_name_that_may_run_on_is_given_both_ways():
    """Where the tagger doubts a word, the shorter and the longer name are candidates."""
    p = np.array([[[0.1, 0.9, 0.0]], [[0.0, 0.0, 1.0]], [[0.6, 0.0, 0.4]], [[0.9, 0.0, 0.1]]])
    assert [m[:2] for m in decode_tags(p, 0.3)] == [(0, 1)]
    assert [m[:2] for m in decode_tags(p, 0.3, doubt=0.25)] == [(0, 1), (0, 2)]


def test_docstring_examples_hold():
    """What the docstrings show is what happens."""
    assert doctest.testmod(encoded_module).failed == 0
