"""The page as text: what it holds, what it must not hold, and that it is the same every time."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from viz_claims import EGFR, GEFITINIB, PNEN, TRIAL, claim, evidence, large, small

from kg.model import EntityType, Evidence, Predicate, Role, Status
from kg.resources import fingerprint, resource
from kg.viz.argument import arguments
from kg.viz.labels import LINES, WIDTH, wrapped
from kg.viz.layout import Box, place
from kg.viz.page import VENDORED, embed, render_page
from kg.viz.passages import marked, visible
from kg.viz.rows import combination, link


def block(html: str, name: str) -> dict:
    """One of the page's data blocks."""
    return json.loads(re.search(rf'<script type="application/json" id="{name}">(.*?)</script>', html, re.S)[1])


def test_page_is_the_same_whatever_the_order():
    """Claims and trials may come in any order."""
    claims, trials = small(), [TRIAL, replace(TRIAL, nct="NCT00000002")]
    assert render_page(claims, trials, title="t") == render_page(claims[::-1], trials[::-1], title="t")


def test_status_is_drawn_by_dash_and_by_bar():
    """Asserted solid with an arrow, hypothesised dashed, negated with a T-bar."""
    edges = {edge["status"]: edge for edge in block(render_page(small(), [], title="t"), "network")["edges"]}
    assert edges["asserted"]["dashes"] is False and edges["asserted"]["arrows"]["to"]["type"] == "arrow"
    assert edges["hypothesised"]["dashes"] and edges["hypothesised"]["arrows"]["to"]["type"] == "arrow"
    assert edges["negated"]["dashes"] is False and edges["negated"]["arrows"]["to"] == {
        "enabled": True,
        "type": "bar",
        "scaleFactor": 0.9,
    }


def test_claims_of_one_pair_and_status_share_an_edge():
    """Two asserted statements between the same things are one line; a denial stays a line of its own."""
    claims = [
        claim(GEFITINIB, Predicate.INHIBITS, EGFR),
        claim(GEFITINIB, Predicate.TARGETS, EGFR),
        claim(GEFITINIB, Predicate.REGULATES, EGFR, status=Status.NEGATED),
    ]
    edges = block(render_page(claims, [], title="t"), "network")["edges"]
    assert sorted(len(edge["claims"]) for edge in edges) == [1, 2]
    assert all(edge["smooth"] for edge in edges)  # they fan out


def test_limit_keeps_the_best_connected_and_says_what_is_left_out():
    """A page of two things out of five says that three are missing."""
    record = block(render_page(small(), [], title="t", limit=2), "record")
    assert {entity["label"] for entity in record["entities"]} == {"gefitinib", "EGFR"}
    assert record["leftOut"] == 3 and len(record["claims"]) == 1


def test_policy_allows_only_what_the_page_brings():
    """The hashes of style and scripts are those of the texts that stand in the page; nothing else may run or load."""
    html = render_page(small(), [TRIAL], title="t")
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', html)[1].replace("&#39;", "'")
    hashes = {
        "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        for text in re.findall(r"<(?:script|style)>(.*?)</(?:script|style)>", html, re.S)
    }
    assert len(hashes) == 3 and hashes == set(re.findall(r"'(sha256-[^']+)'", policy))
    assert "default-src 'none'" in policy and "unsafe" not in policy
    head = html[: html.index('id="network"')]
    assert not re.search(r'(?:src|href)="(?!#|data:)', head)
    assert not re.search(r"<[^>]* on[a-z]+=", head)  # no handlers in attributes
    assert "innerHTML" not in html


def test_vendored_script_is_the_one_on_the_list():
    """The sha256 in the third-party list is that of the file."""
    listed = resource("page", "vendor", "THIRD_PARTY.md").read_text(encoding="utf-8")
    assert fingerprint(resource("page", "vendor", VENDORED)) in listed


def test_every_type_has_a_look_of_its_own():
    """Colour and shape together tell the twelve types apart, in light and in dark."""
    types = block(render_page(small(), [], title="t"), "record")["types"]
    assert {row["name"] for row in types} == {type_.value for type_ in EntityType}
    for theme in ("light", "dark"):
        assert len({(row[theme], row["shape"]) for row in types}) == len(types)


@given(st.text(max_size=60))
def test_embedded_json_never_leaves_its_block(text):
    """Whatever the text, it reads back, and no character of it can end a script element."""
    embedded = str(embed({text: [text]}))
    assert not set("<>&\u2028\u2029") & set(embedded)
    assert json.loads(embedded) == {text: [text]}


@settings(max_examples=60)
@given(st.text(max_size=40), st.text(max_size=12), st.text(max_size=12), st.integers(-5, 60))
def test_marked_pieces_are_the_quote(quote, subject, trigger, start):
    """Joined, the pieces are the quote, however wrong the offsets."""
    role = Role(subject, start, start + len(subject))
    pieces = marked(
        Evidence("NCT1", "s", 3, 3 + len(quote), quote, role, role, trigger, (trigger, ""), Status.ASSERTED, "r", 1.0)
    )
    assert "".join(text for text, _ in pieces) == visible(quote)


def test_marks_show_subject_object_trigger_and_cue():
    """Each word of the statement is marked for what it is; nested things carry both marks."""
    found = evidence("sorafenib may improve pNENs", "sorafenib", "pNENs", trigger="improve", cues=("may",))
    assert marked(found) == [
        ("sorafenib", "s"),
        (" ", ""),
        ("may", "c"),
        (" ", ""),
        ("improve", "t"),
        (" ", ""),
        ("pNENs", "o"),
    ]
    nested = evidence("EGFR inhibitor", "EGFR inhibitor", "EGFR")
    assert marked(nested) == [("EGFR", "so"), (" inhibitor", "s")]


@pytest.mark.parametrize(
    ("id_", "address"),
    [
        ("hgnc:3236", "https://identifiers.org/hgnc:3236"),
        ("CHEBI:49668", "http://purl.obolibrary.org/obo/CHEBI_49668"),
        ("UNII:2S9ZZM9Q9V", "https://precision.fda.gov/uniisearch/srs/unii/2S9ZZM9Q9V"),
        ("KEGG:hsa01521", "https://www.kegg.jp/entry/hsa01521"),
        ("HGNC.GROUP:588", "https://bioregistry.io/hgnc.genegroup:588"),
        ("javascript:alert(1)", ""),
        ("kgl:drug/x", ""),
        ("hgnc", ""),
        ('hgnc:"><script>', "https://identifiers.org/hgnc:%22%3E%3Cscript%3E"),
    ],
)
def test_links_come_from_our_table_only(id_, address):
    """A prefix that we do not know leads nowhere; what stands behind one is percent-encoded."""
    assert link(id_) == address


def test_every_prefix_of_our_table_leads_somewhere():
    """Whatever identifier the graph may carry, a reader can look it up."""
    prefixes = [
        line.split("\t")[0]
        for line in resource("prefixes.tsv").read_text(encoding="utf-8").splitlines()
        if not line.startswith("#")
    ]
    assert len(prefixes) > 30 and [prefix for prefix in prefixes if not link(f"{prefix}:1")] == []


def test_combination_is_what_every_evidence_of_the_status_says():
    """One sentence that says it of the drug alone is enough; sentences of another status do not count."""
    alone = evidence("gefitinib treats pNENs", "gefitinib", "pNENs")
    both = replace(alone, partners=("sorafenib",))
    hope = replace(alone, status=Status.HYPOTHESISED)
    assert combination(claim(GEFITINIB, Predicate.TREATS, PNEN, both, hope)) == (("sorafenib",),)
    assert combination(claim(GEFITINIB, Predicate.TREATS, PNEN, both, alone)) == ()
    assert combination(claim(GEFITINIB, Predicate.TREATS, PNEN)) == ()
    three = replace(alone, partners=("everolimus", "bevacizumab"))
    assert combination(claim(GEFITINIB, Predicate.TREATS, PNEN, three, both)) == (
        ("bevacizumab", "everolimus"),
        ("sorafenib",),
    )


def test_combination_has_a_line_of_its_own_with_a_dot_at_its_tail():
    """What is said of gefitinib with sorafenib is not drawn on the line of what is said of gefitinib."""
    both = replace(evidence("gefitinib treats pNENs", "gefitinib", "pNENs"), partners=("sorafenib",))
    claims = [claim(GEFITINIB, Predicate.TREATS, PNEN, both), claim(GEFITINIB, Predicate.IMPROVES, PNEN)]
    edges = block(render_page(claims, [], title="t"), "network")["edges"]
    assert sorted((edge["combined"], edge["arrows"]["from"]["enabled"]) for edge in edges) == [
        (False, False),
        (True, True),
    ]
    assert {edge["arrows"]["from"]["type"] for edge in edges} == {"circle"}


def test_long_words_are_hyphenated_where_they_are_joined():
    """No word is broken without a hyphen, and none of eighteen letters or fewer is broken at all."""
    assert wrapped("gastroenteropancreatic neuroendocrine tumor").split("\n") == [
        "gastroentero-",
        "pancreatic",
        "neuroendocrine",
        "tumor",
    ]
    assert wrapped("tyrosine phosphorylation") == "tyrosine\nphosphorylation"
    assert wrapped("immunosuppressants") == "immunosuppressants"


@given(st.text(max_size=300))
def test_names_on_the_canvas_are_a_few_short_lines(text):
    """Whatever the name, it takes at most four lines of at most eighteen letters and a sign."""
    lines = wrapped(text).split("\n")
    assert 1 <= len(lines) <= LINES + 1 and all(0 < len(line) <= WIDTH + 1 for line in lines)


def test_argument_joins_the_hope_to_its_mechanism():
    """gefitinib may treat pNEN, because it inhibits EGFR, which is implicated in pNEN."""
    (argument,) = arguments(small())
    assert [aim.predicate for aim in argument.aims] == [Predicate.TREATS]
    assert [[step.predicate for step in chain] for chain in argument.chains] == [
        [Predicate.INHIBITS, Predicate.IMPLICATED_IN]
    ]
    assert arguments([one for one in small() if one.status is Status.ASSERTED]) == ()


def test_labels_of_a_small_graph_do_not_overlap():
    """No two boxes of the layout cover each other, and causes stand left of effects."""
    boxes = [Box(90, 50, i % 5) for i in range(40)]
    links = [(i, (i * 7 + 1) % 40) for i in range(40)]
    where = place(boxes, links)
    overlaps = [
        (a, b)
        for a in range(40)
        for b in range(a)
        if abs(where[a][0] - where[b][0]) < 85 and abs(where[a][1] - where[b][1]) < 45
    ]
    assert overlaps == []
    left, right = ([x for (x, _), box in zip(where, boxes, strict=True) if box.column == column] for column in (0, 4))
    assert sum(left) / len(left) < sum(right) / len(right)


def test_place_copes_with_nothing_and_with_loops():
    """No things, one thing, and a thing joined to itself."""
    assert place([], []) == [] and place([Box(10, 10, 1)], [(0, 0)]) == [(0, 0)]


def test_pages_of_nothing_and_of_loops_are_pages():
    """A graph without claims, and a claim of a thing about itself, are drawn."""
    assert "<h1" in render_page([], [TRIAL], title="nothing")
    assert len(block(render_page([claim(PNEN, Predicate.SUBTYPE_OF, PNEN)], [], title="t"), "network")["edges"]) == 1


@pytest.mark.slow
def test_large_page_starts_with_a_part():
    """Above a hundred things the first view is a core, and every record has a view of its own."""
    views = block(render_page(large(200), [], title="t"), "record")["views"]
    assert [view["id"] for view in views[:2]] == ["start", "all"] and len(views) == 42
    assert len(views[0]["at"]) <= 60
