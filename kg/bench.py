"""How good and how fast the reader is: the figures behind `kg bench`.

Claims are scored by the scorer that comes with the gold claims, records as they are and stripped of their punctuation;
names by the grounding room's measure. The gold material lies outside the product (`--shared`).
"""

from __future__ import annotations

import importlib.util
import json
import re
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from kg.claims.row import claim_rows
from kg.errors import SourceError
from kg.misses import MISSED, WRONG, missed, see, wrong
from kg.model import Claim, Document, Section
from kg.pipeline import Reader
from kg.resources import ontologies
from kg.sources.read import read_records
from kg.text.abbreviations import find_abbreviations, long_forms

if TYPE_CHECKING:
    from kg.encoder.encoder import Encoder
    from kg.lexicon.lexicon import Lexicon

DEV = ("NCT06592989.txt", "v2", "xml", "v1")
SETS = (("reference record", ("seed_NCT06592989.jsonl",)), ("26 development records", ("dev.jsonl",)),
        ("both", ("seed_NCT06592989.jsonl", "dev.jsonl")))  # fmt: skip
MODELS = Path(__file__).resolve().parent / "models"
STATUSES = ("asserted", "hypothesised", "negated")


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table: what was measured on what, and the value (a share, a count, or a rate as the unit says)."""

    section: str
    name: str
    value: float
    unit: str = ""
    note: str = ""


def strip(text: str) -> str:
    """Text as the study view leaves it: every mark but letters, digits, white space and the hyphen is gone."""
    return re.sub(r"[^\w\s-]|_", "", text)


def stripped(document: Document) -> Document:
    """The record as the study view would show it."""
    sections, text = [], ""
    for section in document.sections:
        words = strip(section.reading)
        text += "\n\n" if text else ""
        sections.append(Section(section.name, words, words, None, len(text)))
        text += words
    return replace(document, text=text, sections=tuple(sections), punctuated=False)


def load_scorer(shared: Path) -> ModuleType:
    """The scorer that comes with the gold claims; SourceError where it is not there."""
    path = shared / "gold/score_claims.py"
    spec = importlib.util.spec_from_file_location("score_claims", path)
    if not path.is_file() or spec is None or spec.loader is None:
        raise SourceError(f"{path}: not there; --shared names the folder that holds gold/, trials/ and corpora/")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def development_documents(shared: Path) -> dict[str, Document]:
    """The development records by NCT id, each in its original layout."""
    places = [shared / "trials/dev" / name for name in DEV]
    return {r.nct: r for r in read_records(places) if isinstance(r, Document)}


def figures(shared: Path, reader: Reader, *, ordinary: Path | None = None) -> Iterator[Figure]:
    """All figures, in the order of the table."""
    scorer = load_scorer(shared)
    documents = development_documents(shared)
    for look, change in (("whole", lambda d: d), ("stripped", stripped)):
        claims = {nct: reader.read(change(document)) for nct, document in documents.items()}
        for name, files in SETS:
            gold = read_gold(scorer, [shared / "gold" / f for f in files], stripped_too=look == "stripped")
            yield from claim_figures(
                scorer, gold, claims, f"claims, {name}, {look}", details=name == "both" and look == "whole"
            )
            if name == "both" and look == "whole":
                yield from error_figures(scorer, gold, claims, documents, reader)
        if look == "whole" and ordinary is not None and ordinary.is_file():
            yield from wrong_claims(scorer, shared, ordinary, claims)
    yield from grounding_figures(shared, reader)
    if reader.model is not None and reader.model.encoder is not None:
        yield from held_figures()
        yield from name_figures(shared, reader.model.encoder, reader.lexicon)
    yield from size_figures()


def read_gold(scorer: ModuleType, paths: Iterable[Path], *, stripped_too: bool = False) -> Any:
    """The gold claims as the scorer wants them; for stripped text, with their names stripped as well."""
    if not stripped_too:
        return scorer.read_gold([str(p) for p in paths])
    gold = scorer.read_gold([str(p) for p in paths])
    for path in paths:
        for line in path.read_text(encoding="utf-8").splitlines():
            claim = json.loads(line)
            for end in ("subject", "object") if not claim.get("none") else ():
                names = claim[end]["names"]
                known = gold[claim["nct"]]
                known.entities[known.entity(names)] |= scorer.forms([strip(n) for n in names])
    return gold


def rows_for(gold: Any, claims: Mapping[str, tuple[Claim, ...]]) -> list[dict[str, Any]]:
    """The claims of the records that the gold holds, as rows."""
    return [row for nct in gold for claim in claims.get(nct, ()) for row in claim_rows(claim)]


def claim_figures(
    scorer: ModuleType, gold: Any, claims: Mapping[str, tuple[Claim, ...]], section: str, *, details: bool = False
) -> Iterator[Figure]:
    """Precision, recall and F1 at the three levels; with `details`, a line for each predicate and status."""
    rows = rows_for(gold, claims)
    levels, table, _, _ = scorer.score(gold, rows)
    for level in ("strict", "triple", "pair"):
        found = levels[level]
        yield Figure(
            section,
            f"{level} F1",
            found["f1"],
            note=f"P {found['precision']:.3f} R {found['recall']:.3f}, {found['predicted']} said, {found['gold']} gold",
        )
    if not details:
        return
    for kind, found in detailed(scorer, gold, rows, table).items():
        yield from table_figures(kind, found)
    plain = [row for nct in gold for claim in claims.get(nct, ()) if claim.plain for row in claim_rows(claim)]
    found = scorer.score(gold, plain)[0]["strict"]
    yield Figure("plain triples", "precision", found["precision"], note=f"{found['predicted']} plain triples")


Row = tuple[float, float, float, int, int]  # precision, recall, F1, said, gold
DETAILS = ("triples by predicate", "claims by status", "status of the right triples")


def detailed(
    scorer: ModuleType, gold: Any, rows: list[dict[str, Any]], table: Mapping[str, Mapping[str, int]]
) -> dict[str, dict[str, Row]]:
    """The tables of `DETAILS`, of the rows and the scorer's table of them."""
    found = by_predicate(table), by_status(scorer, gold, rows), status_of_right(scorer, gold, rows)
    return dict(zip(DETAILS, found, strict=True))


def table_figures(section: str, rows: Mapping[str, Row | list[float]]) -> Iterator[Figure]:
    """One figure for each name."""
    for name, (precision, recall, f1, said, gold) in rows.items():
        yield Figure(section, name, f1, note=f"P {precision:.2f} R {recall:.2f}, {said:.0f} said, {gold:.0f} gold")


def by_predicate(table: Mapping[str, Mapping[str, int]]) -> dict[str, Row]:
    """The triples of each predicate, from the scorer's table."""
    return {name: _row(row["right"], row["predicted"], row["found"], row["gold"]) for name, row in table.items()}


def by_status(scorer: ModuleType, gold: Any, rows: list[dict[str, Any]]) -> dict[str, Row]:
    """The strictly right claims of each status: of all claims of the gold with that status."""
    out = {}
    for status in STATUSES:
        right = scorer.score(gold, [row for row in rows if row["status"] == status])[0]["strict"]
        total = sum(s == status for g in gold.values() for s in g.claims.values())
        said = right["predicted"]
        out[status] = _row(round(right["precision"] * said), said, round(right["recall"] * right["gold"]), total)
    return out


def status_of_right(scorer: ModuleType, gold: Any, rows: list[dict[str, Any]]) -> dict[str, Row]:
    """The status told apart by itself: of the rows whose triple is right, how many of each status are meant so."""
    told: list[tuple[str, set[str]]] = []
    for row in rows:
        alone = {row["nct"]: gold[row["nct"]]}
        if scorer.score(alone, [row])[0]["triple"]["precision"]:
            told.append((row["status"], {s for s in STATUSES if scorer.score(alone, [{**row, "status": s}])[0]["strict"]["precision"]}))
    return {
        status: _row(right := sum(said == status and status in meant for said, meant in told),
                     sum(said == status for said, _ in told), right, sum(status in meant for _, meant in told))
        for status in STATUSES
    }  # fmt: skip


def _row(right: int, said: int, found: int, gold: int) -> Row:
    precision, recall = _share(right, said), _share(found, gold)
    return round(precision, 4), round(recall, 4), _f1(precision, recall), said, gold


def error_figures(
    scorer: ModuleType, gold: Any, claims: Mapping[str, tuple[Claim, ...]], documents: Mapping[str, Document], reader: Reader
) -> Iterator[Figure]:
    """How many triples of each predicate are missed and wrong, and why (`kg/misses.py`)."""
    seen = {nct: see(documents[nct], reader) for nct in gold if nct in documents}
    for section, tally, reasons in (("missed triples", missed(scorer, gold, claims, seen), MISSED),
                                    ("wrong triples", wrong(scorer, gold, claims), WRONG)):  # fmt: skip
        for predicate, counts in sorted(tally.items()):
            note = ", ".join(f"{reason} {counts[reason]}" for reason in reasons if counts[reason])
            yield Figure(section, predicate, counts.total(), note=note)


def wrong_claims(
    scorer: ModuleType, shared: Path, ordinary: Path, claims: Mapping[str, tuple[Claim, ...]]
) -> Iterator[Figure]:
    """Wrong claims a record on the ordinary records that have no molecular rationale."""
    gold = scorer.read_gold([str(ordinary)])
    known = scorer.read_gold([str(shared / "gold/dev.jsonl")])
    wanted = {row["nct_id"] for row in ordinary_rows(shared)}
    gold.update({nct: g for nct, g in known.items() if nct in wanted})
    rows = rows_for(gold, claims)
    levels, _, wrong, _ = scorer.score(gold, rows)
    yield Figure(
        "ordinary records",
        "wrong claims a record",
        round(len(wrong) / max(1, len(gold)), 3),
        note=f"{len(wrong)} wrong of {levels['triple']['predicted']} said in {len(gold)} records",
    )


def ordinary_rows(shared: Path) -> list[dict[str, str]]:
    """The manifest rows of the 36 ordinary records (group `nononc:…`)."""
    import csv

    with (shared / "trials/dev/manifest.tsv").open(encoding="utf-8", newline="") as lines:
        return [row for row in csv.DictReader(lines, delimiter="\t") if row["group"].startswith("nononc:")]


def grounding_figures(shared: Path, reader: Reader) -> Iterator[Figure]:
    """Accuracy of grounding on the coverage list and the public corpora, gold mentions given."""
    from kg.grounding.measure import measure

    def defined(text: str) -> dict[str, str]:
        section = Section("text", text, text, None, 0)
        return long_forms(find_abbreviations(Document("", "", "", text, (section,))))

    for row in measure(shared, reader.lexicon, long_forms=defined):
        yield Figure("grounding, gold mentions", row.name, row.accuracy, "%", f"{row.right} of {row.total}")


def held_figures() -> Iterator[Figure]:
    """What the training measured on records that the encoder never saw, by five folds (`training/train_statements.py`)."""
    settings = json.loads((MODELS / "encoder" / "settings.json").read_text(encoding="utf-8"))["figures"]
    for name, found in settings.items():
        if not isinstance(found, dict):
            continue
        for look, levels in found.items():
            section = f"claims, {settings['records']} held-out records, {look}, {name}"
            for level in ("strict", "triple", "pair"):
                precision, recall, f1 = levels[level]
                yield Figure(section, f"{level} F1", f1, note=f"P {precision:.3f} R {recall:.3f}")
            for kind in DETAILS:
                yield from table_figures(f"{kind}, held out, {look}, {name}", levels.get(kind, {}))
    if "further ordinary records" in settings:
        wrong, precision, count = settings["further ordinary records"]
        note = f"precision of triples {precision:.3f}, {count} records"
        yield Figure("further ordinary records", "wrong claims a record", wrong, note=note)
    yield Figure("confidence, held-out records", "expected calibration error", settings["expected calibration error"])


def name_figures(shared: Path, encoder: Encoder, lexicon: Lexicon) -> Iterator[Figure]:
    """Names and relations of public corpora, as the encoder finds them by each corpus's own rules."""
    from kg.encoder.measure import measure

    for score in measure(shared, encoder, lexicon):
        note = f"{score.right} right, {score.found} said, {score.gold} gold"
        yield Figure("public sets, strict F1", score.name, score.f1, "%", note)


def size_figures() -> Iterator[Figure]:
    """Sizes of the shipped artefacts, in megabytes."""
    for name, folder in (("knowledge files", ontologies()), ("models", MODELS)):
        size = sum(p.stat().st_size for p in folder.rglob("*") if p.is_file()) if folder.is_dir() else 0
        yield Figure("size", name, round(size / 1e6, 1), "MB")


def speed_figure(documents: Iterable[Document], reader: Reader, name: str) -> Figure:
    """Records a minute in one process, over the given records."""
    start, count = time.perf_counter(), 0
    for document in documents:
        reader.read(document)
        count += 1
    took = time.perf_counter() - start
    return Figure("speed, one process", name, round(count / took * 60), "a minute", f"{count} records in {took:.1f} s")


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0


def _f1(precision: float, recall: float) -> float:
    return round(2 * precision * recall / (precision + recall), 4) if precision + recall else 0.0
