// What the reader does: choose, focus, expand, undo, share by address; and the start of it all.


const byId = (id) => document.getElementById(id);

function refresh() {
  restyle();
  showFilters();
  showTable();
  if (!state.chosen) showStart();
  else if ("thing" in state.chosen) showThing(state.chosen.thing);
  const { things, claims: statements } = page.visible;
  const hidden = entities.length - things;
  byId("tally").textContent = `${count(things, "thing")}, ${count(statements, "statement")} shown`
    + (hidden ? ` · ${hidden.toLocaleString("en")} not in this view` : "") + (record.leftOut ? ` · ${record.leftOut.toLocaleString("en")} left out of this page` : "");
  byId("back").disabled = state.past.length === 0;
  byId("all").disabled = state.view === "all";
  remember();
}

function keep() {
  state.past.push({ view: state.view, members: new Map(state.members) });
  if (state.past.length > 50) state.past.shift();
}

function settle(view, members) {
  state.view = view;
  state.members = members;
  state.moved = false;
  if (state.chosen && "thing" in state.chosen && !members.has(state.chosen.thing)) { state.chosen = null; state.dim = null; }
  refresh();
  fit();
}

function membersOf(view) {
  const at = record.views.find((one) => one.id === view)?.at;
  return stretched(new Map(at ? at.map(([i, x, y]) => [i, { x, y }]) : drawnNodes.map((node, i) => [i, { x: node.x, y: node.y }])));
}

function openView(view) { keep(); state.chosen = null; state.dim = null; settle(view, membersOf(view)); }

function back() {
  const last = state.past.pop();
  if (last) { state.chosen = null; state.dim = null; settle(last.view, last.members); }
}

const CAP = 40;
function focusOn(i) {
  keep();
  state.chosen = { thing: i };
  state.dim = null;
  settle(`focus:${i}`, around(i, neighbours(i).slice(0, CAP)));
}

function expand(i) {
  const fresh = neighbours(i).filter((other) => !state.members.has(other));
  if (!fresh.length) { focusOn(i); return; }
  keep();
  const some = fresh.slice(0, 24);
  const at = drawing.getPosition(`n${i}`);
  const all = [...state.members.values()];
  const middle = all.reduce((sum, p) => ({ x: sum.x + p.x / all.length, y: sum.y + p.y / all.length }), { x: 0, y: 0 });
  const away = Math.atan2(at.y - middle.y, at.x - middle.x);
  state.members = new Map(state.members);
  some.forEach((other, k) => {
    const angle = away + (k - (some.length - 1) / 2) * Math.min(0.5, 4.6 / some.length);
    const far = 210 + (k % 2) * 90;
    state.members.set(other, { x: at.x + Math.cos(angle) * far, y: at.y + Math.sin(angle) * far });
  });
  state.view = "own";
  chooseThing(i);
  fit();
  byId("tally").textContent = `Brought in ${count(some.length, "neighbour")}` + (fresh.length > some.length ? `, ${fresh.length - some.length} more: double-click again` : "");
}

function hide(i) {
  keep();
  state.members = new Map(state.members);
  state.members.delete(i);
  state.chosen = null;
  state.dim = null;
  state.view = "own";
  refresh();
}

function chooseThing(i, { move = false } = {}) {
  if (!state.members.has(i)) { focusOn(i); return; }
  state.chosen = { thing: i };
  state.dim = new Set([i, ...neighbours(i)]);
  drawing.selectNodes([`n${i}`], false);
  refresh();
  panel.scrollTop = 0;
  if (move) centre(i);
}

const goTo = (i) => { openTab("graph"); chooseThing(i, { move: true }); if (nodeSet.get(`n${i}`).hidden) focusOn(i); };

function chooseClaim(i, { move = false } = {}) {
  if (!inView(i)) { keep(); state.view = "own"; state.members = around(claims[i].s, neighbours(claims[i].s).slice(0, CAP)); if (!state.members.has(claims[i].o)) state.members.set(claims[i].o, { x: 300, y: 0 }); move = true; }
  chooseEdge(edgeOf[i], i);
  if (move && !byId("graph-pane").hidden) {
    show([claims[i].s, claims[i].o], true, Math.max(0.95, Math.min(1.3, drawing.getScale())));
  }
}

function chooseEdge(edge, claim) {
  state.chosen = { edge, claim: claim ?? drawnEdges[edge].claims[0] };
  state.dim = new Set([drawnEdges[edge].a, drawnEdges[edge].b]);
  drawing.unselectAll();
  refresh();
  showEdge(edge, claim);
  panel.scrollTop = 0;
}

function clearChoice() {
  state.chosen = null;
  state.dim = null;
  state.from = null;
  drawing.unselectAll();
  refresh();
}

function pathStep(i) {
  if (state.from == null || state.from === i) {
    state.from = i;
    showThing(i);
    byId("tally").textContent = `Now choose the other end, then “Path to here” (p).`;
    return;
  }
  const from = state.from;
  state.from = null;
  const found = paths(from, i);
  state.chosen = null;
  const along = new Set(found.flat());
  if (found.length && ![...along].every((thing) => state.members.has(thing))) {
    keep();
    state.view = "own";
    const steps = found[0].length;
    const rows = new Map();
    state.members = new Map();
    found.forEach((path) => path.forEach((thing, k) => {
      if (state.members.has(thing)) return;
      rows.set(k, (rows.get(k) || 0) + 1);
      state.members.set(thing, { x: (k - (steps - 1) / 2) * 240, y: 0, k, row: rows.get(k) - 1 });
    }));
    state.members.forEach((at) => { at.y = (at.row - (rows.get(at.k) - 1) / 2) * 110; });
  }
  state.dim = found.length ? along : null;
  refresh();
  showPaths(from, i, found);
  show([...along]);
}

function openTab(name) {
  for (const tab of ["graph", "table"]) {
    const on = tab === name;
    byId(`${tab}-pane`).hidden = !on;
    byId(`tab-${tab}`).setAttribute("aria-selected", String(on));
    byId(`tab-${tab}`).tabIndex = on ? 0 : -1;
  }
  showTable();
  if (name === "graph") {
    drawing.redraw();
    if (unseen) fit(false);
  }
  remember();
}

// The state of the page in its address: nothing is stored elsewhere.
function remember() {
  const parts = new URLSearchParams();
  if (state.view.startsWith("focus:")) parts.set("focus", entities[Number(state.view.slice(6))].id.slice(0, 200));
  else if (state.view !== record.views[0].id && state.view !== "own") parts.set("view", state.view);
  if (state.chosen && "thing" in state.chosen) parts.set("thing", entities[state.chosen.thing].id.slice(0, 200));
  if (state.chosen && "claim" in state.chosen) parts.set("claim", claims[state.chosen.claim].id);
  FACETS.forEach((facet) => { if (state.off[facet].size) parts.set(`no-${facet}`, [...state.off[facet]].sort().join(",")); });
  if (state.least) parts.set("confidence", String(state.least));
  if (state.trial) parts.set("trial", state.trial);
  if (byId("table-pane").hidden === false) parts.set("tab", "table");
  const hash = parts.toString();
  if (hash !== location.hash.slice(1)) history.replaceState(null, "", hash ? `#${hash}` : location.pathname + location.search);
}

function recall() {
  const parts = new URLSearchParams(location.hash.slice(1));
  const thing = (id) => entities.findIndex((entity) => entity.id.slice(0, 200) === id);
  FACETS.forEach((facet) => { state.off[facet] = new Set((parts.get(`no-${facet}`) || "").split(",").filter((value) => present[facet].has(value))); });
  state.least = Math.min(1, Math.max(0, Number(parts.get("confidence")) || 0));
  state.trial = claims.some((claim) => claim.records.includes(parts.get("trial"))) ? parts.get("trial") : "";
  const view = record.views.find((one) => one.id === parts.get("view"))?.id || record.views[0].id;
  const focus = parts.has("focus") ? thing(parts.get("focus")) : -1;
  state.chosen = null;
  state.dim = null;
  state.moved = false;
  state.view = focus < 0 ? view : `focus:${focus}`;
  state.members = focus < 0 ? membersOf(view) : around(focus, neighbours(focus).slice(0, CAP));
  const tab = parts.get("tab") === "table" ? "table" : "graph";
  const claim = claims.findIndex((one) => one.id === parts.get("claim"));
  const chosen = parts.has("thing") ? thing(parts.get("thing")) : -1;
  refresh();
  fit(false);
  if (claim >= 0) chooseClaim(claim, { move: !inView(claim) });
  else if (chosen >= 0) chooseThing(chosen);
  openTab(tab);
}

// From a thing to the nearest one in the direction of an arrow key.
function step(direction) {
  const shown = drawnNodes.map((_, i) => i).filter((i) => !nodeSet.get(`n${i}`).hidden);
  if (!shown.length) return;
  const here = state.chosen && "thing" in state.chosen ? state.chosen.thing : null;
  if (here === null) { chooseThing(shown.reduce((best, i) => ((degree.get(i) || 0) > (degree.get(best) || 0) ? i : best))); return; }
  const [dx, dy] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[direction];
  const from = state.members.get(here);
  let best = null;
  let least = Infinity;
  for (const i of shown) {
    const to = state.members.get(i);
    const along = (to.x - from.x) * dx + (to.y - from.y) * dy;
    const aside = Math.abs((to.x - from.x) * dy) + Math.abs((to.y - from.y) * dx);
    if (i === here || along <= 1) continue;
    const cost = along + 2 * aside;
    if (cost < least) { least = cost; best = i; }
  }
  if (best !== null) chooseThing(best, { move: drawing.getScale() > 0.8 });
}

const zoom = (by) => { drawing.moveTo({ scale: drawing.getScale() * by }); relabel(); };
const nameAll = () => { state.names = !state.names; byId("labels").setAttribute("aria-pressed", String(state.names)); restyle(); };
function paint(theme) { document.documentElement.dataset.theme = theme; }
const repaint = (theme) => { paint(theme); refresh(); if (state.chosen && "edge" in state.chosen) showEdge(state.chosen.edge, state.chosen.claim); };
const KEYS = [
  ["/", "search", () => byId("search").focus()],
  ["g", "graph", () => openTab("graph")],
  ["t", "table", () => openTab("table")],
  ["f", "fit to the window", () => fit()],
  ["a", "show everything", () => openView("all")],
  ["u", "undo the last change of view", back],
  ["e", "expand the chosen thing", () => state.chosen && "thing" in state.chosen && expand(state.chosen.thing)],
  ["p", "path from, then to the chosen thing", () => state.chosen && "thing" in state.chosen && pathStep(state.chosen.thing)],
  ["l", "names on all lines", nameAll],
  ["+", "zoom in", () => zoom(1.25)],
  ["-", "zoom out", () => zoom(0.8)],
  ["?", "this help", () => byId("help").showModal()],
  ["Escape", "let go of the choice", clearChoice],
];

function prepareKeys() {
  byId("keys").append(...[...KEYS, ["Arrow keys", "from thing to thing, on the drawing"], ["Enter", "to the evidence of the chosen thing"]]
    .map(([key, what]) => make("tr", {}, make("th", { scope: "row" }, make("kbd", {}, key)), make("td", {}, what))));
  byId("signs").append(
    make("div", {}, line("asserted"), "asserted: the record states it"),
    make("div", {}, line("hypothesised"), "hypothesised: the record hopes or tests it"),
    make("div", {}, line("negated"), "negated: the record says that it does not hold"),
    make("div", {}, line("asserted", true, true), "said of a combination: of the subject with its partners, not of it alone"));
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || byId("help").open) return;
    if (event.target.closest("input[type=text], select")) return;
    const row = KEYS.find(([key]) => key === event.key);
    if (row) { event.preventDefault(); row[2](); }
  });
  home.addEventListener("keydown", (event) => {
    if (event.key.startsWith("Arrow")) { event.preventDefault(); step(event.key); }
    else if (event.key === "Enter" && state.chosen && "thing" in state.chosen) panel.focus();
  });
}

function tip(event, ...words) {
  const box = byId("tip");
  box.replaceChildren(...words);
  box.hidden = false;
  const { x, y } = event.pointer.DOM;
  box.style.left = `${Math.min(x + 14, home.clientWidth - box.offsetWidth - 8)}px`;
  box.style.top = `${Math.min(y + 14, home.clientHeight - box.offsetHeight - 8)}px`;
}

function prepareDrawing() {
  drawing.on("click", ({ nodes, edges }) => {
    if (nodes.length) chooseThing(Number(nodes[0].slice(1)));
    else if (edges.length) chooseEdge(Number(edges[0].slice(1)));
    else if (state.chosen) clearChoice();
  });
  home.addEventListener("dblclick", (event) => { // the browser's own: it counts from when the button was pressed, not from when we had time
    const frame = home.getBoundingClientRect();
    const node = drawing.getNodeAt({ x: event.clientX - frame.left, y: event.clientY - frame.top });
    if (node !== undefined) expand(Number(node.slice(1)));
  });
  drawing.on("dragEnd", ({ nodes }) => { state.moved ||= nodes.length > 0; relabel(); nodes.forEach((id) => { const at = state.members.get(Number(id.slice(1))); if (at) Object.assign(at, drawing.getPosition(id)); }); });
  drawing.on("hoverNode", (event) => {
    const i = Number(event.node.slice(1));
    tip(event, clip(entities[i].label, 200), make("br"), `${types.get(entities[i].type).label} · ${count(degree.get(i) || 0, "statement")}`);
    home.style.cursor = "pointer";
  });
  drawing.on("hoverEdge", (event) => {
    const here = drawnEdges[Number(event.edge.slice(1))].claims.filter(passes);
    tip(event, ...here.slice(0, 5).flatMap((i, k) => [k ? make("br") : "", `${plainWording(i)} (${claims[i].status})`]));
    home.style.cursor = "pointer";
  });
  for (const name of ["blurNode", "blurEdge", "dragStart", "zoom"]) drawing.on(name, () => { byId("tip").hidden = true; home.style.cursor = ""; });
}

function prepareButtons() {
  const press = (id, run) => byId(id).addEventListener("click", run);
  press("back", back);
  press("all", () => openView("all"));
  press("fit", () => fit());
  press("labels", nameAll);
  press("zoom-in", () => zoom(1.25));
  press("zoom-out", () => zoom(0.8));
  press("png", () => { openTab("graph"); setTimeout(() => picture().toBlob((blob) => download(blob, "graph.png")), 60); });
  press("csv", () => download(new Blob(["\ufeff", csv()], { type: "text/csv;charset=utf-8" }), "statements.csv"));
  press("theme", () => repaint(dark() ? "light" : "dark"));
  press("help-button", () => byId("help").showModal());
  press("skip", (event) => { event.preventDefault(); openTab("table"); tablePane.querySelector("tr[tabindex]")?.focus(); });
  press("filters-button", () => byId("filters-button").setAttribute("aria-expanded", String(byId("filters").classList.toggle("open"))));
  for (const tab of ["graph", "table"]) {
    press(`tab-${tab}`, () => openTab(tab));
    byId(`tab-${tab}`).addEventListener("keydown", (event) => {
      if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
      const other = tab === "graph" ? "table" : "graph";
      openTab(other);
      byId(`tab-${other}`).focus();
    });
  }
}

const light = matchMedia("(prefers-color-scheme: dark)");
paint(light.matches ? "dark" : "light");
light.addEventListener("change", () => repaint(light.matches ? "dark" : "light"));
const nTrials = new Set([...trials.keys(), ...claims.flatMap((claim) => claim.records)]).size;
byId("subtitle").textContent = `Why the trial makes sense, as its record says · ${count(nTrials, "record")} · ${count(entities.length, "thing")} · ${count(claims.length, "statement")}`;
draw();
prepareFilters();
prepareSearch();
prepareKeys();
prepareDrawing();
prepareButtons();
recall();
addEventListener("hashchange", recall);
Object.assign(page, { state, chooseThing, chooseClaim, goTo, search, csv, openView, openTab, toggle, expand, focusOn, pathStep, nodes: nodeSet, edges: edgeSet, drawing, entities, claims });
window.kgPage = page;
