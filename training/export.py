"""A checkpoint as an artefact folder: int8 ONNX encoder, tokenizer, pair head, settings."""

from __future__ import annotations

import argparse
import json
import shutil
from pathlib import Path

import numpy as np
import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic

from kg.encoder.windows import FEATURES
from training.network import Encoder, PairHead


def export(checkpoint: Path, weights: Path, out: Path, quantise: bool = True) -> None:
    """Writes the folder."""
    out.mkdir(parents=True, exist_ok=True)
    saved = torch.load(checkpoint, map_location="cpu")
    encoder, head = Encoder(), PairHead()
    encoder.load_state_dict(saved["encoder"])
    head.load_state_dict(saved["head"])
    encoder.eval()
    whole = out / ("float.onnx" if quantise else "encoder.onnx")
    example = (torch.ones(2, 16, dtype=torch.long), torch.zeros(2, 16, FEATURES), torch.ones(2, 16))
    names = ["ids", "features", "mask"]
    axes = {n: {0: "batch", 1: "pieces"} for n in [*names, "hidden", "tags"]}
    torch.onnx.export(encoder, example, str(whole), input_names=names, output_names=["hidden", "tags"],
                      dynamic_axes=axes, opset_version=17, dynamo=False)
    onnx.checker.check_model(str(whole))
    if quantise:
        quantize_dynamic(whole, out / "encoder.onnx", weight_type=QuantType.QInt8, per_channel=True, reduce_range=True)
        whole.unlink()
    np.savez(out / "head.npz", **{n: v.numpy().astype(np.float16) for n, v in head.state_dict().items()})
    shutil.copy(weights / "tokenizer.json", out / "tokenizer.json")
    settings = out / "reader.json"
    if not settings.is_file():
        settings.write_text(json.dumps({"mention_threshold": 0.35, "thresholds": {}, "default_threshold": 0.4},
                                       indent=1) + "\n", "utf-8")


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--float", action="store_true", help="no quantisation")
    args = parser.parse_args()
    export(args.checkpoint, args.weights, args.out, not args.float)


if __name__ == "__main__":
    main()
