"""The walk: the one place that knows the order.

    file -> Document -> Clause -> Mention -> Grounding -> Relation -> Claim -> triples -> query, page

Each room takes what the room before made and hands on something new. Read this file first, then `kg/model.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from kg.claims.assemble import assemble, lean
from kg.entities.rules import find_mentions
from kg.grounding.ground import Grounder
from kg.lexicon.lexicon import Lexicon, open_lexicon
from kg.model import AGENTS, TITLES, Claim, Clause, Document, EntityType, Grounding, Mention, Relation
from kg.relations.joint import with_partners
from kg.relations.rulebook import Rulebook, open_rulebook
from kg.relations.rules import extract_relations, key_of, nest
from kg.relations.union import unite
from kg.sources.contacts import contact_spans
from kg.text.abbreviations import find_abbreviations, long_forms
from kg.text.clauses import split_clauses

if TYPE_CHECKING:
    from kg.relations.linear import FastModel

LEAST = 0.7  # of what the model reads, less sure relations are left out: see DECISIONS.md
CONDITIONS = (EntityType.DISEASE, EntityType.SYMPTOM)


class ReaderKind(StrEnum):
    """Who reads: the rules alone, or the rules and the trained model."""

    RULES = "rules"
    LEARNED = "learned"


@dataclass(frozen=True, slots=True)
class Options:
    """What the user may choose: who reads and how sure it must be; synonym tables and ontologies of one's own."""

    lexicons: tuple[Path, ...] = ()
    ontologies: tuple[Path, ...] = ()
    reader: ReaderKind = ReaderKind.LEARNED
    least: float = LEAST


@dataclass(frozen=True, slots=True)
class Reader:
    """What reading needs: the lexicon, the rules, the model. Opened once, used for any number of records."""

    lexicon: Lexicon
    grounder: Grounder
    rulebook: Rulebook
    model: FastModel | None = None
    least: float = LEAST

    def read(self, document: Document) -> tuple[Claim, ...]:
        """The claims of one record."""
        clauses = readable_clauses(document)
        definitions = find_abbreviations(document)
        names = long_forms(definitions)
        mentions = find_mentions(document, clauses, self.lexicon, names, definitions=definitions)
        groundings = self.grounder.ground_all(mentions, names)
        relations = relations_of(document, clauses, groundings, self.rulebook)
        if self.model is not None:
            mentions = add_learned_mentions(document, clauses, mentions, self.model)
            groundings = self.grounder.ground_all(mentions, names)
            learned = learned_relations(document, clauses, groundings, self.model, self.rulebook, self.least)
            relations = unite(relations, learned)
        return lean(assemble(document, with_partners(document, clauses, relations)))


def open_reader(options: Options | None = None) -> Reader:
    """The reader with the shipped knowledge and the user's own tables."""
    options = options or Options()
    lexicon = open_lexicon(options.lexicons, options.ontologies)
    model = None
    if options.reader is ReaderKind.LEARNED:
        from kg.relations.fast_files import open_fast_model  # numpy and the tagger, only where they read

        model = open_fast_model()
    return Reader(lexicon, Grounder(lexicon), open_rulebook(), model, options.least)


def readable_clauses(document: Document) -> tuple[Clause, ...]:
    """The clauses of a record that hold no contact details: those never reach an output."""
    contacts = contact_spans(document.text)
    clauses = split_clauses(document)
    if not contacts:
        return clauses
    return tuple(c for c in clauses if not any(c.span.overlaps(contact) for contact in contacts))


def add_learned_mentions(
    document: Document, clauses: Sequence[Clause], mentions: Sequence[Mention], model: FastModel
) -> tuple[Mention, ...]:
    """The mentions of tables and patterns with those that the tagger finds."""
    from kg.entities.tagger import add_learned

    return add_learned(document, clauses, mentions, model.tagger)


def learned_relations(
    document: Document,
    clauses: Sequence[Clause],
    groundings: Sequence[Grounding],
    model: FastModel,
    rulebook: Rulebook,
    least: float,
) -> tuple[Relation, ...]:
    """What the model reads in the whole record and is sure enough of."""
    from kg.relations.linear import extract_relations as extract

    found = extract(document, clauses, groundings, model, rulebook, own_things(document, groundings))
    return tuple(r for r in found if r.confidence >= least and not rulebook.refuses(r.predicate, r.subject, r.object))


def relations_of(
    document: Document, clauses: Sequence[Clause], groundings: Sequence[Grounding], rulebook: Rulebook
) -> tuple[Relation, ...]:
    """The relations that the rules read in all clauses, each with the mentions that stand in it."""
    own = own_things(document, groundings)
    out: list[Relation] = []
    for clause, inside in by_clause(clauses, groundings):
        out += extract_relations(document, clause, inside, rulebook, own=own)
    return tuple(out)


def by_clause(
    clauses: Sequence[Clause], groundings: Sequence[Grounding]
) -> Iterable[tuple[Clause, tuple[Grounding, ...]]]:
    """Each clause with the groundings of its mentions; both come in the order of the text."""
    at = 0
    for clause in clauses:
        while at < len(groundings) and groundings[at].mention.span.start < clause.span.start:
            at += 1
        end = at
        while end < len(groundings) and groundings[end].mention.span.start < clause.span.end:
            end += 1
        yield clause, tuple(groundings[at:end])
        at = end


def own_things(document: Document, groundings: Sequence[Grounding]) -> frozenset[str]:
    """Keys of what the trial itself gives and treats: its fields, or, where it has none, what its titles name."""
    titles = [s.span for s in document.sections if s.name in TITLES]
    in_titles, _ = nest([g for g in groundings if any(t.covers(g.mention.span) for t in titles)])
    out = set()
    for rule, types in (("own-intervention", AGENTS), ("own-condition", CONDITIONS)):
        named = {key_of(g) for g in groundings if g.mention.rule == rule}
        out |= named or {key_of(g) for g in in_titles if g.type in types}
    return frozenset(out)
