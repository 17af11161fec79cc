"""What a user may type for a query, and the other names under which a value is looked for."""

from __future__ import annotations

import io

import pytest
from pyoxigraph import Store
from rdf_claims import RUN, small

from kg.errors import QueryError
from kg.lexicon.lexicon import open_lexicon
from kg.rdf.encode import encode
from kg.store.asked import other_names, query_text, settings
from kg.store.query import query


@pytest.fixture(scope="module")
def lexicon():
    """The shipped lexicon."""
    return open_lexicon()


@pytest.fixture(scope="module")
def store() -> Store:
    """The small graph."""
    made = Store()
    made.extend(encode(*small(), run=RUN))
    return made


@pytest.mark.parametrize("value", [
    "Iressa", "iressa", "ZD1839", "CHEBI:49668", "chebi:49668", "http://purl.obolibrary.org/obo/CHEBI_49668",
    "<http://purl.obolibrary.org/obo/CHEBI_49668>", " gefitinib "])
def test_set_finds_synonyms_identifiers_and_iris(store, lexicon, value):
    """Names that the graph itself does not have lead to the thing."""
    text = query_text("drug-targets", {"drug": value}, lexicon=lambda: lexicon)
    assert [row[0].value for row in query(store, text).rows] == ["gefitinib"]


def test_set_finds_singular_and_plural(store, lexicon):
    """pNEN for pNENs."""
    text = query_text("treatments", {"disease": "pNEN"}, lexicon=lambda: lexicon)
    assert len(query(store, text).rows) == 1


def test_an_ambiguous_name_stands_for_its_best_meaning(lexicon):
    """PNET is the pancreatic tumour, as in the reader; EGFR is no filtration rate."""
    assert "MONDO:0019954" in other_names("PNET", lexicon) and "MONDO:0005462" not in other_names("PNET", lexicon)
    assert other_names("EGFR", lexicon)[0] == "EGFR" and "NCIT:C110935" not in other_names("EGFR", lexicon)


def test_a_widened_value_is_data_and_never_query_text(store, lexicon):
    """Whatever it holds."""
    for value in ('x" } ?a ?b ?c #', "\\", '<a:b> "', "CHEBI:1 } DROP ALL", "EGFR} SERVICE <http://x> {"):
        assert query(store, query_text("about", {"thing": value}, lexicon=lambda: lexicon)).rows == ()


def test_the_lexicon_is_opened_only_to_widen_a_name():
    """Not for a plain query, for a number, for an empty value, nor for a trial's number."""
    def never():
        raise AssertionError("opened")

    for name, values in (("counts", {}), ("doubtful-claims", {"below": "0.4"}), ("drug-targets", {"drug": ""}),
                         ("trial-hypotheses", {"trial": "NCT00000001"})):
        assert query_text(name, values, lexicon=never)
    with pytest.raises(QueryError, match="no parameter 'drgu'"):
        query_text("drug-targets", {"drgu": "x"}, lexicon=never)


@pytest.mark.parametrize("text", ["DESCRIBE <a:b>", "SELEC ?x", "ASK{}", "<", "a query"])
def test_text_with_white_space_brace_or_angle_is_sparql(text):
    """It is for the engine to say what is wrong with it."""
    assert query_text(text, {}) == text


@pytest.mark.parametrize(("text", "says"), [
    ("nofile.rq", "nofile.rq: no such file"), ("some/where", "no such file"), ("drug-target", "did you mean drug-targets"),
    ("nonsense", "there are about,"), ("", "empty"), (".", "a folder")])
def test_a_word_is_a_name_or_a_file(text, says):
    """A missing file is not called an unknown name, and a typo is told what is meant."""
    with pytest.raises(QueryError, match=says):
        query_text(text, {})


def test_a_dash_is_standard_input_and_a_file_may_have_blanks(tmp_path):
    """A byte order mark is no part of the query."""
    assert query_text("-", {}, stdin=io.BytesIO(b"ASK {}")) == "ASK {}"
    (tmp_path / "my query").write_bytes("\ufeffASK {}".encode())
    assert query_text(str(tmp_path / "my query"), {}) == "ASK {}"


def test_a_query_that_is_not_utf8_is_one_line(tmp_path):
    """File or standard input; it says where."""
    (tmp_path / "q.rq").write_bytes(b"SELECT \xff")
    with pytest.raises(QueryError, match=r"q\.rq: not UTF-8 text \(byte 7\)"):
        query_text(str(tmp_path / "q.rq"), {})
    with pytest.raises(QueryError, match="standard input: not UTF-8"):
        query_text("-", {}, stdin=io.BytesIO(b"\xe4"))


def test_set_needs_a_sign_and_a_shipped_query():
    """A typo in the name is told first."""
    with pytest.raises(QueryError, match="write NAME=VALUE"):
        settings(["drug"])
    assert settings(["thing=a=b"]) == {"thing": "a=b"}
    with pytest.raises(QueryError, match="goes with a shipped query"):
        query_text("ASK {}", {"a": "b"})
    with pytest.raises(QueryError, match="did you mean"):
        query_text("drug-target", {"a": "b"})
