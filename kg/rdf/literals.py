"""Values as RDF literals and back, without loss."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from decimal import Decimal

from pyoxigraph import Literal, NamedNode

from kg.rdf.vocabulary import KG, XSD

_SURROGATE = re.compile("[\ud800-\udfff]")

_DOUBLE = re.compile(r"[+-]?\d+(\.\d*)?([eE][+-]?\d+)?", re.ASCII)

TUPLES = {"cue": "cues", "partner": "partners", "reason": "reasons", "candidate": "candidates", "qualifier": "qualifiers",
          "condition": "conditions", "intervention": "interventions", "phase": "phases"}
"""For each repeated property, the one that holds the exact tuple where sorting would not give it back."""


def text(value: str) -> Literal:
    """A string. A lone surrogate, which no RDF file can hold, becomes U+FFFD: offsets stay right."""
    return Literal(_SURROGATE.sub("\ufffd", value))


def number(value: float) -> Literal:
    """A number from 0 upward as a decimal, which Turtle writes bare (`0.93`); as a double where a decimal of 18 places
    is too short to give the same float back.
    """
    if not math.isfinite(value):
        raise ValueError(f"not a number that a graph can hold: {value}")
    plain = format(Decimal(repr(float(value))), "f")
    if len(plain.partition(".")[2]) > 18 or len(plain) > 20:
        return Literal(repr(float(value)), datatype=XSD.double)
    return Literal(plain if "." in plain else plain + ".0", datatype=XSD.decimal)


def integer(value: int) -> Literal:
    """A whole number."""
    return Literal(str(value), datatype=XSD.integer)


def boolean(value: bool) -> Literal:
    """True or false."""
    return Literal("true" if value else "false", datatype=XSD.boolean)


def canonical(literal: Literal) -> Literal:
    """The one spelling of a number that we save: the store turns `1.0` into `1`, which Turtle cannot write bare, and
    writes doubles without an exponent.
    """
    if literal.datatype == XSD.decimal and "." not in literal.value:
        return Literal(literal.value + ".0", datatype=XSD.decimal)
    if literal.datatype == XSD.double and _DOUBLE.fullmatch(literal.value):
        return Literal(repr(float(literal.value)), datatype=XSD.double)
    return literal


def repeated(name: str, values: tuple[str, ...]) -> Iterator[tuple[NamedNode, Literal]]:
    """A tuple of strings as repeated values of `kg:<name>`, plus the exact tuple (JSON) where its order says something.

    >>> [(p.value.rpartition("/")[2], o.value) for p, o in repeated("cue", ("may", "could"))]
    [('cue', 'could'), ('cue', 'may'), ('cues', '["may", "could"]')]
    """
    values = tuple(_SURROGATE.sub("\ufffd", value) for value in values)
    distinct = tuple(sorted(set(values)))
    for value in distinct:
        yield KG[name], Literal(value)
    if distinct != values:
        yield KG[TUPLES[name]], Literal(json.dumps(values, ensure_ascii=False))
