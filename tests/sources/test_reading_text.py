"""The reading form of a field, and the way back to what the record wrote."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.model import Section, Span
from kg.sources.reading_text import make_section, read_text, tidy, well_formed, wrap_indent

RECORD_LIKE = st.lists(
    st.sampled_from(
        ["EGFR", "TGF-ß", "ß2", "Straße", "ß", "\\>", "\\[CR\\]", "\\_", "\\", "&lt;", "&amp;", "&amp;#39;", "&#x3b2;",
         "&nosuch;", "&", "\r\n", "\r", "\n", "\n\n", "\n      ", "\n        -  ", "\r\n\r\n      ", " ", "  ", "\t",
         "ﬁ", "ﬃ", "\u00ad", "\u200b", "\ufeff", "\u00a0", "\u2009", "’", "“", "—", "‑", "（", "）", "，", "５", "。",
         "~", ".~A", "a", "x.", "\x00", "\x92", "С", "o", "\uf062", "\ud800", "🧬", "&shy;", "&#13;", "&#0;"]
    ), max_size=25,
).map("".join)  # fmt: skip
ANY_TEXT = st.one_of(st.text(max_size=60), RECORD_LIKE)


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        ("IC50 \\> 5 and \\[CR\\] \\~ 3\\*", "IC50 > 5 and [CR] ~ 3*"),
        ("the child\\&amp;#39;s p &lt; 0.05, &#x3b2;-cell &Amp; more", "the child's p < 0.05, β-cell & more"),
        ("one\r\ntwo\rthree", "one\ntwo\nthree"),
        ("HER2\uff0cthen \uff15\uff0c\uff10\uff10\uff10 doses\u3002", "HER2, then 5,000 doses."),
        ("doxorubicin\uff08PLD\uff09plus", "doxorubicin (PLD) plus"),
        ("TGF-ß, PDGFRß, IL-1ß, ß-blocker, ß2, αvß3, Aß42, interferon ß", "TGF-β, PDGFRβ, IL-1β, β-blocker, β2, αvβ3, "
         "Aβ42, interferon β"),
        ("Straße, Weißensee, Groß, STRAßE", "Straße, Weißensee, Groß, STRAßE"),
        ("eﬃcacy of ﬁrst-line", "efficacy of first-line"),
        ("im\u00admune\u200b cell", "immune cell"),
        ("10\u00a0mg\u2009daily", "10 mg daily"),
        ("the body’s “own” cells", "the body's \"own\" cells"),
        ("first‑line – PD−1 — end", "first-line - PD-1 - end"),
        ("aims:\n• one\n• two", "aims:\n• one\n• two"),
        ("cells die.~PURPOSE: to see ~50%", "cells die.\nPURPOSE: to see ~50%"),
        ("\uf062-lactamase \uf0b3 16", "β-lactamase ≥ 16"),
        ("the body\x92s cells", "the body's cells"),
        ("СD8 is Cyrillic first; Москва is not", "CD8 is Cyrillic first; Москва is not"),
        ("  padded \n", "padded"),
    ],
)  # fmt: skip
def test_reading_resolves(text: str, reading: str) -> None:
    """What a layout or an editor did to the letters is undone; the words stay."""
    assert read_text(text)[0] == reading


def test_reading_is_the_text_where_nothing_is_odd() -> None:
    """Ordinary text costs no map."""
    text = "Gefitinib inhibits EGFR (IC50 = 33 nM).\n\n* It is oral."
    assert read_text(text) == (text, None)


def test_reading_joins_hard_wraps() -> None:
    """Wrapped lines become one line, blank lines stay paragraphs, list items stay lines."""
    text = ("\n      Lung cancer kills. Non-small cell\r\n      lung cancer (NSCLC) is\n      common.\n\n"
            "      OBJECTIVES:\n\n        -  To compare\n           survival.\n"
            "        -  To measure.\n    ")  # fmt: skip
    assert wrap_indent(text) == 6
    assert read_text(text)[0] == (
        "Lung cancer kills. Non-small cell lung cancer (NSCLC) is common.\n\nOBJECTIVES:\n\n"
        "-  To compare survival.\n-  To measure."
    )


def test_reading_joins_hard_wraps_whose_indent_was_cut_off() -> None:
    """Some copies trim the lines: then every break comes where the next word would not have fitted."""
    text = ("Background: the evaluation of the cells of the immune system has been a central focus of the\r\n"
            "Branch for the past 30 years, and goes on.\r\n\r\n  -  Blood obtained by skin biopsies and other tissues"
            " will be evaluated for the\r\n     abnormalities of immunity.")  # fmt: skip
    assert read_text(text)[0] == (
        "Background: the evaluation of the cells of the immune system has been a central focus of the "
        "Branch for the past 30 years, and goes on.\n\n-  Blood obtained by skin biopsies and other tissues "
        "will be evaluated for the abnormalities of immunity."
    )
    free = "Group 1 gets gefitinib.\nGroup 2 gets placebo, in all who come to the clinic in the first year.\nNo more"
    assert read_text(free) == (free, None)


def test_reading_keeps_breaks_of_other_layouts() -> None:
    """Nested bullets of API v2 are indented too, and are no hard wrap."""
    text = "Aims:\n\n* one\n\n      1. deep\n      2. deeper\n* two"
    assert read_text(text) == (text, None)


def test_reading_tildes_are_breaks_in_corpora() -> None:
    """TREC's corpora write a line break as a tilde; about stays about."""
    assert read_text("Inclusion~Adults ~50 years~", tildes=True)[0] == "Inclusion\nAdults ~50 years"


@given(ANY_TEXT, st.booleans())
@settings(max_examples=400, deadline=None)
def test_origin_never_falls_and_stays_inside(text: str, tildes: bool) -> None:
    """One offset for each character and one for the end, in order, within the text."""
    reading, origin = read_text(text, tildes=tildes)
    if origin is None:
        assert reading == text
        return
    assert len(origin) == len(reading) + 1
    assert all(a <= b for a, b in pairwise(origin))
    assert not reading or origin[-1] > origin[-2]
    assert 0 <= origin[0] and origin[-1] <= len(text)


@given(ANY_TEXT, st.integers(0, 50))
@settings(max_examples=400, deadline=None)
def test_original_gives_the_source_of_each_word(text: str, start: int) -> None:
    """The source of a word reads as that word again, begins and ends with no white space, and is no longer than it."""
    section = make_section("briefSummary", text, start)
    for match in re.finditer(r"[A-Za-z0-9]+", section.reading):
        original = section.original(Span(start + match.start(), start + match.end()))
        source = original.of(text)
        assert source == source.strip()
        if source != match.group():
            assert "".join(c for c in tidy(source) if c.isalnum()) == match.group()


@given(ANY_TEXT)
@settings(max_examples=200, deadline=None)
def test_original_of_neighbours_does_not_overlap(text: str) -> None:
    """Two spans that only touch come from stretches that only touch, unless they share a ligature."""
    section = make_section("briefSummary", text, 0)
    spans = [section.original(Span(i, i + 1)) for i in range(len(section.reading))]
    assert all(a.end == b.start or a == b for a, b in pairwise(spans))


def test_original_leaves_out_what_is_skipped_beside_a_word() -> None:
    """Escapes, zero-width characters and wraps beside a word are not part of its source."""
    text = "see \\[EGFR\\] and \ufeffKRAS\u200b now"
    section = make_section("briefSummary", text, 7)
    found = {}
    for word in ("EGFR", "[EGFR]", "KRAS", "and"):
        at = 7 + section.reading.index(word)
        found[word] = section.original(Span(at, at + len(word))).of(text)
    assert found == {"EGFR": "EGFR", "[EGFR]": "\\[EGFR\\]", "KRAS": "KRAS", "and": "and"}


def test_original_of_half_a_ligature_is_the_ligature() -> None:
    """A span that ends inside a ligature takes all of it."""
    section = make_section("briefTitle", "eﬃcacy", 0)
    assert section.reading == "efficacy"
    assert section.original(Span(0, 2)) == Span(0, 2)
    assert section.original(Span(3, 5)) == Span(1, 3)


def test_original_of_nothing_is_nothing() -> None:
    """An empty span stays empty, also at the end."""
    section = Section("briefTitle", "a\\>b", "a>b", (0, 1, 3, 4), 0)
    assert [section.original(Span(i, i)).start for i in range(4)] == [0, 1, 3, 4]


def test_flat_bullets_get_lines_of_their_own() -> None:
    """A page whose breaks were flattened shows its bullets again, at the same offsets."""
    section = make_section("briefSummary", "Aims: * To see * To know 2 * 3", 0, flat=True)
    assert section.reading == "Aims:\n* To see\n* To know 2 * 3"
    assert section.original(Span(8, 14)) == Span(8, 14)


def test_well_formed_text_can_be_encoded() -> None:
    """Lone surrogates from JSON escapes would stop every later step."""
    assert well_formed("a\ud800b") == "a\ufffdb"
    assert well_formed("𝛽") == "𝛽"
