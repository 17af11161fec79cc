"""Short forms that the record does not define, settled by what else it names: groundings in, groundings out.

A record that writes "Pendred syndrome" and then "PDS" means one thing by both. A short form without a concept takes the
one whose long name, written elsewhere in the record, it abbreviates letter by letter; a short form that several concepts share
goes to the one that the record names at length, if it names only that one. Figures: DECISIONS 27.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from kg.grounding.forms import DEFINED
from kg.model import Candidate, Grounding

SHORT = re.compile(r"(?=(?:.*[A-Z]){2})[A-Za-z][A-Za-z0-9-]{1,6}")
WORD = re.compile(r"[A-Za-z]+|\d+")
LONG = 8  # characters of a name that tells what a short form means
SMALL = frozenset(("of", "and", "the", "in", "with", "for", "to", "type"))
MEMBER = ("member, by", "gene of the", "target of the")  # what is no rival: a part of what was found
COST = 0.1  # of a meaning told by the rest of the record


def settle(groundings: Sequence[Grounding]) -> tuple[Grounding, ...]:
    """The groundings of one record, in their order, with its short forms settled."""
    unsettled = [_open(g) for g in groundings]
    if not any(unsettled):
        return tuple(groundings)
    named = tuple({(g.mention.text, g.type): g for g in groundings if len(g.mention.text) >= LONG}.values())
    return tuple(_settled(g, named) if it_is else g for g, it_is in zip(groundings, unsettled, strict=True))


def _open(grounding: Grounding) -> bool:
    """Whether a short form has no concept yet, or one of several, and the record does not define it."""
    text = grounding.mention.text
    return (
        len(text) < LONG
        and (not grounding.id or len(grounding.candidates) > 1)
        and DEFINED not in grounding.reasons
        and bool(SHORT.fullmatch(text))
    )


def _settled(grounding: Grounding, named: Sequence[Grounding]) -> Grounding:
    text, type_ = grounding.mention.text, grounding.type
    if grounding.id:
        rivals = {c.id for c in grounding.candidates if c.type is type_ and not c.reasons[-1].startswith(MEMBER)}
        found = {g.id: g for g in named if g.id in rivals}
    else:
        short = text.replace("-", "").upper()
        found = {g.id: g for g in named if g.type is type_ and short in _initials(g.mention.text)}
    if len(found) != 1 or grounding.id in found:  # several meanings, its own, or an unknown one
        return grounding
    meant = next(iter(found.values()))
    return replace(
        meant,
        mention=grounding.mention,
        score=round(max(0.05, meant.score - COST), 3),
        reasons=(f"named in full in the record: {meant.mention.text}", *meant.reasons),
        candidates=_kept(meant, grounding.candidates),
    )


def _initials(text: str) -> frozenset[str]:
    """What abbreviates a name letter by letter, with and without its small words; numbers stay whole."""
    words = WORD.findall(text)
    return frozenset(
        "".join(w[0].upper() if w.isalpha() else w for w in words if w.lower() not in left_out) for left_out in (SMALL, ())
    )


def _kept(meant: Grounding, considered: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """The candidates of the meaning, then what else the short form may stand for."""
    ids = {c.id for c in meant.candidates}
    return (*meant.candidates, *(c for c in considered if c.id not in ids))
