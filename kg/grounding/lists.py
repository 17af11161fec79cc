"""Groundings of a record that lost its punctuation -> the same, without names that are lists run together.

"propofol, etomidate" without its comma looks like one name to a model, and would be grounded as its last member with the others
as modifiers. Where a name that no vocabulary has is made of known names of its type side by side, these stay and it goes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from kg.grounding.places import key_of
from kg.model import Document, EntityType, Grounding

SICK = frozenset({EntityType.DISEASE, EntityType.SYMPTOM})  # alike where three or more stand side by side
HEADS = re.compile(
    r"(?:infection|disease|disorder|syndrome|tumou?r|cancer|cell|therapy|treatment|injury|pain|attack|adjuvant)s?", re.IGNORECASE
)
MODIFIER = re.compile(r"(?:ic|al|ive|ous|ed|ing|ar|ary|oid)$", re.IGNORECASE)  # an adjective: "diabetic bone disease" is no list
SHORTEST = 4  # letters of a member


def lists_apart(document: Document, groundings: Sequence[Grounding]) -> tuple[Grounding, ...]:
    """The groundings in order; of text with punctuation all of them."""
    if document.punctuated:
        return tuple(groundings)
    starts: dict[int, list[Grounding]] = {}
    for g in groundings:
        starts.setdefault(g.mention.span.start, []).append(g)
    return tuple(g for g in groundings if not _is_list(g, starts))


def _is_list(whole: Grounding, starts: dict[int, list[Grounding]]) -> bool:
    """Whether a name without a concept of its own is nothing but others of its type, not all of one thing."""
    if " " not in whole.mention.text or "exact" in whole.reasons:
        return False
    members = _members(whole, whole.mention.span.start, starts)
    alike = len({m.mention.type for m in members}) == 1 or len(members) > 2
    return alike and len({key_of(m) for m in members}) == len(members) > 1


def _members(whole: Grounding, at: int, starts: dict[int, list[Grounding]]) -> list[Grounding]:
    """The known names that fill the rest of a name, the longest first; none where they do not."""
    end = whole.mention.span.end
    types = SICK if whole.mention.type in SICK else {whole.mention.type}
    for member in sorted(starts.get(at, ()), key=lambda g: -g.mention.span.end):
        stop = member.mention.span.end
        if member is whole or stop > end or member.mention.type not in types or not _stands_alone(member):
            continue
        if stop == end:
            return [member]
        rest = _members(whole, stop + 1, starts)
        if rest:
            return [member, *rest]
    return []


def _stands_alone(member: Grounding) -> bool:
    """Whether a name can be a member of a list: one that a vocabulary has as it stands, and no short form, adjective or bare head."""
    name = member.mention.text
    if not member.id or "exact" not in member.reasons:
        return False
    return " " in name or (len(name) >= SHORTEST and not (name.isupper() or HEADS.fullmatch(name) or MODIFIER.search(name)))
