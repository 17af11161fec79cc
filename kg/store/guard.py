"""Refuses queries that would leave the graph at hand: SERVICE and FROM. Updates and LOAD are no queries at all.

pyoxigraph parses each query itself, says the line and column of a mistake, and takes no update here. But it does call
out over HTTP for SERVICE (0.5.13 has no switch for that) and passes over FROM in silence. Neither keyword can be
written in another way (pyoxigraph resolves no backslash escape before it splits words; a contract test holds it to
that), so a text that holds neither string is safe, and is let through without more ado. Only where one of the two
strings occurs, be it in a comment, a literal or an IRI, rdflib's SPARQL parser decides by the parse tree. That costs
0.5 s once (rdflib's import), against nothing for the queries that people write.

Two parsers can read one text differently, so what is known to divide them is taken away first: rdflib resolves
backslash-u escapes before it reads, and ends a comment at a line feed only. What rdflib cannot parse is refused.
"""

from __future__ import annotations

import re

from kg.errors import QueryError

_DOUBTFUL = re.compile("service|from", re.IGNORECASE)
_ESCAPE = re.compile(r"\\u", re.IGNORECASE)
_UPDATE = re.compile(r"^\s*(?:(?:#[^\n]*|prefix\s+\S+\s+<[^>]*>|base\s+<[^>]*>)\s+)*"
                     r"(insert|delete|load|clear|drop|create|add|move|copy|with)\b", re.IGNORECASE)

LONGEST = 100_000
"""Characters; longer queries are refused before anything reads them."""

MOST = {"{": 300, "(": 3_000, "!": 3_000, "&": 4_000, "|": 4_000, "+": 4_000, "*": 4_000, "-": 6_000, "/": 6_000}
"""How often a character may stand in a query, wherever. pyoxigraph 0.5.13 ends the whole process on deep nesting: from
1,000 nested EXISTS, 4,000 braces, 8,000 parentheses or 16,000 `!` on. A query that people write has a few dozen.
"""


def refuse_unsafe(text: str) -> None:
    """Raises QueryError for a query that names a service or a data set of its own, or is too long to be one."""
    if len(text) > LONGEST:
        raise QueryError(f"query: {len(text)} characters, more than the {LONGEST} allowed")
    for character, most in MOST.items():
        if text.count(character) > most:
            raise QueryError(f"query: more than {most} times {character!r}: nested too deeply to be run safely")
    if not _DOUBTFUL.search(text):
        return
    if _ESCAPE.search(text):
        raise QueryError("query: write characters as themselves, not as \\u escapes, where a query has the word "
                         "SERVICE or FROM")
    names = _parts(text)
    if "ServiceGraphPattern" in names:
        raise QueryError("query: SERVICE is refused, since it would send data to another server")
    if "DatasetClause" in names:
        raise QueryError("query: FROM is refused; all graphs are read by default, GRAPH picks one")


def is_update(text: str) -> bool:
    """Whether a text that does not parse as a query looks like an update. Only used to word the message."""
    return bool(_UPDATE.match(text))


def _parts(text: str) -> set[str]:
    """The names of all parts of a query's parse tree."""
    from pyparsing.exceptions import ParseBaseException
    from rdflib.plugins.sparql.parser import parseQuery
    from rdflib.plugins.sparql.parserutils import CompValue

    try:
        tree = parseQuery(text.replace("\r", "\n"))
    except (ParseBaseException, RecursionError, ValueError) as error:
        place = f" line {error.lineno}, column {error.column}" if isinstance(error, ParseBaseException) else ""
        raise QueryError(f"query,{place}: has the word SERVICE or FROM and cannot be checked: "
                         f"{' '.join(str(error).split())[:160]}") from error
    names: set[str] = set()
    waiting = [tree]
    while waiting:
        part = waiting.pop()
        if isinstance(part, CompValue):
            names.add(part.name)
            waiting.extend(part.values())
        elif not isinstance(part, str) and hasattr(part, "__iter__"):
            waiting.extend(part)
    return names
