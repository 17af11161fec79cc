"""The measured figures of grounding do not drop below their floors."""

import os
from pathlib import Path

import pytest

from kg.grounding.measure import covered, measure, same_ids
from kg.lexicon.lexicon import open_lexicon
from kg.model import Candidate, Document, EntityType, Grounding, Mention, Section, Span
from kg.text.abbreviations import find_abbreviations, long_forms

SHARED = Path(os.environ.get("KG_SHARED", Path(__file__).resolve().parents[3] / "shared"))
FLOORS = {  # percent; the last measured values less a little, so that a drop is seen
    "coverage terms": 98.9,
    "bc5cdr disease": 84.7,
    "bc5cdr chemical": 84.0,
    "ncbi_disease": 80.5,
    "nlm_gene, human ids": 74.3,
}


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


def test_what_mesh_lacks_counts_under_its_heading():
    """A concept of our own by the table of headings, a family of one gene by that gene."""
    lexicon = open_lexicon()
    assert "mesh:d007674" in same_ids(grounding("kgl:symptom/nephrotoxicity"), lexicon)
    assert "hgnc:5434" in same_ids(grounding("FPLX:IFNB"), lexicon)
    assert not any(i.startswith("hgnc:") for i in same_ids(grounding("FPLX:VEGFR"), lexicon))


@pytest.mark.slow
def test_measured_accuracy_is_above_its_floors():
    """The coverage list and the public corpora, with the abbreviations that each text defines."""
    if not (SHARED / "lexicon" / "coverage_terms.tsv").is_file():
        pytest.skip(f"the shared coverage list is not at {SHARED}")
    rows = {row.name: row for row in measure(SHARED, long_forms=defined_in)}
    for name, floor in FLOORS.items():
        assert rows[name].accuracy >= floor, rows[name].missed[:10]


def defined_in(text: str) -> dict[str, str]:
    """The abbreviations that a text defines, by the text room."""
    section = Section("briefSummary", text, text, None, 0)
    return long_forms(find_abbreviations(Document("NCT00000000", "test", "test", text, (section,))))
