"""Whether the words of a clause deny what a learned reader finds in it.

A denial is rare (one claim in seventy), so that a model trained on all claims hardly ever says it; and to assert what the
record denies is the worst error there is. The words are data (`[denial]` in `ontologies/rules/status.toml`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from kg.model import Predicate, Span

STOP = re.compile(
    r"[.;]\s|\b(?:but|however|although|whereas|who|whose|will be (?:given|treated)|"
    r"and (?:has|have|is|are|was|were|may|can|induces?|demonstrate[sd]?|show(?:s|ed)?))\b", re.IGNORECASE)  # fmt: skip

# what stands between an agent and what it is given for, where the words behind speak of the agent
GIVEN = re.compile(
    r"\s*(?:in|for|as)(?:\s+(?:the|a|treatment|therapy|of|patients?|women|men|people|children|adults|subjects|with|advanced|who|have|had))*\s*",
    re.IGNORECASE,
)
TURN = re.compile(r"\b(?:but|however|although),? $", re.IGNORECASE)  # right before a denial it brings no new subject


@dataclass(frozen=True, slots=True)
class Denial:
    """The words that deny, and the predicates of which they are believed."""

    predicates: frozenset[Predicate]
    between: re.Pattern[str]
    before: re.Pattern[str]
    close: re.Pattern[str]  # right before the second name: "with no ⟨side effects⟩", "but not ⟨anxiety⟩"
    harms: frozenset[Predicate]  # "without ⟨bleeding⟩" denies these; "without ⟨pain⟩" denies no benefit
    free: re.Pattern[str]
    after: re.Pattern[str]  # right behind the second name: "without benefit", "is contraindicated"
    helps: frozenset[Predicate]  # of which these are believed
    apart: re.Pattern[str]  # right before the first name: "non-⟨IgE⟩-mediated ⟨allergy⟩"
    bound: re.Pattern[str]  # and right behind it

    def cue(self, text: str, clause: Span, first: Span, second: Span, predicate: Predicate) -> Span | None:
        """The words that deny a statement of two names of one clause; None where nothing does.

        >>> text, denial = "aspirin did not improve survival", read_denial({
        ...     "predicates": ["improves"], "verb": "improve", "between": "did not {verb}", "before": "no effect of",
        ...     "close": "but not", "harms": [], "free": "without", "after": " is unsuccessful", "helps": [],
        ...     "apart": "non-?", "bound": "-mediated"})
        >>> denial.cue(text, Span(0, 32), Span(0, 7), Span(24, 32), Predicate.IMPROVES).of(text)
        'did not improve'
        """
        if predicate not in self.predicates or first.end > second.start:
            return None
        gap = text[first.end : second.start]
        found = self.between.search(gap)
        if found and not self._stopped(gap, found):
            return Span(first.end + found.start(), first.end + found.end())
        found = self.close.search(gap) or (self.free.search(gap) if predicate in self.harms else None)
        if found:
            return Span(first.end + found.start(), first.end + found.end())
        behind = text[second.end : clause.end]
        for near, where in ((gap, first.start), (behind, second.start)):
            found = self.apart.search(text, clause.start, where) if self.bound.match(near) else None
            if found:
                return Span(found.start(), found.end())
        found = self.after.match(behind) if predicate in self.helps and GIVEN.fullmatch(gap) else None
        if found:
            return Span(second.end + found.start(), second.end + found.end())
        found = self.before.search(text[clause.start : first.start])
        return Span(clause.start + found.start(), clause.start + found.end()) if found else None

    def _stopped(self, gap: str, found: re.Match[str]) -> bool:
        """Whether a new subject or a turn stands between the names: "improves A, but did not improve B" still speaks of the first."""
        turn = TURN.search(gap[: found.start()])
        return STOP.search(gap[: turn.start()] + gap[found.start() :] if turn else gap) is not None


def read_denial(table: dict[str, Any]) -> Denial:
    """The words as `status.toml` has them; a blank there is any white space."""

    def predicates(name: str) -> frozenset[Predicate]:
        return frozenset(map(Predicate, table[name]))

    def pattern(name: str, end: str) -> re.Pattern[str]:
        words = table[name].replace("{verb}", table["verb"])
        return re.compile(r"(?<!\w)(?:" + words.replace(" ", r"\s+") + r")" + end, re.IGNORECASE)

    return Denial(predicates("predicates"), pattern("between", r"(?!\w)"), pattern("before", r"\s+$"),
                  pattern("close", r"\s+$"), predicates("harms"), pattern("free", r"\s+$"),
                  pattern("after", r"(?!\w)"), predicates("helps"),
                  pattern("apart", r"\s?$"), pattern("bound", r"(?!\w)"))  # fmt: skip
