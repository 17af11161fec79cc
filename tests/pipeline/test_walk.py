"""The whole walk on small records: what a reader of `kg/pipeline.py` would expect."""

import os
import subprocess
import sys
from dataclasses import replace

import pytest

from kg.claims.row import claim_rows
from kg.model import Document, EntityType, Grounding, Intervention, Mention, Predicate, Relation, Section, Span, Status
from kg.pipeline import Options, ReaderKind, open_reader
from kg.relations.rulebook import open_rulebook
from kg.relations.sure import ARGUES, BETA2, BOLDEST, SURE, UNSEEN, actors, sure, threshold
from kg.sources.read import read_document, read_records
from tests.shared_material import SEED


@pytest.fixture(scope="module")
def reader():
    """The shipped reader."""
    return open_reader()


def record(summary: str, title: str = "", *, punctuated: bool = True) -> Document:
    """A record with a title and a summary."""
    sections, text = [], ""
    for name, words in (("briefTitle", title), ("briefSummary", summary)):
        if words:
            text += "\n\n" if text else ""
            sections.append(Section(name, words, words, None, len(text)))
            text += words
    return Document("NCT00000000", "test", "test", text, tuple(sections), punctuated=punctuated)


def said(claims) -> set[tuple[str, str, str, str]]:
    """(subject, predicate, object, status), with the words of the record."""
    return {
        (r["subject"]["text"].lower(), r["predicate"], r["object"]["text"].lower(), r["status"])
        for c in claims
        for r in claim_rows(c)
    }


def test_a_sentence_becomes_claims_with_status(reader):
    """Mechanism, membership and result, each with its status."""
    claims = said(reader.read(record(
        "Everolimus inhibits mTOR. Everolimus has been approved for the treatment of pancreatic neuroendocrine tumors. "
        "Everolimus did not improve overall survival."
    )))  # fmt: skip
    assert ("everolimus", "inhibits", "mtor", "asserted") in claims
    assert ("everolimus", "approvedFor", "pancreatic neuroendocrine tumors", "asserted") in claims
    assert ("everolimus", "improves", "overall survival", "negated") in claims


def test_what_a_record_defines_beats_the_lexicon(reader):
    """pNET is a pancreatic neuroendocrine tumour where the record says so."""
    (claim,) = [
        c
        for c in reader.read(
            record(
                "Sunitinib is effective for pancreatic neuroendocrine tumor (pNET). Sunitinib is used to treat pNET."
            )
        )
        if c.predicate == "treats"
    ]
    assert "neuroendocrine" in claim.object.label
    assert len(claim.evidence) == 2


def test_a_title_states_a_plan_not_a_fact(reader):
    """ "X for Y" in a title is what the trial tests."""
    claims = reader.read(
        record(
            "A phase 2 study.", "Sorafenib Combined With Gefitinib for the Treatment of Pancreatic Neuroendocrine Tumor"
        )
    )
    assert claims and {c.status for c in claims} == {Status.HYPOTHESISED}


def test_what_a_combination_did_gives_no_bare_fact_about_one_drug(reader):
    """ "Bevacizumab plus erlotinib improved PFS" never becomes "erlotinib improves PFS" by itself, however little is asked."""
    claims = replace(reader, least=0.5).read(
        record("Bevacizumab plus erlotinib significantly improved PFS in patients with non-small cell lung cancer.")
    )
    improves = [c for c in claims if c.predicate == "improves"]
    assert {c.subject.label for c in improves} == {"bevacizumab", "erlotinib"}
    assert not any(c.plain for c in improves)
    assert all(e.partners for c in improves for e in c.evidence)


def test_sofantinib_is_never_grounded_as_sorafenib(reader):
    """The reference record confuses two drugs; the reader does not."""
    labels = {
        c.subject.label
        for c in reader.read(read_document(SEED.read_text(encoding="utf-8")))
        if "ofantinib" in {e.subject.text for e in c.evidence}.pop()
    }
    assert labels == {"surufatinib"}


@pytest.mark.parametrize(("title", "interventions", "study_type"), [
    ("PIVKA-II for Hepatocellular Carcinoma", (Intervention("Diagnostic Test", "PIVKA-II"),), "Observational"),
    ("Antibiotic Therapy in Sepsis", (Intervention("Diagnostic Test", "Serum Antibiotic Level"),), "Interventional"),
    ("Effect of Serum Calcium on Postoperative Pain", (), "OBSERVATIONAL"),
])  # fmt: skip
def test_who_only_tests_or_observes_treats_nothing(title, interventions, study_type):
    """Bug: "PIVKA-II treats hepatocellular carcinoma" was said of a diagnostic test, and of calcium that was only measured."""
    rules = open_reader(Options(reader=ReaderKind.RULES))
    trial = record("", title)
    assert {c[1] for c in said(rules.read(trial))} == {"treats"}
    assert not said(rules.read(replace(trial, interventions=interventions, study_type=study_type)))


@pytest.mark.parametrize(("text", "helps"), [
    ("Reducing the use of opioids to prevent falls.", False), ("Reducing pain, opioids prevent falls.", True),
])  # fmt: skip
def test_what_is_taken_away_does_not_help(text, helps):
    """Bug: "Reducing CNS-Active Medications to Prevent Falls" said that such medications treat falls."""
    document = record(text)

    def found(words: str, type_: EntityType) -> Grounding:
        span = Span(text.index(words), text.index(words) + len(words))
        return Grounding(Mention(span, words, type_, "test"), f"x:{words}", words, type_, 1.0)

    whole = Span(0, len(text))
    treats = Relation(found("opioids", EntityType.DRUG_CLASS), Predicate.TREATS, found("falls", EntityType.SYMPTOM), Status.HYPOTHESISED,
                      whole, whole, (), "test", 0.9)  # fmt: skip
    assert bool(sure(document, [treats], open_rulebook(), 0.5)) is helps


def test_contact_details_never_reach_a_claim(reader):
    """A clause with an e-mail address or a telephone number is not read."""
    claims = reader.read(record("Gefitinib inhibits EGFR, contact jane.doe@example.org or +1 555 010 9999."))
    assert not [e for c in claims for e in c.evidence if "@" in e.quote or "555" in e.quote]


def test_users_synonyms_beat_the_shipped_ones(tmp_path):
    """A table of one's own names a thing that nothing else knows."""
    table = tmp_path / "my.tsv"
    table.write_text("term\tid\tlabel\ttype\nzork7 kinase\tmy:1\tZORK7\tTarget\n", encoding="utf-8")
    claims = open_reader(Options(lexicons=(table,))).read(record("Gefitinib inhibits zork7 kinase."))
    assert [c.object.id for c in claims] == ["my:1"]


@pytest.mark.slow
def test_same_input_gives_same_bytes_whatever_the_hash_seed(tmp_path):
    """Two builds under different PYTHONHASHSEED leave the same files."""
    for seed in ("1", "2"):
        command = [sys.executable, "-m", "kg.cli", "build", str(SEED), "--out", str(tmp_path / seed)]
        subprocess.run(command, check=True, env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True)
    names = sorted(p.name for p in (tmp_path / "1").iterdir())
    assert names == ["claims.jsonl", "graph.graphml", "graph.html", "graph.nq", "graph.ttl", "report.json"]
    for name in names:
        assert (tmp_path / "1" / name).read_bytes() == (tmp_path / "2" / name).read_bytes(), name


@pytest.mark.slow
def test_one_process_or_two_give_the_same(tmp_path):
    """Sharing the work changes nothing."""
    from kg.batch import read_all

    text = SEED.read_text(encoding="utf-8")
    for i in range(30):
        (tmp_path / f"{i:02}.txt").write_text(text.replace("NCT06592989", f"NCT000000{i:02}"), encoding="utf-8")
    results = [[r.claims for r in read_all(read_records([tmp_path]), options=Options(), jobs=jobs)] for jobs in (1, 2)]
    assert results[0] == results[1] and len(results[0]) == 30


def test_every_member_of_a_combination_gets_its_effect():
    """Bug: "the combination of A and B may improve" spoke of B only."""
    reader = open_reader(Options(least=0.3))
    text = "We hypothesize that the combination of sorafenib and gefitinib may improve overall survival."
    claims = [c for c in reader.read(record(text)) if c.predicate == "improves"]
    assert {c.subject.label for c in claims} == {"sorafenib", "gefitinib"}
    assert all(e.partners for c in claims for e in c.evidence)


def test_an_unnamed_partner_is_a_partner(reader):
    """Bug: "combining X with chemotherapy" lost X where no table knows it, and chemotherapy alone got the effect."""
    claims = reader.read(
        record("Combining anti-vascular measures with chemotherapy improved the objective response rate.")
    )
    assert not any(c.plain for c in claims if c.predicate == "improves")


def test_not_responding_is_resistance_and_no_denial(reader):
    """Bug: "do not respond to" was read as resistance denied."""
    claims = reader.read(record("Melanoma tumors that do not respond to pembrolizumab are common."))
    assert {c.status for c in claims if c.predicate == "resistantTo"} <= {Status.ASSERTED}


def test_what_a_study_investigates_is_not_asserted(reader):
    """Bug: "investigates the effects of X in treating D" became a bare fact."""
    claims = reader.read(
        record("This phase II trial investigates the effects of cabozantinib in treating patients with kidney cancer.")
    )
    assert claims and not any(c.plain for c in claims)


def test_a_record_that_argues_is_read_boldly():
    """Mechanisms of several molecules, and less sure statements are said too: the bolder, the less is said surely."""
    names = "gefitinib", "EGFR", "VEGFR", "FGFR", "AKT"
    things = [
        Grounding(Mention(Span(9 * i, 9 * i + 4), name, EntityType.TARGET if i else EntityType.DRUG, "x"), f"x:{i}", name,
                  EntityType.TARGET if i else EntityType.DRUG, 1.0)
        for i, name in enumerate(names)
    ]  # fmt: skip

    def said(predicate: Predicate, object_: int, confidence: float) -> Relation:
        return Relation(
            things[0], predicate, things[object_], Status.ASSERTED, Span(0, 40), Span(5, 9), (), "x", confidence
        )

    certain, unsure = 0.75, 0.6
    enough = [said(Predicate.INHIBITS, i, certain) for i in range(1, 5)]
    use, guess = said(Predicate.CAUSES, 1, certain), said(Predicate.CAUSES, 2, unsure)
    whole, book = record("gefitinib inhibits EGFR."), open_rulebook()
    assert actors(enough) == pytest.approx(4 * certain) and 4 * certain > ARGUES > certain
    assert actors([enough[0]] * 5) == certain, "said five times it is one molecule"
    yoga = Grounding(things[0].mention, "x:yoga", "yoga", EntityType.PROCEDURE, 1.0)
    stress = Grounding(things[1].mention, "x:stress", "stress", EntityType.PROCESS, 1.0)
    assert actors([replace(enough[0], subject=yoga, object=stress)]) == 0, "no molecule and no cell"
    assert sure(whole, [use, guess], book, None) == (use,)
    assert sure(whole, [enough[0], guess], book, None) == (enough[0],)
    assert sure(whole, [*enough, guess], book, None) == (*enough, guess)
    assert sure(whole, [use, guess], book, 0.3) == (use, guess)


def test_the_threshold_of_a_record_is_that_of_its_best_expected_f():
    """All equally likely: F is that likelihood with all said, next to what is unseen; more doubt, a lower threshold."""
    drug = Grounding(Mention(Span(0, 4), "drug", EntityType.DRUG, "x"), "x:0", "drug", EntityType.DRUG, 1.0)

    def of(likely: float) -> float:
        targets = (Grounding(drug.mention, f"x:{i}", "", EntityType.TARGET, 1.0) for i in range(1, 9))
        return threshold([
            Relation(drug, Predicate.INHIBITS, t, Status.ASSERTED, Span(0, 4), Span(0, 4), (), "x", likely) for t in targets
        ])  # fmt: skip

    for likely in (0.8, 0.5):
        expected = 8 * likely * (1 + UNSEEN)
        assert of(likely) == pytest.approx(8 * likely / (8 + BETA2 * expected))
    assert of(0.99) > of(0.8) > of(0.5)
    assert of(0.31) >= BOLDEST
    assert threshold([]) == SURE
