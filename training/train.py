"""Trains the claim reader: encoder, tagger and pair head together. See training/README.md."""

from __future__ import annotations

import argparse
import json
import random
import time
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from torch import distributed, multiprocessing
from torch.nn import functional as F

from kg.encoder.tags import decode_tags, probabilities
from kg.encoder.windows import FEATURES
from training.corpora import TAG_GROUPS, UNKNOWN, CorpusExample
from training.gold import TYPES, fold
from training.labels import Example, Found, targets
from training.network import FROZEN, WIDTH, Encoder, PairHead
from training.prepare import load, minilm

MOST_PAIRS = 1200  # of a window
MENTION = 0.3  # probability from which the model's own mentions are trained on


class Trainer:
    """The network, and what its untrained part (the embeddings, and the lowest layers unless `thaw`) gave for the windows
    that come again."""

    def __init__(self, encoder: Encoder, head: PairHead, blank: float = 0.0, thaw: bool = False) -> None:
        self.encoder, self.head, self.blank, self.thaw = encoder, head, blank, thaw
        self._kept: dict[int, torch.Tensor] = {}

    def _untrained(self, example: Example | CorpusExample) -> torch.Tensor:
        kept = self._kept.get(id(example))
        if kept is None:
            ids = torch.from_numpy(example.window.ids.astype(np.int64))[None]
            self.encoder.eval()
            with torch.no_grad():
                x = self.encoder.embed(ids)
                kept = (x if self.thaw else self.encoder.lower(x, torch.ones(1, ids.shape[1])))[0].half()
            self.encoder.train()
            if isinstance(example, Example):
                self._kept[id(example)] = kept
        return kept

    def encode(self, batch: Sequence[Example | CorpusExample]) -> tuple[torch.Tensor, torch.Tensor, np.ndarray]:
        """Hidden states and tag scores of the words of all windows, and where each window's words begin."""
        length = max(len(e.window.ids) for e in batch)
        x = torch.zeros(len(batch), length, WIDTH)
        mask = torch.zeros(len(batch), length)
        features = torch.zeros(len(batch), length, FEATURES)
        for k, e in enumerate(batch):
            n = len(e.window.ids)
            x[k, :n], mask[k, :n] = self._untrained(e).float(), 1
            features[k, :n] = torch.from_numpy(e.window.features)
        if self.thaw:
            x = self.encoder.lower(x, mask)
        if self.blank:
            x = x * (torch.rand(x.shape[:2]) >= self.blank)[..., None]
            features = features * (torch.rand(x.shape[:2]) >= self.blank)[..., None]
        hidden = self.encoder.upper(x, features, mask).view(-1, WIDTH)
        rows = np.concatenate([e.window.words.astype(np.int64) + k * length for k, e in enumerate(batch)])
        words = hidden[torch.from_numpy(rows)]
        begins = np.cumsum([0, *(len(e.window.words) for e in batch)])
        return words, self.encoder.tagger(words).view(len(words), -1, 3), begins

    def gold_losses(self, batch: Sequence[Example], predicted: bool, rng: random.Random) -> tuple[torch.Tensor, ...]:
        """Losses of entity tags, predicates and statuses."""
        words, scores, begins = self.encode(batch)
        scores = scores[:, : len(TYPES)]
        tags = torch.from_numpy(np.concatenate([e.tags for e in batch]).astype(np.int64))
        tag_loss = F.cross_entropy(scores.reshape(-1, 3), tags.reshape(-1), reduction="sum") / len(words) * 8
        seen = scores.detach().numpy()
        spans, bounds, kinds, pairs, right, unclear = [], [], [], [], [], []
        mentions, rows = 0, 0
        for e, begin, end in zip(batch, begins[:-1], begins[1:], strict=True):
            t = targets(e, chosen(e, seen[begin:end] if predicted else None, rng), MOST_PAIRS, rng)
            if t is None:
                continue
            spans.append(t.spans + begin)
            bounds.append(np.tile([[begin, end - 1]], (len(t.spans), 1)))
            kinds.append(t.kinds)
            pairs.append(t.pairs + mentions)
            right.append(np.add(t.right, [[rows, 0, 0]]))
            unclear.append(np.add(t.open, [[rows, 0]]))
            mentions += len(t.spans)
            rows += len(t.pairs)
        if not rows:
            return tag_loss, tag_loss * 0, tag_loss * 0
        columns = (torch.from_numpy(np.concatenate(c)) for c in (spans, bounds, kinds, pairs))
        predicates, statuses, _ = self.head(words, *columns)
        right, unclear = torch.from_numpy(np.concatenate(right)), torch.from_numpy(np.concatenate(unclear))
        want = torch.zeros_like(predicates)
        want[right[:, 0], right[:, 1]] = 1
        weight = torch.ones_like(predicates)
        weight[unclear[:, 0], unclear[:, 1]] = 0
        scale = 1.0 / max(8, len(right))
        predicate_loss = F.binary_cross_entropy_with_logits(predicates, want, weight, reduction="sum") * scale
        status_loss = F.cross_entropy(statuses[right[:, 0]], right[:, 2], reduction="sum") * scale
        return tag_loss, predicate_loss, status_loss

    def corpus_losses(self, batch: Sequence[CorpusExample]) -> tuple[torch.Tensor, ...]:
        """Losses of a corpus's own tags and of DrugProt's relations."""
        words, scores, begins = self.encode(batch)
        scores = scores[:, len(TYPES) :]
        tags = torch.from_numpy(np.concatenate([e.tags for e in batch]).astype(np.int64))
        tag_loss = F.cross_entropy(scores.reshape(-1, 3), tags.reshape(-1), ignore_index=UNKNOWN, reduction="sum")
        tag_loss = tag_loss / len(words) * 8
        counts = np.cumsum([0, *(len(e.spans) for e in batch)])
        pairs = np.concatenate([e.pairs + at for e, at in zip(batch, counts[:-1], strict=True)])
        if not len(pairs):
            return tag_loss, tag_loss * 0
        spans = np.concatenate([e.spans + at for e, at in zip(batch, begins[:-1], strict=True)])
        bounds = np.concatenate([np.tile([[a, b - 1]], (len(e.spans), 1))
                                 for e, a, b in zip(batch, begins[:-1], begins[1:], strict=True)])
        kinds = np.concatenate([e.kinds for e in batch])
        _, _, relations = self.head(words, *map(torch.from_numpy, (spans, bounds, kinds, pairs)))
        want = torch.from_numpy(np.concatenate([e.relations for e in batch]))
        loss = F.binary_cross_entropy_with_logits(relations, want, reduction="sum")
        return tag_loss, loss / max(8.0, float(want.sum()))


def chosen(example: Example, scores: np.ndarray | None, rng: random.Random) -> list[Found]:
    """The mentions whose pairs are trained on: gold ones, the model's own, and those of tables and patterns."""
    mentions = {(m.first, m.last): m for m in example.mentions}
    if scores is not None:
        w = example.window
        for a, b, kind, _ in decode_tags(probabilities(scores), MENTION):
            found = example.names.find(example.text[w.starts[a] : w.ends[b]])
            mentions.setdefault((a, b), Found(a, b, kind, found))
    for m in example.given:
        if (m.first, m.last) not in mentions or rng.random() < 0.2:
            mentions[m.first, m.last] = m
    return [mentions[key] for key in sorted(mentions)]


def gold_batches(pools: Sequence[Sequence[Sequence[Example]]], size: int, rng: random.Random) -> Iterator[list[Example]]:
    """Batches of windows of like length, epoch after epoch; each epoch reads a record whole or stripped, by chance."""
    while True:
        pool = [e for whole, bare in zip(*pools, strict=True) for e in (whole if rng.random() < 0.5 else bare)
                if any(e.quotes) or rng.random() < 0.3]
        order = sorted(pool, key=lambda e: len(e.window.ids) + rng.uniform(-20, 20))
        made = [order[i : i + size] for i in range(0, len(order), size)]
        rng.shuffle(made)
        yield from made


def corpus_batches(pool: Sequence[CorpusExample], shares: dict[str, float], size: int, rng: random.Random):
    """Batches of corpus windows of like length; a corpus is drawn by its share."""
    weights = [shares[name] for name in corpus_names(pool)]
    while True:
        drawn = sorted(rng.choices(range(len(pool)), weights, k=64 * size), key=lambda k: len(pool[k].window.ids))
        made = [[pool[k] for k in drawn[i : i + size]] for i in range(0, len(drawn), size)]
        rng.shuffle(made)
        yield from made


def corpus_names(pool: Sequence[CorpusExample]) -> list[str]:
    """The corpus of each window, by the tags that it has."""
    return [TAG_GROUPS[int((e.tags[0] != UNKNOWN).argmax())].split(".")[0] for e in pool]


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("prepared", type=Path, help="what training.prepare wrote")
    parser.add_argument("--weights", type=Path, help="folder with MiniLM's safetensors [the package's]")
    parser.add_argument("--out", type=Path, required=True, help="folder of checkpoints")
    parser.add_argument("--phase", type=int, required=True, help="of training/phases.toml, from 1")
    parser.add_argument("--begin", type=Path, help="checkpoint to begin from [the phase before's; MiniLM for the first]")
    parser.add_argument("--steps", type=int, help="instead of the phase's")
    parser.add_argument("--batch", type=int, default=8, help="windows a step, over all workers")
    parser.add_argument("--held", type=int, default=-1, help="fold to hold out (0-4); -1: none")
    parser.add_argument("--seed", type=int, default=13)
    parser.add_argument("--workers", type=int, default=2, help="processes; each computes its share of every batch")
    return parser.parse_args()


def main() -> None:
    """Starts the workers."""
    args = arguments()
    args.out.mkdir(parents=True, exist_ok=True)
    began = time.time()
    content = load(args.prepared)
    phase = read_phase(args.phase, args.steps)
    wanted = [fold(n) != args.held and f not in phase["without"] for n, f in zip(content["numbers"], content["files"], strict=True)]
    pools = [[some for some, w in zip(kind, wanted, strict=True) if w] for kind in content["pools"]]
    corpora = [e for e in content["corpora"] if len(e.window.words)]
    print(f"{len(pools[0])} records, {len(corpora)} corpus windows, read in {time.time() - began:.0f} s", flush=True)
    multiprocessing.start_processes(work, (args, phase, pools, corpora), nprocs=args.workers, start_method="fork")


def read_phase(number: int, steps: int | None) -> dict:
    """A phase's settings."""
    phase = tomllib.loads(Path(__file__).with_name("phases.toml").read_text("utf-8"))["phase"][number - 1]
    return phase if steps is None else {**phase, "steps": steps}


def checkpoint(folder: Path, phase: int) -> Path:
    """Where a phase leaves its weights."""
    return folder / f"model_{phase}.pt"


def work(rank: int, args: argparse.Namespace, phase: dict, pools: list[list[list[Example]]], corpora: list[CorpusExample]) -> None:
    """One worker's part of the training; the first one reports and saves."""
    torch.set_num_threads(1)
    torch.manual_seed(args.seed)
    store = distributed.FileStore(str(args.out / f"store-{time.strftime('%d%H%M')}"), args.workers)
    distributed.init_process_group("gloo", store=store, rank=rank, world_size=args.workers)
    encoder, head = Encoder(), PairHead()
    encoder.load_minilm((args.weights or minilm()) / "model.safetensors")
    if args.begin or args.phase > 1:
        kept = torch.load(args.begin or checkpoint(args.out, args.phase - 1), weights_only=True)
        encoder.load_state_dict(kept["encoder"]), head.load_state_dict(kept["head"])
    seed = args.seed + 100 * (args.phase - 1)
    torch.manual_seed(seed + 1000 * rank)
    thaw = phase.get("thaw", 0.0)
    low = [p for layer in encoder.layers[:FROZEN] for p in layer.parameters()] if thaw else []
    body = [p for layer in encoder.layers[FROZEN:] for p in layer.parameters()]
    top = [*encoder.tagger.parameters(), *encoder.features.parameters(), *head.parameters()]
    groups = [{"params": some, "times": times} for some, times in ((body, 1.0), (top, 4.0), (low, thaw)) if some]
    optimiser = torch.optim.AdamW(groups, lr=phase["rate"], weight_decay=0.01)
    trained = [*body, *top, *low]
    trainer = Trainer(encoder, head, phase["blank"], bool(low))
    gold = gold_batches(pools, args.batch, random.Random(seed))
    other = corpus_batches(corpora, phase["shares"], args.batch, random.Random(seed + 1))
    encoder.train(), head.train()
    sums, began = np.zeros(5), time.time()
    steps, share = phase["steps"], phase["corpora"]
    for step in range(steps):
        aside = int((step + 1) * share) > int(step * share)
        mine = next(other if aside else gold)[rank :: args.workers]
        rate = phase["rate"] * min(1.0, (step + 1) / (phase["warm"] * steps)) * (1 - (1 - phase["end"]) * step / steps)
        for group in optimiser.param_groups:
            group["lr"] = group["times"] * rate
        optimiser.zero_grad(set_to_none=False)
        if mine:
            rng = random.Random(step * args.workers + rank)
            parts = trainer.corpus_losses(mine) if aside else trainer.gold_losses(mine, args.phase > 1 or step >= steps / 15, rng)
            sum(parts).backward()
            at = slice(3, 5) if aside else slice(0, 3)
            sums[at] += [float(x.detach()) for x in parts]
        average(trained, args.workers)
        torch.nn.utils.clip_grad_norm_(trained, 1.0)
        optimiser.step()
        if rank == 0 and (step % 50 == 49 or step == steps - 1):
            line = {"step": step + 1, "seconds": round(time.time() - began), "sums": [round(float(x), 2) for x in sums]}
            print(json.dumps(line), flush=True)
            sums[:] = 0
            torch.save({"encoder": encoder.state_dict(), "head": head.state_dict()}, checkpoint(args.out, args.phase))


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
