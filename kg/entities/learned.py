"""The mentions that the compact encoder found."""

from __future__ import annotations

from kg.encoder.encoder import Reading
from kg.model import Mention

RULE = "learned"


def find_mentions(reading: Reading) -> tuple[Mention, ...]:
    """All mentions in order of the text; those of different types may be nested."""
    text = reading.document.text
    return tuple(Mention(m.span, m.span.of(text), m.type, RULE, round(m.probability, 4)) for m in reading.mentions)
