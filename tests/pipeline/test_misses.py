"""Why claims are missed or wrong, on a record that is missed in every way."""

import json

import pytest

from kg.bench import load_scorer
from kg.misses import missed, see, wrong
from kg.model import Document, Section
from kg.pipeline import Options, ReaderKind, open_reader
from tests.shared_material import SHARED, needs_shared

TEXT = (
    "Gefitinib inhibits EGFR. It is given in Norway.\n\nSorafenib is old. The weather was fine. So was the food. VEGFR is a receptor. "
    "Erlotinib and AKT were mentioned."
)
GOLD = (("gefitinib", "inhibits", "EGFR"), ("gefitinib", "targets", "EGFR"), ("sorafenib", "inhibits", "VEGFR"),
        ("erlotinib", "inhibits", "AKT"), ("zibberish", "inhibits", "EGFR"))  # fmt: skip


@pytest.fixture(scope="module")
def scorer():
    """The scorer that comes with the gold."""
    return load_scorer(SHARED)


@pytest.fixture
def gold(scorer, tmp_path):
    """The claims as the scorer reads them."""
    path = tmp_path / "gold.jsonl"
    claims = [
        {"nct": "NCT00000001", "subject": {"names": [s]}, "predicate": p, "object": {"names": [o]}, "status": "asserted"}
        for s, p, o in GOLD
    ]
    path.write_text("".join(json.dumps(c) + "\n" for c in claims), encoding="utf-8")
    return scorer.read_gold([str(path)])


@needs_shared
def test_each_missed_triple_has_its_reason(scorer, gold):
    """One is said by another predicate, one stands too far apart, of one nothing is said, and of one a name is not there."""
    document = Document("NCT00000001", "test", "test", TEXT, (Section("briefSummary", TEXT, TEXT, None, 0),))
    reader = open_reader(Options(reader=ReaderKind.RULES))
    claims = {document.nct: reader.read(document)}
    tally = missed(scorer, gold, claims, {document.nct: see(document, reader)})
    assert tally["targets"] == {"predicate": 1}
    assert tally["inhibits"] == {"apart": 1, "silent": 1, "name": 1}
    assert wrong(scorer, gold, claims) == {}


@needs_shared
def test_what_is_doubted_is_known_to_be_doubted(scorer, gold):
    """A reader that asks for more than it is sure of says nothing, and its misses say why."""
    document = Document("NCT00000001", "test", "test", TEXT, (Section("briefSummary", TEXT, TEXT, None, 0),))
    reader = open_reader(Options(reader=ReaderKind.FAST, least=1.01))
    assert reader.read(document) == ()
    assert missed(scorer, gold, {document.nct: ()}, {document.nct: see(document, reader)})["inhibits"]["doubted"] >= 1


@needs_shared
def test_each_wrong_triple_has_its_reason(scorer, tmp_path):
    """Another predicate of the two, two known things that are not related, or a thing that the gold does not know."""
    path = tmp_path / "gold.jsonl"
    rows = [("gefitinib", "targets", "EGFR"), ("sorafenib", "inhibits", "VEGFR")]
    path.write_text("".join(json.dumps({"nct": "NCT00000001", "subject": {"names": [s]}, "predicate": p, "object": {"names": [o]},
                                        "status": "asserted"}) + "\n" for s, p, o in rows), encoding="utf-8")  # fmt: skip
    known = scorer.read_gold([str(path)])
    text = "Gefitinib inhibits EGFR. Gefitinib inhibits VEGFR. Gefitinib inhibits AKT."
    document = Document("NCT00000001", "test", "test", text, (Section("briefSummary", text, text, None, 0),))
    claims = {document.nct: open_reader(Options(reader=ReaderKind.RULES)).read(document)}
    assert wrong(scorer, known, claims) == {"inhibits": {"predicate": 1, "unrelated": 1, "name": 1}}
