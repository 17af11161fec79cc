"""Speed and memory: `make bench`. Prints one table; nothing is written.

Each command is timed as a whole process; the median of several runs is shown. A part of the
scale set (`--every`) is read once by each reader.
"""

from __future__ import annotations

import argparse
import gzip
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SEED = ROOT / "examples/NCT06592989.txt"


def seconds(command: list[str], *, runs: int) -> float:
    """The median wall time of a command, in seconds."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--every", type=int, default=6, help="every so many records of the scale set are read")
    args = parser.parse_args()
    kg = [sys.executable, "-m", "kg.cli"]
    with tempfile.TemporaryDirectory() as folder:
        print(f"cores: {os.cpu_count()}, Python {sys.version.split()[0]}")
        print(f"kg --help: {seconds([*kg, '--help'], runs=args.runs):.2f} s")
        imports = "import kg.build, kg.batch, kg.rdf.encode, kg.store.graphs, kg.viz.page, pyvis.network"
        print(f"imports of a build: {seconds([sys.executable, '-c', imports], runs=args.runs):.2f} s")
        print(
            f"kg build on the reference record: {seconds([*kg, 'build', str(SEED), '--out', folder], runs=args.runs):.2f} s"
        )
        scale = args.shared / "trials/scale/trials.jsonl.gz"
        if not scale.exists():
            print(f"records a minute: not measured, {scale} is not there")
            return
        sample = Path(folder) / "sample.jsonl"
        with gzip.open(scale, "rt", encoding="utf-8") as lines, sample.open("w", encoding="utf-8") as out:
            out.writelines(line for i, line in enumerate(lines) if i % args.every == 0)
        for reader in ("learned", "fast", "rules"):
            jobs = os.cpu_count() or 1
            start = time.perf_counter()
            command = [*kg, "extract", str(sample), "--jobs", str(jobs), "--reader", reader]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            took = time.perf_counter() - start
            records = int(next(line for line in done.stderr.splitlines() if " read, " in line).split()[1])
            peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
            claims = done.stdout.count("\n")
            print(
                f"kg extract, --reader {reader}, {jobs} processes: {records} records of the scale set, {claims} claims in {took:.0f} s: "
                f"{records / took * 60:.0f} records a minute; largest process so far {peak:.0f} MB"
            )


if __name__ == "__main__":
    main()
