"""What the training reads, and what it must not."""

import json

from training.fast_data import load_gold


def test_ordinary_records_are_not_trained_on(tmp_path):
    """Claims for measuring lie beside the claims for training; `train_fast` once read them all."""
    (tmp_path / "gold").mkdir()
    for name, nct in (("claims_1", "NCT00000001"), ("ordinary", "NCT00000002")):
        (tmp_path / f"{name}.jsonl").write_text(json.dumps({"nct": nct, "none": True}) + "\n", encoding="utf-8")
    assert set(load_gold(tmp_path, [tmp_path])) == {"NCT00000001"}
