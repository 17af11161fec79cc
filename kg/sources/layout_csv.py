"""Tables -> `Fields`: the registry site's CSV download, and flat rows with the columns of a record.

An AACT table is one part of a database: its rows are no records, and the whole file gets one reason.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator

from kg.errors import SourceError
from kg.model import Intervention
from kg.sources.fields import Fields

_SITE_KEYS = ("NCT Number", "nct_id")


def delimiter_of(head: str) -> str:
    """The delimiter of a table that names a trial number in its first line; "" where it is no such table."""
    first = head.split("\n", 1)[0].strip("\r\ufeff ")
    for mark in (",", "\t", "|", ";"):
        columns = [column.strip().strip('"') for column in first.split(mark)]
        if len(columns) > 1 and any(key in columns for key in _SITE_KEYS):
            return mark
    return ""


def read_table(lines: Iterable[str], delimiter: str, where: str) -> Iterator[tuple[int, Fields]]:
    """The line where each row ends, and its fields.

    `SourceError` for a table whose rows are no records, or whose quoting is broken.
    """
    rows = csv.reader(lines, delimiter=delimiter)
    try:
        header = [column.strip().strip("\ufeff") for column in next(rows, [])]
        if "NCT Number" in header:
            make = _site_row
        elif "nct_id" in header and "brief_summary" in header:
            make = _flat_row
        else:
            raise SourceError(f"{where}: {_why_no_record(header)}")
        for row in rows:
            if any(cell.strip() for cell in row):
                yield rows.line_num, make(dict(zip(header, row, strict=False)))
    except csv.Error as error:
        raise SourceError(f"{where}: the table breaks off near line {rows.line_num} ({error})") from error


def _why_no_record(header: list[str]) -> str:
    columns = ", ".join(column for column in header if column not in ("id", "nct_id"))[:60]
    aact = header[:2] == ["id", "nct_id"] or "nlm_download_date_description" in header
    kind = "a table of the AACT database" if aact else "a table"
    part = "titles without a summary" if "brief_title" in header else "one part of a record"
    return f"{kind} (columns {columns}) whose rows are {part}; give whole records"


def _bars(value: str) -> tuple[str, ...]:
    return tuple(item.strip() for item in value.split("|") if item.strip())


def _interventions(value: str) -> tuple[Intervention, ...]:
    """`DRUG: Dapagliflozin|OTHER: Placebo` as interventions."""
    found = []
    for item in _bars(value):
        match = re.fullmatch(r"([A-Za-z_ ]{3,24}): ?(.+)", item, re.S)
        found.append(Intervention(match[1], match[2]) if match else Intervention("", item))
    return tuple(found)


def _site_row(row: dict[str, str]) -> Fields:
    def cell(*names: str) -> str:
        return next((row[name] for name in names if row.get(name)), "")

    return Fields(
        layout="ctg-csv",
        nct=cell("NCT Number"),
        brief_title=cell("Study Title", "Title"),
        brief_summary=cell("Brief Summary"),
        conditions=_bars(cell("Conditions")),
        interventions=_interventions(cell("Interventions")),
        phases=_bars(cell("Phases")),
        study_type=cell("Study Type"),
        overall_status=cell("Study Status", "Status"),
        sponsor=cell("Sponsor"),
        sponsor_class=cell("Funder Type"),
        start_date=cell("Start Date"),
    )


def _flat_row(row: dict[str, str]) -> Fields:
    return Fields(
        layout="flat-csv",
        nct=row.get("nct_id", ""),
        brief_title=row.get("brief_title", ""),
        official_title=row.get("official_title", ""),
        brief_summary=row.get("brief_summary", ""),
        detailed_description=row.get("detailed_description", ""),
        conditions=_bars(row.get("conditions", "")),
        keywords=_bars(row.get("keywords", "")),
        interventions=_interventions(row.get("interventions", "")),
        phases=(row.get("phase", "") or row.get("phases", ""),),
        study_type=row.get("study_type", ""),
        overall_status=row.get("overall_status", "") or row.get("status", ""),
        start_date=row.get("start_date", ""),
    )
