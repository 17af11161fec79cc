"""Records -> the files of a graph: `claims.jsonl`, `graph.nq`, `graph.ttl`, `graph.html`, `graph.graphml`, `report.json`.

All files are made in a hidden folder beside their place and moved there when the last one is whole, so an older result
is never half overwritten. The same input gives the same bytes: nothing here asks a clock.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kg import __version__
from kg.batch import Reading
from kg.claims.assemble import merge
from kg.claims.row import claim_rows
from kg.errors import OutputError, SourceError
from kg.model import Claim, Reject, Trial
from kg.pipeline import Options, ReaderKind
from kg.resources import fingerprint, resource

MODELS = Path(__file__).resolve().parent / "models"
MODEL = {ReaderKind.FAST: MODELS / "fast/pairs.npz", ReaderKind.LEARNED: MODELS / "encoder/encoder.onnx"}
FILES = ("claims.jsonl", "graph.nq", "graph.ttl", "graph.html", "graph.graphml", "report.json")


@dataclass(frozen=True, slots=True)
class Built:
    """What a build made, for the closing line."""

    records: int
    rejects: tuple[Reject, ...]
    claims: int
    folder: Path


def build(readings: Iterable[Reading | Reject], folder: Path, *, options: Options, title: str = "") -> Built:
    """Writes all files of the graph into `folder`.

    Raises SourceError where no record could be read (then nothing is written), OutputError where the folder cannot be
    written.
    """
    from kg.rdf.encode import RunInfo, encode
    from kg.store.graphs import save_nquads, save_turtle
    from kg.viz.network import to_graphml, to_networkx
    from kg.viz.page import render_page

    good: list[Reading] = []
    rejects: list[Reject] = []
    for reading in readings:
        (rejects if isinstance(reading, Reject) else good).append(reading)
    if not good:
        reasons = "; ".join(f"{r.source}: {r.reason}" for r in rejects[:3])
        raise SourceError(f"no record could be read{': ' + reasons if reasons else ''}")
    claims = merge(claim for reading in good for claim in reading.claims)
    trials = [reading.trial for reading in good]
    with whole(folder) as draft:
        with (draft / "claims.jsonl").open("w", encoding="utf-8", newline="\n") as out:
            out.writelines(json_line(row) for row in rows_of(good))
        quads = list(
            encode(claims, trials, run=RunInfo(version=__version__, reader=reader_name(options), lexicon=knowledge()["lexicon"]))
        )
        save_nquads(quads, draft / "graph.nq")
        save_turtle(quads, draft / "graph.ttl")
        page = render_page(claims, trials, title=title or title_of(trials))
        (draft / "graph.html").write_text(page, encoding="utf-8", newline="\n")
        (draft / "graph.graphml").write_bytes(to_graphml(to_networkx(claims, trials)))
        text = json.dumps(report(good, rejects, claims, options), ensure_ascii=False, indent=1)
        (draft / "report.json").write_text(text + "\n", encoding="utf-8", newline="\n")
    return Built(len(good), tuple(rejects), len(claims), folder)


def rows_of(readings: Iterable[Reading]) -> Iterator[dict[str, Any]]:
    """The rows of `claims.jsonl`: each record's claims, in the order of the text."""
    for reading in readings:
        for claim in reading.claims:
            yield from claim_rows(claim)


def json_line(row: dict[str, Any]) -> str:
    """One JSON object on one line."""
    return json.dumps(row, ensure_ascii=False) + "\n"


def title_of(trials: list[Trial]) -> str:
    """What a page is called where the user says nothing."""
    if len(trials) == 1:
        return f"{trials[0].nct}: {trials[0].title}" if trials[0].title else trials[0].nct
    return f"{len(trials)} trials"


def knowledge() -> dict[str, str]:
    """Fingerprints of the knowledge that a run used."""
    files = {name: resource("rules", f"{name}.toml") for name in ("entities", "relations", "status")}
    files |= {"lexicon": resource("lexicon", "lexicon.xz")} | {f"{kind.value} model": path for kind, path in MODEL.items()}
    return {name: fingerprint(path)[:16] for name, path in sorted(files.items())}


def reader_name(options: Options) -> str:
    """Who read, as the graph's metadata say it."""
    if options.reader is ReaderKind.RULES:
        return "rules"
    least = "by record" if options.least is None else f"{options.least:g}"
    return f"rules and {options.reader.value} model {fingerprint(MODEL[options.reader])[:12]}, least {least}"


def report(good: list[Reading], rejects: list[Reject], claims: tuple[Claim, ...], options: Options) -> dict[str, Any]:
    """What was read, what was not and why, and what the graph holds."""
    loose = {e.id: e.label for c in claims for e in (c.subject, c.object) if e.id.startswith("kgl:")}
    return {
        "version": __version__,
        "reader": reader_name(options),
        "knowledge": knowledge() | {"own tables": [p.name for p in (*options.lexicons, *options.ontologies)]},
        "records": len(good),
        "records without claims": sorted(r.trial.nct for r in good if not r.claims),
        "records that lost their punctuation": sorted(r.trial.nct for r in good if not r.punctuated),
        "rejects": [{"source": r.source, "nct": r.nct, "reason": r.reason} for r in rejects],
        "layouts": _counts(r.layout for r in good),
        "claims": len(claims),
        "claims by predicate": _counts(c.predicate.value for c in claims),
        "claims by status": _counts(c.status.value for c in claims),
        "things without identifier": dict(sorted(loose.items())),
    }


def _counts(names: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(names).items()))


@contextmanager
def whole(folder: Path) -> Iterator[Path]:
    """A draft folder whose files take their place in `folder` only when all of them are written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=".kg-", dir=folder))
    except OSError as error:
        raise OutputError(f"{folder}: cannot be written: {error.strerror or error}; choose another --out") from error
    try:
        yield draft
        for path in sorted(draft.iterdir()):
            os.replace(path, folder / path.name)
    except OSError as error:
        raise OutputError(f"{folder}: cannot be written: {error.strerror or error}") from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
