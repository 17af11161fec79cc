"""The walk: the one place that knows the order.

    file -> Document -> Clause -> Mention -> Grounding -> Relation -> Claim -> triples -> query, page

Each room takes what the room before made and hands on something new. Read this file first, then `kg/model.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from kg.claims.assemble import assemble, lean
from kg.entities.rules import find_mentions
from kg.grounding.ground import Grounder
from kg.lexicon.lexicon import Lexicon, open_lexicon
from kg.model import Claim, Clause, Document, EntityType, Grounding, Relation
from kg.relations.rulebook import Rulebook, open_rulebook
from kg.relations.rules import extract_relations, key_of, nest
from kg.sources.contacts import contact_spans
from kg.text.abbreviations import find_abbreviations, long_forms
from kg.text.clauses import split_clauses

CONDITIONS = (EntityType.DISEASE, EntityType.SYMPTOM)
AGENTS = (EntityType.DRUG, EntityType.DRUG_CLASS, EntityType.PROCEDURE)


@dataclass(frozen=True, slots=True)
class Options:
    """What the user may add: synonym tables and ontologies, which beat the shipped ones."""

    lexicons: tuple[Path, ...] = ()
    ontologies: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Reader:
    """What reading needs: the lexicon and the rules. Opened once, used for any number of records."""

    lexicon: Lexicon
    grounder: Grounder
    rulebook: Rulebook

    def read(self, document: Document) -> tuple[Claim, ...]:
        """The claims of one record."""
        clauses = readable_clauses(document)
        definitions = find_abbreviations(document)
        names = long_forms(definitions)
        mentions = find_mentions(document, clauses, self.lexicon, names, definitions=definitions)
        groundings = self.grounder.ground_all(mentions, names)
        relations = relations_of(document, clauses, groundings, self.rulebook)
        return lean(assemble(document, relations))


def open_reader(options: Options | None = None) -> Reader:
    """The reader with the shipped knowledge and the user's own tables."""
    options = options or Options()
    lexicon = open_lexicon(options.lexicons, options.ontologies)
    return Reader(lexicon, Grounder(lexicon), open_rulebook())


def readable_clauses(document: Document) -> tuple[Clause, ...]:
    """The clauses of a record that hold no contact details: those never reach an output."""
    contacts = contact_spans(document.text)
    clauses = split_clauses(document)
    if not contacts:
        return clauses
    return tuple(c for c in clauses if not any(c.span.overlaps(contact) for contact in contacts))


def relations_of(
    document: Document, clauses: Sequence[Clause], groundings: Sequence[Grounding], rulebook: Rulebook
) -> tuple[Relation, ...]:
    """The relations of all clauses, each read with the mentions that stand in it."""
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
    titles = [s.span for s in document.sections if s.name in ("briefTitle", "officialTitle")]
    in_titles, _ = nest([g for g in groundings if any(t.covers(g.mention.span) for t in titles)])
    out = set()
    for rule, types in (("own-intervention", AGENTS), ("own-condition", CONDITIONS)):
        named = {key_of(g) for g in groundings if g.mention.rule == rule}
        out |= named or {key_of(g) for g in in_titles if g.type in types}
    return frozenset(out)
