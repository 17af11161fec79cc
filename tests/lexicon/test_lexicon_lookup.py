"""Look-up, tagging and user tables on the committed lexicon."""

import itertools
import re
from pathlib import Path

import pytest

from kg.errors import LexiconError
from kg.lexicon.families import family_members
from kg.lexicon.lexicon import open_lexicon, read_stops
from kg.lexicon.names import capitals, normal_form
from kg.lexicon.tables import local_id, read_table, rows_of
from kg.lexicon.why import why
from kg.model import EntityType, Span
from kg.resources import resource


@pytest.fixture(scope="module")
def lexicon():
    """The committed lexicon with its overlays."""
    return open_lexicon()


def tags(lexicon, text: str) -> list[tuple[str, str]]:
    """Words and first concept of each hit."""
    return [(h.span.of(text), h.candidates[0].id) for h in lexicon.scan(text, Span(0, len(text)))]


@pytest.mark.parametrize(
    ("name", "id_"),
    [
        ("gefitinib", "CHEBI:49668"),
        ("Tagrisso", "CHEBI:90943"),
        ("HMPL-012", "UNII:B2K5L1L8S9"),
        ("Sofantinib", "UNII:B2K5L1L8S9"),
        ("EGFR", "hgnc:3236"),
        ("VEGFR", "FPLX:VEGFR"),
        ("PD-1", "hgnc:8760"),
        ("TNFα", "hgnc:11892"),
        ("IL 6", "hgnc:6018"),
        ("pNET", "MONDO:0019954"),
        ("OS", "EFO:0000638"),
        ("CD8+ T cells", "CL:0000625"),
        ("tumour-associated macrophages", "MESH:D000084582"),
        ("non-small-cell lung cancers", "MONDO:0005233"),
    ],
)
def test_a_name_leads_to_its_concept(lexicon, name, id_):
    """Spelling, plural, hyphen, Greek letter, brand, code and transliteration lead to one concept."""
    assert lexicon.lookup(name)[0].id == id_


def test_sofantinib_is_not_sorafenib(lexicon):
    """The transliteration of surufatinib has one meaning."""
    assert [c.id for c in lexicon.lookup("Sofantinib")] == ["UNII:B2K5L1L8S9"]


def test_capitals_tell_a_kidney_measure_from_a_receptor(lexicon):
    """eGFR is an outcome, EGFR a gene; in running text each has only its own meaning."""
    assert tags(lexicon, "eGFR and EGFR") == [("eGFR", "NCIT:C110935"), ("EGFR", "hgnc:3236")]


def test_words_of_the_language_are_never_tagged(lexicon):
    """Gene aliases that are English words do not tag running text."""
    assert tags(lexicon, "this was in the rest of the set with a can") == []


def test_the_longest_name_wins_with_and_without_punctuation(lexicon):
    """A longer name swallows the shorter; lost hyphens and commas change nothing but where a name ends."""
    assert tags(lexicon, "advanced non-small cell lung cancer") == [("non-small cell lung cancer", "MONDO:0005233")]
    assert tags(lexicon, "VEGFR FGFR1 and CSF1R") == [
        ("VEGFR", "FPLX:VEGFR"),
        ("FGFR1", "hgnc:3688"),
        ("CSF1R", "hgnc:2433"),
    ]


def test_a_name_does_not_reach_over_a_full_stop(lexicon):
    """ "liver. Metastases" is not a liver metastasis."""
    assert ("liver. Metastases", "MONDO:0024880") not in tags(lexicon, "in the liver. Metastases grew")


def test_hits_slice_back_and_do_not_overlap(lexicon):
    """Spans count in the given text, from any start."""
    text = "Gefitinib inhibits EGFR. Everolimus inhibits mTOR in pancreatic neuroendocrine tumors (pNETs)."
    hits = lexicon.scan(text, Span(25, len(text)))
    assert [h.span.of(text) for h in hits] == ["Everolimus", "mTOR", "pancreatic neuroendocrine tumors", "pNETs"]
    assert all(a.span.end <= b.span.start for a, b in itertools.pairwise(hits))


def test_normal_form_is_a_fixed_point():
    """Normalising twice is normalising once."""
    for name in ("Colony-stimulating factor 1 receptors", "TNFα", "CD8+ T cells", "Tumours", "IL-6", "metastases"):
        assert normal_form(normal_form(name)) == normal_form(name)
    assert capitals("mTOR") == 0b1110


def test_a_users_table_beats_the_overlays(tmp_path: Path):
    """A row of the user comes first and carries the reason; an empty id gets a local one."""
    table = tmp_path / "mine.tsv"
    table.write_text(
        "term\tid\tlabel\ttype\npNET\tMONDO:0005462\tprimitive neuroectodermal tumor\tDisease\nZorbium\t\t\tDrug\n"
    )
    mine = open_lexicon(extra=[table])
    assert mine.lookup("pNET")[0].id == "MONDO:0005462"
    assert mine.lookup("pNET")[0].reasons == ("user table",)
    assert mine.lookup("zorbium")[0].id == "kgl:drug/zorbium" == local_id(EntityType.DRUG, "Zorbium")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        ("term\tid\n", "no column 'label'"),
        ("term\tid\tlabel\ttype\nx y\tCHEBI:1\tx\tMolecule\n", "line 2: unknown type 'Molecule'"),
        ("term\tid\tlabel\ttype\n...\tCHEBI:1\tx\tDrug\n", "line 2: the term"),
        ("# mine\nterm\tid\tlabel\ttype\nx\tno curie\tx\tDrug\n", "line 3: 'no curie' is not an identifier"),
        ("term\tid\tlabel\ttype\na\tb:c\td\tDrug\te\tf\n", "line 2: 6 cells"),
    ],
)
def test_a_bad_table_is_refused_with_line_and_reason(tmp_path: Path, text, reason):
    """One line that names file, line, what is wrong."""
    table = tmp_path / "bad.tsv"
    table.write_text(text)
    with pytest.raises(LexiconError, match=r"bad\.tsv") as error:
        read_table(table)
    assert reason in str(error.value)
    assert "\n" not in str(error.value)


OBO = """format-version: 1.2

[Term]
id: MONDO:7777777
name: glorp syndrome
synonym: "glorpitis" EXACT []
synonym: "some glorp" RELATED []

[Term]
id: MONDO:7777778
name: old glorp
is_obsolete: true
"""
TTL = """@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix oio: <http://www.geneontology.org/formats/oboInOwl#> .
<http://purl.obolibrary.org/obo/MONDO_7777777> rdfs:label "glorp syndrome" ; oio:hasExactSynonym "glorpitis" .
<http://purl.obolibrary.org/obo/ZZZ_1> rdfs:label "unknown vocabulary" .
"""


@pytest.mark.parametrize(("name", "text"), [("x.obo", OBO), ("x.ttl", TTL)])
def test_a_users_ontology_is_read(tmp_path: Path, name, text):
    """Labels and exact synonyms count; obsolete terms and related synonyms do not."""
    path = tmp_path / name
    path.write_text(text)
    mine = open_lexicon(ontologies=[path])
    assert mine.lookup("Glorpitis")[0].id == "MONDO:7777777"
    assert mine.lookup("glorp syndromes")[0].type is EntityType.DISEASE
    assert mine.lookup("some glorp") == mine.lookup("old glorp") == mine.lookup("unknown vocabulary") == ()


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("x.obo", "nothing here", "no term"),
        ("x.ttl", "<a> <b", "does not parse"),
        ("x.doc", "a", "not an ontology"),
        ("x.owl", '<!DOCTYPE a [<!ENTITY b "c">]><a/>', "entity"),
    ],
)
def test_a_bad_ontology_is_refused(tmp_path: Path, name, text, reason):
    """One line that names the file and what is wrong."""
    path = tmp_path / name
    path.write_text(text)
    with pytest.raises(LexiconError, match=name) as error:
        open_lexicon(ontologies=[path])
    assert reason in str(error.value)


def test_why_names_the_rule(lexicon):
    """Every candidate with the rule that chose, and whether running text is tagged."""
    told = why("VEGFR", lexicon)
    assert [c.id for c in told.candidates][:2] == ["FPLX:VEGFR", "hgnc:6307"]
    assert "overlay" in told.rule
    assert told.tagged
    assert "stop list" in why("was", lexicon).rule
    assert not why("was", lexicon).tagged
    assert why("xyzzyx", lexicon).candidates == ()


def test_a_family_knows_its_genes():
    """VEGFR holds FLT1, KDR and FLT4; a gene holds nothing."""
    assert family_members("FPLX:VEGFR") == ("hgnc:3763", "hgnc:3767", "hgnc:6307")
    assert family_members("hgnc:6307") == ()


def test_headings_are_sound(lexicon):
    """The things of the table are known, the headings are MeSH's, no row stands twice."""
    rows = [row for _, row in rows_of(resource("lexicon", "headings.tsv"), ("id", "label", "heading", "heading_label"))]
    assert len(rows) > 150
    assert all(lexicon.find(row["id"]) for row in rows)
    assert all(re.fullmatch(r"MESH:D\d{6}", row["heading"]) for row in rows)
    assert len({(row["id"], row["heading"]) for row in rows}) == len(rows)


def test_products_are_sound(lexicon):
    """The things of the table are known, they are made from genes under their symbols, no row stands twice."""
    rows = [row for _, row in rows_of(resource("lexicon", "products.tsv"), ("id", "label", "gene", "gene_label"))]
    assert len(rows) > 70
    assert all(lexicon.find(row["id"]) for row in rows)
    assert all(row["gene"] in {c.id for c in lexicon.lookup(row["gene_label"])} for row in rows)
    assert len({(row["id"], row["gene"]) for row in rows}) == len(rows)


def test_a_hormone_tells_the_gene_it_is_made_from(lexicon):
    """Angiotensin II is made from AGT, aspirin from none."""
    assert [gene.label for gene in why("angiotensin II", lexicon).genes] == ["AGT"]
    assert why("aspirin", lexicon).genes == ()


def test_overlays_are_sound(lexicon):
    """Rows parse, ids of compiled vocabularies exist, no term stands twice with the same capitals."""
    folder = resource("lexicon", "overlays")
    entries = [e for p in sorted(folder.glob("*.tsv")) if p.name != "stop.tsv" for e in read_table(p, level=2)]
    assert len(entries) > 5000
    known = ("hgnc:", "FPLX:", "CHEBI:", "MONDO:", "HP:", "GO:", "CL:", "MESH:", "UNII:", "UBERON:")
    missing = {e.id for e in entries if e.id.startswith(known) and not lexicon.artefact.find(e.id)}
    # classes and mixtures that the compiled selection leaves out
    left_out = {"CHEBI:87631", "CHEBI:192712", "GO:0048010", "GO:0007179", "MESH:D011788", "MESH:C549068"}
    # headings that the compiled lexicon merges into a neighbour (iron poisoning, toxic shock, urgency)
    merged = {"MESH:D019190", "MESH:D012772", "MESH:D053201", "MESH:D050171", "MESH:D004485"}
    assert missing <= left_out | merged
    keys = {(e.key, e.capitals) for e in entries}
    assert len(entries) - len(keys) < 100  # singular and plural rows share a key
    assert {s.rule for s in read_stops(folder / "stop.tsv")} == {"never", "case"}
