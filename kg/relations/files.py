"""The learned readers' files, read and written.

    kg/models/fast/      tagger.crfsuite.xz    the mention tagger (python-crfsuite)
                         pairs.npz             feature table (int8 with one scale a column), layers, trees
                         features.txt.xz       the names of the table's rows, sorted, one a line
                         settings.json         pairs that are read, threshold, calibration
    kg/models/encoder/   encoder.onnx, tokenizer.json, head.npz   see kg/encoder/encoder.py
                         statements.npz, settings.json            its own trees, threshold and calibration

Each folder has a MODEL_CARD.md: data, licences, figures, limits.
"""

from __future__ import annotations

import json
import lzma
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pycrfsuite

from kg.errors import KgError
from kg.relations.linear import Learned
from kg.relations.pair_model import PairModel
from kg.relations.trees import Trees

MODELS = Path(__file__).resolve().parent.parent / "models"
FOLDER = MODELS / "fast"
ENCODER = MODELS / "encoder"
TREE_PARTS = ("feature", "threshold", "left", "right", "value")


@cache
def open_fast_model(folder: Path = FOLDER) -> Learned:
    """The model without an encoder. `KgError` says which file is missing or damaged."""
    model = open_pair_model(folder)
    try:
        memory = lzma.decompress((folder / "tagger.crfsuite.xz").read_bytes())
        tagger = pycrfsuite.Tagger()
        tagger.open_inmemory(memory)
    except (OSError, ValueError, lzma.LZMAError) as error:
        raise KgError(f"{folder}: the fast reader's model cannot be read: {error}") from error
    return replace(model, tagger=tagger, memory=memory)


@cache
def open_learned(folder: Path = ENCODER, fast: Path = FOLDER) -> Learned:
    """The model with the encoder. `KgError` says which file is missing or damaged."""
    from kg.encoder.encoder import open_encoder  # onnxruntime, only where it reads

    model = open_pair_model(fast)
    encoder = open_encoder(folder)
    try:
        with np.load(folder / "statements.npz", allow_pickle=False) as file:
            parts = {name: file[name] for name in file.files}
        settings = json.loads((folder / "settings.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise KgError(f"{folder}: the learned reader's model cannot be read: {error}") from error
    return replace(model, encoder=encoder, **_judgement(parts, settings))


@cache
def open_pair_model(folder: Path = FOLDER) -> Learned:
    """What both learned readers have: the pair model, and how the fast reader judges. `KgError` as above."""
    try:
        names = lzma.decompress((folder / "features.txt.xz").read_bytes()).decode("utf-8").split("\n")
        with np.load(folder / "pairs.npz", allow_pickle=False) as file:
            parts = {name: file[name] for name in file.files}
        settings = json.loads((folder / "settings.json").read_text(encoding="utf-8"))
    except (OSError, ValueError, lzma.LZMAError) as error:
        raise KgError(f"{folder}: the pair model cannot be read: {error}") from error
    table = parts["table"].astype(np.float32) * parts["scale"]
    table = np.vstack([np.zeros((1, table.shape[1]), np.float32), table])
    pairs = PairModel(names, table, *(parts[p].astype(np.float32) for p in ("bias", "out", "out_bias")))
    return Learned(None, None, pairs, **_judgement(parts, settings))


def _judgement(parts: dict[str, np.ndarray], settings: dict[str, Any]) -> dict[str, Any]:
    """What decides which statements are kept, and how sure they are."""
    trees = Trees(*(parts["tree_" + p] for p in TREE_PARTS), settings["base"], settings["depth"])
    curve = tuple(settings["curve"][0]), tuple(settings["curve"][1])
    return {"whole": trees, "allowed": frozenset(settings["allowed"]), "threshold": settings["threshold"], "curve": curve}


def save_statements(folder: Path, trees: Trees, settings: dict[str, Any]) -> None:
    """Writes the encoder's trees; `settings`: allowed, threshold, curve and figures."""
    np.savez_compressed(folder / "statements.npz", **{"tree_" + p: getattr(trees, p) for p in TREE_PARTS})
    _save_settings(folder, trees, settings)


def _save_settings(folder: Path, trees: Trees, settings: dict[str, Any]) -> None:
    settings = {**settings, "base": trees.base, "depth": trees.depth}
    (folder / "settings.json").write_text(json.dumps(settings, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def save_pair_model(folder: Path, model: PairModel, trees: Trees, settings: dict) -> None:
    """Writes everything but the tagger; `settings`: allowed, threshold, curve and figures."""
    folder.mkdir(parents=True, exist_ok=True)
    table, scale = quantised(model.table[1:])
    (folder / "features.txt.xz").write_bytes(lzma.compress("\n".join(model.names).encode("utf-8"), preset=9))
    np.savez_compressed(folder / "pairs.npz", table=table, scale=scale, bias=model.bias, out=model.out,
                        out_bias=model.out_bias, **{"tree_" + p: getattr(trees, p) for p in TREE_PARTS})
    _save_settings(folder, trees, settings)


def quantised(table: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The table in whole numbers from -127 to 127, and the scale of each column."""
    scale = np.abs(table).max(0) / 127 + 1e-12
    return np.round(table / scale).astype(np.int8), scale.astype(np.float32)
