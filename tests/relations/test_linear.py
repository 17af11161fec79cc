"""The fast reader's relations: what it reads in plain sentences, and what every relation must hold."""

import json
from types import SimpleNamespace

import numpy as np
import pytest

from kg.claims.assemble import assemble
from kg.entities.tagger import find_mentions
from kg.errors import KgError
from kg.grounding.ground import Grounder
from kg.lexicon.lexicon import open_lexicon
from kg.model import Clause, Document, Intervention, Predicate, Section, Span, Status
from kg.pipeline import own_things
from kg.relations.candidates import pairs_of, views_of
from kg.relations.files import open_fast_model, quantised
from kg.relations.joint import with_partners
from kg.relations.linear import HOPELESS, LEAST, _own_subject, calibrated, choose, extract_relations, score
from kg.relations.pair_model import CLASSES
from kg.relations.rulebook import open_rulebook
from kg.relations.trees import Trees
from kg.text.abbreviations import find_abbreviations, long_forms
from kg.text.clauses import split_clauses

TITLE = "Gefitinib Plus Bevacizumab in Patients With Non-Small Cell Lung Cancer"
SUMMARY = (
    "RATIONALE: Gefitinib may stop the growth of tumor cells by blocking some of the enzymes needed for cell growth. "
    "Gefitinib inhibits EGFR. Bevacizumab is a monoclonal antibody that blocks VEGF. "
    "Giving gefitinib together with bevacizumab may kill more tumor cells. "
    "PURPOSE: This trial studies how well gefitinib works in treating patients with non-small cell lung cancer. "
    "Cisplatin did not improve overall survival in these patients."
)


def record_of(summary: str) -> Document:
    """A record with this summary alone."""
    return Document("NCT00000002", "test", "test", summary, (Section("briefSummary", summary, summary, None, 0),))


def record(punctuated: bool = True) -> Document:
    """A hand-made record."""
    parts, texts, at = [], [], 0
    for name, text in (("briefTitle", TITLE), ("briefSummary", SUMMARY)):
        text = text if punctuated else "".join(c for c in text if c.isalnum() or c in " -")
        parts.append(Section(name, text, text, None, at))
        texts.append(text)
        at += len(text) + 2
    return Document("NCT00000001", "test", "test", "\n\n".join(texts), tuple(parts),
                    conditions=("Non-small Cell Lung Cancer",),
                    interventions=(Intervention("Drug", "Gefitinib"), Intervention("Drug", "Bevacizumab")),
                    punctuated=punctuated)


def grounded(document: Document):
    """The clauses of a record and the names that the fast reader finds in it."""
    clauses, definitions = split_clauses(document), find_abbreviations(document)
    lexicon, names = open_lexicon(), long_forms(definitions)
    mentions = find_mentions(document, clauses, lexicon, names, open_fast_model().tagger, definitions=definitions)
    return clauses, Grounder(lexicon).ground_all(mentions, names)


def read(document: Document):
    """The relations of a record by the fast reader."""
    clauses, groundings = grounded(document)
    own = own_things(document, groundings)
    return extract_relations(document, clauses, groundings, open_fast_model(), open_rulebook(), own)


def pairs(document: Document):
    """The pairs of names that the fast reader weighs."""
    clauses, groundings = grounded(document)
    return pairs_of(views_of(document, clauses, groundings, own_things(document, groundings)), (), open_fast_model().allowed)


@pytest.fixture(scope="module", params=[True, False], ids=["whole", "stripped"])
def document(request):
    """The record with and without its punctuation."""
    return record(request.param)


@pytest.fixture(scope="module")
def relations(document):
    """What the fast reader reads in it."""
    return read(document)


def said(relations):
    """Subject, predicate, object and status in lower case."""
    return {(r.subject.mention.text.lower(), r.predicate, r.object.mention.text.lower(), r.status) for r in relations}


def test_it_reads_plain_statements(relations):
    """A named inhibition is asserted; the trial's own use is hypothesised."""
    found = said(relations)
    assert ("gefitinib", Predicate.INHIBITS, "egfr", Status.ASSERTED) in found
    assert any(s == "gefitinib" and p is Predicate.TREATS and st is Status.HYPOTHESISED for s, p, _, st in found)
    assert any(p is Predicate.COMBINED_WITH for _, p, _, _ in found)


def test_support_holds_subject_object_trigger_and_no_other_section(document, relations):
    """The quote proves the statement: both mentions and a real trigger word lie inside, in one section."""
    assert relations
    for r in relations:
        assert r.support.covers(r.subject.mention.span) and r.support.covers(r.object.mention.span)
        assert r.support.covers(r.trigger)
        assert any(c.isalnum() for c in r.trigger.of(document.text))
        assert document.section_at(r.support.start) is document.section_at(r.support.end - 1)
        assert 0.0 <= r.confidence <= 1.0
    assert any(r.rule == f"learned-{r.predicate.value}" for r in relations)


def test_claims_quote_the_record(document, relations):
    """Claims made of the relations quote the section's own words."""
    sections = {s.name: s.text for s in document.sections}
    for claim in assemble(document, relations):
        for e in claim.evidence:
            assert sections[e.section][e.start : e.end] == e.quote
            assert e.trigger in e.quote


def test_reading_twice_gives_the_same(document, relations):
    """No clock, no hash order."""
    assert read(document) == relations


def test_joint_effects_carry_partners(document, relations):
    """What is said of an agent where it is combined carries the other's name."""
    joined = [r for r in with_partners(document, split_clauses(document), relations) if r.partners]
    assert all(r.predicate is not Predicate.COMBINED_WITH for r in joined)


def test_a_pair_weighs_alone_what_it_weighs_among_others(document):
    """Sums that pairs share are those that each has by itself."""
    some, model = pairs(document), open_fast_model().pairs
    alone = np.vstack([model.hidden([pair]) for pair in some])
    assert len(some) > 20 and np.allclose(model.hidden(some), alone, atol=1e-4)


@pytest.mark.parametrize(("deep", "asked"), [(HOPELESS * 0.99, 0), (HOPELESS * 1.01, 2)])
def test_what_the_encoder_rules_out_the_pair_model_is_not_asked(deep, asked):
    """However sure the pair model were, the two together would say nothing."""
    seen = []

    def certain(pairs):
        seen.extend(pairs)
        return np.ones((len(pairs), CLASSES)), np.ones((len(pairs), 3))

    def encoder(encoded, places):
        return np.full((len(places), CLASSES), deep), np.full((len(places), 3), 1 / 3)

    two = pairs(record())[:2]
    model = SimpleNamespace(pairs=SimpleNamespace(scores=certain), encoder=SimpleNamespace(scores=encoder))
    joint, _, opinions = score(two, model, object())
    assert len(seen) == asked and joint.shape == (2, CLASSES) and len(opinions) == 2
    assert (joint >= LEAST).all() == bool(asked)


@pytest.mark.parametrize(
    ("second", "own"),
    [("Inhibiting CSF1R can improve immunity", True), ("During treatment immunity improves", False), ("It helps", False)],
)
def test_a_clause_that_begins_with_a_gerund_has_its_own_subject(second, own):
    """Bug: "… of macrophages TAMs Inhibiting CSF1R can improve immunity" said that the macrophages improve it."""
    document = record_of("the survival of macrophages " + second)
    first, then = split_clauses(record_of("the survival of macrophages"))[0], Clause("briefSummary", Span(28, 28 + len(second)))
    views = [SimpleNamespace(clause=clause) for clause in (first, then)]
    assert _own_subject(document, SimpleNamespace(va=views[0], vb=views[1])) is own
    assert not _own_subject(document, SimpleNamespace(va=views[1], vb=views[1]))


def test_a_document_without_mentions_says_nothing():
    """No clauses, no relations."""
    empty = Document("NCT00000001", "test", "test", "", (Section("briefSummary", "", "", None, 0),))
    assert read(empty) == ()


def test_trees_answer_as_their_nodes_say():
    """One split at 0.5: left -1, right +2."""
    trees = Trees(np.array([[0, 0, 0]], np.int16), np.array([[0.5, 0, 0]], np.float32), np.array([[1, 1, 2]], np.int16),
                  np.array([[2, 1, 2]], np.int16), np.array([[0, -1, 2]], np.float32), 0.0, 1)
    low, high = trees(np.array([[0.2], [0.9]], np.float32))
    assert low == pytest.approx(1 / (1 + np.exp(1))) and high == pytest.approx(1 / (1 + np.exp(-2)))


def test_quantised_tables_come_back_nearly_whole():
    """An error of at most half a step."""
    table = np.random.default_rng(1).normal(size=(50, 4)).astype(np.float32)
    small, scale = quantised(table)
    assert small.dtype == np.int8
    assert np.abs(small * scale - table).max() <= scale.max() / 2 + 1e-6


def test_calibration_reads_between_points():
    """Half-way between two points of the curve is half-way between their values."""
    assert calibrated(0.25, ((0.0, 0.5), (0.1, 0.5))) == pytest.approx(0.3)
    assert choose({}, 0.5) == []


def test_a_damaged_model_is_one_clear_line(tmp_path):
    """A missing or broken file is a KgError that names the folder."""
    (tmp_path / "settings.json").write_text(json.dumps({}), encoding="utf-8")
    with pytest.raises(KgError, match="model cannot be read"):
        open_fast_model(tmp_path)

