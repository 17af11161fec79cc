"""Clauses -> Mentions by a conditional random field over the 12 types, joined with what tables and patterns find.

The tagger marks what matters: names that take part in a claim. Its second thoughts are kept (any name likelier than
`KEEP`), since the relation model decides what is said of them; `Mention.confidence` is the tagger's probability that
the words belong to a name that matters. Method: Lafferty, McCallum and Pereira 2001; marginals by forward-backward.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from kg.entities.rules import find_mentions as find_by_rules
from kg.entities.tag_features import clause_features, title_words, token_spans
from kg.lexicon.lexicon import Lexicon
from kg.model import Clause, Document, EntityType, Mention, Span
from kg.text.abbreviations import Abbreviation

RULE = "learned"
KEEP = 0.12  # a name less likely is not kept
LIKELY = 0.5  # from here the tagger's type and span beat those of the rules
TYPES = tuple(EntityType)
# A name does not run into what is said of it, and does not begin with what is done to it: "stop growing" is no process.
RUNS_ON = re.compile(
    r"\b(?:that|which|who|whose)\b|^(?:(?:stop|kill|block|slow|prevent|destroy|shrink)(?:s|ing|ping)?|reduc(?:e|es|ing)|drugs used) "
    r"|\bfrom \w+ing\b",
    re.IGNORECASE,
)
FIELDS = frozenset({"own-intervention", "own-condition", "abbreviation", "abbreviation-long-form"})


class Tagger(Protocol):
    """What is used of `pycrfsuite.Tagger`."""

    def set(self, xseq: Sequence[Sequence[str]]) -> None: ...
    def tag(self) -> list[str]: ...
    def marginal(self, y: str, pos: int) -> float: ...
    def labels(self) -> list[str]: ...


def find_mentions(
    document: Document, clauses: Sequence[Clause], lexicon: Lexicon, names: Mapping[str, str], tagger: Tagger,
    *, definitions: Sequence[Abbreviation] = (),
) -> tuple[Mention, ...]:
    """The mentions of a record in order, outer before inner: those of the rules and those of the tagger."""
    by_rules = find_by_rules(document, clauses, lexicon, names, definitions=definitions)
    return add_learned(document, clauses, by_rules, tagger)


def add_learned(
    document: Document, clauses: Sequence[Clause], rules: Sequence[Mention], tagger: Tagger
) -> tuple[Mention, ...]:
    """The rules' mentions with those that the tagger finds."""
    titles = title_words(document)
    out: list[Mention] = []
    at = 0
    for clause in clauses:
        inside = []
        while at < len(rules) and rules[at].span.start < clause.span.end:
            inside.append(rules[at])
            at += 1
        if not inside:  # a clause in which nothing is known hardly ever makes a claim: 1 of 1,269 places
            continue
        spans = token_spans(document.text, clause.span.start, clause.span.end)
        if spans:
            tagger.set(clause_features(document, clause, spans, inside, titles))
            out += [m for m in _united(document.text, spans, inside, tagger) if m.rule != RULE or not RUNS_ON.search(m.text)]
    return tuple(out)


def _united(text: str, spans: Sequence[tuple[int, int]], rules: Sequence[Mention], tagger: Tagger) -> list[Mention]:
    count = len(spans)
    outside = [tagger.marginal("O", i) for i in range(count)]
    ends = {end: i for i, (_, end) in enumerate(spans)}

    def chance(span: Span) -> float:
        last = ends.get(span.end)
        return round(1 - outside[last], 4) if last is not None else 0.5

    return unite(rules, _learned(text, spans, outside, tagger), chance)


def unite(rules: Sequence[Mention], learned: Sequence[Mention], chance: Callable[[Span], float]) -> list[Mention]:
    """Names of both, in order, outer before inner. A rule's name is as sure as the model finds its last word; where the
    model is sure of the same words its type counts, and where it is sure of words that cross them, its span."""
    learned = [m for m in learned if not _side_by_side(m, rules)]
    kept: dict[Span, Mention] = {m.span: m for m in learned}
    sure = [m for m in learned if m.confidence >= LIKELY]
    for m in rules:
        twin = kept.get(m.span)
        if twin is not None:
            type_ = twin.type if twin.confidence >= LIKELY else m.type
            kept[m.span] = Mention(m.span, m.text, type_, m.rule, max(twin.confidence, chance(m.span)), m.full)
        elif m.rule in FIELDS or not any(_cross(m.span, s.span) for s in sure):
            kept[m.span] = Mention(m.span, m.text, m.type, m.rule, chance(m.span), m.full)
    return sorted(kept.values(), key=lambda m: (m.span.start, -m.span.end))


def _side_by_side(name: Mention, rules: Sequence[Mention]) -> bool:
    """Whether a name is but two known names, the last of another type than the whole: "EGFR Bevacizumab", where a full stop was lost."""
    return any(
        head.span.end == name.span.end and head.type is not name.type
        and any(m.span.start == name.span.start and m.type is name.type and head.span.start - 1 == m.span.end for m in rules)
        for head in rules
    )  # fmt: skip


def _cross(a: Span, b: Span) -> bool:
    return a.overlaps(b) and not a.covers(b) and not b.covers(a)


def _learned(
    text: str, spans: Sequence[tuple[int, int]], outside: Sequence[float], tagger: Tagger
) -> list[Mention]:
    """Names on the best path, and others whose probability is high enough."""
    count = len(spans)
    found: dict[tuple[int, int], tuple[float, EntityType]] = {}
    kinds = _kinds(tagger)
    for first in range(count):
        if outside[first] > 1 - KEEP:
            continue
        for type_, begin, inner in kinds:
            start = tagger.marginal(begin, first)
            if start < KEEP:
                continue
            last, chance = first, start
            while inner and last + 1 < count and outside[last + 1] < 0.9:
                more = tagger.marginal(inner, last + 1)
                if more < 0.5 * chance:
                    break
                last += 1
                chance = min(chance, more)
            known = found.get((first, last))
            if chance >= KEEP and (known is None or chance > known[0]):
                found[first, last] = (chance, type_)
    out = []
    for (first, last), (chance, type_) in found.items():
        span = Span(spans[first][0], spans[last][1])
        words = span.of(text)
        if any(c.isalnum() for c in words):
            out.append(Mention(span, words, type_, RULE, round(chance, 4)))
    return out


_known: dict[int, tuple[tuple[EntityType, str, str], ...]] = {}


def _kinds(tagger: Tagger) -> tuple[tuple[EntityType, str, str], ...]:
    """The types that the tagger knows, with their labels for a first word and for a further one ("" where it has none)."""
    known = _known.get(id(tagger))
    if known is None:
        labels = frozenset(tagger.labels())
        named = ((t, "B" + t.value, "I" + t.value) for t in TYPES)
        known = _known[id(tagger)] = tuple((t, b, i if i in labels else "") for t, b, i in named if b in labels)
    return known
