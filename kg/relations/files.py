"""The fast reader's files: `kg/models/fast/`, read and written.

    tagger.crfsuite.zlib the mention tagger (python-crfsuite)
    pairs.npz            feature table (int8 with one scale a column), layers, trees, calibration
    features.txt.xz      the names of the table's rows, sorted, one a line
    MODEL_CARD.md        data, licences, figures, limits
"""

from __future__ import annotations

import json
import lzma
import zlib
from functools import cache
from pathlib import Path

import numpy as np
import pycrfsuite

from kg.errors import KgError
from kg.relations.linear import FastModel
from kg.relations.pair_model import PairModel
from kg.relations.trees import Trees

FOLDER = Path(__file__).resolve().parent.parent / "models" / "fast"
TREE_PARTS = ("feature", "threshold", "left", "right", "value")


@cache
def open_fast_model(folder: Path = FOLDER) -> FastModel:
    """The shipped model. `KgError` says which file is missing or damaged."""
    try:
        tagger = pycrfsuite.Tagger()
        memory = zlib.decompress((folder / "tagger.crfsuite.zlib").read_bytes())
        tagger.open_inmemory(memory)
        names = lzma.decompress((folder / "features.txt.xz").read_bytes()).decode("utf-8").split("\n")
        with np.load(folder / "pairs.npz", allow_pickle=False) as file:
            parts = {name: file[name] for name in file.files}
        settings = json.loads((folder / "settings.json").read_text(encoding="utf-8"))
    except (OSError, ValueError, lzma.LZMAError, zlib.error) as error:
        raise KgError(f"{folder}: the fast reader's model cannot be read: {error}") from error
    table = parts["table"].astype(np.float32) * parts["scale"]
    table = np.vstack([table, np.zeros((1, table.shape[1]), np.float32)])
    pairs = PairModel({name: i for i, name in enumerate(names)}, table, parts["bias"].astype(np.float32),
                      parts["out"].astype(np.float32), parts["out_bias"].astype(np.float32))
    trees = Trees(*(parts["tree_" + p] for p in TREE_PARTS), settings["base"], settings["depth"])
    curve = tuple(settings["curve"][0]), tuple(settings["curve"][1])
    return FastModel(tagger, pairs, trees, frozenset(settings["allowed"]), settings["threshold"], curve, memory)


def save_pair_model(folder: Path, model: PairModel, trees: Trees, settings: dict) -> None:
    """Writes everything but the tagger; `settings`: allowed, threshold, curve and figures."""
    folder.mkdir(parents=True, exist_ok=True)
    table, scale = quantised(model.table[:-1])
    names = sorted(model.rows, key=model.rows.__getitem__)
    (folder / "features.txt.xz").write_bytes(lzma.compress("\n".join(names).encode("utf-8"), preset=9))
    np.savez_compressed(folder / "pairs.npz", table=table, scale=scale, bias=model.bias, out=model.out,
                        out_bias=model.out_bias, **{"tree_" + p: getattr(trees, p) for p in TREE_PARTS})
    settings = {**settings, "base": trees.base, "depth": trees.depth}
    (folder / "settings.json").write_text(json.dumps(settings, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def quantised(table: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The table in whole numbers from -127 to 127, and the scale of each column."""
    scale = np.abs(table).max(0) / 127 + 1e-12
    return np.round(table / scale).astype(np.int8), scale.astype(np.float32)
