"""Which genes belong to a family or complex (FamPlex), from `ontologies/lexicon/families.tsv`."""

from __future__ import annotations

from functools import cache

from kg.lexicon.tables import grouped
from kg.resources import resource


@cache
def _direct() -> dict[str, tuple[str, ...]]:
    return grouped(resource("lexicon", "families.tsv"), "family", "member")


def family_members(id_: str) -> tuple[str, ...]:
    """The genes of a family, those of its subfamilies too, sorted; nothing for an id that is no family.

    >>> family_members("FPLX:MEK")
    ('hgnc:6840', 'hgnc:6842')
    """
    seen: set[str] = set()
    ahead = [id_]
    while ahead:
        for member in _direct().get(ahead.pop(), ()):
            if member not in seen:
                seen.add(member)
                ahead.append(member)
    return tuple(sorted(m for m in seen if m.startswith("hgnc:")))
