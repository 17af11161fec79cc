"""What the mention tagger sees of each token: its form, its neighbours, and what tables and patterns say of it.

Tokens are finer than words: a hyphen or a slash is a token of its own, so that "EGFR" is one in "EGFR-targeted".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from kg.model import TITLES, Clause, Document, Mention
from kg.text.boundaries import shape

TOKEN = re.compile(r"[^\W\d_]+|\d+|[^\w\s]|_")


def token_spans(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Where the tokens of a stretch stand.

    >>> [("EGFR-targeted")[a:b] for a, b in token_spans("EGFR-targeted", 0, 13)]
    ['EGFR', '-', 'targeted']
    """
    return [m.span() for m in TOKEN.finditer(text, start, end)]


@lru_cache(maxsize=60_000)
def word_features(word: str) -> tuple[str, str, tuple[str, ...]]:
    """Lower form (digits as 0), shape, and what the word alone gives."""
    low = "0" if word.isdigit() else word.lower()
    form = shape(word)
    out = ["w=" + low, "f=" + form]
    if len(word) > 3 and word.isalpha():
        out += ["e2=" + low[-2:], "e3=" + low[-3:], "e4=" + low[-4:], "b3=" + low[:3], "b4=" + low[:4]]
    return low, form, tuple(out)


def title_words(document: Document) -> frozenset[str]:
    """The longer words of the titles, in lower case."""
    found: set[str] = set()
    for section in document.sections:
        if section.name in TITLES:
            found.update(re.findall(r"[^\W\d_]{4,}", section.reading.lower()))
    return frozenset(found)


def clause_features(
    document: Document, clause: Clause, spans: Sequence[tuple[int, int]], mentions: Sequence[Mention],
    titles: frozenset[str],
) -> list[list[str]]:
    """For each token of a clause the names of its features. `mentions`: what the rules found in the clause."""
    text = document.text
    count = len(spans)
    known: list[list[str]] = [[] for _ in range(count)]
    firsts = {start: i for i, (start, _) in enumerate(spans)}
    for m in mentions:
        first = firsts.get(m.span.start)
        if first is None:
            continue
        i = first
        while i < count and spans[i][0] < m.span.end:
            place = "B" if i == first else "I"
            known[i] += (place + m.type, place + m.rule)
            i += 1
        known[i - 1].append("E" + m.type)
    base = [word_features(text[a:b]) for a, b in spans]
    lows = [b[0] for b in base]
    marks = ["+".join(sorted([k for k in ks if k[1:2].isupper()])) if ks else "" for ks in known]
    title = clause.section in TITLES
    out: list[list[str]] = []
    for i in range(count):  # what most tokens have says nothing, and is left out
        low, form, own = base[i]
        mark = marks[i]
        row = list(own)
        if known[i]:
            row += ["m=" + k for k in known[i]]
        if mark:
            row += ["M=" + mark, "Mw=" + mark + low]
        if title:
            row.append("s=title")
        if low in titles:
            row.append("t=" + mark)
        if i:
            a = lows[i - 1]
            row += ["w-1=" + a, "f-1=" + base[i - 1][1] + form, "w-1w=" + a + " " + low]
            if mark or marks[i - 1]:
                row.append("M-1=" + marks[i - 1] + "|" + mark)
            if spans[i - 1][1] == spans[i][0]:
                row.append("j=1")
        else:
            row.append("^")
        if i > 1:
            row += ["w-2=" + lows[i - 2], "w-2-1=" + lows[i - 2] + " " + lows[i - 1]]
        if i + 1 < count:
            b = lows[i + 1]
            row += ["w+1=" + b, "f+1=" + form + base[i + 1][1], "ww+1=" + low + " " + b, "e+1=" + b[-3:]]
            if mark or marks[i + 1]:
                row.append("M+1=" + mark + "|" + marks[i + 1])
        else:
            row.append("$")
        if i + 2 < count:
            row += ["w+2=" + lows[i + 2], "w+1+2=" + lows[i + 1] + " " + lows[i + 2]]
        out.append(row)
    return out
