"""The figures of `kg bench`: what each counts, on a record of three claims, with the gold's own scorer."""

import pytest

from kg.bench import by_predicate, by_status, held_figures, load_scorer, status_of_right, strip, stripped
from kg.errors import SourceError
from kg.model import Document, Section
from tests.shared_material import needs_shared

GOLD = (("gefitinib", "inhibits", "EGFR", "asserted"), ("gefitinib", "treats", "pNEN", "hypothesised"),
        ("gefitinib", "treats", "melanoma", "negated"))  # fmt: skip


def row(subject: str, predicate: str, object_: str, status: str) -> dict:
    """A claim as `kg extract` prints it."""
    return {"nct": "NCT00000001", "subject": {"text": subject}, "predicate": predicate, "object": {"text": object_}, "status": status}


# One status is wrong, one object is, and one claim is not said.
SAID = [row("gefitinib", "inhibits", "EGFR", "asserted"), row("gefitinib", "treats", "pNEN", "asserted"),
        row("gefitinib", "treats", "asthma", "hypothesised")]  # fmt: skip


@needs_shared
def test_a_status_is_right_only_where_the_whole_claim_is(scorer, gold_of):
    """Of three claims one has the wrong status and one the wrong object; what is not said is missed."""
    found = by_status(scorer, gold_of(*GOLD), SAID)
    assert found["asserted"] == (0.5, 1.0, 0.6667, 2, 1)
    assert found["hypothesised"] == (0.0, 0.0, 0.0, 1, 1)
    assert found["negated"] == (0.0, 0.0, 0.0, 0, 1)


@needs_shared
def test_status_alone_is_judged_where_the_triple_is_right(scorer, gold_of):
    """A wrong triple and a missed one say nothing of how well a status is told from another."""
    found = status_of_right(scorer, gold_of(*GOLD), SAID)
    assert found["asserted"] == (0.5, 1.0, 0.6667, 2, 1)
    assert found["hypothesised"] == (0.0, 0.0, 0.0, 0, 1)
    assert found["negated"] == (0.0, 0.0, 0.0, 0, 0)


@needs_shared
def test_predicates_are_counted_by_triple(scorer, gold_of):
    """The status does not matter here."""
    table = scorer.score(gold_of(*GOLD), [row("gefitinib", "treats", "pNEN", "asserted")])[1]
    assert by_predicate(table) == {"inhibits": (0.0, 0.0, 0.0, 0, 1), "treats": (1.0, 0.5, 0.6667, 1, 2)}


def test_stripped_text_has_no_mark_but_the_hyphen():
    """As in the study view; letters of every script, digits and line breaks stay."""
    text = "IL-6 (0.5%), \u03b2-cells;\nnext."
    document = Document("NCT00000001", "test", "test", text, (Section("briefSummary", text, text, None, 0),))
    assert stripped(document).text == strip(text) == "IL-6 05 \u03b2-cells\nnext"
    assert not stripped(document).punctuated


def test_held_out_figures_tell_each_predicate_and_status():
    """As the training measured them: whole and stripped, and no share outside 0 to 1."""
    found = list(held_figures())
    sections = {f.section for f in found}
    for look in ("whole", "stripped"):
        for kind in ("triples by predicate", "claims by status", "status of the right triples"):
            assert f"{kind}, held out, {look}, default" in sections
    assert all(0 <= f.value <= 1 for f in found if f.section != "further ordinary records")


def test_a_folder_without_the_gold_is_named(tmp_path):
    """One line that says what is missing."""
    with pytest.raises(SourceError, match=r"score_claims.py: not there; --shared names the folder"):
        load_scorer(tmp_path)
