"""The relation rules and status cues as data: reads `ontologies/rules/*.toml`.

A rule is a pattern over a `Line` (`kg/relations/line.py`). In a pattern, `{subject}` and `{object}` stand for a
mention group of the rule's types, `{any}` for any group, `{name}` for a macro of the file's `[macros]` table; the rest is
a regular expression over lower-case words. `(?P<trigger>…)` marks the words that carry the relation.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache, lru_cache

from kg.errors import LexiconError
from kg.model import SYMMETRIC, EntityType, Grounding, Predicate, Status
from kg.relations.denial import Denial, read_denial
from kg.relations.line import LETTERS
from kg.resources import resource

# The usual types of subject and object, from the annotation guidelines' table of predicates.
AGENT = ("Drug", "DrugClass", "Procedure")
BIOLOGY = ("Target", "TargetFamily", "Variant", "Process", "Cell", "Organism")
USUAL: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "inhibits": ((*AGENT, "Target", "TargetFamily", "Process", "Cell"), BIOLOGY),
    "activates": ((*AGENT, "Target", "TargetFamily", "Process", "Cell", "Organism"), BIOLOGY),
    "targets": (AGENT, BIOLOGY),
    "regulates": (("Target", "TargetFamily", "Process", "Cell", *AGENT), ("Process", "Cell", "Target", "TargetFamily")),
    "implicatedIn": (BIOLOGY, ("Disease", "Symptom")),
    "treats": (AGENT, ("Disease", "Symptom")),
    "approvedFor": (AGENT, ("Disease",)),
    "improves": (AGENT, ("Outcome",)),
    "worsens": ((*AGENT, "Target", "Variant", "Disease", "Symptom"), ("Outcome",)),
    "predicts": (("Target", "TargetFamily", "Variant", "Process", "Cell", "Disease"), ("Outcome",)),
    "resistantTo": (("Disease", "Target", "Variant", "Process", "Cell"), AGENT),
    "combinedWith": (AGENT, AGENT),
    "memberOf": (("Drug", "Target", "TargetFamily", "Procedure"), ("DrugClass", "TargetFamily")),
    "subtypeOf": (("Disease",), ("Disease",)),
    "causes": (("Disease", "Drug", "DrugClass", "Procedure", "Organism", "Process"), ("Disease", "Symptom")),
}


MEAN = 0.8  # share of right statements over all rules, as training/rule_precision.py prints it
PRIOR = 6


@dataclass(frozen=True, slots=True)
class RelationRule:
    """One way in which a text says one predicate."""

    id: str
    predicate: Predicate
    subject: frozenset[EntityType]
    object: frozenset[EntityType]
    regex: re.Pattern[str]
    needs: tuple[str, ...]  # one of these must stand in the line, so that most rules are skipped at once
    status: Status | None  # where the rule itself says the status
    presupposed: (
        bool  # taken for granted whatever the sentence goes on to ask: "whether the EGFR inhibitor gefitinib helps"
    )
    deniable: bool  # False: a negated match says nothing ("patients who have not received X")
    sections: frozenset[str]  # empty: any
    own: bool  # subject must be one of the trial's own interventions
    object_like: re.Pattern[str] | None  # what the object's words must look like
    first: bool  # only the first member of the object's list: "anti-" reaches no further
    confidence: float
    example: str
    counter_example: str


@dataclass(frozen=True, slots=True)
class ClassRule:
    """What the name of a class says of its members: "EGFR inhibitor" says that a member inhibits EGFR."""

    id: str
    predicate: Predicate
    regex: re.Pattern[str]  # over the class name in lower case, with the target as ⟦⟧
    confidence: float
    example: str
    counter_example: str


@dataclass(frozen=True, slots=True)
class Cue:
    """Words that make a statement hypothesised or negated, and how far they reach."""

    id: str
    status: Status
    regex: re.Pattern[str]
    before: int  # words: how far behind the cue the trigger may stand (forward scope)
    after: int  # words: how far before the cue the trigger may stand (backward scope)
    example: str
    counter_example: str


@dataclass(frozen=True, slots=True)
class Rulebook:
    """All that the rule reader knows about sentences."""

    relations: tuple[RelationRule, ...]
    classes: tuple[ClassRule, ...]
    cues: tuple[Cue, ...]
    stops: re.Pattern[str]  # words that end a cue's scope
    never: dict[
        Predicate, re.Pattern[str]
    ]  # subjects (for combinedWith: either end) of which a predicate is never said
    never_object: dict[Predicate, re.Pattern[str]]  # objects that say nothing
    standing: re.Pattern[str]  # words of a combination that is given already
    findings: re.Pattern[str]  # words of a result or an established use: not the trial's own hope
    denial: Denial  # words that deny what a learned reader finds

    plans: frozenset[str] = field(init=False, repr=False)  # rules that read what is planned with the trial's own things
    woken: Callable[[str], frozenset[int]] = field(init=False, repr=False)  # a word of a line -> the rules that it wakes
    phrases: tuple[tuple[str, tuple[int, ...]], ...] = field(init=False, repr=False)  # the same for needs with blanks

    def __post_init__(self) -> None:
        """Notes which rules read plans, and which rules each needed word wakes."""
        object.__setattr__(self, "plans", frozenset(rule.id for rule in self.relations if rule.own))
        needed = _needed(self.relations)

        @lru_cache(maxsize=50_000)
        def woken(word: str) -> frozenset[int]:
            return frozenset(place for part, found in needed if part in word for place in found)

        object.__setattr__(self, "phrases", tuple((part, found) for part, found in needed if " " in part))
        object.__setattr__(self, "woken", woken)

    def ready(self, text: str) -> list[RelationRule]:
        """The relation rules of which a needed word stands in a line, in their order."""
        places = set().union(*map(self.woken, set(text.split(" "))))
        places.update(place for word, found in self.phrases if word in text for place in found)
        return [self.relations[place] for place in sorted(places)]

    def refuses(self, predicate: Predicate, subject: Grounding, object_: Grounding) -> bool:
        """Whether the predicate is never said of such words: a scan treats nothing, whoever reads it."""
        kind = self.never_object.get(predicate)
        if kind is not None and kind.search(object_.mention.text):
            return True
        never = self.never.get(predicate)
        if never is None:
            return False
        ends = (subject, object_) if predicate in SYMMETRIC else (subject,)
        return any(never.search(end.mention.text) for end in ends)


@cache
def open_rulebook() -> Rulebook:
    """The rules shipped with the product."""
    relations = _load("relations.toml")
    status = _load("status.toml")
    macros = relations["macros"]
    return Rulebook(
        tuple(_relation(row, macros) for row in relations["relation"]),
        tuple(_class(row) for row in relations["class"]),
        tuple(_cue(row) for row in status["cue"]),
        re.compile(r"(?<!\S)(?:" + "|".join(status["stops"]) + r")(?!\S)"),
        {Predicate(name): re.compile(words, re.IGNORECASE) for name, words in relations["never"].items()},
        {Predicate(name): re.compile(words, re.IGNORECASE) for name, words in relations["never_object"].items()},
        re.compile(r"(?<!\S)(?:" + status["standing"] + r")(?!\S)"),
        re.compile(r"(?<!\S)(?:" + status["findings"] + r")(?!\S)"),
        read_denial(status["denial"]),
    )


def _needed(rules: tuple[RelationRule, ...]) -> tuple[tuple[str, tuple[int, ...]], ...]:
    """Each needed word with its rules; a rule without one stands with the empty word, which is in every line."""
    words = dict.fromkeys(word for rule in rules for word in rule.needs or ("",))
    return tuple((w, tuple(i for i, rule in enumerate(rules) if w in (rule.needs or ("",)))) for w in words)


def _load(name: str) -> dict:
    path = resource("rules", name)
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise LexiconError(f"{path}: the rules cannot be read: {error}") from error


@cache
def _precision() -> dict[str, list[int]]:
    return json.loads(resource("rules", "precision.json").read_text(encoding="utf-8"))


def confidence_of(rule: str) -> float:
    """How often the rule was right on annotated records, drawn towards the mean of all rules where it spoke seldom.

    The counts are those of `training/rule_precision.py`; PRIOR imaginary statements of average precision are added.
    """
    right, said = _precision().get(rule, (0, 0))
    return round((right + PRIOR * MEAN) / (said + PRIOR), 3)


def _types(names: list[str] | tuple[str, ...]) -> frozenset[EntityType]:
    return frozenset(EntityType(name) for name in names)


def _group(name: str, types: frozenset[EntityType]) -> str:
    letters = "".join(sorted(LETTERS[t] for t in types))
    return f"⟦(?P<{name}>[^⟧]*(?<![^⟦ ])[{letters}]\\d[^⟧]*)⟧"


def _expand(pattern: str, table: dict[str, str]) -> str:
    for _ in range(6):  # macros may use macros
        new = re.sub(r"\{([a-z]\w*)\}", lambda m: table.get(m.group(1), m.group(0)), pattern)
        if new == pattern:
            return pattern
        pattern = new
    return pattern


def _relation(row: dict, macros: dict[str, str]) -> RelationRule:
    usual_subject, usual_object = USUAL[row["predicate"]]
    subject, object_ = _types(row.get("subject", usual_subject)), _types(row.get("object", usual_object))
    table = {**macros, "subject": _group("subject", subject), "object": _group("object", object_), "any": "⟦[^⟧]*⟧"}
    pattern = _expand(row["pattern"], table)
    try:
        regex = re.compile(pattern)
    except re.error as error:
        raise LexiconError(f"rules/relations.toml: rule {row['id']}: {error}") from error
    like = row.get("object_like")
    return RelationRule(
        id=row["id"],
        predicate=Predicate(row["predicate"]),
        subject=subject,
        object=object_,
        regex=regex,
        needs=tuple(row.get("needs", ())),
        status=Status(row["status"]) if "status" in row else None,
        presupposed=row.get("presupposed", False),
        deniable=row.get("deniable", True),
        sections=frozenset(row.get("sections", ())),
        own=row.get("own", False),
        object_like=re.compile(like, re.IGNORECASE) if like else None,
        first=row.get("first", False),
        confidence=confidence_of(row["id"]),
        example=row["example"],
        counter_example=row["counter_example"],
    )


def _class(row: dict) -> ClassRule:
    return ClassRule(
        row["id"],
        Predicate(row["predicate"]),
        re.compile(row["pattern"]),
        confidence_of(row["id"]),
        row["example"],
        row["counter_example"],
    )


def _cue(row: dict) -> Cue:
    return Cue(
        row["id"],
        Status(row["status"]),
        re.compile(r"(?<!\S)(?:" + row["pattern"] + r")(?!\S)"),
        row.get("before", 40),
        row.get("after", 0),
        row["example"],
        row["counter_example"],
    )
