"""SPARQL: typed results, limits, and what is refused."""

from __future__ import annotations

import http.server
import json
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad, Store
from rdf_claims import HOSTILE, PFS, PNEN, RUN, small

from kg.errors import OutputError, QueryError
from kg.rdf.encode import encode
from kg.rdf.vocabulary import PREDICATES
from kg.store.format import harmless, table_rows, to_csv, to_json, to_turtle
from kg.store.guard import LONGEST
from kg.store.named import fill, named_queries, named_query
from kg.store.query import Limits, query

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def store() -> Store:
    """The small graph."""
    made = Store()
    made.extend(encode(*small(), run=RUN))
    return made


@pytest.fixture
def stranger():
    """A server that counts who calls it."""
    calls = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            calls.append(self.path)
            self.send_error(404)

        do_POST = do_GET

        def log_message(self, *args):
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/sparql", calls
    server.shutdown()
    server.server_close()


# ---- results

def test_results_are_typed(store):
    """Rows for SELECT, a truth value for ASK, triples for CONSTRUCT."""
    rows = query(store, "SELECT ?d { ?d kg:inhibits hgnc:3236 } ORDER BY ?d")
    assert (rows.kind, rows.variables, len(rows.rows)) == ("select", ("d",), 2)
    assert query(store, "ASK { ?d kg:inhibits ?t }").boolean is True
    assert query(store, "ASK { ?d kg:worsens ?t }").boolean is False
    assert len(query(store, "CONSTRUCT { ?d kg:inhibits ?t } { ?d kg:inhibits ?t }").triples) == 2


def test_the_default_graph_is_the_union_of_all(store):
    """Without GRAPH a query sees every record; with it, one."""
    everything = query(store, "SELECT ?e { ?e a oa:Annotation }").rows
    one = query(store, "SELECT ?e { GRAPH <https://w3id.org/trial-rationale-kg/graph/record/NCT00000001> "
                       "{ ?e a oa:Annotation } }").rows
    assert len(everything) == 14 and len(one) == 7


def test_pyoxigraph_counts_a_triple_in_two_graphs_twice():
    """The contract we build on: merged files need DISTINCT. When this fails, the caveat in the docs can go."""
    store = Store()
    a, b = NamedNode("a:a"), NamedNode("a:b")
    for name in ("a:one", "a:two"):
        store.add(Quad(a, b, a, NamedNode(name)))
    assert query(store, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }").rows[0][0].value == "2"
    assert query(store, "SELECT (COUNT(*) AS ?n) { { SELECT DISTINCT * { ?s ?p ?o } } }").rows[0][0].value == "1"


def test_counting_is_safe_on_what_encode_makes(store):
    """No triple lies in two graphs, though two records say one claim."""
    assert len({q.triple for q in store}) == len(store)
    assert query(store, "SELECT (COUNT(*) AS ?n) { ?s kg:inhibits ?o }").rows[0][0].value == "2"


def test_limits_cut_a_result_and_say_so(store):
    """By rows and by size; a result that just fits is whole."""
    text = "SELECT ?e { ?e a oa:Annotation }"
    assert len(query(store, text, limits=Limits(rows=3)).rows) == 3
    assert query(store, text, limits=Limits(rows=3)).truncated
    assert not query(store, text, limits=Limits(rows=14)).truncated
    assert query(store, text, limits=Limits(characters=300)).truncated
    assert query(store, "CONSTRUCT WHERE { ?e a oa:Annotation }", limits=Limits(rows=2)).truncated


# ---- refusals

@pytest.mark.parametrize("text", [
    "SELECT * { SERVICE <URL> { ?s ?p ?o } }",
    "SELECT * { service silent <URL> { ?s ?p ?o } }",
    "SELECT * { BIND(<URL> AS ?x) SERVICE ?x { ?s ?p ?o } }",
    "SELECT * { OPTIONAL { { SELECT * { SERVICE <URL> { ?s ?p ?o } } } } }",
    "ASK { FILTER EXISTS { SERVICE <URL> { ?s ?p ?o } } }",
    "SELECT * { BIND('# ' AS ?x) SERVICE <URL> { ?s ?p ?o } }",
    "SELECT * { BIND('''a' # ''' AS ?x) SERVICE <URL> { ?s ?p ?o } }",
    "SELECT * { # a comment\r SERVICE <URL> { ?s ?p ?o } }",
    "SELECT * { BIND(<URL> AS ?b) FILTER(1<?b)SERVICE?b#>\n{ ?s ?p ?o } }",
    "SELECT * { BIND(\"\\u0022 AS ?x) #\" AS ?y) SERVICE <URL> { ?s ?p ?o } #\"\n}",
    "SELECT * { BIND(\"\\u0023\" AS ?y) SERVICE <URL> { ?s ?p ?o } }",
    "SELECT * { \\u0053ERVICE <URL> { ?s ?p ?o } }",
    "PREFIX s: <URL#> SELECT * { ?s s:x\\#y ?o . SERVICE s:a { ?s ?p ?o } }",
    "SELECT * FROM <URL> { ?s ?p ?o }",
    "SELECT * FROM NAMED <URL> { GRAPH ?g { ?s ?p ?o } }",
    "LOAD <URL>",
    "LOAD <URL> INTO GRAPH <a:b>",
    "INSERT { ?s ?p ?o } WHERE { SERVICE <URL> { ?s ?p ?o } }",
])
def test_a_query_that_would_call_out_is_refused(store, stranger, text):
    """Whatever disguise the word wears; nobody is called and the graph stays."""
    url, calls = stranger
    before = len(store)
    with pytest.raises(QueryError) as caught:
        query(store, text.replace("URL", url))
    assert "\n" not in str(caught.value)
    assert calls == [] and len(store) == before


def test_the_engine_by_itself_does_call_out(store, stranger):
    """Why the guard is needed. When this fails, it may be simplified."""
    url, calls = stranger
    with pytest.raises(OSError):
        list(store.query(f"SELECT * {{ SERVICE <{url}> {{ ?s ?p ?o }} }}"))
    assert calls


def test_the_engine_resolves_no_escapes_before_it_splits_words(store):
    """What the guard's quick way rests on: a keyword cannot be spelt otherwise."""
    with pytest.raises(SyntaxError):
        store.query("\\u0041SK { ?s ?p ?o }")
    for letter in ("\u017f", "\uff33"):  # long s and full-width S are no S
        with pytest.raises(SyntaxError):
            store.query(f"A{letter}K {{ ?s ?p ?o }}")


@pytest.mark.parametrize("text", [
    "SELECT * { ?s rdfs:label 'FROM here SERVICE there' }",
    "# answers come from all graphs; SERVICE is refused\nSELECT * { ?s a kg:Drug }",
    "SELECT ?service ?from { ?service a kg:Drug }",
    "SELECT * { ?s a <http://example.org/from/service#x> }",
    "PREFIX from: <http://example.org/> SELECT * { ?s a from:service }",
])
def test_a_harmless_word_is_let_through(store, text):
    """In literals, comments, variables, IRIs and prefixed names."""
    query(store, text)


@pytest.mark.parametrize("text", [
    "INSERT DATA { <a:b> <a:b> <a:b> }", "# x\nPREFIX a: <a:b>\nDELETE WHERE { ?s ?p ?o }", "CLEAR ALL", "drop all"])
def test_an_update_is_refused_and_changes_nothing(store, text):
    """And the message says what it is."""
    before = len(store)
    with pytest.raises(QueryError, match="update"):
        query(store, text)
    assert len(store) == before


def test_a_mistake_is_shown_with_line_and_column(store):
    """In one line."""
    with pytest.raises(QueryError, match=r"line 2, column \d+") as caught:
        query(store, "SELECT ?s {\n ?s kg:inhibits . }")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(("text", "prefix"), [
    ("SELECT * { ?s foo:bar ?o }", "foo"), ("SELECT * {\n ?s kg:inhibits f-o:x. ?s rdfs:label ?l }", "f-o"),
    ("PREFIX q: <a:b> SELECT * { ?s q:x ?o ; :y ?o }", ""), ('SELECT * { ?s rdfs:label "a:b" ; <c:d> x:y }', "x")])
def test_an_unknown_prefix_is_named_with_those_that_are_known(store, text, prefix):
    """Instead of the grammar's next 200 tokens."""
    with pytest.raises(QueryError, match=rf"line \d+, column \d+: prefix {prefix}: is not known; known are .*kg.*rdfs"):
        query(store, text)


def test_an_endless_query_text_is_refused(store):
    """Before any parser sees it."""
    with pytest.raises(QueryError, match="characters"):
        query(store, "ASK { FILTER(" + "!" * LONGEST + "true) }")


@pytest.mark.parametrize(("before", "after"), [("{", "}"), ("FILTER EXISTS {", "}"), ("{SELECT * {", "}}"),
                                               ("FILTER(" + "(" * 20, "1)" + ")" * 20), ("FILTER(" + "!" * 20, "1)")])
def test_a_query_nested_so_deep_that_the_engine_would_crash_is_refused(store, before, after):
    """A crash would take the whole process with it; ordinary nesting passes."""
    assert query(store, "ASK {" + before + after + "}").kind == "ask"
    with pytest.raises(QueryError, match="nested too deeply"):
        query(store, "ASK {" + before * 1200 + after * 1200 + "}")


@given(st.text(max_size=60))
def test_any_text_gives_an_answer_or_a_query_error(text):
    """No text breaks the guard or the engine."""
    try:
        query(Store(), text)
    except QueryError as error:
        assert "\n" not in str(error)


# ---- named queries

EXPECTED = {
    "about": 4, "approved-drugs": 2, "best-supported": 1, "combinations": 1, "counts": 10, "disagreements": 1,
    "disease-targets": 2, "doubtful-claims": 2, "drug-targets": 3, "harms": 0, "kinds": 0, "mechanism-paths": 4,
    "negative-findings": 1, "not-grounded": 3, "open-ideas": 2, "outcomes": 3, "plain-facts": 15, "quotes": 9,
    "resistance": 1, "shared-targets": 1, "treatments": 1, "trial-hypotheses": 3, "trials": 2,
}


def test_every_named_query_has_its_expected_size_here():
    """A query that is added or lost is seen."""
    assert {q.name for q in named_queries()} == set(EXPECTED) and len(EXPECTED) >= 14


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_a_named_query_runs_and_says_what_it_is(store, name):
    """As it stands, without parameters; title, comment, keywords and parameters are there; rows come in fixed order."""
    named = named_query(name)
    assert named.title and len(named.comment) > len(named.title) and len(named.keywords) >= 3
    assert named.text.count("# param: ") == len(named.parameters)
    result = query(store, named.text)
    assert len(table_rows(result)[1]) == EXPECTED[name]
    assert result.kind == "construct" or "ORDER BY" in named.text


@pytest.mark.parametrize(("name", "values", "first"), [
    ("drug-targets", {"drug": "GEFITINIB"}, ("gefitinib", "inhibits", "EGFR", "hgnc:3236", "2", "0.95")),
    ("drug-targets", {"drug": "sofantinib"}, ("surufatinib", "targets", "CSF1R", "hgnc:2433", "1", "0.3")),
    ("drug-targets", {"drug": "CHEBI:114785"}, ("erlotinib", "inhibits", "EGFR", "hgnc:3236", "1", "0.9")),
    ("about", {"thing": "csf1r"}, ("surufatinib", "targets", "CSF1R", "", "asserted", "1", "0.3")),
    ("outcomes", {"outcome": "PFS"}, ("progression-free survival", "improves", "gefitinib", "", "asserted", "1",
                                     "0.9")),
    ("doubtful-claims", {"below": "0.4"}, ("surufatinib", "targets", "CSF1R", "asserted", "0.3", "1")),
    ("best-supported", {"at_least": "2"}, ("gefitinib", "inhibits", "EGFR", "", "2", "0.95")),
    ("treatments", {"disease": "pnens"},
     ("gefitinib", "", "pancreatic neuroendocrine neoplasm", "hypothesised", "1", "0.7")),
    ("negative-findings", {},
     ("gefitinib", "improves", "overall survival", "NCT00000002", "gefitinib did not prolong OS")),
    ("disagreements", {},
     ("gefitinib", "improves", "overall survival", "", "hope denied", "hypothesised", "NCT00000001", "negated",
      "NCT00000002")),
    ("mechanism-paths", {"drug": "gefitinib"},
     ("gefitinib", "inhibits", "EGFR", "non-small cell lung carcinoma", "", "")),
    ("trial-hypotheses", {"trial": "nct00000001"},
     ("NCT00000001", "gefitinib", "improves", "overall survival", "", "0.9", "gefitinib may prolong OS")),
    ("resistance", {}, ("non-small cell lung carcinoma", "gefitinib", "asserted", "NCT00000002",
                        "NSCLC becomes resistant to gefitinib")),
    ("trials", {}, ("NCT00000001", "Surufatinib with gefitinib in pNET", "PHASE2", "pNET, NET", "7")),
    ("shared-targets", {}, ("EGFR", "NCT00000001", "NCT00000002")),
    ("approved-drugs", {"disease": "NSCLC"}, ("gefitinib", "", "non-small cell lung carcinoma", "1", "NCT00000002",
                                              "gefitinib is approved for NSCLC")),
])
def test_a_named_query_answers(store, name, values, first):
    """The first row, with names in any case, synonyms and identifiers."""
    rows = table_rows(query(store, fill(named_query(name), values)))[1]
    assert rows[0] == first


def test_quotes_lead_back_to_the_record(store):
    """Record, section and place of each sentence."""
    rows = table_rows(query(store, fill(named_query("quotes"), {"thing": "surufatinib"})))[1]
    assert ("NCT00000001", "briefSummary", "600", "633", "surufatinib", "approvedFor",
            "pancreatic neuroendocrine neoplasm", "asserted", "sofantinib was approved for pNENs") in rows


def test_plain_facts_hold_only_asserted_claims(store):
    """The Turtle that may be merged elsewhere: asserted claims that are sure enough, no hypothesis, no denial."""
    text = to_turtle(query(store, named_query("plain-facts").text))
    facts = [p for p in PREDICATES if f"kg:{p} " in text]
    assert "kg:treats" not in text and "kg:combinedWith" not in text and "inhibits" in facts
    assert "kg:targets" not in text  # asserted, but of confidence 0.3


@given(st.one_of(st.text(max_size=20), st.sampled_from(HOSTILE),
                 st.sampled_from(['" } SERVICE <http://x> { ?s ?p ?o } #', '\\" } DROP ALL', "\\g<name>", "\\1"])))
def test_a_parameter_can_never_become_query_text(value):
    """Any value is one literal: the query has the same shape and looks for exactly that value."""
    text = fill(named_query("drug-targets"), {"drug": value})
    literal = text[len("  VALUES ?drug { ") + text.index("  VALUES ?drug { "):text.index(" }  # param")]
    probe = query(Store(), f"SELECT ?x {{ VALUES ?x {{ {literal} }} }}")
    assert probe.rows == ((Literal(value),),)
    if value:
        assert query(Store(), text).rows == ()


def test_a_wrong_parameter_is_one_clear_line():
    """It says which there are."""
    with pytest.raises(QueryError, match="no parameter 'drgu'; it has drug"):
        fill(named_query("drug-targets"), {"drgu": "x"})
    with pytest.raises(QueryError, match="below is a number"):
        fill(named_query("doubtful-claims"), {"below": "1 } DROP ALL"})
    with pytest.raises(QueryError, match="there are about,"):
        named_query("nothing")
    with pytest.raises(QueryError, match="did you mean drug-targets"):
        named_query("drugtargets")


def test_of_several_values_any_may_match_and_no_row_comes_twice(store):
    """What the lexicon knows besides the value itself: label and identifier of one thing are one answer."""
    for name, parameter, one in (("drug-targets", "drug", "gefitinib"), ("quotes", "thing", "gefitinib"),
                                 ("about", "thing", "gefitinib"), ("treatments", "disease", "pNENs"),
                                 ("approved-drugs", "disease", "NSCLC"), ("outcomes", "outcome", "PFS"),
                                 ("combinations", "drug", "gefitinib"), ("mechanism-paths", "drug", "gefitinib"),
                                 ("disease-targets", "disease", "NSCLC")):
        named = named_query(name)
        single = query(store, fill(named, {parameter: one}))
        ids = ("no such thing", one.upper(), "CHEBI:49668", "MONDO:0005233", PFS.id, PNEN.id)
        many = query(store, fill(named, {parameter: (one, *ids)}))
        assert single.rows and set(single.rows) <= set(many.rows), name
        assert len(set(many.rows)) == len(many.rows), name


def test_every_query_with_a_name_is_free_of_double_rows_by_its_form():
    """DISTINCT or grouped: several values for one parameter multiply the rows otherwise."""
    for named in named_queries():
        if any(parameter.names for parameter in named.parameters):
            assert "SELECT DISTINCT" in named.text or "\nGROUP BY" in named.text, named.name


# ---- formats

def test_formats_of_a_select(store):
    """A table shows short names, CSV whole ones, JSON types."""
    result = query(store, "SELECT ?d ?c { ?d kg:resistantTo CHEBI:49668 . OPTIONAL { ?d kg:worsens ?c } }")
    assert table_rows(result) == (("d", "c"), [("MONDO:0005233", "")])
    assert to_csv(result) == "d,c\r\nhttp://purl.obolibrary.org/obo/MONDO_0005233,\r\n"
    assert json.loads(to_json(result)) == {"head": {"vars": ["d", "c"]}, "results": {"bindings": [
        {"d": {"type": "uri", "value": "http://purl.obolibrary.org/obo/MONDO_0005233"}}]}}
    with pytest.raises(OutputError, match="CONSTRUCT"):
        to_turtle(result)


def test_formats_of_ask_and_construct(store):
    """Each has a row form too."""
    ask = query(store, "ASK { ?d kg:resistantTo ?t }")
    assert table_rows(ask) == (("answer",), [("true",)]) and json.loads(to_json(ask))["boolean"] is True
    facts = query(store, "CONSTRUCT WHERE { ?d kg:resistantTo ?t }")
    assert table_rows(facts)[1] == [("MONDO:0005233", "kg:resistantTo", "CHEBI:49668")]
    assert to_turtle(facts).endswith("MONDO:0005233 kg:resistantTo CHEBI:49668 .\n")


def test_control_characters_never_reach_a_terminal():
    """A record's escape codes and direction marks are made visible."""
    result = query(Store(), 'SELECT ?x { VALUES ?x { "a\\u001B[31mred\\u202Eb\\nc" } }')
    assert table_rows(result)[1] == [("a\ufffd[31mred\ufffdb c",)]


def test_text_for_a_terminal_keeps_its_lines_and_loses_its_control_characters():
    """Whatever the format; CSV and JSON that are no table go the same way."""
    assert harmless("a,\u001b[31mb\r\nc\td\u202e\x9b\x07\r\n") == "a,\ufffd[31mb\nc\td\ufffd\ufffd\ufffd\n"
    assert harmless("β-blocker, naïve 病\n") == "β-blocker, naïve 病\n"


def test_json_keeps_language_and_datatype():
    """As SPARQL 1.1 Query Results JSON says."""
    result = query(Store(), 'SELECT ("a"@en AS ?l) (1 AS ?n) ("s" AS ?s) {}')
    row = json.loads(to_json(result))["results"]["bindings"][0]
    assert row["l"] == {"type": "literal", "value": "a", "xml:lang": "en"}
    assert row["n"]["datatype"].endswith("integer") and "datatype" not in row["s"]


# ---- start-up

def test_a_plain_query_never_imports_rdflib():
    """The command line starts fast: rdflib waits until a text needs its parser."""
    code = ("import sys; sys.path.insert(0, sys.argv[1]); from pyoxigraph import Store;"
            "from kg.store.query import query; from kg.store.named import named_queries; import kg.store.format;"
            "[query(Store(), q.text) for q in named_queries()];"
            "assert 'rdflib' not in sys.modules and 'pyparsing' not in sys.modules")
    subprocess.run([sys.executable, "-c", code, str(ROOT)], check=True)
