"""Trains the claim reader: encoder, tagger and pair head together, phase after phase. See training/README.md.

    python -m training.train build/encoder/prepared.xz --base build/encoder/adapted.pt --out build/encoder
"""

from __future__ import annotations

import argparse
import json
import os
import time
import tomllib
from collections.abc import Sequence
from itertools import zip_longest
from pathlib import Path

import torch
from torch import multiprocessing
from torch.nn import functional as F
from torch.utils.data import DataLoader

from training.batches import Batches, Pools, Seen, Tensors, make_pools, plan
from training.export import mean
from training.gold import STATUSES, TYPES
from training.network import ENTRY, WIDTH, Encoder, PairHead, device
from training.prepare import load

DENIED = 2.0  # weight of a negated claim's status and predicate, next to the others: few claims are
Models = Sequence[tuple[Encoder, PairHead]]


class Trainer:
    """The network that learns, and those that it learns from where there is no gold."""

    def __init__(self, encoder: Encoder, head: PairHead, blank: float = 0.0, teachers: Models = (), still: bool = False) -> None:
        self.encoder, self.head, self.blank, self.teachers, self.still = encoder, head, blank, teachers, still
        self.weights = torch.ones(len(STATUSES), device=encoder.kind.device)
        self.weights[STATUSES.index("negated")] = DENIED

    def encode(self, b: Tensors, encoder: Encoder, blank: float) -> tuple[torch.Tensor, torch.Tensor]:
        """Hidden states and tag scores of the words of all windows."""
        with torch.no_grad():
            x, features = encoder.embed(b["ids"]), b["features"].float()
            if blank:
                x = x * (torch.rand(x.shape[:2], device=x.device) >= blank)[..., None]
                features = features * (torch.rand(x.shape[:2], device=x.device) >= blank)[..., None]
        with torch.set_grad_enabled(torch.is_grad_enabled() and not self.still):
            x = encoder.lower(x, b["mask"])
        words = encoder.upper(x, features, b["mask"]).reshape(-1, WIDTH).index_select(0, b["rows"])
        return words, encoder.tagger(words).view(len(words), -1, 3).float()

    def gold_losses(self, b: Tensors) -> tuple[torch.Tensor, tuple[torch.Tensor, ...]]:
        """Tag scores; losses of entity tags, predicates and statuses."""
        words, scores = self.encode(b, self.encoder, self.blank)
        scores = scores[:, : len(TYPES)]
        tag_loss = F.cross_entropy(scores.reshape(-1, 3), b["tags"].reshape(-1), reduction="sum") / len(words) * 8
        if "pairs" not in b:
            return scores, (tag_loss,)
        predicates, statuses, _ = (x.float() for x in self.head(words, b["spans"], b["bounds"], b["kinds"], b["pairs"]))
        right, unclear = b["right"], b["open"]
        want, weight = torch.zeros_like(predicates), torch.ones_like(predicates)
        want[right[:, 0], right[:, 1]] = 1
        weight[right[:, 0], right[:, 1]] = self.weights[right[:, 2]]
        weight[unclear[:, 0], unclear[:, 1]] = 0
        scale = 1.0 / max(8, len(right))
        predicate_loss = F.binary_cross_entropy_with_logits(predicates, want, weight, reduction="sum") * scale
        status_loss = F.cross_entropy(statuses[right[:, 0]], right[:, 2], self.weights, reduction="sum") * scale
        return scores, (tag_loss, predicate_loss, status_loss)

    def corpus_losses(self, b: Tensors) -> tuple[torch.Tensor, ...]:
        """Losses of a corpus's own tags and of DrugProt's relations."""
        words, scores = self.encode(b, self.encoder, self.blank)
        scores = scores[:, len(TYPES) :]
        tag_loss = F.cross_entropy(scores.reshape(-1, 3), b["tags"].reshape(-1), reduction="sum") / len(words) * 8
        if "pairs" not in b:
            return (tag_loss,)
        relations = self.head(words, b["spans"], b["bounds"], b["kinds"], b["pairs"])[2].float()
        loss = F.binary_cross_entropy_with_logits(relations, b["relations"], reduction="sum")
        return tag_loss, loss / b["relations"].sum().clamp(min=8.0)

    def free_losses(self, b: Tensors) -> tuple[torch.Tensor, tuple[torch.Tensor, ...]]:
        """Tag scores; losses against what the teachers say on the mean (Hinton 2015, Distilling the knowledge): tags, predicates,
        statuses of the likely pairs."""
        given = (b["spans"], b["bounds"], b["kinds"], b["pairs"]) if "pairs" in b else ()
        with torch.no_grad():
            said = []
            for encoder, head in self.teachers:
                words, scores = self.encode(b, encoder, 0.0)
                predicates, statuses, relations = head(words, *given) if given else (words[:0],) * 3
                said.append((scores.softmax(-1), predicates.float().sigmoid(), statuses.float().softmax(-1), relations.float().sigmoid()))
            tags, likely, status, related = (torch.stack(parts).mean(0) for parts in zip(*said, strict=True))
        words, scores = self.encode(b, self.encoder, self.blank)
        tag_loss = F.cross_entropy(scores.reshape(-1, 3), tags.reshape(-1, 3), reduction="sum") / len(words) * 4
        if not given:
            return scores[:, : len(TYPES)], (tag_loss,)
        predicates, statuses, relations = (x.float() for x in self.head(words, *given))
        scale = 1.0 / likely.sum().clamp(min=8.0)
        predicate_loss = F.binary_cross_entropy_with_logits(predicates, likely, reduction="sum") * scale
        each = F.cross_entropy(statuses, status, reduction="none")
        relation_loss = F.binary_cross_entropy_with_logits(relations, related, reduction="sum") / related.sum().clamp(min=8.0)
        return scores[:, : len(TYPES)], (tag_loss, predicate_loss, (each * likely.amax(-1)).sum() * scale, relation_loss * 0.3)


class Said:
    """What the model said of the last batch, on its way from the GPU to `Seen`: noted a step later, so that nobody waits for it."""

    def __init__(self, seen: Seen) -> None:
        self.seen, self._held = seen, None

    def hold(self, numbers: Sequence[int], probabilities: torch.Tensor, begins: Sequence[int]) -> None:
        """Sends it off."""
        there = probabilities.to("cpu", non_blocking=True)
        sent = torch.cuda.Event() if probabilities.is_cuda else None
        if sent:
            sent.record()
        self._held = (numbers, there, begins, sent)

    def take(self) -> None:
        """Notes it."""
        if self._held:
            numbers, there, begins, sent = self._held
            if sent:
                sent.synchronize()
            self.seen.note(numbers, there.numpy(), begins)
            self._held = None


def phases(steps: float = 1.0) -> list[dict]:
    """The settings of training/phases.toml; `steps` times as many steps."""
    found = tomllib.loads(Path(__file__).with_name("phases.toml").read_text("utf-8"))
    return [found["common"] | p | {"steps": max(20, int(p["steps"] * steps))} for p in found["phase"]]


def checkpoint(folder: Path, name: str, seed: int) -> Path:
    """Where a phase leaves its weights."""
    return folder / f"{name}_{seed}.pt"


def checkpoints(folder: Path, name: str) -> list[Path]:
    """What all seeds of a phase left."""
    return [checkpoint(folder, name, seed) for p in phases() if p["name"] == name for seed in p["seeds"]]


def main() -> None:
    """Phase after phase; the seeds of a phase side by side where there is a GPU, one after the other where there is none."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("prepared", type=Path, help="what training.prepare wrote")
    parser.add_argument("--base", type=Path, required=True, help="the encoder that training.adapt wrote")
    parser.add_argument("--begin", type=Path, help="checkpoint to begin from, instead of the phase's own beginning")
    parser.add_argument("--out", type=Path, required=True, help="folder of checkpoints")
    parser.add_argument("--only", nargs="*", help="names of phases [all]")
    parser.add_argument("--steps", type=float, default=1.0, help="times the phases' steps, to try things out")
    parser.add_argument("--seconds", type=float, nargs="*", default=(), help="of each phase: it ends by then, if not before")
    parser.add_argument("--bfloat16", action="store_true", help="on a CPU too: three times as fast where it multiplies such numbers")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    began = time.time()
    pools = make_pools(load(args.prepared))
    print(f"{len(pools.records[0])} records, {len(pools.free)} windows without gold, {len(pools.corpora)} of corpora, "
          f"read in {time.time() - began:.0f} s", flush=True)
    with multiprocessing.get_context("fork").Pool(1) as pool:  # asked elsewhere: a process that has asked cannot be forked
        gpu = pool.apply(torch.cuda.is_available)
    for phase, seconds in zip_longest(phases(args.steps), args.seconds, fillvalue=1e9):
        phase["seconds"] = seconds
        if args.only is None or phase["name"] in args.only:
            many = len(phase["seeds"])
            side = many if gpu else 1
            for at in range(0, many, side):
                multiprocessing.start_processes(work, (args, phase, pools, at, side), nprocs=side, start_method="fork")


def work(rank: int, args: argparse.Namespace, phase: dict, pools: Pools, at: int, side: int) -> None:
    """One seed of a phase."""
    seed = phase["seeds"][at + rank]
    began = time.time()
    seen = Seen(len(pools.windows))
    workers = max(1, (os.cpu_count() or 1) // side - 1)
    batches = Batches(pools, plan(pools, phase, seed), seen, seed)
    loader = iter(DataLoader(batches, batch_size=None, num_workers=workers, prefetch_factor=4, collate_fn=lambda made: made))
    torch.set_num_threads((os.cpu_count() or 1) if device().type == "cpu" else 1)
    torch.manual_seed(seed)
    on = device()
    encoder, head = Encoder(phase.get("dropout", 0.1)), PairHead()
    if args.begin or phase.get("begin"):
        put(encoder, head, mean([args.begin] if args.begin else checkpoints(args.out, phase["begin"])))
    else:
        encoder.load_state_dict(encoder.state_dict() | trunk(torch.load(args.base, map_location="cpu", weights_only=True)))
    teachers = []
    for path in checkpoints(args.out, phase["teachers"]) if phase.get("teachers") else ():
        teachers.append((Encoder().to(on).eval(), PairHead().to(on).eval()))
        put(*teachers[-1], torch.load(path, map_location="cpu", weights_only=True))
    encoder.to(on).train(), head.to(on).train()
    body = [p for layer in encoder.layers[ENTRY if phase.get("still") else 0 :] for p in layer.parameters()]
    top = [*encoder.tagger.parameters(), *encoder.features.parameters(), *head.parameters()]
    groups = [{"params": body, "times": 1.0}, {"params": top, "times": phase["heads"]}]
    optimiser = torch.optim.AdamW(groups, lr=phase["rate"], weight_decay=0.01, fused=on.type == "cuda")
    trainer = Trainer(encoder, head, phase["blank"], teachers, phase.get("still", False))
    sums: dict[str, torch.Tensor] = {}
    said = Said(seen)
    for step, (kind, numbers, made) in enumerate(loader):
        b = {name: torch.from_numpy(a).to(on, non_blocking=True) for name, a in made.items()}
        done = max((step + 0.5) / phase["steps"], (time.time() - began) / phase["seconds"])
        if done >= 1:
            break
        rate = phase["rate"] * min(1.0, done / phase["warm"]) * (1 - (1 - phase["end"]) * done)
        for group in optimiser.param_groups:
            group["lr"] = group["times"] * rate
        with torch.autocast(on.type, torch.bfloat16, enabled=on.type == "cuda" or args.bfloat16):
            scores, parts = (None, trainer.corpus_losses(b)) if kind == "corpora" else getattr(trainer, f"{kind}_losses")(b)
        said.take()
        if scores is not None:
            said.hold(numbers, scores.detach().softmax(-1), made["begins"].tolist())
        optimiser.zero_grad(set_to_none=True)
        sum(parts).backward()
        torch.nn.utils.clip_grad_norm_([*body, *top], 1.0)
        optimiser.step()
        for k, part in enumerate(parts):
            sums[f"{kind} {k}"] = sums.get(f"{kind} {k}", 0) + part.detach()
        if step % phase["tell"] == phase["tell"] - 1:
            line = {"phase": phase["name"], "seed": seed, "step": step + 1, "seconds": round(time.time() - began)}
            print(json.dumps(line | {k: round(float(x), 1) for k, x in sorted(sums.items())}), flush=True)
            sums = {}
    print(f"{phase['name']} {seed}: {step} steps, {time.time() - began:.0f} s", flush=True)
    saved = {"encoder": encoder.state_dict(), "head": head.state_dict()}
    torch.save({part: {n: t.cpu() for n, t in state.items()} for part, state in saved.items()}, checkpoint(args.out, phase["name"], seed))


def put(encoder: Encoder, head: PairHead, saved: dict[str, dict[str, torch.Tensor]]) -> None:
    """Weights into a network."""
    encoder.load_state_dict(saved["encoder"])
    head.load_state_dict(saved["head"])


def trunk(state: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Of an adapted encoder what has learned something there."""
    return {n: t.float() for n, t in state.items() if not n.startswith(("tagger", "features"))}


if __name__ == "__main__":
    main()
