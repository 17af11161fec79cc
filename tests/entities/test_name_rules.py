"""Mentions by tables and patterns: what each head and form rule finds, and how mentions nest."""

import re

import pytest

from kg.entities.rules import find_mentions, open_name_rules
from kg.lexicon.lexicon import open_lexicon
from kg.model import Document, EntityType, Intervention, Section
from kg.text.abbreviations import find_abbreviations, long_forms
from kg.text.clauses import split_clauses

RULES = open_name_rules()
BRACKETS = re.compile(r"\[([^\]]+)\]")


class Nothing:
    """A lexicon without a single name, so that only the rules speak."""

    def scan(self, text, span):
        """No hits."""
        return ()

    def lookup(self, name):
        """No candidates."""
        return ()


@pytest.fixture(scope="module")
def lexicon():
    """The shipped lexicon."""
    return open_lexicon()


def record(text: str, **fields) -> Document:
    """A record whose summary is `text`."""
    return Document("NCT00000000", "test", "test", text, (Section("briefSummary", text, text, None, 0),), **fields)


def mentions(text: str, lexicon, **fields):
    """The mentions of a text."""
    document = record(text, **fields)
    definitions = find_abbreviations(document)
    return find_mentions(document, split_clauses(document), lexicon, long_forms(definitions), definitions=definitions)


@pytest.mark.parametrize("rule", (*RULES.heads, *RULES.forms), ids=lambda rule: rule.id)
def test_name_rule_finds_its_example_only(rule):
    """The words in brackets are found with the rule's type; the counter-example gives nothing by this rule."""
    expected = BRACKETS.search(rule.example).group(1)
    found = [m for m in mentions(BRACKETS.sub(r"\1", rule.example), Nothing()) if m.rule == rule.id]
    assert [(m.text, m.type) for m in found] == [(expected, rule.type)]
    assert not [m for m in mentions(rule.counter_example, Nothing()) if m.rule == rule.id]


def test_names_nest_and_never_cross(lexicon):
    """EGFR stands inside "EGFR inhibitor"; no two mentions overlap in part."""
    found = mentions(
        "The EGFR inhibitor gefitinib acts on advanced EGFR-mutated non-small cell lung cancer cells.", lexicon
    )
    assert {"EGFR", "EGFR inhibitor", "gefitinib"} <= {m.text for m in found}
    for a in found:
        for b in found:
            assert not a.span.overlaps(b.span) or a.span.covers(b.span) or b.span.covers(a.span)


def test_mentions_slice_back_to_the_text(lexicon):
    """span.of(text) is the mention's text, always."""
    text = (
        "Gastrointestinal or pulmonary neuroendocrine neoplasms (NENs) express SSTR2; NENs respond to octreotide LAR."
    )
    for m in mentions(text, lexicon):
        assert m.span.of(text) == m.text


def test_common_words_are_not_names(lexicon):
    """of, in, was, this and can are no genes and no diseases here."""
    found = {
        m.text.lower()
        for m in mentions("This was the aim of the trial in which patients can be treated at all.", lexicon)
    }
    assert not found & {"of", "in", "was", "this", "can", "aim", "all", "at", "treated", "patients"}


def test_own_interventions_are_found_in_the_prose():
    """A code name that no table holds is known from the record's own field."""
    found = mentions("QX-17 binds its target.", Nothing(), interventions=(Intervention("Drug", "QX-17 10 mg tablet"),))
    assert [(m.text, m.type, m.rule) for m in found] == [("QX-17", EntityType.DRUG, "own-intervention")]


def test_a_shared_head_gives_two_names(lexicon):
    """ "gastrointestinal or pulmonary neuroendocrine neoplasms" names two diseases."""
    found = [
        m
        for m in mentions("for gastrointestinal or pulmonary neuroendocrine neoplasms", lexicon)
        if m.rule == "shared-head"
    ]
    assert [(m.text, m.full) for m in found] == [("gastrointestinal", "gastrointestinal neuroendocrine neoplasms")]


def test_an_own_name_is_found_with_blank_or_hyphen_in_the_plural_and_in_capitals(lexicon):
    """A name without capitals is found however written; inside a longer word it is not."""
    text = "Zorb-agent blocks. ZORB AGENTS block, a prezorb agent and zorb agent-like do not."
    document = Document("NCT00000001", "", "", text, (Section("briefSummary", text, text, None, 0),),
                        interventions=(Intervention("Drug", "zorb agent"),))
    found = find_mentions(document, split_clauses(document), lexicon, {})
    assert [m.text for m in found if m.rule == "own-intervention"] == ["Zorb-agent", "ZORB AGENTS"]


@pytest.mark.parametrize("text", ["Patients took BAY 2416964 daily.", "It treats relapsed or refractory CD22-positive leukemia."])
def test_a_code_or_a_symbol_is_not_cut_before_its_number(lexicon, text):
    """Bug: "BAY" of "BAY 2416964" was the bay tree, "refractory CD" of "refractory CD22-positive" a celiac disease."""
    assert not {"BAY", "refractory CD"} & {m.text for m in mentions(text, lexicon)}
