"""What the command line says: empty answers, refusals, help, numbers and nouns, terminals, outputs that are full."""

import json
import os
import pty
import subprocess
import sys

import pytest

from tests.cli.test_cli import RECORD, kg

pytestmark = pytest.mark.slow  # each test starts processes


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
    assert kg("build", good, "--out", folder).returncode == 0
    return folder


def on_terminal(*args, columns: int = 80) -> str:
    """What a person sees: standard output and error on a terminal of this width."""
    parent, child = pty.openpty()
    env = {**os.environ, "COLUMNS": str(columns), "TERM": "dumb"}
    run = subprocess.Popen([sys.executable, "-m", "kg.cli", *map(str, args)], stdout=child, stderr=child, env=env)
    os.close(child)
    seen = b""
    while True:
        try:
            piece = os.read(parent, 65536)
        except OSError:  # the other end is closed
            break
        if not piece:
            break
        seen += piece
    run.wait()
    os.close(parent)
    return seen.decode()


def said(done: subprocess.CompletedProcess) -> list[str]:
    """The lines on standard error."""
    return done.stderr.decode().splitlines()


def test_an_empty_answer_says_so_with_the_parameters(graph):
    """On standard error; standard output holds the heading alone; exit code 0."""
    done = kg("query", graph, "drug-targets", "--set", "drug=foobarx")
    assert done.returncode == 0 and len(done.stdout.splitlines()) == 1
    assert said(done)[0] == "kg: no rows"
    assert said(done)[1].startswith('kg: drug=foobarx; default "": name, synonym or identifier')
    assert said(kg("query", graph, "SELECT ?x { ?x a kg:Nothing }")) == ["kg: no rows"]
    assert said(kg("query", graph, "ASK { ?x a kg:Nothing }")) == []


def test_set_finds_a_brand_name(graph):
    """Afinitor is everolimus."""
    assert b"everolimus" in kg("query", graph, "about", "--set", "thing=Afinitor").stdout


def test_the_list_shows_parameters_defaults_and_comments():
    """Enough to use a query without opening its file."""
    text = kg("query", "--list").stdout.decode()
    assert '--set thing=…  default "EGFR": name, synonym or identifier of a thing' in text
    assert "--set below=…  default 0.6: confidence below which" in text


def test_queries_come_from_words_files_and_standard_input(graph):
    """White space makes SPARQL; a dash is standard input; every mistake is one line."""
    iri = "http://purl.obolibrary.org/obo/CHEBI_68478"
    assert b"everolimus" in kg("query", graph, f"DESCRIBE <{iri}>").stdout
    assert kg("query", graph, "-", stdin=b"ASK { ?d kg:inhibits ?t }").stdout.split() == [b"answer", b"true"]
    for args, stdin, words in (
        (("SELEC ?x",), b"", "line 1, column"),
        (("nofile.rq",), b"", "nofile.rq: no such file"),
        (("drug-target",), b"", "did you mean drug-targets"),
        (("-",), b"\xff", "not UTF-8"),
        (("SELECT * { ?s foo:bar ?o }",), b"", "prefix foo: is not known; known are"),
    ):
        done = kg("query", graph, *args, stdin=stdin)
        assert done.returncode == 2 and len(said(done)) == 1 and words in said(done)[0], (args, said(done))


def test_a_terminal_gets_no_control_characters_in_any_format(graph):
    """A pipe gets the exact text."""
    text = 'SELECT ?x { VALUES ?x { "a\\u001B[31mred\\u202Eb\\u0007" } }'
    for kind in ("table", "csv", "json"):
        seen = on_terminal("query", graph, text, "--format", kind)
        assert not set(seen) & set("\x1b\u202e\x07"), (kind, seen)
        assert "red" in seen
    assert b"a\x1b[31mred\xe2\x80\xaeb\x07" in kg("query", graph, text, "--format", "csv").stdout


def test_a_table_on_80_columns_cuts_nothing(graph):
    """Cells go on below; where even that is too narrow, each row is a list."""
    long = "an endless sentence of words that a table of eighty columns cannot hold in one line of its cells"
    three = on_terminal("query", graph, f'SELECT ?a ?b ?c {{ VALUES (?a ?b ?c) {{ ("x" "{long}" "{long}") }} }}')
    assert "…" not in three and all(three.count(word) >= 2 for word in long.split())
    names = " ".join(f"?column{n}" for n in range(9))
    nine = on_terminal(
        "query",
        graph,
        f"SELECT {names} {{ VALUES ({names}) {{ ({' '.join([chr(34) + 'incomprehensibility' + chr(34)] * 9)}) }} }}",
    )
    assert nine.count("incomprehensibility") == 9 and "column8" in nine
    assert all(len(line) <= 80 for line in (three + nine).splitlines())


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="this system has no /dev/full")
@pytest.mark.parametrize("args", [("query", "GRAPH", "counts"), ("query", "--list"), ("--help",), ("extract", "GOOD"),
                                  ("draw", "GRAPH", "--out", "-")])  # fmt: skip
def test_a_full_output_is_one_line_and_exit_code_2(args, graph, good):
    """Also where the text is held back until the process ends."""
    words = [str({"GRAPH": graph, "GOOD": good}.get(word, word)) for word in args]
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "kg.cli", *words], stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert done.returncode == 2, done.stderr
    assert said(done)[-1].startswith("kg: standard output: ") and "Traceback" not in done.stderr.decode()


def test_draw_knows_the_ending_in_any_case_and_refuses_others(graph, tmp_path):
    """A folder is named; nothing is written under a name that promises something else."""
    assert kg("draw", graph, "--out", tmp_path / "a.GraphML").returncode == 0
    assert b"<graphml" in (tmp_path / "a.GraphML").read_bytes()[:200]
    assert kg("draw", graph, "--out", tmp_path / "a.HTM").returncode == 0
    for out, words in ((tmp_path / "a.png", "a.png: not a drawing by its ending"), (tmp_path / "a", "use .html"),
                       (tmp_path, f"{tmp_path}: is a folder")):  # fmt: skip
        done = kg("draw", graph, "--out", out)
        assert done.returncode == 2 and len(said(done)) == 1 and words in said(done)[0], said(done)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.GraphML", "a.HTM"]
    page = kg("draw", graph, "--out", "-")
    assert page.stdout == (tmp_path / "a.HTM").read_bytes() and page.stderr == b""


def test_an_empty_output_is_refused(graph, good, tmp_path):
    """It would be the folder at hand."""
    for args in (("build", good, "--out", ""), ("draw", graph, "--out", "")):
        done = kg(*args)
        assert done.returncode == 2 and "the path is empty" in done.stderr.decode()


def test_why_of_an_empty_or_unknown_term():
    """An empty term is wrong usage; an unknown one is exit code 1, as the help says."""
    assert kg("lexicon", "why", " ").returncode == 2
    assert kg("lexicon", "why", "xyzzyx").returncode == 1
    assert "`lexicon why` does" in kg("lexicon", "why", "--help").stdout.decode()


def test_a_missing_path_among_others_is_a_reject(good, tmp_path):
    """The others are read; alone it is exit code 2."""
    done = kg("build", tmp_path / "missing.json", good, "--out", tmp_path / "out")
    assert done.returncode == 1 and (tmp_path / "out" / "graph.nq").is_file()
    assert "missing.json: no such file or folder" in said(done)[0]
    alone = kg("extract", tmp_path / "missing.json", tmp_path / "other.json")
    assert alone.returncode == 2 and len(said(alone)) == 1


def test_help_lists_the_layouts_and_shows_its_examples_at_the_margin():
    """No summary is cut, no example block is pushed to the right."""
    top = kg("--help").stdout.decode()
    commands = top.partition("Commands:")[2]
    assert "..." not in commands and commands.count("\n  check ") == 1
    for command in ("build", "extract"):
        text = kg(command, "--help").stdout.decode()
        assert "CSV" in text and "NCI CTS" in text and "\n  Example:\n    kg " in text


def test_one_is_singular(graph, good, tmp_path):
    """1 record, 1 finding; 2 findings."""
    assert "1 record read, 0 rejected" in said(kg("extract", good))[-1]
    loose = tmp_path / "loose.nq"
    plain = "<http://purl.obolibrary.org/obo/CHEBI_1> <https://w3id.org/trial-rationale-kg/ontology/{}> <a:b> .\n"
    text = (graph / "graph.nq").read_text(encoding="utf-8")
    loose.write_text(text + plain.format("worsens"), encoding="utf-8")
    one = kg("check", loose)
    assert one.returncode == 1
    count = len(one.stdout.splitlines())
    assert said(one)[-1].endswith("1 finding" if count == 1 else f"{count} findings")


def test_check_shows_a_moving_sign_to_a_person(graph):
    """It can take seconds; a log gets the closing line alone."""
    assert "conforms" in on_terminal("check", graph)
    assert len(said(kg("check", graph))) == 1
