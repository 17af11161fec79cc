"""A document as windows of word pieces with features: what the encoder sees, in training and at run time alike.

A window is at most `MAX_PIECES` pieces long and ends at a line break or a sentence end where it can. Every window
but the first has the record's title in front, so that the trial's own subject is in sight. The model reads whole
words: the first piece of each word (run of letters and digits, or one mark) stands for it.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from tokenizers import Tokenizer

from kg.model import Clause, Document, EntityType, Mention, Span

MAX_PIECES = 288
TITLE_PIECES = 40
LONGEST = 12  # pieces of one word
SECTIONS = ("briefTitle", "officialTitle", "briefSummary", "detailedDescription")
FLAGS = (
    "own intervention", "own condition", "own keyword", "capitalised", "all capitals", "inner capital", "digit",
    "-mab", "-nib", "drug ending", "disease ending", "class ending", "after a line break", "process ending",
    "clause start",
)  # fmt: skip
FEATURES = len(SECTIONS) + len(FLAGS) + len(EntityType)  # the last: what tables and patterns take the word for

_ENDINGS = (
    (7, re.compile(r"mabs?$", re.I)),
    (8, re.compile(r"nibs?$", re.I)),
    (9, re.compile(r"(?:ine|ide|ate|one|ol|cin|xel|tin|ase|vir|pril|sartan|parib|lib|platin|azole|statin|gliptin)$",
                   re.I)),
    (10, re.compile(r"(?:oma|omas|itis|osis|emia|aemia|pathy|cancer|disease|syndrome|carcinoma|disorder|ia)$", re.I)),
    (11, re.compile(r"(?:inhibitors?|antagonists?|agonists?|blockers?|analogu?es?|antibod(?:y|ies)|statins|therapy)$",
                    re.I)),
    (13, re.compile(r"(?:esis|tion|sis|signall?ing|pathway|stress|activity|growth|secretion|release|ity)$", re.I)),
)  # fmt: skip
_STOP = frozenset("""the a an of and or in with for to by on at plus versus vs study group arm placebo treatment therapy
drug patients patient control other standard care disease dose daily mg ml oral tablet injection single high low
cancer""".split())
_TYPES = tuple(EntityType)
_WORD = re.compile(r"\w+")
_SENTENCE_END = re.compile(r"[.!?;:]$")


@dataclass(frozen=True, slots=True)
class Window:
    """One stretch of a document, ready for the encoder. Arrays are indexed by piece or by word."""

    ids: np.ndarray  # (pieces,) int64, [CLS] and [SEP] included
    features: np.ndarray  # (pieces, FEATURES) float32
    words: np.ndarray  # (words,) the first piece of each word
    starts: np.ndarray  # (words,) where each word begins in Document.text
    ends: np.ndarray  # (words,) where it ends
    own: int  # words before this one are the title repeated in front: read elsewhere already

    def places(self, starts: np.ndarray, ends: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The first and last of the window's own words that each stretch of text touches (stretches, 2), and which of them are wholly
        in the window."""
        first = np.searchsorted(self.ends[self.own :], starts, side="right") + self.own
        last = np.searchsorted(self.starts[self.own :], ends, side="left") + self.own - 1
        held = np.append(self.ends, -1)  # behind the last word nothing is held
        return np.stack([first, last], 1), (first <= last) & (first < len(self.words)) & (held[last] >= ends)


@dataclass(frozen=True, slots=True)
class _Words:
    """The words of a document: offsets, pieces, features."""

    starts: list[int]
    ends: list[int]
    pieces: list[list[int]]
    features: np.ndarray
    sections: list[int]
    breaks: list[bool]  # whether a line ends before the word


def windows(
    document: Document, tokenizer: Tokenizer, given: Iterable[Mention] = (), clauses: Iterable[Clause] = ()
) -> tuple[Window, ...]:
    """The document's windows in order; none for a document without words.

    `given` are mentions that tables and patterns found; the model sees their types as features of the words, and
    where `clauses` begin. Where a mention stands for a name before it ("it"), the model sees that name's pieces in its place.
    """
    words = _words(document, tokenizer)
    total = len(words.starts)
    if not total:
        return ()
    base = len(SECTIONS) + len(FLAGS)
    for mention in given:
        first = bisect.bisect_right(words.ends, mention.span.start)
        last = bisect.bisect_left(words.starts, mention.span.end)
        words.features[first:last, base + _TYPES.index(mention.type)] = 1
        if mention.stands_for is not None:
            _put_name(words, last - 1, mention.stands_for)
    for clause in clauses:
        first = bisect.bisect_right(words.ends, clause.span.start)
        words.features[first : first + 1, base - 1] = 1
    title = _title_words(words)
    found = []
    begin = 0
    while begin < total:
        head = list(title) if begin > 0 else []
        room = MAX_PIECES - 2 - sum(len(words.pieces[w]) for w in head)
        end = _window_end(words, document.text, begin, room)
        found.append(_window(words, head, range(begin, end)))
        begin = end
    return tuple(found)


def _put_name(words: _Words, at: int, name: Span) -> None:
    """Gives a word the pieces of a name, and the look of the name's first word."""
    first, last = bisect.bisect_right(words.ends, name.start), bisect.bisect_left(words.starts, name.end)
    words.pieces[at] = [piece for word in words.pieces[first:last] for piece in word][:LONGEST] or words.pieces[at]
    look = slice(len(SECTIONS), len(SECTIONS) + FLAGS.index("after a line break"))
    words.features[at, look] = words.features[first, look]


def _words(document: Document, tokenizer: Tokenizer) -> _Words:
    """Words with their pieces; a word is what the tokenizer's own splitter makes one."""
    starts: list[int] = []
    ends: list[int] = []
    pieces: list[list[int]] = []
    sections: list[int] = []
    breaks: list[bool] = []
    for section in document.sections:
        if not section.reading:
            continue
        encoding = tokenizer.encode(section.reading, add_special_tokens=False)
        kind = SECTIONS.index(section.name) if section.name in SECTIONS else 2
        last_word, last_end = None, section.start
        for piece, word, (start, end) in zip(encoding.ids, encoding.word_ids, encoding.offsets, strict=True):
            start, end = start + section.start, end + section.start
            if word == last_word:
                ends[-1] = end
                if len(pieces[-1]) < LONGEST:
                    pieces[-1].append(piece)
            else:
                starts.append(start)
                ends.append(end)
                pieces.append([piece])
                sections.append(kind)
                breaks.append(last_word is None or "\n" in document.text[last_end:start])
            last_word, last_end = word, end
    return _Words(starts, ends, pieces, _features(document, starts, ends, sections, breaks), sections, breaks)


def _features(
    document: Document, starts: Sequence[int], ends: Sequence[int], sections: Sequence[int], breaks: Sequence[bool]
) -> np.ndarray:
    """One row a word: the section, and the flags."""
    rows = np.zeros((len(starts), FEATURES), dtype=np.float32)
    own = (
        _name_words([n for i in document.interventions for n in (i.name, *i.other_names)]),
        _name_words(document.conditions),
        _name_words(document.keywords),
    )
    base = len(SECTIONS)
    for i, (start, end) in enumerate(zip(starts, ends, strict=True)):
        word = document.text[start:end]
        rows[i, sections[i]] = 1
        if not word[0].isalnum():
            continue
        low = word.casefold()
        low = low[:-1] if len(low) > 4 and low.endswith("s") else low
        for k in range(3):
            rows[i, base + k] = low in own[k]
        for k in _look(word):
            rows[i, base + k] = 1
        rows[i, base + 12] = breaks[i]
    return rows


@lru_cache(maxsize=50_000)
def _look(word: str) -> tuple[int, ...]:
    """The flags that a word has by its letters alone."""
    flags = {
        3: word[0].isupper(),
        4: word.isupper() and len(word) > 1,
        5: any(c.isupper() for c in word[1:]) and not word.isupper(),
        6: any(c.isdigit() for c in word),
    }
    return (*(k for k, has in flags.items() if has), *(k for k, ending in _ENDINGS if ending.search(word)))


def _name_words(names: Sequence[str]) -> frozenset[str]:
    """The words of some names that say something, plural aside."""
    found = set()
    for name in names:
        for word in _WORD.findall(name.casefold()):
            if word not in _STOP and (len(word) > 1 or not word.isascii()):
                found.add(word[:-1] if len(word) > 4 and word.endswith("s") else word)
    return frozenset(found)


def _title_words(words: _Words) -> range:
    """The record's title, cut to a length."""
    end, pieces = 0, 0
    while end < len(words.starts) and words.sections[end] == words.sections[0] and words.sections[end] < 2:
        pieces += len(words.pieces[end])
        if pieces > TITLE_PIECES:
            break
        end += 1
    return range(end)


def _window_end(words: _Words, text: str, begin: int, room: int) -> int:
    """The word after the window's last: at the best break in its last two fifths, else where it is full."""
    end, pieces = begin, 0
    while end < len(words.starts) and pieces + len(words.pieces[end]) <= room:
        pieces += len(words.pieces[end])
        end += 1
    if end == len(words.starts):
        return end
    end = max(end, begin + 1)
    floor = begin + max(1, (end - begin) * 3 // 5)
    for cut in range(end, floor, -1):
        if words.breaks[cut]:
            return cut
    for cut in range(end, floor, -1):
        if _SENTENCE_END.search(text[words.starts[cut - 1] : words.ends[cut - 1]]):
            return cut
    return end


def _window(words: _Words, head: Sequence[int], body: range) -> Window:
    """The arrays of one window."""
    ids, rows, firsts = [101], [-1], []
    chosen = [*head, *body]
    for w in chosen:
        firsts.append(len(ids))
        ids.extend(words.pieces[w])
        rows.extend([w] * len(words.pieces[w]))
    ids.append(102)
    rows.append(-1)
    features = np.zeros((len(ids), FEATURES), dtype=np.float32)
    inner = np.array(rows) >= 0
    features[inner] = words.features[np.array(rows)[inner]]
    return Window(
        ids=np.array(ids, dtype=np.int64),
        features=features,
        words=np.array(firsts, dtype=np.int64),
        starts=np.array([words.starts[w] for w in chosen], dtype=np.int64),
        ends=np.array([words.ends[w] for w in chosen], dtype=np.int64),
        own=len(head),
    )
