"""The files of the page's own template folder, and how each kind of thing looks."""

from __future__ import annotations

import tomllib
from functools import cache

from kg.model import EntityType
from kg.resources import resource


@cache
def page_text(*parts: str) -> str:
    """A text file of the template folder, with line ends as on Unix."""
    return resource("page", *parts).read_text(encoding="utf-8").replace("\r\n", "\n")


@cache
def style() -> dict:
    """The table of looks and of links."""
    return tomllib.loads(page_text("style.toml"))


@cache
def look(type_: EntityType) -> dict:
    """Shape, colours and column of a kind of thing."""
    return next(row for row in style()["type"] if row["name"] == type_.value)
