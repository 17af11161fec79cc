"""The door of the room: paths -> documents, one after another, each record that cannot be read as a `Reject`.

A layout is known by what a file holds, never by its name.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from kg.errors import SourceError
from kg.model import Document, Reject
from kg.sources.containers import READ_ERRORS, Piece, pieces_of_file, pieces_of_folder, pieces_of_stream, shown
from kg.sources.decode import decode, is_binary, wide_encoding
from kg.sources.fields import Fields, make_document
from kg.sources.json_stream import read_json, reject_of, too_large
from kg.sources.layout_csv import delimiter_of, read_table
from kg.sources.layout_text import is_module_page, is_study_view, read_module_page, read_study_views
from kg.sources.layout_xml import read_xml
from kg.sources.layouts_json import read_fields, records_in

MAX_BYTES = 32 << 20  # one record; the largest of the registry, with results, have about half of it
KNOWN = "a study view, API v2 or full-studies JSON, <clinical_study> XML, JSON lines or the site's CSV"

Found = tuple[str, Fields]


def read_records(
    paths: Iterable[str | Path], *, stdin: BinaryIO | None = None, max_bytes: int = MAX_BYTES
) -> Iterator[Document | Reject]:
    """Every record under the paths, in order: files, folders (sorted, with all below), archives; "-" is `stdin`.

    A trial that comes twice is read once, from where it came first. A path that does not exist, or a folder without
    any record, is a `Reject` beside others; `SourceError` at once where no path exists, and at the end where folders
    are all there is and none has a record.
    """
    places = [str(path) for path in paths]
    for place in places:
        if place == "-":
            if stdin is None:
                raise SourceError("-: standard input was asked for, but there is none")
    missing = [place for place in places if place != "-" and not os.path.exists(place)]
    if missing and len(missing) == len(places):
        raise SourceError(f"{', '.join(map(shown, missing[:3]))}: no such file or folder")
    return _distinct(_read_places(places, stdin, max_bytes))


def read_document(text: str, *, source: str = "text") -> Document:
    """The one record of a string. `SourceError` where there is none or where it cannot be read."""
    for record in read_records(["-"], stdin=io.BytesIO(text.encode("utf-8", "replace"))):
        if isinstance(record, Reject):
            raise SourceError(f"{source}: {record.reason}")
        return record
    raise SourceError(f"{source}: holds no record")


def _distinct(records: Iterator[Document | Reject]) -> Iterator[Document | Reject]:
    """The records with each trial once."""
    seen: dict[str, str] = {}
    for record in records:
        if isinstance(record, Document):
            nct, source = record.nct, record.source
            if nct in seen:
                yield Reject(source, f"{nct} was read already, from {seen[nct]}; the first is kept", nct)
                continue
            seen[nct] = source
        yield record


def _read_places(places: list[str], stdin: BinaryIO | None, max_bytes: int) -> Iterator[Document | Reject]:
    barren, read = [], False
    for place in places:
        if place != "-" and not os.path.exists(place):
            yield Reject(shown(place), "no such file or folder")
        elif place == "-":
            read = True
            assert stdin is not None  # checked at the door
            yield from _read_pieces(pieces_of_stream(stdin, "standard input", max_bytes), "standard input", max_bytes)
        elif not os.path.isdir(place):
            read = True
            yield from _read_pieces(pieces_of_file(Path(place), max_bytes), shown(place), max_bytes)
        else:
            found = False
            for record in _read_pieces(pieces_of_folder(Path(place), max_bytes), shown(place), max_bytes):
                found = found or bool(record.nct)
                yield record
            if not found:
                barren.append(shown(place))
            read = read or found
    if barren and not read:
        raise SourceError(f"{barren[0]}: no trial record in this folder; expected {KNOWN}")
    yield from (Reject(folder, f"no trial record in this folder; expected {KNOWN}") for folder in barren)


def _read_pieces(pieces: Iterator[Piece | Reject], where: str, max_bytes: int) -> Iterator[Document | Reject]:
    try:
        for piece in pieces:
            if isinstance(piece, Reject):
                yield piece
            else:
                yield from _read_piece(piece, max_bytes)
    except READ_ERRORS as error:
        yield Reject(where, f"cannot be unpacked ({_why(error)})")


def _read_piece(piece: Piece, max_bytes: int) -> Iterator[Document | Reject]:
    try:
        for found in _find(piece, max_bytes):
            yield found if isinstance(found, Reject) else make_document(found[1], found[0])
    except SourceError as error:
        yield reject_of(error, piece.where)
    except READ_ERRORS as error:
        yield Reject(piece.where, f"breaks off or is damaged ({_why(error)}); what came before it is read")


def _why(error: BaseException) -> str:
    return (str(error).splitlines() or [""])[0][:100] or type(error).__name__


def _find(piece: Piece, max_bytes: int) -> Iterator[Found | Reject]:
    """The raw records of one file, told by its first text."""
    where, stream = piece.where, piece.stream
    if is_binary(piece.head):
        raise SourceError(f"{where}: a binary file, not a trial record; expected {KNOWN}")
    if wide_encoding(piece.head):
        stream, head = _narrowed(stream, where, max_bytes)
    else:
        head = piece.head.decode("utf-8", "replace").removeprefix("\ufeff")
    start = head.lstrip()
    if not start:
        raise SourceError(f"{where}: the file is empty")
    if start[0] in "{[":
        for parsed in read_json(stream, head, where, max_bytes):
            if isinstance(parsed, Reject):
                yield parsed
            else:
                yield from _json_records(*parsed)
    elif delimiter := delimiter_of(start):
        lines = (decode(line, where).removeprefix("\ufeff") for line in stream)
        for line, fields in read_table(lines, delimiter, where):
            yield f"{where}, line {line}", fields
    else:
        yield from _whole_text(stream, start, where, max_bytes)


def _whole_text(stream: io.BufferedReader, start: str, where: str, max_bytes: int) -> Iterator[Found | Reject]:
    """The layouts that are read as one text."""
    markup = start.startswith("<") and not start[:200].lower().startswith(("<!doctype html", "<html"))
    if not (markup or is_study_view(start) or is_module_page(start)):
        what = "a web page" if start.startswith("<") else "text"
        raise SourceError(f"{where}: {what} in no known record layout; expected {KNOWN}")
    data = stream.read(max_bytes + 1)
    if len(data) > max_bytes:
        yield too_large(where, max_bytes)
        return
    text = decode(data, where).removeprefix("\ufeff").lstrip()
    if markup:
        found = read_xml(text, where)
    else:
        found = read_study_views(text) if is_study_view(start) else iter([read_module_page(text)])
    for fields in found:
        yield where, fields


def _json_records(where: str, value: object) -> Iterator[Found | Reject]:
    for record in records_in(value):
        if record is None:
            keys = ", ".join(sorted(map(str, value))[:5]) if isinstance(value, dict) else type(value).__name__
            yield Reject(where, f"JSON without the parts of a trial record (found: {shown(keys[:100]) or 'nothing'})")
        else:
            yield where, read_fields(record)


def _narrowed(stream: io.BufferedReader, where: str, max_bytes: int) -> tuple[io.BufferedReader, str]:
    """A UTF-16 or UTF-32 file as UTF-8, and its text."""
    data = stream.read(max_bytes + 1)
    if len(data) > max_bytes:
        raise SourceError(f"{where}: UTF-16 text above the limit for one record; save it as UTF-8")
    text = decode(data, where).removeprefix("\ufeff")
    return io.BufferedReader(io.BytesIO(text.encode("utf-8", "replace"))), text[:65536]  # type: ignore[arg-type]
