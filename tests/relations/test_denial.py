"""Words that deny what a learned reader finds: believed where they stand between the names, or just before them."""

import pytest

from kg.model import Predicate, Span, Status
from kg.relations.rulebook import open_rulebook
from tests.relations.test_linear import read, record_of, said


def cue(marked: str, predicate: Predicate) -> str | None:
    """The denying words of a sentence whose two names stand in ⟨⟩."""
    names = [part.split("⟩")[0] for part in marked.split("⟨")[1:]]
    text = marked.replace("⟨", "").replace("⟩", "")
    first = Span(text.index(names[0]), text.index(names[0]) + len(names[0]))
    at = text.index(names[1], first.end)
    found = open_rulebook().denial.cue(text, Span(0, len(text)), first, Span(at, at + len(names[1])), predicate)
    return found and found.of(text).strip()


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("⟨Bevacizumab⟩ did not significantly improve ⟨overall survival⟩", "did not significantly improve"),
        ("⟨Sorafenib⟩ has not been shown to prolong ⟨survival⟩", "has not been shown to prolong"),
        ("⟨The vaccine⟩ failed to reduce ⟨mortality⟩", "failed to reduce"),
        ("⟨Zinc⟩ had no effect on ⟨mortality⟩", "no effect"),
        ("no significant effect of ⟨estrogen⟩ on ⟨body weight⟩", "no significant effect of"),
    ],
)
def test_a_denial_is_seen(sentence, words):
    """The words themselves become the claim's cue."""
    assert cue(sentence, Predicate.IMPROVES) == words


@pytest.mark.parametrize(
    "sentence",
    [
        "⟨Bevacizumab⟩ not only improved ⟨overall survival⟩",
        "⟨Cisplatin⟩ in patients who did not improve prolonged ⟨survival⟩",
        "⟨Cisplatin⟩ did not prolong life but improved ⟨quality of life⟩",
        "it is not yet known whether ⟨aspirin⟩ improves ⟨survival⟩",
    ],
)
def test_other_negations_deny_nothing(sentence):
    """"Not only", a relative clause about patients, what stands behind a "but", and what is not known."""
    assert cue(sentence, Predicate.IMPROVES) is None


@pytest.mark.parametrize(
    ("sentence", "predicate", "words"),
    [
        ("⟨the measles virus⟩ may kill tumour cells without damaging ⟨normal cells⟩", Predicate.INHIBITS, "without damaging"),
        ("⟨hyperthermia⟩ is a radiosensitiser with no added ⟨side effects⟩", Predicate.CAUSES, "with no added"),
        ("⟨alpha blockers⟩ improve voiding symptoms but not necessarily the ⟨storage symptoms⟩", Predicate.TREATS,
         "but not necessarily the"),
        ("⟨immunotherapy⟩ is not currently thought to be effective in ⟨prostate cancer⟩", Predicate.TREATS,
         "is not currently thought to be effective"),
        ("Health Canada has not approved the sale or use of ⟨metformin⟩ for ⟨breast cancer⟩", Predicate.APPROVED_FOR,
         "has not approved the sale or use of"),
    ],
)  # fmt: skip
def test_a_denial_may_stand_right_before_the_name_that_it_denies(sentence, predicate, words):
    """These were asserted, which is the worst error there is."""
    assert cue(sentence, predicate) == words


@pytest.mark.parametrize(
    "sentence",
    [
        "⟨letrozole⟩ in women without prior therapy for ⟨breast cancer⟩",
        "⟨ablation⟩ is successful in treating some but not all ⟨arrhythmias⟩",
        "⟨steroids⟩ are known to have no effect on growth and have been used in ⟨asthma⟩",
        "⟨the bowel preparation⟩ is not widely used in ⟨colitis⟩",
    ],
)
def test_who_takes_part_and_what_is_rarely_done_deny_no_treatment(sentence):
    """"Without prior therapy for" says who takes part; "not all" and "not widely" leave it standing."""
    assert cue(sentence, Predicate.TREATS) is None


@pytest.mark.parametrize(
    ("sentence", "predicate", "words"),
    [
        ("⟨Patients with TNBC⟩ do not benefit from ⟨endocrine therapy⟩", Predicate.TREATS, "do not benefit"),
        ("⟨IgE levels⟩ don’t correlate with ⟨symptoms⟩", Predicate.PREDICTS, "don’t correlate"),
        ("⟨IgE levels⟩ dont correlate with ⟨symptoms⟩", Predicate.PREDICTS, "dont correlate"),
        ("⟨central venous pressure⟩ is static and poorly correlates with ⟨volume⟩", Predicate.PREDICTS, "poorly correlates"),
        ("⟨beta-blockers⟩ improve LV function, but have not been convincingly shown to improve ⟨RV function⟩", Predicate.IMPROVES,
         "have not been convincingly shown to improve"),
        ("⟨Eosinophilic bronchitis⟩ is airway inflammation but there is no ⟨obstruction⟩", Predicate.CAUSES, "there is no"),
        ("⟨VMCP⟩ in ⟨multiple myeloma⟩ patients, without significant clinical benefit", Predicate.TREATS, None),
        ("⟨VMCP⟩ in ⟨myeloma⟩, without significant clinical benefit", Predicate.TREATS, ", without significant clinical benefit"),
        ("⟨radiotherapy⟩ for women with ⟨T1 tumors⟩ is not generally warranted", Predicate.TREATS, "is not generally warranted"),
        ("⟨Sorafenib⟩ is given where surgery for advanced ⟨carcinoma⟩ is contraindicated", Predicate.TREATS, None),
    ],
)
def test_denials_that_registry_records_use(sentence, predicate, words):
    """Seen in records annotated by hand; what is said of surgery is not said of sorafenib."""
    assert cue(sentence, predicate) == words


def test_non_ige_mediated_allergy_is_not_laid_to_ige():
    """The small word before the name denies what the word behind it says; without that word it denies nothing."""
    assert cue("patients with non-⟨IgE⟩-mediated ⟨food allergy⟩", Predicate.IMPLICATED_IN) == "non-"
    assert cue("patients with non ⟨HPV⟩ related ⟨cancer⟩", Predicate.IMPLICATED_IN) == "non"
    assert cue("patients with ⟨IgE⟩-mediated ⟨food allergy⟩", Predicate.IMPLICATED_IN) is None
    assert cue("non-⟨opioid analgesics⟩ treat ⟨pain⟩", Predicate.TREATS) is None


@pytest.mark.parametrize("who", ["those", "patients", "vs", "with and"])
def test_a_group_without_something_is_compared_and_denies_nothing(who):
    """"Compared to those without asthma" says that asthma causes it."""
    assert cue(f"⟨COPD⟩ is twelve times as common, compared to {who} without ⟨asthma⟩", Predicate.CAUSES) is None


def test_a_learned_reader_does_not_assert_what_its_sentence_denies():
    """The pair model alone calls nearly everything asserted."""
    found = said(read(record_of("Cisplatin inhibits VEGF. Gefitinib did not inhibit EGFR.")))
    assert ("cisplatin", Predicate.INHIBITS, "vegf", Status.ASSERTED) in found
    assert not any(s == "gefitinib" and st is not Status.NEGATED for s, p, _, st in found if p is Predicate.INHIBITS)
    assert any(s == "gefitinib" and p is Predicate.INHIBITS and st is Status.NEGATED for s, p, _, st in found)


def test_a_denied_verb_is_not_borrowed_by_the_clause_before():
    """Two clauses read together assert nothing of a name that its own clause denies."""
    found = said(read(record_of("Cisplatin inhibits VEGF. Gefitinib did not inhibit EGFR.")))
    assert not any(s == "gefitinib" and o == "vegf" for s, _, o, _ in found)
