"""The examples in the room's docstrings are true."""

from __future__ import annotations

import doctest
import importlib

import pytest


@pytest.mark.parametrize(("name", "count"), [("contacts", 1), ("fields", 3), ("reading_text", 5)])
def test_docstring_examples_hold(name: str, count: int) -> None:
    """Each file's examples run, and none got lost."""
    outcome = doctest.testmod(importlib.import_module(f"kg.sources.{name}"))
    assert outcome.failed == 0 and outcome.attempted >= count
