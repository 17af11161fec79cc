"""Where the shared records and gold claims are, and the reason that a test prints when they are not there."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("KG_SHARED") or ROOT.parent / "shared")
SEED = ROOT / "examples/NCT06592989.txt"

needs_shared = pytest.mark.skipif(
    not (SHARED / "gold").is_dir(), reason=f"the shared records and gold claims are not at {SHARED} (set KG_SHARED)"
)
