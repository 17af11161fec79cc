"""Document -> Clauses: stretches of one section that say one thing.

Ordinary text is cut at sentence ends, list items and line breaks. Text without punctuation is cut at its line breaks
and where the boundary model (`kg/text/boundaries.py`) finds a new sentence. Clauses never cross a section.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from kg.model import Clause, Document, Section, Span
from kg.text.boundaries import cut_unpunctuated, small_words

# Words whose full stop ends no sentence.
ABBREVIATED = re.compile(
    r"(?:\b(?:e\.g|i\.e|vs|al|etc|approx|ca|cf|dr|mr|mrs|ms|prof|st|fig|no|nos|inc|ltd|resp|spp|subsp|var|incl|"
    r"[ivx]+|[A-Z])\.|\b[a-zA-Z]\.[a-zA-Z]\.)$",
    re.IGNORECASE,
)
SENTENCE_END = re.compile(r"[.!?]+[\"')\]]*(?:\[?\d{1,3}(?:[,-]\d{1,3})*\]?)?(?=\s)")
STARTER = re.compile(r"\s+[\"'(\[]*(?:[A-Z0-9]|[α-ω][-A-Z]|[a-z]{1,2}[A-Z]|[-*•·●▪○]|\(?[a-z0-9]{1,2}\)\s)")
# A line break that starts a new statement: a blank line, a bullet, a number, or a capital after a finished line.
BREAK = re.compile(
    r"\n\s*\n\s*|\n\s*(?=[-*•·●▪○o]\s|\(?\d{1,2}[.)]\s|\(?[a-z][.)]\s)|(?<=[.:;!?])\s*\n\s*|\n\s*(?=[A-Z])"
)
BULLET = re.compile(r"(?:[-*•·●▪○]|o|\(?\d{1,2}[.)]|\(?[a-z][.)])\s+")
NUMBERED = re.compile(r"\s*\(?[A-Za-z0-9]{1,2}[.)]+$")  # "1." opens an item, it ends no sentence
LONGEST = 1200  # characters: a run-on field is cut at its commas or spaces, so that work stays linear


def split_clauses(document: Document) -> tuple[Clause, ...]:
    """The clauses of a record, in order; each is free of outer white space."""
    return tuple(clause for section in document.sections for clause in _section_clauses(document, section))


def _section_clauses(document: Document, section: Section) -> Iterator[Clause]:
    if document.punctuated:
        found = _sentences(section.reading)
    else:
        found = _unpunctuated(section.reading, small_words(document.text))
    for start, end in found:
        yield from (
            Clause(section.name, Span(section.start + a, section.start + b))
            for a, b in _pieces(section.reading, start, end)
        )


def _unpunctuated(text: str, small: frozenset[str]) -> Iterator[tuple[int, int]]:
    for line in re.finditer(r"[^\n]+", text):
        cuts = [line.start() + c for c in cut_unpunctuated(line.group(), small)] or [line.start()]
        yield from zip(cuts, [*cuts[1:], line.end()], strict=True)


def _sentences(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for block in BREAK.finditer(text):
        yield from _block(text, start, block.start())
        start = block.end()
    yield from _block(text, start, len(text))


def _block(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    for stop in SENTENCE_END.finditer(text, start, end):
        if stop.start() < start or NUMBERED.match(text, start, stop.end()):
            continue
        if ABBREVIATED.search(text, max(start, stop.start() - 12), stop.start() + 1):
            continue
        if STARTER.match(text, stop.end()):
            yield start, stop.end()
            start = stop.end()
    yield start, end


def _pieces(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The stretch without outer white space and bullet, cut where it is longer than any sentence."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    bullet = BULLET.match(text, start, end)
    if bullet:
        start = bullet.end()
    while end - start > LONGEST:
        cut = max(text.rfind(mark, start, start + LONGEST) for mark in (";", ",", "\n", " "))
        cut = cut + 1 if cut > start else start + LONGEST
        if text[start:cut].strip():
            yield start, cut
        start = cut
        while start < end and text[start].isspace():
            start += 1
    if start < end:
        yield start, end
