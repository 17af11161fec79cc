"""Abbreviations that a record defines for itself, with brackets or without.

The alignment is that of Schwartz and Hearst (2003, A simple algorithm for identifying abbreviation definitions in
biomedical text): every letter of the short form is found in the long form, from the right, the first one at the start
of a word. Where the brackets are lost ("epidermal growth factor receptor EGFR") the long form must be the words right
before the short one and each of them must give a letter, so that no chance neighbour is taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from kg.model import Document, Span

SHORT = re.compile(
    r"(?<![\w-])[A-Za-z]{0,3}[A-Z](?:[A-Za-z0-9]|[-/](?=[A-Z0-9]))*[A-Z0-9](?:[-+][A-Za-z0-9]+)?s?(?![\w-])"
)
BRACKETED = re.compile(r"\(\s*[\"']?([^()\[\]\"';,]{2,40}?)[\"']?\s*[;,)]|\[\s*([^()\[\]\"';,]{2,40}?)\s*\]")
WORD = re.compile(r"[^\W_]+")
SMALL = frozenset("of and the for in to a an with or by on at".split())


@dataclass(frozen=True, slots=True)
class Abbreviation:
    """A short form and the long form that the record gives it; spans of `Document.text`.

    `long` is the text under `long_span`, with the number of the short form where the text leaves it out: FGFR1 stands for
    "fibroblast growth factor receptor 1".
    """

    short: str
    long: str
    short_span: Span
    long_span: Span


def find_abbreviations(document: Document) -> tuple[Abbreviation, ...]:
    """The definitions of a record; the first definition of a short form holds."""
    text = document.text
    found: dict[str, Abbreviation] = {}
    for section in document.sections:
        start, end = section.span.start, section.span.end
        for match in BRACKETED.finditer(text, start, end):
            group = 1 if match.group(1) else 2
            _keep(found, _bracketed(text, start, match, group))
        for match in SHORT.finditer(text, start, end):
            if len(match.group().rstrip("s")) >= 3:
                _keep(found, _bare(text, start, match))
    return tuple(sorted(found.values(), key=lambda a: a.short_span))


def long_forms(definitions: Iterable[Abbreviation]) -> dict[str, str]:
    """Short form -> long form; plural and singular short forms are both keys."""
    out: dict[str, str] = {}
    for abbreviation in definitions:
        out.setdefault(abbreviation.short, abbreviation.long)
        bare = abbreviation.short[:-1] if abbreviation.short.endswith("s") else abbreviation.short + "s"
        out.setdefault(bare, abbreviation.long)
    return out


def _keep(found: dict[str, Abbreviation], abbreviation: Abbreviation | None) -> None:
    if abbreviation is not None:
        found.setdefault(abbreviation.short, abbreviation)


def _bracketed(text: str, floor: int, match: re.Match[str], group: int) -> Abbreviation | None:
    short = match.group(group).strip()
    if not (2 <= len(short) <= 14 and any(c.isupper() for c in short) and len(short.split()) <= 2):
        return None
    if not short[0].isalnum() or short.isdigit():
        return None
    letters = sum(c.isalnum() for c in short)
    before = text[floor : match.start()]
    words = list(re.finditer(r"\S+", before))[-min(letters + 5, letters * 2) :]
    if not words:
        return None
    stop = max((before.rfind(mark) for mark in (". ", "\n", ";", ")")), default=-1)
    window = max(words[0].start(), stop + 1)
    key = short.rstrip("s") if short.endswith("s") and short[:-1].isupper() else short
    start = _by_initials(key, before[window:], sorted_too=False)
    if start is None:
        start = _align(key, before[window:])
    if start is None:
        start = _by_initials(key, before[window:], sorted_too=True)
    if start is None:
        return None
    long_start = floor + window + start
    long_text = text[long_start : match.start()].rstrip()
    if len(long_text) <= len(short) or short in long_text.split():
        return None
    span = Span(match.start(group), match.start(group) + len(match.group(group)))
    return Abbreviation(short, long_text, span, Span(long_start, long_start + len(long_text)))


def _by_initials(short: str, long: str, *, sorted_too: bool) -> int | None:
    """Offset of the last words of `long` where their initials are the letters of the short form, or None.

    "attenuated adenomatous polyposis coli (AAPC)" needs its first word, which the walk from the right would not take. With
    `sorted_too` the letters may stand in another order: "myotonic dystrophy (DM)", from dystrophia myotonica.
    """
    letters = short.lower()
    words = list(WORD.finditer(long))[-len(letters) :]
    if not letters.isalpha() or len(letters) < (2 if sorted_too else 3) or len(words) < len(letters):
        return None
    initials = "".join(w.group()[0].lower() for w in words)
    if initials == letters or (sorted_too and sorted(initials) == sorted(letters)):
        return words[0].start()
    return None


def _align(short: str, long: str) -> int | None:
    """Offset in `long` of the first letter of the long form, or None: Schwartz and Hearst's walk from the right."""
    s, p = len(short) - 1, len(long) - 1
    low = long.lower()
    while s >= 0:
        c = short[s].lower()
        if not c.isalnum():
            s -= 1
            continue
        while p >= 0 and (low[p] != c or (s == 0 and p > 0 and low[p - 1].isalnum())):
            p -= 1
        if p < 0:
            return None
        s -= 1
        p -= 1
    return p + 1


def _bare(text: str, floor: int, match: re.Match[str]) -> Abbreviation | None:
    """A definition without brackets: "colony stimulating factor 1 receptor CSF1R"."""
    short = match.group()
    key = short[:-1] if short.endswith("s") and len(short) > 3 else short
    letters = [c.lower() for c in key if c.isalnum()]
    line = text.rfind("\n", floor, match.start()) + 1
    words = [m for m in WORD.finditer(text, max(floor, line), match.start())][-2 * len(letters) :]
    if not words or text[words[-1].end() : match.start()].strip():
        return None
    for trailing in (0, 1):  # FGFR1: the number may be missing in "fibroblast growth factor receptor"
        if trailing and not letters[-1].isdigit():
            break
        first = _initials(letters[: len(letters) - trailing], words)
        if first is not None:
            long_span = Span(words[first].start(), words[-1].end())
            if not _plausible(long_span.of(text), short):
                return None
            long = long_span.of(text) + (f" {letters[-1]}" if trailing else "")
            return Abbreviation(short, long, Span(match.start(), match.end()), long_span)
    return None


def _initials(letters: list[str], words: list[re.Match[str]]) -> int | None:
    """Index of the first word of a run that ends at the last word and spells the letters.

    Each word gives its first letter and perhaps inner ones; small words may give none; one longer word may be
    skipped where three letters or more are spelled.
    """

    def walk(i: int, w: int, skipped: int) -> int | None:
        if i < 0:
            return w + 1
        if w < 0:
            return None
        word = words[w].group().lower()
        # The longest tail of letters[..i] that starts with the word's first letter and runs through it.
        for k in range(0, min(3, i + 1)):
            chunk = letters[i - k : i + 1]
            if word[0] == chunk[0] and _runs_through(chunk[1:], word[1:]):
                done = walk(i - k - 1, w - 1, skipped)
                if done is not None:
                    return done
        if i < len(letters) - 1:  # never at the right edge: the last word must speak
            if word in SMALL:
                return walk(i, w - 1, skipped)
            if not skipped and len(letters) >= 3:
                return walk(i, w - 1, 1)
        return None

    if len(letters) < 2:
        return None
    first = walk(len(letters) - 1, len(words) - 1, 0)
    return first if first is not None and len(words) - first >= 2 else None


def _runs_through(letters: list[str], word: str) -> bool:
    at = 0
    for letter in letters:
        at = word.find(letter, at) + 1
        if at == 0:
            return False
    return True


def _plausible(long: str, short: str) -> bool:
    """Not a heading in capitals, and not a long form that holds the short one."""
    return not long.isupper() and short not in long.split()
