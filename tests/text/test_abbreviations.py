"""Abbreviations that a record defines, with brackets and without."""

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

import kg.text.ellipsis
import kg.text.words
from kg.model import Document, Section
from kg.text.abbreviations import find_abbreviations, long_forms


def defined(text: str) -> dict[str, str]:
    """Short form -> long form of a text."""
    d = Document("NCT00000000", "test", "test", text, (Section("briefSummary", text, text, None, 0),))
    return {a.short: a.long for a in find_abbreviations(d)}


@pytest.mark.parametrize(
    ("text", "short", "long"),
    [
        ("patients with chronic lymphocytic leukemia (CLL) who", "CLL", "chronic lymphocytic leukemia"),
        ("epidermal growth factor receptor EGFR was enriched", "EGFR", "epidermal growth factor receptor"),
        ("the Colony-stimulating factor 1 receptor CSF1R is", "CSF1R", "Colony-stimulating factor 1 receptor"),
        (
            "the incidence of pancreatic neuroendocrine neoplasms pNENs is rising",
            "pNENs",
            "pancreatic neuroendocrine neoplasms",
        ),
        ("prolonged the time to disease progression TTP in patients", "TTP", "time to disease progression"),
        ("in non-small cell lung cancer NSCLC Bevacizumab", "NSCLC", "non-small cell lung cancer"),
        ("the estimated glomerular filtration rate [eGFR] fell", "eGFR", "estimated glomerular filtration rate"),
        ("tumor necrosis factor (TNF; cachectin) rises", "TNF", "tumor necrosis factor"),
        ("fibroblast growth factor receptor FGFR1 and others", "FGFR1", "fibroblast growth factor receptor 1"),
        ("in attenuated adenomatous polyposis coli (AAPC)", "AAPC", "attenuated adenomatous polyposis coli"),
        ("in myotonic dystrophy (DM) the gene", "DM", "myotonic dystrophy"),
    ],
)
def test_definition_is_found(text, short, long):
    """The long form is the words that spell the short one."""
    assert defined(text)[short] == long


@pytest.mark.parametrize(
    "text",
    [
        "sunitinib and everolimus were approved by the FDA in",
        "PATIENTS WITH CANCER PWC",
        "patients received gefitinib (250 mg) daily",
        "expressed EGFR which was associated",
        "by targeting VEGFR FGFR1 and CSF1R",
    ],
)
def test_chance_neighbours_define_nothing(text):
    """Words that merely stand before capitals are no definition."""
    assert defined(text) == {}


def test_plural_short_form_also_defines_the_singular():
    """pNENs defined, pNEN used."""
    text = "pancreatic neuroendocrine neoplasms (pNENs) and a pNEN"
    d = Document("NCT00000000", "test", "test", text, (Section("briefSummary", text, text, None, 0),))
    assert long_forms(find_abbreviations(d))["pNEN"] == "pancreatic neuroendocrine neoplasms"


@given(st.text(alphabet="ABCabc ()-1.,s", max_size=120))
def test_spans_hold_what_they_name(text):
    """Any text in, no crash; spans slice back to the forms."""
    d = Document("NCT00000000", "test", "test", text, (Section("briefSummary", text, text, None, 0),))
    for abbreviation in find_abbreviations(d):
        assert abbreviation.short_span.of(text).strip() == abbreviation.short
        assert abbreviation.long.startswith(abbreviation.long_span.of(text))


@pytest.mark.parametrize("module", [kg.text.words, kg.text.ellipsis])
def test_examples_in_the_docstrings_hold(module):
    """What the documentation shows is what happens."""
    result = doctest.testmod(module)
    assert result.attempted and not result.failed


def test_boundary_doctest_holds():
    """The boundary model's own example."""
    import kg.text.boundaries

    assert not doctest.testmod(kg.text.boundaries).failed
