"""Trains the claim reader: encoder, tagger and pair head together. See training/README.md."""

from __future__ import annotations

import argparse
import json
import random
import time
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import distributed, multiprocessing
from torch.nn import functional as F

from kg.encoder.tags import decode_tags
from kg.encoder.windows import FEATURES, windows
from training.evaluate import tasks
from training.gold import fold, load_claims, load_documents, make_record, strip_record
from training.labels import Example, Found, examples, pair_targets, pairs_of
from training.network import FROZEN, WIDTH, Encoder, PairHead

LOWER: dict[int, torch.Tensor] = {}  # what the frozen layers gave for an example, by its id


def collate(encoder: Encoder, batch: list[Example]):
    """Padded arrays of a batch: what the frozen layers give, features, mask."""
    length = max(len(e.window.ids) for e in batch)
    x = torch.zeros(len(batch), length, WIDTH)
    mask = torch.zeros(len(batch), length)
    features = torch.zeros(len(batch), length, FEATURES)
    for k, e in enumerate(batch):
        n = len(e.window.ids)
        if id(e) not in LOWER:
            encoder.eval()
            with torch.no_grad():
                LOWER[id(e)] = encoder.lower(torch.from_numpy(e.window.ids)[None], torch.ones(1, n))[0].half()
            encoder.train()
        x[k, :n], mask[k, :n], features[k, :n] = LOWER[id(e)].float(), 1, torch.from_numpy(e.window.features)
    return x, features, mask


def found_in(example: Example, scores: np.ndarray, threshold: float) -> list[Found]:
    """Predicted mentions, with the gold entities that their words name."""
    w = example.window
    return [Found(a, b, t, example.names.find(example.text[w.starts[a] : w.ends[b]]))
            for a, b, t, _ in decode_tags(scores, threshold)]


def losses(encoder: Encoder, head: PairHead, batch: list[Example], predicted: bool, rng: random.Random):
    """Entity loss and relation loss of a batch."""
    hidden, scores = encoder.upper(*collate(encoder, batch))
    tag_loss, predicate_loss, status_loss, positives = 0.0, 0.0, 0.0, 0
    words = sum(len(e.window.words) for e in batch)
    for k, e in enumerate(batch):
        firsts = torch.from_numpy(e.window.words)
        s = scores[k, firsts].view(len(firsts), -1, 3)
        tag_loss = tag_loss + F.cross_entropy(s.reshape(-1, 3), torch.from_numpy(e.tags).reshape(-1), reduction="sum")
        mentions = {(m.first, m.last): m for m in e.mentions}
        if predicted:
            for m in found_in(e, s.detach().numpy(), 0.3):
                mentions.setdefault((m.first, m.last), m)
        for m in e.given:
            if (m.first, m.last) not in mentions or rng.random() < 0.2:
                mentions[m.first, m.last] = m
        chosen = [mentions[key] for key in sorted(mentions)]
        pairs = pairs_of(e.window, chosen)
        if not pairs:
            continue
        if len(pairs) > 1200:
            pairs = sorted(rng.sample(pairs, 1200))
        targets, status = pair_targets(e, chosen, pairs)
        spans = torch.tensor([[m.first, m.last] for m in chosen])
        kinds = torch.tensor([m.type for m in chosen])
        p, st = head(hidden[k, firsts], spans, kinds, torch.tensor(pairs))
        t = torch.from_numpy(targets)
        each = F.binary_cross_entropy_with_logits(p, t.clamp(min=0), reduction="none") * (t >= 0)
        predicate_loss = predicate_loss + each.sum()
        known = torch.from_numpy(status) >= 0
        positives += int((targets == 1).sum())
        if known.any():
            status_loss = status_loss + F.cross_entropy(st[known], torch.from_numpy(status)[known], reduction="sum")
    scale = 1.0 / max(8, positives)
    return tag_loss / words * 8, predicate_loss * scale, status_loss * scale


def batches(pool: list[Example], size: int, rng: random.Random) -> list[list[Example]]:
    """Batches of windows of like length, in random order."""
    order = sorted(pool, key=lambda e: len(e.window.ids) + rng.uniform(-20, 20))
    made = [order[i : i + size] for i in range(0, len(order), size)]
    rng.shuffle(made)
    return made


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared"))
    parser.add_argument("--gold", type=Path, nargs="*", default=[], help="further gold files")
    parser.add_argument("--weights", type=Path, required=True, help="folder with MiniLM's safetensors and tokenizer")
    parser.add_argument("--start", type=Path, help="a checkpoint to start from")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--batch", type=int, default=6, help="windows a step, over all workers")
    parser.add_argument("--steps", type=int, help="stop after so many steps; the schedule is made to fit")
    parser.add_argument("--warm", type=float, default=0.06, help="share of the steps in which the rate rises")
    parser.add_argument("--rate", type=float, default=2.5e-4)
    parser.add_argument("--held", type=int, default=0, help="fold to hold out (0-4); -1: none")
    parser.add_argument("--seed", type=int, default=13)
    parser.add_argument("--workers", type=int, default=2, help="processes; each computes its share of every batch")
    return parser.parse_args()


def main() -> None:
    """Starts the workers."""
    args = arguments()
    args.out.mkdir(parents=True, exist_ok=True)
    began = time.time()
    claims = load_claims([*(args.data / "gold").glob("train_*.jsonl"), *args.gold])
    documents = load_documents(args.data / "trials/scale/trials.jsonl.gz", set(claims), args.out)
    records = [make_record(documents[n], claims[n]) for n in sorted(documents)]
    if args.held >= 0:
        records = [r for r in records if fold(r.document.nct) != args.held]
    tokenizer = Tokenizer.from_file(str(args.weights / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    pools = []
    for kind in (records, [strip_record(r) for r in records]):
        given = [m for _, _, m in tasks([r.document for r in kind], True)]
        pools.append([examples(r, windows(r.document, tokenizer, m), m) for r, m in zip(kind, given, strict=True)])
    print(f"{len(records)} records, prepared in {time.time() - began:.0f} s", flush=True)
    multiprocessing.start_processes(work, (args, pools), nprocs=args.workers, start_method="fork")


def work(rank: int, args: argparse.Namespace, pools: list[list[list[Example]]]) -> None:
    """One worker's part of the training; the first one reports and saves."""
    torch.set_num_threads(1)
    torch.manual_seed(args.seed)
    store = distributed.FileStore(str(args.out / f"store-{args.seed}-{time.strftime('%H%M')}"), args.workers)
    distributed.init_process_group("gloo", store=store, rank=rank, world_size=args.workers)
    rng = random.Random(args.seed)
    encoder, head = Encoder(), PairHead()
    encoder.load_minilm(args.weights / "model.safetensors")
    if args.start:
        saved = torch.load(args.start)
        old = saved["encoder"].pop("features.weight")
        encoder.load_state_dict(saved["encoder"], strict=False)
        head.load_state_dict(saved["head"])
        if old.shape == encoder.features.weight.shape:
            encoder.features.weight.data.copy_(old)
        else:
            encoder.features.weight.data[:, :18] = old[:, :18]
    torch.manual_seed(args.seed + 1000 * rank)
    new = ("tagger", "features")
    body = [p for layer in encoder.layers[FROZEN:] for p in layer.parameters()]
    top = [p for n, p in encoder.named_parameters() if n.startswith(new)] + list(head.parameters())
    groups = [{"params": body, "lr": args.rate}, {"params": top, "lr": 4 * args.rate}]
    optimiser = torch.optim.AdamW(groups, weight_decay=0.01)
    step, total = 0, 0
    for epoch in range(args.epochs):
        encoder.train(), head.train()
        pool = [e for whole, bare in zip(*pools, strict=True) for e in (whole if rng.random() < 0.5 else bare)
                if any(e.quotes) or rng.random() < 0.3]
        sums, start = np.zeros(3), time.time()
        todo = batches(pool, args.batch, rng)
        total = total or args.steps or len(todo) * args.epochs
        for batch in todo:
            if step >= total:
                break
            mine = batch[rank :: args.workers]
            rate = min(1.0, (step + 1) / (args.warm * total)) * max(0.02, 1 - step / total)
            optimiser.param_groups[0]["lr"], optimiser.param_groups[1]["lr"] = args.rate * rate, 4 * args.rate * rate
            optimiser.zero_grad(set_to_none=False)
            if mine:
                parts = losses(encoder, head, mine, epoch >= 1 or bool(args.start), random.Random(step))
                sum(parts).backward()
                sums += [float(x.detach()) if torch.is_tensor(x) else x for x in parts]
            average([*body, *top], args.workers)
            torch.nn.utils.clip_grad_norm_([*body, *top], 1.0)
            optimiser.step()
            step += 1
            if step % 25 == 0 and rank == 0 and epoch == 0:
                print(f"  step {step}/{total} {time.time() - start:.0f} s", sums / step, flush=True)
        if rank == 0:
            line = {"epoch": epoch, "seconds": round(time.time() - start), "step": step,
                    "losses": [round(float(x) / len(todo), 4) for x in sums]}
            print(json.dumps(line), flush=True)
            torch.save({"encoder": encoder.state_dict(), "head": head.state_dict()}, args.out / "model.pt")
        if step >= total:
            return


def average(parameters: list[torch.nn.Parameter], workers: int) -> None:
    """Every gradient as the mean over the workers."""
    for p in parameters:
        if p.grad is None:
            p.grad = torch.zeros_like(p)
    flat = torch.cat([p.grad.view(-1) for p in parameters])
    distributed.all_reduce(flat)
    flat /= workers
    at = 0
    for p in parameters:
        p.grad.copy_(flat[at : at + p.numel()].view_as(p))
        at += p.numel()


if __name__ == "__main__":
    main()
