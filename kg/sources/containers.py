"""Paths -> open streams: files, folders, zip archives, gzip, standard input. Nothing is written to disk.

A `Piece` is one file wherever it lay, already unpacked. Its `where` is the name for messages.
"""

from __future__ import annotations

import gzip
import io
import os
import re
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from kg.model import Reject

READ_ERRORS = (EOFError, OSError, zlib.error, zipfile.BadZipFile, RuntimeError, NotImplementedError)

HEAD = 1 << 16  # what recognition sees, in bytes
_GZIP = b"\x1f\x8b"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_PACKED = ((b"BZh", "bzip2"), (b"\xfd7zXZ", "xz"), (b"7z\xbc\xaf", "7-Zip"), (b"\x28\xb5\x2f\xfd", "zstd"),
           (b"Rar!", "RAR"))  # fmt: skip
_BOMB_RATIO = 200


@dataclass(frozen=True, slots=True)
class Piece:
    """One unpacked file: the name for messages, its first bytes, and the stream (at its beginning)."""

    where: str
    head: bytes
    stream: io.BufferedReader


def shown(name: str | os.PathLike[str]) -> str:
    """A file name that is safe to print: no control characters, nothing that cannot be encoded."""
    return re.sub(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\ud800-\udfff]", "?", str(name))


class _Joined(io.RawIOBase):
    """Bytes that were read ahead, followed by the rest of the stream they came from."""

    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        self._head = head
        self._rest = rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:
        size = len(buffer)
        piece = self._head[:size] or self._rest.read(size) or b""
        self._head = self._head[size:]
        buffer[: len(piece)] = piece
        return len(piece)


def _ahead(stream: BinaryIO, size: int) -> tuple[bytes, io.BufferedReader]:
    """The first bytes of a stream, and the stream as if they had not been read."""
    head = b""
    while len(head) < size and (more := stream.read(size - len(head))):
        head += more
    return head, io.BufferedReader(_Joined(head, stream), HEAD)


def pieces_of_file(path: Path, max_bytes: int) -> Iterator[Piece | Reject]:
    """The file, or each member of the archive that it is."""
    where = shown(path)
    try:
        with path.open("rb") as stream:
            yield from pieces_of_stream(stream, where, max_bytes)
    except OSError as error:
        yield Reject(where, f"cannot be opened ({error.strerror or 'input error'})")


def pieces_of_folder(folder: Path, max_bytes: int) -> Iterator[Piece | Reject]:
    """Every file under the folder, sorted by path; hidden files and links to folders are passed over.

    A link to a file outside the folder is a `Reject`: what lies there was not asked for.
    """
    home = folder.resolve()
    for path in sorted_files(folder):
        if path.is_symlink() and not path.resolve().is_relative_to(home):
            yield Reject(shown(path), "a link that leads out of the folder, which is not followed; name the file itself")
        else:
            yield from pieces_of_file(path, max_bytes)


def sorted_files(folder: Path) -> Iterator[Path]:
    """The regular files under a folder, each folder's own in order of name."""
    for root, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            path = Path(root, name)
            if not name.startswith(".") and path.is_file():
                yield path


def pieces_of_stream(stream: BinaryIO, where: str, max_bytes: int, packed: str = "") -> Iterator[Piece | Reject]:
    """The stream, or what it holds if it is packed. `packed`: what it was unpacked from already."""
    head, whole = _ahead(stream, HEAD)
    unreadable = next((name for magic, name in _PACKED if head.startswith(magic)), "")
    if unreadable:
        yield Reject(where, f"a {unreadable} archive, which is not read; unpack it first")
    elif head.startswith(_ZIP):
        yield from _archive(stream, whole, where, max_bytes, packed)
    elif head.startswith(_GZIP):
        if "gzip" in packed:
            yield Reject(where, "gzip inside gzip; unpack it first")
        else:
            with gzip.GzipFile(fileobj=whole) as inner:
                yield from pieces_of_stream(inner, where, max_bytes, packed + "gzip")  # type: ignore[arg-type]
    else:
        yield Piece(where, head, whole)


def _archive(stream: BinaryIO, whole: BinaryIO, where: str, max_bytes: int, packed: str) -> Iterator[Piece | Reject]:
    """The members of a zip archive; one that cannot be searched (standard input) is spooled first."""
    if packed:
        yield Reject(where, "an archive inside an archive; unpack it first")
        return
    if stream.seekable():
        yield from _members(stream, where, max_bytes)
        return
    with tempfile.SpooledTemporaryFile(max_size=1 << 26) as spool:
        shutil.copyfileobj(whole, spool)
        yield from _members(spool, where, max_bytes)  # type: ignore[arg-type]


def _members(file: BinaryIO, where: str, max_bytes: int) -> Iterator[Piece | Reject]:
    with zipfile.ZipFile(file) as archive:
        for info in sorted(archive.infolist(), key=lambda info: info.filename):
            name = info.filename
            if info.is_dir() or name.startswith("__MACOSX/") or name.rsplit("/", 1)[-1].startswith("."):
                continue
            place = f"{where}!{shown(name)}"
            if info.file_size > max_bytes and info.file_size > _BOMB_RATIO * max(1, info.compress_size):
                times = info.file_size // max(1, info.compress_size)
                yield Reject(place, f"unpacks to {times} times its size, as no record does; refused unread")
                continue
            if info.flag_bits & 1:
                yield Reject(place, "is encrypted; unpack it first")
                continue
            try:
                with archive.open(info) as member:
                    yield from pieces_of_stream(member, place, max_bytes, "zip")  # type: ignore[arg-type]
            except READ_ERRORS as error:
                yield Reject(place, f"the archive is damaged here ({str(error)[:80] or type(error).__name__})")
