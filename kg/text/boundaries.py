"""Where a clause ends in text that lost its punctuation.

A logistic model over the two words on either side of a gap: their lower-case forms, shapes and endings, how much of
the line is capitalised, and whether a capital word is written small elsewhere in the record (then its capital is the
sentence's). The weights lie in `ontologies/text/boundaries.json` and are trained by `training/train_boundaries.py` on
registry prose whose own full stops are taken away and asked for again.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Sequence
from functools import cache

from kg.resources import resource

THRESHOLD = 0.4  # below a half: a lost boundary lends words to the wrong sentence, an extra one only loses a relation


def shape(word: str) -> str:
    """What a word looks like: Xx for Capital, X for CAPS, x for lower, d for digits, m for mixed."""
    if word.isdigit():
        return "d"
    if any(c.isdigit() for c in word):
        return "Xd" if word[0].isupper() else "xd"
    if word.islower():
        return "x"
    if word.isupper():
        return "X" if len(word) > 1 else "I"
    return "Xx" if word[0].isupper() and word[1:].islower() else "m"


def small_words(text: str) -> frozenset[str]:
    """The words that a record writes in lower case somewhere."""
    return frozenset(re.findall(r"(?<![\w-])[a-z][a-z-]{2,}", text))


def features(texts: Sequence[str], i: int, crowded: str, small: frozenset[str]) -> Iterator[str]:
    """What is seen at the gap before word `i`.

    `crowded` says how often words are capitalised here, `small` holds the words that the record writes in lower case.
    """
    left, right = texts[i - 1], texts[i]
    left2 = texts[i - 2] if i > 1 else "^"
    right2 = texts[i + 1] if i + 1 < len(texts) else "$"
    a, b, a2, b2 = left.lower(), right.lower(), left2.lower(), right2.lower()
    sa, sb, sb2 = shape(left), shape(right), shape(right2)
    yield "b"
    if right[0].isupper() and len(right) > 2:
        seen = "S1" if b in small else "S0"
        yield seen + sb + crowded
        yield seen + sa + sb2
        yield seen + ("L1" if a in small and left[0].isupper() else "L0") + sa
    yield "s" + sa + sb + crowded
    yield "t" + shape(left2) + sa + sb + sb2
    yield "u" + sb + sb2
    yield "a" + a
    yield "r" + b + sb
    yield "q" + b + " " + b2
    yield "p" + a2 + " " + a
    yield "2" + b2 + sb
    yield "1" + a2 + sb
    yield "e" + a[-3:] + sb
    yield "f" + a[-3:] + "|" + b[-3:]
    yield "w" + a + "|" + b
    yield "g" + b[-3:] + sb + sa


def crowding(texts: Sequence[str]) -> str:
    """How many words start with a capital: title case makes capitals say less."""
    share = sum(t[:1].isupper() for t in texts) / max(1, len(texts))
    return "c0" if share < 0.15 else "c1" if share < 0.35 else "c2" if share < 0.6 else "c3"


@cache
def weights() -> dict[str, float]:
    """Feature -> weight, as trained."""
    return json.loads(resource("text", "boundaries.json").read_text(encoding="utf-8"))["weights"]


GERUND = re.compile(r"[A-Z][a-z]{3,}ing\b")


def boundary_scores(texts: Sequence[str], small: frozenset[str]) -> list[float]:
    """For each word, the probability that a new sentence starts with it; the first word scores 1.

    Where capitals are rare, a capital -ing word that the record also writes in lower case starts one (8 of 9 in registry prose): the
    model saw too few of them.
    """
    table = weights()
    crowded = crowding(texts)
    out = [1.0] if texts else []
    for i in range(1, len(texts)):
        z = sum(table.get(f, 0.0) for f in features(texts, i, crowded, small))
        starts = crowded == "c0" and texts[i].lower() in small and GERUND.fullmatch(texts[i])
        out.append(1.0 if starts else 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, z)))))
    return out


def cut_unpunctuated(line: str, small: frozenset[str] = frozenset()) -> list[int]:
    """Offsets in `line` at which a sentence starts. `small`: the record's lower-case words.

    >>> cut_unpunctuated("EGFR was expressed in 212 of pNENs Therefore the study shows that EGFR may be a target")
    [0, 35]
    """
    spans = list(re.finditer(r"\S+", line))
    scores = boundary_scores([m.group() for m in spans], small)
    return [m.start() for m, score in zip(spans, scores, strict=True) if score >= THRESHOLD]
