"""The walk: the one place that knows the order.

    file -> Document -> Clause -> Mention -> Grounding -> Relation -> Claim -> triples -> query, page

Each room takes what the room before made and hands on something new. Read this file first, then `kg/model.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from kg.claims.assemble import assemble, lean
from kg.entities.rules import find_mentions
from kg.grounding.anaphora import take_up
from kg.grounding.ground import Grounder
from kg.grounding.lists import lists_apart
from kg.grounding.places import by_clause, key_of, nest
from kg.lexicon.lexicon import Lexicon, open_lexicon
from kg.model import (
    AGENTS,
    TITLES,
    Claim,
    Clause,
    Document,
    EntityType,
    Grounding,
    Mention,
    Relation,
)
from kg.relations.joint import with_partners
from kg.relations.rulebook import Rulebook, open_rulebook
from kg.relations.rules import extract_relations
from kg.relations.sure import sure
from kg.sources.contacts import contact_spans
from kg.text.abbreviations import find_abbreviations, long_forms
from kg.text.clauses import split_clauses

if TYPE_CHECKING:
    from kg.encoder.encoder import Encoded
    from kg.relations.linear import Learned

CONDITIONS = (EntityType.DISEASE, EntityType.SYMPTOM)


class ReaderKind(StrEnum):
    """Who reads: the rules alone; the rules and a small model of named features; or these and the encoder."""

    RULES = "rules"
    FAST = "fast"
    LEARNED = "learned"


@dataclass(frozen=True, slots=True)
class Options:
    """What the user may choose: who reads and how sure it must be; synonym tables and ontologies of one's own."""

    lexicons: tuple[Path, ...] = ()
    ontologies: tuple[Path, ...] = ()
    reader: ReaderKind = ReaderKind.LEARNED
    least: float | None = None


@dataclass(frozen=True, slots=True)
class Weighed:
    """A record before anything is left out: its clauses, what it names, and what it may say."""

    clauses: tuple[Clause, ...]
    things: tuple[Grounding, ...]
    relations: tuple[Relation, ...]


@dataclass(frozen=True, slots=True)
class Reader:
    """What reading needs: the lexicon, the rules, the model. Opened once, used for any number of records."""

    lexicon: Lexicon
    grounder: Grounder
    rulebook: Rulebook
    model: Learned | None = None
    least: float | None = None

    def read(self, document: Document) -> tuple[Claim, ...]:
        """The claims of one record."""
        return self.told(document, self.weigh(document))

    def weigh(self, document: Document) -> Weighed:
        """What a record names, and all that rules and model read in it, as sure as the model finds it."""
        clauses = readable_clauses(document)
        definitions = find_abbreviations(document)
        names = long_forms(definitions)
        mentions = find_mentions(document, clauses, self.lexicon, names, definitions=definitions)
        things = things_of(document, clauses, mentions, names, self.grounder)
        relations = relations_of(document, clauses, things, self.rulebook)
        if self.model is not None:
            from kg.relations.linear import extract_relations as extract

            encoded = self.model.encoder and self.model.encoder.encode(document, clauses, [g.mention for g in things])
            mentions = add_learned_mentions(document, clauses, mentions, self.model, encoded)
            things = things_of(document, clauses, mentions, names, self.grounder)
            own = own_things(document, things)
            relations = extract(document, clauses, things, self.model, self.rulebook, own, relations, encoded)
        return Weighed(clauses, things, relations)

    def told(self, document: Document, weighed: Weighed) -> tuple[Claim, ...]:
        """The claims of a weighed record, without what a model doubts."""
        relations = weighed.relations
        if self.model is not None:
            relations = sure(document, relations, self.rulebook, self.least)
        return lean(assemble(document, with_partners(document, weighed.clauses, relations)))


def open_reader(options: Options | None = None) -> Reader:
    """The reader with the shipped knowledge and the user's own tables."""
    options = options or Options()
    lexicon = open_lexicon(options.lexicons, options.ontologies)
    model = None
    if options.reader is not ReaderKind.RULES:
        from kg.relations.files import open_fast_model, open_learned  # numpy and the models, only where they read

        model = open_fast_model() if options.reader is ReaderKind.FAST else open_learned()
    return Reader(lexicon, Grounder(lexicon), open_rulebook(), model, options.least)


def readable_clauses(document: Document) -> tuple[Clause, ...]:
    """The clauses of a record that hold no contact details: those never reach an output."""
    contacts = contact_spans(document.text)
    clauses = split_clauses(document)
    if not contacts:
        return clauses
    return tuple(c for c in clauses if not any(c.span.overlaps(contact) for contact in contacts))


def add_learned_mentions(
    document: Document, clauses: Sequence[Clause], mentions: Sequence[Mention], model: Learned, encoded: Encoded | None = None
) -> tuple[Mention, ...]:
    """The mentions of tables and patterns with those that the encoder, or else the tagger, finds."""
    if encoded is not None:
        from kg.entities.encoded import add_encoded

        return add_encoded(document, clauses, mentions, encoded)
    from kg.entities.tagger import add_learned

    assert model.tagger is not None
    return add_learned(document, clauses, mentions, model.tagger)


def things_of(
    document: Document, clauses: Sequence[Clause], mentions: Sequence[Mention], names: Mapping[str, str], grounder: Grounder
) -> tuple[Grounding, ...]:
    """What a record's mentions refer to, lists taken apart, and with them what takes them up ("it", "this drug")."""
    return take_up(document, clauses, lists_apart(document, grounder.ground_all(mentions, names)))


def relations_of(
    document: Document, clauses: Sequence[Clause], groundings: Sequence[Grounding], rulebook: Rulebook
) -> tuple[Relation, ...]:
    """The relations that the rules read in all clauses, each with the mentions that stand in it."""
    own = own_things(document, groundings)
    out: list[Relation] = []
    for clause, inside in by_clause(clauses, groundings):
        out += extract_relations(document, clause, inside, rulebook, own=own)
    return tuple(out)


def own_things(document: Document, groundings: Sequence[Grounding]) -> frozenset[str]:
    """Keys of what the trial itself treats with, and treats: its fields, or, where it has none, what its titles name."""
    titles = [s.span for s in document.sections if s.name in TITLES]
    in_titles, _ = nest([g for g in groundings if any(t.covers(g.mention.span) for t in titles)])
    out = set()
    for rule, types in (("own-intervention", AGENTS), ("own-condition", CONDITIONS)):
        if rule == "own-intervention" and treats_nothing(document):
            continue
        named = {key_of(g) for g in groundings if g.mention.rule == rule}
        out |= named or {key_of(g) for g in in_titles if g.type in types}
    return frozenset(out)


def treats_nothing(document: Document) -> bool:
    """Whether a record only observes, or only tests: its own things treat nothing."""
    if not document.interventions:
        return document.study_type.casefold().startswith("observational")
    return all(i.kind.casefold() == "diagnostic test" for i in document.interventions)
