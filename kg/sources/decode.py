"""Bytes -> text: UTF-8, UTF-16 or UTF-32 with a byte order mark, an encoding the XML declares, else Windows-1252."""

from __future__ import annotations

import codecs
import re

from kg.errors import SourceError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_UNMARKED = {b"<\0": "utf-16-le", b"{\0": "utf-16-le", b"[\0": "utf-16-le", b"\0<": "utf-16-be", b"\0{": "utf-16-be",
             b"\0[": "utf-16-be"}  # fmt: skip
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]{0,100}encoding=["']([A-Za-z0-9._-]{2,20})["']""")
_DECLARABLE = re.compile(r"(?i)utf-?8|us-ascii|iso-?8859-\d{1,2}|windows-125\d|latin-?1")
_TWO_BYTES = re.compile(rb"[\xc3-\xdf][\x80-\xbf]|[\xe2-\xef][\x80-\xbf]{2}")
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def wide_encoding(head: bytes) -> str:
    """The name of a UTF-16 or UTF-32 encoding that a file begins with; "" for any other."""
    marked = next((name for mark, name in _MARKS if head.startswith(mark)), "")
    if marked and marked != "utf-8-sig":
        return marked
    return _UNMARKED.get(head[:2], "")


def is_binary(head: bytes) -> bool:
    """Whether a file's beginning is no text in any encoding that is read here."""
    if wide_encoding(head):
        return False
    return b"\0" in head or len(_CONTROL.findall(head)) > len(head) / 20


def decode(data: bytes, where: str) -> str:
    """The text. `SourceError` where no encoding fits, or where UTF-8 is broken in the middle."""
    if data.isascii():
        return data.decode("ascii")
    encoding = next((name for mark, name in _MARKS if data.startswith(mark)), "") or _UNMARKED.get(data[:2], "")
    if encoding:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError as error:
            raise SourceError(f"{where}: broken {encoding.upper()} text at byte {error.start}") from error
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        return _decode_narrow(data, where, error)


def _decode_narrow(data: bytes, where: str, error: UnicodeDecodeError) -> str:
    """Text that is not UTF-8, in one of the encodings with a byte a character."""
    declared = _DECLARED.match(data)
    names = [declared[1].decode()] if declared and _DECLARABLE.fullmatch(declared[1].decode()) else []
    if not names and _TWO_BYTES.search(data):
        raise SourceError(f"{where}: broken UTF-8 at byte {error.start} (0x{data[error.start]:02x}); save it as UTF-8")
    for name in (*names, "cp1252"):
        try:
            return data.decode(name)
        except (UnicodeDecodeError, LookupError):
            continue
    raise SourceError(
        f"{where}: neither UTF-8 nor Windows-1252 text (byte 0x{data[error.start]:02x} at {error.start}); "
        "save it as UTF-8"
    ) from error
