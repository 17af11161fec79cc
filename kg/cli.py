"""The command `kg`: parses, calls the library, prints. Data goes to standard output, talk to standard error.

Heavy rooms are imported inside the commands, so that `kg --help` is instant.
"""

from __future__ import annotations

import inspect
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from kg import __version__
from kg.errors import KgError
from kg.terminal import busy, counted, hush, one_line, print_table, progress, put

if TYPE_CHECKING:
    from kg.lexicon.lexicon import Lexicon
    from kg.model import Document, Reject
    from kg.pipeline import Options
    from kg.store.named import Parameter

T = TypeVar("T")
RECORDS = """RECORDS are files, folders, archives or "-" (standard input): study-view text, API v2 or legacy JSON, NCI CTS
JSON, XML, the site's CSV, JSON lines (also .gz), zip. What a file is, is told by its content."""
EXIT = """Exit codes: 0 done; 1 done, but some records were rejected (or `check` found something wrong, or `lexicon why` does
not know the name); 2 nothing done: wrong usage, unreadable input or unwritable output."""


class FilePath(click.Path):
    """A path on the command line, as a Path. The empty word, which Path takes for the folder at hand, is refused."""

    def __init__(self) -> None:
        super().__init__(path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if value == "":
            self.fail("the path is empty; name a file or folder", param, ctx)
        return super().convert(value, param, ctx)


PATH = FilePath()
ONTOLOGY = "Your ontology (.obo, .owl, .ttl); =TYPE, such as my.obo=Disease, for terms whose prefix kg does not know."
DRAWN = {".html": "page", ".htm": "page", ".graphml": "GraphML"}


class Group(click.Group):
    """Turns a KgError into one line on standard error and exit code 2; so, too, an output that cannot be written."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        try:
            try:
                return super().main(*args, **kwargs)
            finally:
                if sys.stdout is not None:
                    sys.stdout.flush()
        except OSError as error:
            if isinstance(error, BrokenPipeError):
                hush()
                sys.exit(0)
            where = error.filename or "standard output"
            click.echo(f"kg: {one_line(str(where))}: {error.strerror or 'input or output error'}", err=True)
            hush()
            sys.exit(2)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except KgError as error:
            click.echo(f"kg: {one_line(str(error))}", err=True)
            sys.exit(2)
        except BrokenPipeError:
            hush()
            sys.exit(0)


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110}, epilog=EXIT)
@click.version_option(__version__, prog_name="kg")
def main() -> None:
    """A knowledge graph of why a trial makes sense, read from its registry record.

    \b
    kg build RECORDS --out DIR     graph, page and report
    kg query DIR drug-targets      SPARQL on it
    """


def reading_options(command: Callable[..., T]) -> Callable[..., T]:
    """The options that all reading commands share; the command gets them as `options` and `jobs`."""

    @wraps(command)
    def with_options(*args: Any, lexicons: Any, ontologies: Any, reader: str, least: float | None, **rest: Any) -> T:
        from kg.pipeline import Options, ReaderKind

        options = Options(tuple(lexicons), tuple(ontologies), ReaderKind(reader), least)
        return command(*args, options=options, **rest)

    for option in (
        click.option(
            "--jobs", "-j", type=click.IntRange(1, 256), default=os.cpu_count() or 1, help="Processes [cores]."
        ),
        click.option("--ontology", "ontologies", type=PATH, multiple=True, metavar="PATH[=TYPE]", help=ONTOLOGY),
        click.option(
            "--lexicon",
            "lexicons",
            type=PATH,
            multiple=True,
            help="Your synonyms: a TSV with the columns term, id, label, type.",
        ),
        click.option(
            "--least",
            type=click.FloatRange(0, 1),
            help="Leave out what is less sure [0.65; in records that argue about a mechanism 0.4, 0.58 where punctuation is lost].",
        ),
        click.option(
            "--reader",
            type=click.Choice(["learned", "fast", "rules"]),
            default="learned",
            show_default=True,
            help="Rules and encoder; rules and a small model (twice as fast); or the rules alone (fastest).",
        ),
    ):
        with_options = option(with_options)
    return with_options


def open_records(paths: tuple[str, ...]) -> Iterator[Document | Reject]:
    """The records under the given paths, with a progress bar where a person watches."""
    from kg.sources.read import read_records

    return progress(read_records(paths, stdin=sys.stdin.buffer), "reading")


def close(records: int, rejects: Iterable[Reject], claims: int, where: str = "") -> None:
    """The closing lines: each reject with its reason, the counts; exit code 1 where something was rejected."""
    rejects = list(rejects)
    for reject in rejects[:20]:
        name = f"{reject.source} ({reject.nct})" if reject.nct and reject.nct not in reject.source else reject.source
        click.echo(f"kg: rejected {one_line(name)}: {one_line(reject.reason)}", err=True)
    if len(rejects) > 20:
        click.echo(f"kg: and {len(rejects) - 20} more; all of them are in report.json", err=True)
    counts = f"{counted(records, 'record')} read, {len(rejects)} rejected, {counted(claims, 'claim')}"
    click.echo(f"kg: {counts}{where}", err=True)
    if rejects:
        sys.exit(1)


@main.command(epilog=EXIT, short_help="Read records, write the graph, the page and a report.")
@click.argument("records", nargs=-1, required=True)
@click.option("--out", "folder", type=PATH, required=True, help="Folder for the results; made if it is not there.")
@click.option("--title", default="", help="Title of the page.")
@reading_options
def build(
    records: tuple[str, ...],
    folder: Path,
    title: str,
    options: Options,
    jobs: int,
) -> None:
    """Read RECORDS and write claims.jsonl, graph.nq, graph.ttl, graph.html, graph.graphml and report.json.

    \b
    Example:
      kg build examples/NCT06592989.txt --out exports
    """
    from kg.batch import read_all
    from kg.build import build as build_graph

    built = build_graph(
        read_all(open_records(records), options=options, jobs=jobs), folder, options=options, title=title
    )
    close(built.records, built.rejects, built.claims, f" in {folder}")


@main.command(epilog=EXIT, short_help="Read records, print their claims as JSON lines.")
@click.argument("records", nargs=-1, required=True)
@reading_options
def extract(records: tuple[str, ...], options: Options, jobs: int) -> None:
    """Read RECORDS and print their claims as JSON lines.

    \b
    Example:
      kg extract examples/NCT06592989.txt | head -1
    """
    from kg.batch import read_all
    from kg.build import json_line, rows_of
    from kg.errors import SourceError
    from kg.model import Reject

    rejects, count, claims = [], 0, 0
    for reading in read_all(open_records(records), options=options, jobs=jobs):
        if isinstance(reading, Reject):
            rejects.append(reading)
            continue
        count += 1
        for row in rows_of([reading]):
            claims += 1
            put(json_line(row))
    if not count:
        raise SourceError("no record could be read: " + "; ".join(f"{r.source}: {r.reason}" for r in rejects[:3]))
    sys.stdout.flush()
    close(count, rejects, claims)


for command in (build, extract):
    command.help = inspect.cleandoc(command.help or "") + "\n\n" + RECORDS


@main.command(epilog=EXIT, short_help="Ask a graph: SPARQL, or a shipped query by name.")
@click.argument("graph", type=PATH, required=False)
@click.argument("text", metavar="QUERY", required=False)
@click.option(
    "--format", "kind", type=click.Choice(["table", "csv", "json", "ttl"]), help="[table on a terminal, else csv]"
)
@click.option("--set", "values", multiple=True, metavar="NAME=VALUE", help="A parameter of a shipped query.")
@click.option("--limit", type=click.IntRange(1), help="At most so many rows.")
@click.option("--list", "listing", is_flag=True, help="Lists the shipped queries.")
def query(
    graph: Path | None, text: str | None, kind: str | None, values: tuple[str, ...], limit: int | None, listing: bool
) -> None:
    """Ask GRAPH (a file or a folder of `kg build`) a QUERY: SPARQL, a file of it ("-": standard input), or the name of
    a shipped query. The graph's prefixes (kg:, rdfs:, CHEBI: …) need no PREFIX lines. A name after --set may be any
    synonym that the lexicon knows, an identifier or an IRI.

    CSV holds the records' words as they are. A spreadsheet may take a cell that begins with = + - or @ for a formula:
    import such columns as text.

    \b
    Examples:
      kg query --list
      kg query exports drug-targets --set drug=gefitinib
      kg query exports 'SELECT ?o WHERE { ?d rdfs:label "gefitinib" ; kg:inhibits/rdfs:label ?o }'
    """
    from kg.store.asked import query_text, settings, shipped
    from kg.store.format import table_rows, to_csv, to_json, to_turtle
    from kg.store.graphs import load
    from kg.store.query import Limits
    from kg.store.query import query as ask

    if listing:
        list_queries()
        return
    if graph is None or text is None:
        raise click.UsageError(
            "needs a graph and a query, e.g. kg query exports counts; kg query --list names the queries"
        )
    given = settings(values)
    sparql = query_text(text, given, stdin=sys.stdin.buffer if sys.stdin else None, lexicon=opened_lexicon)
    result = ask(load(graph), sparql, limits=Limits(rows=limit))
    kind = kind or ("table" if sys.stdout.isatty() else "ttl" if result.kind == "construct" else "csv")
    if kind == "table":
        print_table(*table_rows(result))
    else:
        put({"csv": to_csv, "json": to_json, "ttl": to_turtle}[kind](result))
    if result.truncated:
        click.echo("kg: there are more rows; raise --limit", err=True)
    if result.kind != "ask" and not result.rows and not result.triples:
        click.echo("kg: no rows", err=True)
        named = shipped(text)
        for parameter in named.parameters if named else ():
            value = given.get(parameter.name, parameter.default)
            said = f"{parameter.name}={value}" if parameter.name in given else f"{parameter.name} is not set"
            click.echo(one_line(f"kg: {said}; {described(parameter)}"), err=True)


def list_queries() -> None:
    """Prints the shipped queries with their parameters."""
    from kg.store.named import named_queries

    for named in named_queries():
        click.echo(f"{named.name:22} {named.title}")
        for parameter in named.parameters:
            click.echo(f"{'':22}   --set {parameter.name}=…  {described(parameter)}")


def described(parameter: Parameter) -> str:
    """A parameter's default and what it means."""
    default = parameter.default if parameter.numeric else f'"{parameter.default}"'
    return f"default {default}: {parameter.comment}"


def opened_lexicon() -> Lexicon:
    """The lexicon, which widens the names that --set gives."""
    from kg.lexicon.lexicon import open_lexicon

    return open_lexicon()


def load_claims(graph: Path) -> tuple[list, list]:
    """The claims and trials of a graph file."""
    from kg.rdf.decode import decode
    from kg.store.graphs import load

    return decode(load(graph))


@main.command(epilog=EXIT, short_help="Draw a graph as one HTML page, or as GraphML.")
@click.argument("graph", type=PATH)
@click.option("--out", "path", type=PATH, required=True, help="The .html or .graphml file to write; - prints the page.")
@click.option("--title", default="", help="Title of the page.")
@click.option("--limit", type=click.IntRange(2), default=2000, show_default=True, help="At most so many things.")
def draw(graph: Path, path: Path, title: str, limit: int) -> None:
    """Draw GRAPH as one HTML file that opens offline, or as GraphML.

    \b
    Example:
      kg draw exports --out exports/graph.html
    """
    from kg.build import title_of
    from kg.viz.network import to_graphml, to_networkx
    from kg.viz.page import render_page

    kind = drawn_as(path)
    claims, trials = load_claims(graph)
    if kind == "GraphML":
        body = to_graphml(to_networkx(claims, trials))
    else:
        body = render_page(claims, trials, title=title or title_of(trials), limit=limit).encode("utf-8", "replace")
    if path == Path("-"):
        if sys.stdout.isatty():
            put(body.decode())
        else:
            sys.stdout.buffer.write(body)
        return
    write_file(path, body)
    click.echo(f"kg: {counted(len(claims), 'claim')} drawn in {path}", err=True)


def drawn_as(path: Path) -> str:
    """What to draw for this output, by its ending; OutputError for a folder and for other endings."""
    from kg.errors import OutputError

    if path == Path("-"):
        return "page"
    if path.is_dir():
        raise OutputError(f"{path}: is a folder; name a file in it, e.g. {path / 'graph.html'}")
    kind = DRAWN.get(path.suffix.lower())
    if kind is None:
        raise OutputError(f"{path}: not a drawing by its ending; use {', '.join(DRAWN)}")
    return kind


def write_file(path: Path, body: bytes) -> None:
    """Writes a file whole or not at all."""
    from kg.build import whole

    with whole(path.parent) as draft:
        (draft / path.name).write_bytes(body)


@main.command(epilog=EXIT, short_help="Count what a graph holds.")
@click.argument("graph", type=PATH)
@click.option("--limit", type=click.IntRange(1, 1000), default=10, show_default=True, help="Rows of each ranking.")
@click.option("--json", "as_json", is_flag=True, help="JSON instead of a table.")
def stats(graph: Path, limit: int, as_json: bool) -> None:
    """Count what GRAPH holds: types, predicates, statuses, hubs, components, best supported targets.

    \b
    Example:
      kg stats exports
    """
    import json
    from dataclasses import asdict

    from kg.viz.statistics import statistics

    figures = statistics(*load_claims(graph), limit=limit)
    if as_json:
        click.echo(json.dumps(asdict(figures), ensure_ascii=False, indent=1))
        return
    click.echo(
        f"trials {figures.trials} ({figures.trials_without_claims} without claims)  things {figures.entities}  "
        f"claims {figures.claims}  quotes {figures.evidences}  components {len(figures.components)}"
    )
    for name, rows in (("type", figures.types), ("predicate", figures.predicates), ("status", figures.statuses)):
        print_table((name, "count"), [(row.name, str(row.count)) for row in rows])
    for name, ranked in (
        ("hub (claims)", figures.hubs),
        ("target (records)", figures.targets),
        ("drug (records)", figures.drugs),
    ):
        print_table((name, "type", "id", "count"), [(r.label, r.type, r.id, str(r.count)) for r in ranked])


@main.command(epilog=EXIT, short_help="Say in words what is wrong with a graph.")
@click.argument("graph", type=PATH)
def check(graph: Path) -> None:
    """Check GRAPH against the shapes and the contract, and say in words what is wrong.

    \b
    Example:
      kg check exports
    """
    from kg.rdf.check import check as check_graph

    with busy("checking"):
        result = check_graph(graph)
    for finding in result.findings:
        click.echo(one_line(finding))
    for note in result.notes:
        click.echo(f"kg: {one_line(note)}", err=True)
    click.echo(
        f"kg: {graph}: " + ("conforms" if result.conforms else counted(len(result.findings), "finding")), err=True
    )
    sys.exit(0 if result.conforms else 1)


@main.group(cls=Group)
def lexicon() -> None:
    """Look into the lexicon."""


@lexicon.command(epilog=EXIT)
@click.argument("term")
@click.option("--lexicon", "lexicons", type=PATH, multiple=True, help="Your synonyms (TSV).")
@click.option("--ontology", "ontologies", type=PATH, multiple=True, metavar="PATH[=TYPE]", help=ONTOLOGY)
def why(term: str, lexicons: tuple[Path, ...], ontologies: tuple[Path, ...]) -> None:
    """Show every concept that TERM may stand for, and the rule that chose.

    \b
    Example:
      kg lexicon why pNET
    """
    from kg.lexicon.lexicon import open_lexicon
    from kg.lexicon.why import why as explain

    if not term.strip():
        raise click.UsageError("the term is empty; write a name, e.g. kg lexicon why pNET")
    found = explain(term, open_lexicon(lexicons, ontologies))
    click.echo(one_line(f"{found.term}: looked up as {found.key!r}"))
    for rank, candidate in enumerate(found.candidates, 1):
        reasons = ", ".join(candidate.reasons)
        click.echo(
            one_line(f"{rank}. {candidate.id}  {candidate.label}  {candidate.type}  {candidate.score:.2f}  ({reasons})")
        )
    click.echo(one_line(f"chosen: {found.rule}"))
    click.echo(one_line(f"tagged in running text as written: {'yes' if found.tagged else 'no'}"))
    if found.xrefs:
        click.echo(one_line("also known as: " + ", ".join(found.xrefs)))
    if found.headings:
        click.echo(one_line("under the MeSH heading: " + ", ".join(found.headings)))
    if found.genes:
        click.echo(one_line("made from: " + ", ".join(f"{gene.label} ({gene.id})" for gene in found.genes)))
    if not found.candidates:
        sys.exit(1)


@main.command(epilog=EXIT, short_help="Measure the reader against gold material.")
@click.option("--shared", type=PATH, required=True, help="Folder with gold/, trials/, corpora/ and lexicon/.")
@click.option("--ordinary", type=PATH, help="Gold claims of the ordinary records (tests/gold/ordinary.jsonl).")
@click.option("--last", type=PATH, help="JSON of an earlier run: differences are shown.")
@click.option("--save", type=PATH, help="Write the figures as JSON, for the next --last.")
@click.option("--sample", type=click.IntRange(10), default=500, show_default=True, help="Records for the speed figure.")
def bench(shared: Path, ordinary: Path | None, last: Path | None, save: Path | None, sample: int) -> None:
    """Measure claims, grounding, speed and size against gold material.

    \b
    Example:
      kg bench --shared ../shared --last docs/bench.json
    """
    import itertools
    import json

    from kg.bench import figures, speed_figure
    from kg.model import Document
    from kg.pipeline import Options, ReaderKind, open_reader
    from kg.sources.read import read_records

    reader = open_reader()
    found = list(progress(figures(shared, reader, ordinary=ordinary), "measuring"))
    scale = shared / "trials/scale/trials.jsonl.gz"
    if scale.is_file():
        records = (r for r in read_records([scale]) if isinstance(r, Document))
        some = list(itertools.islice(records, 0, sample * 30, 30))
        for kind in ReaderKind:
            found.append(speed_figure(some, open_reader(Options(reader=kind)), f"--reader {kind.value}"))
    before = {}
    if last is not None and last.is_file():
        before = {(f["section"], f["name"]): f["value"] for f in json.loads(last.read_text(encoding="utf-8"))}
    rows = []
    for f in found:
        old = before.get((f.section, f.name))
        change = "" if old is None or old == f.value else f"{f.value - old:+.4g}"
        rows.append((f.section, f.name, f"{f.value:g}{f.unit and ' ' + f.unit}", change, f.note))
    print_table(("set", "figure", "value", "change", "detail"), rows)
    if save is not None:
        body = [{"section": f.section, "name": f.name, "value": f.value, "unit": f.unit, "note": f.note} for f in found]
        write_file(save, (json.dumps(body, ensure_ascii=False, indent=1) + "\n").encode())


if __name__ == "__main__":
    main()
