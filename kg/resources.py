"""Finds the knowledge files (`ontologies/`) in a checkout or in an installed package, and fingerprints them."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path


@cache
def ontologies() -> Path:
    """The folder of knowledge files: beside the package in a checkout, inside it once installed."""
    package = Path(__file__).resolve().parent
    beside = package.parent / "ontologies"
    return beside if (beside / "kg.ttl").is_file() else package / "ontologies"


def resource(*parts: str) -> Path:
    """The path of one knowledge file, e.g. `resource("rules", "relations.toml")`."""
    return ontologies().joinpath(*parts)


def fingerprint(path: Path) -> str:
    """The sha256 of a file, in hex."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
