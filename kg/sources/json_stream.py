"""Streams of JSON -> parsed values, one at a time: JSON lines, arrays and envelopes of any size, single objects.

What cannot be parsed is a `Reject` with its place; where the next value can be found, reading goes on.
"""

from __future__ import annotations

import codecs
import io
import json
import re
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

from kg.errors import SourceError
from kg.model import Reject
from kg.sources.decode import decode

Parsed = tuple[str, Any]  # where it stood, and the value

_CHUNK = 1 << 18
_OPENING = re.compile(
    r'\s*(?:\[|\{\s*(?:"FullStudiesResponse"\s*:\s*\{\s*)?'
    r'(?:"\w+"\s*:\s*(?:"[^"\\]*"|[-\d.]+|null|true|false)\s*,\s*)*'
    r'"(?:studies|FullStudies|trials|data)"\s*:\s*\[)'
)
_BETWEEN = re.compile(r"[\s,]*")
_ESCAPED_BYTE = re.compile("[\udc80-\udcff]")
_DECODER = json.JSONDecoder()


def read_json(stream: io.BufferedReader, head: str, where: str, max_bytes: int) -> Iterator[Parsed | Reject]:
    """Every value of a stream that begins with a bracket or a brace; `head` is its first text.

    An array is taken apart, and so is the list in the envelope of a registry's answer.
    """
    opening = _OPENING.match(head)
    if opening and '"nct_id"' not in opening.group():
        yield from _array(stream, opening.end(), where, max_bytes)
    else:
        yield from _lines_or_object(stream, where, max_bytes)


def megabytes(size: int) -> str:
    """A size limit in words."""
    return f"{size / (1 << 20):.3g} MB"


def too_large(where: str, max_bytes: int) -> Reject:
    """The reason for a record above the limit."""
    return Reject(where, f"larger than the limit of {megabytes(max_bytes)} for one record; refused unread")


def _parse(text: str, where: str) -> Any:
    try:
        return json.loads(text)
    except RecursionError as error:
        raise SourceError(f"{where}: JSON nested too deeply for a trial record") from error
    except json.JSONDecodeError as error:
        end = error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated string")
        what = "the JSON breaks off before its end" if end else f"broken JSON ({error.msg})"
        raise SourceError(f"{where}: {what} at line {error.lineno}, column {error.colno}") from error
    except ValueError as error:  # a number of thousands of digits
        raise SourceError(f"{where}: JSON with a value that cannot be read ({str(error)[:60]})") from error


def reject_of(error: SourceError, where: str) -> Reject:
    """A problem of one record as its reject."""
    return Reject(where, str(error).removeprefix(f"{where}: "))


def _lines_or_object(stream: io.BufferedReader, where: str, max_bytes: int) -> Iterator[Parsed | Reject]:
    first, number = b"", 0
    while not first.strip() and (first := stream.readline(max_bytes + 1)):
        number += 1
    if len(first) > max_bytes:
        lines = chain(_rest_of_line(first, stream, max_bytes), _raw_lines(stream, max_bytes))
        yield from _lines(lines, where, max_bytes, number)
        return
    value = _object(first, where)
    if value is not None:
        yield (f"{where}, line {number}" if stream.peek(1) else where), value
        yield from _lines(_raw_lines(stream, max_bytes), where, max_bytes, number + 1)
        return
    whole = first + stream.read(max_bytes + 1 - len(first))
    if len(whole) > max_bytes and not _looks_like_lines(whole, where):
        yield too_large(where, max_bytes)
        return
    try:
        if len(whole) <= max_bytes:
            yield where, _parse(decode(whole, where), where)
            return
    except SourceError as error:
        if not _looks_like_lines(whole, where):
            yield reject_of(error, where)
            return
    rest = whole + (b"" if whole.endswith(b"\n") else stream.readline(max_bytes + 1))
    yield from _lines(chain(io.BytesIO(rest), _raw_lines(stream, max_bytes)), where, max_bytes, number)


def _object(line: bytes, where: str) -> dict[str, Any] | None:
    """The JSON object that a line is by itself; None if it is none."""
    if not line.rstrip().endswith(b"}"):
        return None
    try:
        value = _parse(decode(line, where), where)
    except SourceError:
        return None
    return value if isinstance(value, dict) else None


def _looks_like_lines(data: bytes, where: str) -> bool:
    """Whether a broken first line is followed by a line that is an object by itself."""
    lines = [line for line in data.split(b"\n", 20)[:20] if line.strip()]
    if len(lines) < 2 or (len(lines[0]) < 200 and lines[0].rstrip().endswith((b"[", b"{", b",", b":"))):
        return False
    return _object(lines[1], where) is not None


def _raw_lines(stream: io.BufferedReader, max_bytes: int) -> Iterator[bytes]:
    """Lines; of one above the limit only the first bytes, the rest is passed over."""
    while line := stream.readline(max_bytes + 1):
        yield from _rest_of_line(line, stream, max_bytes)


def _rest_of_line(line: bytes, stream: io.BufferedReader, max_bytes: int) -> Iterator[bytes]:
    more = line
    while len(line) > max_bytes and more and not more.endswith(b"\n"):
        more = stream.readline(_CHUNK)
    yield line


def _lines(lines: Iterable[bytes], where: str, max_bytes: int, first: int) -> Iterator[Parsed | Reject]:
    for number, line in enumerate(lines, first):
        if not line.strip():
            continue
        place = f"{where}, line {number}"
        if len(line) > max_bytes:
            yield too_large(place, max_bytes)
            continue
        try:
            value = _parse(decode(line, place), place)
        except SourceError as error:
            yield reject_of(error, place)
        else:
            yield place, value


def _array(stream: io.BufferedReader, position: int, where: str, max_bytes: int) -> Iterator[Parsed | Reject]:
    """The items of an array that begins at character `position`, each parsed when it has been read."""
    decoder = codecs.getincrementaldecoder("utf-8-sig")("surrogateescape")
    text = ""
    size = _CHUNK
    number = 1
    ended = False
    while True:
        position = _BETWEEN.match(text, position).end() if position <= len(text) else position  # type: ignore[union-attr]
        if position < len(text) and text[position] == "]":
            return
        place = f"{where}, record {number}"
        if position < len(text):
            try:
                value, end = _DECODER.raw_decode(text, position)
                if end < len(text) or ended:
                    small = end - position <= max_bytes
                    yield _mended(text[position:end], value, place) if small else too_large(place, max_bytes)
                    number += 1
                    text, position, size = (text[end:], 0, _CHUNK) if end > _CHUNK else (text, end, _CHUNK)
                    continue
            except RecursionError:
                yield Reject(place, "JSON nested too deeply for a trial record; the rest of the file is not read")
                return
            except json.JSONDecodeError as error:
                if error.pos < len(text) - 16 and not error.msg.startswith(("Unterminated", "Invalid \\")):
                    yield Reject(place, f"broken JSON ({error.msg}); the rest of the file is not read")
                    return
            except ValueError as error:
                yield Reject(place, f"JSON with a value that cannot be read ({str(error)[:60]}); the rest is not read")
                return
        if ended:
            yield Reject(place, "the JSON breaks off before its end; the records before it are read")
            return
        if len(text) - position > max_bytes:
            yield too_large(place, max_bytes)
            return
        more = stream.read(size)
        ended = not more
        text, position, size = text[position:] + decoder.decode(more, ended), max(0, position - len(text)), size * 2


def _mended(source: str, value: Any, place: str) -> Parsed | Reject:
    """The value, decoded anew where the source was not UTF-8."""
    if source.isascii() or not _ESCAPED_BYTE.search(source):
        return place, value
    try:
        return place, _parse(decode(source.encode("utf-8", "surrogateescape"), place), place)
    except SourceError as error:
        return reject_of(error, place)
