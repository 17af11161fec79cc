"""The compiled lexicon: one file in the repository, unpacked once into a folder that is read by memory map.

`lexicon.xz` holds a header line (JSON: section names and lengths) and the sections, xz-compressed as one stream.
Unpacked, each section is a file: `keys.marisa` (normal forms in a trie), flat integer arrays (postings, offsets) and
text blobs (concepts sorted by id). No parsing is left for start-up. Numbers are little-endian.
"""

from __future__ import annotations

import json
import lzma
import mmap
import os
import sys
import tempfile
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from kg.errors import LexiconError
from kg.resources import fingerprint

KINDS = ("symbol", "name", "curated", "synonym", "brand", "code", "alias", "related", "previous")
SECTIONS = ("keys.marisa", "starts", "concepts", "kinds", "masks", "types", "text", "lines")
_WIDTH = {"starts": "I", "concepts": "I", "kinds": "B", "masks": "H", "types": "B", "lines": "I"}


@dataclass(frozen=True, slots=True)
class Concept:
    """A concept of the compiled lexicon: the chosen id, its preferred label, ids of the same thing elsewhere."""

    id: str
    label: str
    type: int  # place in the list of EntityType
    xrefs: tuple[str, ...]
    broader: str = ""  # the nearest MeSH heading above a disease that has none of its own


class Artefact:
    """The unpacked lexicon, open for look-up."""

    def __init__(self, folder: Path) -> None:
        import marisa_trie

        self.keys = marisa_trie.Trie()
        self.keys.mmap(str(folder / "keys.marisa"))
        self.starts, self.concept_of, self.kinds, self.masks, self.types, self.lines = (
            _numbers(folder / name, _WIDTH[name]) for name in ("starts", "concepts", "kinds", "masks", "types", "lines")
        )
        self._text = _mapped(folder / "text")

    def __len__(self) -> int:
        return len(self.keys)

    def postings(self, key_id: int) -> range:
        """The postings of a key: places in `concept_of`, `kinds` and `masks`."""
        return range(self.starts[key_id], self.starts[key_id + 1])

    def concept(self, place: int) -> Concept:
        """The concept with this number."""
        id_, label, xrefs, *broader = self._line(place).split("\t")
        return Concept(id_, label, self.types[place], tuple(xrefs.split(";")) if xrefs else (), *broader)

    def find(self, id_: str) -> Concept | None:
        """The concept with this id, or None. Concepts are sorted by id."""
        place = bisect_left(range(len(self.types)), id_, key=lambda at: self._line(at).split("\t", 1)[0])
        found = self.concept(place) if place < len(self.types) else None
        return found if found and found.id == id_ else None

    def all_concepts(self) -> Iterator[Concept]:
        """Every concept, by id. Slow: for measuring, not for reading."""
        return (self.concept(place) for place in range(len(self.types)))

    def _line(self, place: int) -> str:
        return self._text[self.lines[place] : self.lines[place + 1]].decode()


def _mapped(path: Path) -> mmap.mmap | bytes:
    with path.open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if path.stat().st_size else b""


def _numbers(path: Path, code: str) -> memoryview | array:
    if sys.byteorder == "little":
        return memoryview(_mapped(path)).cast(code)
    numbers = array(code, path.read_bytes())
    numbers.byteswap()
    return numbers


def pack(sections: Mapping[str, bytes], path: Path) -> None:
    """Writes the artefact; the same sections give the same bytes."""
    header = json.dumps([[name, len(sections[name])] for name in SECTIONS]).encode() + b"\n"
    data = header + b"".join(sections[name] for name in SECTIONS)
    path.write_bytes(lzma.compress(data, preset=9 | lzma.PRESET_EXTREME))


def open_artefact(path: Path) -> Artefact:
    """The lexicon at `path`, unpacked into the user's cache folder the first time.

    `LexiconError` where the file is missing or is not a lexicon.
    """
    if not path.is_file():
        raise LexiconError(f"{path}: the compiled lexicon is missing; run scripts/compile_lexicon.py")
    digest = fingerprint(path)[:20]
    for base in _cache_folders():
        folder = base / f"lexicon-{digest}"
        if (folder / "complete").is_file():
            return Artefact(folder)
        if _writable(base):
            return Artefact(_unpack(path, folder))
    raise LexiconError("no folder to unpack the lexicon in; set KG_CACHE to a folder that can be written")


def cached(name: str, key: str, make: Callable[[], list]) -> list:
    """What `make` gives (lists, strings, numbers), kept as JSON in the cache under `key`, a hash of its inputs."""
    for base in _cache_folders():
        path = base / f"{name}-{key}.json"
        if path.is_file():
            try:
                return json.loads(path.read_bytes())
            except ValueError:  # cut off by a crash: made anew
                pass
        if _writable(base):
            value = make()
            with tempfile.NamedTemporaryFile("w", dir=base, delete=False, encoding="utf-8") as file:
                json.dump(value, file, ensure_ascii=False)
            os.replace(file.name, path)
            return value
    return make()


def _cache_folders() -> list[Path]:
    temporary = Path(tempfile.gettempdir()) / f"kg-cache-{os.getuid() if hasattr(os, 'getuid') else 'user'}"
    named = os.environ.get("KG_CACHE")
    if named:
        return [Path(named), temporary]
    home = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA")
    user = Path(home) if home else Path.home() / ("Library/Caches" if sys.platform == "darwin" else ".cache")
    return [user / "trial-rationale-kg", temporary]


def _writable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK)


def _unpack(path: Path, folder: Path) -> Path:
    """Unpacks beside the final place and renames, so that a reader sees all of it or nothing."""
    try:
        data = lzma.decompress(path.read_bytes())
        line, _, body = data.partition(b"\n")
        header = json.loads(line)
    except (lzma.LZMAError, ValueError) as error:
        raise LexiconError(f"{path}: not a compiled lexicon ({error}); fetch it again or compile it") from error
    work = Path(tempfile.mkdtemp(dir=folder.parent, prefix="unpacking-"))
    at = 0
    for name, length in header:
        (work / name).write_bytes(body[at : at + length])
        at += length
    (work / "complete").write_text("")
    try:
        work.rename(folder)
    except OSError:  # another process was first, or an unfinished folder is in the way
        return folder if (folder / "complete").is_file() else work
    return folder
