"""Looks names up and tags stretches of text with the concepts they may stand for.

Three layers answer, the higher before the lower: tables of the user (level 3), the project's overlays (2), the compiled
artefact (1). What a mention means in its record (its type, its abbreviations) is the grounding room's work.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from kg.lexicon.artefact import KINDS, Artefact, cached, open_artefact
from kg.lexicon.headings import headings_of
from kg.lexicon.names import capitals, letters, normal_form, token_form, tokens
from kg.lexicon.ontology import read_ontology
from kg.lexicon.tables import Entry, read_table, rows_of
from kg.model import Candidate, EntityType, Span
from kg.resources import resource

SCORES = {
    "symbol": 1.0,
    "name": 0.98,
    "curated": 0.96,
    "synonym": 0.94,
    "brand": 0.93,
    "code": 0.92,
    "alias": 0.85,
    "related": 0.78,
    "previous": 0.7,
}
LEVELS = {2: "overlay", 3: "user table"}
MAX_LETTERS = 90  # of a name that `scan` looks for
WEAK = frozenset({"alias", "related", "previous", "code", "brand"})
SHOUTED = frozenset({"synonym"})  # weak too where it is three capitals
ARTICLES = frozenset({"a", "an", "the", "this", "these", "and", "or", "of", "in", "for", "with", "by", "to"})
NONE, ONE, MANY = 0, 1, 2  # names that begin with a token
_TYPES = tuple(EntityType)
_MIN = 0.05
CACHED = 50_000


@dataclass(frozen=True, slots=True)
class Hit:
    """A stretch of text that is a name, and what it may stand for, best first."""

    span: Span
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class Stop:
    """A word that is not, or not in any case, a name: `never`, or `case` (needs the capitals of the term)."""

    key: str
    rule: str


class Lexicon:
    """All names that the reader knows. Built by `open_lexicon`; look-ups change nothing."""

    def __init__(self, artefact: Artefact, entries: Iterable[Entry], stops: Sequence[Stop]) -> None:
        self.artefact = artefact
        self._entries: dict[str, list[Entry]] = {}
        self._starts: dict[str, int] = {}  # first token of a table's key -> tokens of its longest key
        self._said: dict[str, tuple[str, EntityType]] = {}  # label and type that the highest table gives an id
        for entry in entries:
            if entry.label:
                self._said.setdefault(entry.id, (entry.label, entry.type))
            self._entries.setdefault(entry.key, []).append(entry)
            first = entry.key.split(" ", 1)[0]
            self._starts[first] = max(self._starts.get(first, 0), entry.key.count(" ") + 1)
        self._never = frozenset(stop.key for stop in stops if stop.rule == "never")
        self._case = frozenset(stop.key for stop in stops if stop.rule == "case")
        self._begins: dict[str, int] = {}
        self._known: dict[tuple[str, str], tuple[Candidate, ...]] = {}  # answers of `scan`, which repeat a lot

    def lookup(self, name: str) -> tuple[Candidate, ...]:
        """What a name may stand for, best first; reasons say by what kind of name and what differs."""
        return self._candidates(normal_form(name), name, strict=False)

    def scan(self, text: str, span: Span, *, anatomy: bool = False) -> tuple[Hit, ...]:
        """The names in a stretch of text: longest match from the left, hits do not overlap.

        Organs and tissues (UBERON) are left out unless `anatomy`.
        """
        words, joined, places = _prepare(text, span)
        hits, at, count = [], 0, len(words)
        prefixes, starts, begins = self.artefact.keys.prefixes, self._starts, self._begins
        while at < count:
            form = words[at][2]
            begun = begins.get(form)
            if begun is None:
                begun = begins[form] = self._begin(form)
            if not begun:
                at += 1
                continue
            place = places[at]
            found = prefixes(joined[place : place + MAX_LETTERS]) if begun == MANY else (form,)
            lengths = [len(key) for key in found if joined[place + len(key) : place + len(key) + 1] in (" ", "")]
            if form in starts:
                lengths = sorted({*lengths, *self._table_lengths(joined, place, starts[form])})
            step = 1
            for length in reversed(lengths):
                last = at
                while last + 1 < count and places[last + 1] < place + length:
                    last += 1
                where = Span(words[at][0], words[last][1])
                kept = self._tag(joined[place : place + length], text, where, words, at, last, anatomy)
                if kept:
                    hits.append(Hit(where, kept))
                    step = last - at + 1
                    break
            at += step
        return tuple(hits)

    def _begin(self, form: str) -> int:
        """Whether names begin with this token: none, the token alone (ONE), or longer ones too (MANY)."""
        if form in self._starts or next(self.artefact.keys.iterkeys(form + " "), None) is not None:
            return MANY
        return ONE if form in self.artefact.keys else NONE

    def find(self, id_: str) -> Candidate | None:
        """The concept with this id, as a candidate of score 1, or None. Tables name it before the compiled lexicon."""
        concept = self.artefact.find(id_)
        if concept is None and id_ not in self._said:
            return None
        label, type_ = self._said.get(id_) or (concept.label, _TYPES[concept.type])
        return Candidate(id_, label, type_, 1.0, ("by id",))

    def xrefs(self, id_: str) -> tuple[str, ...]:
        """Ids of the same thing in other vocabularies."""
        concept = self.artefact.find(id_)
        return concept.xrefs if concept else ()

    def headings(self, id_: str) -> tuple[str, ...]:
        """The MeSH headings above a thing that MeSH lacks: the nearest one by MONDO, and those of `headings.tsv`."""
        concept = self.artefact.find(id_)
        return (*((concept.broader,) if concept and concept.broader else ()), *headings_of(id_))

    def neighbours(self, form: str) -> tuple[str, ...]:
        """The known normal forms at edit distance 1 that begin with the same letter, sorted."""
        letters_ = "abcdefghijklmnopqrstuvwxyz"
        edits = set()
        for at in range(1, len(form) + 1):
            head, tail = form[:at], form[at:]
            edits.update(head + c + tail for c in letters_)
            if tail:
                edits.add(head + tail[1:])
                edits.update(head + c + tail[1:] for c in letters_)
            if len(tail) > 1:
                edits.add(head + tail[1] + tail[0] + tail[2:])
        edits.discard(form)
        return tuple(sorted(e for e in edits if e in self.artefact.keys or e in self._entries))

    def is_stop(self, name: str) -> bool:
        """Whether the word is never a name by itself."""
        return normal_form(name) in self._never

    def _table_lengths(self, joined: str, place: int, longest: int) -> set[int]:
        lengths, end = set(), place
        for _ in range(longest):
            end = joined.find(" ", end + 1)
            end = len(joined) if end < 0 else end
            if joined[place:end] in self._entries:
                lengths.add(end - place)
            if end == len(joined):
                break
        return lengths

    def _tag(
        self, key: str, text: str, where: Span, words: list, at: int, last: int, anatomy: bool
    ) -> tuple[Candidate, ...]:
        if key in self._never and not any(entry.level > 2 for entry in self._entries.get(key, ())):
            return ()
        surface = where.of(text)
        if last > at and (
            words[at][2] in ARTICLES or (key.partition(" ")[0] in self._never and words[at + 1][2].isdigit())
        ):
            return ()  # "a gene", "arm 2", "and 1"
        if last > at and len(words[at][2]) <= 2 and text[words[at][1] : words[at + 1][0]].isspace():
            first, second = words[at][2], words[at + 1][2]
            if (
                first.isalpha()
                and second.isdigit()
                and (len(first) == 1 or not text[words[at][0] : words[at][1]].isupper())
            ):
                return ()
        found = self._known.get((key, surface))
        if found is None:
            if len(self._known) >= CACHED:
                self._known.clear()
            found = self._known[key, surface] = self._candidates(key, surface, strict=True)
        return found if anatomy else tuple(c for c in found if not c.id.startswith("UBERON:"))

    def _candidates(self, key: str, surface: str, *, strict: bool) -> tuple[Candidate, ...]:
        entries, key_id = self._entries.get(key, ()), self.artefact.keys.get(key)
        if not entries and key_id is None:
            return ()
        found: dict[tuple[str, EntityType], tuple[tuple, Candidate]] = {}
        mask = capitals(surface)
        for entry in entries:
            differs = _capitals_differ(key, surface, mask, entry.capitals, key in self._case, "name")
            if differs and strict:
                continue
            score = 0.99 if not differs else 0.6
            reasons = (LEVELS[entry.level], *(("capitals differ",) if differs else ()))
            label, type_ = self._said.get(entry.id) or (self._label(entry, surface), entry.type)
            if entry.level == 3:  # two rows of a user may give one id two types: both are shown
                type_ = entry.type
            self._offer(found, entry.id, label, type_, score, reasons, 0 if differs else entry.level)
        if key_id is not None:
            for posting in self.artefact.postings(key_id):
                kind = KINDS[self.artefact.kinds[posting]]
                term_mask = self.artefact.masks[posting]
                differs = _capitals_differ(key, surface, mask, term_mask, key in self._case, kind)
                if strict and (differs or _too_short(surface, kind)):
                    continue
                concept = self.artefact.concept(self.artefact.concept_of[posting])
                score = SCORES[kind] - (0.3 if differs else 0.0 if term_mask == mask else 0.004)
                reasons = (kind, *(("capitals differ",) if differs else ()))
                label, type_ = self._said.get(concept.id, (concept.label, _TYPES[concept.type]))
                self._offer(found, concept.id, label, type_, score, reasons, 1 - differs)
        ranked = sorted(found.values(), key=lambda pair: pair[0])
        return tuple(candidate for _, candidate in ranked)

    def _label(self, entry: Entry, surface: str) -> str:
        if entry.label:
            return entry.label
        concept = self.artefact.find(entry.id)
        return concept.label if concept else surface

    @staticmethod
    def _offer(
        found: dict, id_: str, label: str, type_: EntityType, score: float, reasons: tuple[str, ...], level: int
    ) -> None:
        score = round(max(score, _MIN), 3)
        rank = (-level, -score, id_.startswith("HP:"), id_)  # a disease before the sign of the same name
        if (id_, type_) not in found or rank < found[id_, type_][0]:
            found[id_, type_] = (rank, Candidate(id_, label, type_, score, reasons))


def _prepare(text: str, span: Span) -> tuple[list[tuple[int, int, str]], str, list[int]]:
    """Tokens of the stretch with their forms, the forms joined, and where each stands in the joined line.

    Two spaces stand where a name cannot go on: punctuation with a blank, a line break, brackets.
    """
    stretch, base = text[span.start : span.end], span.start
    words, parts, places, at, before = [], [], [], 0, -1
    for start, end in tokens(stretch):
        form = token_form(stretch[start:end])
        if before >= 0:
            gap = (
                " "
                if (start - before <= 1 and stretch[before:start] in _PLAIN) or _bridges(stretch[before:start])
                else "  "
            )
            parts.append(gap)
            at += len(gap)
        words.append((base + start, base + end, form))
        parts.append(form)
        places.append(at)
        at += len(form)
        before = end
    return words, "".join(parts), places


_PLAIN = frozenset(("", " ", "-", "/"))


def _bridges(gap: str) -> bool:
    if "\n\n" in gap or any(c in ';:!?()[]{}"|•' for c in gap):
        return False
    if "." in gap or "," in gap:
        return len(gap) == 1
    return len(gap) <= 4


def _too_short(surface: str, kind: str) -> bool:
    """Whether a compiled name is too short to tag running text with: two letters, or three of a weak kind."""
    count = letters(surface)
    return count <= 2 or (
        count == 3 and surface.isalpha() and kind in ("alias", "related", "previous", "code", "brand")
    )


def _capitals_differ(key: str, surface: str, mask: int, term: int, case_word: bool, kind: str) -> bool:
    """Whether the text's capitals rule the name out: short names, acronyms and words of the language need theirs."""
    if mask == term:
        return False
    count = letters(surface)
    if count <= 2 or case_word:
        return True
    word = " " not in key
    if kind == "brand":
        return not mask & 1
    digits = any(c.isdigit() for c in key)
    capital_count = term.bit_count()
    if term <= 1:  # the term is an ordinary word: only a short shouted text differs from it
        return word and count <= 4 and mask.bit_count() >= count - 1 and not digits
    if digits:
        return count <= 3 and mask == 0 and capital_count > 1
    if word and (count <= 3 or capital_count >= 2):  # an acronym wants its capitals, the first letter apart: mTOR
        return mask | 1 != term | 1 or mask == 1
    return False


def read_stops(path: Path) -> tuple[Stop, ...]:
    """The stop table: `term`, `rule` (`never` or `case`)."""
    return tuple(Stop(normal_form(row["term"]), row["rule"]) for _, row in rows_of(path, ("term", "rule")))


def open_lexicon(extra: Sequence[Path] = (), ontologies: Sequence[Path] = ()) -> Lexicon:
    """The lexicon with the project's overlays, the user's tables (`extra`) and the user's ontologies.

    `LexiconError` names the file, line and reason of what cannot be used.
    """
    folder = resource("lexicon")
    entries: list[Entry] = []
    for path in extra:
        entries += read_table(Path(path), level=3)
    for path in ontologies:
        entries += read_ontology(Path(path))
    overlays, stops = _overlays(folder / "overlays")
    entries += overlays
    return Lexicon(open_artefact(folder / "lexicon.xz"), entries, stops)


def _overlays(folder: Path) -> tuple[list[Entry], list[Stop]]:
    """The overlay tables and the stop table. Parsed once for each state of the files, then read from the cache."""
    paths = sorted(folder.glob("*.tsv"))
    code = Path(__file__).parent
    digest = hashlib.sha256()
    for path in (*paths, code / "names.py", code / "tables.py", Path(__file__)):
        digest.update(path.name.encode() + path.read_bytes())

    def parse() -> list:
        tables = [p for p in paths if p.name != "stop.tsv"]
        entries = [
            [e.key, e.id, e.label, e.type.value, e.capitals, e.level, e.source]
            for path in tables
            for e in read_table(path, level=2)
        ]
        return [entries, [[s.key, s.rule] for path in paths if path.name == "stop.tsv" for s in read_stops(path)]]

    entries, stops = cached("overlays", digest.hexdigest()[:20], parse)
    types = {t.value: t for t in EntityType}
    return [Entry(*row[:3], types[row[3]], *row[4:]) for row in entries], [Stop(*row) for row in stops]
