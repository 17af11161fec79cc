"""What readers found wrong on the page, kept from coming back. Each test is named after its finding."""

from __future__ import annotations

from dataclasses import replace

import pytest
from browser import Browser, browser
from viz_claims import EGFR, FLUSHING, GEFITINIB, OSIMERTINIB, PNEN, TRIAL, claim, evidence, large, small

from kg.model import Claim, Entity, EntityType, Predicate, Status
from kg.viz.page import render_page

pytestmark = pytest.mark.browser
PNET = Entity("MONDO:0019954", "pancreatic neuroendocrine tumor", EntityType.DISEASE)
EFFICACY = Entity("kgl:outcome/efficacy", "efficacy", EntityType.OUTCOME)
# Where the words on the canvas overlap each other: pairs of boxes in pixels.
OVERLAPS = """
    const boxes = kgPage.labels.map((one) => one.box);
    return boxes.flatMap((a, i) => boxes.slice(0, i).filter((b) =>
      !(a[2] <= b[0] || b[2] <= a[0] || a[3] <= b[1] || b[3] <= a[1]))).length;"""


@pytest.fixture(scope="module")
def window():
    """One window for all tests of this file."""
    with browser() as opened:
        yield opened


def shown(window: Browser, tmp_path, claims: list[Claim], fragment: str = "", title: str = "t") -> Browser:
    """The window with a page of these claims."""
    path = tmp_path / "graph.html"
    path.write_text(render_page(claims, [TRIAL], title=title), encoding="utf-8")
    window.open(path, fragment)
    return window


def combined() -> list[Claim]:
    """A hope that is said of gefitinib with sorafenib only, besides what is said of gefitinib alone."""
    hope = evidence("gefitinib may improve pNENs", "gefitinib", "pNENs", status=Status.HYPOTHESISED)
    hope = replace(hope, partners=("sorafenib",))
    others = [one for one in small() if one.predicate is not Predicate.TREATS]
    return [*others, claim(GEFITINIB, Predicate.TREATS, PNEN, hope, status=Status.HYPOTHESISED)]


def panel(page: Browser) -> str:
    """The words of the side panel."""
    return " ".join(page.run("return document.getElementById('panel').innerText").split())


def test_combination_is_named_wherever_the_statement_stands(window, tmp_path):
    """Argument, card, table, CSV, tip and legend say "with sorafenib"; what is said of gefitinib alone does not."""
    page = shown(window, tmp_path, combined())
    assert "gefitinib with sorafenib treats pancreatic neuroendocrine neoplasm" in panel(page)
    assert "gefitinib inhibits EGFR" in panel(page)
    assert "said of a combination 1" in " ".join(page.driver.find_element("id", "combined-key").text.split())
    page.run("kgPage.chooseThing(kgPage.search('gefitinib')[0].thing)")
    assert "gefitinib with sorafenib treats" in panel(page) and "gefitinib inhibits EGFR" in panel(page)
    assert "treats (+ sorafenib)" in page.run("return kgPage.labels.filter((l) => 'edge' in l).map((l) => l.lines[0])")
    page.run("kgPage.openTab('table')")
    rows = page.run(
        "return [...document.querySelectorAll('#table-pane tbody tr')].map((r) => [...r.cells].map((c) => c.innerText))"
    )
    assert page.run("return [...document.querySelectorAll('#table-pane th')].map((h) => h.innerText)")[1] == "With"
    assert [row[1] for row in rows if row[2] == "treats"] == ["sorafenib"]
    assert {row[1] for row in rows if row[2] != "treats"} == {""}
    head, *lines = (line.split(",") for line in page.run("return kgPage.csv()").splitlines())
    told = {line[head.index("predicate")]: line[head.index("with")] for line in lines}
    assert told == {"treats": "sorafenib", "inhibits": "", "implicatedIn": "", "causes": ""}


def test_legend_has_no_word_of_combinations_where_there_are_none(window, tmp_path):
    """The entry stands only where a line of the page looks like it."""
    assert not shown(window, tmp_path, small()).driver.find_element("id", "combined-key").is_displayed()


def test_panel_never_says_null(window, tmp_path):
    """Without an argument, without statements left by the filters, and on no way between two things."""
    asserted = [one for one in small() if one.status is Status.ASSERTED]
    page = shown(window, tmp_path, asserted)
    assert "argument" not in panel(page) and "null" not in panel(page) and "START FROM" in panel(page)
    page.run("kgPage.chooseThing(0); kgPage.toggle('status', 'asserted')")
    assert "null" not in panel(page)


def test_kinds_of_things_count_things(window, tmp_path):
    """Two drugs are two, however many statements they stand in; switching a kind off keeps its count."""
    page = shown(window, tmp_path, small())
    counts = (
        "return Object.fromEntries([...document.querySelectorAll('#f-type button')]"
        ".map((b) => [b.dataset.value, b.querySelector('.n').textContent]))"
    )
    assert page.run(counts) == {"Drug": "2", "Target": "1", "Disease": "1", "Symptom": "1"}
    page.run("kgPage.toggle('type', 'Drug')")
    assert page.run(counts)["Drug"] == "2"


def test_view_of_one_trial_counts_what_that_trial_says(window, tmp_path):
    """What other trials say of the same things is neither drawn nor counted, and does not make things larger."""
    other = [
        evidence(words, "gefitinib", "EGFR", nct=f"NCT0000001{i}")
        for i, words in enumerate(["gefitinib hits EGFR", "gefitinib, EGFR"])
    ]
    claims = [
        *small(),
        claim(GEFITINIB, Predicate.TARGETS, EGFR, other[0]),
        claim(GEFITINIB, Predicate.REGULATES, EGFR, other[1]),
        claim(OSIMERTINIB, Predicate.TREATS, FLUSHING, evidence("o f", "o", "f", nct="NCT00000002")),
    ]
    page = shown(window, tmp_path, claims, "view=NCT00000001")
    assert page.run("return kgPage.visible") == {"things": 4, "claims": 4}
    hubs = "return [...document.querySelectorAll('.hub')].map((h) => h.innerText.split(/\\s*\\n\\s*/))"
    assert page.run(hubs)[0] == ["gefitinib", "3"]
    size = "return kgPage.nodes.get('n' + kgPage.search(arguments[0])[0].thing).size"
    assert page.run(size, "pancreatic") == page.run(size, "EGFR") < page.run(size, "gefitinib")
    page.run("kgPage.openView('all')")
    assert page.run("return kgPage.visible.claims") == 8
    assert page.run(hubs)[0][1] == "5"


@pytest.mark.parametrize(("width", "height", "named"), [(1400, 900, 50), (1024, 768, 40), (420, 800, 20)])
def test_things_have_names_at_every_width(tmp_path, width, height, named):
    """Of fifty things all have names in a large window, most in a smaller; the largest have theirs in all."""
    path = tmp_path / "graph.html"
    path.write_text(render_page(large(50), [], title="t"), encoding="utf-8")
    with browser(width=width, height=height) as page:
        page.open(path)
        assert page.run("return kgPage.visible.things") == 50
        told = page.run("return kgPage.labels.map((one) => one.thing)")
        largest = page.run(
            "return kgPage.nodes.get().sort((a, b) => b.size - a.size).slice(0, 10).map((n) => Number(n.id.slice(1)))"
        )
        assert len(told) >= named and set(largest) <= set(told)
        assert page.run(OVERLAPS) == 0
        outside = "const c = document.getElementById('canvas'); return kgPage.labels.filter(({ box }) => box[0] < 0"
        assert page.run(f"{outside} || box[1] < 0 || box[2] > c.clientWidth || box[3] > c.clientHeight).length") == 0
        assert page.messages() == []


def test_lines_have_names_only_where_they_are_pointed_out(window, tmp_path):
    """None at first, those of the chosen thing once it is chosen, and never one upon another word."""
    page = shown(window, tmp_path, large(50))
    names = "return kgPage.labels.filter((one) => 'edge' in one).length"
    assert page.run(names) == 0
    page.run("kgPage.chooseThing(5)")
    assert page.run(names) > 0 and page.run(OVERLAPS) == 0


def test_names_stand_at_the_same_places_every_time(window, tmp_path):
    """The same page in the same window gives the same picture."""
    script = "return kgPage.labels.map((one) => [one.thing, one.lines.join(' '), ...one.box])"
    first = shown(window, tmp_path, large(60)).run(script)
    assert shown(window, tmp_path, large(60)[::-1]).run(script) == first


def test_table_beside_the_panel_is_whole(window, tmp_path):
    """With a thing chosen the quotes end before the panel begins, and a name stands on the line of its sign."""
    page = shown(window, tmp_path, combined())
    page.run("kgPage.chooseThing(0); kgPage.openTab('table')")
    cut = page.run("""
        const edge = document.getElementById('panel').getBoundingClientRect().left;
        return [...document.querySelectorAll('#table-pane td')].filter((cell) =>
          cell.getBoundingClientRect().right > edge + 1 || cell.scrollWidth > cell.clientWidth + 1).length;""")
    assert cut == 0
    apart = page.run("""
        return [...document.querySelectorAll('#table-pane .named')].map((cell) =>
          cell.querySelector('bdi').getBoundingClientRect().top - cell.querySelector('svg').getBoundingClientRect().top);
    """)
    assert apart and max(abs(far) for far in apart) < 8


def test_local_things_show_no_certainty_of_a_concept(window, tmp_path):
    """Where nothing was found, no figure says how sure the find is; a thing with an identifier keeps its figure."""
    found = evidence("gefitinib raises efficacy", "gefitinib", "efficacy")
    page = shown(window, tmp_path, [claim(GEFITINIB, Predicate.IMPROVES, EFFICACY, found)])
    page.run("kgPage.chooseClaim(0)")
    words = panel(page)
    assert "CHEBI:49668 · 0.90 (exact)" in words
    assert "no public identifier; the name stands for itself; left out: advanced" in words
    assert "no concept found" not in words


def test_shared_premise_is_told_once(window, tmp_path):
    """Two hopes that rest on the same inhibition name it once, with both ways on from there."""
    hope = evidence("gefitinib may improve pNETs", "gefitinib", "pNETs", status=Status.HYPOTHESISED)
    step = evidence("EGFR was enriched in pNETs", "EGFR", "pNETs")
    claims = [
        *small(),
        claim(GEFITINIB, Predicate.TREATS, PNET, hope, status=Status.HYPOTHESISED),
        claim(EGFR, Predicate.IMPLICATED_IN, PNET, step),
    ]
    words = panel(shown(window, tmp_path, claims))
    assert words.count("gefitinib inhibits EGFR") == 1 and words.count("EGFR implicated in") == 2


def test_long_title_wraps_and_has_a_tip(window, tmp_path):
    """Two lines of the title are shown, the whole of it on pointing."""
    title = "NCT06592989: a study of one medicine combined with another for the treatment of a rare tumour " * 3
    page = shown(window, tmp_path, small(), title=title)
    head = page.driver.find_element("css selector", "h1")
    assert head.get_attribute("title") == title
    lines = page.run(
        "const h = document.querySelector('h1'); return h.clientHeight / parseFloat(getComputedStyle(h).lineHeight)"
    )
    assert 1.8 < lines < 2.2
