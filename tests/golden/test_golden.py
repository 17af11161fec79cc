"""Each room's output on the reference record is what a person last approved; `make golden` rewrites it."""

import pytest

from kg.store.named import named_queries
from tests.golden.rooms import FOLDER, outputs


@pytest.fixture(scope="module")
def made():
    """What the rooms make today."""
    return outputs()


NAMES = sorted(path.name for path in FOLDER.iterdir())


def test_every_room_and_every_shipped_query_has_a_golden_file(made):
    """At least 12 shipped queries, each with its expected answer on the reference record."""
    assert sorted(made) == NAMES
    assert len(named_queries()) >= 12
    assert all(named.comment and named.title for named in named_queries())


@pytest.mark.parametrize("name", NAMES)
def test_output_is_as_approved(made, name):
    """The file and today's output agree, letter for letter."""
    assert made[name] == (FOLDER / name).read_text(encoding="utf-8")


def test_central_queries_answer_something(made):
    """An expected answer of nothing would prove nothing."""
    for name in (
        "drug-targets",
        "disease-targets",
        "trial-hypotheses",
        "approved-drugs",
        "combinations",
        "quotes",
        "about",
        "counts",
    ):
        assert made[f"query-{name}.txt"].count("\n") > 1, name
