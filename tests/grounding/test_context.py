"""Short forms that the record does not define, settled by what else it names."""

import pytest

from kg.grounding.ground import Grounder
from kg.lexicon.lexicon import open_lexicon
from kg.model import EntityType as T
from kg.model import Mention, Span


@pytest.fixture(scope="module")
def grounder():
    """One for all records, as in the pipeline."""
    return Grounder(open_lexicon())


def read(grounder, *things: tuple[str, T], names=None):
    """The groundings of a record that names these things, in this order."""
    return grounder.ground_all([Mention(Span(0, len(text)), text, type_, "test") for text, type_ in things], names or {})


def test_a_short_form_without_a_concept_takes_the_long_name_that_it_abbreviates(grounder):
    """ALF is in no lexicon; a record that names acute liver failure means that."""
    long, short = read(grounder, ("acute liver failure", T.DISEASE), ("ALF", T.DISEASE))
    assert (short.id, short.label) == (long.id, long.label) != ("", "")
    assert short.reasons[0] == "named in full in the record: acute liver failure"
    assert short.score < long.score
    assert short.mention.text == "ALF"


def test_what_one_record_names_tells_nothing_of_another(grounder):
    """The reader keeps names from record to record, but not what a record meant by them."""
    read(grounder, ("acute liver failure", T.DISEASE), ("ALF", T.DISEASE))
    assert read(grounder, ("ALF", T.DISEASE))[0].id == ""


def test_a_short_form_of_several_genes_goes_to_the_one_named_at_length(grounder):
    """TTF-1 is transcription termination factor 1, or thyroid transcription factor 1 where a record speaks of that."""
    assert read(grounder, ("TTF-1", T.TARGET))[0].label == "TTF1"
    long, short = read(grounder, ("thyroid transcription factor 1", T.TARGET), ("TTF-1", T.TARGET))
    assert short.label == long.label == "NKX2-1"
    assert "TTF1" in [c.label for c in short.candidates]


def test_two_long_names_settle_nothing(grounder):
    """Where both meanings are named, or two names abbreviate alike, the short form stays what it was."""
    both = ("thyroid transcription factor 1", T.TARGET), ("transcription termination factor 1", T.TARGET)
    assert read(grounder, *both, ("TTF-1", T.TARGET))[2].label == "TTF1"
    alike = ("acute liver failure", T.DISEASE), ("allergic lung failure", T.DISEASE)  # the second in no vocabulary
    assert read(grounder, *alike, ("ALF", T.DISEASE))[2].id == ""


def test_a_name_of_another_type_settles_nothing(grounder):
    """The gene APC is not the polyposis that is spelled out beside it."""
    assert read(grounder, ("adenomatous polyposis coli", T.DISEASE), ("APC", T.TARGET))[1].label == "APC"


def test_what_the_record_defines_is_not_settled_otherwise(grounder):
    """A definition, even one that no vocabulary knows, beats a name elsewhere in the record."""
    names = {"ALF": "annual laughing frequency"}
    assert read(grounder, ("acute liver failure", T.DISEASE), ("ALF", T.DISEASE), names=names)[1].id == ""
