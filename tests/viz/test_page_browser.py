"""The page in Chromium: it draws, answers, stays silent on the network, and runs nothing that stands in the data."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from browser import browser
from viz_claims import EGFR, GEFITINIB, PNEN, TRIAL, claim, evidence, large, small

from kg.model import Entity, EntityType, Predicate
from kg.viz.page import render_page

pytestmark = pytest.mark.browser

HOSTILE = (
    "<script>window.pwned=1</script>",
    "</script><script>window.pwned=1</script>",
    "<img src=x onerror=window.pwned=1>",
    '"><svg onload=window.pwned=1>',
    "'-window.pwned=1-'",
    "javascript:window.pwned=1",
    "{{7*7}}{% raw %}",
    "<b>bold</b>*md*`x`",
    "\u202egnp.exe",
    "nul\x00byte\x1b[31m",
    "L" * 10_000,
    "<!--",
    "]]>",
    "\u2028\u2029",
    "__proto__",
    "constructor",
    "&lt;script&gt;",
    "",
    "   ",
    "𝒳" * 40,
    "\ud800 lone",
)


@pytest.fixture(scope="module")
def window():
    """One window for all tests of this file."""
    with browser() as opened:
        yield opened


@pytest.fixture
def page(window, tmp_path):
    """The small page, opened."""
    path = tmp_path / "graph.html"
    path.write_text(render_page(small(), [TRIAL], title="Gefitinib in pNEN"), encoding="utf-8")
    window.open(path)
    return window


def thing(page, words: str) -> int:
    return page.run("return kgPage.search(arguments[0])[0].thing", words)


def silent(page) -> bool:
    """Whether the console stayed clean and nothing was asked of a network."""
    assert page.messages() == []
    assert page.requests() == []
    return True


def test_page_draws_without_errors_or_requests(page):
    """All five things and statements are shown, the argument is told, and the console is clean."""
    assert page.run("return kgPage.visible") == {"things": 5, "claims": 5}
    assert "It puts forward that" in page.run("return document.getElementById('panel').innerText")
    assert silent(page)


def test_canvas_has_ink(page):
    """Something is really painted: the canvas is not one colour."""
    colours = page.run("""
        const canvas = document.querySelector('#canvas canvas');
        const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
        const seen = new Set();
        for (let i = 0; i < data.length; i += 4)
          if (data[i + 3]) seen.add(data.slice(i, i + 3).map((v) => v >> 4).join());
        return seen.size;""")
    assert colours > 8


def test_lines_tell_the_status(page):
    """vis-network got dashes for the hypothesis and a red T-bar for the denial."""
    edges = {edge["status"]: edge for edge in page.run("return kgPage.edges.get()")}
    assert edges["hypothesised"]["dashes"] and not edges["asserted"]["dashes"]
    assert edges["negated"]["arrows"]["to"]["type"] == "bar"
    assert edges["negated"]["color"]["color"] == "#c4262e"


def test_search_completes_names_synonyms_and_identifiers(page):
    """A label, a surface form and an identifier lead to the same thing, by keyboard."""
    from selenium.webdriver.common.keys import Keys

    field = page.driver.find_element("id", "search")
    for words in ("pancreatic neuro", "pNENs", "MONDO:0002120"):
        field.send_keys(words)
        hits = page.driver.find_elements("css selector", "#hits [role=option]")
        assert len(hits) == 1 and "pancreatic neuroendocrine neoplasm" in hits[0].text
        field.send_keys(Keys.ENTER)
        assert (
            page.run("return document.querySelector('#panel h3').textContent") == "pancreatic neuroendocrine neoplasm"
        )
    field.send_keys("zzz")
    assert "Nothing by that name" in page.driver.find_element("id", "hits").text
    assert silent(page)


def test_filters_hide_and_count(page):
    """Taking out a status, a type or a confidence leaves the rest, and the counts say so."""
    page.driver.find_element("css selector", "#f-status [data-value=negated]").click()
    assert page.run("return kgPage.visible") == {"things": 4, "claims": 4}
    page.driver.find_element("css selector", "#f-type [data-value=Target]").click()
    assert page.run("return kgPage.visible.claims") == 1
    assert page.driver.find_element("css selector", "#f-status [data-value=asserted] .n").text == "0"
    page.driver.find_element("id", "reset").click()
    page.run("const c = document.getElementById('confidence'); c.value = '0.65'; c.dispatchEvent(new Event('input'))")
    assert page.run("return kgPage.visible.claims") == 3
    page.driver.find_element("id", "reset").click()
    page.run("kgPage.toggle('predicate', 'treats', true)")
    assert page.run("return kgPage.visible.claims") == 1
    assert silent(page)


def test_thing_opens_its_evidence(page):
    """The panel shows the sentence with its marks, section, status, confidence, rule and the registry's address."""
    page.run("kgPage.chooseThing(arguments[0])", thing(page, "EGFR"))
    panel = page.driver.find_element("id", "panel")
    assert "brief summary" in panel.text and "drug-inhibits-target" in panel.text and "left out: advanced" in panel.text
    links = {one.get_attribute("href") for one in panel.find_elements("tag name", "a")}
    assert {"https://clinicaltrials.gov/study/NCT00000001", "https://identifiers.org/hgnc:3236"} <= links
    marks = {one.get_attribute("class"): one.text for one in panel.find_elements("css selector", "blockquote mark")}
    assert {"s", "o", "t"} <= set(marks)


def test_line_opens_its_evidence_by_a_real_click(page):
    """A click on the canvas, on the line between two things, opens the statement; a click on a thing opens that."""
    from selenium.webdriver.common.action_chains import ActionChains

    a, b = (
        page.run(
            "return kgPage.drawing.canvasToDOM(kgPage.drawing.getPosition('n' + arguments[0]))", thing(page, words)
        )
        for words in ("gefitinib", "flushing")
    )
    canvas = page.driver.find_element("css selector", "#canvas canvas")
    size = canvas.size

    def click(x: float, y: float) -> None:
        ActionChains(page.driver).move_to_element_with_offset(
            canvas, x - size["width"] / 2, y - size["height"] / 2
        ).click().perform()
        time.sleep(0.4)

    click(a["x"] + (b["x"] - a["x"]) * 0.5, a["y"] + (b["y"] - a["y"]) * 0.5)
    assert page.run("return document.querySelector('#panel .claim summary').innerText").startswith(
        "gefitinib  not causes"
    )
    assert page.run("return [...document.querySelectorAll('#panel blockquote mark')].map((m) => m.textContent)") == [
        "gefitinib",
        "not",
        "cause",
        "flushing",
    ]
    click(a["x"], a["y"])
    assert page.run("return document.querySelector('#panel h3').textContent") == "gefitinib"
    assert silent(page)


def test_table_is_a_twin_that_sorts_and_opens(page):
    """The table holds the statements of the view, sorts by its heads, and opens evidence by Enter."""
    from selenium.webdriver.common.keys import Keys

    page.driver.find_element("id", "tab-table").click()
    rows = page.driver.find_elements("css selector", "#table-pane tbody tr")
    assert len(rows) == 5
    page.driver.find_element("css selector", "[data-column='5']").click()
    confidences = [
        float(cell.text) for cell in page.driver.find_elements("css selector", "#table-pane td:nth-child(6)")
    ]
    assert confidences == sorted(confidences)
    assert page.driver.find_element("css selector", "th:nth-child(6)").get_attribute("aria-sort") == "ascending"
    page.driver.find_elements("css selector", "#table-pane tbody tr")[0].send_keys(Keys.ENTER)
    assert "not causes" in page.driver.find_element("id", "panel").text
    assert silent(page)


def test_csv_holds_the_view_and_no_formulas(window, tmp_path):
    """One row a statement; a name that looks like a formula is disarmed."""
    path = tmp_path / "graph.html"
    formula = claim(Entity("kgl:drug/f", "=1+1", EntityType.DRUG), Predicate.TREATS, PNEN)
    path.write_text(render_page([*small(), formula], [], title="t"), encoding="utf-8")
    window.open(path)
    lines = window.run("return kgPage.csv()").splitlines()
    assert len(lines) == 7 and any(",'=1+1," in line for line in lines)


def test_address_brings_a_view_back(page, tmp_path):
    """Filters and choice stand in the address, and come back from it."""
    page.run("kgPage.toggle('status', 'negated'); kgPage.chooseThing(arguments[0])", thing(page, "EGFR"))
    fragment = page.run("return location.hash.slice(1)")
    assert "no-status=negated" in fragment and "thing=hgnc%3A3236" in fragment
    page.open(tmp_path / "graph.html", fragment)
    assert page.run("return kgPage.visible.claims") == 4
    assert page.run("return document.querySelector('#panel h3').textContent") == "EGFR"


def test_keys_walk_focus_and_undo(page):
    """Arrow keys step between things, focus narrows, undo widens again."""
    from selenium.webdriver.common.keys import Keys

    canvas = page.driver.find_element("id", "canvas")
    canvas.send_keys(Keys.ARROW_RIGHT)
    first = page.run("return kgPage.state.chosen.thing")
    canvas.send_keys(Keys.ARROW_RIGHT)
    assert page.run("return kgPage.state.chosen.thing") != first
    page.run("kgPage.focusOn(arguments[0])", thing(page, "flushing"))
    assert page.run("return kgPage.visible.things") == 2
    page.driver.find_element("tag name", "body").send_keys("u")
    assert page.run("return kgPage.visible.things") == 5
    page.driver.find_element("tag name", "body").send_keys("?")
    assert page.driver.find_element("id", "help").is_displayed()


def test_path_joins_two_things(page):
    """From osimertinib to flushing leads one way of three steps."""
    page.run(
        "kgPage.pathStep(arguments[0]); kgPage.pathStep(arguments[1])",
        thing(page, "osimertinib"),
        thing(page, "flushing"),
    )
    assert "1 shortest way of 3 steps" in page.driver.find_element("id", "panel").text


def test_large_graph_starts_small_and_grows_on_double_click(window, tmp_path):
    """A double click brings in hidden neighbours, at most 24 at once; undo and `show all` lead back and out."""
    from selenium.webdriver.common.action_chains import ActionChains

    path = tmp_path / "large.html"
    path.write_text(render_page(large(300), [], title="300 things"), encoding="utf-8")
    window.open(path)
    before = window.run("return kgPage.visible.things")
    assert before <= 60
    at = window.run("return kgPage.drawing.canvasToDOM(kgPage.drawing.getPosition('n0'))")
    canvas = window.driver.find_element("css selector", "#canvas canvas")
    ActionChains(window.driver).move_to_element_with_offset(
        canvas, at["x"] - canvas.size["width"] / 2, at["y"] - canvas.size["height"] / 2
    ).double_click().perform()
    for _ in range(50):
        after = window.run("return kgPage.visible.things")
        if after > before:
            break
        time.sleep(0.1)
    assert before < after <= before + 24
    window.driver.find_element("id", "back").click()
    assert window.run("return kgPage.visible.things") == before
    window.driver.find_element("id", "all").click()
    assert window.run("return kgPage.visible.things") == 300
    assert silent(window)


def test_picture_and_table_are_saved(page, tmp_path):
    """The PNG and CSV buttons write real files."""
    page.driver.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(tmp_path)})
    page.driver.find_element("id", "csv").click()
    page.driver.find_element("id", "png").click()
    wanted = [tmp_path / "statements.csv", tmp_path / "graph.png"]
    for _ in range(50):
        if all(path.exists() and path.stat().st_size for path in wanted):
            break
        time.sleep(0.1)
    assert wanted[0].read_text(encoding="utf-8-sig").startswith("claim,subject_id,subject")
    assert wanted[1].read_bytes().startswith(b"\x89PNG")
    assert silent(page)


@pytest.mark.parametrize("spot", ["label", "id", "quote", "title"])
def test_hostile_words_stay_words(window, tmp_path, spot):
    """Markup, addresses, null bytes, direction marks and giants in labels, identifiers, quotes or titles do nothing."""
    claims = []
    for i, words in enumerate(HOSTILE):
        if spot == "id":
            words = words.replace("\ud800", "")  # no claim can be named by half a character
        entity = Entity(
            words if spot == "id" else f"kgl:drug/{i}", words if spot == "label" else f"drug {i}", EntityType.DRUG
        )
        said = words + " hits EGFR" if spot == "quote" else "it hits EGFR"
        found = evidence(said, "hits", "EGFR", trigger=words if spot == "quote" else "")
        if spot == "quote":
            found = replace(
                found,
                partners=(words,),
                nct=words,
                section=words,
                rule=words,
                cues=(words,),
                subject=replace(found.subject, reasons=(words,), qualifiers=(words,), text=words),
            )
        claims.append(claim(entity, Predicate.INHIBITS, EGFR, found))
    title = " ".join(HOSTILE) if spot == "title" else "t"
    path = tmp_path / "hostile.html"
    path.write_text(render_page(claims, [replace(TRIAL, title=title)], title=title), encoding="utf-8")
    window.open(path)
    seen = window.run("""
        kgPage.openTab('table'); kgPage.openTab('graph');
        kgPage.entities.forEach((e, i) => { kgPage.search(e.label); kgPage.chooseThing(i); });
        kgPage.claims.forEach((c, i) => kgPage.chooseClaim(i, {}));
        const hrefs = [...document.querySelectorAll('a[href]')].map((a) => a.protocol);
        return { pwned: window.pwned, scripts: document.scripts.length, images: document.images.length, hrefs };""")
    assert seen["pwned"] is None and seen["scripts"] == 4 and seen["images"] == 0
    assert set(seen["hrefs"]) <= {"https:", "http:", "file:"}
    assert window.run("return kgPage.claims.length") == len(claims)
    assert silent(window)


def test_500_things_are_painted_within_three_seconds(window, tmp_path):
    """First paint of the whole, from opening the file; then the whole graph is laid open without an error."""
    path = tmp_path / "large.html"
    path.write_text(render_page(large(500), [], title="500 things"), encoding="utf-8")
    window.open(path)
    assert window.run("return kgPage.painted") < 3000
    window.open(path, "view=all")
    assert window.run("return kgPage.painted") < 3000
    assert window.run("return kgPage.visible.things") == 500
    assert silent(window)


def test_narrow_and_dark_windows_hold_the_page(tmp_path):
    """On a narrow window nothing runs over the side; dark mode follows the system."""
    path = tmp_path / "graph.html"
    path.write_text(
        render_page([*small(), claim(GEFITINIB, Predicate.TARGETS, EGFR)], [TRIAL], title="Gefitinib"), encoding="utf-8"
    )
    with browser(width=480, height=860, dark=True) as window:
        window.open(path)
        assert window.run("return document.documentElement.scrollWidth") <= 480
        assert window.run("return document.documentElement.dataset.theme") == "dark"
        window.driver.find_element("id", "filters-button").click()
        assert window.driver.find_element("id", "filters").is_displayed()
        assert silent(window)
