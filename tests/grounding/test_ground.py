"""What a mention refers to, by type, record and back-off."""

import pytest

from kg.grounding.forms import forms_of
from kg.grounding.ground import ground, local_id
from kg.lexicon.lexicon import open_lexicon
from kg.model import EntityType as T
from kg.model import Mention, Span


@pytest.fixture(scope="module")
def lexicon():
    """The committed lexicon."""
    return open_lexicon()


def grounded(lexicon, text: str, type_: T, names=None, **options):
    """The grounding of a text taken as a mention."""
    return ground(Mention(Span(0, len(text)), text, type_, "test"), names or {}, lexicon, **options)


@pytest.mark.parametrize(
    ("text", "type_", "id_", "qualifiers"),
    [
        ("advanced EGFR-mutated NSCLC", T.DISEASE, "MONDO:0005233", ("advanced EGFR-mutated",)),
        ("octreotide LAR depot", T.DRUG, "CHEBI:7726", ("LAR", "depot")),
        ("erlotinib hydrochloride tablets", T.DRUG, "CHEBI:114785", ("hydrochloride", "tablets")),
        ("EGFR gene expression", T.TARGET, "hgnc:3236", ("gene", "expression")),
        ("metastases to the liver tissue", T.DISEASE, "MONDO:0024880", ("tissue",)),
    ],
)
def test_modifiers_salts_and_formulations_become_qualifiers(lexicon, text, type_, id_, qualifiers):
    """The head is found, what was left out stays as qualifier, and the score says that it is less sure."""
    found = grounded(lexicon, text, type_)
    assert (found.id, found.qualifiers) == (id_, qualifiers)
    assert found.score < 0.98


def test_what_the_record_defines_beats_the_lexicon(lexicon):
    """EGFR in a kidney record is the filtration rate; without the definition it is the receptor."""
    names = {"EGFR": "estimated glomerular filtration rate"}
    found = grounded(lexicon, "EGFR", T.OUTCOME, names)
    assert found.id == "NCIT:C110935"
    assert found.reasons[0] == "abbreviation defined in the record"
    assert grounded(lexicon, "EGFR", T.TARGET).id == "hgnc:3236"
    assert grounded(lexicon, "PNET", T.DISEASE, {"PNET": "primitive neuroectodermal tumor"}).id == "MONDO:0005462"


def test_an_unknown_long_form_is_not_replaced_by_the_lexicons_meaning(lexicon):
    """A record's own OS that no vocabulary knows stays NIL, labelled by the long form."""
    found = grounded(lexicon, "OS", T.PROCEDURE, {"OS": "omega frobbing"})
    assert (found.id, found.label) == ("", "omega frobbing")
    assert "abbreviation defined in the record" in found.reasons


def test_the_type_decides_between_meanings(lexicon):
    """VHL is a gene or a disease, PD a disease here."""
    assert grounded(lexicon, "VHL", T.TARGET).id == "hgnc:12687"
    assert grounded(lexicon, "VHL", T.DISEASE).id == "MONDO:0008667"
    assert grounded(lexicon, "interleukin-6", T.TARGET).id == "hgnc:6018"


def test_family_beats_gene_alias_and_runners_up_stay(lexicon):
    """VEGFR is the family; KDR, whose alias it is, stays among the candidates."""
    found = grounded(lexicon, "VEGFR", T.TARGET)
    assert (found.id, found.type) == ("FPLX:VEGFR", T.TARGET_FAMILY)
    assert "hgnc:6307" in [c.id for c in found.candidates]
    assert len(grounded(lexicon, "VEGFR", T.TARGET, limit=1).candidates) == 1


def test_a_slash_expands_and_a_variant_names_its_gene(lexicon):
    """CDK4/6 is one family node with both genes; KRAS G12C a variant of KRAS."""
    pair = grounded(lexicon, "CDK4/6", T.TARGET)
    assert [c.id for c in pair.candidates] == ["hgnc:1773", "hgnc:1777"]
    assert pair.id == "kgl:target-family/cdk4-6"
    variant = grounded(lexicon, "KRAS G12C", T.VARIANT)
    assert (variant.id, variant.label) == ("kgl:variant/kras-g12c", "KRAS G12C")
    assert [c.id for c in variant.candidates] == ["hgnc:6407"]


def test_a_class_and_an_alteration_are_composed_of_their_gene(lexicon):
    """Wordings of one class share a node; an alteration is not its gene."""
    wordings = ("anti-TIGIT antibody", "TIGIT antibodies", "anti-TIGIT")
    assert {grounded(lexicon, w, T.DRUG_CLASS).id for w in wordings} == {"kgl:drug-class/tigit-antibody"}
    assert grounded(lexicon, "EGFR inhibitors", T.DRUG_CLASS).id == "CHEBI:74440"
    altered = grounded(lexicon, "EGFR mutations", T.VARIANT)
    assert (altered.id, altered.type, altered.candidates[0].id) == ("kgl:variant/egfr-mutation", T.VARIANT, "hgnc:3236")


def test_a_misspelt_drug_is_found_and_marked(lexicon):
    """Edit distance 1 from eight letters on, drugs only, with the reason and a lower score."""
    found = grounded(lexicon, "Lancreotide", T.DRUG)
    assert found.id == "CHEBI:135901"
    assert found.reasons[0] == "approximate: lanreotide"
    assert found.score < 0.8
    assert grounded(lexicon, "Lancreotide", T.DISEASE).id == ""
    assert grounded(lexicon, "Sofantinib", T.DRUG).id == "UNII:B2K5L1L8S9"


def test_an_unknown_code_gets_one_local_id_however_written(lexicon):
    """A company's code is a node of its own; a short or lower-case word is not a code."""
    found = grounded(lexicon, "QZX-98765", T.DRUG)
    assert found.id == grounded(lexicon, "QZX98765", T.DRUG).id == "kgl:drug/qzx-98765"
    assert grounded(lexicon, "qzx", T.DRUG).id == ""


def test_nil_has_a_reason(lexicon):
    """No concept is a result: id empty, label as written, reason said."""
    found = grounded(lexicon, "frobnication of the zorb", T.PROCESS)
    assert (found.id, found.label, found.score) == ("", "frobnication of the zorb", 0.0)
    assert found.reasons == ("no concept found",)
    assert local_id(found.type, found.label) == "kgl:process/frobnication-of-the-zorb"


def test_any_text_in_and_no_crash(lexicon):
    """Hostile or empty text gives a grounding."""
    for text in ("", " ", "-", "(((", "%s{}\\", "a" * 5000, "/" * 50, "İ", "\u202e", "1/2/3", "A/B/C/D/E"):
        for type_ in T:
            assert grounded(lexicon, text, type_).label is not None


def test_forms_keep_the_text_first():
    """The most faithful wording comes first, and a defined abbreviation allows no other meaning."""
    assert next(iter(forms_of("advanced pNET", T.DISEASE, {}))).text == "advanced pNET"
    assert {f.reasons[0] for f in forms_of("OS", T.OUTCOME, {"OS": "omega frobbing"})} == {
        "abbreviation defined in the record"
    }


def test_an_inhibitor_is_not_grounded_as_what_it_inhibits(lexicon):
    """Bug: "growth hormone inhibitors" lost its last word and became growth hormone."""
    mention = Mention(Span(0, 25), "growth hormone inhibitors", T.DRUG_CLASS, "test")
    assert ground(mention, {}, lexicon).label not in ("growth hormone", "hormone antagonist")


def test_a_head_without_its_modifier_names_something_else(lexicon):
    """Bug: "SHANK3 gene deficiency" became nutritional deficiency."""
    mention = Mention(Span(0, 22), "SHANK3 gene deficiency", T.DISEASE, "test")
    assert "nutrition" not in ground(mention, {}, lexicon).label


def test_b7_h3_is_a_gene_and_no_variant(lexicon):
    """Bug: B7-H3 was read as gene B7 with the variant H3."""
    grounding = ground(Mention(Span(0, 5), "B7-H3", T.TARGET, "test"), {}, lexicon)
    assert (grounding.label, grounding.type) == ("CD276", T.TARGET)


@pytest.mark.parametrize(("text", "symbol"), [("E-cadherin", "CDH1"), ("HIF-2α", "EPAS1"), ("cytochrome P450 3A4", "CYP3A4"),
                                              ("fibroblast activation protein", "FAP"), ("Nrf2", "NFE2L2")])  # fmt: skip
def test_proteins_are_found_by_the_names_that_papers_use(lexicon, text, symbol):
    """HGNC lists symbols and old symbols; trials write the protein's name."""
    assert grounded(lexicon, text, T.TARGET).label == symbol


@pytest.mark.parametrize(("text", "label"), [("IL-23 receptor", "IL-23"), ("PD-1 ligand", "PDCD1"), ("ghrelin receptor", "GHRL")])
def test_a_receptor_is_not_taken_for_its_ligand(lexicon, text, label):
    """Left out as a mere gene word, "receptor" made IL-23 of the IL-23 receptor."""
    assert grounded(lexicon, text, T.TARGET).label != label


@pytest.mark.parametrize(("text", "symbol"), [("HER2 receptors", "ERBB2"), ("CD123 receptor", "IL3RA"), ("MET receptor", "MET")])
def test_a_receptor_called_receptor_once_more_is_still_itself(lexicon, text, symbol):
    """The word is left out where the gene has no receptor of its own."""
    assert grounded(lexicon, text, T.TARGET).label == symbol


@pytest.mark.parametrize(("text", "symbol"), [("p-STAT3", "STAT3"), ("CD44v6", "CD44"), ("SH2B1a", "SH2B1")])
def test_marks_of_a_form_are_left_off_a_gene(lexicon, text, symbol):
    """A phosphorylated form or an isoform is grounded to its gene."""
    assert grounded(lexicon, text, T.TARGET).label == symbol


@pytest.mark.parametrize(
    ("text", "symbols"),
    [
        ("STAT3 and 5", ["STAT3", "STAT5"]),
        ("GATA-4, -5, -6", ["GATA4", "GATA5", "GATA6"]),
        ("interleukin 4 and 13", ["IL4", "IL13"]),
        ("PPARα/γ", ["PPARA", "PPARG"]),
        ("S100A8/A9", ["S100A8", "S100A9"]),
        ("CXCL9-11", ["CXCL9", "CXCL10", "CXCL11"]),
    ],
)
def test_a_list_written_short_names_each_of_its_genes(lexicon, text, symbols):
    """Numbers, Greek letters and ranges after one stem."""
    found = grounded(lexicon, text, T.TARGET)
    members = [c.label for c in found.candidates if c.reasons[-1] == "member, by slash expansion"]
    assert members == symbols


@pytest.mark.parametrize(
    ("text", "symbol"),
    [
        ("interferon-gamma-inducible protein (IP)-10", "CXCL10"),
        ("CEBPalpha", "CEBPA"),
        ("14-3-3z", "YWHAZ"),
        ("NRG-1 alpha", "NRG1"),
        ("miR-194", "MIR194-1"),
        ("miRNA21", "MIR21"),
        ("procaspase-9", "CASP9"),
        ("exportin 1 protein", "XPO1"),
        ("CEACAM1 protein", "CEACAM1"),
        ("Smad4 protein", "SMAD4"),
        ("programmed cell death 1 receptor", "PDCD1"),
    ],
)
def test_a_gene_is_found_behind_greek_letters_isoforms_and_brackets(lexicon, text, symbol):
    """What is written onto a gene's name is read, or left out with its reason."""
    assert grounded(lexicon, text, T.TARGET).label == symbol


def test_jun_amino_terminal_kinase_is_not_any_kinase(lexicon):
    """Where only a bare "kinase" would be left, nothing is said."""
    found = grounded(lexicon, "Abl-unlike kinase", T.TARGET)
    assert found.id == ""
    assert grounded(lexicon, "Jun amino-terminal kinase", T.TARGET).id != "MESH:D010770"


def test_a_factor_2_of_another_kind_is_not_prothrombin(lexicon):
    """A number does not make a name of a bare head: "unheard-of factor 2" is not coagulation factor II."""
    assert grounded(lexicon, "unheard-of factor 2", T.TARGET).id == ""


def test_ang_ii_is_angiotensin_and_no_vacuolar_sorting_protein(lexicon):
    """A hormone meant as a target is found as the substance it is, not as a gene with a like alias."""
    found = grounded(lexicon, "Ang II", T.TARGET)
    assert (found.id, found.label) == ("CHEBI:48432", "angiotensin II")


def test_era_is_the_estrogen_receptor_and_not_eras(lexicon):
    """ "ERa" is the alpha form of a receptor, whose Greek letter got lost, and no plural."""
    assert grounded(lexicon, "ERa", T.TARGET).label == grounded(lexicon, "ERα", T.TARGET).label == "ESR1"
    assert grounded(lexicon, "ERAS", T.TARGET).label == "ERAS"


def test_a_gene_symbol_beats_a_long_form_that_names_a_group(lexicon):
    """The record's long form is no gene's name, its short form is an approved symbol."""
    names = {"BICD2": "bicaudal thing D2"}
    assert grounded(lexicon, "BICD2", T.TARGET, names).label == "BICD2"


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("G6PD-deficient", "G6PD deficiency"),
        ("hypothyroid", "hypothyroidism"),
        ("dyskinetic", "dyskinesia"),
        ("asthma attacks", "asthma"),
        ("retinoblastoma tumours", "retinoblastoma"),
    ],
)
def test_an_adjective_or_a_tail_leads_to_its_disease(lexicon, text, label):
    """"G6PD-deficient" is the deficiency; what stands behind a disease's name says little."""
    assert grounded(lexicon, text, T.DISEASE).label == label


def test_chronic_allograft_nephropathy_is_no_crouzon_syndrome(lexicon):
    """A source gives Crouzon syndrome this name; the overlay knows better."""
    assert grounded(lexicon, "chronic allograft nephropathy", T.DISEASE).id == "kgl:disease/chronic-allograft-nephropathy"


def test_dnmt3_is_no_dominant_negative_mt3(lexicon):
    """Only "DN-" and "dn" mark a dominant negative form."""
    assert grounded(lexicon, "DNMT3", T.TARGET).label != "MT3"
    assert grounded(lexicon, "dnSMAD4", T.TARGET).label == "SMAD4"


@pytest.mark.parametrize(
    ("text", "type_", "id_"),
    [
        ("L-type Ca2+ channels", T.TARGET_FAMILY, "kgl:target-family/l-type-calcium-channel"),
        ("L-type Ca(2+) channel", T.TARGET_FAMILY, "kgl:target-family/l-type-calcium-channel"),
        ("Na+ channels", T.TARGET_FAMILY, "FPLX:Sodium_channels"),
        ("Ca2+ channel blockers", T.DRUG_CLASS, "CHEBI:38215"),
    ],
)
def test_an_ion_is_read_as_its_element(lexicon, text, type_, id_):
    """ "Ca2+" was three tokens, the last of them "positive"; no channel has such a name."""
    found = grounded(lexicon, text, type_)
    assert (found.id, "ion spelled out" in found.reasons) == (id_, True)


@pytest.mark.parametrize("type_", [T.DRUG, T.TARGET])
def test_angii_without_its_gap_is_angiotensin(lexicon, type_):
    """A numeral written onto a name is set apart; as a target the peptide stands for its gene."""
    assert grounded(lexicon, "AngII", type_).label == "angiotensin II"
    assert grounded(lexicon, "angiotensin II", type_).label == "angiotensin II"


def test_the_first_of_its_kind_is_named_by_its_symbol_not_by_an_alias(lexicon):
    """ "Dpp" is a morphogen of the fly; CTSC has the alias DPP1."""
    assert grounded(lexicon, "CtBP", T.TARGET).label == "CTBP1"
    assert grounded(lexicon, "Dpp", T.TARGET).label != "CTSC"


@pytest.mark.parametrize(("text", "symbol"), [("Met", "MET"), ("Aγ-globin", "HBG1"), ("Gγ-globin", "HBG2")])
def test_met_is_the_receptor_and_globins_of_two_kinds_are_told_apart(lexicon, text, symbol):
    """ "Met" was SLTM, which has it as an alias."""
    assert grounded(lexicon, text, T.TARGET).label == symbol


@pytest.mark.parametrize(("text", "label"), [
    ("Cognitive Impairment Associated With Schizophrenia", "cognitive impairment"), ("pain due to endometriosis", "pain"),
    ("anemia during pregnancy", "anemia"),
])  # fmt: skip
def test_what_goes_with_a_disease_is_not_that_disease(lexicon, text, label):
    """Bug: "Cognitive Impairment Associated With Schizophrenia" was found as schizophrenia, what comes during pregnancy as pregnancy."""
    found = grounded(lexicon, text, T.DISEASE)
    assert found.label == label and found.qualifiers


def test_a_defined_short_form_is_spelled_out_inside_a_longer_name_first(lexicon):
    """Bug: "OSA syndrome" was 3MC syndrome 2 although the record defines OSA."""
    assert grounded(lexicon, "OSA syndrome", T.DISEASE, {"OSA": "obstructive sleep apnea"}).label.startswith("obstructive sleep apnea")
