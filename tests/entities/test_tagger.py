"""The mention tagger: what it adds to the rules, and that every mention is the record's own words."""

import pytest

from kg.entities.rules import find_mentions as find_by_rules
from kg.entities.tag_features import clause_features, title_words, token_spans
from kg.entities.tagger import KEEP, find_mentions, unite
from kg.lexicon.lexicon import open_lexicon
from kg.model import Document, EntityType, Intervention, Mention, Section, Span
from kg.relations.files import open_fast_model
from kg.text.abbreviations import find_abbreviations, long_forms
from kg.text.clauses import split_clauses

TITLE = "Zorafinib in Patients With Advanced Hepatocellular Carcinoma"
SUMMARY = (
    "Zorafinib is a VEGFR-targeted kinase inhibitor. It blocks tumour angiogenesis and may prolong time to wound closure. "
    "Patients with hepatocellular carcinoma often suffer from severe night-time itching."
)


def record(*sections: tuple[str, str]) -> Document:
    """A hand-made record."""
    parts, at = [], 0
    for name, text in sections:
        parts.append(Section(name, text, text, None, at))
        at += len(text) + 2
    return Document("NCT00000001", "test", "test", "\n\n".join(t for _, t in sections), tuple(parts),
                    conditions=("Hepatocellular Carcinoma",), interventions=(Intervention("Drug", "Zorafinib"),))


@pytest.fixture(scope="module")
def document():
    """A record with a title and a summary."""
    return record(("briefTitle", TITLE), ("briefSummary", SUMMARY))


@pytest.fixture(scope="module")
def mentions(document):
    """What the fast reader finds in it."""
    definitions = find_abbreviations(document)
    return find_mentions(document, split_clauses(document), open_lexicon(), long_forms(definitions),
                         open_fast_model().tagger, definitions=definitions)


def test_a_hyphen_parts_tokens():
    """A target stands alone in "VEGFR-targeted"."""
    text = "VEGFR-targeted (2nd)"
    assert [text[a:b] for a, b in token_spans(text, 0, len(text))] == ["VEGFR", "-", "targeted", "(", "2", "nd", ")"]


def test_features_show_what_the_rules_found(document):
    """A token under a rule's mention carries its type; the first and the others differ."""
    clauses = split_clauses(document)
    rules = find_by_rules(document, clauses, open_lexicon(), {})
    inside = [m for m in rules if clauses[0].span.covers(m.span)]
    spans = token_spans(document.text, clauses[0].span.start, clauses[0].span.end)
    rows = clause_features(document, clauses[0], spans, inside, title_words(document))
    assert len(rows) == len(spans)
    assert "m=BDrug" in rows[0]
    assert any("m=IDisease" in row for row in rows)


def test_mentions_are_words_of_the_record_in_order(document, mentions):
    """Spans hold the text that the mention carries; outer before inner, left before right."""
    assert mentions
    assert [m.text for m in mentions] == [m.span.of(document.text) for m in mentions]
    assert list(mentions) == sorted(mentions, key=lambda m: (m.span.start, -m.span.end))
    assert len({m.span for m in mentions}) == len(mentions)


def test_the_tagger_finds_what_no_table_lists(mentions):
    """An outcome in free words is found by the model."""
    assert any(m.rule == "learned" and m.confidence >= KEEP for m in mentions)


def test_the_records_own_drug_and_disease_stay(mentions):
    """What the record's fields name is a mention with the fields' rule."""
    rules = {m.text.lower(): m.rule for m in mentions}
    assert rules["zorafinib"] == "own-intervention"
    assert any(m.type is EntityType.DISEASE and m.rule == "own-condition" for m in mentions)


def test_confidence_says_whether_a_name_matters(document):
    """Words of logistics score lower than the trial's drug."""
    other = record(("briefSummary", "Zorafinib inhibits VEGFR. Visits take place at the clinic every second Monday."))
    found = find_mentions(other, split_clauses(other), open_lexicon(), {}, open_fast_model().tagger)
    drug = max(m.confidence for m in found if m.text == "Zorafinib")
    assert drug > 0.5
    assert all(m.confidence < drug for m in found if m.span.start > 26)


def test_empty_text_gives_no_mentions():
    """A record without clauses has no mentions."""
    empty = record(("briefSummary", ""))
    assert find_mentions(empty, split_clauses(empty), open_lexicon(), {}, open_fast_model().tagger) == ()


def test_a_span_is_never_given_twice(document):
    """The same record read twice gives the same mentions."""
    tagger = open_fast_model().tagger
    once = find_mentions(document, split_clauses(document), open_lexicon(), {}, tagger)
    again = find_mentions(document, split_clauses(document), open_lexicon(), {}, tagger)
    assert once == again
    assert Span(0, 9) in {m.span for m in once}


def test_two_known_names_side_by_side_are_not_one():
    """Where a full stop was lost, "EGFR Bevacizumab" is a target and a drug; "CD19 CAR-T cells" may stay one name."""
    def name(start: int, words: str, type_: EntityType) -> Mention:
        return Mention(Span(start, start + len(words)), words, type_, "test", 0.9)

    known = [name(0, "EGFR", EntityType.TARGET), name(5, "Bevacizumab", EntityType.DRUG)]
    whole = name(0, "EGFR Bevacizumab", EntityType.TARGET)
    assert whole not in unite(known, [whole], lambda span: 0.9)
    cells = name(0, "EGFR Bevacizumab", EntityType.DRUG)
    assert cells in unite(known, [cells], lambda span: 0.9)
