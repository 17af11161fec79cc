"""Clauses -> Mentions by the compact encoder, joined with what tables and patterns find."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kg.encoder.encoder import Encoded
from kg.entities.tagger import RULE, RUNS_ON, unite
from kg.model import Clause, Document, Mention, Span

KEEP = 0.2  # a name less likely is not kept


def add_encoded(
    document: Document, clauses: Sequence[Clause], rules: Sequence[Mention], encoded: Encoded
) -> tuple[Mention, ...]:
    """The rules' mentions with those that the encoder finds, clause by clause."""
    learned = _learned(document.text, encoded)
    chances = encoded.chances([m.span for m in rules])
    out: list[Mention] = []
    at = {id(rules): 0, id(learned): 0}

    def inside(clause: Clause, mentions: Sequence[Mention]) -> list[Mention]:
        k = at[id(mentions)]
        some = []
        while k < len(mentions) and mentions[k].span.start < clause.span.end:
            if clause.span.covers(mentions[k].span):
                some.append(mentions[k])
            k += 1
        at[id(mentions)] = k
        return some

    for clause in clauses:
        out += unite(inside(clause, rules), inside(clause, learned), lambda span: round(chances[span], 4))
    return tuple(out)


def _learned(text: str, encoded: Encoded) -> list[Mention]:
    """The encoder's names without loose ends, each stretch once."""
    best: dict[Span, Mention] = {}
    for name in encoded.names(KEEP):
        span = tidy(text, name.span)
        if span is None or RUNS_ON.search(span.of(text)) or (span in best and best[span].confidence >= name.probability):
            continue
        best[span] = Mention(span, span.of(text), name.type, RULE, round(name.probability, 4))
    return sorted(best.values(), key=lambda m: (m.span.start, -m.span.end))


def tidy(text: str, span: Span) -> Span | None:
    """A name without what cannot end it: small words and marks at its end, a bracket that is not closed. None if that is all.

    >>> text = "severity of pain (as"
    >>> tidy(text, Span(0, 11)).of(text), tidy(text, Span(12, 20)).of(text)
    ('severity', 'pain')
    """
    words = span.of(text)
    while True:
        opened = words.rfind("(")
        cut = words[:opened] if opened > words.rfind(")") else _END.sub("", words)
        if cut == words:
            break
        words = cut
    start = span.start + len(words) - len(words.lstrip(_MARKS))
    end = span.start + len(words)
    return Span(start, end) if start < end and any(c.isalnum() for c in text[start:end]) else None


_MARKS = " \n\t,;:.-–/)\"'"
_END = re.compile(
    r"(?:[\s,;:\-–/\"']+|(?<!\w)(?:of|and|or|to|with|in|for|the|a|an|as|by|on|at|from|that|is|are|was|were|than|vs|versus|your|their|its))$",
    re.IGNORECASE,
)
