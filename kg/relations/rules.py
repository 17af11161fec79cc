"""Groundings of one clause -> Relations, by the rules of `ontologies/rules/`.

Every rule is tried on the clause's line; a match gives one relation for each member of the subject's list with each
member of the object's. The status comes from the cues whose scope holds the trigger. The names of classes are read
too: a member of "EGFR inhibitors" inhibits EGFR.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from kg.grounding.places import key_of, nest
from kg.model import TITLES, Clause, Document, EntityType, Grounding, Predicate, Relation, Span, Status
from kg.relations.joint import together
from kg.relations.line import Line, Slot, make_line
from kg.relations.rulebook import ClassRule, Cue, RelationRule, Rulebook

# What a title says of these, and what a record says of its own agents and conditions without words of a result, is its plan.
PLANNED = frozenset({Predicate.TREATS, Predicate.COMBINED_WITH, Predicate.IMPROVES, Predicate.PREDICTS})
# Predicates whose verbs turn round in the passive.
ACTIVE = frozenset({Predicate.INHIBITS, Predicate.ACTIVATES, Predicate.CAUSES, Predicate.IMPLICATED_IN})
MEMBER = re.compile(r"[A-Z](\d+)")
CueAt = tuple[Cue, tuple[int, int]]  # a cue and where it stands in a line


def extract_relations(
    document: Document,
    clause: Clause,
    groundings: Sequence[Grounding],
    rulebook: Rulebook,
    *,
    own: frozenset[str] = frozenset(),
) -> tuple[Relation, ...]:
    """The relations that the rules read in one clause, in order of their text.

    `groundings` are those of the clause's mentions, nested ones included; `own` holds the keys (`key_of`) of the
    trial's own interventions and conditions.
    """
    nested, inner = nest(groundings)
    top, slots = merge_aliases(document.text, nested)
    if len(top) < 2:  # a relation is between two names
        return ()
    line = make_line(document.text, clause.span, slots, punctuated=document.punctuated)
    found = list(_by_patterns(clause, line, top, rulebook, own))
    found += _by_class_names(document, found, inner, rulebook)
    found = _shared_by_members(speak_of_members(found, found))
    best: dict[tuple, Relation] = {}
    for relation in found:
        key = (relation.subject.mention.span, relation.predicate, relation.object.mention.span)
        if key not in best or relation.confidence > best[key].confidence:
            best[key] = relation
    return tuple(
        sorted(best.values(), key=lambda r: (r.support, r.subject.mention.span, r.object.mention.span, r.predicate))
    )


ALIAS_GAP = re.compile(r"\s*[(\[]?\s*")


def merge_aliases(text: str, top: Sequence[Grounding]) -> tuple[list[Grounding], list[Slot]]:
    """The top-level mentions without those that only repeat the name before them, and the slots they fill.

    "epidermal growth factor receptor (EGFR)" is one slot, brackets and all.
    """
    kept: list[Grounding] = []
    slots: list[Slot] = []
    for grounding in top:
        span = grounding.mention.span
        if kept and key_of(kept[-1]) == key_of(grounding):
            gap = text[slots[-1].span.end : span.start]
            if ALIAS_GAP.fullmatch(gap):
                end = span.end
                if gap.strip() and text[end : end + 1] in (")", "]"):
                    end += 1
                slots[-1] = Slot(Span(slots[-1].span.start, end), slots[-1].type)
                continue
        kept.append(grounding)
        slots.append(Slot(span, grounding.type))
    return kept, slots


def _by_patterns(
    clause: Clause, line: Line, top: list[Grounding], rulebook: Rulebook, own: frozenset[str]
) -> Iterator[Relation]:
    """All that the relation rules find in a line."""
    cues: list[CueAt] | None = None
    for rule in rulebook.ready(line.text):
        if rule.sections and clause.section not in rule.sections:
            continue
        for match in _nearest(_all_matches(rule.regex, line.text)):
            if cues is None:
                cues = cues_of(line, rulebook)
            yield from _relations(rule, match, clause, line, top, rulebook, own, cues)


def _all_matches(regex: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """Matches that may overlap: each starts behind the start of the one before."""
    at = 0
    while match := regex.search(text, at):
        yield match
        at = match.start() + 1


def _nearest(matches: Iterator[re.Match[str]]) -> Iterable[re.Match[str]]:
    """Of matches that share trigger and end, the one that starts last: the nearest subject speaks."""
    kept: dict[tuple[int, int, int], re.Match[str]] = {}
    for match in matches:
        where = match.span("trigger") if "trigger" in match.re.groupindex else match.span()
        kept[where[0], where[1], match.end()] = match
    return kept.values()


def _relations(
    rule: RelationRule,
    match: re.Match[str],
    clause: Clause,
    line: Line,
    top: list[Grounding],
    rulebook: Rulebook,
    own: frozenset[str],
    cues_at: Sequence[CueAt],
) -> Iterator[Relation]:
    subjects = _members(match.group("subject"), top, rule.subject)
    pairs = _pairs(match, subjects, top, rule)
    where = match.span("trigger") if "trigger" in match.re.groupindex and match.group("trigger") else match.span()
    if rule.predicate in ACTIVE and match.start("subject") < where[0] and line.text.startswith(" by ", where[1]):
        return  # "X is caused by Y": the passive speaks of Y
    trigger = line.span(*where)
    status, cues = (Status.ASSERTED, ()) if rule.presupposed else _status(line, where, cues_at, rulebook.stops)
    if status is Status.NEGATED and not rule.deniable:
        return
    if rule.status is not None and status is Status.ASSERTED:
        status = rule.status
    known = rulebook.findings.search(line.text) is not None
    support = line.span(*match.span())
    for subject, object_ in pairs:
        if key_of(subject) == key_of(object_) or (rule.own and key_of(subject) not in own):
            continue
        if rulebook.refuses(rule.predicate, subject, object_):
            continue
        if rule.object_like is not None and not rule.object_like.search(object_.mention.text):
            continue
        own_aim = (
            status is Status.ASSERTED
            and rule.predicate in PLANNED
            and (
                clause.section in TITLES
                or (not known and key_of(subject) in own and key_of(object_) in own)
                or (rule.predicate is Predicate.COMBINED_WITH and not rulebook.standing.search(line.text))
            )
        )
        yield Relation(
            subject,
            rule.predicate,
            object_,
            Status.HYPOTHESISED if own_aim else status,
            support,
            trigger,
            cues,
            rule.id,
            rule.confidence,
        )


def _pairs(
    match: re.Match[str], subjects: list[Grounding], top: list[Grounding], rule: RelationRule
) -> list[tuple[Grounding, Grounding]]:
    """Subject and object of a match; a rule without object pairs the members of one list."""
    if "object" in match.re.groupindex:
        objects = _members(match.group("object"), top, rule.object)[: 1 if rule.first else None]
        return [(s, o) for s in subjects for o in objects if s is not o]
    return [(a, b) for i, a in enumerate(subjects) for b in subjects[i + 1 :]]


def _members(group: str, top: list[Grounding], types: frozenset[EntityType]) -> list[Grounding]:
    return [g for g in (top[int(n)] for n in MEMBER.findall(group)) if g.type in types]


def cues_of(line: Line, rulebook: Rulebook) -> list[CueAt]:
    """The words of a line that make something in it hypothesised or negated."""
    return [(cue, match.span()) for cue in rulebook.cues for match in cue.regex.finditer(line.text)]


def _status(
    line: Line, trigger: tuple[int, int], cues: Iterable[CueAt], stops: re.Pattern[str]
) -> tuple[Status, tuple[Span, ...]]:
    """The status of a statement and the cue words that gave it; negation wins over speculation."""
    found: dict[Status, list[Span]] = {}
    for cue, (start, end) in cues:
        if cue.status is Status.NEGATED and trigger[0] <= start and end <= trigger[1]:
            continue  # "do not respond to" says resistance, it denies nothing
        if _in_scope(line.text, (start, end), trigger, cue, stops):
            found.setdefault(cue.status, []).append(line.span(start, end))
    for status in (Status.NEGATED, Status.HYPOTHESISED):
        if status in found:
            return status, tuple(sorted(found[status]))
    return Status.ASSERTED, ()


def _in_scope(text: str, cue: tuple[int, int], trigger: tuple[int, int], row: Cue, stops: re.Pattern[str]) -> bool:
    if cue[0] < trigger[1] and trigger[0] < cue[1]:
        return True
    if cue[1] <= trigger[0]:
        between, reach = text[cue[1] : trigger[0]], row.before
    else:
        between, reach = text[trigger[1] : cue[0]], row.after
    return bool(reach) and between.count(" ") <= reach and not stops.search(between)


def _by_class_names(
    document: Document, found: Sequence[Relation], inner: dict[Span, list[Grounding]], rulebook: Rulebook
) -> Iterator[Relation]:
    """What a drug's class says of it: "EGFR inhibitor gefitinib" says that gefitinib inhibits EGFR."""
    for relation in found:
        if relation.predicate is not Predicate.MEMBER_OF or relation.object.type is not EntityType.DRUG_CLASS:
            continue
        if relation.subject.type is not EntityType.DRUG:
            continue
        class_span = relation.object.mention.span
        for target in inner.get(class_span, ()):
            rule = _class_rule(document, class_span, target, rulebook.classes)
            if rule is None or relation.status is Status.NEGATED:
                continue
            yield Relation(
                relation.subject,
                rule.predicate,
                target,
                relation.status,
                relation.support,
                class_span,
                relation.cues,
                rule.id,
                min(rule.confidence, relation.confidence),
            )


# Rules by which a sentence introduces members of a class; what it goes on to say of the class, it says of them.
INTRODUCES = frozenset({"drug-is-a-class", "class-drug-side-by-side", "class-such-as-drug", "class-bracket-drug"})


def speak_of_members(found: Sequence[Relation], introduced: Sequence[Relation]) -> list[Relation]:
    """Relations of a class whose members the same clause names go to the members; `introduced` holds what says who they are.

    "Sofantinib is a kinase inhibitor which targets VEGFR" speaks of sofantinib; "SSAs such as octreotide relieve flushing"
    of octreotide (guideline 9).
    """
    known = [r for r in introduced if r.predicate is Predicate.MEMBER_OF and r.rule in INTRODUCES]
    if not known:
        return list(found)

    def members(end: Grounding, place: Span) -> list[Grounding]:
        span, key = end.mention.span, key_of(end)
        named = (r.object.mention.span == span or (key_of(r.object) == key and r.support.overlaps(place)) for r in known)
        return [r.subject for r, is_it in zip(known, named, strict=True) if is_it] or [end]

    out: list[Relation] = []
    for relation in found:
        if relation.predicate is Predicate.MEMBER_OF:
            out.append(relation)
            continue
        for subject in members(relation.subject, relation.support):
            for object_ in members(relation.object, relation.support):
                if key_of(subject) != key_of(object_):
                    support = relation.support.join(subject.mention.span).join(object_.mention.span)
                    out.append(replace(relation, subject=subject, object=object_, support=support))
    return out


SHARED = frozenset({Predicate.TREATS, Predicate.IMPROVES})


def _shared_by_members(found: Sequence[Relation]) -> list[Relation]:
    """What the last-named agent of a combination is said to do, its partners do as well (guideline 10).

    "The combination of sorafenib and gefitinib may treat pNEN" speaks of both; "adding B to A improved" of B only.
    """
    groups = together(found)
    agents = {g.mention.span: g for r in found if r.predicate is Predicate.COMBINED_WITH for g in (r.subject, r.object)}
    out = list(found)
    for relation in found:
        span = relation.subject.mention.span
        if relation.predicate not in SHARED or span not in groups or relation.trigger.start < span.end:
            continue
        members, support = groups[span]
        if span != max(members) or "add" in _combining_rules(relation, found):
            continue
        out += [
            replace(relation, subject=agents[other], support=relation.support.join(support))
            for other in sorted(members)
            if other != span and key_of(agents[other]) != key_of(relation.object)
        ]
    return out


def _combining_rules(relation: Relation, found: Sequence[Relation]) -> str:
    """The rules by which the relation's subject is combined with others, as one string."""
    span = relation.subject.mention.span
    return " ".join(
        r.rule
        for r in found
        if r.predicate is Predicate.COMBINED_WITH and span in (r.subject.mention.span, r.object.mention.span)
    )


def _class_rule(
    document: Document, class_span: Span, target: Grounding, rules: Iterable[ClassRule]
) -> ClassRule | None:
    if target.type not in (EntityType.TARGET, EntityType.TARGET_FAMILY, EntityType.PROCESS, EntityType.VARIANT):
        return None
    span = target.mention.span
    text = document.text
    name = (text[class_span.start : span.start] + "⟦⟧" + text[span.end : class_span.end]).lower()
    return next((rule for rule in rules if rule.regex.search(name)), None)
