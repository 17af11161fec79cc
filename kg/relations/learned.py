"""Relations from the compact encoder's pair scores.

A record says a thing once, however often it repeats itself: the scores of all mention pairs of two things are put
together, the status is that of the best pairs, and the record's likeliest wording is kept. Thresholds and calibration
come with the model (`reader.json`) and were chosen on records held out from training.
"""

from __future__ import annotations

import bisect
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from kg.encoder.encoder import Reading, Scored
from kg.model import SYMMETRIC, Clause, Document, Grounding, Predicate, Relation, Span, Status

_STATUSES = tuple(Status)
_MORE_SPECIFIC = {  # of one pair, the left is left out where the right is said too
    Predicate.TARGETS: (Predicate.INHIBITS, Predicate.ACTIVATES),
    Predicate.REGULATES: (Predicate.INHIBITS, Predicate.ACTIVATES, Predicate.TARGETS),
}
_NARROWING = frozenset({Predicate.SUBTYPE_OF, Predicate.MEMBER_OF})
_BARE = frozenset("""cancer carcinoma tumor tumour neoplasm malignancy disease disorder syndrome infection metastasis
cell receptor kinase protein gene pathway signaling signalling activity expression inhibitor agonist antagonist
antibody therapy treatment drug agent chemotherapy surgery response resistance survival rate patient function
level score growth""".split())

Key = tuple[str, Predicate, str]


@dataclass(slots=True)
class _Said:
    """All pairs that say one thing."""

    pairs: list[Scored] = field(default_factory=list)
    probability: float = 0.0
    status: Status = Status.ASSERTED


def extract_relations(reading: Reading, groundings: Sequence[Grounding]) -> tuple[Relation, ...]:
    """What the record says, in order of the text; each statement with the places that say it best.

    `groundings` of the reading's mentions; a mention without one takes no part. Confidence is the calibrated
    probability that the record makes the statement.
    """
    settings = reading.settings
    grounded = match(reading, groundings)
    keys = keys_of(reading.document.text, grounded)
    said = gather(reading, keys)
    chosen = choose(said, settings)
    found = []
    for key in chosen:
        thing = said[key]
        best = max(p.probability for p in thing.pairs)
        for pair in thing.pairs:
            status = _status([pair], settings)
            if pair.probability < max(0.5 * best, 0.1) or (status is not thing.status and pair.probability < best):
                continue
            subject, object_ = grounded[pair.subject], grounded[pair.object]
            assert subject is not None and object_ is not None  # keys were made from grounded mentions only
            support = _support(reading.document, reading.clauses, subject.mention.span, object_.mention.span)
            found.append(Relation(
                subject=subject, predicate=pair.predicate, object=object_, status=thing.status, support=support,
                trigger=_between(subject.mention.span, object_.mention.span), cues=(),
                rule=f"learned-{pair.predicate.value}", confidence=_calibrated(thing.probability, settings),
            ))  # fmt: skip
    return tuple(sorted(found, key=lambda r: (r.support, r.subject.mention.span, r.predicate, r.object.mention.span)))


def match(reading: Reading, groundings: Sequence[Grounding]) -> list[Grounding | None]:
    """The grounding of each mention of the reading: one of its own type, else any of the same words."""
    by_type = {(g.mention.span, g.type): g for g in groundings}
    any_type = {g.mention.span: g for g in groundings}
    return [by_type.get((m.span, m.type)) or any_type.get(m.span) for m in reading.mentions]


def keys_of(text: str, grounded: Sequence[Grounding | None]) -> list[str]:
    """For each mention the thing it names: by id, else by name; abbreviations that the text defines are resolved."""
    short = _abbreviations(text)
    found = []
    for g in grounded:
        if g is None:
            found.append("")
        elif g.id and not g.id.startswith("kgl:"):
            found.append(g.id)
        else:
            name = plain_name(g.mention.text)
            found.append(short.get(name, name))
    return found


def plain_name(name: str) -> str:
    """A name without case, marks, article and plural.

    >>> plain_name("the EGFR-inhibitors")
    'egfr inhibitor'
    """
    name = re.sub(r"[^\w+]+", " ", name.casefold()).strip()
    name = re.sub(r"^(the|a|an) ", "", name)
    return re.sub(r"(?<=[a-z]{3})(ies|s)\b", lambda m: "y" if m.group(1) == "ies" else "", name)


_DEFINED = re.compile(r"((?:[\w-]+[ /-]){1,8})\(([A-Za-z][\w-]{1,9})s?\)")


def _abbreviations(text: str) -> dict[str, str]:
    """Short forms that the text defines in brackets after the long form (Schwartz and Hearst's test of letters)."""
    found: dict[str, str] = {}
    for match in _DEFINED.finditer(text):
        short = match.group(2)
        words = match.group(1).split()
        if sum(c.isupper() for c in short) < 1:
            continue
        long = _long_form(short, words)
        if long:
            found.setdefault(plain_name(short), plain_name(long))
    return found


def _long_form(short: str, words: Sequence[str]) -> str:
    """The shortest run of last words that spells the short form, its first letter beginning the first word."""
    letters = [c for c in short.casefold() if c.isalnum()]
    for begin in range(len(words) - 1, -1, -1):
        long = " ".join(words[begin:]).casefold()
        if not long.startswith(letters[0]):
            continue
        at = 0
        for c in long:
            at += at < len(letters) and c == letters[at]
        if at == len(letters) and len(words) - begin >= min(2, len(letters) - 1):
            return " ".join(words[begin:])
    return ""


def gather(reading: Reading, keys: Sequence[str]) -> dict[Key, _Said]:
    """Pairs by what they say, with the joint probability and status."""
    said: dict[Key, _Said] = defaultdict(_Said)
    for pair in reading.pairs:
        s, o = keys[pair.subject], keys[pair.object]
        if not s or not o or s == o:
            continue
        if pair.predicate in SYMMETRIC and s > o:
            s, o = o, s
        said[s, pair.predicate, o].pairs.append(pair)
    share = reading.settings.get("repeat", 0.0)
    for thing in said.values():
        thing.pairs.sort(key=lambda p: (-p.probability, p.subject, p.object))
        thing.probability = _joint(thing.pairs, share)
        thing.status = _status(thing.pairs, reading.settings)
    return said


def _joint(pairs: Sequence[Scored], share: float) -> float:
    """The probability that any of the pairs is right, the likeliest counted whole and the rest in part."""
    miss = 1.0
    for rank, pair in enumerate(pairs[:6]):
        miss *= 1 - pair.probability * (1.0 if rank == 0 else share)
    return 1 - miss


def _status(pairs: Sequence[Scored], settings: dict) -> Status:
    """The status of pairs that say one thing, each weighted by its probability squared."""
    weights = settings.get("status_weights", (1.0, 1.0, 1.0))
    totals = [0.0, 0.0, 0.0]
    for pair in pairs:
        for k, p in enumerate(pair.statuses):
            totals[k] += pair.probability**2 * p * weights[k]
    return _STATUSES[totals.index(max(totals))]


def choose(said: dict[Key, _Said], settings: dict) -> list[Key]:
    """The statements that are likely enough and not said better by another."""
    thresholds, default = settings["thresholds"], settings["default_threshold"]
    likely = {k for k, t in said.items() if t.probability >= thresholds.get(k[1].value, default)}
    chosen: list[Key] = []
    for key in sorted(likely, key=lambda k: (-said[k].probability, k)):
        s, predicate, o = key
        if any((s, better, o) in likely for better in _MORE_SPECIFIC.get(predicate, ())):
            continue
        if predicate in _NARROWING and ((o, predicate, s) in chosen):
            continue
        if settings.get("fold_ends", True) and any(
            k[1] is predicate and _same(k[0], s) and _same(k[2], o) for k in chosen if predicate not in _NARROWING
        ):
            continue
        chosen.append(key)
    return chosen


def _same(a: str, b: str) -> bool:
    """Whether two names are one, or one is the other's end and more than a bare head noun."""
    if a == b:
        return True
    short, long = sorted((a.split(), b.split()), key=len)
    return long[-len(short) :] == short and not (len(short) == 1 and short[0] in _BARE)


def _calibrated(p: float, settings: dict) -> float:
    """The probability after the model's reliability curve."""
    curve = settings.get("calibration")
    if not curve:
        return round(p, 4)
    xs, ys = curve
    k = bisect.bisect_right(xs, p)
    if k == 0:
        return round(ys[0], 4)
    if k == len(xs):
        return round(ys[-1], 4)
    part = (p - xs[k - 1]) / (xs[k] - xs[k - 1]) if xs[k] > xs[k - 1] else 1.0
    return round(ys[k - 1] + part * (ys[k] - ys[k - 1]), 4)


def _between(a: Span, b: Span) -> Span:
    """The words between two mentions; both where they touch or nest."""
    first, second = sorted((a, b))
    return Span(first.end, second.start) if first.end < second.start else a.join(b)


_END = re.compile(r"[.!?](?=\s)|\n")


def _support(document: Document, clauses: Sequence[Clause], a: Span, b: Span) -> Span:
    """The clauses from one mention to the other; without clauses, the sentences."""
    whole = a.join(b)
    section = document.section_at(whole.start).span
    start, end = whole.start, whole.end
    if clauses:
        touched = [c.span for c in clauses if c.span.overlaps(a) or c.span.overlaps(b)]
        if touched:
            start, end = min(start, *(s.start for s in touched)), max(end, *(s.end for s in touched))
    else:
        before = [m.end() for m in _END.finditer(document.text, section.start, whole.start)]
        after = _END.search(document.text, whole.end, max(whole.end, section.end))
        start = before[-1] if before else section.start
        end = after.end() if after else max(whole.end, section.end)
    text = document.text[start:end]
    return Span(start + len(text) - len(text.lstrip()), end - (len(text) - len(text.rstrip())))

