"""Every record that travels from file to graph: frozen, made of strings, numbers, enums and tuples.

The walk is `file -> Document -> Clause -> Mention -> Grounding -> Relation -> Claim -> triples`. Each room takes
what the room before made and hands on something new.

All spans are half-open and count code points. A `Span` that a `Clause`, `Mention` or `Relation` holds counts in
`Document.text` (the reading text); `Evidence` counts in the text of its section as the record has it.
"""

from __future__ import annotations

import bisect
import hashlib
from dataclasses import dataclass, field
from enum import StrEnum


class EntityType(StrEnum):
    """What a thing is: the closed list of the annotation guidelines."""

    DRUG = "Drug"
    DRUG_CLASS = "DrugClass"
    PROCEDURE = "Procedure"
    TARGET = "Target"
    TARGET_FAMILY = "TargetFamily"
    VARIANT = "Variant"
    PROCESS = "Process"
    CELL = "Cell"
    DISEASE = "Disease"
    SYMPTOM = "Symptom"
    ORGANISM = "Organism"
    OUTCOME = "Outcome"


class Predicate(StrEnum):
    """What a claim says of two things: the closed list of the annotation guidelines."""

    INHIBITS = "inhibits"
    ACTIVATES = "activates"
    TARGETS = "targets"
    REGULATES = "regulates"
    IMPLICATED_IN = "implicatedIn"
    TREATS = "treats"
    APPROVED_FOR = "approvedFor"
    IMPROVES = "improves"
    WORSENS = "worsens"
    PREDICTS = "predicts"
    RESISTANT_TO = "resistantTo"
    COMBINED_WITH = "combinedWith"
    MEMBER_OF = "memberOf"
    SUBTYPE_OF = "subtypeOf"
    CAUSES = "causes"


SYMMETRIC = frozenset({Predicate.COMBINED_WITH})
AGENTS = (EntityType.DRUG, EntityType.DRUG_CLASS, EntityType.PROCEDURE)  # what a trial may give
TITLES = ("briefTitle", "officialTitle")  # sections that state a plan


class Status(StrEnum):
    """How far the record stands behind a claim."""

    ASSERTED = "asserted"
    HYPOTHESISED = "hypothesised"
    NEGATED = "negated"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of text: half-open, in code points. Spans that only touch do not overlap.

    >>> Span(0, 4).of("EGFR inhibitor")
    'EGFR'
    """

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.end:
            raise ValueError(f"not a span: {self.start}..{self.end}")

    def __len__(self) -> int:
        return self.end - self.start

    def of(self, text: str) -> str:
        """The text under the span."""
        return text[self.start : self.end]

    def covers(self, other: Span) -> bool:
        """Whether `other` lies inside this span."""
        return self.start <= other.start and other.end <= self.end

    def overlaps(self, other: Span) -> bool:
        """Whether the two share a character."""
        return self.start < other.end and other.start < self.end

    def shift(self, by: int) -> Span:
        """The same stretch in a text that starts `by` code points earlier."""
        return Span(self.start + by, self.end + by)

    def join(self, other: Span) -> Span:
        """The shortest span that covers both."""
        return Span(min(self.start, other.start), max(self.end, other.end))


@dataclass(frozen=True, slots=True)
class Section:
    """One free-text field of a record, as written and as read.

    `text` is the field as the record has it (after the container's own decoding: JSON string, XML entities).
    `reading` is the form that rules and models see: hard wraps joined, backslash escapes, ligatures, full-width
    punctuation and look-alike letters resolved. `origin[i]` is the offset in `text` of the character that gave
    `reading[i]`; it has one entry more than `reading` and never falls.
    `start` is where `reading` begins in `Document.text`.
    """

    name: str  # briefTitle, officialTitle, briefSummary, detailedDescription
    text: str
    reading: str
    origin: tuple[int, ...] | None  # None: reading and text are the same, offset for offset
    start: int

    @property
    def span(self) -> Span:
        """Where the section stands in `Document.text`."""
        return Span(self.start, self.start + len(self.reading))

    def original(self, span: Span) -> Span:
        """Where a span of `Document.text` stands in the section's own `text`."""
        start, end = span.start - self.start, span.end - self.start
        if self.origin is None:
            return Span(start, end)
        if start == end:
            return Span(self.origin[start], self.origin[start])
        # The last character's source ends where the next one's begins. A ligature gives several characters one
        # offset, so the end is the next offset that is higher; the entry after the last character always is.
        last = self.origin[end - 1]
        while self.origin[end] == last:
            end += 1
        return Span(self.origin[start], self.origin[end])


@dataclass(frozen=True, slots=True)
class Intervention:
    """What the trial gives, as its structured field says."""

    kind: str  # Drug, Biological, Procedure, Behavioral, … as the record writes it; "" where unknown
    name: str
    other_names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Trial:
    """What the graph says of a record besides its claims; no contacts, no free text."""

    nct: str
    title: str = ""
    conditions: tuple[str, ...] = ()
    interventions: tuple[str, ...] = ()
    phases: tuple[str, ...] = ()
    study_type: str = ""
    overall_status: str = ""
    start_date: str = ""
    version_date: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """One trial record: its prose, and those structured fields that help to read it.

    `text` is the reading text of all sections, joined by blank lines. No contact names, phones or e-mail
    addresses are carried.
    """

    nct: str
    source: str  # the file (and member or line) it came from, for messages
    layout: str  # study-view, api-v2, full-studies, xml, scale-row, …
    text: str
    sections: tuple[Section, ...]
    conditions: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    interventions: tuple[Intervention, ...] = ()
    phases: tuple[str, ...] = ()
    study_type: str = ""
    overall_status: str = ""
    sponsor: str = ""
    start_date: str = ""
    version_date: str = ""  # the day the registry processed the record, where it says so
    punctuated: bool = True  # False: the layout lost its punctuation, so numbers may be damaged

    @property
    def trial(self) -> Trial:
        """The record's structured part, as the graph carries it."""
        titles = {section.name: section.text for section in self.sections}
        title = titles.get("briefTitle") or titles.get("officialTitle") or ""
        return Trial(
            self.nct,
            " ".join(title.split()),
            self.conditions,
            tuple(i.name for i in self.interventions),
            self.phases,
            self.study_type,
            self.overall_status,
            self.start_date,
            self.version_date,
        )

    def section_at(self, offset: int) -> Section:
        """The section that holds the character at `offset` of `text`."""
        starts = [section.start for section in self.sections]
        return self.sections[max(0, bisect.bisect_right(starts, offset) - 1)]

    def quote(self, span: Span) -> tuple[Section, Span, str]:
        """Section, span in the section's own text, and the verbatim words under a span of `text`."""
        section = self.section_at(span.start)
        original = section.original(span)
        return section, original, original.of(section.text)


@dataclass(frozen=True, slots=True)
class Clause:
    """A stretch of one section that says one thing; the unit that relations are read from."""

    section: str
    span: Span


@dataclass(frozen=True, slots=True)
class Mention:
    """Words of the record that name one thing."""

    span: Span
    text: str
    type: EntityType
    rule: str  # what found it: lexicon, abbreviation, pattern id, or the model's name
    confidence: float = 1.0
    full: str = ""  # the whole name, where an ellipsis hides its head: "gastrointestinal [neuroendocrine neoplasms]"
    stands_for: Span | None = None  # the name before it that the words take up: "it", "this drug"


@dataclass(frozen=True, slots=True)
class Candidate:
    """One concept that a name may stand for."""

    id: str  # CURIE, e.g. hgnc:3236, CHEBI:49668, MONDO:0005233
    label: str
    type: EntityType
    score: float
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Grounding:
    """What a mention refers to.

    `id` is the best candidate's CURIE, or "" where none was found or none could be chosen: then `reasons` say why
    and `candidates` keeps what was considered. `label` is the preferred name, or the record's own long form.
    `qualifiers` are modifiers left out to find the concept ("advanced", "EGFR-mutated").
    """

    mention: Mention
    id: str
    label: str
    type: EntityType
    score: float
    reasons: tuple[str, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    qualifiers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Relation:
    """A statement found in one place of the text: two groundings and the words that join them."""

    subject: Grounding
    predicate: Predicate
    object: Grounding
    status: Status
    support: Span  # the quote: covers subject, object and trigger
    trigger: Span
    cues: tuple[Span, ...]  # the words that gave the status
    rule: str
    confidence: float
    partners: tuple[str, ...] = ()  # what the subject is combined with here: said of the combination, not of it alone


@dataclass(frozen=True, slots=True)
class Entity:
    """A node of the graph: a concept with an identifier, or a name that stays local to its label."""

    id: str  # CURIE; local names are kgl:type/slug
    label: str
    type: EntityType


@dataclass(frozen=True, slots=True)
class Role:
    """The words that stand for subject or object in one quote, and how they were grounded.

    `start` and `end` count in the section's text, like those of the evidence that holds them.
    """

    text: str
    start: int
    end: int
    score: float = 1.0  # confidence of the grounding alone
    reasons: tuple[str, ...] = ()  # "exact", "abbreviation defined in the record", "no concept found", …
    candidates: tuple[str, ...] = ()  # CURIEs that were considered, the chosen one first
    qualifiers: tuple[str, ...] = ()  # modifiers left out: "advanced", "EGFR-mutated"


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where a record says it. `start` and `end` count in the section's text as the record has it."""

    nct: str
    section: str
    start: int
    end: int
    quote: str
    subject: Role
    object: Role
    trigger: str
    cues: tuple[str, ...]
    status: Status
    rule: str
    confidence: float  # of the extraction alone
    partners: tuple[str, ...] = ()  # what the subject is combined with here: said of the combination, not of it alone

    @property
    def id(self) -> str:
        """A stable name: hash of what was said where."""
        parts = (
            self.nct,
            self.section,
            self.start,
            self.end,
            self.rule,
            self.status,
            self.quote,
            self.subject.start,
            self.subject.end,
            self.object.start,
            self.object.end,
        )
        return hashlib.sha256("\t".join(map(str, parts)).encode()).hexdigest()[:20]


PLAIN = 0.81  # confidence from which an asserted claim is stated as a bare triple: eight in ten of these are in the gold: DECISIONS.md


@dataclass(frozen=True, slots=True)
class Claim:
    """One statement with its support. The id is a hash of triple and polarity: new evidence does not rename it.

    `status` is that of the claim as a whole: asserted beats hypothesised; a negated claim is a claim of its own.
    `confidence` combines records, not sentences: a record counts once, however often it repeats itself.
    """

    subject: Entity
    predicate: Predicate
    object: Entity
    status: Status
    confidence: float
    evidence: tuple[Evidence, ...] = field(default=())

    @property
    def negated(self) -> bool:
        """Whether the records say that it does not hold."""
        return self.status is Status.NEGATED

    @property
    def said_alone(self) -> bool:
        """Whether a record asserts it, without denial, of the subject alone: what is said of a combination only is not."""
        return self.status is Status.ASSERTED and any(not e.partners for e in self.support)

    @property
    def plain(self) -> bool:
        """Whether the graph may state it as a bare triple: asserted of the subject alone, and sure enough (`PLAIN`)."""
        return self.said_alone and self.confidence >= PLAIN

    @property
    def support(self) -> tuple[Evidence, ...]:
        """The evidence that the claim's status rests on: a hypothesis supports no assertion.

        Where some of it is said of the subject alone, only that counts.
        """
        same = tuple(e for e in self.evidence if e.status is self.status)
        return tuple(e for e in same if not e.partners) or same

    @property
    def id(self) -> str:
        """Hash of subject, predicate, object and polarity."""
        return claim_id(self.subject.id, self.predicate, self.object.id, self.negated)

    @property
    def supporting_records(self) -> tuple[str, ...]:
        """The trials whose evidence the status rests on, sorted."""
        return tuple(sorted({e.nct for e in self.support}))

    @property
    def records(self) -> tuple[str, ...]:
        """The trials that say it, sorted."""
        return tuple(sorted({e.nct for e in self.evidence}))


def claim_id(subject: str, predicate: Predicate, object_: str, negated: bool) -> str:
    """The hash that names a claim: sha256 over triple and polarity, 20 hex digits."""
    ends = (subject, object_)
    if predicate in SYMMETRIC:
        ends = tuple(sorted(ends))
    key = "\t".join((ends[0], predicate.value, ends[1], "not" if negated else ""))
    return hashlib.sha256(key.encode()).hexdigest()[:20]


@dataclass(frozen=True, slots=True)
class Reject:
    """A record that could not be read, and why. The rest go on."""

    source: str
    reason: str
    nct: str = ""
