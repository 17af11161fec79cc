"""Bad input: one clear line for each, and the other records are still read."""

from __future__ import annotations

import gzip
import io
import json
import os
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sources_handmade import NCT, SUMMARY, api_v2, full_studies, read, scale_row, study_view, write, xml

from kg.errors import SourceError
from kg.model import Document, Reject
from kg.sources.read import read_records

BOMB = '<!DOCTYPE b [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>\n'
OUTSIDE = '<!DOCTYPE b [<!ENTITY a SYSTEM "file:///etc/passwd">]>\n'
WITHHELD = {"protocolSection": {"identificationModule": {"nctId": NCT, "briefTitle": "[Trial of device]"},
                                "statusModule": {"overallStatus": "WITHHELD"}}}  # fmt: skip
ROW = json.dumps(scale_row("NCT09999902"))


def _zip(name: str, data: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
    return file.getvalue()


CASES = {
    "empty": (b"", "the file is empty"),
    "blank": (b" \n\n ", "the file is empty"),
    "binary": (bytes(range(256)) * 20, "a binary file"),
    "pdf": (b"%PDF-1.4\n%\xe2\xe3\0\0", "a binary file"),
    "truncated object": (json.dumps(api_v2(), indent=1).encode()[:900], "breaks off before its end at line"),
    "truncated line": (json.dumps(api_v2()).encode()[:900], "breaks off before its end at line 1"),
    "broken": (b'{"protocolSection": {,}}', "broken JSON"),
    "other json": (b'{"name": "x", "version": 1}', "JSON without the parts of a trial record (found: name, version)"),
    "number": (b"[1]", "JSON without the parts of a trial record (found: int)"),
    "deep": (b'{"protocolSection":' + b"[" * 200_000 + b"]" * 200_000 + b"}", "nested too deeply"),
    "deep array": (b"[" * 200_000, "nested too deeply"),
    "long number": (b'{"nct_id": ' + b"9" * 9000 + b"}", "value that cannot be read"),
    "entity bomb": (xml(first=BOMB).encode(), "declares entities"),
    "outside entity": (xml(first=OUTSIDE).encode(), "declares entities"),
    "truncated xml": (xml().encode()[:700], "broken XML at line"),
    "other xml": (b"<?xml version='1.0'?><rss><item/></rss>", "no <clinical_study>"),
    "web page": (b"<!DOCTYPE html><html><body>NCT09999901</body></html>", "a web page in no known record layout"),
    "text": (b"Dear all, see NCT09999901", "text in no known record layout"),
    "undecodable": ((ROW + "\u00e9\n").encode("cp1252").replace(b"\xe9", b"\x81"), "neither UTF-8 nor Windows-1252"),
    "mixed": (json.dumps(scale_row(), ensure_ascii=False).encode() + b"\xff", "broken UTF-8 at byte"),
    "odd utf-16": (("\ufeff" + ROW).encode("utf-16-le") + b"\xd8", "broken UTF-16"),
    "withheld": (json.dumps(WITHHELD).encode(), "withholds this record"),
    "no text": (b'{"nct_id": "NCT09999901", "brief_title": " "}', "no title, summary or description"),
    "no id": (b'{"nct_id": "NCT1", "brief_title": "x"}', "no NCT id (found 'NCT1')"),
    "aact": (b"id,nct_id,name\n1,NCT09999901,x\n", "a table of the AACT database (columns name)"),
    "bzip2": (b"BZh91AY&SY", "a bzip2 archive, which is not read"),
    "gzip in gzip": (gzip.compress(gzip.compress(b"{}")), "gzip inside gzip"),
    "zip in zip": (_zip("a.zip", _zip("a", b"{}")), "an archive inside an archive"),
    "zip bomb": (_zip("a.json", b'{"nct_id": "' + b" " * 80_000_000), "times its size"),
    "cut zip": (_zip("a.json", json.dumps(api_v2()).encode())[:-40], "cannot be unpacked"),
}  # fmt: skip


@pytest.mark.parametrize("case", sorted(CASES))
def test_bad_file_gives_one_line_and_the_rest_is_read(case: str, tmp_path: Path) -> None:
    """A file that cannot be read is one reject whose reason says what is wrong; its neighbours are read."""
    data, reason = CASES[case]
    before, bad = write(tmp_path / "1", study_view("NCT09999903")), write(tmp_path / "2", data)
    after = write(tmp_path / "3", xml("NCT09999904"))
    documents, rejects = read(before, bad, after)
    assert [d.nct for d in documents] == ["NCT09999903", "NCT09999904"]
    (reject,) = rejects
    assert reason in reject.reason and "\n" not in reject.reason
    assert reject.source.startswith(str(bad)) and len(reject.reason) < 250


def test_missing_file_is_named_at_once_where_no_path_exists(tmp_path: Path) -> None:
    """Before anything is read."""
    with pytest.raises(SourceError, match=r"nowhere\.json: no such file or folder"):
        read_records([tmp_path / "nowhere.json"])


def test_missing_file_among_others_is_a_reject(tmp_path: Path) -> None:
    """In its place; the others are read."""
    first, last = write(tmp_path / "a", study_view("NCT09999903")), write(tmp_path / "b", xml("NCT09999904"))
    found = list(read_records([first, tmp_path / "nowhere.json", last, tmp_path / ("x" * 300)]))
    assert [type(record) for record in found] == [Document, Reject, Document, Reject]
    assert found[1].reason == "no such file or folder" and found[1].source.endswith("nowhere.json")


def test_folder_without_records_is_a_reject_beside_others_and_an_error_alone(tmp_path: Path) -> None:
    """The other paths are read all the same."""
    write(tmp_path / "empty" / "notes.txt", "nothing")
    found = list(read_records([tmp_path / "empty", write(tmp_path / "a", api_v2())]))
    assert [type(record) for record in found] == [Reject, Document, Reject]
    assert found[2].reason.startswith("no trial record in this folder")
    with pytest.raises(SourceError, match="empty: no trial record in this folder"):
        list(read_records([tmp_path / "empty"]))


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    """What lies elsewhere was not asked for; a link inside the folder is read."""
    outside = write(tmp_path / "outside.txt", study_view("NCT09999903"))
    write(tmp_path / "folder" / "inside.txt", study_view("NCT09999904"))
    os.symlink(outside, tmp_path / "folder" / "link.txt")
    documents, rejects = read(tmp_path / "folder")
    assert [d.nct for d in documents] == ["NCT09999904"]
    assert ["leads out of the folder" in r.reason for r in rejects] == [True]


def test_standard_input_must_be_given() -> None:
    """A library does not take it unasked."""
    with pytest.raises(SourceError, match="standard input"):
        read_records(["-"])


def test_unreadable_file_is_a_reject(tmp_path: Path) -> None:
    """A link to itself exists in its folder and cannot be opened."""
    os.symlink(tmp_path / "loop", tmp_path / "loop")
    write(tmp_path / "a", api_v2())
    documents, _ = read(tmp_path)
    assert len(documents) == 1


_MARKED = ("utf-8-sig", "utf-16", "utf-32", "cp1252")
_UNMARKED = ("utf-16-le", "utf-16-be")  # told by the first bracket


@pytest.mark.parametrize(
    ("encoding", "layout"),
    [(e, layout) for layout in ("json", "lines", "array", "xml", "view", "csv") for e in _MARKED]
    + [(e, layout) for layout in ("json", "lines", "array", "xml") for e in _UNMARKED],
)
def test_encodings_are_told_apart(encoding: str, layout: str, tmp_path: Path) -> None:
    """UTF-8 with a mark, UTF-16 with and without one, and Windows-1252 all give the same letters."""
    row = scale_row() | {"brief_title": "Étude “café”"}
    text = {
        "json": json.dumps(row, ensure_ascii=False, indent=1),
        "lines": json.dumps(row, ensure_ascii=False) + "\n" + ROW + "\n",
        "array": json.dumps([row], ensure_ascii=False),
        "xml": xml().replace("Drugatinib in Advanced Madeupoma", "Étude “café”").replace(' encoding="UTF-8"', ""),
        "view": study_view().replace("Drugatinib in Advanced Madeupoma", "Étude “café”"),
        "csv": f"NCT Number,Study Title,Brief Summary\n{NCT},Étude “café”,x\n",
    }[layout].replace("β", "b")
    documents, rejects = read(write(tmp_path / "x", text.encode(encoding)))
    assert not rejects and documents[0].sections[0].text == "Étude “café”"
    assert documents[0].sections[0].reading == 'Étude "café"'


def test_declared_encoding_of_xml_is_believed(tmp_path: Path) -> None:
    """Latin-2 has other letters than Windows-1252 at the same bytes."""
    text = xml().replace("UTF-8", "ISO-8859-2").replace("Advanced", "Łódź").replace("β", "b")
    (document,), _ = read(write(tmp_path / "x", text.encode("iso-8859-2")))
    assert "Łódź" in document.text


def test_truncated_gzip_keeps_the_lines_before(tmp_path: Path) -> None:
    """What was unpacked before the break is read."""
    lines = "\n".join(json.dumps(scale_row(f"NCT{n:08}") | {"keywords": [os.urandom(40).hex()]}) for n in range(3000))
    documents, rejects = read(write(tmp_path / "x", gzip.compress(lines.encode())[:-5000]))
    assert 1000 < len(documents) < 3000 and len(rejects) == 1
    assert "breaks off" in rejects[0].reason


def test_truncated_array_keeps_the_records_before(tmp_path: Path) -> None:
    """Each item is read as it comes."""
    data = json.dumps([api_v2(), api_v2("NCT09999902")])[:-50]
    documents, (reject,) = read(write(tmp_path / "x", data))
    assert [d.nct for d in documents] == [NCT]
    assert reject.source.endswith("record 2") and "breaks off" in reject.reason


@pytest.mark.parametrize("bad", ['{"nct_id": "NCT', "{]}", "[1, 2", "null", '{"a": ' + "[" * 100_000, "\ufffd"])
def test_bad_line_leaves_the_other_lines(bad: str, tmp_path: Path) -> None:
    """Also where the very first line is bad, if the second is a record."""
    good = json.dumps(scale_row())
    documents, (reject,) = read(write(tmp_path / "x", f"{good}\n{bad}\n\n{ROW}"))
    assert len(documents) == 2 and ", line 2" in reject.source
    if bad.startswith("{"):
        documents, (reject,) = read(write(tmp_path / "x", f"{bad}\n{good}\n{ROW}\n"))
        assert len(documents) == 2 and ", line 1" in reject.source


def test_record_above_the_limit_is_refused(tmp_path: Path) -> None:
    """In every layout; a stream of lines goes on behind it, and may be longer than the limit itself."""
    limit = 20_000
    huge = scale_row("NCT09999903") | {"eligibility": "x" * 50_000}
    rows = [json.dumps(scale_row(f"NCT{n:08}")) for n in range(40)]
    text = "\n".join([*rows[:20], json.dumps(huge), *rows[20:]])
    documents, rejects = read(write(tmp_path / "a", text), max_bytes=limit)
    assert len(documents) == 40 and [r.source[-7:] for r in rejects] == ["line 21"]
    documents, rejects = read(write(tmp_path / "a", "\n".join([json.dumps(huge), *rows])), max_bytes=limit)
    assert len(documents) == 40 and len(rejects) == 1
    documents, rejects = read(write(tmp_path / "a", f"[{','.join(rows)}]"), max_bytes=limit)
    assert len(documents) == 40 and not rejects
    for value in (json.dumps(huge, indent=1), f"[{json.dumps(huge)}]", xml(summary="word " * 10_000),
                  study_view() + "x" * 50_000, study_view().encode("utf-16") + b"x\0" * 50_000):  # fmt: skip
        documents, (reject,) = read(write(tmp_path / "a", value), max_bytes=limit)
        assert not documents and "limit" in reject.reason


def test_array_longer_than_what_is_read_at_once(tmp_path: Path) -> None:
    """Records that lie across the edge of a chunk are whole."""
    rows = [scale_row(f"NCT{n:08}") | {"eligibility": "é" * (997 * n)} for n in range(60)]
    documents, rejects = read(write(tmp_path / "x", json.dumps(rows, ensure_ascii=False, indent=2)))
    assert [d.nct for d in documents] == [f"NCT{n:08}" for n in range(60)] and not rejects


def test_hostile_file_names_are_safe_to_print(tmp_path: Path) -> None:
    """No control character of an archive's member reaches a message."""
    (reject,) = read(write(tmp_path / "x", _zip("a\x1b[31m\u202eb", b"junk text")))[1]
    assert reject.source.endswith("!a?[31m?b")


WRONG = st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=8),
                     lambda inner: st.lists(inner, max_size=3)
                     | st.dictionaries(st.text(max_size=4), inner, max_size=3), max_leaves=6)  # fmt: skip


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_values_of_the_wrong_type_do_no_harm(data: st.DataObject) -> None:
    """Any value in a record may be of any type: what is left is read or rejected."""
    record = data.draw(st.sampled_from([api_v2(), full_studies(), scale_row()]))
    record = json.loads(json.dumps(record))
    places: list[tuple[object, object]] = []

    def walk(value: object) -> None:
        for key in list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
            places.append((value, key))
            walk(value[key])

    walk(record)
    for holder, key in data.draw(st.lists(st.sampled_from(places), min_size=1, max_size=3)):
        holder[key] = data.draw(WRONG)
    found = list(read_records(["-"], stdin=io.BytesIO(json.dumps(record).encode())))
    assert all(isinstance(r, Document | Reject) for r in found)


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
@settings(max_examples=300, deadline=None)
def test_any_bytes_are_read_or_rejected(data: bytes) -> None:
    """No input ends in anything but documents and rejects."""
    for start in (b"", b'{"nct_id": "NCT09999901", "brief_title": "', b"<clinical_study>", b"[{", b"\x1f\x8b",
                  b"PK\x03\x04", b"Viewing Study NCT09999901\nBrief Title: ", b"NCT Number,Study Title\n"):  # fmt: skip
        for record in read_records(["-"], stdin=io.BytesIO(start + data)):
            assert isinstance(record, Document | Reject)
            repr(record).encode()
            if isinstance(record, Document):
                record.text.encode()


def test_lone_surrogates_are_replaced() -> None:
    """JSON can escape half a character; outputs cannot encode it."""
    (document,), _ = read("-", stdin=io.BytesIO(json.dumps(scale_row() | {"brief_summary": "a\ud800b"}).encode()))
    assert document.sections[2].text == "a\ufffdb" and SUMMARY not in document.text
