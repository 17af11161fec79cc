"""The network: a MiniLM encoder with input features, a tagger of entity types, and a head for pairs of mentions."""

from __future__ import annotations

from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import nn
from torch.nn import functional as F

from kg.encoder.windows import FEATURES
from training.corpora import DRUGPROT, TAG_GROUPS
from training.gold import PREDICATES, STATUSES, TYPES

WIDTH, LAYERS, HEADS, INNER, POSITIONS = 384, 6, 12, 1536, 512
ENTRY = 2  # layers, from below, behind which the features come in
LEVELS = 9  # stretches of up to 2**9 words: more than a window has
AROUND = 6  # words on either side of a pair that are seen too
PAIR, POOL, MIXED = 256, 128, 128
GROUPS = len(TYPES) + len(TAG_GROUPS)
BUCKETS = (-1, 0, 1, 2, 3, 5, 8, 12, 18, 28, 45, 70)  # gap in words; below 0: nested


def device() -> torch.device:
    """Where the training runs: the first GPU where there is one."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


class Layer(nn.Module):
    """One transformer layer, as BERT has it."""

    def __init__(self, dropout: float) -> None:
        super().__init__()
        self.qkv = nn.Linear(WIDTH, 3 * WIDTH)
        self.out = nn.Linear(WIDTH, WIDTH)
        self.norm1 = nn.LayerNorm(WIDTH, eps=1e-12)
        self.up = nn.Linear(WIDTH, INNER)
        self.down = nn.Linear(INNER, WIDTH)
        self.norm2 = nn.LayerNorm(WIDTH, eps=1e-12)
        self.drop = nn.Dropout(dropout)

    def forward(self, x: torch.Tensor, bias: torch.Tensor | None) -> torch.Tensor:
        """`bias` is added to the attention scores: 0 for pieces, very low for padding."""
        batch, length, _ = x.shape
        q, k, v = self.qkv(x).view(batch, length, 3, HEADS, WIDTH // HEADS).permute(2, 0, 3, 1, 4)
        if not x.is_cuda:  # a CPU attends faster in float32
            q, k, v = q.float(), k.float(), v.float()
        bias = None if bias is None else bias.to(q.dtype)
        mixed = F.scaled_dot_product_attention(q, k, v, attn_mask=bias).transpose(1, 2).reshape(batch, length, WIDTH)
        x = self.norm1(x + self.drop(self.out(mixed)))
        return self.norm2(x + self.drop(self.down(F.gelu(self.up(x)))))


class Encoder(nn.Module):
    """Pieces and features -> hidden states, and the scores of the entity tags (our types, then the corpora's own)."""

    def __init__(self, dropout: float = 0.1) -> None:
        super().__init__()
        self.word = nn.Embedding(30522, WIDTH)
        self.position = nn.Embedding(POSITIONS, WIDTH)
        self.kind = nn.Parameter(torch.zeros(WIDTH))
        self.norm = nn.LayerNorm(WIDTH, eps=1e-12)
        self.features = nn.Linear(FEATURES, WIDTH, bias=False)
        nn.init.zeros_(self.features.weight)
        self.drop = nn.Dropout(dropout)
        self.layers = nn.ModuleList(Layer(dropout) for _ in range(LAYERS))
        self.tagger = nn.Sequential(nn.Linear(WIDTH, WIDTH), nn.GELU(), nn.Linear(WIDTH, 3 * GROUPS))
        with torch.no_grad():
            self.tagger[2].bias.view(GROUPS, 3)[:, 0] += 3

    def embed(self, ids: torch.Tensor) -> torch.Tensor:
        """The pieces; what a piece means alone is learned by `training.adapt` only."""
        positions = torch.arange(ids.shape[1], device=ids.device)
        return self.norm(self.word(ids) + self.position(positions)[None] + self.kind)

    def lower(self, x: torch.Tensor, mask: torch.Tensor | None) -> torch.Tensor:
        """The layers below the features."""
        bias = padding(mask)
        for layer in self.layers[:ENTRY]:
            x = layer(x, bias)
        return x

    def upper(self, x: torch.Tensor, features: torch.Tensor, mask: torch.Tensor | None) -> torch.Tensor:
        """The layers above; the features come in here."""
        bias = padding(mask)
        x = self.drop(x + self.features(features))
        for layer in self.layers[ENTRY:]:
            x = layer(x, bias)
        return x

    def load_minilm(self, path: Path) -> None:
        """The weights of all-MiniLM-L6-v2."""
        w = load_file(path)
        with torch.no_grad():
            self.word.weight.copy_(w["embeddings.word_embeddings.weight"])
            self.position.weight.copy_(w["embeddings.position_embeddings.weight"])
            self.kind.copy_(w["embeddings.token_type_embeddings.weight"][0])
            _copy(self.norm, w, "embeddings.LayerNorm")
            for i, layer in enumerate(self.layers):
                at = f"encoder.layer.{i}."
                names = [at + f"attention.self.{n}" for n in ("query", "key", "value")]
                layer.qkv.weight.copy_(torch.cat([w[n + ".weight"] for n in names]))
                layer.qkv.bias.copy_(torch.cat([w[n + ".bias"] for n in names]))
                _copy(layer.out, w, at + "attention.output.dense")
                _copy(layer.norm1, w, at + "attention.output.LayerNorm")
                _copy(layer.up, w, at + "intermediate.dense")
                _copy(layer.down, w, at + "output.dense")
                _copy(layer.norm2, w, at + "output.LayerNorm")


def padding(mask: torch.Tensor | None) -> torch.Tensor | None:
    """What is added to attention scores so that padding is not seen; None where there is none."""
    return None if mask is None else (mask[:, None, None, :] - 1.0) * 1e4


def _copy(module: nn.Module, weights: dict[str, torch.Tensor], name: str) -> None:
    module.weight.copy_(weights[name + ".weight"])
    module.bias.copy_(weights[name + ".bias"])


class PairHead(nn.Module):
    """Ordered pairs of mentions -> scores of predicates, of statuses, and of DrugProt's relations."""

    def __init__(self, dropout: float = 0.15) -> None:
        super().__init__()
        self.kind = nn.Embedding(len(TYPES), 64)
        self.subject = nn.Linear(2 * WIDTH + 64, PAIR)
        self.object = nn.Linear(2 * WIDTH + 64, PAIR)
        self.product_s = nn.Linear(2 * WIDTH + 64, 64)
        self.product_o = nn.Linear(2 * WIDTH + 64, 64)
        self.pool = nn.Linear(WIDTH, POOL)
        self.pooled = nn.Linear(2 * POOL, PAIR, bias=False)
        self.gap = nn.Embedding(2 * len(BUCKETS) + 2, PAIR)
        self.mix = nn.Linear(PAIR + 64, MIXED)
        self.predicate = nn.Linear(MIXED, len(PREDICATES))
        self.status = nn.Linear(MIXED, len(STATUSES))
        self.drugprot = nn.Linear(MIXED, len(DRUGPROT))
        self.drop = nn.Dropout(dropout)
        self.register_buffer("buckets", torch.tensor(BUCKETS), persistent=False)
        nn.init.constant_(self.predicate.bias, -4.0)
        nn.init.constant_(self.drugprot.bias, -4.0)

    def forward(
        self, hidden: torch.Tensor, spans: torch.Tensor, bounds: torch.Tensor, kinds: torch.Tensor, pairs: torch.Tensor
    ):
        """`hidden` (words, width), all windows one after the other; `spans` (mentions, 2): first and last word;
        `bounds` (mentions, 2): first and last word of the mention's window; `pairs` (pairs, 2): subject, object."""
        m = torch.cat([hidden.index_select(0, spans[:, 0]), hidden.index_select(0, spans[:, 1]), self.kind(kinds)], -1)
        m = self.drop(m)
        i, j = pairs[:, 0], pairs[:, 1]
        lo = torch.minimum(spans[i, 0], spans[j, 0])
        hi = torch.maximum(spans[i, 1], spans[j, 1])
        table = range_table(self.pool(hidden))
        inner = range_max(table, lo, hi)
        outer = range_max(table, torch.maximum(lo - AROUND, bounds[i, 0]), torch.minimum(hi + AROUND, bounds[i, 1]))
        product = self.product_s(m).index_select(0, i) * self.product_o(m).index_select(0, j)
        x = self.subject(m).index_select(0, i) + self.object(m).index_select(0, j) + self.gap(self.gap_bucket(spans, pairs))
        x = F.gelu(x + self.pooled(torch.cat([inner, outer], -1)))
        x = F.gelu(self.mix(self.drop(torch.cat([x, product], -1))))
        x = self.drop(x)
        return self.predicate(x), self.status(x), self.drugprot(x)

    def gap_bucket(self, spans: torch.Tensor, pairs: torch.Tensor) -> torch.Tensor:
        """Words between two mentions, in buckets, apart for the two orders."""
        a, b = spans[pairs[:, 0]], spans[pairs[:, 1]]
        gap = torch.maximum(a[:, 0], b[:, 0]) - torch.minimum(a[:, 1], b[:, 1]) - 1
        bucket = (gap[:, None] >= self.buckets[None]).long().sum(-1)
        return bucket + (a[:, 0] > b[:, 0]).long() * (len(BUCKETS) + 1)


def range_table(x: torch.Tensor) -> torch.Tensor:
    """(levels, rows, width): maxima over the 1, 2, 4, … rows that begin at each row (fewer at the end)."""
    table = [x]
    for level in range(LEVELS - 1):
        last = table[-1]
        step = 1 << level
        later = torch.cat([last[step:], last[-1:].expand(min(step, 1 << LEVELS), -1)])[: x.shape[0]]
        table.append(torch.maximum(last, later))
    return torch.stack(table)


def range_max(table: torch.Tensor, lo: torch.Tensor, hi: torch.Tensor) -> torch.Tensor:
    """The maximum of rows lo..hi (inclusive), for many stretches at once; at most 2**LEVELS rows long."""
    length = hi - lo + 1
    powers = 1 << torch.arange(1, LEVELS, device=lo.device)
    level = (length[:, None] >= powers[None]).long().sum(-1)
    step = torch.bitwise_left_shift(torch.ones_like(level), level)
    rows, at = table.flatten(0, 1), level * table.shape[1]  # index_select learns much faster than [level, lo] on a GPU
    return torch.maximum(rows.index_select(0, at + lo), rows.index_select(0, at + hi - step + 1))
