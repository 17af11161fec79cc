"""The command line: data on standard output, talk on standard error, exit codes as the help says."""

import gzip
import json
import os
import subprocess
import sys

import pytest

from tests.shared_material import SEED

pytestmark = pytest.mark.slow  # each test starts processes

RECORD = {
    "protocolSection": {
        "identificationModule": {
            "nctId": "NCT00000042",
            "briefTitle": "Everolimus for Pancreatic Neuroendocrine Tumors",
        },
        "descriptionModule": {"briefSummary": "Everolimus inhibits mTOR. mTOR inhibitors such as everolimus are oral."},
        "conditionsModule": {"conditions": ["Pancreatic Neuroendocrine Tumor"]},
    }
}


def kg(*args, stdin: bytes = b"", env=None) -> subprocess.CompletedProcess:
    """Runs the command as a user would."""
    return subprocess.run(
        [sys.executable, "-m", "kg.cli", *map(str, args)],
        input=stdin,
        capture_output=True,
        env={**os.environ, **(env or {})},
        check=False,
    )


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    """A file with one small record."""
    path = tmp_path_factory.mktemp("good") / "record.json"
    path.write_text(json.dumps(RECORD), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def graph(good, tmp_path_factory):
    """A folder that `kg build` made."""
    folder = tmp_path_factory.mktemp("graph")
    done = kg("build", good, "--out", folder)
    assert done.returncode == 0, done.stderr
    return folder


def test_extract_prints_one_json_object_a_line(good):
    """Claims on standard output, the closing line on standard error."""
    done = kg("extract", good)
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0
    assert ("everolimus", "inhibits", "mTOR") in {
        (r["subject"]["text"].lower(), r["predicate"], r["object"]["text"]) for r in rows
    }
    assert b"1 record read, 0 rejected" in done.stderr


def test_extract_reads_standard_input():
    """A dash is standard input."""
    done = kg("extract", "-", stdin=json.dumps(RECORD).encode())
    assert done.returncode == 0 and done.stdout


def test_build_writes_all_six_files(graph):
    """Claims, two graph files, page, GraphML and report."""
    assert sorted(p.name for p in graph.iterdir()) == [
        "claims.jsonl",
        "graph.graphml",
        "graph.html",
        "graph.nq",
        "graph.ttl",
        "report.json",
    ]
    report = json.loads((graph / "report.json").read_text(encoding="utf-8"))
    assert report["records"] == 1 and report["claims"] >= 2


def test_query_takes_sparql_a_file_or_a_name(graph, tmp_path):
    """Three ways to ask the same thing."""
    text = 'SELECT ?o WHERE { ?d rdfs:label "everolimus" ; kg:inhibits/rdfs:label ?o }'
    file = tmp_path / "q.rq"
    file.write_text(text, encoding="utf-8")
    for asked in (text, file):
        assert kg("query", graph, asked).stdout.decode().split() == ["o", "MTOR"]
    assert b"everolimus" in kg("query", graph, "drug-targets", "--set", "drug=everolimus").stdout
    assert json.loads(kg("query", graph, "drug-targets", "--format", "json").stdout)["results"]["bindings"]


def test_query_value_is_data_and_never_query_text(graph):
    """A value with quotes and braces finds nothing and breaks nothing."""
    done = kg("query", graph, "drug-targets", "--set", 'drug=x" } ?a ?b ?c #')
    assert done.returncode == 0 and len(done.stdout.splitlines()) == 1


def test_draw_and_stats_and_check(graph, tmp_path):
    """The other commands on a graph."""
    assert kg("draw", graph, "--out", tmp_path / "page.html").returncode == 0
    assert (tmp_path / "page.html").stat().st_size > 100_000
    assert b"claims" in kg("stats", graph).stdout
    done = kg("check", graph)
    assert (done.returncode, done.stdout) == (0, b""), done


def test_lexicon_why_names_candidates(good):
    """Every candidate and the rule that chose."""
    done = kg("lexicon", "why", "everolimus")
    assert done.returncode == 0 and b"CHEBI:68478" in done.stdout


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("empty.json", b"", "empty"),
        ("binary.bin", bytes(range(256)) * 40, ""),
        ("cut.json", json.dumps(RECORD).encode()[:120], ""),
        (
            "bomb.xml",
            b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><clinical_study>&b;</clinical_study>',
            "entit",
        ),
        ("odd.txt", "Ein Text".encode("utf-16-le")[1:], ""),
        (
            "textless.json",
            json.dumps({"protocolSection": {"identificationModule": {"nctId": "NCT00000043"}}}).encode(),
            "",
        ),
        ("cut.json.gz", gzip.compress(json.dumps(RECORD).encode())[:-12], ""),
    ],
)
def test_bad_input_is_one_clear_line_and_the_others_are_still_done(name, content, words, good, tmp_path):
    """Exit code 1, the reason on standard error, the good record's claims on standard output."""
    bad = tmp_path / name
    bad.write_bytes(content)
    done = kg("extract", bad, good)
    lines = done.stderr.decode().splitlines()
    assert done.returncode == 1, done.stderr
    assert done.stdout
    rejected = [line for line in lines if "rejected" in line and name in line]
    assert len(rejected) == 1 and words in rejected[0], lines
    assert not any("Traceback" in line for line in lines)
    alone = kg("build", bad, "--out", tmp_path / "out")
    assert alone.returncode == 2 and len(alone.stderr.decode().splitlines()) == 1
    assert not (tmp_path / "out").exists()


def test_folder_without_records_missing_file_and_unwritable_output(good, tmp_path):
    """One line each, exit code 2."""
    (tmp_path / "nothing").mkdir()
    blocked = tmp_path / "file"
    blocked.write_text("x", encoding="utf-8")
    for args in (
        ("extract", tmp_path / "nothing"),
        ("extract", tmp_path / "missing.json"),
        ("build", good, "--out", blocked / "sub"),
        ("query", tmp_path, "counts"),
        ("check", blocked),
    ):
        done = kg(*args)
        assert done.returncode == 2, (args, done.stderr)
        assert len(done.stderr.decode().splitlines()) == 1


def test_failed_build_leaves_the_older_result_alone(graph, tmp_path):
    """Nothing is half-written in place of an older result."""
    before = {p.name: p.read_bytes() for p in graph.iterdir()}
    bad = tmp_path / "bad.json"
    bad.write_bytes(b"{")
    assert kg("build", bad, "--out", graph).returncode == 2
    assert {p.name: p.read_bytes() for p in graph.iterdir()} == before


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * WHERE { SERVICE <http://x.example/> { ?s ?p ?o } }",
        "DELETE WHERE { ?s ?p ?o }",
        "SELECT ?x {",
        "nonsense",
    ],
)
def test_refused_queries_are_one_line(graph, query):
    """SERVICE, updates, broken syntax and unknown names end with exit code 2 and one line."""
    done = kg("query", graph, query)
    assert done.returncode == 2 and len(done.stderr.decode().splitlines()) == 1 and not done.stdout


def test_every_command_shows_an_example_in_its_help():
    """The help of each command shows how it is used."""
    for command in ("build", "extract", "query", "draw", "stats", "check", "lexicon why"):
        text = kg(*command.split(), "--help").stdout.decode()
        assert "Example" in text and "Exit codes" in text, command


def test_seed_is_done_in_seconds(tmp_path):
    """Start to finish on the reference record; the generous bound only catches a disaster, `make bench` measures."""
    import time

    start = time.perf_counter()
    assert kg("build", SEED, "--out", tmp_path).returncode == 0
    assert time.perf_counter() - start < 30
