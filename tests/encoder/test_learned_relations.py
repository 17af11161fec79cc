"""Pair scores become relations: one statement a thing, with status, threshold and quote."""

import pytest

from kg.encoder.encoder import Found, Reading, Scored
from kg.entities.learned import find_mentions
from kg.model import Document, EntityType, Grounding, Predicate, Section, Span, Status
from kg.relations.learned import extract_relations, plain_name

TEXT = "Gefitinib may inhibit EGFR. Gefitinib inhibits the epidermal growth factor receptor (EGFR) in cells."
SETTINGS = {"mention_threshold": 0.4, "thresholds": {"treats": 0.9}, "default_threshold": 0.5, "repeat": 0.5}
ASSERTED, HYPOTHESISED = (0.9, 0.05, 0.05), (0.05, 0.9, 0.05)


def reading(*pairs: Scored, settings: dict = SETTINGS) -> Reading:
    """A reading with four mentions: drug, target; drug, long form, short form."""
    spans = [Span(0, 9), Span(22, 26), Span(28, 37), Span(51, 83), Span(85, 89)]
    kinds = [EntityType.DRUG, EntityType.TARGET, EntityType.DRUG, EntityType.TARGET, EntityType.TARGET]
    document = Document("NCT00000001", "here", "test", TEXT, (Section("briefSummary", TEXT, TEXT, None, 0),))
    mentions = tuple(Found(s, k, 0.9) for s, k in zip(spans, kinds, strict=True))
    return Reading(document, (), mentions, pairs, settings)


def relations(made: Reading):
    """Relations under the mentions' own names."""
    return extract_relations(made, [Grounding(m, "", m.text, m.type, 0.0) for m in find_mentions(made)])


def test_mentions_carry_the_words_they_stand_for():
    """Text, type and confidence come from the reading."""
    found = find_mentions(reading())
    assert [m.text for m in found] == ["Gefitinib", "EGFR", "Gefitinib", "epidermal growth factor receptor", "EGFR"]
    assert found[0].confidence == 0.9


def test_an_abbreviation_defined_in_the_record_is_its_long_form():
    """Weak scores for both names add up to one statement."""
    weak = [Scored(0, 1, Predicate.INHIBITS, 0.4, ASSERTED), Scored(2, 3, Predicate.INHIBITS, 0.45, ASSERTED)]
    assert relations(reading(weak[0])) == ()
    assert {r.predicate for r in relations(reading(*weak))} == {Predicate.INHIBITS}


def test_a_predicate_can_have_its_own_threshold():
    """"treats" needs 0.9 here, "inhibits" 0.5."""
    assert relations(reading(Scored(0, 1, Predicate.TREATS, 0.8, ASSERTED))) == ()
    assert len(relations(reading(Scored(0, 1, Predicate.INHIBITS, 0.8, ASSERTED)))) == 1


def test_the_status_is_that_of_the_likelier_places():
    """A sure finding outweighs a doubtful expectation."""
    found = relations(reading(Scored(0, 1, Predicate.INHIBITS, 0.3, HYPOTHESISED),
                              Scored(2, 3, Predicate.INHIBITS, 0.9, ASSERTED)))
    assert {r.status for r in found} == {Status.ASSERTED}


def test_the_quote_is_the_sentence_that_holds_both_mentions():
    """Without clauses, sentence ends bound the quote."""
    (found,) = relations(reading(Scored(0, 1, Predicate.INHIBITS, 0.9, HYPOTHESISED)))
    assert found.support.of(TEXT) == "Gefitinib may inhibit EGFR."
    assert found.trigger.of(TEXT).strip() == "may inhibit"
    assert found.status is Status.HYPOTHESISED
    assert found.rule == "learned-inhibits"


def test_of_inhibits_and_targets_only_the_more_specific_is_kept():
    """Guideline 1."""
    found = relations(reading(Scored(0, 1, Predicate.INHIBITS, 0.8, ASSERTED),
                              Scored(0, 1, Predicate.TARGETS, 0.9, ASSERTED)))
    assert [r.predicate for r in found] == [Predicate.INHIBITS]


def test_confidence_follows_the_calibration_curve():
    """Between two points of the curve it is interpolated."""
    made = reading(Scored(0, 1, Predicate.INHIBITS, 0.75, ASSERTED),
                   settings={**SETTINGS, "calibration": [[0.5, 1.0], [0.4, 0.8]]})
    assert relations(made)[0].confidence == pytest.approx(0.6)


@pytest.mark.parametrize(("name", "plain"), [("The EGFR-TKIs", "egfr tki"), ("Therapies", "therapy"), ("OS", "os")])
def test_names_are_compared_without_case_marks_and_plural(name: str, plain: str):
    """As the scorer compares them."""
    assert plain_name(name) == plain
