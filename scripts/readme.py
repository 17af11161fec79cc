"""Fills the README's measured blocks: `make readme`. Nothing in them is typed by hand.

Blocks stand between `<!-- NAME -->` and `<!-- end NAME -->`. `queries` runs the README's own shell lines on `exports/`; `scores` runs
the gold set's scorer as its users do; `quality` shows what `kg bench` saved in `docs/bench.json`.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(sys.argv[1] if len(sys.argv) > 1 else ROOT.parent / "shared")
KG = [sys.executable, "-m", "kg.cli"]
QUERIES = (
    ("kg query exports mechanism-paths --format csv", ["query", "exports", "mechanism-paths", "--format", "csv"]),
    (
        "kg query exports 'SELECT DISTINCT ?drug ?thing WHERE { ?d kg:inhibits ?t ; rdfs:label ?drug . ?t rdfs:label ?thing }'",
        ["query", "exports", "SELECT DISTINCT ?drug ?thing WHERE { ?d kg:inhibits ?t ; rdfs:label ?drug . ?t rdfs:label ?thing }"],
    ),
    ("kg query exports outcomes --format csv", ["query", "exports", "outcomes", "--format", "csv"]),
)


def run(command: list[str]) -> str:
    """The standard output of a command, run in the project's root."""
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout


def queries() -> str:
    """Each query with its real answer."""
    return "\n".join(f"```sh\n{shown}\n```\n```\n{run([*KG, *args]).strip()}\n```" for shown, args in QUERIES)


def scores() -> str:
    """The scorer's tables on the reference record and the 26 development records, for both readers."""
    lines = ["| records | reader | precision | recall | strict F1 | triple F1 |", "|---|---|---|---|---|---|"]
    places = [str(SHARED / "trials/dev" / name) for name in ("NCT06592989.txt", "v2", "xml", "v1")]
    for reader, options in (("default", []), ("`--least 0.4`", ["--least", "0.4"]),
                            ("`--reader fast`", ["--reader", "fast"]), ("`--reader rules`", ["--reader", "rules"])):
        with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as out:
            done = subprocess.run([*KG, "extract", *options, *places], cwd=ROOT, stdout=out, stderr=subprocess.DEVNULL, check=False)
            assert done.returncode in (0, 1)
            for name, file in (("the reference record", "seed_NCT06592989.jsonl"), ("26 development records", "dev.jsonl")):
                gold = SHARED / "gold"
                found = json.loads(run([sys.executable, str(gold / "score_claims.py"), str(gold / file), "--pred", out.name]))
                figures = (found["triple"]["precision"], found["triple"]["recall"], found["strict"]["f1"], found["triple"]["f1"])
                lines.append(f"| {name} | {reader} | " + " | ".join(f"{figure:.2f}" for figure in figures) + " |")
    return "\n".join(lines)


def quality() -> str:
    """What `kg bench` saved, without the parts that the score table shows."""
    lines = ["| measured on | figure | value | |", "|---|---|---|---|"]
    for f in json.loads((ROOT / "docs/bench.json").read_text(encoding="utf-8")):
        value = f"{f['value']:.2f}" if isinstance(f["value"], float) and f["value"] <= 1 else f"{f['value']:g}"
        lines.append(f"| {f['section']} | {f['name']} | {value}{f['unit'] and ' ' + f['unit']} | {f['note']} |")
    return "\n".join(lines)


def main() -> None:
    path = ROOT / "README.md"
    text = path.read_text(encoding="utf-8")
    for name, make in (("queries", queries), ("scores", scores), ("quality", quality)):
        block = re.compile(rf"(<!-- {name} -->\n).*?(<!-- end {name} -->)", re.DOTALL)
        assert block.search(text), name
        body = make()
        text = block.sub(lambda m, body=body: f"{m[1]}{body}\n{m[2]}", text)
    path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
