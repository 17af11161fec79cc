"""The measured figures of grounding do not drop below their floors."""

import os
from pathlib import Path

import pytest

from kg.grounding.measure import covered, measure, same_ids
from kg.lexicon.lexicon import open_lexicon
from kg.model import Candidate, EntityType, Grounding, Mention, Span

SHARED = Path(os.environ.get("KG_SHARED", Path(__file__).resolve().parents[3] / "shared"))
FLOORS = {"coverage terms": 175 / 187 * 100}


def grounding(id_: str, *candidates: Candidate, label: str = "x") -> Grounding:
    """A grounding made by hand."""
    mention = Mention(Span(0, 1), label, EntityType.TARGET, "test")
    return Grounding(mention, id_, label, EntityType.TARGET, 1.0, (), candidates)


def test_an_expectation_is_any_of_or_all_of():
    """`|` asks for one, `&` for all members of a slash expansion."""
    lexicon = open_lexicon()
    members = tuple(
        Candidate(i, i, EntityType.TARGET, 1.0, ("member, by slash expansion",)) for i in ("hgnc:1", "hgnc:2")
    )
    both = grounding("kgl:target-family/x", *members)
    assert covered(both, "HGNC:1&HGNC:2", "x", lexicon)
    assert not covered(both, "HGNC:1&HGNC:3", "x", lexicon)
    assert covered(both, "HGNC:9|HGNC:2", "x", lexicon)
    assert not covered(grounding(""), "CURATE", "x", lexicon)
    assert "mesh:d000077156" in same_ids(grounding("CHEBI:49668"), lexicon)


@pytest.mark.slow
def test_coverage_of_the_shared_list_is_above_its_floor():
    """175 of 187 names a reader must ground."""
    if not (SHARED / "lexicon" / "coverage_terms.tsv").is_file():
        pytest.skip(f"the shared coverage list is not at {SHARED}")
    rows = {row.name: row for row in measure(SHARED)}
    for name, floor in FLOORS.items():
        assert rows[name].accuracy >= floor, rows[name].missed
