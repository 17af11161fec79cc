"""What the command says and how: lines, counts, tables, moving signs. Only `kg.cli` uses it; the library never prints.

Everything from a record is hostile text: nothing here lets a control character through to a terminal.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

T = TypeVar("T")

WORD = 16
"""Letters of a word that a table's column keeps together; where the terminal is too narrow for that, each row is shown
as a list of its cells.
"""


def one_line(text: str) -> str:
    """Text without line breaks and control characters: names of files come from strangers."""
    return "".join(c if c.isprintable() else "�" for c in " ".join(text.split()))


def counted(number: int, thing: str) -> str:
    """A number with its noun: 1 record, 2 records."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def put(text: str) -> None:
    """Writes data: exactly, except to a terminal, which gets no control characters."""
    if sys.stdout.isatty():
        from kg.store.format import harmless

        text = harmless(text)
    sys.stdout.write(text)


def hush() -> None:
    """Sends what is still held for standard output nowhere, so that the end of the process does not trip over it."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def progress(items: Iterable[T], what: str) -> Iterator[T]:
    """The items; on a terminal, with a counter on standard error."""
    if not sys.stderr.isatty():
        yield from items
        return
    from rich.console import Console
    from rich.progress import MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn(what), MofNCompleteColumn(), TextColumn("records"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        yield from bar.track(items, total=None)


@contextmanager
def busy(what: str) -> Iterator[None]:
    """On a terminal, a moving sign and the time gone by, for a step that has no items to count."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn(what), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        bar.add_task(what, total=None)
        yield


def print_table(heading: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    """A table as wide as the terminal, or each row as a list where that is narrow; nothing is cut."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(highlight=False, markup=False)
    least = [
        min(WORD, max((len(word) for cell in cells for word in cell.split()), default=1))
        for cells in zip(heading, *rows, strict=True)
    ]
    if sum(least) + len(least) <= console.width:
        table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
        for name, width in zip(heading, least, strict=True):
            table.add_column(name, overflow="fold", min_width=width)
        for row in rows:
            table.add_row(*map(Text, row))
        console.print(table)
        return
    for row in rows:
        cells = Table.grid(padding=(0, 2, 0, 0))
        cells.add_column(no_wrap=True)
        cells.add_column(overflow="fold")
        for name, cell in zip(heading, row, strict=True):
            cells.add_row(Text(name), Text(cell))
        console.print(cells)
        console.print()
