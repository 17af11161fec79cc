"""The store's tests use the claims that the rdf room's tests made by hand."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "rdf"))
