"""A field as the record writes it -> the form that rules and models read, with the way back to every character.

The reading form has plain spaces, straight quotes and ASCII dashes; hard wraps are joined, escapes resolved.
No word is changed: what a record misspells stays misspelt.

Each character of the reading stands for a piece of the source, and the pieces follow one another:
`reading[i]` stands for `text[origin[i] : origin[j]]`, `j` being the next place where `origin` rises. A character
that is dropped (zero width, soft hyphen) belongs to the space before it, else to the character after it, so that
it never sticks to the end of a word.
"""

from __future__ import annotations

import html
import re
from functools import cache
from itertools import pairwise

from kg.model import Section

# One character for another; "" drops it. Code points, so that no editor can hide them.
_SPACES = [0xA0, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000]
_DROPPED = [0xAD, 0x180E, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF]
_DASHES = [*range(0x2010, 0x2016), 0x2212, 0xFE58, 0xFE63]
_BREAKS = [0x0B, 0x0C, 0x2028, 0x2029]
_CONTROLS = [*range(0x00, 0x09), *range(0x0E, 0x20), *range(0x7F, 0xA0)]
_OTHER = {
    0x2018: "'", 0x2019: "'", 0x201A: "'", 0x201B: "'", 0x2032: "'", 0xB4: "'",
    0x201C: '"', 0x201D: '"', 0x201E: '"', 0x201F: '"', 0x2033: '"',
    0x91: "'", 0x92: "'", 0x93: '"', 0x94: '"', 0x95: "\u2022", 0x96: "-", 0x97: "-",  # cp1252 taken for Latin-1
    0x3001: ",", 0x3002: ".", 0x300A: '"', 0x300B: '"', 0x300C: '"', 0x300D: '"', 0x3010: "[", 0x3011: "]",
    0x3014: "(", 0x3015: ")", 0x3016: "[", 0x3017: "]", 0x2044: "/", 0x2215: "/", 0xFE6A: "%",
    0xB5: "\u03bc", 0x2206: "\u0394", 0x2266: "\u2264", 0x2267: "\u2265", 0x37E: ";", 0x387: "\u00b7", 0xFFFC: "",
    0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl", 0xFB05: "st", 0xFB06: "st",
    # Microsoft's Symbol font, which lands in the private use area
    0xF061: "\u03b1", 0xF062: "\u03b2", 0xF067: "\u03b3", 0xF064: "\u03b4", 0xF06B: "\u03ba", 0xF06D: "\u03bc",
    0xF0B3: "\u2265", 0xF0A3: "\u2264", 0xF0B1: "\u00b1", 0xF0B7: "\u2022", 0xF0AE: "\u2192", 0xF0D2: "\u00ae",
}  # fmt: skip


def _characters() -> dict[str, str]:
    """Every character that is read as another one."""
    table = {chr(c): " " for c in [*_SPACES, *_CONTROLS]}
    table |= {chr(c): "" for c in _DROPPED}
    table |= {chr(c): "-" for c in _DASHES}
    table |= {chr(c): "\n" for c in _BREAKS}
    table |= {chr(c): chr(c - 0xFEE0) for c in range(0xFF01, 0xFF5F)}  # full-width forms of ASCII
    table |= {chr(c): text for c, text in _OTHER.items()}
    return table


CHARACTERS = _characters()
_TRANSLATE = str.maketrans(CHARACTERS)
# Cyrillic letters that look Latin: read so where they stand in a word with Latin ones.
_CYRILLIC = dict(zip("АВЕКМНОРСТХаеорсух", "ABEKMHOPCTXaeopcyx", strict=True))
_SHARP_S = "\u00df"
_BETA = "\u03b2"

# What needs a look. The newline is added for hard-wrapped text only.
_CLASS = "".join(re.escape(c) for c in sorted(CHARACTERS))
_ODD = re.compile(rf"[\\&~\r{_SHARP_S}{''.join(_CYRILLIC)}{_CLASS}]")
_ODD_OR_BREAK = re.compile(rf"[\\&~\r\n{_SHARP_S}{''.join(_CYRILLIC)}{_CLASS}]")
_ASCII_ODD = re.compile(r"[\\&~\r\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")

_ENTITY = re.compile(r"\\?&(?:amp;)*(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,30});", re.I)
_ESCAPE = re.compile(r"\\[!-/:-@\[-`{-~]")
_WRAP = re.compile(r"(?:\r\n?|\n)([ \t]*(?:\r\n?|\n)[ \t\r\n]*)?([ \t]*)")
_BULLET = re.compile(r"[-*\u2022\u00b7\u25aa\u25e6\u2023\u27a2\uf0b7][ \t]|(?:\d{1,2}|[a-zA-Z]|[ivx]{1,4})[.)][ \t]")
_INDENT = 6  # ClinicalTrials.gov's XML indents each wrapped line by six, list items by eight
_WIDTHS = range(70, 111)  # of lines that a program filled


def wrap_indent(text: str) -> int | None:
    """How far a hard-wrapped field is indented: six as the legacy XML does, none where that was cut off later.

    None for a field whose line breaks are its author's.

    >>> wrap_indent("\\n      The purpose of this study\\n      is to measure.\\n    ")
    6
    >>> wrap_indent("Aims\\n\\n      1. to measure\\n* to compare") is None
    True
    """
    if "\n" not in text:
        return None
    lines = text.splitlines()
    if "\n    " in text:
        rest = [line for line in lines[1:] if line.strip()]
        if rest and all(line.startswith(" " * _INDENT) for line in rest):
            return _INDENT
    return 0 if _is_filled(lines) else None


def _is_filled(lines: list[str]) -> bool:
    """Whether lines break only where the next word would have gone over one width."""
    width = max(len(line.rstrip()) for line in lines)
    if width not in _WIDTHS:
        return False
    inside = False  # a break in mid-sentence was seen
    for line, following in pairwise(lines):
        if line.strip() and following.strip() and not _BULLET.match(following.lstrip()):
            if len(line.rstrip()) + 1 + len(following.split(maxsplit=1)[0]) < width:
                return False
            inside = inside or line.rstrip()[-1] not in ".:;?!"
    return inside


def read_text(text: str, *, tildes: bool = False) -> tuple[str, tuple[int, ...] | None]:
    """The reading of a field and its map into the source; the map is None where the two are the same.

    `tildes`: the layout writes `~` for a line break (TREC and TrialGPT corpora).

    >>> read_text("TGF-\\u00df \\\\> 5 &lt; 6")
    ('TGF-β > 5 < 6', (0, 1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 15, 16, 17))
    """
    wrapped = wrap_indent(text)
    if wrapped is None and text.isascii() and not _ASCII_ODD.search(text):
        stripped = text.strip()
        if len(stripped) == len(text):
            return text, None
    reading, origin = _rewrite(text, wrapped, tildes)
    start = len(reading) - len(reading.lstrip())
    end = max(start, len(reading.rstrip()))
    reading, origin = reading[start:end], origin[start : end + 1]
    return (text, None) if reading == text else (reading, tuple(origin))


def _rewrite(text: str, wrapped: int | None, tildes: bool) -> tuple[str, list[int]]:
    """The reading before its ends are trimmed, with one offset a character and one for the end."""
    parts: list[str] = []
    origin: list[int] = []
    done = 0  # everything before it is written
    held: int | None = None  # a dropped character that the next one will carry
    last = " "  # the last character written

    def write(piece: str, offsets: range | list[int]) -> None:
        nonlocal held, last
        parts.append(piece)
        if held is not None:
            offsets = [held, *offsets[1:]] if isinstance(offsets, range) else [held] * len(offsets)
            held = None
        origin.extend(offsets)
        last = piece[-1]

    for match in (_ODD if wrapped is None else _ODD_OR_BREAK).finditer(text):
        at = match.start()
        if at < done:
            continue
        piece, end = _replacement(text, at, wrapped, tildes)
        if piece is None:
            continue
        begin = at
        if wrapped is not None and text[at] in "\r\n":
            while begin > done and text[begin - 1] in " \t":
                begin -= 1
        if begin > done:
            write(text[done:begin], range(done, begin))
        if piece:
            write(piece, [begin] * len(piece))
        elif not last.isspace() and held is None:
            held = begin
        done = end
    if done < len(text):
        write(text[done:], range(done, len(text)))
    origin.append(len(text) if held is None else held)
    return "".join(parts), origin


def _replacement(text: str, at: int, wrapped: int | None, tildes: bool) -> tuple[str | None, int]:
    """What is read for the source that begins at `at`, and where that source ends; None leaves it as it is."""
    char = text[at]
    if char == "\\" or char == "&":
        return _unescaped(text, at)
    if char == "~":
        return ("\n", at + 1) if _tilde_breaks(text, at, tildes) else (None, at)
    if char == "\r" or char == "\n":
        return _line_break(text, at, wrapped)
    if char == _SHARP_S:
        return (_BETA, at + 1) if _is_beta(text, at) else (None, at)
    if char in _CYRILLIC:
        beside = (text[at - 1 : at] if at else "") + text[at + 1 : at + 2]
        return (_CYRILLIC[char] if re.search("[A-Za-z]", beside) else None), at + 1
    return _spaced(text, at, CHARACTERS[char]), at + 1


def _unescaped(text: str, at: int) -> tuple[str | None, int]:
    """A backslash escape or an entity left in the text, resolved."""
    if entity := _ENTITY.match(text, at):
        piece = _entity(entity.group().lstrip("\\"))
        if piece is not None:
            return piece, entity.end()
    if escape := _ESCAPE.match(text, at):
        return escape.group()[1], escape.end()
    return None, at


@cache
def _known_entity(name: str) -> str | None:
    char = html.unescape(name)
    if char == name and name != name.lower():
        char = html.unescape(name.lower())
    return None if char == name or "&" in char[1:] else char.translate(_TRANSLATE).replace("\r", "\n")


def _entity(source: str) -> str | None:
    """The character that an entity names, through any number of `amp;`; None for an unknown name.

    >>> _entity("&amp;#39;"), _entity("&Amp;"), _entity("&nosuch;")
    ("'", '&', None)
    """
    name = re.sub(r"(?i)^&(?:amp;)+(?=[#a-z])", "&", source)
    return _known_entity(name) if len(name) < 12 else None


def _tilde_breaks(text: str, at: int, tildes: bool) -> bool:
    """Whether `~` stands for a line break; before a number after a space it means "about"."""
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    if before in (".", ";", ":", "?", "!") and after:
        return True
    return tildes and not (after.isdigit() and before in ("", " ", "(", "[", "="))


def _line_break(text: str, at: int, wrapped: int | None) -> tuple[str, int]:
    """A break kept as one newline; in wrapped text a space, a newline before a bullet, or a paragraph break."""
    if wrapped is None:
        return "\n", at + (2 if text.startswith("\r\n", at) else 1)
    wrap = _WRAP.match(text, at)
    assert wrap is not None  # it starts at a break
    if wrap.group(1) is not None:
        return "\n\n", wrap.end()
    deep = len(wrap.group(2)) >= wrapped + 2
    return ("\n" if deep and _BULLET.match(text, wrap.end()) else " "), wrap.end()


def _is_beta(text: str, at: int) -> bool:
    """Whether a sharp s stands for beta: TGF-ß, PDGFRß, ß2, but not Straße.

    German writes it after a vowel and inside words, beta follows capitals, digits and hyphens.
    """
    before, after = text[at - 1 : at] if at else "", text[at + 1 : at + 2]
    if after.isdigit():
        return True
    if before.islower():
        return False
    return not (before in tuple("AEIOU\u00c4\u00d6\u00dc") and after.isalpha())


def _spaced(text: str, at: int, piece: str) -> str:
    """A full-width comma or bracket brings its own room: it gets a space where ASCII would have one.

    >>> read_text("doxorubicin\\uff08PLD\\uff09plus")[0]
    'doxorubicin (PLD) plus'
    """
    if piece and text[at] > "\u3000":
        before, after = text[at - 1 : at] if at else "", text[at + 1 : at + 2]
        if piece in "([" and before.isalnum():
            return " " + piece
        if piece in ",;:)]!?." and after.isalnum() and not (before.isdigit() and after.isdigit()):
            return piece + " "
    return piece


_FLAT_BULLET = re.compile(r"(?<![0-9]) (?=[*\u2022] [A-Z0-9])")


def make_section(name: str, text: str, start: int, *, tildes: bool = False, flat: bool = False) -> Section:
    """A field as a section whose reading begins at `start` of the document's text.

    `flat`: the layout flattened its line breaks, so that each bullet in the line gets its own line again.
    """
    reading, origin = read_text(text, tildes=tildes)
    if flat and (apart := _FLAT_BULLET.sub("\n", reading)) != reading:
        reading, origin = apart, origin or tuple(range(len(apart) + 1))
    return Section(name, text, reading, origin, start)


def tidy(value: object) -> str:
    """A short structured value on one line, in reading form; "" for anything that is not text.

    >>> tidy("  Non\\u2011Small Cell\\n   Lung Cancer ")
    'Non-Small Cell Lung Cancer'
    """
    if not isinstance(value, str) or not value:
        return ""
    text = well_formed(value)
    return " ".join((text if text.isascii() and "\\" not in text and "&" not in text else read_text(text)[0]).split())


def well_formed(text: str) -> str:
    """The text with each lone surrogate replaced by U+FFFD, one for one, so that it can be encoded."""
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return re.sub("[\ud800-\udfff]", "\ufffd", text)
    return text
