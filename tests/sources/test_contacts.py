"""Contact details in prose are found; numbers of science are not taken for them."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.sources.contacts import contact_spans


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Write to ada.secret@clinic.example.org today.", ["ada.secret@clinic.example.org"]),
        ("(ada (at) clinic.example)", ["ada (at) clinic.example"]),
        ("Call 310-555-0100 or (310) 555-0100.", ["Call 310-555-0100", "(310) 555-0100"]),
        ("Vienna, Tel. +43 50 1255 1255; insured", ["Tel. +43 50 1255 1255"]),
        ("Telephone number: 030 1234567 in Berlin", ["Telephone number: 030 1234567"]),
        ("It helps. Contact: Ada Secret, nurse\nIt works.", ["Contact: Ada Secret, nurse"]),
        ("For more information, please contact Dr. Ada Secret at the clinic. It works.",
         ["For more information, please contact Dr. Ada Secret at the clinic"]),
        ("Please contact:\n\nAda Secret\nRoom 5", ["Please contact:\n\nAda Secret\nRoom 5"]),
        ("", []),
    ],
)  # fmt: skip
def test_contact_details_are_found(text: str, found: list[str]) -> None:
    """Addresses, numbers, and the tail that follows "contact"."""
    assert [span.of(text) for span in contact_spans(text)] == found


@pytest.mark.parametrize(
    "text",
    [
        "cells at 37 °C; p=0.0000072; 027100000 to 1100000; NCT06592989; PMID 30348854",
        "100,000/mm3 at 2,000-3,000 U; 2010-2014; 2020-06-01; doses of 100-200-300 mg",
        "Household contacts: persons with TB; contact sensitisation; Caring Contacts: A Trial",
        "EGFR+ and HER2+ 20-30%; IL-6/IL-8; 1,4-ß linkage; cell contact inhibition calls for TGFBR2",
        "CD8+ 123 456 cells; HLA-A*02:01; 10^9/L; @ 5 mg; 177Lu-PSMA-617",
    ],
)
def test_science_is_no_contact(text: str) -> None:
    """Doses, dates, ids, counts and contacts of patients stay."""
    assert contact_spans(text) == ()


PIECES = st.lists(st.sampled_from(["contact", "please ", ":", " ", "\n", "a@b.org", "310-555-0100", "."])).map("".join)


@given(st.text(max_size=80) | PIECES)
@settings(max_examples=200, deadline=None)
def test_contact_spans_are_in_order_and_apart(text: str) -> None:
    """Sorted, inside the text, not empty, none touching the next."""
    spans = contact_spans(text)
    assert all(a.end < b.start for a, b in pairwise(spans))
    assert all(0 <= span.start < span.end <= len(text) for span in spans)
