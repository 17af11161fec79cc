"""How well names are grounded: the coverage list and public corpora with gold mentions. For `kg bench`.

A grounding counts as right where its id, an id of the same thing (`xrefs`), all members of a slash expansion, the one
gene that a peptide is made from, or the MeSH heading above a disease that MeSH lacks (the nearest by MONDO, or that of
`headings.tsv`) are among the expected ids.
Mentions without a gold id are left out.
"""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from kg.grounding.ground import Grounder, ground
from kg.lexicon.families import family_members
from kg.lexicon.lexicon import Lexicon, open_lexicon
from kg.lexicon.names import normal_form
from kg.lexicon.products import genes_of
from kg.model import EntityType, Grounding, Mention, Span

CATEGORIES = {
    "drug": EntityType.DRUG,
    "drug_class": EntityType.DRUG_CLASS,
    "gene_protein": EntityType.TARGET,
    "gene_family": EntityType.TARGET_FAMILY,
    "disease": EntityType.DISEASE,
    "cell_type": EntityType.CELL,
    "process_pathway": EntityType.PROCESS,
    "outcome": EntityType.OUTCOME,
}
# corpus, file, types of its mentions -> our type, prefix of gold ids that can be judged
# fmt: off
CORPORA = (("bc5cdr disease", "bc5cdr/test", ("Disease",), EntityType.DISEASE, "mesh:"),
           ("bc5cdr chemical", "bc5cdr/test", ("Chemical",), EntityType.DRUG, "mesh:"),
           ("ncbi_disease", "ncbi_disease/test", (), EntityType.DISEASE, ""),
           ("nlm_gene", "nlm_gene/test", (), EntityType.TARGET, ""),
           ("nlm_gene, human ids", "nlm_gene/test", (), EntityType.TARGET, "human"),
           ("nlm_gene, human ids or family", "nlm_gene/test", (), EntityType.TARGET, "human or family"))
# fmt: on
LongForms = Callable[[str], Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: right of total, and a sample of what was missed ("name: expected, found")."""

    name: str
    right: int
    total: int
    missed: tuple[str, ...] = ()

    @property
    def accuracy(self) -> float:
        """Share that is right, in percent."""
        return round(100 * self.right / self.total, 1) if self.total else 0.0


def measure(shared: Path, lexicon: Lexicon | None = None, *, long_forms: LongForms = lambda text: {}) -> list[Row]:
    """The table: the coverage list and each corpus found under `shared`.

    `long_forms` gives the abbreviations that a text defines (the text room's work).
    """
    lexicon = lexicon or open_lexicon()
    rows = []
    terms = shared / "lexicon" / "coverage_terms.tsv"
    if terms.is_file():
        rows.append(measure_coverage(terms, lexicon))
    for name, file, types, type_, wanted in CORPORA:
        path = shared / "corpora" / f"{file}.jsonl.gz"
        if path.is_file():
            rows.append(measure_corpus(name, path, types, type_, wanted, lexicon, long_forms))
    return rows


def measure_coverage(path: Path, lexicon: Lexicon) -> Row:
    """The list of names that a reader must ground."""
    right, missed = 0, []
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    for row in rows:
        mention = Mention(Span(0, len(row["term"])), row["term"], CATEGORIES[row["category"]], "gold")
        grounding = ground(mention, {}, lexicon)
        if covered(grounding, row["expected_ids"], row["label"], lexicon):
            right += 1
        else:
            missed.append(f"{row['term']}: {row['expected_ids']}, {grounding.id} {grounding.label}")
    return Row("coverage terms", right, len(rows), tuple(missed))


def covered(grounding: Grounding, expected: str, label: str, lexicon: Lexicon) -> bool:
    """Whether a grounding is one that the list expects (`|` any, `&` all, CURATE an entry of our own)."""
    if expected == "CURATE":
        wanted = {normal_form(label), normal_form(grounding.mention.text)}
        return (
            grounding.id.startswith("kgl:")
            and bool(grounding.candidates)
            and (normal_form(grounding.label) in wanted or label.isupper())
        )
    found = same_ids(grounding, lexicon)
    return any(all(part.lower() in found for part in option.split("&")) for option in expected.split("|"))


def same_ids(grounding: Grounding, lexicon: Lexicon) -> frozenset[str]:
    """The grounding's id, its ids elsewhere, those of its members or its gene, the MeSH headings above; lower case.

    A family of one gene, and a peptide or hormone made from one gene, is that gene.
    """
    parts = [c.id for c in grounding.candidates if c.reasons[-1].startswith(("member, by", "gene of the"))]
    members = family_members(grounding.id) or genes_of(grounding.id)
    ids = [grounding.id, *parts, *(members if len(members) == 1 else ())]
    wider = [heading for id_ in ids for heading in lexicon.headings(id_)]
    return frozenset(x.lower() for x in (*wider, *(x for id_ in ids if id_ for x in (id_, *lexicon.xrefs(id_)))))


def measure_corpus(
    name: str,
    path: Path,
    types: tuple[str, ...],
    type_: EntityType,
    wanted: str,
    lexicon: Lexicon,
    long_forms: LongForms,
) -> Row:
    """Accuracy over the gold mentions of a corpus that have an id."""
    human = _human_genes(lexicon) if wanted.startswith("human") else frozenset()
    right = total = 0
    missed: dict[str, int] = {}
    grounder = Grounder(lexicon)
    for document in _documents(path):
        entities = [e for e in document["entities"] if not types or e["type"] in types]
        mentions = [Mention(Span(e["start"], e["end"]), e["text"], type_, "gold") for e in entities]
        groundings = grounder.ground_all(mentions, long_forms(document["text"]))
        for entity, grounding in zip(entities, groundings, strict=True):
            gold = {i.lower().replace("entrez:", "ncbigene:") for ids in entity["ids"] for i in _split(ids)}
            if not gold or (wanted.startswith("human") and not gold & human):
                continue
            if wanted.endswith(":") and not any(i.startswith(wanted) for i in gold):
                continue
            found = same_ids(grounding, lexicon)
            if wanted == "human or family":
                found |= {x.lower() for gene in family_members(grounding.id) for x in lexicon.xrefs(gene)}
            total += 1
            if found & gold:
                right += 1
            else:
                line = f"{entity['text']}: {' '.join(sorted(gold))}, {' '.join(sorted(found)[:3])}"
                missed[line] = missed.get(line, 0) + 1
    worst = sorted(missed, key=lambda line: (-missed[line], line))[:60]
    return Row(name, right, total, tuple(f"{missed[line]} x {line}" for line in worst))


def _documents(path: Path) -> Iterator[dict]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def _split(ids: str) -> list[str]:
    prefix, _, rest = ids.rpartition(":")
    return [f"{prefix}:{part}" if prefix else part for part in rest.replace("+", "|").replace(",", "|").split("|")]


def _human_genes(lexicon: Lexicon) -> frozenset[str]:
    return frozenset(
        x.lower()
        for concept in lexicon.artefact.all_concepts()
        if concept.id.startswith("hgnc:")
        for x in concept.xrefs
        if x.startswith("NCBIGene:")
    )
