"""Gold claims of small records, read by the scorer that comes with the gold."""

import json

import pytest

from kg.bench import load_scorer
from tests.shared_material import SHARED

NCT = "NCT00000001"


@pytest.fixture(scope="session")
def scorer():
    """The scorer that comes with the gold."""
    return load_scorer(SHARED)


@pytest.fixture
def gold_of(scorer, tmp_path):
    """Makes the gold of one record, of claims (subject, predicate, object, status), as the scorer reads it."""

    def make(*claims: tuple[str, str, str, str]):
        rows = [
            {"nct": NCT, "subject": {"names": [s]}, "predicate": p, "object": {"names": [o]}, "status": status}
            for s, p, o, status in claims
        ]
        path = tmp_path / "gold.jsonl"
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        return scorer.read_gold([str(path)])

    return make
