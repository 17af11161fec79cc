"""Plain-text pages of the registry's mirror -> `Fields`: the "Viewing Study" text and the description module page.

The study view lost its punctuation, so a label with its colon at the start of a line is never part of the prose.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from kg.model import Intervention
from kg.sources.fields import Fields

_VIEW = re.compile(r"^[ \t]*Viewing Study NCT\d{8}", re.M)
_MODULE = re.compile(r"^Brief Summary:|^Detailed Description:", re.M)
_LABELS = (
    "Ignite Creation Date", "Ignite Modification Date", "Last Modification Date", "Study NCT ID", "NCT ID", "Status",
    "Last Update Posted", "First Post", "Brief Title", "Sponsor", "Organization", "Official Title",
    "Status Verified Date", "Last Known Status", "Delayed Posting", "If Stopped, Why?", "Has Expanded Access",
    "If Expanded Access, NCT#", "Has Expanded Access, NCT# Status", "Acronym", "Brief Summary",
    "Detailed Description", "Has Oversight DMC", "Is a FDA Regulated Drug?", "Is a FDA Regulated Device?",
    "Is an Unapproved Device?", "Is a PPSD?", "Is a US Export?", "Is an FDA AA801 Violation?", "Study Brief", "Study",
    "Protocol Section", "Conditions", "Condition", "Keywords", "Study Type", "Phases", "Phase", "Start Date",
    "Interventions", "Intervention Type", "Intervention Name", "Arm Group", "Eligibility Criteria",
    "Overall Status", "Overall Official", "Central Contact", "Location",
)  # fmt: skip
_HEADINGS = ("Study Overview", "Study Oversight", "Study Design", "Study Conditions", "Study Arms", "Study Eligibility")
_ANY_LABEL = "|".join(re.escape(label) for label in _LABELS)
_LABEL = re.compile(rf"^(?:(?P<label>{_ANY_LABEL}):[ \t]?|(?:{'|'.join(_HEADINGS)})[ \t]*$)", re.M)
_NONE = ("None", "N/A", "")


def is_study_view(head: str) -> bool:
    """Whether a text begins as a "Viewing Study" page."""
    return bool(_VIEW.search(head[:2000]))


def is_module_page(head: str) -> bool:
    """Whether a text is the page of one module, or a study view whose first lines are missing."""
    return bool(re.search(r"^(?:Study )?NCT ID: *NCT\d{8}", head, re.M) and _MODULE.search(head))


def read_study_views(text: str) -> Iterator[Fields]:
    """Each study of a text that holds one or more study views."""
    starts = [match.start() for match in _VIEW.finditer(text)] or [0]
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        yield _fields(text[start:end], "study-view")


def read_module_page(text: str) -> Fields:
    """The study of a description module page; its line breaks are flattened, so bullets are set apart again."""
    return _fields(text, "ignite-module")


def _fields(text: str, layout: str) -> Fields:
    values = _labelled(text)
    heading = re.search(r"Viewing Study (NCT\d{8})", text)
    nct = values.get("Study NCT ID") or values.get("NCT ID") or (heading[1] if heading else "")
    return Fields(
        layout=layout,
        nct=nct.strip(),
        brief_title=values.get("Brief Title", ""),
        official_title=values.get("Official Title", ""),
        brief_summary=values.get("Brief Summary", ""),
        detailed_description=values.get("Detailed Description", ""),
        conditions=_lines(values, "Conditions", "Condition"),
        keywords=_lines(values, "Keywords"),
        interventions=tuple(Intervention("", name) for name in _lines(values, "Interventions", "Intervention Name")),
        phases=_lines(values, "Phases", "Phase"),
        study_type=values.get("Study Type", ""),
        overall_status=values.get("Status") or values.get("Overall Status", ""),
        sponsor=values.get("Sponsor") or values.get("Organization", ""),
        start_date=values.get("Start Date", ""),
        version_date=(values.get("Last Modification Date") or values.get("Ignite Modification Date", ""))[:10],
        flat=layout == "ignite-module",
    )


def _labelled(text: str) -> dict[str, str]:
    """The value after each label, up to the next label or heading; the first of equal labels counts."""
    values: dict[str, str] = {}
    marks = list(_LABEL.finditer(text))
    for mark, following in zip(marks, [*marks[1:], None], strict=True):
        label = mark["label"]
        if label and label not in values:
            value = text[mark.end() : following.start() if following else len(text)].strip("\r\n")
            values[label] = "" if value.strip() in _NONE else value
    return values


def _lines(values: dict[str, str], *labels: str) -> tuple[str, ...]:
    """A list whose items stand on lines of their own or between bars."""
    value = next((values[label] for label in labels if values.get(label)), "")
    return tuple(item.strip(" *\t") for item in re.split(r"[\n\r|]+", value) if item.strip(" *\t"))
