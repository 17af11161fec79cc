"""One made-up record in every layout: the same document comes out."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from pathlib import Path

import pytest
from sources_handmade import (
    CONDITIONS,
    DETAILS,
    KEYWORDS,
    NCT,
    OFFICIAL,
    SPONSOR,
    SUMMARY,
    TITLE,
    api_v2,
    full_studies,
    nci_cts,
    read,
    scale_row,
    study_view,
    write,
    xml,
)

from kg.errors import SourceError
from kg.model import Document, Intervention
from kg.sources.read import read_document, read_records

WHOLE = {
    "api-v2": api_v2(),
    "full-studies": full_studies(),
    "xml": xml(),
    "scale-row": scale_row(),
    "nci-cts": nci_cts(),
}


@pytest.mark.parametrize("layout", sorted(WHOLE))
def test_layout_gives_the_whole_record(layout: str, tmp_path: Path) -> None:
    """Text and structured fields are the same whichever way the record travelled."""
    (document,), rejects = read(write(tmp_path / "x", WHOLE[layout]))
    assert not rejects
    assert document.layout == layout
    assert document.text == "\n\n".join((TITLE, OFFICIAL, SUMMARY, DETAILS))
    assert (document.nct, document.conditions, document.keywords) == (NCT, CONDITIONS, KEYWORDS)
    assert document.interventions == (Intervention("Drug", "Drugatinib", ("DRG-001",)),)
    assert (document.phases, document.study_type) == (("PHASE1", "PHASE2"), "INTERVENTIONAL")
    assert (document.overall_status, document.start_date) == ("NOT_YET_RECRUITING", "2024-10")
    assert document.sponsor == SPONSOR
    assert document.version_date == ("" if layout in ("scale-row", "nci-cts") else "2024-10-26")
    assert document.punctuated


@pytest.mark.parametrize("layout", sorted(WHOLE))
def test_sections_stand_in_the_text_where_they_say(layout: str, tmp_path: Path) -> None:
    """Each section's reading is found at its start; each word of it in the section's own text."""
    (document,), _ = read(write(tmp_path / "x", WHOLE[layout]))
    names = [section.name for section in document.sections]
    assert names == ["briefTitle", "officialTitle", "briefSummary", "detailedDescription"]
    for section in document.sections:
        assert section.span.of(document.text) == section.reading
        assert document.section_at(section.start) is section
    at = document.text.index("drugatinib blocks")
    section, span, quote = document.quote(document.sections[3].span)
    assert section.name == "detailedDescription" and span.of(section.text) == quote
    assert document.section_at(at) is section


@pytest.mark.parametrize("layout", sorted(WHOLE))
def test_contacts_are_never_read(layout: str, tmp_path: Path) -> None:
    """No name, telephone number or address of a contact field is anywhere in the document."""
    (document,), _ = read(write(tmp_path / "x", WHOLE[layout]))
    assert "Secret" not in repr(document) and "555" not in repr(document) and "@" not in repr(document)


def test_study_view_is_read_without_punctuation(tmp_path: Path) -> None:
    """Label lines end a field, line breaks inside a field stay, None is nothing."""
    (document,), _ = read(write(tmp_path / "x.json", study_view()))
    assert document.layout == "study-view" and not document.punctuated
    assert [s.name for s in document.sections] == ["briefTitle", "officialTitle", "briefSummary", "detailedDescription"]
    assert document.sections[3].text == "Madeupoma is rare 15\n\nEGFR drives it drugatinib blocks EGFR in mice"
    assert (document.overall_status, document.version_date) == ("NOT_YET_RECRUITING", "2024-10-26")
    assert document.sponsor == ""


def test_study_views_may_follow_one_another(tmp_path: Path) -> None:
    """A text with two studies gives two documents."""
    documents, _ = read(write(tmp_path / "x", study_view() + "\n" + study_view("NCT09999902")))
    assert [d.nct for d in documents] == [NCT, "NCT09999902"]


def test_partial_record_is_read(tmp_path: Path) -> None:
    """Modules that are missing leave fields empty."""
    modules = {"identificationModule": {"nctId": NCT}, "descriptionModule": {"briefSummary": SUMMARY}}
    record = {"protocolSection": modules}
    (document,), _ = read(write(tmp_path / "x", record))
    assert document.text == SUMMARY and document.conditions == () and document.trial.title == ""


def test_trialgpt_record_is_read(tmp_path: Path) -> None:
    """Tildes are line breaks; lists written as Python source are lists."""
    metadata = {"brief_title": TITLE, "brief_summary": "Drugs kill.~Cells die at ~5 mg.", "phase": "",
                "drugs": "['Drugatinib', 'x']", "diseases_list": ["Madeupoma"]}  # fmt: skip
    record = {"trial_id": NCT, "contextual": {"_id": NCT, "title": TITLE, "metadata": metadata}}
    (document,), _ = read(write(tmp_path / "x", record))
    assert document.text == TITLE + "\n\nDrugs kill.\nCells die at ~5 mg."
    assert [i.name for i in document.interventions] == ["Drugatinib", "x"]
    assert document.sections[1].text == "Drugs kill.~Cells die at ~5 mg."


def test_module_page_is_read(tmp_path: Path) -> None:
    """The mirror's description page keeps punctuation and lists bullets in the line."""
    page = (f"Description Module\n\nNarrative.\n\nNCT ID: {NCT}\n"
            "Brief Summary: We will see: * One thing * Another one.\n"
            f"Detailed Description: It works.\nStudy: {NCT}\nStudy Brief:\nProtocol Section: {NCT}\n")  # fmt: skip
    (document,), _ = read(write(tmp_path / "x", page))
    assert document.text == "We will see:\n* One thing\n* Another one.\n\nIt works."
    assert document.punctuated


def test_site_csv_is_read_row_by_row(tmp_path: Path) -> None:
    """Bars part lists, `TYPE: name` gives the kind, quoted line breaks stay."""
    table = ('NCT Number,Study Title,Study Status,Brief Summary,Conditions,Interventions,Sponsor,Phases,Study Type,'
             f'Start Date\n{NCT},"{TITLE}",COMPLETED,"One.\n\nTwo.",A|B,DRUG: Drugatinib|OTHER: Diet: low salt,'
             'Nowhere Inc.,PHASE1|PHASE2,INTERVENTIONAL,2009-06\n')  # fmt: skip
    (document,), _ = read(write(tmp_path / "x", table))
    assert document.text == TITLE + "\n\nOne.\n\nTwo."
    assert document.conditions == ("A", "B") and document.phases == ("PHASE1", "PHASE2")
    assert document.interventions == (Intervention("Drug", "Drugatinib"), Intervention("Other", "Diet: low salt"))


@pytest.mark.parametrize(
    "value",
    [
        [api_v2(), api_v2("NCT09999902")],
        {"totalCount": 2, "studies": [api_v2(), api_v2("NCT09999902")], "nextPageToken": "x"},
        {"data": [nci_cts(), nci_cts("NCT09999902")], "total": 2},
        [full_studies(), scale_row("NCT09999902")],
    ],
)
def test_arrays_and_envelopes_are_taken_apart(value: object, tmp_path: Path) -> None:
    """An array, an API's answer, and arrays of mixed layouts give each record, indented or not."""
    for indent in (None, 2):
        documents, rejects = read(write(tmp_path / "x", json.dumps(value, indent=indent)))
        assert [d.nct for d in documents] == [NCT, "NCT09999902"] and not rejects


def _lines() -> bytes:
    return "\n".join(json.dumps(v) for v in (api_v2(), scale_row("NCT09999902"), full_studies("NCT09999903"))).encode()


def test_json_lines_of_any_layout_are_read_packed_or_not(tmp_path: Path) -> None:
    """Lines may mix layouts; gzip is seen by content; the line number is in the source."""
    plain, packed = write(tmp_path / "a", _lines()), write(tmp_path / "b", gzip.compress(_lines()))
    for path in (plain, packed):
        documents, rejects = read(path)
        assert [d.nct for d in documents] == [NCT, "NCT09999902", "NCT09999903"] and not rejects
        assert documents[1].source == f"{path}, line 2"


def _zip(**members: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return file.getvalue()


def test_zip_is_read_member_by_member(tmp_path: Path) -> None:
    """Members come in order of name, whatever their paths are; nothing is unpacked to disk."""
    data = _zip(**{"z/../../b.xml": xml("NCT09999902"), "a.json": json.dumps(api_v2()), "__MACOSX/a.json": "junk"})
    path = write(tmp_path / "records", data)
    documents, rejects = read(path)
    assert [d.nct for d in documents] == [NCT, "NCT09999902"] and not rejects
    assert documents[1].source == f"{path}!z/../../b.xml"
    assert sorted(p.name for p in tmp_path.rglob("*")) == ["records"]


class _Pipe(io.RawIOBase):
    """Standard input as a pipe gives it: a few bytes at a time, no way back."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:
        piece, self._data = self._data[:100], self._data[100:]
        buffer[: len(piece)] = piece
        return len(piece)


@pytest.mark.parametrize(
    ("data", "count"),
    [(_lines(), 3), (gzip.compress(_lines()), 3), (_zip(a=study_view(), b=xml("NCT09999902")), 2), (xml().encode(), 1)],
)
def test_standard_input_is_read_like_a_file(data: bytes, count: int) -> None:
    """Any layout and archive may come through a pipe."""
    documents, rejects = read("-", stdin=_Pipe(data))
    assert len(documents) == count and not rejects
    assert documents[0].source.startswith("standard input")


def test_folder_is_read_in_order_with_all_below(tmp_path: Path) -> None:
    """Sorted, recursive, hidden files passed over, other files named as rejects."""
    write(tmp_path / "b" / "2.json", api_v2("NCT09999902"))
    write(tmp_path / "b" / "1.xml", xml())
    write(tmp_path / "c.txt", study_view("NCT09999903"))
    write(tmp_path / ".hidden", api_v2("NCT09999904"))
    write(tmp_path / "notes.md", "# Notes")
    documents, rejects = read(tmp_path)
    assert [d.nct for d in documents] == ["NCT09999903", NCT, "NCT09999902"]
    assert [r.source for r in rejects] == [str(tmp_path / "notes.md")]


def test_trial_that_comes_twice_is_read_once(tmp_path: Path) -> None:
    """The first is kept, the second named, also within one file."""
    first, second = write(tmp_path / "a", api_v2()), write(tmp_path / "b", study_view() + study_view())
    documents, rejects = read(first, second)
    assert [d.layout for d in documents] == ["api-v2"]
    assert [r.nct for r in rejects] == [NCT, NCT]
    assert rejects[0].reason == f"{NCT} was read already, from {first}; the first is kept"


def test_reading_is_lazy(tmp_path: Path) -> None:
    """The first record is there before the second is looked at."""
    records = read_records([write(tmp_path / "a", api_v2()), write(tmp_path / "b", b"\0")])
    assert isinstance(next(records), Document)


def test_sponsor_is_an_organisation_or_nothing(tmp_path: Path) -> None:
    """People who sponsor their own trial are left out, also where the layout does not say so."""
    found = {}
    for n, (name, kind) in enumerate(
        [("Robbie Example", "OTHER"), ("Example, Ana Maria", "INDIV"), ("Jo Example, MD", ""), ("Pfizer", "INDUSTRY"),
         ("Novo Nordisk A/S", ""), ("Mayo Clinic", "OTHER"), ("Fox Chase", "NETWORK")]
    ):  # fmt: skip
        record = api_v2(f"NCT1000000{n}")
        record["protocolSection"]["sponsorCollaboratorsModule"] = {"leadSponsor": {"name": name, "class": kind}}
        (document,), _ = read(write(tmp_path / "x", record))
        found[name] = document.sponsor
    kept = [name for name, sponsor in found.items() if sponsor]
    assert kept == ["Pfizer", "Novo Nordisk A/S", "Mayo Clinic", "Fox Chase"]


def test_long_text_without_marks_is_not_punctuated(tmp_path: Path) -> None:
    """Stripped text is seen in any layout; a short summary without a full stop is not blamed."""
    bare = "gefitinib inhibits EGFR and shrinks tumours in mice " * 10
    (document,), _ = read(write(tmp_path / "x", api_v2(briefSummary=bare)))
    assert not document.punctuated
    (document,), _ = read(write(tmp_path / "x", api_v2(briefSummary="To see whether it works")))
    assert document.punctuated


def test_read_document_reads_one_string() -> None:
    """A string holds one record, or the reason is raised."""
    assert read_document(study_view()).nct == NCT
    with pytest.raises(SourceError, match="no known record layout"):
        read_document("hello", source="clipboard")
