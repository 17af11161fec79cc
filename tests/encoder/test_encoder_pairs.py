"""The pair head in numpy computes what its layers say; pairs are found in the windows that hold them."""

import numpy as np
import pytest

from kg.encoder import pairs
from kg.encoder.encoder import _chance


def test_maxima_over_stretches_agree_with_a_plain_loop():
    """The table of doubling stretches gives the same as max() does."""
    rng = np.random.default_rng(5)
    x = rng.normal(size=(37, 3)).astype(np.float32)
    lo = np.array([0, 3, 5, 36, 0])
    hi = np.array([0, 9, 36, 36, 36])
    found = pairs._range_max(pairs._range_table(x), lo, hi)
    wanted = np.stack([x[a : b + 1].max(0) for a, b in zip(lo, hi, strict=True)])
    assert np.array_equal(found, wanted)


def test_gelu_is_the_exact_form():
    """Known values of x * Phi(x)."""
    x = np.array([-3.0, -1.0, 0.0, 1.0, 3.0], dtype=np.float32)
    assert np.allclose(pairs._gelu(x), [-0.00404951, -0.15865525, 0.0, 0.84134475, 2.99595049], atol=1e-5)


def test_gap_buckets_tell_the_two_orders_apart():
    """The same two mentions in the other order have another bucket."""
    spans = np.array([[0, 0], [2, 2]])
    forward = pairs._gap_bucket(spans, np.array([0]), np.array([1]))
    back = pairs._gap_bucket(spans, np.array([1]), np.array([0]))
    assert forward[0] != back[0]


@pytest.mark.filterwarnings("error")
def test_very_unlikely_pairs_print_no_overflow_warning():
    """A logit below -88 once overflowed, and numpy told the user."""
    found = _chance(np.array([-500.0, 0.0, 500.0], dtype=np.float32))
    assert np.allclose(found, [0.0, 0.5, 1.0])
