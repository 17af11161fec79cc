"""A clause as one line of words and mention groups, the form that rules are matched on.

`Sofantinib targets VEGFR, FGFR1 and CSF1R` becomes `⟦D0⟧ targets ⟦F1 T2 T3⟧`: words in lower case and a blank between
any two, mentions as type letter and number, members of one list in one group. A list is a run of mentions of one kind
(agents, biology, conditions, outcomes) with nothing between them but commas, "and", "or", a slash, or, where the
punctuation is lost, a blank.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Sequence
from dataclasses import dataclass

from kg.model import EntityType, Span
from kg.text.words import WORD

LETTERS = {
    EntityType.DRUG: "D", EntityType.DRUG_CLASS: "C", EntityType.PROCEDURE: "P", EntityType.TARGET: "T",
    EntityType.TARGET_FAMILY: "F", EntityType.VARIANT: "V", EntityType.PROCESS: "R", EntityType.CELL: "L",
    EntityType.DISEASE: "S", EntityType.SYMPTOM: "Y", EntityType.ORGANISM: "G", EntityType.OUTCOME: "O",
}  # fmt: skip
KIND = {"D": "agent", "C": "agent", "P": "agent", "T": "biology", "F": "biology", "V": "biology", "R": "biology",
        "L": "biology", "S": "condition", "Y": "condition", "O": "outcome", "G": "organism"}  # fmt: skip
JOINT = re.compile(
    r"\s*(?:[,/;]\s*(?:and/or|and|or|as well as|the)?|\band/or\b|\band\b|\bor\b|\bas well as\b|&|)\s*"
    r"(?:\b(?:the|both|either|also|its|their|advanced|metastatic|recurrent|severe|chronic|acute)\b\s*){0,2}",
    re.IGNORECASE,
)

# Heads behind which a member's name may follow at once: "EGFR inhibitor gefitinib"; but not "radionuclide therapy bevacizumab".
CLASS_HEAD = re.compile(
    r"(?:inhibitor|antagonist|agonist|blocker|antibod(?:y|ies)|analogue|analog|modulator|activator|conjugate|steroid|diuretic|"
    r"antibiotic|statin|opioid|anticoagulant|vaccine|drug|agent|hormone|mimetic|taxane|mab)s?$",
    re.IGNORECASE,
)
LOOSE = re.compile(r"\s*(?:,|,?\s*\band\b|,?\s*\bor\b)\s+((?:[A-Za-z][\w-]*\s+){1,4})")
SILENT = frozenset("®™©*")  # marks that say nothing
SHORTENED = frozenset("vs e.g i.e approx incl no resp ca".split())  # their full stop ends nothing
STOPS = frozenset(
    """in of with for to by from on at as is are was were be been has have had may can could will the their its who which that
    causes cause treats treat improves reduces increases using not no without during after before between than""".split()
)


@dataclass(frozen=True, slots=True)
class Slot:
    """One mention as the line shows it: where it stands and what type it has."""

    span: Span
    type: EntityType


@dataclass(frozen=True, slots=True)
class Line:
    """A clause in the form that rules read, with the way back to `Document.text`."""

    text: str
    starts: tuple[int, ...]  # where each piece begins in `text`
    pieces: tuple[tuple[int, int], ...]  # where each piece stands in Document.text

    def before(self, offset: int) -> str:
        """The pieces of the line that end before an offset of Document.text."""
        count = bisect.bisect_right([end for _, end in self.pieces], offset)
        return self.text[: self.starts[count]] if count < len(self.starts) else self.text

    def span(self, start: int, end: int) -> Span:
        """The span of Document.text under a non-empty stretch of the line."""
        first = bisect.bisect_right(self.starts, start) - 1
        last = bisect.bisect_left(self.starts, end) - 1
        return Span(self.pieces[first][0], self.pieces[max(first, last)][1])


def make_line(text: str, clause: Span, slots: Sequence[Slot], *, punctuated: bool = True) -> Line:
    """The line of one clause. `slots` are its top-level mentions in order; their index is their number."""
    out: list[str] = []
    pieces: list[tuple[int, int]] = []
    at = clause.start
    i = 0
    while i < len(slots):
        _words(text, at, slots[i].span.start, out, pieces)
        j = i
        while j + 1 < len(slots) and _joined(text, slots, j, punctuated):
            j += 1
        out.append("⟦" + " ".join(f"{LETTERS[slots[k].type]}{k}" for k in range(i, j + 1)) + "⟧")
        pieces.append((slots[i].span.start, slots[j].span.end))
        at = slots[j].span.end
        i = j + 1
    _words(text, at, clause.end, out, pieces)
    starts, offset = [], 0
    for piece in out:
        starts.append(offset)
        offset += len(piece) + 1
    return Line(" ".join(out), tuple(starts), tuple(pieces))


def _starts_sentence(text: str, left: Slot, right: Slot) -> bool:
    """Whether the right name opens a sentence: a capital word behind a name that has none ("FGF Colony-stimulating …")."""
    word = right.span.of(text).split()[0]
    before = left.span.of(text).split()[-1]
    return word[:1].isupper() and word[1:].islower() and not (before[:1].isupper() and before[1:].islower())


def _words(text: str, start: int, end: int, out: list[str], pieces: list[tuple[int, int]]) -> None:
    for match in WORD.finditer(text, start, end):
        word = match.group()
        if word in SILENT or (word == "." and out and out[-1] in SHORTENED):
            continue
        out.append(" " if word in "⟦⟧" else word.lower())
        pieces.append(match.span())


def _joined(text: str, slots: Sequence[Slot], i: int, punctuated: bool) -> bool:
    """Whether slot `i` and the next are members of one list."""
    left, right = slots[i], slots[i + 1]
    if KIND[LETTERS[left.type]] != KIND[LETTERS[right.type]]:
        return False
    between = text[left.span.end : right.span.start]
    if not between.strip():
        # Side by side: a list only where commas are lost, and never a class and its member: "EGFR inhibitor gefitinib",
        # "EGFR inhibitors gefitinib may"; but "somatostatin analogues interferon chemotherapy and surgery" is a list.
        if punctuated or _starts_sentence(text, left, right):
            return False
        name = left.span.of(text)
        if left.type is EntityType.DRUG_CLASS and right.type is EntityType.DRUG and CLASS_HEAD.search(name):
            return name.endswith("s") and i + 2 < len(slots) and _joined(text, slots, i + 1, punctuated)
        return True
    if JOINT.fullmatch(between):
        return True
    if KIND[LETTERS[left.type]] != "condition":
        return False
    # "A or highly differentiated non functional B": modifiers of the second disease.
    loose = LOOSE.fullmatch(between)
    return bool(loose) and not any(word in STOPS for word in loose.group(1).lower().split())
