"""The shipped queries, `ontologies/queries/*.rq`: a title and a comment, keywords, and parameters with defaults.

A file begins with comment lines (the first is the title, one may say `keywords: …`). A parameter is a line

    VALUES ?drug { "" }  # param: name, synonym or identifier of a drug; "" means every drug

The file is valid SPARQL as it stands. Another value takes the default's place as a quoted literal, so no value can
become query text (pyoxigraph's own substitutions reach projected variables only). Several values are several literals,
any of which may match: a query with such a parameter is DISTINCT or grouped, so that no row comes twice.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache

from pyoxigraph import Literal

from kg.errors import QueryError
from kg.resources import resource

_PARAMETER = re.compile(r'^(?P<head>\s*VALUES \?(?P<name>\w+) \{ )(?P<value>"[^"\\\n]*"|\d+(?:\.\d+)?)'
                        r'(?P<tail> \}\s*# param: (?P<comment>.+))$', re.MULTILINE)
_NUMBER = re.compile(r"\d{1,12}(?:\.\d{1,12})?")


@dataclass(frozen=True, slots=True)
class Parameter:
    """A value that the user may set."""

    name: str
    default: str
    comment: str
    numeric: bool

    @property
    def names(self) -> bool:
        """Whether the value is a name, which a lexicon may know by other words."""
        return self.comment.startswith("name")


@dataclass(frozen=True, slots=True)
class NamedQuery:
    """A shipped query."""

    name: str
    title: str
    comment: str  # the title and what follows it
    keywords: tuple[str, ...]
    text: str
    parameters: tuple[Parameter, ...]


@cache
def named_queries() -> tuple[NamedQuery, ...]:
    """All shipped queries, sorted by name."""
    return tuple(_read(path.stem, path.read_text(encoding="utf-8"))
                 for path in sorted(resource("queries").glob("*.rq")))


def named_query(name: str) -> NamedQuery:
    """One shipped query; raises QueryError that says which name is meant, or lists the names there are."""
    known = {query.name: query for query in named_queries()}
    if name in known:
        return known[name]
    near = get_close_matches(name.lower().removesuffix(".rq").replace("_", "-"), known, n=3)
    hint = f"did you mean {' or '.join(near)}?" if near else f"there are {', '.join(known)}"
    raise QueryError(f"no query is named {name!r}; {hint}")


def fill(named: NamedQuery, values: Mapping[str, str | Sequence[str]]) -> str:
    """The query's text with the given parameter values, each quoted as a literal; of several values, any may match.

    Raises QueryError for a parameter that the query does not have and for a word where a number is needed.
    """
    known = {parameter.name: parameter for parameter in named.parameters}
    for name, value in values.items():
        if name not in known:
            has = ", ".join(known) or "none"
            raise QueryError(f"{named.name}: no parameter {name!r}; it has {has}")
        if known[name].numeric and not (isinstance(value, str) and _NUMBER.fullmatch(value)):
            raise QueryError(f"{named.name}: {name} is a number such as {known[name].default}, not {value!r}")

    def put(found: re.Match[str]) -> str:
        name = found["name"]
        if name not in values:
            return found.group()
        given = values[name]
        if known[name].numeric:
            return found["head"] + str(given) + found["tail"]
        given = (given,) if isinstance(given, str) else given
        return found["head"] + " ".join(map(_quoted, given)) + found["tail"]

    return _PARAMETER.sub(put, named.text)


def _quoted(value: str) -> str:
    return str(Literal(value.encode("utf-8", "replace").decode()))


def _read(name: str, text: str) -> NamedQuery:
    lines = []
    for line in text.splitlines():
        if not line.startswith("#"):
            break
        lines.append(line.lstrip("# ").rstrip())
    keywords = next((line for line in lines if line.startswith("keywords:")), "")
    prose = [line for line in lines if not line.startswith("keywords:")]
    parameters = tuple(
        Parameter(m["name"], m["value"].strip('"'), m["comment"].strip(), not m["value"].startswith('"'))
        for m in _PARAMETER.finditer(text))
    return NamedQuery(name, prose[0] if prose else name, " ".join(prose),
                      tuple(word.strip() for word in keywords.removeprefix("keywords:").split(",") if word.strip()),
                      text, parameters)
