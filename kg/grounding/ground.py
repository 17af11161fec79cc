"""Finds the concept that a mention refers to: mention in, grounding out, with reasons and the runners-up.

What the record defines beats the lexicon; a fitting type beats a better name; symbol beats name beats alias beats
previous symbol (the lexicon's order). No concept found is a result with its reason. How mentions are found and what is
said of them is left to the neighbours.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from kg.grounding.context import settle
from kg.grounding.forms import (
    CODE,
    DEFINED,
    FIRST,
    Form,
    alteration_parts,
    bracketed,
    class_parts,
    forms_of,
    slash_parts,
    variant_parts,
)
from kg.lexicon.lexicon import Lexicon
from kg.lexicon.names import letters, normal_form
from kg.lexicon.tables import local_id
from kg.model import Candidate, EntityType, Grounding, Mention

__all__ = ["ground", "local_id"]

_T = EntityType
_KIN = (
    frozenset({_T.DRUG, _T.DRUG_CLASS}),
    frozenset({_T.DISEASE, _T.SYMPTOM}),
    frozenset({_T.OUTCOME, _T.SYMPTOM}),
    frozenset({_T.TARGET, _T.TARGET_FAMILY, _T.VARIANT}),
    frozenset({_T.PROCEDURE, _T.DRUG_CLASS}),
    frozenset({_T.ORGANISM, _T.DISEASE}),
    frozenset({_T.PROCESS, _T.SYMPTOM}),
    frozenset({_T.PROCESS, _T.DISEASE}),
)
_GENES = (_T.TARGET, _T.TARGET_FAMILY)
KIN_COST = 0.08  # of a concept whose type is a neighbour of the mention's
HORMONE_COST = 0.42  # of a substance where a gene or its product is meant, or the other way round
OTHER_COST = 0.6  # of a concept of quite another type
GENE_NAMES = ("symbol", "overlay", "curated", "alias", "previous")  # what a gene's short form may be in the lexicon
WEAK_NAMES = ("alias", "previous", "related")  # of which none tells the first of its kind
PARTNERS = frozenset(("receptor", "receptors", "ligand", "ligands"))  # words that make another gene of a gene
LOOSE = 0.1  # cost from which a form leaves out what may matter
ENOUGH = 0.55  # value from which a candidate is taken
LAYER_GAIN = 0.1  # of overlay and user table
APPROXIMATE_COST = 0.25
APPROXIMATE_LETTERS = 8
REMEMBERED = 200_000  # names that a Grounder keeps
LONGEST = 300  # characters of a mention; longer ones are not looked up


class Grounder:
    """Grounds the mentions of many records; what it found once for a name it does not look up again.

    A name that holds no word that the record defines is grounded alike in every record.
    """

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._known: dict[tuple[str, EntityType, str], Grounding] = {}

    def ground_all(self, mentions: Iterable[Mention], document_names: Mapping[str, str]) -> tuple[Grounding, ...]:
        """The groundings of one record's mentions, in their order; what it names in full tells its short forms."""
        names = with_normal_forms(document_names)
        here: dict[tuple[str, EntityType, str], Grounding] = {}
        out = []
        for mention in mentions:
            key = (mention.text, mention.type, mention.full)
            own = names and (
                mention.text in names or any(normal_form(word.strip("()")) in names for word in mention.text.split())
            )
            cache = here if own else self._known
            found = cache.get(key)
            if found is None:
                if len(self._known) >= REMEMBERED:
                    self._known.clear()
                found = cache[key] = _ground(mention, names, self._lexicon)
            out.append(_of(mention, found))
        return settle(out)


def _of(mention: Mention, found: Grounding) -> Grounding:
    """What was found for a name, for another mention of it."""
    return Grounding(
        mention, found.id, found.label, found.type, found.score, found.reasons, found.candidates, found.qualifiers
    )


def with_normal_forms(document_names: Mapping[str, str]) -> dict[str, str]:
    """The record's abbreviations under their normal forms as well."""
    return {**{normal_form(short): long for short, long in document_names.items()}, **document_names}


def ground(mention: Mention, document_names: Mapping[str, str], lexicon: Lexicon, *, limit: int = 5) -> Grounding:
    """The concept that a mention refers to, or a NIL grounding (id "") whose reasons say why.

    `document_names` maps an abbreviation (as written, or its normal form) to the long form that the record gives it.
    """
    return _ground(mention, with_normal_forms(document_names), lexicon, limit)


def _ground(mention: Mention, names: Mapping[str, str], lexicon: Lexicon, limit: int = 5) -> Grounding:
    if len(mention.text) > LONGEST:
        return Grounding(mention, "", mention.text[:LONGEST], mention.type, 0.0, ("too long for a name",))
    defined = names.get(mention.text) or names.get(normal_form(mention.text))
    considered: dict[str, Candidate] = {}
    found = None if defined else _parts(mention, lexicon, limit)
    if found:
        return found
    for form in forms_of(mention.full or mention.text, mention.type, names):
        candidates = lexicon.lookup(form.text)
        if form.reasons and lexicon.is_stop(form.text):
            continue
        for candidate in candidates:
            considered.setdefault(candidate.id, candidate)
        best = _best(candidates, mention.type, defined or form.text, plain=not form.cost)
        if best and not _turned(form, best, lexicon) and not _weak_first(form, best):
            symbol = _symbol(mention, lexicon) if defined and not _names_gene(best, form) else None
            if symbol:
                form = Form(mention.text, ("long form names no gene, short form does",), 0.1)
            return _grounded(mention, symbol or best, form, candidates, limit)
    return (
        _by_short_form(mention, defined, lexicon, limit)
        or _composed(mention, defined, lexicon)
        or _approximate(mention, lexicon, limit)
        or _code(mention)
        or _last_resort(mention, lexicon, limit)
        or _nil(mention, defined, tuple(considered.values())[:limit])
    )


def _names_gene(best: Candidate, form: Form) -> bool:
    """Whether a long form was found as it stands, and as a gene or a family that a gene nomenclature knows."""
    return form.cost < LOOSE and not (best.type in _GENES and best.id.startswith("MESH:"))


def _symbol(mention: Mention, lexicon: Lexicon) -> Candidate | None:
    """The gene whose approved symbol, or the gene or family whose hand-checked name, the mention is, letter for letter."""
    if mention.type not in _GENES:
        return None
    known = (c for c in lexicon.lookup(mention.text) if c.type in _GENES and len(c.reasons) == 1)
    return next((c for c in known if c.reasons[0] in ("symbol", "overlay", "curated")), None)


def _turned(form: Form, best: Candidate, lexicon: Lexicon) -> bool:
    """Whether leaving out "receptor" or "ligand" would make another gene of it: a GH receptor is no GH."""
    left = {word.lower() for qualifier in form.qualifiers for word in qualifier.split()}
    if best.type not in _GENES or not left & PARTNERS:
        return False
    symbol = best.label.replace("-", "")
    stem = symbol.rstrip("0123456789")
    names = {symbol + "R", symbol + "RA", stem + "R"} if len(stem) > 1 else ()
    found = [c for name in names for c in lexicon.lookup(name) if c.type in _GENES and c.id != best.id]
    return bool(left & {"ligand", "ligands"}) or any(c.label.replace("-", "").startswith(stem) for c in found)


def _weak_first(form: Form, best: Candidate) -> bool:
    """Whether a name was completed to the first of its kind by an alias only: "Dpp" is no "DPP1" (CTSC)."""
    return FIRST in form.reasons and best.reasons[0] in WEAK_NAMES


def _value(candidate: Candidate, type_: EntityType) -> float:
    """How well a candidate answers: its score, lowered where its type is not the mention's."""
    gain = LAYER_GAIN if candidate.reasons[0] in ("overlay", "user table") else 0.0
    if candidate.type is type_:
        return candidate.score + gain
    if any(candidate.type in group and type_ in group for group in _KIN):
        return candidate.score + gain - KIN_COST
    return candidate.score + gain - (HORMONE_COST if {candidate.type, type_} == {_T.DRUG, _T.TARGET} else OTHER_COST)


def _best(candidates: tuple[Candidate, ...], type_: EntityType, text: str, *, plain: bool) -> Candidate | None:
    ranked = sorted(candidates, key=lambda c: (-_value(c, type_), candidates.index(c)))
    if not ranked or _value(ranked[0], type_) < ENOUGH:
        return None
    first = ranked[0]
    if not plain and letters(text) <= 2 and first.reasons[0] not in ("overlay", "user table"):
        return None
    rivals = [c for c in ranked[1:] if abs(_value(c, type_) - _value(first, type_)) < 0.001 and c.type is first.type]
    if rivals and letters(text) <= 4 and first.reasons[0] in ("synonym", "related", "previous"):
        names = ", ".join(c.label for c in (first, *rivals)[:3])
        return replace(first, score=0.4, reasons=(*first.reasons, f"ambiguous: {names}"))
    return first


def _grounded(
    mention: Mention, best: Candidate, form: Form, candidates: tuple[Candidate, ...], limit: int
) -> Grounding:
    reasons = [*form.reasons, *(best.reasons if form.reasons else ("exact", *best.reasons))]
    if best.type is not mention.type:
        reasons.append(f"type differs: {best.type.value}")
    score = round(max(0.05, best.score - form.cost), 3)
    runners = tuple(c for c in candidates if c.id != best.id)[: limit - 1]
    return Grounding(mention, best.id, best.label, best.type, score, tuple(reasons), (best, *runners), form.qualifiers)


def _parts(mention: Mention, lexicon: Lexicon, limit: int) -> Grounding | None:
    """A gene list written short ("CDK4/6") and a gene with its variant ("KRAS G12C")."""
    if mention.type in _GENES:
        parts = slash_parts(mention.text) or slash_parts(bracketed(mention.text))
        genes = [_gene(part, lexicon) for part in parts]
        if parts and all(genes):
            return _composite(mention, genes, lexicon, limit)
    if mention.type in (*_GENES, _T.VARIANT):
        pair = variant_parts(mention.text)
        if pair is None and mention.type is _T.VARIANT:
            pair = alteration_parts(mention.text)
        gene = pair and _gene(pair[0], lexicon)
        if gene and not any(c.reasons[0] in ("overlay", "user table", "symbol") for c in lexicon.lookup(mention.text)):
            label = f"{gene.label} {pair[1]}"
            return Grounding(
                mention,
                local_id(_T.VARIANT, label),
                label,
                _T.VARIANT,
                0.9,
                ("gene and variant", f"gene: {gene.id}"),
                (replace(gene, reasons=("gene of the variant",)),),
            )
    return None


def _gene(text: str, lexicon: Lexicon) -> Candidate | None:
    found = [c for c in lexicon.lookup(text) if c.type in _GENES and c.score >= 0.7]
    return found[0] if found else None


def _composite(mention: Mention, genes: list[Candidate], lexicon: Lexicon, limit: int) -> Grounding:
    known = [c for c in lexicon.lookup(mention.text) if c.type in _GENES and c.reasons[0] in ("overlay", "user table")]
    label = known[0].label if known else mention.text
    id_ = known[0].id if known else local_id(_T.TARGET_FAMILY, label)
    members = tuple(replace(gene, reasons=("member, by slash expansion",)) for gene in genes)
    return Grounding(
        mention, id_, label, _T.TARGET_FAMILY, 0.95, ("slash expansion",), members[: max(limit, len(members))]
    )


def _approximate(mention: Mention, lexicon: Lexicon, limit: int) -> Grounding | None:
    """A drug name one letter off: eight letters or more, the same first letter."""
    form = normal_form(mention.text)
    if mention.type is not _T.DRUG or len(form) < APPROXIMATE_LETTERS or not form.isalpha():
        return None
    close: list[tuple[str, Candidate]] = []
    for name in sorted(lexicon.neighbours(form)):
        close += [
            (name, c)
            for c in lexicon.lookup(name)[:1]
            if c.type is _T.DRUG and c.reasons[0] in ("name", "synonym", "brand", "overlay", "user table")
        ]
    ids = {c.id for _, c in close}
    if len(ids) != 1:
        return None
    name, best = close[0]
    score = round(best.score - APPROXIMATE_COST, 3)
    return Grounding(
        mention, best.id, best.label, best.type, score, (f"approximate: {name}", *best.reasons), (best,)[:limit]
    )


def _by_short_form(mention: Mention, defined: str | None, lexicon: Lexicon, limit: int) -> Grounding | None:
    """Where the record's long form is unknown: the lexicon's meaning of the short form, if the two agree.

    They agree where the short form is a name of a gene or family and such is meant, or where label and long form share
    a word.
    """
    if not defined:
        return None
    words = {w for w in normal_form(defined).split() if len(w) > 3}
    candidates = lexicon.lookup(mention.text)
    for candidate in candidates:
        fits = _value(candidate, mention.type) >= ENOUGH and "capitals differ" not in candidate.reasons
        gene = candidate.type in _GENES and mention.type in _GENES and candidate.reasons[0] in GENE_NAMES
        if fits and (gene or words & set(normal_form(candidate.label).split())):
            form = Form(mention.text, ("long form not found, short form agrees",), 0.1)
            return _grounded(mention, candidate, form, candidates, limit)
    return None


def _composed(mention: Mention, defined: str | None, lexicon: Lexicon) -> Grounding | None:
    """A class named by its target ("JAK2 inhibitor", "anti-TIGIT antibody"): a local id made of target and action."""
    if mention.type not in (_T.DRUG_CLASS, _T.DRUG):
        return None
    parts = class_parts(defined or mention.text)
    gene = parts and _gene(parts[0], lexicon)
    if not gene:
        return None
    label = f"{gene.label} {parts[1]}"
    target = replace(gene, reasons=("target of the class",))
    reasons = ("composed of target and action", f"target: {gene.id}")
    return Grounding(mention, local_id(_T.DRUG_CLASS, label), label, _T.DRUG_CLASS, 0.8, reasons, (target,))


def _code(mention: Mention) -> Grounding | None:
    """A company's code name that no source lists gets a local id, so that all records share the node."""
    if mention.type is not _T.DRUG or not CODE.match(mention.text.strip()):
        return None
    label = re.sub(r"(?<=[A-Z])[- ]?(?=\d)", "-", mention.text.strip(), count=1)
    return Grounding(mention, local_id(_T.DRUG, label), label, _T.DRUG, 0.6, ("code name, not in the lexicon",))


def _last_resort(mention: Mention, lexicon: Lexicon, limit: int) -> Grounding | None:
    """A whole-name match of another type is better than none, if the name is a good one."""
    candidates = lexicon.lookup(mention.text)
    good = [c for c in candidates if c.score >= 0.9 and letters(mention.text) >= 4]
    if not good or lexicon.is_stop(mention.text) or mention.type is _T.VARIANT:
        return None
    best = good[0]
    return Grounding(
        mention,
        best.id,
        best.label,
        best.type,
        round(best.score - 0.3, 3),
        ("exact", *best.reasons, f"type differs: {best.type.value}"),
        candidates[:limit],
    )


def _nil(mention: Mention, defined: str | None, considered: tuple[Candidate, ...]) -> Grounding:
    reasons = [DEFINED] if defined else []
    if considered:
        reasons.append(
            "no concept of a fitting type: " + ", ".join(f"{c.label} ({c.type.value})" for c in considered[:3])
        )
    else:
        reasons.append("no concept found")
    return Grounding(
        mention, "", defined or " ".join(mention.text.split()), mention.type, 0.0, tuple(reasons), considered
    )
