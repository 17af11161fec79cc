"""Shared heads: "gastrointestinal or pulmonary neuroendocrine neoplasms" names two things, the first without its head.

Comes in: a clause's text and the names found in it. Goes out: the bare modifier with the full name it stands for. The
text is never changed; the full name is only a label to look up.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from kg.model import Span

ADJECTIVE = re.compile(
    r"([A-Za-z][A-Za-z-]*(?:ic|al|ar|ary|ous|oid|ive|ine|ed|cell))(\s*(?:,|/|\band\b|\bor\b|\band/or\b)\s+)$"
)
# Adjectives of stage and course describe both members and name nothing by themselves.
COURSE = frozenset(
    """metastatic advanced localized localised chronic recurrent resected unresected differentiated untreated relapsed treated
    clinical severe critical typical surgical medical physical general oral local initial final total several moderate""".split()
)


@dataclass(frozen=True, slots=True)
class Ellipsis:
    """A modifier that stands for a whole name: its span, and the name with the head restored."""

    span: Span
    full: str


def shared_head(text: str, start: int, name: Span) -> Ellipsis | None:
    """The modifier before `name` that shares its head, or None. `start` is where the clause begins.

    >>> text = "gastrointestinal or pulmonary neuroendocrine neoplasms"
    >>> shared_head(text, 0, Span(20, 54)).full
    'gastrointestinal neuroendocrine neoplasms'
    """
    first, _, rest = name.of(text).partition(" ")
    if not rest or not re.search(r"(?:ic|al|ar|ary|ous|oid|ive|ine|ed|cell)$", first):
        return None
    match = ADJECTIVE.search(text, max(start, name.start - 60), name.start)
    if match is None or match.group(1).lower() in COURSE or match.group(1).lower() == first.lower():
        return None
    return Ellipsis(Span(match.start(1), match.end(1)), f"{match.group(1)} {rest}")
