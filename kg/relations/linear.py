"""Groundings of a record -> Relations, by what is learned: the pair model of named features, and the encoder's pair head.

All pairs of mentions near each other are scored; a record says a thing once, so the pairs of the same two things are put
together, a second small model weighs what is known of the whole (own things, rival predicates, how often it is said), and
what is likely enough is kept with the places that say it best. Confidence is calibrated on records held out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from kg.entities.tagger import Tagger
from kg.model import SYMMETRIC, Clause, Document, Grounding, Predicate, Relation, Span, Status
from kg.relations.candidates import Pair, pairs_of, views_of
from kg.relations.denial import Denial
from kg.relations.pair_features import LETTERS, View
from kg.relations.pair_model import PREDICATES, STATUSES, PairModel
from kg.relations.rulebook import Rulebook
from kg.relations.rules import speak_of_members
from kg.relations.trees import Trees
from kg.relations.union import LEARNED, distinct, judged, unite
from kg.text.boundaries import GERUND

if TYPE_CHECKING:
    from kg.encoder.encoder import Encoded, Encoder

LEAST = 0.06  # probability from which a pair counts as saying something
UNLIKELY = 1e-4  # no reader is surer than this, one way or the other
Key = tuple[str, Predicate, str]


@dataclass(slots=True)
class Said:
    """All pairs that say one thing of one record."""

    key: Key
    pairs: list[tuple[float, int, bool]] = field(default_factory=list)  # probability, pair, whether the first is subject
    features: tuple[float, ...] = ()
    probability: float = 0.0
    status: Status = Status.ASSERTED


def ends(pair: Pair, forward: bool) -> tuple[Grounding, Grounding]:
    """Subject and object of a pair."""
    a, b = pair.a.grounding, pair.b.grounding
    return (a, b) if forward else (b, a)


def gather(pairs: Sequence[Pair], scores: np.ndarray) -> dict[Key, Said]:
    """What the pairs say, by subject, predicate and object; the likeliest pair first."""
    said: dict[Key, Said] = {}
    for k, c in zip(*np.nonzero(scores >= LEAST), strict=True):
        pair, predicate, forward = pairs[k], PREDICATES[c // 2], c % 2 == 0
        s, o = (pair.a.key, pair.b.key) if forward else (pair.b.key, pair.a.key)
        if predicate in SYMMETRIC:
            if not forward:
                continue
            s, o = min(s, o), max(s, o)
        key = (s, predicate, o)
        if key not in said:
            said[key] = Said(key)
        said[key].pairs.append((float(scores[k, c]), int(k), forward))
    for thing in said.values():
        thing.pairs.sort(key=lambda p: (-p[0], p[1]))
    return said


PLACES = ("t", "s", "d")
OWN = ("", "i", "c")
KINDS = tuple(LETTERS.values())


def describe(
    pairs: Sequence[Pair], statuses: np.ndarray, said: dict[Key, Said], opinions: Sequence[np.ndarray] = ()
) -> None:
    """Gives each statement its features for the second model, and its status.

    `opinions` are scores of the same pairs by each of several readers, where the joint scores come from several.
    """
    rivals: dict[frozenset[str], list[tuple[float, Key]]] = defaultdict(list)
    per_subject: dict[tuple[str, Predicate], list[float]] = defaultdict(list)
    per_object: dict[tuple[str, Predicate], list[float]] = defaultdict(list)
    per_predicate: dict[Predicate, list[float]] = defaultdict(list)
    for key, thing in said.items():
        best = thing.pairs[0][0]
        rivals[frozenset((key[0], key[2]))].append((best, key))
        per_subject[key[0], key[1]].append(best)
        per_object[key[2], key[1]].append(best)
        per_predicate[key[1]].append(best)
    total = sum(t.pairs[0][0] for t in said.values())
    for key, thing in said.items():
        best, k, forward = thing.pairs[0]
        pair = pairs[k]
        others = [p for p, other in rivals[frozenset((key[0], key[2]))] if other != key]
        miss, weights = 1.0, np.zeros(len(STATUSES))
        for n, (p, i, _) in enumerate(thing.pairs[:5]):
            miss *= 1 - (p if n == 0 else 0.5 * p)
            weights += p * p * statuses[i]
        thing.status = STATUSES[int(weights.argmax())]
        subject, object_ = (pair.a, pair.b) if forward else (pair.b, pair.a)
        second = thing.pairs[1][0] if len(thing.pairs) > 1 else 0.0
        predicate = PREDICATES.index(key[1])
        one_hot = [0.0] * len(PREDICATES)
        one_hot[predicate] = 1.0
        kinds = [0.0] * (2 * len(KINDS))
        kinds[KINDS.index(subject.letter)] = kinds[len(KINDS) + KINDS.index(object_.letter)] = 1.0
        rule = any(f.startswith(key[1].value) for _, i, _ in thing.pairs for f in pairs[i].fired)
        thing.features = (
            _logit(best), _logit(1 - miss), second, min(len(thing.pairs), 6) / 6, float(forward),
            *(float(pair.va.section == p) for p in PLACES),
            *(float(subject.own == p) for p in OWN), *(float(object_.own == p) for p in OWN),
            max(others, default=0.0), min(sum(others), 3.0), float(rule), float(pair.va is not pair.vb),
            subject.grounding.mention.confidence, object_.grounding.mention.confidence,
            float(bool(subject.grounding.id)), float(bool(object_.grounding.id)),
            min(sum(per_subject[key[0], key[1]]) - best, 5.0), min(sum(per_object[key[2], key[1]]) - best, 5.0),
            min(sum(per_predicate[key[1]]) - best, 10.0) / 2, min(total, 40.0) / 10,
            float(best >= max(per_subject[key[0], key[1]])), float(best >= max(per_object[key[2], key[1]])),
            *(float(w) for w in weights / max(1e-6, weights.sum())),
            float(subject.outer is not None), float(object_.outer is not None),
            min(abs(pair.b.span.start - pair.a.span.end), 300) / 100,
            *one_hot, *kinds, *_opinions_of(thing, predicate, opinions),
        )  # fmt: skip


def _opinions_of(thing: Said, predicate: int, opinions: Sequence[np.ndarray]) -> list[float]:
    """What each reader thinks of the best pair, and of any of the pairs."""
    out = []
    for scores in opinions:
        each = [float(scores[k, 2 * predicate + (not forward)]) for _, k, forward in thing.pairs[:5]]
        rivals = float(scores[thing.pairs[0][1]].max())
        out += [_logit(each[0]), max(each), 1 - float(np.prod([1 - 0.5 * p for p in each])), rivals]
    return out


def _logit(p: float) -> float:
    p = min(max(p, UNLIKELY), 1 - UNLIKELY)
    return float(np.log(p / (1 - p)))


@dataclass(slots=True)
class Learned:
    """All that a learned reader needs. Opened once (`kg/relations/files.py`), used for any number of records."""

    tagger: Tagger | None  # finds names, where no encoder does
    encoder: Encoder | None
    pairs: PairModel
    whole: Trees  # weighs what is known of a statement in its record
    allowed: frozenset[str]  # type letters of pairs that are read; "x" before those across clauses
    threshold: float
    curve: tuple[tuple[float, ...], tuple[float, ...]]  # probability -> how often it is right
    memory: bytes = b""  # the tagger reads its model from here and keeps no reference of its own


def extract_relations(
    document: Document, clauses: Sequence[Clause], groundings: Sequence[Grounding], model: Learned, rulebook: Rulebook,
    own: frozenset[str], by_rules: Sequence[Relation] = (), encoded: Encoded | None = None,
) -> tuple[Relation, ...]:
    """What a record says: what the rules read, then what else is likely enough, each statement with the places that say it
    best, and as sure as the model finds it."""
    views = views_of(document, clauses, groundings, own)
    pairs = pairs_of(views, by_rules, model.allowed)
    scores, statuses, opinions = score(pairs, model, encoded)
    said = gather(pairs, scores)
    describe(pairs, statuses, said, opinions)
    keys = sorted(said)
    weigh(said, keys, model.whole)
    out = [r for key in choose(said, model.threshold) for r in _relations(document, said[key], pairs, statuses, model, rulebook.denial)]
    verdicts = {k: calibrated(t.probability, model.curve) for k, t in said.items()}
    learned = speak_of_members(sorted(out, key=_order), by_rules)
    return distinct(unite(judged(by_rules, verdicts, rulebook.plans), learned))


SHARE = 0.75  # of the encoder in the joint score of a pair


def score(
    pairs: Sequence[Pair], model: Learned, encoded: Encoded | None
) -> tuple[np.ndarray, np.ndarray, tuple[np.ndarray, ...]]:
    """Probabilities of predicates and statuses of the pairs, and each reader's own where two read."""
    if encoded is None or model.encoder is None:
        return *model.pairs.scores(pairs), ()
    places = [((p.a.span, p.a.grounding.mention.type), (p.b.span, p.b.grounding.mention.type)) for p in pairs]
    deep, deep_statuses = model.encoder.scores(encoded, places)
    hopeful = np.flatnonzero(deep.max(1, initial=0) >= HOPELESS)
    scores, statuses = np.zeros_like(deep), deep_statuses.copy()
    scores[hopeful], statuses[hopeful] = model.pairs.scores([pairs[k] for k in hopeful])
    joint = 1 / (1 + np.exp(-(SHARE * _logits(deep) + (1 - SHARE) * _logits(scores))))
    return joint, SHARE * deep_statuses + (1 - SHARE) * statuses, (deep, scores)


def _logits(p: np.ndarray) -> np.ndarray:
    p = np.clip(p, UNLIKELY, 1 - UNLIKELY)
    return np.log(p / (1 - p))


# What the encoder thinks less likely stays below `LEAST` whatever the other reader thinks, and is not shown to it.
HOPELESS = 1 / (1 + np.exp((_logits(np.float64(1 - UNLIKELY)) * (1 - SHARE) - _logits(np.float64(LEAST))) / SHARE))


def weigh(said: dict[Key, Said], keys: Sequence[Key], whole: Trees) -> None:
    """Gives each statement the probability that its record makes it."""
    x = np.array([said[k].features for k in keys], dtype=np.float32)
    for key, p in zip(keys, whole(x), strict=True):
        said[key].probability = float(p)


def choose(said: dict[Key, Said], threshold: float) -> list[Key]:
    """The statements that are likely enough; of two that turn a kinship round, the likelier."""
    chosen: list[Key] = []
    taken: set[Key] = set()
    for key in sorted((k for k in said if said[k].probability >= threshold), key=lambda k: (-said[k].probability, k)):
        if key[1] in KINSHIP and (key[2], key[1], key[0]) in taken:
            continue
        chosen.append(key)
        taken.add(key)
    return chosen


KINSHIP = frozenset({Predicate.MEMBER_OF, Predicate.SUBTYPE_OF})


def _relations(
    document: Document, thing: Said, pairs: Sequence[Pair], statuses: np.ndarray, model: Learned, denial: Denial
) -> list[Relation]:
    """The places of one statement: the best, and those nearly as good that give the same status.

    Where the words of the best place deny it, it is denied, and so are the other places.
    """
    best = thing.pairs[0][0]
    status_at = STATUSES.index(thing.status)
    denied = _denied(document, pairs[thing.pairs[0][1]], thing.key[1], denial) is not None
    out: list[Relation] = []
    for n, (p, k, forward) in enumerate(thing.pairs):
        if n and (p < max(0.5, 0.5 * best) or int(statuses[k].argmax()) != status_at):
            continue
        pair = pairs[k]
        cue = _denied(document, pair, thing.key[1], denial)
        if denied != (cue is not None) or _denied_elsewhere(document, pair, thing.key[1], denial) or _own_subject(document, pair):
            continue
        subject, object_ = ends(pair, forward)
        column = 2 * PREDICATES.index(thing.key[1]) + (not forward)
        support = support_of(document, pair)
        out.append(Relation(
            subject, thing.key[1], object_, Status.NEGATED if cue else thing.status, support,
            trigger_of(document, pair, column, model.pairs, support), (cue,) if cue else (),
            LEARNED + thing.key[1].value, calibrated(thing.probability, model.curve),
        ))  # fmt: skip
        if len(out) == MOST_PLACES:
            break
    return out


MOST_PLACES = 4


def _denied(document: Document, pair: Pair, predicate: Predicate, denial: Denial) -> Span | None:
    """The words that deny the statement in this place, if any."""
    if pair.va is not pair.vb:
        return None
    first, second = sorted((pair.a.span, pair.b.span))
    return denial.cue(document.text, pair.va.clause.span, first, second, predicate)


def _denied_elsewhere(document: Document, pair: Pair, predicate: Predicate, denial: Denial) -> bool:
    """Whether two clauses are read together of which one denies something of its name: then nothing is said."""
    if pair.va is pair.vb or predicate not in denial.predicates:
        return False
    ends = ((pair.a, pair.va), (pair.b, pair.vb))
    return any(denial.between.search(document.text, item.span.end, view.clause.span.end) for item, view in ends)


# "Inhibiting CSF1R can …": what such a clause goes on to say is said of that, and not of a name before it; but these name no subject.
NO_SUBJECT = frozenset(("Following", "According", "Including", "Regarding", "Depending", "Concerning"))


def _own_subject(document: Document, pair: Pair) -> bool:
    """Whether two clauses are read together of which the second begins with a subject of its own."""
    gerund = GERUND.match(document.text, pair.vb.clause.span.start) if pair.va is not pair.vb else None
    return gerund is not None and gerund.group() not in NO_SUBJECT


def calibrated(p: float, curve: tuple[Sequence[float], Sequence[float]]) -> float:
    """How often a statement of this probability is right."""
    return round(float(np.interp(p, curve[0], curve[1])), 4)


def support_of(document: Document, pair: Pair) -> Span:
    """The clause of both mentions, or the two clauses and what lies between."""
    span = pair.va.clause.span.join(pair.vb.clause.span)
    return span.join(pair.a.span).join(pair.b.span)


def trigger_of(document: Document, pair: Pair, column: int, model: PairModel, support: Span) -> Span:
    """The word between or beside the mentions that speaks most for the predicate; else the words between, or both."""
    near: list[tuple[View, int, str]] = []
    if pair.va is pair.vb and pair.a.place != pair.b.place:
        near += [(pair.va, i, "") for i in range(pair.a.place + 1, pair.b.place)]
    elif pair.va is not pair.vb:
        near += [(pair.va, i, "") for i in range(pair.a.place + 1, len(pair.va.pieces))]
        near += [(pair.vb, i, "") for i in range(pair.b.place)]
    near += [(pair.va, i, "B") for i in range(max(0, pair.a.place - 4), pair.a.place)]
    near += [(pair.vb, i, "A") for i in range(pair.b.place + 1, min(len(pair.vb.pieces), pair.b.place + 5))]
    words = [(view, i, side) for view, i, side in near if _tells(view.pieces[i]) and support.covers(Span(*view.where[i]))]
    if words:
        weights = model.weights([pair.word(view, i, side) for view, i, side in words], column)
        view, i, _ = words[weights.index(max(weights))]
        return Span(*view.where[i])
    first, second = sorted((pair.a.span, pair.b.span))
    if first.end < second.start and any(c.isalnum() for c in document.text[first.end : second.start]):
        return Span(first.end, second.start)
    return first.join(second)


def _tells(word: str) -> bool:
    return word[0].isalpha() and word not in SMALL


SMALL = frozenset("the a an of and or in on at is are was were be been this that these those it its we our their".split())


def _order(r: Relation) -> tuple:
    return (r.support, r.subject.mention.span, r.object.mention.span, r.predicate)
