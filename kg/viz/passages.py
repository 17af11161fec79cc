"""A quote cut where its marks begin and end, so that a page can show subject, object, trigger and cues in it."""

from __future__ import annotations

import re

from kg.model import Evidence, Role

# Control characters, and the marks that turn the direction of the text after them (https://trojansource.codes/).
UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff]")


def visible(text: str) -> str:
    """The text with everything that a reader could not see made visible.

    >>> visible("safe" + chr(0x202E) + "exe")
    'safe�exe'
    """
    return UNSEEN.sub("�", text)


def marked(evidence: Evidence) -> list[tuple[str, str]]:
    """The quote in pieces, each with its marks: letters of `s`ubject, `o`bject, `t`rigger, `c`ue; "" for none.

    Joined, the pieces are the quote. Subject and object stand where the evidence says, or, where that does not fit
    the quote, where their words first occur; trigger and cues where they first occur, whole words first.
    """
    quote = evidence.quote
    marks = [""] * len(quote)
    found = [
        ("s", _role(evidence, evidence.subject)),
        ("o", _role(evidence, evidence.object)),
        ("t", _find(quote, evidence.trigger)),
        *(("c", _find(quote, cue)) for cue in evidence.cues),
    ]
    for letter, place in found:
        for i in range(*place):
            if letter not in marks[i]:
                marks[i] += letter
    pieces: list[tuple[str, str]] = []
    start = 0
    for end in range(1, len(quote) + 1):
        if end == len(quote) or marks[end] != marks[start]:
            pieces.append((visible(quote[start:end]), marks[start]))
            start = end
    return pieces


def _role(evidence: Evidence, role: Role) -> tuple[int, int]:
    start, end = role.start - evidence.start, role.end - evidence.start
    if 0 <= start < end <= len(evidence.quote) and evidence.quote[start:end] == role.text:
        return start, end
    return _find(evidence.quote, role.text)


def _find(quote: str, words: str) -> tuple[int, int]:
    if not words:
        return 0, 0
    hit = re.search(rf"(?<!\w){re.escape(words)}(?!\w)", quote, re.IGNORECASE) or re.search(
        re.escape(words), quote, re.IGNORECASE
    )
    return hit.span() if hit else (0, 0)
