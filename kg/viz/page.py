"""Claims and trials as one HTML file that explains itself: no request leaves it, nothing in it runs but our own script.

pyvis writes the network (nodes, edges, options); the template is ours, because pyvis's own links a CDN and runs what
stands in labels. All words of records travel as JSON in a block that is not executed; the script builds its elements
with `textContent`. A content security policy names the hashes of the one style and the two scripts.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from kg.model import SYMMETRIC, Claim, Entity, Predicate, Status, Trial
from kg.resources import resource
from kg.viz.argument import Argument, arguments
from kg.viz.labels import wrapped
from kg.viz.layout import Box, place
from kg.viz.looks import look, page_text, style
from kg.viz.passages import visible
from kg.viz.rows import claim_row, combination, entity_rows

VENDORED = "vis-network-10.1.5.min.js"
SCRIPTS = ("state.js", "labels.js", "canvas.js", "panel.js", "filters.js", "table.js", "app.js")
START = 60  # things in the first view of a large graph
SMALL = 110  # things up to which the first view is the whole graph
VIEWS = 150  # records with a view of their own


@dataclass(frozen=True, slots=True)
class Shown:
    """What is drawn: the entities in order, the claims between them, and how much was left out."""

    entities: tuple[Entity, ...]
    claims: tuple[Claim, ...]
    left_out: int  # entities

    @property
    def index(self) -> dict[str, int]:
        """The place of each entity, by its id."""
        return {entity.id: i for i, entity in enumerate(self.entities)}


def render_page(claims: Iterable[Claim], trials: Iterable[Trial], *, title: str, limit: int = 2000) -> str:
    """The HTML of a page that draws the claims.

    At most `limit` entities are drawn, those with the most claims; the page says how many were left out. The same
    claims and trials give the same text, in whatever order they come.
    """
    from pyvis.network import Network  # slow to import (IPython), and only drawing needs it

    shown = _shown(list(claims), limit)
    trials = sorted(trials, key=lambda trial: trial.nct)
    degrees = Counter(entity.id for claim in shown.claims for entity in (claim.subject, claim.object))
    network = Network(height="100%", width="100%", directed=True, heading=visible(title))
    argued = arguments(shown.claims)
    _add_nodes(network, shown, degrees, argued)
    _add_edges(network, shown)
    network.options = {
        "physics": {"enabled": False},
        "layout": {"improvedLayout": False},
        "interaction": {"hover": True, "hideEdgesOnDrag": len(shown.entities) > 800, "tooltipDelay": 100000},
        "nodes": {"scaling": {"label": {"drawThreshold": 8, "maxVisible": 24}}},
        "edges": {"scaling": {"label": {"drawThreshold": 7, "maxVisible": 16}}, "arrowStrikethrough": False},
    }
    network.templateEnv = _environment(_record(shown, trials, degrees, argued))
    network.path = "page.html.j2"
    return network.generate_html("graph.html")


def _environment(record: dict):
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(autoescape=True, loader=FileSystemLoader(resource("page")), undefined=StrictUndefined)
    environment.filters["embed"] = embed
    css, vendored, script = page_text("page.css"), _vendored(), _script()
    hashes = " ".join(_source_hash(text) for text in (vendored, script))
    environment.globals |= {
        "record": record,
        "style": Markup(css),
        "vendored": Markup(vendored),
        "script": Markup(script),
        "policy": f"default-src 'none'; script-src {hashes}; style-src {_source_hash(css)}; img-src data:; "
        "base-uri 'none'; form-action 'none'",
    }
    return environment


def embed(value: object) -> Markup:
    """A value as JSON that may stand in a script element: no `<`, `>`, `&` or line separator is left in it.

    >>> str(embed("</script>"))
    '"\\\\u003c/script\\\\u003e"'
    """
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"))  # ASCII: U+2028 and U+2029 are escaped too
    return Markup(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))


def _vendored() -> str:
    return page_text("vendor", VENDORED).partition("//# sourceMappingURL")[0]


def _script() -> str:
    return '(() => {\n"use strict";\n' + "\n".join(page_text(name) for name in SCRIPTS) + "\n})();"


def _source_hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _shown(claims: Sequence[Claim], limit: int) -> Shown:
    found: dict[str, Entity] = {}
    for claim in sorted(claims, key=lambda claim: claim.id):
        for entity in (claim.subject, claim.object):
            found[entity.id] = min(found.get(entity.id, entity), entity, key=lambda entity: (entity.label, entity.type))
    degrees = Counter(entity.id for claim in claims for entity in (claim.subject, claim.object))
    order = sorted(found, key=lambda id_: (-degrees[id_], id_))
    kept = set(order[:limit])
    claims = [claim for claim in claims if claim.subject.id in kept and claim.object.id in kept]
    return Shown(
        tuple(found[id_] for id_ in order[:limit]),
        tuple(
            sorted(
                claims,
                key=lambda claim: (claim.subject.label.lower(), claim.predicate, claim.object.label.lower(), claim.id),
            )
        ),
        len(order) - len(kept),
    )


def _add_nodes(network, shown: Shown, degrees: Counter, argued: Sequence[Argument]) -> None:
    for i, (x, y) in _positions(shown, shown.claims, argued).items():
        entity = shown.entities[i]
        drawn = look(entity.type)
        network.add_node(
            f"n{i}",
            label=wrapped(entity.label),
            shape=drawn["shape"],
            color=drawn["light"],
            size=_size(degrees[entity.id]),
            x=x,
            y=y,
        )


def _add_edges(network, shown: Shown) -> None:
    """One edge for all claims of one pair, direction and status; those of one pair fan out."""
    index = shown.index
    bundles: dict[tuple[int, int, Status, bool], list[int]] = {}
    for i, claim in enumerate(shown.claims):
        key = (index[claim.subject.id], index[claim.object.id], claim.status, bool(combination(claim)))
        bundles.setdefault(key, []).append(i)
    between = Counter(frozenset(key[:2]) for key in bundles)
    drawn: Counter = Counter()
    for n, ((subject, object_, status, combined), numbers) in enumerate(sorted(bundles.items())):
        pair = frozenset((subject, object_))
        drawn[pair] += 1
        smooth: object = False
        if between[pair] > 1:
            smooth = {"enabled": True, "type": "curvedCW", "roundness": 0.1 + 0.12 * drawn[pair]}
        directed = any(shown.claims[i].predicate not in SYMMETRIC for i in numbers)
        arrow = "bar" if status is Status.NEGATED else "arrow"
        network.add_edge(
            f"n{subject}",
            f"n{object_}",
            id=f"e{n}",
            claims=numbers,
            status=status.value,
            combined=combined,
            smooth=smooth,
            arrowStrikethrough=status is Status.NEGATED,  # the line runs up to the bar
            dashes=[7, 6] if status is Status.HYPOTHESISED else False,
            width=1.2 + min(4, len(numbers)) * 0.5,
            arrows={
                "from": {"enabled": combined, "type": "circle", "scaleFactor": 0.8},  # the legend says what it means
                "to": {
                    "enabled": directed or status is Status.NEGATED,
                    "type": arrow,
                    "scaleFactor": 0.9 if status is Status.NEGATED else 0.55,
                },
            },
        )


def _record(shown: Shown, trials: Sequence[Trial], degrees: Counter, argued: Sequence[Argument]) -> dict:
    """Everything that the page knows beside the drawing."""
    index = shown.index
    number = {claim.id: i for i, claim in enumerate(shown.claims)}
    cited = {nct for claim in shown.claims for nct in claim.records}
    return {
        "types": style()["type"],
        "predicates": [predicate.value for predicate in Predicate],
        "symmetric": sorted(SYMMETRIC),
        "statuses": [status.value for status in Status],
        "entities": entity_rows(shown.entities, shown.claims),
        "claims": [claim_row(claim, index) for claim in shown.claims],
        "trials": {
            trial.nct: {"title": visible(trial.title), "phases": list(trial.phases), "status": trial.overall_status}
            for trial in trials
        },
        "arguments": [
            {
                "nct": argument.nct,
                "aims": [number[claim.id] for claim in argument.aims],
                "chains": [[number[claim.id] for claim in chain] for chain in argument.chains],
            }
            for argument in argued
        ],
        "views": _views(shown, argued, degrees, cited),
        "leftOut": shown.left_out,
    }


def _views(shown: Shown, argued: Sequence[Argument], degrees: Counter, cited: set[str]) -> list[dict]:
    """The views to choose from, the first one first; "all" uses the positions of the network itself."""
    whole = {"id": "all", "label": "Everything", "at": None}
    size = len(shown.entities)
    views = [whole]
    if size > SMALL:
        core = {
            entity.id for argument in argued for claim in argument.claims for entity in (claim.subject, claim.object)
        }
        order = sorted(shown.entities, key=lambda entity: (-degrees[entity.id] - 3 * (entity.id in core), entity.id))
        ids = {entity.id for entity in order[:START]}
        start = _view(
            "start",
            "Most connected",
            [c for c in shown.claims if {c.subject.id, c.object.id} <= ids],
            shown,
            argued,
            care=4,
        )
        views = [start, whole]
    if len(cited) > 1:
        for nct in sorted(cited)[:VIEWS]:
            views.append(
                _view(
                    nct,
                    nct,
                    [claim for claim in shown.claims if nct in claim.records],
                    shown,
                    [argument for argument in argued if argument.nct == nct],
                    care=1,
                )
            )
    return views


def _view(
    id_: str, label: str, claims: Sequence[Claim], shown: Shown, argued: Sequence[Argument], *, care: int
) -> dict:
    at = [[member, x, y] for member, (x, y) in _positions(shown, claims, argued, care=care).items()]
    return {"id": id_, "label": label, "at": at}


def _positions(
    shown: Shown, claims: Sequence[Claim], argued: Sequence[Argument], *, care: int = 4
) -> dict[int, tuple[int, int]]:
    """Where the ends of the claims stand when these are drawn alone; what is argued gets room for its words."""
    index = shown.index
    ends = {claim.id: (index[claim.subject.id], index[claim.object.id]) for claim in claims}
    degrees = Counter(member for pair in ends.values() for member in pair)
    members = sorted(degrees)
    local = {member: i for i, member in enumerate(members)}
    links = {id_: (local[a], local[b]) for id_, (a, b) in ends.items()}
    boxes = [_box(shown.entities[member], degrees[member]) for member in members]
    roomy = [links[claim.id] for argument in argued for claim in argument.claims if claim.id in links]
    return dict(zip(members, place(boxes, list(links.values()), roomy=roomy, care=care), strict=True))


def _size(degree: int) -> float:
    """Radius in pixels: the area grows with the number of claims."""
    return round(min(28.0, 6.5 + 3.2 * degree**0.5), 1)


def _box(entity: Entity, degree: int) -> Box:
    lines = wrapped(entity.label).split("\n")
    size = _size(degree)
    return Box(
        max(2 * size, 9 * max(map(len, lines))) + 10, 2 * size + 21 * len(lines) + 10, look(entity.type)["column"]
    )
