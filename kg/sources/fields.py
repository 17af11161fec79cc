"""What a layout finds in one record, before its text is read; and the step from there to a `Document`.

Each layout file turns its own raw form into `Fields`. Here the words of the different layouts become one
vocabulary (that of the registry's API v2 for phases, status and study type; capitalised words for the kind of an
intervention), dates become ISO, and the sponsor is kept only where it is an organisation.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from kg.model import Document, Intervention, Reject, Section
from kg.sources.reading_text import make_section, tidy, well_formed

SECTIONS = ("briefTitle", "officialTitle", "briefSummary", "detailedDescription")


@dataclass(frozen=True, slots=True)
class Fields:
    """The parts of a record that are read, in the layout's own words."""

    layout: str
    nct: str
    brief_title: str = ""
    official_title: str = ""
    brief_summary: str = ""
    detailed_description: str = ""
    conditions: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    interventions: tuple[Intervention, ...] = ()
    phases: tuple[str, ...] = ()
    study_type: str = ""
    overall_status: str = ""
    sponsor: str = ""
    sponsor_class: str = ""  # INDUSTRY, NIH, OTHER, INDIV, … where the layout has it
    sponsor_is_person: bool = False  # the layout says sponsor-investigator
    start_date: str = ""
    version_date: str = ""
    tildes: bool = False  # `~` stands for a line break
    flat: bool = False  # line breaks were flattened to spaces


def make_document(fields: Fields, source: str) -> Document | Reject:
    """The document, or the reason why the record holds nothing to read."""
    nct = nct_id(fields.nct)
    if not nct:
        given = f" (found {fields.nct[:40]!r})" if fields.nct else ""
        return Reject(source, f"the record has no NCT id{given}; expected NCT and eight digits")
    texts = (fields.brief_title, fields.official_title, fields.brief_summary, fields.detailed_description)
    status = _constant(fields.overall_status)
    if status == "WITHHELD" and not (fields.brief_summary.strip() or fields.detailed_description.strip()):
        return Reject(source, "the registry withholds this record: it has no text of its own", nct)
    sections = []
    start = 0
    for name, text in zip(SECTIONS, texts, strict=True):
        section = make_section(name, well_formed(text), start, tildes=fields.tildes, flat=fields.flat)
        if section.reading:
            sections.append(section)
            start += len(section.reading) + 2
    if not sections:
        return Reject(source, "the record has no title, summary or description", nct)
    text = "\n\n".join(section.reading for section in sections)
    return Document(
        nct=nct, source=source, layout=fields.layout, text=text, sections=tuple(sections),
        conditions=_distinct(map(tidy, fields.conditions)), keywords=_distinct(map(tidy, fields.keywords)),
        interventions=tuple(_intervention(i) for i in fields.interventions if tidy(i.name)),
        phases=phases(fields.phases), study_type=_study_type(fields.study_type), overall_status=status,
        sponsor=_organisation(fields), start_date=iso_date(fields.start_date),
        version_date=iso_date(fields.version_date), punctuated=is_punctuated(_prose(sections), fields.layout),
    )  # fmt: skip


def _prose(sections: list[Section]) -> str:
    """The sentences of a record; titles have no marks of their own."""
    return "\n\n".join(section.reading for section in sections if section.name in SECTIONS[2:])


def nct_id(value: object) -> str:
    """The registry number in its usual form, or "".

    >>> nct_id(" nct06592989 "), nct_id("NCT123")
    ('NCT06592989', '')
    """
    text = value.strip().upper() if isinstance(value, str) else ""
    return text if re.fullmatch(r"NCT[0-9]{8}", text) else ""


def strings(value: object) -> tuple[str, ...]:
    """A list of strings however the layout writes it: a list, one string, or nothing."""
    if isinstance(value, str):
        return (value,) if value.strip() else ()
    if isinstance(value, list | tuple):
        return tuple(item for item in value if isinstance(item, str) and item.strip())
    return ()


def string(value: object) -> str:
    """The value if it is a string, else ""."""
    return value if isinstance(value, str) else ""


_SENTENCE_MARK = re.compile(r"[.,;:()?!]")
_LONG = 60  # words
_FEWEST_MARKS = 0.01  # a word; ordinary records have 0.1 and more, stripped ones none
_MARKS_OF_PROSE = 0.05


def is_punctuated(text: str, layout: str) -> bool:
    """Whether sentences can be told by their marks.

    False for a long text that has practically none, and for a study view unless a long text clearly has them.
    """
    words = len(text.split())
    marks = len(_SENTENCE_MARK.findall(text))
    if layout == "study-view":
        return words > _LONG and marks >= words * _MARKS_OF_PROSE
    return words <= _LONG or marks >= words * _FEWEST_MARKS


_MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
           "november", "december")  # fmt: skip
_ISO = re.compile(r"[0-9]{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12][0-9]|3[01])(?![0-9]))?(?![0-9]))?(?![0-9])")
_WORDED = re.compile(r"([A-Za-z]{3,9})\.? +(?:(0?[1-9]|[12][0-9]|3[01]), *)?([0-9]{4})(?![0-9])")


def iso_date(value: str) -> str:
    """A date as year, year-month or year-month-day; "" where it cannot be told.

    >>> iso_date("May 1, 2020"), iso_date("January 2000"), iso_date("2018-12-15T00:00:00"), iso_date("soon")
    ('2020-05-01', '2000-01', '2018-12-15', '')
    """
    text = value.strip()
    if match := _ISO.match(text):
        return match.group()
    match = _WORDED.search(text)
    if not match:
        return ""
    month = next((n for n, name in enumerate(_MONTHS, 1) if name.startswith(match[1].lower())), 0)
    if not month:
        return ""
    return f"{match[3]}-{month:02}" + (f"-{int(match[2]):02}" if match[2] else "")


_ROMAN = {"0": "EARLY_PHASE1", "I": "PHASE1", "II": "PHASE2", "III": "PHASE3", "IV": "PHASE4",
          "I_II": "PHASE1 PHASE2", "II_III": "PHASE2 PHASE3"}  # fmt: skip


def phases(values: Iterable[str]) -> tuple[str, ...]:
    """Phases as API v2 writes them; "not applicable" is no phase.

    >>> phases(["Phase 1/Phase 2"]), phases(["Early Phase 1"]), phases(["N/A"]), phases(["II"])
    (('PHASE1', 'PHASE2'), ('EARLY_PHASE1',), (), ('PHASE2',))
    """
    found = []
    for value in values:
        word = _constant(value)
        found += re.findall(r"EARLY_PHASE1|PHASE[1-4]", _ROMAN.get(word, word.replace("PHASE_", "PHASE")
                                                                   .replace("PHASE0", "EARLY_PHASE1")))  # fmt: skip
    return tuple(dict.fromkeys(found))


def _constant(value: str) -> str:
    """Words as the constants of API v2: "Active, not recruiting" is ACTIVE_NOT_RECRUITING."""
    word = re.sub(r"[^A-Z0-9]+", "_", value.upper()).strip("_")
    return {"UNKNOWN_STATUS": "UNKNOWN", "NONE": ""}.get(word, word)


def _study_type(value: str) -> str:
    word = _constant(value)
    return next((kind for kind in ("INTERVENTIONAL", "OBSERVATIONAL", "EXPANDED_ACCESS") if word.startswith(kind)), "")


def _intervention(intervention: Intervention) -> Intervention:
    kind = " ".join(tidy(intervention.kind).replace("_", " ").split()).title()
    return Intervention(kind, tidy(intervention.name), _distinct(map(tidy, intervention.other_names)))


def _distinct(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value))


_BODY = re.compile(
    r"(?i)universi|hospital|instit|cent(?:er|re|ro)|colleg|school|clini[ck]|\binc\b|\bltd|limited|\bllc|gmbh|\bag\b"
    r"|\bs\.?[apr]\.?[als]?\b|\bcorp|compan|pharma|therap|medic|health|group|foundation|fondaz|fundac|association"
    r"|society|network|council|trust|laborator|biotech|bioscience|science|oncolog|cancer|research|assistance|h[oô]p"
    r"|ospedal|ministr|agency|department|division|service|program|alliance|consorti|academ|national|squibb|lilly|nordisk|ingelheim|roche|merck|&|(?-i:\b[A-Z]{3,}\b)"
)
_DEGREE = re.compile(r"(?:^|[\s,])(?:MD|PhD|Ph\.D|M\.D|Dr|Prof|Professor|MBBS|MSc|PharmD|DO|RN)\b\.?")
_PERSON = re.compile(r"[^\W\d_][\w.'-]*(?:,? [^\W\d_][\w.'-]*){1,3}")
_ORGANISED = frozenset({"INDUSTRY", "NIH", "FED", "OTHER_GOV", "NETWORK", "U_S_FED"})


def _organisation(fields: Fields) -> str:
    """The sponsor where it is an organisation; people who sponsor their own trial are left out.

    Layouts that do not say who sponsors are judged by the name: two to four words of which none is a word of an
    organisation, or a degree, is taken for a person. An unknown company may be lost so; a person's name is not kept.
    """
    name = tidy(fields.sponsor)
    if not name or name == "None" or fields.sponsor_is_person or _constant(fields.sponsor_class) == "INDIV":
        return ""
    if _constant(fields.sponsor_class) in _ORGANISED:
        return name
    if _DEGREE.search(name) or (_PERSON.fullmatch(name) and not _BODY.search(name)):
        return ""
    return name
