"""One further phase from an exported model: its checkpoint, the phase, and the mean of what was and what came of it, exported.

    python -m training.onward build/encoder --phase 5

reads build/encoder/prepared.xz and the exported build/encoder/mean_4, leaves model_5.pt and the exported mean_5.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path


def main() -> None:
    """The three commands, one after the other."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--phase", type=int, required=True)
    args = parser.parse_args()
    folder, phase = args.folder, args.phase
    before, begin, after = folder / f"mean_{phase - 1}", folder / f"mean_{phase - 1}.pt", folder / f"mean_{phase}"
    for command in (
        ["training.restore", before, "--out", begin],
        ["training.train", folder / "prepared.xz", "--out", folder, "--phase", phase, "--begin", begin],
        ["training.export", begin, folder / f"model_{phase}.pt", "--out", after],
    ):
        subprocess.run([sys.executable, "-m", *map(str, command)], check=True)


if __name__ == "__main__":
    main()
