"""MiniLM made at home in the field: it guesses hidden word pieces of registry records and of abstracts, before anything is taught.

    python -m training.adapt prepare ../shared --out build/encoder/texts.npy
    python -m training.adapt train build/encoder/texts.npy --out build/encoder/adapted.pt

Records and texts that anything is measured on are left out. Masking as BERT has it (Devlin 2019): 15 % of the pieces, of which
80 % are hidden, 10 % replaced, 10 % left; before fine-tuning this helps where texts of the field are many and labels few
(Gururangan 2020, "Don't stop pretraining").
"""

from __future__ import annotations

import argparse
import gzip
import json
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from training.corpora import SETS, measured, opening, rows
from training.network import WIDTH, Encoder, device
from training.prepare import measured_records, minilm, open_tokenizer

PIECES = 30522
MASK, SEPARATOR, SPECIAL = 103, 102, 999  # ids below 1000 are not words of BERT's vocabulary, or single marks
MORE = {"chemprot": ("train", "dev", "test"), "jnlpba": ("train",), "bionlp11_epi": ("train", "dev"),
        "bionlp13_ge": ("train", "dev"), "leaf_clinical_trials": ("train", "dev")}  # read for their words alone
LENGTH, BATCH = 256, 256
HIDDEN = 0.15
STRIPPED = 3  # one text in so many is read without its punctuation


class Guesser(nn.Module):
    """Encoder and the layer that guesses pieces from its states, by the same table that embeds them."""

    def __init__(self, encoder: Encoder) -> None:
        super().__init__()
        self.encoder = encoder
        self.turn = nn.Linear(WIDTH, WIDTH)
        self.norm = nn.LayerNorm(WIDTH, eps=1e-12)
        self.bias = nn.Parameter(torch.zeros(PIECES))

    def forward(self, ids: torch.Tensor, places: torch.Tensor) -> torch.Tensor:
        """Scores of all pieces at some places of the flattened batch."""
        e = self.encoder
        x = e.drop(e.embed(ids))
        for layer in e.layers:
            x = layer(x, None)
        x = self.norm(F.gelu(self.turn(x.reshape(-1, WIDTH)[places])))
        return F.linear(x, e.word.weight, self.bias)


def texts(shared: Path) -> Iterator[str]:
    """Titles and prose of registry records, and the public corpora's texts; none that is measured on."""
    away = measured_records(shared)
    with gzip.open(shared / "trials/scale/trials.jsonl.gz", "rt", encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            if row["nct_id"] not in away:
                keys = ("brief_title", "official_title", "brief_summary", "detailed_description", "eligibility")
                arms = [d for key in ("interventions", "arm_groups") for d in row.get(key) or () if d.get("description")]
                yield "\n".join([*(str(row[k]) for k in keys if row.get(k)), *(str(d["description"]) for d in arms)])
    banned = measured(shared)
    for corpus, splits in {**{name: parts for name, (parts, _) in SETS.items()}, **MORE}.items():
        for split in splits:
            yield from (row["text"] for row in rows(shared, corpus, split) if opening(row["text"]) not in banned)


def prepare(shared: Path, weights: Path, out: Path) -> None:
    """All texts as one row of pieces."""
    from kg.bench import strip

    tokenizer = open_tokenizer(weights)
    pieces: list[np.ndarray] = []
    every = [strip(t) if k % STRIPPED == 0 else t for k, t in enumerate(texts(shared))]
    for at in range(0, len(every), 2000):
        for e in tokenizer.encode_batch(every[at : at + 2000], add_special_tokens=False):
            pieces.append(np.array([*e.ids, SEPARATOR], dtype=np.uint16))
    out.parent.mkdir(parents=True, exist_ok=True)
    np.save(out, np.concatenate(pieces))
    print(f"{len(every)} texts, {sum(map(len, pieces)):,} pieces", flush=True)


def first(weights: Path | None, begin: Path | None) -> Encoder:
    """The encoder of a checkpoint, or MiniLM (from a folder, or the package's)."""
    encoder = Encoder()
    if begin:
        encoder.load_state_dict(torch.load(begin, map_location="cpu", weights_only=True)["encoder"])
    else:
        encoder.load_minilm((weights or minilm()) / "model.safetensors")
    return encoder


def train(row: np.ndarray, encoder: Encoder, steps: int, seconds: float, rate: float, seed: int, batch: int) -> Encoder:
    """The encoder after `steps`, or after `seconds` where that comes first: the rate falls to nothing with either."""
    on = device()
    torch.manual_seed(seed)
    model = Guesser(encoder).to(on)
    pieces = torch.from_numpy(row.astype(np.int32)).to(on)
    chance = torch.Generator(device=on).manual_seed(seed)
    trained = [p for n, p in model.named_parameters() if not n.startswith(("encoder.features", "encoder.tagger"))]
    optimiser = torch.optim.AdamW(trained, lr=rate, weight_decay=0.01, betas=(0.9, 0.98), fused=on.type == "cuda")
    model.train()
    began, total = time.time(), torch.zeros((), device=on)
    for step in range(steps):
        done = max(step / steps, (time.time() - began) / seconds)
        if done >= 1:
            break
        for group in optimiser.param_groups:
            group["lr"] = rate * min(1.0, done / 0.05 + 0.01) * (1 - done)
        begins = torch.randint(len(pieces) - LENGTH, (batch, 1), generator=chance, device=on)
        want = pieces[begins + torch.arange(LENGTH, device=on)].long()
        drawn, how = (torch.rand(want.shape, generator=chance, device=on) for _ in range(2))
        hidden = (drawn < HIDDEN) & (want > SPECIAL)
        other = torch.randint(SPECIAL + 1, PIECES, want.shape, generator=chance, device=on)
        ids = torch.where(hidden & (how < 0.8), MASK, torch.where(hidden & (how >= 0.9), other, want))
        places = hidden.view(-1).nonzero()[:, 0]
        with torch.autocast(on.type, torch.bfloat16):
            scores = model(ids, places)
        loss = F.cross_entropy(scores.float(), want.view(-1)[places])
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(trained, 1.0)
        optimiser.step()
        total += loss.detach()
        if step % 100 == 99:
            print(json.dumps({"step": step + 1, "seconds": round(time.time() - began), "loss": round(float(total) / 100, 3)}), flush=True)
            total.zero_()
    print(f"{step + 1} steps", flush=True)
    return encoder.cpu()


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("do", choices=("prepare", "train"))
    parser.add_argument("source", type=Path, help="the shared folder; the file of pieces")
    parser.add_argument("--weights", type=Path, help="folder with MiniLM's safetensors and tokenizer [the package's]")
    parser.add_argument("--begin", type=Path, help="checkpoint whose encoder goes on from there, instead of MiniLM's")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=8300, help=f"of {BATCH} stretches of {LENGTH} pieces")
    parser.add_argument("--seconds", type=float, default=1e9, help="stop by then")
    parser.add_argument("--batch", type=int, default=BATCH)
    parser.add_argument("--rate", type=float, default=5e-4)
    parser.add_argument("--seed", type=int, default=13)
    args = parser.parse_args()
    if args.do == "prepare":
        prepare(args.source, args.weights or minilm(), args.out)
        return
    encoder = train(np.load(args.source), first(args.weights, args.begin), args.steps, args.seconds, args.rate, args.seed, args.batch)
    torch.save(encoder.state_dict(), args.out)


if __name__ == "__main__":
    main()
