"""What is said of several things: of combinations, of a product and what it is made of, of a class and its members."""

from kg.model import Clause, Document, EntityType, Grounding, Mention, Predicate, Relation, Section, Span, Status
from kg.relations.joint import with_partners
from kg.relations.rules import speak_of_members
from kg.relations.sure import only_a_range

T = EntityType


def document(text: str) -> Document:
    """A record of one sentence."""
    return Document("NCT00000003", "test", "test", text, (Section("briefSummary", text, text, None, 0),))


def named(text: str, words: str, type_: EntityType) -> Grounding:
    """A name of the sentence, known by its words."""
    at = text.index(words)
    return Grounding(Mention(Span(at, at + len(words)), words, type_, "test"), "test:" + words, words, type_, 1.0)


def said(text: str, subject: Grounding, predicate: Predicate, object_: Grounding, rule: str = "learned-x") -> Relation:
    """A statement that the whole sentence supports."""
    whole = Span(0, len(text))
    return Relation(subject, predicate, object_, Status.ASSERTED, whole, object_.mention.span, (), rule, 0.9)


def kept(text: str, *relations: Relation) -> list[tuple[str, str]]:
    """Subject and object of what is left of the statements, where the sentence is one clause."""
    clause = Clause("briefSummary", Span(0, len(text)))
    return [(r.subject.label, r.object.label) for r in with_partners(document(text), [clause], relations)]


def test_what_a_product_does_is_not_said_of_its_ingredients():
    """Bug: "KBMSI-2, which consisted of ginseng and honey, improved erectile function" said that honey improves it."""
    text = "KBMSI-2, which consisted of Ginseng, Honey, improved the erectile function"
    function = named(text, "erectile function", T.OUTCOME)
    agents = [named(text, words, T.DRUG) for words in ("KBMSI-2", "Ginseng", "Honey")]
    assert kept(text, *(said(text, a, Predicate.IMPROVES, function) for a in agents)) == [("KBMSI-2", "erectile function")]


def test_what_stands_behind_the_list_of_ingredients_speaks_for_itself():
    """A word that is no name ends the list, and kinship is said of ingredients too."""
    text = "A formula composed of ginseng was tried, and sildenafil improved function"
    sildenafil, function = named(text, "sildenafil", T.DRUG), named(text, "function", T.OUTCOME)
    assert kept(text, said(text, sildenafil, Predicate.IMPROVES, function)) == [("sildenafil", "function")]
    text = "A formula composed of ginseng, a herb"
    ginseng, herb = named(text, "ginseng", T.DRUG), named(text, "herb", T.DRUG_CLASS)
    assert kept(text, said(text, ginseng, Predicate.MEMBER_OF, herb)) == [("ginseng", "herb")]


def test_what_a_learned_reader_says_of_a_class_goes_to_the_members_that_the_sentence_introduces():
    """Bug: "octreotide, which belongs to somatostatin analogues SSAs, relieves flushing" was said of the class."""
    text = "octreotide, which belongs to SSAs, can relieve flushing"
    octreotide, ssas, flushing = named(text, "octreotide", T.DRUG), named(text, "SSAs", T.DRUG_CLASS), named(text, "flushing", T.SYMPTOM)
    member = said(text, octreotide, Predicate.MEMBER_OF, ssas, "drug-is-a-class")
    found = speak_of_members([said(text, ssas, Predicate.TREATS, flushing)], [member])
    assert [(r.subject.label, r.object.label) for r in found] == [("octreotide", "flushing")]
    other = said(text, octreotide, Predicate.MEMBER_OF, ssas, "learned-memberOf")
    assert speak_of_members([said(text, ssas, Predicate.TREATS, flushing)], [other])[0].subject.label == "SSAs"


def test_a_range_of_an_outcome_is_no_improvement():
    """Bug: "controlled, with PFS ranging from 15 to 164 months" said that the drug improves PFS."""
    text = "After octreotide diseases were controlled with PFS ranging from 15 months to 164 months"
    octreotide, pfs = named(text, "octreotide", T.DRUG), named(text, "PFS", T.OUTCOME)
    assert only_a_range(document(text), said(text, octreotide, Predicate.IMPROVES, pfs))
    text = "octreotide prolonged PFS from 6 to 14 months"
    octreotide, pfs = named(text, "octreotide", T.DRUG), named(text, "PFS", T.OUTCOME)
    assert not only_a_range(document(text), said(text, octreotide, Predicate.IMPROVES, pfs))
