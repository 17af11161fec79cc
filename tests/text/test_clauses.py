"""Document -> clauses, on text with and without punctuation."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.model import Document, Section
from kg.text.boundaries import cut_unpunctuated, shape
from kg.text.clauses import LONGEST, split_clauses


def document(text: str, *, punctuated: bool = True) -> Document:
    """A record whose summary is `text`."""
    return Document(
        "NCT00000000", "test", "test", text, (Section("briefSummary", text, text, None, 0),), punctuated=punctuated
    )


def clauses(text: str, *, punctuated: bool = True) -> list[str]:
    """The words of each clause."""
    d = document(text, punctuated=punctuated)
    return [clause.span.of(d.text) for clause in split_clauses(d)]


def test_sentences_end_at_full_stops_but_not_at_abbreviations_and_decimals():
    """A dot inside a number or behind e.g. ends nothing."""
    assert clauses(
        "Median PFS was 5.5 months, e.g. Smith et al. found 6. Everolimus helps. So does sunitinib vs. placebo."
    ) == [
        "Median PFS was 5.5 months, e.g. Smith et al. found 6.",
        "Everolimus helps.",
        "So does sunitinib vs. placebo.",
    ]


def test_list_items_are_clauses_of_their_own():
    """Bullets and numbers start a clause and are not part of it."""
    assert clauses("Aims:\n\n* To test A\n* To test B\n\n1. Third aim") == [
        "Aims:",
        "To test A",
        "To test B",
        "Third aim",
    ]


def test_hard_wrapped_lines_stay_together():
    """A line break before a small letter is only a wrap."""
    assert clauses("Gefitinib inhibits\nthe receptor. It is oral.") == [
        "Gefitinib inhibits\nthe receptor.",
        "It is oral.",
    ]


def test_text_without_punctuation_is_cut_where_a_sentence_starts():
    """The boundary model finds what the lost full stops said."""
    found = clauses(
        "Octreotide relieves flushing in patients with carcinoid syndrome However the objective response rate was only 19 "
        "There is currently no effective treatment for these patients Therefore new drugs are urgently needed",
        punctuated=False,
    )
    assert [c.split()[0] for c in found] == ["Octreotide", "However", "There", "Therefore"]


def test_line_breaks_always_cut_unpunctuated_text():
    """The study view keeps line breaks."""
    assert clauses("EGFR was seen\nin tumours", punctuated=False) == ["EGFR was seen", "in tumours"]


def test_a_capital_gerund_starts_a_sentence_where_capitals_are_rare():
    """Bug: "… macrophages TAMs Inhibiting CSF1R can …" was one sentence, and the macrophages were its subject."""
    text = (
        "the drugs act by inhibiting growth factors and the receptor is an important pathway associated with the survival "
        "and function of tumor associated macrophages TAMs Inhibiting CSF1R can regulate the activity of macrophages"
    )
    assert [c.split()[0] for c in clauses(text, punctuated=False)] == ["the", "Inhibiting"]
    assert len(clauses(text.replace("by inhibiting", "on"), punctuated=False)) == 1, "a name, for all the record says"


def test_an_endless_field_is_cut_in_bounded_pieces():
    """A run-on field costs linear work and loses no word."""
    text = "word " * 2000
    found = clauses(text)
    assert max(map(len, found)) <= LONGEST
    assert sum(c.count("word") for c in found) == 2000


@pytest.mark.parametrize(
    ("word", "expected"), [("EGFR", "X"), ("Xiao", "Xx"), ("the", "x"), ("139", "d"), ("A", "I"), ("pNENs", "m")]
)
def test_shape_tells_what_a_word_looks_like(word, expected):
    """Shapes are the model's view of capitals and digits."""
    assert shape(word) == expected


@given(st.text(max_size=300), st.booleans())
def test_clauses_never_overlap_and_never_hold_outer_blanks(text, punctuated):
    """Any text in, no crash; clauses come in order and are trimmed."""
    d = document(text, punctuated=punctuated)
    end = 0
    for clause in split_clauses(d):
        words = clause.span.of(text)
        assert clause.span.start >= end
        assert words and words == words.strip()
        end = clause.span.end


@given(st.text(alphabet="aB 1-", min_size=1, max_size=80))
def test_first_word_always_starts_a_clause(text):
    """Cuts are offsets of words; the first word is one."""
    cuts = cut_unpunctuated(text)
    assert cuts == sorted(set(cuts))
    assert not text.strip() or cuts[0] == len(text) - len(text.lstrip())
