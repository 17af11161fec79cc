"""Words with their offsets: the one tokenizer that clauses, abbreviations and rules share.

Comes in: reading text. Goes out: spans of words (letters and digits, with inner hyphens, primes and dots) and of
single punctuation marks.
"""

from __future__ import annotations

import re

WORD = re.compile(r"[^\W_]+(?:[-'./+][^\W_]+)*[+]?|[^\w\s]|_", re.UNICODE)


def words(text: str, start: int = 0, end: int | None = None) -> list[re.Match[str]]:
    """The words and marks between two offsets, in order.

    >>> [m.group() for m in words("IL-6 (interleukin-6), PD-1/PD-L1.")]
    ['IL-6', '(', 'interleukin-6', ')', ',', 'PD-1/PD-L1', '.']
    """
    return list(WORD.finditer(text, start, len(text) if end is None else end))
