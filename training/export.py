"""Checkpoints as an artefact folder: int8 ONNX encoder, tokenizer, pair head.

Of several checkpoints the mean of the weights is taken: two phases that began at one point lie in one basin, and their mean
does a little better than either (Wortsman 2022, Model soups).
"""

from __future__ import annotations

import argparse
import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic

from kg.encoder.windows import FEATURES
from training.corpora import DRUGPROT, TAG_GROUPS
from training.network import Encoder, PairHead
from training.prepare import minilm


class OneWindow(torch.nn.Module):
    """The encoder as the reader calls it: one window, without padding; hidden states and tags of its words."""

    def __init__(self, encoder: Encoder) -> None:
        super().__init__()
        self.encoder = encoder

    def forward(self, ids: torch.Tensor, features: torch.Tensor, words: torch.Tensor):
        """Hidden states (words, width) and tag scores (words, groups * 3)."""
        x = self.encoder.lower(self.encoder.embed(ids), None)
        hidden = self.encoder.upper(x, features, None)[0, words]
        return hidden, self.encoder.tagger(hidden)


def mean(checkpoints: Sequence[Path]) -> dict[str, dict[str, torch.Tensor]]:
    """The mean of the weights of each part."""
    every = [torch.load(path, map_location="cpu", weights_only=True) for path in checkpoints]
    return {part: {name: torch.stack([c[part][name].double() for c in every]).mean(0).to(value.dtype)
                   for name, value in every[0][part].items()} for part in every[0]}  # fmt: skip


def export(checkpoints: Sequence[Path], weights: Path, out: Path, quantise: bool = True) -> None:
    """Writes the folder."""
    out.mkdir(parents=True, exist_ok=True)
    saved = mean(checkpoints)
    encoder, head = Encoder(), PairHead()
    encoder.load_state_dict(saved["encoder"])
    head.load_state_dict(saved["head"])
    encoder.eval()
    whole = out / ("float.onnx" if quantise else "encoder.onnx")
    example = (torch.ones(1, 16, dtype=torch.long), torch.zeros(1, 16, FEATURES), torch.arange(1, 9))
    axes = {"ids": {1: "pieces"}, "features": {1: "pieces"}, **{n: {0: "words"} for n in ("words", "hidden", "tags")}}
    torch.onnx.export(OneWindow(encoder), example, str(whole), input_names=["ids", "features", "words"],
                      output_names=["hidden", "tags"], dynamic_axes=axes, opset_version=17, dynamo=False)
    onnx.checker.check_model(str(whole))
    if quantise:
        quantize_dynamic(whole, out / "encoder.onnx", weight_type=QuantType.QInt8, per_channel=True, reduce_range=True)
        whole.unlink()
    np.savez(out / "head.npz", **{n: v.numpy().astype(np.float16) for n, v in head.state_dict().items()})
    names = {"groups": TAG_GROUPS, "relations": DRUGPROT}
    (out / "corpora.json").write_text(json.dumps(names, indent=1) + "\n", "utf-8")
    shutil.copy(weights / "tokenizer.json", out / "tokenizer.json")


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("checkpoints", type=Path, nargs="+", help="their mean is exported")
    parser.add_argument("--weights", type=Path, help="folder with MiniLM's tokenizer [the package's]")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--float", action="store_true", help="no quantisation")
    args = parser.parse_args()
    export(args.checkpoints, args.weights or minilm(), args.out, not args.float)


if __name__ == "__main__":
    main()
