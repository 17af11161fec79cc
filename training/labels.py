"""Windows with their targets: word labels for entities, and labels for pairs of mentions."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kg.encoder.windows import Window
from kg.model import Mention
from training.gold import PREDICATES, STATUSES, TYPES, GoldRecord, occurrences, quote_spans

MAX_DISTANCE = 90  # words between two mentions of a pair

_HEADS = frozenset("""cancer carcinoma tumor tumour neoplasm malignancy disease disorder syndrome infection metastasis
cell receptor kinase protein gene pathway signaling signalling activity expression inhibitor agonist antagonist
antibody therapy treatment drug agent chemotherapy surgery response resistance survival rate patient function
level score growth""".split())


def normal(name: str) -> str:
    """A name for comparison: case, punctuation and plural aside, as the scorer compares."""
    name = re.sub(r"[^\w+]+", " ", name.casefold()).strip()
    name = re.sub(r"^(the|a|an) ", "", name)
    return re.sub(r"(?<=[a-z]{3})(ies|s)\b", lambda m: "y" if m.group(1) == "ies" else "", name)


def same_end(a: str, b: str) -> bool:
    """Whether the shorter name is the end of the longer and more than a bare head noun."""
    short, long = sorted((a.split(), b.split()), key=len)
    return bool(short) and long[-len(short):] == short and not (len(short) == 1 and short[0] in _HEADS)


@dataclass(frozen=True)
class Found:
    """A mention in a window, in words; `entities` are the gold entities that its words name."""

    first: int
    last: int  # inclusive
    type: int
    entities: frozenset[int]


class Names:
    """The gold entities of a record by their names."""

    def __init__(self, record: GoldRecord) -> None:
        self.forms = [{normal(n) for n in names} for names in record.names]
        self._seen: dict[str, frozenset[int]] = {}

    def find(self, text: str) -> frozenset[int]:
        """Entities that the words name: by the same words if any, else by a shared end."""
        key = normal(text)
        if key not in self._seen:
            exact = {i for i, known in enumerate(self.forms) if key in known}
            found = exact or {i for i, known in enumerate(self.forms) if any(same_end(a, key) for a in known)}
            self._seen[key] = frozenset(found)
        return self._seen[key]


def gold_mentions(record: GoldRecord) -> list[tuple[int, int, int]]:
    """Every occurrence of every name: start, end, type; of one type the longest wins where two overlap."""
    text = record.document.text
    by_type: dict[int, set[tuple[int, int]]] = {}
    for kind, names in zip(record.types, record.names, strict=True):
        for name in names:
            by_type.setdefault(TYPES.index(kind), set()).update(occurrences(text, name))
    found = []
    for kind, spans in by_type.items():
        taken: list[tuple[int, int]] = []
        for start, end in sorted(spans, key=lambda s: (s[0] - s[1], s)):
            if all(end <= a or b <= start for a, b in taken):
                taken.append((start, end))
        found += [(start, end, kind) for start, end in taken]
    return sorted(found)


def word_range(window: Window, start: int, end: int) -> tuple[int, int] | None:
    """First and last word of a stretch of text in the window, or None where it is not wholly in it."""
    inside = np.nonzero((window.starts < end) & (window.ends > start))[0]
    if not len(inside) or window.starts[inside[0]] > start or window.ends[inside[-1]] < end:
        return None
    return int(inside[0]), int(inside[-1])


@dataclass(frozen=True, slots=True)
class Example:
    """A window, its targets, and what is needed to label pairs of other mentions in it."""

    nct: str
    window: Window
    tags: np.ndarray  # (words, types): 0 outside, 1 begin, 2 inside
    mentions: tuple[Found, ...]  # gold
    names: Names
    claims: tuple[tuple[int, int, int, int], ...]  # subject, predicate, object, status
    quotes: tuple[tuple[tuple[int, int], ...], ...]  # for each claim, where its quotes stand, in words of this window
    home: tuple[bool, ...]  # for each claim, whether it may be read from this window though no quote covers it
    text: str
    given: tuple[Found, ...] = ()  # mentions that tables and patterns find


def examples(record: GoldRecord, made: Sequence[Window], given: Sequence[Mention] = ()) -> list[Example]:
    """One example a window."""
    text = record.document.text
    names = Names(record)
    spans = gold_mentions(record)
    quotes = [[s for q in claim[4] for s in quote_spans(text, q)] for claim in record.claims]
    claims = tuple((s, PREDICATES.index(p), o, STATUSES.index(st)) for s, p, o, st, _ in record.claims)
    found = []
    for window in made:
        tags = np.zeros((len(window.words), len(TYPES)), dtype=np.int8)
        mentions = []
        for start, end, kind in spans:
            for lo, hi in _ranges(window, start, end):
                tags[lo, kind] = 1
                tags[lo + 1 : hi + 1, kind] = 2
                mentions.append(Found(lo, hi, kind, names.find(text[start:end])))
        where = []
        for stretch in quotes:
            rows = [word_range(window, *_clip(window, start, end)) for start, end in stretch]
            where.append(tuple(r for r in rows if r))
        found.append(Example(record.document.nct, window, tags, tuple(mentions), names, claims, tuple(where),
                             tuple(not q for q in quotes), text, _given(window, given, names, text)))
    return found


def _given(window: Window, given: Sequence[Mention], names: Names, text: str) -> tuple[Found, ...]:
    """The given mentions that stand wholly in the window."""
    found = {}
    for m in given:
        place = word_range(window, m.span.start, m.span.end)
        if place:
            found.setdefault(place, Found(*place, TYPES.index(m.type.value), names.find(m.span.of(text))))
    return tuple(found[k] for k in sorted(found))


def _clip(window: Window, start: int, end: int) -> tuple[int, int]:
    """A quote's stretch without the part that runs out of the window."""
    body = window.starts[window.own :]
    if not len(body) or end <= body[0] or start >= window.ends[-1]:
        return (-1, -1)
    inside = (window.starts < end) & (window.ends > start)
    rows = np.nonzero(inside)[0]
    rows = rows[rows >= window.own]
    return (int(window.starts[rows[0]]), int(window.ends[rows[-1]])) if len(rows) else (-1, -1)


def _ranges(window: Window, start: int, end: int) -> list[tuple[int, int]]:
    """Where a mention stands in the window."""
    found = word_range(window, start, end)
    return [found] if found else []


@dataclass(frozen=True, slots=True)
class Targets:
    """What is to be said of the pairs of some mentions of a window. Rows count along `pairs`."""

    spans: np.ndarray  # (mentions, 2) first and last word
    kinds: np.ndarray  # (mentions,)
    pairs: np.ndarray  # (pairs, 2): subject, object
    right: np.ndarray  # (n, 3): row, predicate, status
    open: np.ndarray  # (n, 2): row, predicate that count neither as right nor as wrong


def allowed(first: np.ndarray, last: np.ndarray, own: int) -> np.ndarray:
    """Which ordered pairs are read: near each other, of different words, not both in a repeated title."""
    gap = np.maximum(first[:, None], first[None]) - np.minimum(last[:, None], last[None])
    fit = (gap <= MAX_DISTANCE) & ((last[:, None] >= own) | (last[None] >= own))
    return fit & ((first[:, None] != first[None]) | (last[:, None] != last[None]))


def targets(example: Example, mentions: Sequence[Found], most: int, rng: random.Random) -> Targets | None:
    """The pairs of the mentions (at most `most`, the right ones among them) with their answers; None without pairs."""
    if len(mentions) < 2:
        return None
    first = np.array([m.first for m in mentions])
    last = np.array([m.last for m in mentions])
    fit = allowed(first, last, example.window.own)
    gap = np.maximum(first[:, None], first[None]) - np.minimum(last[:, None], last[None])
    named: dict[int, list[int]] = {}
    for k, m in enumerate(mentions):
        for entity in m.entities:
            named.setdefault(entity, []).append(k)
    symmetric = PREDICATES.index("combinedWith")
    right: dict[tuple[int, int, int], int] = {}
    unclear: set[tuple[int, int, int]] = set()
    for c, (s, p, o, status) in enumerate(example.claims):
        for subject, object_ in ((s, o), (o, s)) if p == symmetric else ((s, o),):
            if subject not in named or object_ not in named:
                continue
            rows = [(i, j) for i in named[subject] for j in named[object_] if fit[i, j]]
            if not rows:
                continue
            chosen = []
            for lo, hi in example.quotes[c]:
                inside = [(i, j) for i, j in rows if lo <= min(first[i], first[j]) and max(last[i], last[j]) <= hi]
                chosen += _nearest(inside, gap)
            if not chosen and (example.quotes[c] or example.home[c]):
                chosen = _nearest(rows, gap)
            unclear.update((i, j, p) for i, j in rows)
            for i, j in chosen:
                right[i, j, p] = status
    pairs = np.argwhere(fit)
    if not len(pairs):
        return None
    if len(pairs) > most:
        kept = {(i, j) for i, j, _ in right}
        order = sorted(rng.sample(range(len(pairs)), most))
        rows = [k for k, (i, j) in enumerate(pairs.tolist()) if (i, j) in kept]
        pairs = pairs[sorted({*order, *rows})]
    index = {(i, j): k for k, (i, j) in enumerate(pairs.tolist())}
    return Targets(
        spans=np.stack([first, last], 1), kinds=np.array([m.type for m in mentions]), pairs=pairs,
        right=np.array([(index[i, j], p, st) for (i, j, p), st in sorted(right.items())], dtype=np.int64).reshape(-1, 3),
        open=np.array([(index[i, j], p) for i, j, p in sorted(unclear) if (i, j, p) not in right and (i, j) in index],
                      dtype=np.int64).reshape(-1, 2),
    )  # fmt: skip


def _nearest(rows: Sequence[tuple[int, int]], gap: np.ndarray) -> list[tuple[int, int]]:
    """The pairs with the smallest gap (both readings of one place, if two mentions share it)."""
    if not rows:
        return []
    best = min(gap[i, j] for i, j in rows)
    return [(i, j) for i, j in rows if gap[i, j] == best]
