"""Relations -> claims: one claim for each triple and polarity, evidence that quotes the record as written."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from kg.claims.assemble import assemble, lean, merge
from kg.claims.row import claim_rows
from kg.model import Document, EntityType, Grounding, Mention, Predicate, Relation, Section, Span, Status

TEXT = "Gefitinib inhibits EGFR. Gefitinib may inhibit EGFR. Gefitinib did not inhibit EGFR."


def document(nct: str = "NCT00000001") -> Document:
    """A record that says one thing in three ways."""
    return Document(nct, "test", "test", TEXT, (Section("briefSummary", TEXT, TEXT, None, 0),))


def grounding(word: str, start: int, type_: EntityType, id_: str) -> Grounding:
    """A mention of `word` from `start` on, grounded to `id_`."""
    at = TEXT.index(word, start)
    return Grounding(Mention(Span(at, at + len(word)), word, type_, "test"), id_, word, type_, 0.9, ("exact",))


def relation(
    start: int, end: int, status: Status, confidence: float = 0.85, predicate: Predicate = Predicate.INHIBITS
) -> Relation:
    """Gefitinib and EGFR within one sentence."""
    return Relation(
        grounding("Gefitinib", start, EntityType.DRUG, "CHEBI:49668"), predicate,
        grounding("EGFR", start, EntityType.TARGET, "hgnc:3236"), status, Span(start, end),
        Span(TEXT.index("inhibit", start), TEXT.index("inhibit", start) + 7), (), "test", confidence,
    )  # fmt: skip


SAYS = relation(0, 24, Status.ASSERTED)
HOPES = relation(25, 52, Status.HYPOTHESISED, 0.9)
DENIES = relation(53, len(TEXT), Status.NEGATED)


def test_asserted_beats_hypothesised_and_a_denial_is_a_claim_of_its_own():
    """One triple said, hoped and denied gives two claims; none of the three places is lost."""
    claims = {c.status: c for c in assemble(document(), [HOPES, DENIES, SAYS])}
    assert set(claims) == {Status.ASSERTED, Status.NEGATED}
    assert [e.status for e in claims[Status.ASSERTED].evidence] == [Status.ASSERTED, Status.HYPOTHESISED]
    assert claims[Status.ASSERTED].plain and not claims[Status.NEGATED].plain
    assert claims[Status.ASSERTED].id != claims[Status.NEGATED].id


def test_confidence_is_that_of_the_evidence_which_gives_the_status():
    """A sure hypothesis does not make an assertion surer."""
    claim = next(c for c in assemble(document(), [SAYS, HOPES]) if c.plain)
    assert claim.confidence == 0.85


def test_a_record_counts_once_and_two_records_are_two():
    """Belief combines records, not sentences."""
    once = assemble(document(), [SAYS])
    twice = assemble(document(), [SAYS, relation(0, 52, Status.ASSERTED)])
    other = assemble(document("NCT00000002"), [SAYS])
    assert twice[0].confidence == once[0].confidence
    assert merge([*once, *other])[0].confidence == 0.9775
    assert merge([*once, *other])[0].records == ("NCT00000001", "NCT00000002")


def test_quotes_and_offsets_are_those_of_the_record():
    """start and end cut the quote out of the section's text; both mentions lie inside."""
    (claim,) = assemble(document(), [SAYS])
    (evidence,) = claim.evidence
    assert TEXT[evidence.start : evidence.end] == evidence.quote == "Gefitinib inhibits EGFR."
    for role in (evidence.subject, evidence.object):
        assert TEXT[role.start : role.end] == role.text
        assert evidence.start <= role.start and role.end <= evidence.end


@given(st.permutations([SAYS, HOPES, DENIES]))
def test_assembling_ignores_the_order_of_relations(relations):
    """The same relations give the same claims."""
    assert assemble(document(), relations) == assemble(document(), [SAYS, HOPES, DENIES])


def test_merging_ignores_the_order_of_claims():
    """The same claims give the same graph."""
    claims = [*assemble(document(), [SAYS, DENIES]), *assemble(document("NCT00000002"), [HOPES])]
    assert merge(claims) == merge(reversed(claims))


def test_only_the_more_specific_of_two_predicates_is_listed():
    """Guideline 1: what inhibits a target is not listed again as targeting it; a denial is never dropped."""
    vague = relation(0, 24, Status.ASSERTED, predicate=Predicate.TARGETS)
    denied = relation(53, len(TEXT), Status.NEGATED, predicate=Predicate.TARGETS)
    left = lean(assemble(document(), [SAYS, vague, denied]))
    assert [(c.predicate, c.status) for c in left] == [("inhibits", "asserted"), ("targets", "negated")]


def test_a_denied_approval_denies_no_use():
    """Bug: "is not approved for the treatment of X" also said that the drug does not treat X. A denial elsewhere stays."""
    approval = relation(53, len(TEXT), Status.NEGATED, predicate=Predicate.APPROVED_FOR)
    use = relation(53, len(TEXT), Status.NEGATED, predicate=Predicate.TREATS)
    elsewhere = relation(0, 24, Status.NEGATED, predicate=Predicate.TREATS)
    assert [c.predicate for c in lean(assemble(document(), [approval, use]))] == ["approvedFor"]
    assert {c.predicate for c in lean(assemble(document(), [approval, elsewhere]))} == {"approvedFor", "treats"}
    assert [c.predicate for c in lean(assemble(document(), [use]))] == ["treats"]


def test_symmetric_claims_have_one_id_in_both_directions():
    """A combined with B is B combined with A."""
    forward = relation(0, 24, Status.ASSERTED, predicate=Predicate.COMBINED_WITH)
    backward = Relation(
        forward.object,
        forward.predicate,
        forward.subject,
        *(getattr(forward, n) for n in ("status", "support", "trigger", "cues", "rule", "confidence")),
    )
    assert len(assemble(document(), [forward, backward])) == 1


def test_row_has_the_documented_keys():
    """A line of claims.jsonl is what the README says."""
    (row,) = claim_rows(assemble(document(), [SAYS])[0])
    assert {
        "nct",
        "subject",
        "predicate",
        "object",
        "status",
        "confidence",
        "quote",
        "section",
        "start",
        "end",
        "id",
        "rule",
    } <= set(row)
    assert set(row["subject"]) >= {"text", "label", "type", "id"}


def test_turning_a_symmetric_claim_turns_its_quotes_with_it():
    """Bug: where A+B met B+A, the words of A stood for B."""
    forward = relation(0, 24, Status.ASSERTED, predicate=Predicate.COMBINED_WITH)
    backward = replace(forward, subject=forward.object, object=forward.subject)
    for order in ([forward], [backward], [forward, backward], [backward, forward]):
        (claim,) = merge([*assemble(document(), order), *assemble(document("NCT00000002"), order[::-1])])
        for evidence in claim.evidence:
            assert claim.subject.label == evidence.subject.text
            assert claim.object.label == evidence.object.text


def test_hypotheses_and_combinations_do_not_support_an_assertion():
    """Bug: a trial that only hopes, or that tells of a combination, was counted as a record that asserts."""
    joint = replace(SAYS, partners=("sorafenib",))
    claims = [*assemble(document("NCT00000001"), [SAYS]), *assemble(document("NCT00000002"), [HOPES]),
              *assemble(document("NCT00000003"), [joint])]  # fmt: skip
    (claim,) = merge(claims)
    assert claim.records == ("NCT00000001", "NCT00000002", "NCT00000003")
    assert claim.supporting_records == ("NCT00000001",)
    assert claim.confidence == 0.85
