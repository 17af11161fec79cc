"""Rules and model on the same words: one statement, the rule's quote, the surer confidence."""

from dataclasses import replace

from kg.model import EntityType, Grounding, Mention, Predicate, Relation, Span, Status
from kg.relations.rulebook import open_rulebook
from kg.relations.union import distinct, judged, unite

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


def test_a_rule_is_as_sure_as_itself_or_the_model_whichever_is_more():
    """A rule's known precision is not lowered by a model that doubts; what the model never weighed keeps it too."""
    by_rule = relation(0, 23, "rule", 0.8)
    assert judged([by_rule], {("x:1", Predicate.INHIBITS, "x:2"): 0.9}) == (replace(by_rule, confidence=0.9),)
    assert judged([by_rule], {("x:1", Predicate.INHIBITS, "x:2"): 0.3}) == (by_rule,)
    assert judged([by_rule], {("x:2", Predicate.INHIBITS, "x:1"): 0.9}) == (by_rule,)


def longer(relation: Relation) -> Relation:
    """The same with one more word in the object's name."""
    g = relation.object
    span = Span(g.mention.span.start - 9, g.mention.span.end)
    mention = replace(g.mention, span=span, text=span.of(TEXT))
    return replace(relation, object=replace(g, mention=mention, id="x:3"))


def test_a_longer_name_of_the_same_says_nothing_new():
    """Bug: "inhibits EGFR" and "inhibits inhibits EGFR" were two claims, and at least one of them wrong."""
    short = relation(0, 23, "learned-inhibits", 0.8)
    assert distinct([longer(replace(short, confidence=0.7)), short]) == (short,)


def test_a_rules_wording_comes_before_a_surer_model():
    """Rules know where a name ends."""
    by_rule = relation(0, 23, "rule", 0.6)
    assert distinct([by_rule, longer(relation(0, 23, "learned-inhibits", 0.9))]) == (by_rule,)


def test_two_ways_of_acting_on_one_thing_are_one_statement():
    """What inhibits a thing does not also activate it in the same words; another predicate may stand beside."""
    sure = relation(0, 23, "learned-inhibits", 0.8)
    other = replace(sure, predicate=Predicate.ACTIVATES, confidence=0.7, rule="learned-activates")
    beside = replace(sure, predicate=Predicate.TREATS, confidence=0.7, rule="learned-treats")
    assert distinct([sure, other, beside]) == (sure, beside)


def test_a_kind_that_says_nothing_is_refused():
    """Bug: "X is a heterogeneous tumor" made a subtype."""
    book = open_rulebook()
    one = relation(0, 23, "rule", 0.8)

    def named(words: str) -> Grounding:
        return replace(one.object, mention=replace(one.object.mention, text=words))

    for words, refused in (("heterogeneous tumors", True), ("common disease", True), ("lung tumors", False)):
        assert book.refuses(Predicate.SUBTYPE_OF, one.subject, named(words)) is refused
    assert book.refuses(Predicate.MEMBER_OF, one.subject, named("novel agents"))
    assert not book.refuses(Predicate.MEMBER_OF, one.subject, named("novel EGFR inhibitors"))
    assert book.refuses(Predicate.MEMBER_OF, one.subject, named("medicated gel"))
    assert book.refuses(Predicate.TREATS, named("Clinical decision-making"), named("renal stones"))
    for words, refused in (("useful drug", True), ("safe and effective treatments", True), ("effective statins", False)):
        assert book.refuses(Predicate.TREATS, named(words), named("anaemia")) is refused


def test_a_plan_is_as_sure_as_the_model_finds_it():
    """Bug: "Dialysis Patients With Sepsis" said at 0.85, the rule's own sureness, that dialysis treats sepsis."""
    plan, plain = relation(0, 23, "title-agent-for-disease", 0.85), relation(0, 23, "agent-inhibits-target", 0.85)
    statement = ("x:1", Predicate.INHIBITS, "x:2")
    assert [r.confidence for r in judged([plan, plain], {statement: 0.3}, open_rulebook().plans)] == [0.3, 0.85]
    assert [r.confidence for r in judged([plan, plain], {statement: 0.9}, open_rulebook().plans)] == [0.9, 0.9]
    assert judged([plan], {}, open_rulebook().plans) == (plan,)
