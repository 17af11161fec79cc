"""Every shared development record, in every layout it travels in; skipped where the material is not at hand."""

from __future__ import annotations

import os
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from sources_handmade import read

from kg.model import Document, Reject, Span
from kg.sources.contacts import contact_spans
from kg.sources.read import read_records

SHARED = Path(os.environ.get("KG_SHARED") or Path(__file__).resolve().parents[2].parent / "shared")
DEV = SHARED / "trials" / "dev"
SCALE = SHARED / "trials" / "scale" / "trials.jsonl.gz"
RECORDS = {"v2": 103, "xml": 59, "v1": 12}  # 174 with those of each folder

pytestmark = pytest.mark.skipif(not DEV.is_dir(), reason=f"no shared records at {DEV} (set KG_SHARED)")


@cache
def folder(name: str) -> tuple[tuple[Document, ...], tuple[Reject, ...]]:
    """What one folder of the development records gives."""
    documents, rejects = read(DEV / name)
    return tuple(documents), tuple(rejects)


def test_all_174_records_are_read_or_withheld() -> None:
    """172 are read under their file's id, two were withheld by the registry."""
    files = {path.stem for name in RECORDS for path in (DEV / name).iterdir()}
    assert {name: len(list((DEV / name).iterdir())) for name in RECORDS} == RECORDS
    documents = [d for name in RECORDS for d in folder(name)[0]]
    rejects = [r for name in RECORDS for r in folder(name)[1]]
    assert (len(files), len(documents), len(rejects)) == (174, 172, 2)
    assert {r.nct for r in rejects} == {"NCT03182660", "NCT04455854"}
    assert all("withholds" in r.reason for r in rejects)
    assert {d.nct for d in documents} | {r.nct for r in rejects} == files
    assert Counter(d.layout for d in documents) == {"api-v2": 103, "xml": 58, "full-studies": 11}
    assert all(d.punctuated and d.conditions and d.version_date and d.study_type for d in documents)


def test_the_28_files_in_other_layouts_are_read_or_rejected() -> None:
    """22 files give 95 records; the six AACT tables are rejected for what they are."""
    files = [path for path in (DEV / "formats").rglob("*") if path.is_file() and path.name != "manifest.tsv"]
    assert len(files) == 28
    documents, rejects = folder("formats")
    assert Counter(d.layout for d in documents) == {
        "ctg-csv": 60, "api-v2": 25, "nci-cts": 4, "trialgpt": 4, "ignite-module": 2,
    }  # fmt: skip
    tables = {r.source for r in rejects if "table of the AACT database" in r.reason}
    assert len(tables) == 6 and all("aact-csv" in source for source in tables)
    assert [r.source.rsplit("/", 1)[1] for r in rejects if r.source not in tables] == ["manifest.tsv"]


def test_study_view_copies_agree_with_their_originals() -> None:
    """Without punctuation, the study view of a record says the words of its API v2 record, line by line."""
    originals = {d.nct: d for d in folder("v2")[0]}
    copies, _ = folder("study_view_converted")
    assert len(copies) == 12 and not any(d.punctuated for d in copies)
    for copy in copies:
        original = originals[copy.nct]
        assert copy.overall_status == original.overall_status
        assert [s.name for s in copy.sections] == [s.name for s in original.sections]
        for mine, theirs in zip(copy.sections, original.sections, strict=True):
            if mine.name.endswith("Title"):
                assert mine.reading == theirs.reading
            else:
                assert re.findall(r"\w+", mine.reading) == re.findall(r"\w+", re.sub(r"[^\w\s-]", "", theirs.reading))
                assert mine.reading.count("\n\n") == theirs.reading.count("\n\n")


@pytest.mark.slow
def test_scale_rows_agree_with_their_records() -> None:
    """The flat row of a record reads as the record does, whatever layout it was taken from."""
    whole = {d.nct: d for name in RECORDS for d in folder(name)[0]}
    found = 0
    for row in read_records([SCALE]):
        if isinstance(row, Document) and row.nct in whole:
            found += 1
            document = whole[row.nct]
            readings = {s.name: s.reading for s in document.sections}
            for section in row.sections:
                assert section.reading == readings[section.name], (row.nct, section.name)
            assert row.study_type in ("", document.study_type)
            assert set(row.phases) <= set(document.phases)
    assert found == 172


@pytest.mark.parametrize("name", [*RECORDS, "formats", "study_view_converted", "NCT06592989.txt"])
def test_every_word_is_found_in_its_section(name: str) -> None:
    """The source of each word is in the record; beside letters that were resolved it is the word itself."""
    documents, _ = folder(name)
    assert documents
    for document in documents:
        for section in document.sections:
            assert section.span.of(document.text) == section.reading
            assert section.origin is None or len(section.origin) == len(section.reading) + 1
            for match in re.finditer(r"[A-Za-z0-9]+", section.reading):
                span = Span(section.start + match.start(), section.start + match.end())
                source = section.original(span).of(section.text)
                assert source == match.group() or not source.isascii()


@pytest.mark.parametrize("name", [*RECORDS, "formats"])
def test_no_contact_detail_outside_the_prose(name: str) -> None:
    """Structured fields hold no address or number; what prose holds is found by `contact_spans`."""
    for document in folder(name)[0]:
        fields = " | ".join((document.sponsor, *document.conditions, *document.keywords,
                             *(n for i in document.interventions for n in (i.name, *i.other_names))))  # fmt: skip
        assert not contact_spans(fields)
        for match in re.finditer(r"[\w.]+@[\w-]+\.\w+", document.text):
            assert any(span.overlaps(Span(*match.span())) for span in contact_spans(document.text))


def test_the_example_is_the_reference_record() -> None:
    """The copy that the project ships reads like the record as received."""
    (mine,), _ = read(Path(__file__).resolve().parents[2] / "examples" / "NCT06592989.txt")
    (theirs,), _ = folder("NCT06592989.txt")
    assert mine.text == theirs.text and mine.nct == "NCT06592989" and not mine.punctuated
    assert [s.name for s in mine.sections] == ["briefTitle", "officialTitle", "briefSummary", "detailedDescription"]


@pytest.mark.slow
def test_scale_file_streams_in_time() -> None:
    """18,966 rows: 18,963 read, two withheld, one whose id has a digit too few."""
    records = Counter(isinstance(record, Document) for record in read_records([SCALE]))
    assert records == {True: 18_963, False: 3}
