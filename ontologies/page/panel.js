// The evidence panel. Every word of a record enters the document as text, never as markup.

const panel = document.getElementById("panel");
const SVG = "http://www.w3.org/2000/svg";

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "class") element.className = value;
    else if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return element;
}

function svg(tag, attributes, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

const OUTLINE = {
  dot: "M8 1.5a6.5 6.5 0 1 0 0 13a6.5 6.5 0 1 0 0-13z", square: "M2 2h12v12H2z", diamond: "M8 .5 15.5 8 8 15.5.5 8z",
  triangle: "M8 1 15.5 14.5H.5z", triangleDown: "M8 15 .5 1.5h15z", hexagon: "M4.2 1.5h7.6L15.6 8l-3.8 6.5H4.2L.4 8z",
  star: "M8 .6 10.2 5.7l5.5.5-4.2 3.6 1.3 5.4L8 12.3l-4.8 2.9 1.3-5.4L.3 6.2l5.5-.5z",
};
const glyph = (type) => svg("svg", { viewBox: "0 0 16 16", class: "glyph", "aria-hidden": "true" },
  svg("path", { d: OUTLINE[types.get(type).shape], fill: typeColour(type) }));

// Solid with an arrow, dashed with an arrow, or red with a bar: as on the canvas.
function line(status, wide = true, combined = false) {
  const stroke = `var(--${status})`;
  const head = status === "negated" ? "M31 2v10" : "M26 3l6 4-6 4";
  return svg("svg", { viewBox: "0 0 34 14", class: "line-glyph", "aria-hidden": "true" },
    svg("path", { d: "M1 7h30", stroke, "stroke-width": wide ? 2 : 1.6, ...(status === "hypothesised" ? { "stroke-dasharray": "5 4" } : {}) }),
    svg("path", { d: head, stroke, "stroke-width": 2.2, fill: "none" }),
    ...(combined ? [svg("circle", { cx: 4, cy: 7, r: 3.6, fill: stroke })] : []));
}

const clip = (text, most = 240) => (text.length > most ? text.slice(0, most - 1) + "…" : text);
const thingName = (i) => make("bdi", { class: "thing", title: clip(entities[i].id) }, clip(entities[i].label, 90));
const says = (claim) => make("span", { class: `says ${claim.status}` }, line(claim.status, false, claim.with.length > 0), ` ${claim.status === "negated" ? "not " : ""}${spoken(claim.p)} `);
const withTag = (claim) => (claim.with.length ? make("span", { class: "with", title: "Said of the combination, not of the subject alone" }, `with ${clip(partnersOf(claim), 120)}`) : "");
const wording = (i) => [thingName(claims[i].s), " ", withTag(claims[i]), " ", says(claims[i]), " ", thingName(claims[i].o)];
const plainWording = (i) => `${clip(entities[claims[i].s].label, 80)} ${claims[i].with.length ? `with ${clip(partnersOf(claims[i]), 80)} ` : ""}${claims[i].status === "negated" ? "not " : ""}${spoken(claims[i].p)} ${clip(entities[claims[i].o].label, 80)}`;
const statusChip = (status) => make("span", { class: `chip ${status}` }, line(status), status);
const statement = (i) => make("button", { type: "button", class: "statement", onclick: () => chooseClaim(i, { move: true }) }, ...wording(i));

function meter(value) {
  const bar = make("i");
  bar.style.width = `${Math.round(value * 100)}%`;
  return make("span", { class: "chip", title: "Confidence" }, "confidence", make("span", { class: "meter", "aria-hidden": "true" }, bar), value.toFixed(2));
}

// Only two kinds of address leave the page: the registry's, and those that the page's own table of prefixes made.
const outward = (address, text) => (/^https?:\/\/[^\s]+$/.test(address)
  ? make("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, text) : document.createTextNode(text));
const registry = (nct) => outward(/^NCT\d{8}$/.test(nct) ? `https://clinicaltrials.gov/study/${nct}` : "", clip(nct, 40));
const local = (i) => entities[i].id.startsWith("kgl:");
const identifier = (i) => (local(i) ? make("span", { class: "quiet" }, "no public identifier; the name stands for itself") : outward(entities[i].link, clip(entities[i].id, 80)));

function facts(rows) {
  const list = make("dl", { class: "facts" });
  rows.filter((row) => row && row[1]).forEach(([name, ...value]) => list.append(make("dt", {}, name), make("dd", {}, ...value)));
  return list;
}

const SECTIONS = new Map([["briefTitle", "brief title"], ["officialTitle", "official title"], ["briefSummary", "brief summary"], ["detailedDescription", "detailed description"]]);

function grounding(role, i) {
  const left = role.qualifiers.length ? `; left out: ${role.qualifiers.map((q) => clip(q, 60)).join(", ")}` : "";
  const told = local(i) ? role.reasons.filter((r) => !["exact", "name", "overlay", "no concept found"].includes(r)) : role.reasons; // nothing was matched that could be exact
  const why = told.length ? ` (${told.map((r) => clip(r, 80)).join(", ")})` : "";
  return make("span", {}, identifier(i), `${local(i) ? "" : ` · ${role.score.toFixed(2)}`}${why}${left}`);
}

function evidenceBlock(evidence, claim) {
  const quote = make("blockquote");
  evidence.pieces.forEach(([text, marks]) => quote.append(marks ? make("mark", { class: [...marks].join(" "), title: [...marks].map((m) => ({ s: "subject", o: "object", t: "trigger", c: "cue" })[m]).join(", ") }, text) : text));
  return make("div", { class: "evidence" }, quote, facts([
    ["Record", registry(evidence.nct), ` · ${SECTIONS.get(evidence.section) || clip(evidence.section, 60)} `, make("span", { class: "at", title: "Characters of the section" }, `${evidence.at[0]}–${evidence.at[1]}`)],
    ["Status", statusChip(evidence.status), evidence.cues.length ? ` by “${evidence.cues.map((c) => clip(c, 60)).join("”, “")}”` : ""],
    evidence.partners.length ? ["Together with", `${evidence.partners.map((p) => clip(p, 60)).join(", ")}: said of the combination, not of one alone`] : null,
    ["Read by", `${clip(evidence.rule, 80)} · ${evidence.confidence.toFixed(2)}`],
    ["Subject", grounding(evidence.subject, claim.s)],
    ["Object", grounding(evidence.object, claim.o)],
  ]));
}

function claimCard(i, open) {
  const claim = claims[i];
  const card = make("details", { class: "claim" }, make("summary", {}, ...wording(i),
    make("div", { class: "chips" }, statusChip(claim.status), meter(claim.confidence), make("span", {}, count(claim.records.length, "record")))));
  const fill = () => {
    if (card.childElementCount > 1) return;
    card.append(...claim.evidence.map((evidence) => evidenceBlock(evidence, claim)));
    if (claim.more) card.append(make("div", { class: "evidence quiet" }, `and ${count(claim.more, "more quote")} in the graph file`));
  };
  card.addEventListener("toggle", () => card.open && fill());
  if (open) { fill(); card.open = true; }
  return card;
}

const marksKey = () => make("p", { class: "key-marks" }, make("mark", { class: "s" }, "subject"), make("mark", { class: "o" }, "object"),
  make("mark", { class: "t" }, "trigger"), make("mark", { class: "c" }, "cue for the status"));
const closer = () => make("button", { type: "button", class: "close", "aria-label": "Close", title: "Close (Esc)", onclick: clearChoice }, "×");

function cards(numbers, box, openFirst, from = 0) {
  numbers.slice(from, from + 25).forEach((i, k) => box.append(claimCard(i, from === 0 && (openFirst === true ? k === 0 : i === openFirst))));
  if (numbers.length > from + 25) {
    const more = make("button", { type: "button", class: "button wide", onclick: () => { more.remove(); cards(numbers, box, openFirst, from + 25); } },
      `${numbers.length - from - 25} more`);
    box.append(more);
  }
}

// A panel of some parts; those that are null are left out.
const fillPanel = (...parts) => panel.replaceChildren(...parts.filter((part) => part !== null));

function showThing(i) {
  const entity = entities[i];
  const numbers = claimsOf[i].filter((n) => failures(n).length === 0);
  const hidden = neighbours(i).filter((other) => !state.members.has(other)).length;
  const box = make("section");
  cards(numbers, box, true);
  const others = entity.names.filter((name) => name !== entity.label);
  const act = (text, run, why) => make("button", { type: "button", class: "button", title: why, onclick: run }, text);
  fillPanel(
    make("div", { class: "head" }, glyph(entity.type), make("h3", {}, make("bdi", {}, clip(entity.label))), closer()),
    facts([["Kind", types.get(entity.type).label], ["Identifier", identifier(i)],
      ["Written as", others.slice(0, 8).map((name) => clip(name, 80)).join(" · ")], ["Stands in", count(numbers.length, "statement") + (claimsOf[i].length > numbers.length ? ` here, ${claimsOf[i].length} in all` : "")]]),
    make("div", { class: "actions" },
      act("Focus", () => focusOn(i), "Only this and its neighbours"),
      hidden ? act(`Expand (${hidden} hidden)`, () => expand(i), "Bring in its neighbours (e)") : null,
      act(state.from == null || state.from === i ? "Path from here" : "Path to here", () => pathStep(i), "Shortest ways between two things (p)"),
      act("Hide", () => hide(i), "Take it out of this view")),
    numbers.length ? marksKey() : null, box);
}

function showEdge(edge, first) {
  const numbers = drawnEdges[edge].claims.filter((n) => failures(n).length === 0 || n === first);
  const box = make("section");
  cards(numbers, box, first == null ? true : first);
  fillPanel(
    make("div", { class: "head" }, make("h3", {}, make("bdi", {}, clip(entities[drawnEdges[edge].a].label, 80)), " and ", make("bdi", {}, clip(entities[drawnEdges[edge].b].label, 80))), closer()),
    make("div", { class: "actions" }, ...[drawnEdges[edge].a, drawnEdges[edge].b].map((i) =>
      make("button", { type: "button", class: "button", onclick: () => chooseThing(i) }, clip(entities[i].label, 28)))),
    marksKey(), box);
}

function argumentBox(argument) {
  const trial = trials.get(argument.nct) || { title: "", phases: [] };
  const box = make("div", { class: "case" }, make("p", { class: "nct" }, registry(argument.nct), trial.title ? " · " : "", make("bdi", {}, clip(trial.title, 160))));
  box.append(make("p", { class: "because" }, "It puts forward that"), ...argument.aims.slice(0, 6).map(statement));
  if (argument.chains.length) {
    box.append(make("p", { class: "because" }, "because it states that"));
    // A premise that several chains share is told once; chains that start alike stand in one block.
    const told = new Set();
    const blocks = new Map();
    argument.chains.slice(0, 4).forEach((chain) => {
      const fresh = chain.filter((i) => !told.has(i));
      fresh.forEach((i) => told.add(i));
      if (!blocks.has(chain[0])) blocks.set(chain[0], make("div", { class: "chain" }));
      blocks.get(chain[0]).append(...fresh.map(statement));
    });
    box.append(...[...blocks.values()].filter((block) => block.childElementCount));
  }
  return box;
}

// What stands here while nothing is chosen: the argument of the trial, and where to start.
function showStart() {
  const current = argumentsNow();
  const cases = current.length ? current : record.arguments.slice(0, 3);
  const things = [...degree.keys()].sort((a, b) => degree.get(b) - degree.get(a) || a - b).slice(0, 7);
  fillPanel(
    make("p", { class: "lead" }, "Choose a thing or a line to read the sentences behind it. Double-click brings in neighbours."),
    cases.length ? make("section", {}, make("h2", {}, cases.length === 1 ? "The trial’s own argument" : "The trials’ own arguments"), ...cases.map(argumentBox),
      current.length || record.arguments.length <= 3 ? null : make("p", { class: "quiet" }, `and ${record.arguments.length - 3} more: choose a trial under View.`)) : null,
    make("section", {}, make("h2", {}, "Start from"), ...things.map((i) => make("button", { type: "button", class: "hub", onclick: () => chooseThing(i, { move: true }) },
      glyph(entities[i].type), make("bdi", { class: "name" }, clip(entities[i].label, 60)), make("span", { class: "n" }, String(degree.get(i)))))));
}

function showPaths(from, to, found) {
  fillPanel(
    make("div", { class: "head" }, make("h3", {}, make("bdi", {}, clip(entities[from].label, 60)), " to ", make("bdi", {}, clip(entities[to].label, 60))), closer()),
    make("p", { class: "lead" }, found.length ? `${count(found.length, "shortest way")} of ${count(found[0].length - 1, "step")}.` : "No way leads from one to the other."),
    ...found.map((path) => make("div", { class: "chain" }, ...path.slice(1).map((thing, k) => statement(
      claimsOf[thing].find((i) => failures(i).length === 0 && (claims[i].s === path[k] || claims[i].o === path[k])))))));
}
