"""Every relation rule, class rule and status cue fires on its example and not on its counter-example."""

import re
from dataclasses import replace

import pytest

from kg.grounding.places import key_of
from kg.model import Clause, Document, EntityType, Grounding, Mention, Section, Span, Status
from kg.relations.line import Slot, make_line
from kg.relations.rulebook import open_rulebook
from kg.relations.rules import _status, cues_of, extract_relations

BOOK = open_rulebook()
MARK = re.compile(r"\[(\w+):(own )?([^\]]+)\]")


def marked(example: str) -> tuple[Document, tuple[Grounding, ...], frozenset[str]]:
    """A document with the text of an example, its mentions, and the keys of those marked as the trial's own."""
    text, groundings, own, at = "", [], set(), 0
    for match in MARK.finditer(example):
        text += example[at : match.start()]
        start = len(text)
        text += match.group(3)
        type_ = EntityType(match.group(1))
        mention = Mention(Span(start, len(text)), match.group(3), type_, "test")
        grounding = Grounding(mention, "", match.group(3), type_, 1.0)
        groundings.append(grounding)
        if match.group(2):
            own.add(key_of(grounding))
        at = match.end()
    text += example[at:]
    section = Section("briefSummary", text, text, None, 0)
    commas = "," in text or len(text.split()) < 6 or not re.search(r"\] \[", example)
    return (
        Document("NCT00000000", "test", "test", text, (section,), punctuated=commas),
        tuple(groundings),
        frozenset(own),
    )


def rules_that_fire(example: str, section: str = "briefSummary") -> set[str]:
    """The ids of the rules that make a relation of the example."""
    document, groundings, own = marked(example)
    clause = Clause(section, Span(0, len(document.text)))
    relations = []
    for rule in BOOK.relations:
        book = replace(BOOK, relations=(rule,))
        relations += extract_relations(document, clause, groundings, book, own=own)
    return {relation.rule for relation in relations}


@pytest.mark.parametrize("rule", BOOK.relations, ids=lambda rule: rule.id)
def test_relation_rule_fires_on_its_example_only(rule):
    """A biologist who edits a rule sees at once whether it still says what its example shows."""
    section = min(rule.sections, default="briefSummary")
    assert rule.id in rules_that_fire(rule.example, section)
    assert rule.id not in rules_that_fire(rule.counter_example, section)


@pytest.mark.parametrize("rule", BOOK.classes, ids=lambda rule: rule.id)
def test_class_rule_fires_on_its_example_only(rule):
    """What a class name says of its members."""
    assert rule.regex.search(rule.example)
    assert not rule.regex.search(rule.counter_example)


@pytest.mark.parametrize("cue", BOOK.cues, ids=lambda cue: cue.id)
def test_cue_is_found_in_its_example_only(cue):
    """The status words of a cue are seen in its example and not in its counter-example."""
    for text, expected in ((cue.example, True), (cue.counter_example, False)):
        line = make_line(text, Span(0, len(text)), ())
        assert bool(cue.regex.search(line.text.lower())) is expected


@pytest.mark.parametrize(
    ("sentence", "status"),
    [
        ("[Drug:Bevacizumab] did not improve [Outcome:overall survival]", Status.NEGATED),
        ("[Drug:Bevacizumab] failed to prolong [Outcome:overall survival]", Status.NEGATED),
        ("We hypothesize that [Drug:bevacizumab] improves [Outcome:overall survival]", Status.HYPOTHESISED),
        ("[Drug:Bevacizumab] may improve [Outcome:overall survival]", Status.HYPOTHESISED),
        ("The aim is to determine whether [Drug:bevacizumab] improves [Outcome:overall survival]", Status.HYPOTHESISED),
        ("[Drug:Bevacizumab] significantly improved [Outcome:overall survival]", Status.ASSERTED),
        ("[Drug:Aspirin] did not work but [Drug:bevacizumab] improved [Outcome:overall survival]", Status.ASSERTED),
    ],
)
def test_status_follows_the_cues_in_scope(sentence, status):
    """Negation and speculation reach the trigger that they govern, and stop at "but"."""
    document, groundings, _ = marked(sentence)
    clause = Clause("briefSummary", Span(0, len(document.text)))
    relations = extract_relations(document, clause, groundings, BOOK)
    found = {
        r.status
        for r in relations
        if r.object.mention.text == "overall survival" and r.subject.mention.text.lower() == "bevacizumab"
    }
    assert found == {status}


def test_list_members_each_get_the_relation():
    """A list without commas is still a list: three targets, three relations."""
    document, groundings, _ = marked(
        "[Drug:Sofantinib] acts by targeting [TargetFamily:VEGFR] [Target:FGFR1] and [Target:CSF1R]"
    )
    clause = Clause("briefSummary", Span(0, len(document.text)))
    objects = {r.object.mention.text for r in extract_relations(document, clause, groundings, BOOK)}
    assert objects == {"VEGFR", "FGFR1", "CSF1R"}


def test_relation_support_covers_subject_object_and_trigger():
    """A quote that exists is not yet support: both ends and the trigger lie inside it."""
    document, groundings, _ = marked(
        "Here [Drug:Octreotide] which belongs to [DrugClass:SSAs] can alleviate symptoms such as [Symptom:flushing] daily"
    )
    clause = Clause("briefSummary", Span(0, len(document.text)))
    relations = extract_relations(document, clause, groundings, BOOK)
    assert relations
    for relation in relations:
        for part in (relation.subject.mention.span, relation.object.mention.span, relation.trigger):
            assert relation.support.covers(part)


def test_what_is_said_of_a_class_goes_to_the_members_it_introduces():
    """Guideline 9: "SSAs such as octreotide relieve flushing" speaks of octreotide."""
    document, groundings, _ = marked("[DrugClass:SSAs] such as [Drug:octreotide] relieve [Symptom:flushing]")
    clause = Clause("briefSummary", Span(0, len(document.text)))
    treats = {
        r.subject.mention.text for r in extract_relations(document, clause, groundings, BOOK) if r.predicate == "treats"
    }
    assert treats == {"octreotide"}


def test_line_spans_lead_back_to_the_text():
    """What stands in the line can be found in the record."""
    text = "Gefitinib, an EGFR inhibitor, helps."
    slots = [Slot(Span(0, 9), EntityType.DRUG), Slot(Span(14, 28), EntityType.DRUG_CLASS)]
    line = make_line(text, Span(0, len(text)), slots)
    assert line.text == "⟦D0⟧ , an ⟦C1⟧ , helps ."
    assert line.span(line.text.index("an"), len(line.text) - 2).of(text) == "an EGFR inhibitor, helps"
    assert _status(line, (0, 4), cues_of(line, BOOK), BOOK.stops) == (Status.ASSERTED, ())


@pytest.mark.parametrize(
    "title", ["[Procedure:own MRI] for [Disease:stroke]", "[Drug:own Ghrelin] as a Biomarker for [Disease:dementia]"]
)
def test_diagnostics_treat_nothing(title):
    """Guideline 16: a scan or a marker has no `treats`."""
    document, groundings, own = marked(title)
    clause = Clause("briefTitle", Span(0, len(document.text)))
    assert not extract_relations(document, clause, groundings, BOOK, own=own)


def test_approval_does_not_reach_into_the_next_statement():
    """ "approved as an anti-obesity drug, has been studied in PCOS" approves nothing for PCOS."""
    document, groundings, own = marked(
        "[Drug:Sibutramine], approved as antiobesity drug, has been studied in only one study with women with [Disease:PCOS]"
    )
    clause = Clause("briefSummary", Span(0, len(document.text)))
    assert not [
        r for r in extract_relations(document, clause, groundings, BOOK, own=own) if r.predicate == "approvedFor"
    ]


def test_relieving_a_symptom_is_not_causing_it():
    """Bug: "can alleviate symptoms such as flushing" became "octreotide causes flushing"."""
    document, groundings, own = marked(
        "[Drug:Octreotide] can alleviate symptoms such as [Symptom:flushing] and [Symptom:diarrhea]"
    )
    clause = Clause("briefSummary", Span(0, len(document.text)))
    predicates = {r.predicate for r in extract_relations(document, clause, groundings, BOOK, own=own)}
    assert predicates == {"treats"}


def test_the_passive_does_not_turn_cause_and_effect_round():
    """Bug: "lung inflammation is often caused by an infection" said that the inflammation causes the infection."""
    document, groundings, own = marked("[Process:lung inflammation] is often caused by an [Disease:infection]")
    clause = Clause("briefSummary", Span(0, len(document.text)))
    found = extract_relations(document, clause, groundings, BOOK, own=own)
    assert not [r for r in found if r.subject.mention.text == "lung inflammation"]


def test_what_is_said_behind_an_and_is_not_said_of_the_name_before_it():
    """Bug: "sepsis is caused by a response to infection and is associated with hypotension" said that infection causes it."""
    document, groundings, own = marked(
        "Sepsis is caused by a response to [Disease:infection] and is associated with [Symptom:hypotension]"
    )
    clause = Clause("briefSummary", Span(0, len(document.text)))
    assert not extract_relations(document, clause, groundings, BOOK, own=own)


def test_an_outcome_behind_an_and_is_not_laid_to_the_name_before_it():
    """Bug: "sepsis is a response to infection and is associated with high mortality" said that infection worsens mortality."""
    document, groundings, own = marked(
        "Sepsis is a response to [Disease:infection] and is associated with a [Outcome:high mortality rate]"
    )
    clause = Clause("briefSummary", Span(0, len(document.text)))
    assert not extract_relations(document, clause, groundings, BOOK, own=own)
    document, groundings, own = marked("Severe [Disease:infection] is associated with a [Outcome:high mortality rate]")
    clause = Clause("briefSummary", Span(0, len(document.text)))
    assert "worsens" in [r.predicate for r in extract_relations(document, clause, groundings, BOOK, own=own)]
