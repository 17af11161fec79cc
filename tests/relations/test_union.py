"""Rules and model on the same words: one statement, the rule's quote, the surer confidence."""

from dataclasses import replace

from kg.model import EntityType, Grounding, Mention, Predicate, Relation, Span, Status
from kg.relations.union import unite

TEXT = "Gefitinib inhibits EGFR. Gefitinib blocks EGFR."


def relation(start: int, end: int, rule: str, confidence: float, status: Status = Status.ASSERTED) -> Relation:
    """Gefitinib and EGFR in one of the two sentences."""
    a, b = TEXT.index("Gefitinib", start), TEXT.index("EGFR", start)
    subject = Grounding(
        Mention(Span(a, a + 9), "Gefitinib", EntityType.DRUG, "test"), "x:1", "gefitinib", EntityType.DRUG, 1.0
    )
    object_ = Grounding(
        Mention(Span(b, b + 4), "EGFR", EntityType.TARGET, "test"), "x:2", "EGFR", EntityType.TARGET, 1.0
    )
    return Relation(
        subject, Predicate.INHIBITS, object_, status, Span(start, end), Span(a + 10, b - 1), (), rule, confidence
    )


def test_what_both_read_in_one_place_is_said_once():
    """The rule's status stays; the confidence is the higher one."""
    by_rule = relation(0, 23, "rule", 0.8)
    learned = relation(0, 24, "learned-inhibits", 0.95, Status.HYPOTHESISED)
    assert unite([by_rule], [learned]) == (replace(by_rule, confidence=0.95),)


def test_another_place_is_another_quote():
    """The model's second sentence is kept."""
    by_rule, learned = relation(0, 23, "rule", 0.8), relation(25, len(TEXT), "learned-inhibits", 0.9)
    assert unite([by_rule], [learned]) == (by_rule, learned)
    assert unite([], [learned]) == (learned,)


def test_the_model_repeating_itself_in_one_place_says_it_once():
    """Bug: short and long form of one drug gave the same sentence several times."""
    learned = relation(0, 24, "learned-inhibits", 0.9)
    assert len(unite([], [learned, learned])) == 1
