// The drawing: vis-network with positions that came with the page, physics off.

const dark = () => document.documentElement.dataset.theme === "dark";
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
const still = matchMedia("(prefers-reduced-motion: reduce)");
const typeColour = (type) => types.get(type)[dark() ? "dark" : "light"];
const home = document.getElementById("canvas");
const nodeSet = new vis.DataSet();
const edgeSet = new vis.DataSet();
let drawing = null;
let unseen = false;

function draw() {
  nodeSet.add(drawnNodes.map((node) => ({ ...node, label: undefined, hidden: true })));
  edgeSet.add(drawnEdges.map((edge, i) => ({ ...edge, label: undefined, hidden: true, id: `e${i}` })));
  drawing = new vis.Network(home, { nodes: nodeSet, edges: edgeSet }, JSON.parse(network.options));
  let wait = 0;
  drawing.on("zoom", () => { clearTimeout(wait); wait = setTimeout(relabel, 120); });
  drawing.on("animationFinished", () => relabel());
  drawing.on("afterDrawing", writeNames);
  drawing.on("resize", () => { clearTimeout(wait); wait = setTimeout(resized, 120); });
  drawing.once("afterDrawing", () => { page.painted = performance.now(); });
}

// A view as it came is drawn out anew for the new shape of the window; what the reader has laid out stays.
function resized() {
  if (!state.moved && record.views.some((view) => view.id === state.view)) { state.members = membersOf(state.view); restyle(); }
  if (state.chosen && !unseen) relabel(); else fit(false);
}

const hideOnce = (set, id) => (set.get(id).hidden ? null : { id, hidden: true });

// Which things and statements are visible, and how they look. Call after any change of view, filter or choice.
function restyle() {
  const shown = new Set(shownClaims());
  countDegrees(shown);
  edgeNames = new Map();
  const seen = new Set();
  const ink = { asserted: colour("asserted"), hypothesised: colour("hypothesised"), negated: colour("negated") };
  const [ground, text, accent] = ["ground", "ink", "accent"].map(colour);
  const near = state.dim;
  const [argued, arguedThings] = arguedNow();
  const chosenEdge = state.chosen && "edge" in state.chosen ? state.chosen.edge : -1;
  const chosenThing = state.chosen && "thing" in state.chosen ? state.chosen.thing : -1;
  const crowded = shown.size > 150;
  edgeSet.update(drawnEdges.map((edge, i) => {
    const here = edge.claims.filter((claim) => shown.has(claim));
    if (!here.length) return hideOnce(edgeSet, `e${i}`);
    seen.add(edge.a).add(edge.b);
    const bright = !near || (near.has(edge.a) && near.has(edge.b) && (chosenThing < 0 || edge.a === chosenThing || edge.b === chosenThing));
    const part = here.some((claim) => argued.has(claim));
    const named = state.names || i === chosenEdge || (near && bright && near.size < 40);
    if (named && bright) edgeNames.set(i, title(here));
    const strength = !bright ? 0.1 : i === chosenEdge || part || near || edge.status === "negated" ? 1 : crowded ? 0.45 : 0.6;
    return {
      id: `e${i}`, hidden: false,
      width: (part ? 1.7 : 1) * edge.width + (i === chosenEdge ? 2 : 0),
      color: { color: i === chosenEdge ? accent : ink[edge.status], highlight: ink[edge.status], hover: accent, opacity: strength, inherit: false },
    };
  }).filter(Boolean));
  nodeSet.update(drawnNodes.map((node, i) => {
    const hidden = !seen.has(i);
    if (hidden) return hideOnce(nodeSet, node.id);
    const at = state.members.get(i);
    const bright = !near || near.has(i);
    const fill = typeColour(entities[i].type);
    const core = arguedThings.has(i);
    return {
      id: node.id, hidden, x: at.x, y: at.y, opacity: bright ? 1 : 0.16,
      borderWidth: i === chosenThing ? 4 : core ? 3 : 1.5, borderWidthSelected: 4,
      color: { background: fill, border: i === chosenThing ? accent : core ? text : ground, highlight: { background: fill, border: accent }, hover: { background: fill, border: accent } },
    };
  }).filter(Boolean));
  document.getElementById("nothing").hidden = shown.size > 0;
  page.visible = { things: seen.size, claims: shown.size };
  relabel();
  return { things: seen, claims: shown };
}

const title = (numbers) => [...new Set(numbers.map((i) => (claims[i].status === "negated" ? "not " : "") + spoken(claims[i].p)))].slice(0, 2).join(", ")
  + (numbers.every((i) => claims[i].with.length) ? ` (+ ${clip([...new Set(numbers.map((i) => partnersOf(claims[i])))].join(" or "), 30)})` : "")
  + (new Set(numbers.map((i) => claims[i].p)).size > 2 ? " …" : "");

// Sizes and names keep legible on the screen; where there is no room for all names, the best connected things get theirs.
function relabel() {
  if (!drawing) return;
  const scale = drawing.getScale();
  const shown = drawnNodes.map((_, i) => i).filter((i) => !nodeSet.get(`n${i}`).hidden);
  const arguedThings = arguedNow()[1];
  const grow = Math.min(2.4, Math.max(1, 0.62 / scale));
  const sizes = new Map(shown.map((i) => [i, sizeOf(i) * grow]));
  nodeSet.update(shown.map((i) => ({ id: `n${i}`, size: sizes.get(i) })));
  const weight = (i) => (state.chosen && state.chosen.thing === i ? 1e6 : 0) + (degree.get(i) || 0) + (arguedThings.has(i) ? 500 : 0);
  placeNames(shown, scale, sizes, weight); // the update of the sizes brings the next drawing
}

// Radius in pixels: the area grows with the number of statements in this view.
const sizeOf = (i) => Math.min(28, 6.5 + 3.2 * Math.sqrt(degree.get(i) || 0));

// The positions of a view drawn out, sideways or down, to the shape of this window.
function stretched(members) {
  const [wide, tall] = [home.clientWidth, home.clientHeight];
  if (members.size < 3 || !wide || !tall) return members;
  const span = (numbers) => Math.max(1, Math.max(...numbers) - Math.min(...numbers));
  const all = [...members.values()];
  const [side, above, below] = margins(wide, tall);
  const ratio = ((wide - 2 * side) / (tall - above - below)) / (span(all.map((p) => p.x)) / span(all.map((p) => p.y)));
  const [across, down] = [Math.min(2, Math.max(1, ratio)), Math.min(2, Math.max(1, 1 / ratio))];
  all.forEach((p) => { p.x *= across; p.y *= down; });
  return members;
}

const margins = (wide, tall) => [Math.min(78, Math.max(36, wide / 7)), Math.min(74, Math.max(56, tall / 8)), Math.min(70, Math.max(44, tall / 9))];

// The whole view in the window, with room at the sides for labels.
function fit(animate = true) {
  show(drawnNodes.map((_, i) => i).filter((i) => !nodeSet.get(`n${i}`).hidden), animate);
}

function show(things, animate = true, most = 1.25) {
  if (!things.length) return;
  unseen = false;
  const at = things.map((i) => state.members.get(i));
  const [xs, ys] = [at.map((p) => p.x), at.map((p) => p.y)];
  const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const [wide, tall] = [home.clientWidth, home.clientHeight];
  if (!wide || !tall) { unseen = true; return; } // the table is open; fitted once the drawing is seen again
  const [side, above, below] = margins(wide, tall);
  const scale = Math.min(most, (wide - 2 * side) / Math.max(1, right - left), (tall - above - below) / Math.max(1, bottom - top));
  const move = animate && !still.matches;
  drawing.moveTo({
    position: { x: (left + right) / 2, y: (top + bottom) / 2 + (below - above) / 2 / scale }, scale,
    animation: move ? { duration: 260, easingFunction: "easeInOutQuad" } : false,
  });
  if (!move) relabel();
}

const centre = (thing) => {
  const scale = Math.max(drawing.getScale(), 0.85);
  drawing.focus(`n${thing}`, { scale, animation: still.matches ? false : { duration: 260, easingFunction: "easeInOutQuad" } });
  if (still.matches) relabel();
};

// Neighbours stand left of the thing where they act on it, right of it where it acts on them.
function around(thing, others) {
  const at = new Map([[thing, { x: 0, y: 0 }]]);
  const left = [];
  const right = [];
  others.forEach((other) => (claimsOf[thing].some((i) => claims[i].s === thing && claims[i].o === other) ? right : left).push(other));
  [[left, -1], [right, 1]].forEach(([side, sign]) => {
    side.sort((a, b) => types.get(entities[a].type).column - types.get(entities[b].type).column || entities[a].label.localeCompare(entities[b].label));
    const deep = Math.max(1, Math.ceil(side.length / 11));
    side.forEach((other, k) => {
      const rows = Math.ceil(side.length / deep);
      const row = Math.floor(k / deep) - (rows - 1) / 2;
      const bend = 1 - Math.abs(row) / (rows / 2 + 1.5);
      at.set(other, { x: sign * (210 + 90 * bend + 190 * (k % deep)), y: row * (deep > 1 ? 86 : 78) + (k % deep) * 30 });
    });
  });
  return at;
}

function picture() {
  const from = home.querySelector("canvas");
  const to = document.createElement("canvas");
  to.width = from.width;
  to.height = from.height;
  const pen = to.getContext("2d");
  pen.fillStyle = colour("ground");
  pen.fillRect(0, 0, to.width, to.height);
  pen.drawImage(from, 0, 0);
  return to;
}
