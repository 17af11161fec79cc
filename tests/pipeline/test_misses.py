"""Why claims are missed or wrong, on a record that is missed in every way."""

from kg.misses import missed, see, wrong
from kg.model import Document, Section
from kg.pipeline import Options, ReaderKind, open_reader
from tests.pipeline.conftest import NCT
from tests.shared_material import needs_shared

TEXT = (
    "Gefitinib inhibits EGFR. It is given in Norway.\n\nSorafenib is old. The weather was fine. So was the food. VEGFR is a receptor. "
    "Erlotinib and AKT were mentioned."
)
GOLD = tuple(
    (*claim, "asserted")
    for claim in (("gefitinib", "inhibits", "EGFR"), ("gefitinib", "targets", "EGFR"), ("sorafenib", "inhibits", "VEGFR"),
                  ("erlotinib", "inhibits", "AKT"), ("zibberish", "inhibits", "EGFR"))
)  # fmt: skip


def record(text: str) -> Document:
    """A record whose summary is `text`."""
    return Document(NCT, "test", "test", text, (Section("briefSummary", text, text, None, 0),))


@needs_shared
def test_each_missed_triple_has_its_reason(scorer, gold_of):
    """One is said by another predicate, one stands too far apart, of one nothing is said, and of one a name is not there."""
    document, gold = record(TEXT), gold_of(*GOLD)
    reader = open_reader(Options(reader=ReaderKind.RULES))
    claims = {document.nct: reader.read(document)}
    tally = missed(scorer, gold, claims, {document.nct: see(document, reader)})
    assert tally["targets"] == {"predicate": 1}
    assert tally["inhibits"] == {"apart": 1, "silent": 1, "name": 1}
    assert wrong(scorer, gold, claims) == {}


@needs_shared
def test_what_is_doubted_is_known_to_be_doubted(scorer, gold_of):
    """A reader that asks for more than it is sure of says nothing, and its misses say why."""
    document, gold = record(TEXT), gold_of(*GOLD)
    reader = open_reader(Options(reader=ReaderKind.FAST, least=1.01))
    assert reader.read(document) == ()
    assert missed(scorer, gold, {document.nct: ()}, {document.nct: see(document, reader)})["inhibits"]["doubted"] >= 1


@needs_shared
def test_each_wrong_triple_has_its_reason(scorer, gold_of):
    """Another predicate of the two, two known things that are not related, or a thing that the gold does not know."""
    known = gold_of(("gefitinib", "targets", "EGFR", "asserted"), ("sorafenib", "inhibits", "VEGFR", "asserted"))
    document = record("Gefitinib inhibits EGFR. Gefitinib inhibits VEGFR. Gefitinib inhibits AKT.")
    claims = {document.nct: open_reader(Options(reader=ReaderKind.RULES)).read(document)}
    assert wrong(scorer, known, claims) == {"inhibits": {"predicate": 1, "unrelated": 1, "name": 1}}
