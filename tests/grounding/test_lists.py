"""Names that are lists run together, in text that lost its commas."""

import pytest

from kg.grounding.ground import Grounder
from kg.grounding.lists import lists_apart
from kg.lexicon.lexicon import open_lexicon
from kg.model import Document, Mention, Section, Span
from kg.model import EntityType as T


@pytest.fixture(scope="module")
def grounder():
    """One for all records, as in the pipeline."""
    return Grounder(open_lexicon())


def kept(grounder, whole: str, type_: T, *members: tuple[str, T], punctuated: bool = False) -> bool:
    """Whether a name stays beside others that stand in it, which all stay."""
    document = Document("NCT00000000", "test", "test", whole, (Section("briefSummary", whole, whole, None, 0),), punctuated=punctuated)
    mentions = [Mention(Span(0, len(whole)), whole, type_, "learned")]
    mentions += [Mention(Span(whole.index(m), whole.index(m) + len(m)), m, t, "lexicon") for m, t in members]
    left = [g.mention.text for g in lists_apart(document, grounder.ground_all(mentions, {}))]
    assert left[-len(members) :] == [m for m, _ in members]
    return whole in left


@pytest.mark.parametrize(("whole", "type_", "members"), [
    ("propofol etomidate", T.DRUG, [("propofol", T.DRUG), ("etomidate", T.DRUG)]),
    ("heart disease stroke", T.DISEASE, [("heart disease", T.DISEASE), ("stroke", T.DISEASE)]),
    ("gout hypertension stroke", T.DISEASE, [("gout", T.DISEASE), ("hypertension", T.DISEASE), ("stroke", T.DISEASE)]),
])  # fmt: skip
def test_a_list_run_together_goes_and_its_members_stay(whole, type_, members, grounder):
    """Else it would be grounded as its last member, the others as modifiers."""
    assert not kept(grounder, whole, type_, *members)


def test_where_commas_are_written_a_name_is_a_name(grounder):
    """Text with punctuation is left as it is."""
    assert kept(grounder, "propofol etomidate", T.DRUG, ("propofol", T.DRUG), ("etomidate", T.DRUG), punctuated=True)


@pytest.mark.parametrize(("whole", "type_", "members"), [
    ("rheumatoid arthritis RA", T.DISEASE, [("rheumatoid arthritis", T.DISEASE), ("RA", T.DISEASE)]),  # one thing twice
    ("sodium chloride", T.DRUG, [("sodium", T.DRUG), ("chloride", T.DRUG)]),  # a vocabulary has it
    ("severe pancreatitis", T.DISEASE, [("pancreatitis", T.DISEASE)]),  # no name before it
    ("cancer fatigue", T.DISEASE, [("cancer", T.DISEASE), ("fatigue", T.SYMPTOM)]),  # two that differ in type
    ("diabetic neuropathy stroke", T.DISEASE, [("diabetic", T.DISEASE), ("stroke", T.DISEASE)]),  # something is left over
])  # fmt: skip
def test_what_may_be_one_name_stays(whole, type_, members, grounder):
    """Short forms behind long ones, modifiers and known names are no lists."""
    assert kept(grounder, whole, type_, *members)
