"""Many records: the walk in one process or in several, results in the order of the input."""

from __future__ import annotations

import gc
import itertools
import multiprocessing
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from threadpoolctl import threadpool_limits

from kg.model import Claim, Document, Reject, Trial
from kg.pipeline import Options, Reader, open_reader

COLLECT = (50_000, 20, 50)  # objects between two looks for cycles: reading makes many objects and hardly any cycle
CHUNK = 16  # records handed to a process at a time
ALONE = 24  # up to so many records one process is faster than starting more


@dataclass(frozen=True, slots=True)
class Reading:
    """What one record gave."""

    trial: Trial
    layout: str
    punctuated: bool
    claims: tuple[Claim, ...]


def read_all(records: Iterable[Document | Reject], *, options: Options, jobs: int = 1) -> Iterator[Reading | Reject]:
    """The readings of all records, in order. Rejects pass through. `jobs` processes share the work."""
    records = iter(records)
    first = list(itertools.islice(records, ALONE))
    if jobs <= 1 or len(first) < ALONE:
        reader = _open(options)
        for record in itertools.chain(first, records):
            yield record if isinstance(record, Reject) else _read(reader, record)
        return
    context = multiprocessing.get_context("fork" if "fork" in multiprocessing.get_all_start_methods() else "spawn")
    with context.Pool(jobs, _start, (options,)) as pool:
        yield from pool.imap(_work, itertools.chain(first, records), CHUNK)


_reader: Reader | None = None


def _start(options: Options) -> None:
    global _reader
    _reader = _open(options)


def _open(options: Options) -> Reader:
    """The reader; what it holds is not looked through for garbage again."""
    reader = open_reader(options)
    threadpool_limits(1)  # on matrices as small as a record's numpy's own threads only wait for each other
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT)
    return reader


def _work(record: Document | Reject) -> Reading | Reject:
    assert _reader is not None
    return record if isinstance(record, Reject) else _read(_reader, record)


def _read(reader: Reader, document: Document) -> Reading:
    return Reading(document.trial, document.layout, document.punctuated, reader.read(document))
