"""An exported model as a checkpoint again, so that training can go on from it where its checkpoints are gone.

    python -m training.restore kg/models/encoder --out build/encoder/mean.pt

The weights are those of the int8 file times their scales, so that they are off by up to half a step of their column (of the whole
table, for the embeddings of pieces).
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper

from training.network import Encoder, PairHead


def restore(model: Path) -> dict[str, dict[str, torch.Tensor]]:
    """The checkpoint; a file that is not one of `training.export`'s is a ValueError."""
    graph = onnx.load(str(model / "encoder.onnx")).graph
    held = {i.name: numpy_helper.to_array(i) for i in graph.initializer}
    encoder, head = Encoder(), PairHead()
    weights = encoder.state_dict()
    given = {name.removeprefix("encoder."): a for name, a in held.items() if name.removeprefix("encoder.") in weights}
    given |= {_weight(node.name): _whole(held, node.input[1]).T for node in graph.node if node.op_type == "MatMulInteger"}
    tables = {n: f"encoder.{n}.weight_quantized" for n in ("word", "position")}
    given |= {f"{n}.weight": _whole(held, name) for n, name in tables.items() if name in held}
    wanted = set(weights)
    if wanted - set(given):
        raise ValueError(f"{model}: not an int8 file of training.export: lacks {sorted(wanted - set(given))[:3]}")
    weights |= {n: torch.from_numpy(np.array(given[n], np.float32)) for n in wanted}
    encoder.load_state_dict(weights)
    with np.load(model / "head.npz") as file:
        head.load_state_dict({n: torch.from_numpy(file[n].astype(np.float32)) for n in file.files})
    return {"encoder": encoder.state_dict(), "head": head.state_dict()}


def _weight(node: str) -> str:
    """The parameter of a node: "/layers.2/qkv/MatMul_quant" -> "layers.2.qkv.weight"."""
    parts = [p for p in node.strip("/").split("/") if "MatMul" not in p]
    return ".".join(["tagger", parts[-1].rsplit(".", 1)[-1]] if parts[0] == "tagger" else parts) + ".weight"


def _whole(held: dict[str, np.ndarray], name: str) -> np.ndarray:
    """An int8 matrix as numbers: (value - zero point) * scale, by column."""
    base = name.removesuffix("_quantized")
    return (held[name].astype(np.float32) - held[base + "_zero_point"]) * held[base + "_scale"]


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", type=Path, help="folder that training.export wrote")
    parser.add_argument("--out", type=Path, required=True, help="the checkpoint")
    args = parser.parse_args()
    args.out.parent.mkdir(parents=True, exist_ok=True)
    torch.save(restore(args.model), args.out)


if __name__ == "__main__":
    main()
