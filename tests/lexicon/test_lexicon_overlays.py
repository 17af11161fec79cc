"""The hand-written overlays: a term leads to its own concept, never to a neighbour's or an opposite's."""

import itertools
import re

import pytest

from kg.lexicon.lexicon import open_lexicon
from kg.lexicon.tables import local_id, read_table, rows_of, type_named
from kg.model import Span
from kg.resources import resource

FOLDER = resource("lexicon", "overlays")
TABLES = sorted(p for p in FOLDER.glob("*.tsv") if p.name != "stop.tsv")
OPPOSITES = [
    (r"\b(failure|loss)\b(?!-free)", r"\bsurvival\b"),
    (r"\bincreas", r"\bdecreas"),
    (r"\bhypo", r"\bhyper"),
    (r"\bworsening\b", r"\bimprovement\b"),
    (r"\bfailure\b", r"\bcontrol\b"),
    (r"\bgain\b", r"\bloss\b"),
    (r"(?<!ant)agonist", r"antagonist"),
    (r"\bactivation\b", r"\binhibition\b"),
    (r"\bshort-acting\b", r"\blong-acting\b"),
]


@pytest.fixture(scope="module")
def lexicon():
    """The committed lexicon with its overlays."""
    return open_lexicon()


def cells() -> list[tuple[str, dict[str, str]]]:
    """Table name and cells of each row of the overlays."""
    return [(p.name, row) for p in TABLES for _, row in rows_of(p, ("term", "id", "label", "type"))]


@pytest.mark.parametrize(
    ("term", "label"),
    [
        ("ECG", "electrocardiography"),
        ("total hip arthroplasty", "total hip arthroplasty"),
        ("rotator cuff repair", "rotator cuff repair"),
        ("IUD", "intrauterine devices"),
        ("LASIK", "laser in situ keratomileusis"),
        ("ECMO", "extracorporeal membrane oxygenation"),
        ("NMES", "neuromuscular electrical stimulation"),
        ("ECP", "photopheresis"),
        ("TURBT", "transurethral resection of bladder"),
        ("IOP", "intraocular pressure"),
        ("SpO2", "SpO2"),
        ("WBC", "white blood cell count"),
        ("graft loss", "graft failure"),
        ("PK", "pharmacokinetics"),
        ("BMI", "body mass index"),
        ("tolerability", "tolerability"),
        ("SABA", "short-acting beta agonist"),
        ("beta2-agonist", "beta-2 agonist"),
        ("P-CAB", "potassium-competitive acid blocker"),
        ("cancer-related fatigue", "cancer-related fatigue"),
        ("uterine atony", "uterine inertia"),
        ("LTBI", "latent tuberculosis infection"),
        ("suicide attempts", "suicide attempt"),
        ("insulin", "insulin"),
        ("ALT", "alanine aminotransferase"),
        ("GD2", "disialoganglioside GD2"),
        ("iron overload", "iron overload"),
        ("Hematologic Diseases", "hematologic disorder"),
        ("shock", "shock"),
    ],
)
def test_a_term_leads_to_its_own_concept(lexicon, term, label):
    """Terms that once were lumped with a neighbour."""
    assert lexicon.lookup(term)[0].label == label


def test_names_of_one_thing_share_a_node(lexicon):
    """Spellings and plain synonyms are one node; TSH is a hormone that is measured, not a drug."""
    assert len({lexicon.lookup(n)[0].id for n in ("endocrine therapy", "hormone therapy", "hormonal therapy")}) == 1
    assert len({lexicon.lookup(n)[0].id for n in ("glycaemic control", "glycemic control", "glucose control")}) == 1
    assert lexicon.lookup("TSH")[0].type.value == "Target"


@pytest.mark.parametrize("word", ["senior", "today", "kids", "eye drops", "dish", "pigs", "AHA", "NSC", "LSS", "CRF"])
def test_a_word_of_the_language_or_a_many_sided_abbreviation_is_not_tagged(lexicon, word):
    """A drug named Senior, a gene named KIDS and a disease named DISH do not tag running text."""
    text = f"the {word} were seen"
    assert [h for h in lexicon.scan(text, Span(0, len(text))) if h.span.of(text) == word] == []


@pytest.mark.parametrize("path", TABLES, ids=lambda p: p.stem)
def test_no_term_leads_to_two_ids_within_one_table(path):
    """Rows of one table with the same key and capitals have the same id."""
    found: dict[tuple[str, int], set[str]] = {}
    for entry in read_table(path, level=2):
        found.setdefault((entry.key, entry.capitals), set()).add(entry.id)
    assert {key: ids for key, ids in found.items() if len(ids) > 1} == {}


def test_a_local_id_is_made_of_type_and_label():
    """A `kgl:` id is what `local_id` makes of the row's type and label: the kind, and the slug of the label."""
    local = [(name, row) for name, row in cells() if row["id"].startswith("kgl:")]
    assert len(local) > 1000
    assert [
        (name, row["id"], row["label"])
        for name, row in local
        if row["id"] != local_id(type_named(row["type"]), row["label"])
    ] == []


def test_an_id_has_one_label_and_one_type():
    """No id is called two things by the overlays."""
    said: dict[str, set[tuple[str, str]]] = {}
    for _, row in cells():
        said.setdefault(row["id"], set()).add((row["label"], row["type"]))
    assert {id_: names for id_, names in said.items() if len(names) > 1} == {}


def test_opposites_never_share_an_id():
    """Graft failure is not graft survival, an agonist not an antagonist."""
    names: dict[str, set[str]] = {}
    for _, row in cells():
        names.setdefault(row["id"], set()).update((row["term"].lower(), row["label"].lower()))
    clashes = [
        (id_, one, other)
        for id_, terms in sorted(names.items())
        for one, other in itertools.permutations(sorted(terms), 2)
        for left, right in OPPOSITES
        if re.search(left, one) and re.search(right, other) and not re.search(left, other)
    ]
    assert clashes == []
