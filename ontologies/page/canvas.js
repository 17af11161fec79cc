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
  nodeSet.add(drawnNodes.map((node) => ({ ...node, hidden: true })));
  edgeSet.add(drawnEdges.map((edge, i) => ({ ...edge, label: undefined, hidden: true, id: `e${i}` })));
  drawing = new vis.Network(home, { nodes: nodeSet, edges: edgeSet }, JSON.parse(network.options));
  let wait = 0;
  drawing.on("zoom", () => { clearTimeout(wait); wait = setTimeout(relabel, 120); });
  drawing.on("animationFinished", () => relabel());
  drawing.on("resize", () => { clearTimeout(wait); wait = setTimeout(() => (state.chosen && !unseen ? relabel() : fit(false)), 120); });
  drawing.once("afterDrawing", () => { page.painted = performance.now(); });
}

const hideOnce = (set, id) => (set.get(id).hidden ? null : { id, hidden: true });

// Which things and statements are visible, and how they look. Call after any change of view, filter or choice.
function restyle() {
  const shown = new Set(shownClaims());
  const seen = new Set();
  const ink = { asserted: colour("asserted"), hypothesised: colour("hypothesised"), negated: colour("negated") };
  const [ground, text, faint, accent] = ["ground", "ink", "faint", "accent"].map(colour);
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
    const named = state.names || i === chosenEdge || (near && bright && near.size < 40) || (part && !near && !crowded);
    const strength = !bright ? 0.1 : i === chosenEdge || part || near || edge.status === "negated" ? 1 : crowded ? 0.45 : 0.6;
    return {
      id: `e${i}`, hidden: false, label: named && bright ? title(here) : " ",
      width: (part ? 1.4 : 1) * edge.width + (i === chosenEdge ? 2 : 0),
      color: { color: i === chosenEdge ? accent : ink[edge.status], highlight: ink[edge.status], hover: accent, opacity: strength, inherit: false },
      font: { color: ink[edge.status], strokeColor: ground, align: "horizontal" },
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
      font: { color: bright ? text : faint, strokeColor: ground },
    };
  }).filter(Boolean));
  document.getElementById("nothing").hidden = shown.size > 0;
  page.visible = { things: seen.size, claims: shown.size };
  relabel();
  return { things: seen, claims: shown };
}

const title = (numbers) => [...new Set(numbers.map((i) => (claims[i].status === "negated" ? "not " : "") + spoken(claims[i].p)))].slice(0, 2).join(", ")
  + (new Set(numbers.map((i) => claims[i].p)).size > 2 ? " …" : "");

// Labels keep a legible size on the screen; where there is no room for all, the best connected things get theirs.
function relabel() {
  if (!drawing) return;
  const scale = drawing.getScale();
  const shown = drawnNodes.map((_, i) => i).filter((i) => !nodeSet.get(`n${i}`).hidden);
  const arguedThings = arguedNow()[1];
  const grow = Math.min(2.4, Math.max(1, 0.62 / scale));
  const roomy = scale >= 0.82;
  edgeSet.update(drawnEdges.map((edge, i) => edgeSet.get(`e${i}`)).filter((edge) => !edge.hidden && edge.label !== " ")
    .map((edge) => ({ id: edge.id, width: drawnEdges[Number(edge.id.slice(1))].width * 1.4 * Math.min(1.8, Math.max(1, 0.9 / scale)), font: { size: Math.min(40, Math.max(11, 11.5 / scale)), strokeWidth: 4 / Math.min(1, scale) } })));
  const shapes = shown.map((i) => {
    const at = state.members.get(i);
    const half = drawnNodes[i].size * grow * scale * 0.8;
    return [at.x * scale - half, at.y * scale - half, at.x * scale + half, at.y * scale + half];
  });
  const taken = [];
  const clear = (box) => (other) => box[2] < other[0] || other[2] < box[0] || box[3] < other[1] || other[3] < box[1];
  const first = state.chosen && "thing" in state.chosen ? state.chosen.thing : -1;
  const weight = (i) => (i === first ? 1e6 : 0) + (state.dim && state.dim.has(i) ? 1e4 : 0) + claimsOf[i].length + (arguedThings.has(i) ? 500 : 0);
  shown.sort((a, b) => weight(b) - weight(a) || a - b);
  nodeSet.update(shown.map((i, rank) => {
    const node = drawnNodes[i];
    const size = node.size * grow;
    const strong = claimsOf[i].length >= 6 || arguedThings.has(i);
    if (roomy) return { id: node.id, size, font: { size: strong ? 16 : 14, strokeWidth: 4, vadjust: 0 } };
    const at = state.members.get(i);
    const lines = node.label.split("\n");
    const longest = Math.max(...lines.map((line) => line.length));
    for (const point of taken.length < 140 ? [12.5, 10.5] : []) {
      const [wide, tall, x, y, off] = [longest * point * 0.51 + 6, lines.length * point * 1.2 + 4, at.x * scale, at.y * scale, size * scale + 3];
      for (const [above, top] of [[false, y + off], [true, y - off - tall]]) {
        const box = [x - wide / 2, top, x + wide / 2, top + tall];
        if (taken.every(clear(box)) && (rank < 24 || shapes.every(clear(box)))) { // the first may cover a shape, no other label
          taken.push(box);
          return { id: node.id, size, font: { size: point / scale, strokeWidth: 3 / scale, vadjust: above ? -(2 * off + tall + 1) / scale : 0 } };
        }
      }
    }
    return { id: node.id, size, font: { size: 0.1, vadjust: 0 } };
  }));
}

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
  const [side, above, below] = [Math.min(74, wide / 8), 74, 84];
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
