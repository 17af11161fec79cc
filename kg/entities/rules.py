"""Clauses -> Mentions by tables and patterns: the lexicon, the record's own fields and abbreviations, head words.

Mentions may nest ("EGFR" in "EGFR inhibitor") but never cross: where two cross, the longer stays.
"""

from __future__ import annotations

import re
import shlex
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from kg.lexicon.lexicon import Lexicon
from kg.model import Clause, Document, EntityType, Mention, Span
from kg.resources import resource
from kg.text.abbreviations import Abbreviation
from kg.text.ellipsis import shared_head
from kg.text.words import WORD

KIND_OF_INTERVENTION = {"drug": EntityType.DRUG, "biological": EntityType.DRUG, "genetic": EntityType.DRUG,
                        "dietary supplement": EntityType.DRUG, "combination product": EntityType.DRUG,
                        "procedure": EntityType.PROCEDURE, "radiation": EntityType.PROCEDURE,
                        "device": EntityType.PROCEDURE, "behavioral": EntityType.PROCEDURE,
                        "other": EntityType.PROCEDURE}  # fmt: skip
CODE_NUMBER = re.compile(r"\d| \d{4}")
STUDY_NUMBER = re.compile(r"-\d{2,4}\b")
DOSE = re.compile(r"\b\d+(?:[.,]\d+)?\s*(?:mg|mcg|µg|g|ml|iu|units?|%|mg/kg|mg/m2)\b.*", re.IGNORECASE)
EMPTY_NAMES = frozenset(
    """placebo control observation questionnaire standard care usual care treatment therapy drug surgery intervention exercise
    standard of care usual care no intervention sham biopsy blood sample laboratory biomarker analysis""".split()
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class HeadRule:
    """A head word that makes a name together with the modifiers before it."""

    id: str
    type: EntityType
    regex: re.Pattern[str]
    left: int
    bare: bool
    barred: frozenset[str]  # further words that end its run of modifiers
    example: str
    counter_example: str


@dataclass(frozen=True, slots=True)
class FormRule:
    """A word whose form alone tells what it is: -nib, a company code."""

    id: str
    type: EntityType
    regex: re.Pattern[str]
    example: str
    counter_example: str


@dataclass(frozen=True, slots=True)
class NameRules:
    """The head and form rules, and the words that end a run of modifiers."""

    heads: tuple[HeadRule, ...]
    forms: tuple[FormRule, ...]
    stops: frozenset[str]
    empty: frozenset[str]
    any_head: re.Pattern[str]
    head_starts: re.Pattern[str]  # where a head of any rule begins


@cache
def open_name_rules() -> NameRules:
    """The rules of `ontologies/rules/entities.toml`."""
    table = tomllib.loads(resource("rules", "entities.toml").read_text(encoding="utf-8"))
    heads = tuple(
        HeadRule(r["id"], EntityType(r["type"]), re.compile(rf"(?<![\w-])(?:{r['head']})(?![\w-])"), r["left"], r["bare"],
                 frozenset(r.get("barred", "").split()), r["example"], r["counter_example"])
        for r in table["head"]
    )  # fmt: skip
    forms = tuple(
        FormRule(r["id"], EntityType(r["type"]), re.compile(r["pattern"]), r["example"], r["counter_example"])
        for r in table["form"]
    )
    head = rf"(?:{'|'.join(r['head'] for r in table['head'])})(?![\w-])"
    empty = frozenset(shlex.split(table["empty"]))
    patterns = re.compile(rf"(?<![\w-]){head}"), re.compile(rf"(?<![\w-])(?={head})")
    return NameRules(heads, forms, frozenset(table["stops"].split()), empty, *patterns)


def find_mentions(
    document: Document,
    clauses: Sequence[Clause],
    lexicon: Lexicon,
    names: Mapping[str, str],
    *,
    definitions: Sequence[Abbreviation] = (),
) -> tuple[Mention, ...]:
    """The mentions of a record, in order, outer before inner.

    `names` are its own abbreviations (short -> long), `definitions` the places where it defines them.
    """
    rules = open_name_rules()
    own = _own_names(document, names, lexicon)
    low = document.text.lower()
    out: list[Mention] = []
    for clause in clauses:
        found = [*_from_definitions(document, clause, definitions, lexicon), *_from_own(document, low, clause, own)]
        found += [*_from_lexicon(document, clause, lexicon, names, rules.empty)]
        found += _from_heads(document, clause, found, rules)
        found += _from_forms(document, clause, rules)
        kept = _without_crossing(found)
        out += sorted((*kept, *_from_ellipses(document, clause, kept)), key=lambda m: (m.span.start, -m.span.end))
    return tuple(out)


# ------------------------------------------------------------------ the record's own words
def _own_names(
    document: Document, names: Mapping[str, str], lexicon: Lexicon
) -> list[OwnName]:
    """What the record itself names: its interventions, conditions and abbreviations."""
    table: dict[str, tuple[EntityType, str]] = {}
    for intervention in document.interventions:
        type_ = KIND_OF_INTERVENTION.get(intervention.kind.lower().replace("_", " "), EntityType.PROCEDURE)
        for name in (intervention.name, *intervention.other_names):
            for part in _parts(name, type_ is EntityType.DRUG):
                known = _type_of(part, lexicon)
                if known in (EntityType.DRUG, EntityType.DRUG_CLASS, EntityType.PROCEDURE):
                    table.setdefault(part.lower(), (known, "own-intervention"))
                else:
                    table.setdefault(part.lower(), (type_, "own-intervention"))
    rules_empty = open_name_rules().empty
    for condition in document.conditions:
        known = _type_of(condition, lexicon)
        kept = known or EntityType.DISEASE
        if known is None and (" " not in condition.strip() or POPULATION.search(condition.lower())):
            continue
        if 3 <= len(condition) <= 80 and condition.lower() not in rules_empty:
            table.setdefault(condition.lower(), (kept, "own-condition"))
    for short, long in names.items():
        type_ = _type_of_long(long, lexicon)
        if type_ is not None:
            table.setdefault(short, (type_, "abbreviation"))
            table.setdefault(long.lower(), (type_, "abbreviation-long-form"))
    low = document.text.lower()
    own = []
    for name, (type_, rule) in table.items():
        words = [w for w in SEPARATED.split(name) if w]
        if words and all(word.lower() in low for word in words):
            own.append(OwnName(tuple(words), name.islower(), type_, rule))
    return own


SEPARATED = re.compile(r"[\s-]+")


@dataclass(frozen=True, slots=True)
class OwnName:
    """What the record itself names: blanks and hyphens are alike, a plural is the name, and so are capitals where it has none."""

    words: tuple[str, ...]
    small: bool  # it has no capitals
    type: EntityType
    rule: str

    def find(self, text: str, low: str, span: Span) -> Iterator[Span]:
        """Where the name stands in a stretch of the text, as a whole word; `low` is the text in lower case."""
        if self.small and len(low) == len(text):
            text = low
        at = text.find(self.words[0], span.start, span.end)
        while at >= 0:
            end = self._end(text, at, span.end)
            if end:
                yield Span(at, end)
            at = text.find(self.words[0], end or at + 1, span.end)

    def _end(self, text: str, at: int, stop: int) -> int:
        """Where the name that begins at an offset ends, before `stop`; 0 where it does not stand there."""
        if at and _in_word(text[at - 1]):
            return 0
        end = at + len(self.words[0])
        for word in self.words[1:]:
            gap = SEPARATED.match(text, end, stop)
            if gap is None or not text.startswith(word, gap.end(), stop):
                return 0
            end = gap.end() + len(word)
        for ending in ("s", "es", ""):
            last = end + len(ending)
            if text.startswith(ending, end, stop) and (last >= stop or not _in_word(text[last])):
                return last
        return 0


def _in_word(char: str) -> bool:
    return char.isalnum() or char in "_-"


POPULATION = re.compile(
    r"\b(?:athletes|players|volunteers|healthy|patients|women|men|children|infants|adults|elderly|students|workers|staff|"
    r"caregivers|mothers|nurses|physicians|users|survivors|people|pregnancy test|usability|feasibility|education)\b"
)


def _parts(name: str, agents: bool = True) -> Iterator[str]:
    """A field's name without dose and brackets: "Drug: Sorafenib 400 mg (tablet)" is "Sorafenib"."""
    name = re.sub(r"^[A-Z][A-Za-z ]{3,20}:\s*", "", name)
    name = re.sub(r"\([^)]*\)|[®™*]", " ", name)
    joint = r"\s*(?:\+|/(?=\s)|\band\b|,|\bplus\b|\bwith\b)\s*" if agents else r"\s*(?:\+|/(?=\s)|\bplus\b)\s*"
    for part in re.split(joint, name):
        part = DOSE.sub("", part).strip(" -.;:")
        if 3 <= len(part) <= 60 and part.lower() not in EMPTY_NAMES and not part.isdigit():
            yield part


def _type_of(name: str, lexicon: Lexicon) -> EntityType | None:
    found = lexicon.lookup(name)
    return found[0].type if found else None


def _type_of_long(long: str, lexicon: Lexicon) -> EntityType | None:
    """The type of a long form: as the lexicon knows it, or its end, or as its head word says."""
    words = long.split()
    for cut in range(len(words)):
        found = _type_of(" ".join(words[cut:]), lexicon)
        if found is not None and (cut == 0 or len(words) - cut > 1 or found in (EntityType.DISEASE, EntityType.CELL)):
            return found
    low = long.lower()
    for rule in open_name_rules().heads:
        match = list(rule.regex.finditer(low))
        if match and match[-1].end() == len(low):
            return rule.type
    return None


def _from_definitions(
    document: Document, clause: Clause, definitions: Sequence[Abbreviation], lexicon: Lexicon
) -> list[Mention]:
    """Long forms that leave out a number of their short form: "fibroblast growth factor receptor" before FGFR1."""
    out = []
    for definition in definitions:
        words = definition.long_span.of(document.text)
        if definition.long != words and clause.span.covers(definition.long_span):
            type_ = _type_of_long(definition.long, lexicon)
            if type_ is not None:
                out.append(Mention(definition.long_span, words, type_, "abbreviation-long-form", 1.0, definition.long))
    return out


def _from_own(document: Document, low: str, clause: Clause, own: Iterable[OwnName]) -> list[Mention]:
    text = document.text
    return [
        Mention(span, span.of(text), name.type, name.rule) for name in own for span in name.find(text, low, clause.span)
    ]


# ------------------------------------------------------------------ tables and forms
def _from_lexicon(
    document: Document, clause: Clause, lexicon: Lexicon, names: Mapping[str, str], empty: frozenset[str]
) -> list[Mention]:
    out = []
    for hit in lexicon.scan(document.text, clause.span):
        text = hit.span.of(document.text)
        if text in names or text.lower() in empty:  # what the record defines beats the tables
            continue
        if STUDY_NUMBER.match(document.text, hit.span.end):
            continue  # MK-2870-009 is a study of MK-2870, not the drug
        if text.split()[-1].isupper() and CODE_NUMBER.match(document.text, hit.span.end):
            continue  # BAY 2416964 is no bay, "refractory CD22-positive" no refractory CD
        best = hit.candidates[0]
        if best.score >= 0.7:
            out.append(Mention(hit.span, text, best.type, "lexicon", best.score))
    return out


def _from_heads(document: Document, clause: Clause, found: Sequence[Mention], rules: NameRules) -> list[Mention]:
    """Head words with their modifiers; a modifier run starts at the start of a name that it would cut."""
    low = document.text[clause.span.start : clause.span.end].lower()
    heads = [match.start() for match in rules.head_starts.finditer(low)]
    if len(low) != len(clause.span) or not heads:
        return []
    words = [(m.start(), m.end()) for m in WORD.finditer(low)]
    starts = {start: i for i, (start, _) in enumerate(words)}
    base = clause.span.start
    out = []
    for rule in rules.heads:
        for match in _matches(rule.regex, low, heads):
            at = starts.get(match.start())
            if at is None:
                continue
            first = at
            while first > 0 and at - first < rule.left and _modifies(low, words, first - 1, rules, rule):
                first -= 1
            start = words[first][0]
            start = _at_names(start, match.start(), [(m.span.start - base, m.span.end - base) for m in found])
            if start == match.start() and not rule.bare:
                continue
            if low[start : match.end()] in rules.empty:
                continue
            span = Span(base + start, base + match.end())
            out.append(Mention(span, span.of(document.text), rule.type, rule.id, 0.7))
    return out


def _matches(regex: re.Pattern[str], text: str, places: Sequence[int]) -> Iterator[re.Match[str]]:
    """As `regex.finditer`, which can match at some places only."""
    end = 0
    for place in places:
        match = regex.match(text, place) if place >= end else None
        if match:
            end = match.end()
            yield match


def _at_names(start: int, head: int, names: Sequence[tuple[int, int]]) -> int:
    """Where the run starts once names are respected: one name among the modifiers is kept whole, a second one ends the run."""
    before = [(a, b) for a, b in names if a < head and b <= head and b > start]
    if not before:
        return start
    nearest = max(before, key=lambda name: (name[1], -name[0]))
    cluster = min(a for a, b in before if b > nearest[0])
    others = any(b <= cluster for _, b in before)
    return cluster if others else min(start, cluster)


def _modifies(low: str, words: Sequence[tuple[int, int]], i: int, rules: NameRules, rule: HeadRule) -> bool:
    """Whether word `i` can modify the word behind it: no stop word, no number, no adverb, no plural head word."""
    start, end = words[i]
    word = low[start:end]
    gap = low[end : words[i + 1][0]]
    if (
        gap.strip()
        or "\n" in gap
        or word in rules.stops
        or word in rule.barred
        or not word[0].isalnum()
        or word.isdigit()
    ):
        return False
    if word.endswith("ly"):
        return False
    plural = word.endswith("s") and not word.endswith(("ss", "is", "us"))
    return not (plural and rules.any_head.fullmatch(word))


def _from_forms(document: Document, clause: Clause, rules: NameRules) -> list[Mention]:
    return [
        Mention(Span(m.start(), m.end()), m.group(), rule.type, rule.id, 0.8)
        for rule in rules.forms
        for m in rule.regex.finditer(document.text, clause.span.start, clause.span.end)
    ]


def _from_ellipses(document: Document, clause: Clause, found: Sequence[Mention]) -> list[Mention]:
    """Modifiers that share the head of the name behind them, as names of their own."""
    out = []
    for mention in found:
        if mention.type not in (EntityType.DISEASE, EntityType.CELL, EntityType.PROCESS):
            continue
        ellipsis = shared_head(document.text, clause.span.start, mention.span)
        if ellipsis and not any(m.span.overlaps(ellipsis.span) for m in found):
            words = ellipsis.span.of(document.text)
            out.append(Mention(ellipsis.span, words, mention.type, "shared-head", 0.7, ellipsis.full))
    return out


# ------------------------------------------------------------------ choosing
TRUST = {"own-intervention": 3, "abbreviation": 4, "abbreviation-long-form": 3, "own-condition": 3, "lexicon": 2}


def _without_crossing(found: Sequence[Mention]) -> list[Mention]:
    """One mention a span; nested ones stay. Of crossing ones the name from a table stays, then the longer."""
    best: dict[Span, Mention] = {}
    for mention in found:
        known = best.get(mention.span)
        if known is None or _rank(mention) > _rank(known):
            best[mention.span] = mention
    names = [m for m in best.values() if m.rule in TRUST]
    kept: list[Mention] = []
    for mention in sorted(best.values(), key=lambda m: (m.rule not in TRUST, -len(m.span), m.span.start)):
        if mention.rule not in TRUST and _says_no_more(mention, names):
            continue
        if not any(_cross(mention.span, k.span) for k in kept):
            kept.append(mention)
    return sorted(kept, key=lambda m: (m.span.start, -m.span.end))


def _cross(a: Span, b: Span) -> bool:
    return a.overlaps(b) and not a.covers(b) and not b.covers(a)


def _says_no_more(run: Mention, names: Sequence[Mention]) -> bool:
    """Whether a head-word run only adds modifiers to a name that ends with it, or swallows a neighbour.

    "metastatic colorectal cancer" is "colorectal cancer"; "EGFR tyrosine kinase inhibitor" says more than "tyrosine kinase
    inhibitor", and so does any longer name of a class; "everolimus radionuclide therapy" is two names side by side.
    """
    named = [m for m in names if m.span.end == run.span.end and " " in m.text and len(m.span) < len(run.span)]
    if not named:
        return False
    longest = max(named, key=lambda m: len(m.span))
    modifiers = [m for m in names if run.span.covers(m.span) and m.span.end <= longest.span.start]
    if run.type is not EntityType.DRUG_CLASS:
        return not any(m.type in BIOLOGY for m in modifiers)
    return any(m.type in (EntityType.DRUG, EntityType.DRUG_CLASS, EntityType.PROCEDURE) for m in modifiers)


BIOLOGY = (EntityType.TARGET, EntityType.TARGET_FAMILY)


def _rank(mention: Mention) -> tuple[int, float]:
    return TRUST.get(mention.rule, 1), mention.confidence
