"""Groundings of a record -> the same, with those of words that take up a name before them: "it", "this drug".

"Paclitaxel is a chemotherapy drug. It blocks cell growth": "It" is grounded as paclitaxel, and its mention says where that stands, so
that a quote reaches back to the name. Few are taken up, and those safely: a pronoun that opens a sentence stands for the name that
opens the sentence before (the subject is the likeliest centre of attention: Grosz, Joshi and Weinstein 1995, Centering), "this drug"
for the one thing of its kind that the same sentence named before, or else the sentence before. Where two could be meant, neither is.
The words are data: `ontologies/rules/anaphora.toml`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

from kg.grounding.places import by_clause, key_of, nest
from kg.model import Clause, Document, EntityType, Grounding, Mention, Span
from kg.resources import resource

RULE = "anaphor"
FARTHEST = 400  # characters from the name to the words that take it up
COST = 0.1  # of a name told by what stands before
SURE = 0.5  # how sure a mention must be to be taken up
PLURAL = re.compile(r"(?:[^suiy]s|[aeo]ys|bacteria|fungi|viruses)$")
LISTED = re.compile(r"\s*(?:\([^()]*\)\s*)?(?:,(?!\s*(?:an?|the|which|who|also)\b)|/|\+|(?:and|or|plus|with|versus|vs)\b)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Pronoun:
    """A pronoun that opens a sentence, and what it takes up."""

    regex: re.Pattern[str]
    many: bool
    types: frozenset[EntityType]
    example: str
    counter_example: str


@dataclass(frozen=True, slots=True)
class Noun:
    """The nouns that take up names of some types behind "this" and "these"."""

    heads: tuple[str, ...]
    types: frozenset[EntityType]
    example: str
    counter_example: str


@dataclass(frozen=True, slots=True)
class AnaphoraRules:
    """The words that take up names."""

    pronouns: tuple[Pronoun, ...]
    words: frozenset[str]  # the pronouns
    nouns: tuple[Noun, ...]
    singular: frozenset[str]  # words that end like a plural and are none
    lead: re.Pattern[str]  # what a sentence may have in front of its subject
    any_noun: re.Pattern[str]
    types: dict[str, frozenset[EntityType]]  # of each noun, singular and plural


@cache
def open_anaphora_rules() -> AnaphoraRules:
    """The rules of `ontologies/rules/anaphora.toml`."""
    table = tomllib.loads(resource("rules", "anaphora.toml").read_text(encoding="utf-8"))
    pronouns = tuple(
        Pronoun(
            re.compile(rf"{table['opening']}(?P<word>{r['word']})\b(?!{table['expletive']})", re.IGNORECASE),
            r["many"], _types(r), r["example"], r["counter_example"],
        )
        for r in table["pronoun"]
    )  # fmt: skip
    nouns = tuple(Noun(tuple(r["heads"]), _types(r), r["example"], r["counter_example"]) for r in table["noun"])
    types: dict[str, frozenset[EntityType]] = {}
    for noun in nouns:
        for head in noun.heads:
            for form in (head, plural(head)):
                types[form] = types.get(form, frozenset()) | noun.types
    longest = sorted(types, key=len, reverse=True)
    any_noun = re.compile(rf"\b(this|these) ({'|'.join(longest)})\b(?![-’'])", re.IGNORECASE)
    words = frozenset(r["word"] for r in table["pronoun"])
    return AnaphoraRules(pronouns, words, nouns, frozenset(table["singular"]), re.compile(table["lead"], re.IGNORECASE), any_noun, types)


def _types(row: dict) -> frozenset[EntityType]:
    return frozenset(EntityType(name) for name in row["types"].split())


def plural(noun: str) -> str:
    """The plural of an English noun.

    >>> plural("drug"), plural("therapy"), plural("virus"), plural("bacterium")
    ('drugs', 'therapies', 'viruses', 'bacteria')
    """
    if noun.endswith("um"):
        return noun[:-2] + "a"
    if noun.endswith("y") and noun[-2] not in "aeo":
        return noun[:-1] + "ies"
    return noun + ("es" if noun.endswith(("s", "x", "ch")) else "s")


def take_up(document: Document, clauses: Sequence[Clause], groundings: Sequence[Grounding]) -> tuple[Grounding, ...]:
    """The groundings in order, with those of pronouns and of nouns behind "this" that surely stand for a name before them.

    A pronoun that something took for a name is none.
    """
    rules = open_anaphora_rules()
    text = document.text
    out: list[Grounding] = []
    before: list[Grounding] = []
    subject: Grounding | None = None
    section = ""
    for clause, here in by_clause(clauses, groundings):
        inside = [g for g in here if g.mention.text.lower() not in rules.words]
        if section != clause.section:
            before, subject, section = [], None, clause.section
        top = _top(inside)
        found = [*_pronouns(text, clause, subject, rules), *_nouns(text, clause, before, top, subject, rules)]
        found = [g for g in found if not any(_more(t.mention.span, g.mention.span) for t in top)]
        if found:
            apart = [g for g in inside if not any(g.mention.span.overlaps(f.mention.span) for f in found)]
            inside = sorted((*apart, *found), key=lambda g: (g.mention.span.start, -g.mention.span.end))
        out += inside
        before = _top(inside) if found else top
        subject = _subject(text, clause, before, rules)
    return tuple(out)


def _more(a: Span, b: Span) -> bool:
    """Whether the first span holds the second and more."""
    return a.covers(b) and a != b


def _top(groundings: Sequence[Grounding]) -> list[Grounding]:
    """The names that are sure enough and stand in no other, in order."""
    return nest([g for g in groundings if g.mention.confidence >= SURE])[0]


def _subject(text: str, clause: Clause, top: Sequence[Grounding], rules: AnaphoraRules) -> Grounding | None:
    """The name that opens a sentence, if it stands alone there."""
    lead = rules.lead.match(text, clause.span.start, clause.span.end)
    start = lead.end() if lead else clause.span.start
    first = top[0] if top else None
    if first is None or first.mention.span.start > start or LISTED.match(text, first.mention.span.end, clause.span.end):
        return None
    return first


def _pronouns(text: str, clause: Clause, subject: Grounding | None, rules: AnaphoraRules) -> Iterator[Grounding]:
    """The pronoun that opens a sentence, as the subject of the one before."""
    if subject is None:
        return
    for rule in rules.pronouns:
        match = rule.regex.match(text, clause.span.start, clause.span.end)
        if match and subject.type in rule.types and _many(subject, rules) is rule.many:
            yield from _taken_up(text, Span(*match.span("word")), subject)


def _many(grounding: Grounding, rules: AnaphoraRules) -> bool:
    words = (grounding.mention.full or grounding.mention.text).split()
    return PLURAL.search(words[-1]) is not None and words[-1].lower() not in rules.singular


def _nouns(
    text: str, clause: Clause, before: Sequence[Grounding], top: Sequence[Grounding], subject: Grounding | None, rules: AnaphoraRules
) -> Iterator[Grounding]:
    """Nouns behind "this", each as the one thing of its kind that stands before it."""
    for match in rules.any_noun.finditer(text, clause.span.start, clause.span.end):
        types = rules.types[match[2].lower()]
        near = [g for g in top if g.mention.span.end <= match.start() and g.type in types]
        fitting = near or [g for g in before if g.type in types]
        if subject is not None and not near and subject.type in types:
            fitting = [subject]
        if len({key_of(g) for g in fitting}) == 1:
            if _many(fitting[-1], rules) is (match[1].lower() == "these"):
                yield from _taken_up(text, Span(*match.span()), fitting[-1])


def _taken_up(text: str, span: Span, name: Grounding) -> Iterator[Grounding]:
    mention = name.mention
    stands = mention.stands_for or mention.span
    if span.start - stands.end > FARTHEST:
        return
    words = stands.of(text)
    taken = Mention(span, span.of(text), mention.type, RULE, mention.confidence, mention.full or words, stands)
    score = round(max(0.05, name.score - COST), 3)
    yield replace(name, mention=taken, score=score, reasons=(f"taken up: {taken.text}", *name.reasons))
