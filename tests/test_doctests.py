"""Examples in docstrings are promises too."""

import doctest
import importlib
from pathlib import Path

import pytest

import kg

ROOT = Path(kg.__file__).parent
MODULES = sorted(
    ".".join(("kg", *path.relative_to(ROOT).with_suffix("").parts))
    for path in ROOT.rglob("*.py")
    if not path.name.startswith("__")
)


@pytest.mark.parametrize("name", MODULES)
def test_examples_in_docstrings_hold(name):
    """Each example gives what it says."""
    assert doctest.testmod(importlib.import_module(name)).failed == 0
