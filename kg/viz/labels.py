"""Names cut into short lines for the canvas."""

from __future__ import annotations

import re
import textwrap

from kg.viz.passages import visible

WIDTH = 18  # letters of a line; only longer words are hyphenated
LINES = 3  # lines of a label; what does not fit is left out at a word boundary
SHORT = 44  # characters of a name that gets one line more, rather than lose its last word
LONGEST = 176  # characters of a name that are looked at


def wrapped(label: str) -> str:
    """A label for the canvas: at most three short lines, four where that saves the last word, broken between words.

    >>> wrapped("gastroenteropancreatic neuroendocrine tumor")
    'gastroentero-\\npancreatic\\nneuroendocrine\\ntumor'
    """
    text = " ".join(visible(label[:LONGEST]).split()) or "(no name)"
    lines = LINES + (len(text) <= SHORT)
    text = re.sub(rf"[^\s-]{{{WIDTH + 1},}}", lambda word: hyphenated(word[0]), text)
    return "\n".join(textwrap.wrap(text, WIDTH, max_lines=lines, placeholder="…", break_long_words=True))


def hyphenated(word: str) -> str:
    """A word of more letters than a line holds, with hyphens: after a combining "o" before a consonant where one
    stands near the middle, else after a vowel, else in the middle.

    >>> hyphenated("gastroenteropancreatic")
    'gastroentero-pancreatic'
    """
    if len(word) <= WIDTH:
        return word
    middle = min(len(word) // 2, WIDTH - 1)
    near = sorted(
        range(max(4, middle - 6), min(len(word) - 4, middle + 6, WIDTH - 1) + 1), key=lambda i: abs(i - middle)
    )
    for vowels in ("o", "aeiouy"):
        for i in near:
            if word[i - 1] in vowels and word[i].isalpha() and word[i] not in "aeiouy":
                return f"{word[:i]}-{hyphenated(word[i:])}"
    return f"{word[:middle]}-{hyphenated(word[middle:])}"
