"""Words that take up a name before them: "it", "they", "this drug"."""

import re

import pytest

from kg.grounding.anaphora import FARTHEST, RULE, open_anaphora_rules, take_up
from kg.grounding.ground import Grounder
from kg.lexicon.lexicon import open_lexicon
from kg.model import Document, EntityType, Mention, Section, Span
from kg.pipeline import Options, ReaderKind, open_reader
from kg.text.clauses import split_clauses

RULES = open_anaphora_rules()
NAME, TAKES_UP = re.compile(r"⟨([^⟩]+)⟩"), re.compile(r"\[([^\]]+)\]")
GEFITINIB = Mention(Span(0, 9), "Gefitinib", EntityType.DRUG, "test")  # at the beginning of a text
MARKS = re.compile(r"[⟨⟩\[\]]")


@pytest.fixture(scope="module")
def grounder():
    """One for all records, as in the pipeline."""
    return Grounder(open_lexicon())


def record(text: str) -> Document:
    """A record whose summary is `text`."""
    return Document("NCT00000000", "test", "test", text, (Section("briefSummary", text, text, None, 0),))


def taken_up(grounder, text: str, *names: tuple[str, EntityType]) -> list[tuple[str, str]]:
    """What takes up what in a text that holds these names: (the words, the name)."""
    document = record(text)
    places = sorted((*m.span(), type_) for name, type_ in names for m in re.finditer(re.escape(name), text))
    mentions = [Mention(Span(a, b), text[a:b], type_, "test") for a, b, type_ in places]
    found = take_up(document, split_clauses(document), grounder.ground_all(mentions, {}))
    assert [g.mention.span.start for g in found] == sorted(g.mention.span.start for g in found)
    assert all(g.mention.span.of(text) == g.mention.text for g in found)
    return [(g.mention.text, g.mention.stands_for.of(text)) for g in found if g.mention.rule == RULE]


@pytest.mark.parametrize("rule", (*RULES.pronouns, *RULES.nouns), ids=lambda rule: rule.example)
def test_each_rule_takes_up_its_example_only(rule, grounder):
    """The words in [ ] stand for the name in ⟨ ⟩; in the counter-example nothing is taken up."""
    name, words = NAME.search(rule.example)[1], TAKES_UP.search(rule.example)[1]
    types = [t for t in EntityType if t in rule.types]
    assert taken_up(grounder, MARKS.sub("", rule.example), (name, types[0])) == [(words, name)]
    named = NAME.search(rule.counter_example)[1]
    known = open_lexicon().lookup(named)[0].type
    assert taken_up(grounder, MARKS.sub("", rule.counter_example), (named, known)) == []


def test_a_pronoun_is_grounded_as_the_name_and_says_why(grounder):
    """Concept, type and candidates are the name's; the score is a little lower, and the first reason says what takes it up."""
    text = "Gefitinib is a pill. It blocks the receptor."
    document = record(text)
    name, it = take_up(document, split_clauses(document), grounder.ground_all([GEFITINIB], {}))
    assert (it.id, it.label, it.type, it.candidates) == (name.id, name.label, name.type, name.candidates)
    assert it.score < name.score
    assert it.reasons == ("taken up: It", *name.reasons)
    assert it.mention.stands_for == name.mention.span


def test_a_chain_of_pronouns_reaches_back_to_the_name(grounder):
    """The second "It" stands for what the first stands for."""
    text = "Gefitinib is a pill. It blocks the receptor. It is given daily."
    assert taken_up(grounder, text, ("Gefitinib", EntityType.DRUG)) == [("It", "Gefitinib"), ("It", "Gefitinib")]


@pytest.mark.parametrize("text", [
    "Gefitinib and erlotinib are pills. It blocks the receptor.",  # a list has no one subject
    "Patients took gefitinib. It blocks the receptor.",  # the name does not open the sentence
    "Gefitinib is a pill. It is possible that the tumor shrinks.",  # "it" stands for nothing
    "Gefitinib is a pill. It has been shown that tumors shrink.",
    "Gefitinib is a pill. They develop a rash.",  # one thing is no "they"
    "Gefitinib is a pill.\n\nThe receptor is common. It drives growth.",  # the sentence before has another subject
    "Gefitinib is a pill. " + "Much " * (FARTHEST // 5) + "was said. It blocks the receptor.",
])  # fmt: skip
def test_where_it_may_stand_for_something_else_nothing_is_taken_up(text, grounder):
    """Wrong claims cost more than missing ones."""
    assert taken_up(grounder, text, ("Gefitinib", EntityType.DRUG), ("gefitinib", EntityType.DRUG), ("erlotinib", EntityType.DRUG)) == []


def test_this_drug_is_the_only_drug_before_it(grounder):
    """The nearest sentence decides; of two drugs in it, the one that opens it; of two others, neither."""
    drugs = ("gefitinib", EntityType.DRUG), ("erlotinib", EntityType.DRUG), ("Gefitinib", EntityType.DRUG)
    assert taken_up(grounder, "We give gefitinib. This drug is safe.", *drugs) == [("This drug", "gefitinib")]
    assert taken_up(grounder, "Gefitinib beat erlotinib. This drug is safe.", *drugs) == [("This drug", "Gefitinib")]
    assert taken_up(grounder, "We compare gefitinib with erlotinib. This drug is safe.", *drugs) == []
    assert taken_up(grounder, "We compare gefitinib with erlotinib. These drugs are safe.", *drugs) == []


@pytest.mark.parametrize(("text", "expected"), [
    ("Diabetes is common. It causes blindness.", [("It", "Diabetes")]),
    ("Sclerosis is common. They cause blindness.", []),
    ("Sclerosis is common. It causes blindness.", [("It", "Sclerosis")]),
    ("NSAIDs are common. They relieve pain.", [("They", "NSAIDs")]),
    ("NSAIDs are common. It relieves pain.", []),
])  # fmt: skip
def test_one_is_not_many(text, expected, grounder):
    """"It" stands for one thing, "they" for several; "diabetes" is one."""
    names = ("Diabetes", EntityType.DISEASE), ("Sclerosis", EntityType.DISEASE), ("NSAIDs", EntityType.DRUG_CLASS)
    assert taken_up(grounder, text, *names) == expected


def test_nothing_is_taken_up_from_another_section(grounder):
    """A summary does not begin where a title ends."""
    title, summary = "Gefitinib", "It blocks the receptor."
    sections = Section("briefTitle", title, title, None, 0), Section("briefSummary", summary, summary, None, len(title) + 2)
    document = Document("NCT00000000", "test", "test", f"{title}\n\n{summary}", sections)
    (name,) = grounder.ground_all([GEFITINIB], {})
    assert take_up(document, split_clauses(document), [name]) == (name,)


@pytest.mark.parametrize("kind", list(ReaderKind))
def test_a_quote_reaches_back_to_the_name_that_a_pronoun_takes_up(kind):
    """Every reader's claim about "It" is one about the name, quotes both sentences, and calls the subject by its name."""
    text = "Gefitinib is a small pill that is taken once a day. It inhibits EGFR."
    reader = open_reader(Options(reader=kind))
    (claim,) = [c for c in reader.read(record(text)) if c.predicate == "inhibits"]
    (evidence,) = claim.evidence
    assert (claim.subject.label, claim.object.label) == ("gefitinib", "EGFR")
    assert evidence.quote == text.rstrip(".") or evidence.quote == text
    assert (evidence.subject.text, text[evidence.subject.start : evidence.subject.end]) == ("Gefitinib", "Gefitinib")
    assert "taken up: It" in evidence.subject.reasons
