// Names on the drawing. We write them ourselves: vis-network puts a name below its shape only, whatever stands there.

const measure = document.createElement("canvas").getContext("2d");
const family = getComputedStyle(document.body).fontFamily;
const widths = new Map();
let written = []; // what is written now: a thing or an edge, its lines, size, and place in pixels from the thing or edge
let edgeNames = new Map(); // the names wanted on edges

function widthOf(line, point, bold) {
  const key = `${point}${bold ? "b" : ""} ${line}`;
  if (!widths.has(key)) {
    if (widths.size > 20000) widths.clear();
    measure.font = `${bold ? "bold " : ""}${point}px ${family}`;
    widths.set(key, measure.measureText(line).width);
  }
  return widths.get(key);
}

const apart = (a, b) => a[2] <= b[0] || b[2] <= a[0] || a[3] <= b[1] || b[3] <= a[1];

// Whether the line from p to q passes through a box: cut as by Liang and Barsky (1984), https://doi.org/10.1145/357332.357333
function crosses([px, py], [qx, qy], box) {
  if ((px < box[0] && qx < box[0]) || (px > box[2] && qx > box[2]) || (py < box[1] && qy < box[1]) || (py > box[3] && qy > box[3])) return false;
  let [from, to] = [0, 1];
  const [dx, dy] = [qx - px, qy - py];
  for (const [way, room] of [[-dx, px - box[0]], [dx, box[2] - px], [-dy, py - box[1]], [dy, box[3] - py]]) {
    if (way === 0) { if (room < 0) return false; continue; }
    const at = room / way;
    if (way < 0) from = Math.max(from, at); else to = Math.min(to, at);
    if (from > to) return false;
  }
  return true;
}

// The places of a name beside its shape, the best first, each with what it costs: left, top, alignment.
const places = (wide, tall, r) => [
  [-wide / 2, r + 2, "center", 0], [-wide / 2, -r - 2 - tall, "center", 2], [r + 4, -tall / 2, "left", 2], [-r - 4 - wide, -tall / 2, "right", 2.5],
  [r + 4, -tall * 0.2, "left", 3.5], [-r - 4 - wide, -tall * 0.2, "right", 3.5], [r + 4, -tall * 0.8, "left", 3.5], [-r - 4 - wide, -tall * 0.8, "right", 3.5],
  [-wide * 0.8, r + 2, "box", 3.5], [-wide * 0.2, r + 2, "box", 3.5], [-wide * 0.8, -r - 2 - tall, "box", 4], [-wide * 0.2, -r - 2 - tall, "box", 4],
  [r * 0.6 + 2, r * 0.6 + 1, "left", 4], [-r * 0.6 - 2 - wide, r * 0.6 + 1, "right", 4], [r * 0.6 + 2, -r * 0.6 - 1 - tall, "left", 4], [-r * 0.6 - 2 - wide, -r * 0.6 - 1 - tall, "right", 4],
];

// The name whole, then smaller, then cut to one line.
function variants(i, point, bold, short) {
  const lines = drawnNodes[i].label.split("\n");
  const words = entities[i].label.trim().split(/\s+/);
  const brief = words[0] && words[0].length < 16 && words[1] && `${words[0]} ${words[1]}`.length < 16 ? `${words[0]} ${words[1]}` : clip(words[0], 15).replace(/…$/, "");
  const all = [{ lines, point, bold }, { lines, point: Math.min(point, 11), bold: false }];
  const cut = { lines: [brief === entities[i].label.trim() ? lines[0] : `${brief}…`], point: Math.min(point, 11), bold: false };
  if (lines.length > 1) all.push(cut);
  return short && lines.length > 1 ? [cut, ...all] : all;
}

// Where names stand at this scale. Heavier things choose first; a name never covers another, and a shape only for the heaviest.
function placeNames(shown, scale, sizes, weight) {
  const centre = drawing.getViewPosition();
  const [wideWindow, tallWindow] = [home.clientWidth, home.clientHeight];
  const screen = (at) => [(at.x - centre.x) * scale + wideWindow / 2, (at.y - centre.y) * scale + tallWindow / 2];
  const spots = new Map(shown.map((i) => [i, screen(state.members.get(i))]));
  const radius = (i) => sizes.get(i) * scale;
  const shapes = shown.map((i) => { const [[x, y], r] = [spots.get(i), radius(i) * 0.85]; return [x - r, y - r, x + r, y + r, i]; });
  const lines = shown.length > 150 ? [] : drawnEdges.filter((edge, k) => !edgeSet.get(`e${k}`).hidden && edge.a !== edge.b).map((edge) => [spots.get(edge.a), spots.get(edge.b)]);
  const frame = home.getBoundingClientRect();
  const taken = [".floating", "#tally"].flatMap((one) => [...document.querySelectorAll(one)]).map((one) => one.getBoundingClientRect()) // what floats over the drawing
    .map((one) => [one.left - frame.left, one.top - frame.top, one.right - frame.left, one.bottom - frame.top]);
  const most = 140 + taken.length;
  const found = [];
  const inWindow = (box) => box[0] >= 2 && box[1] >= 2 && box[2] <= wideWindow - 2 && box[3] <= tallWindow - 2;
  const order = [...shown].sort((a, b) => weight(b) - weight(a) || a - b).slice(0, 500);
  const base = Math.round(Math.min(17, Math.max(12.5, 14 * scale)) * 2) / 2;
  const small = wideWindow * tallWindow < 200000;
  const write = (i, rank) => {
    const bold = Boolean(state.chosen && state.chosen.thing === i);
    const [x, y] = spots.get(i);
    const [r, mine] = [radius(i), rank < 14];
    const seen = inWindow([x, y, x, y]);
    const ways = variants(i, small ? 11 : base, bold, small && rank > 5 && !bold);
    for (const [{ lines: words, point, bold: heavy }, covering] of [...ways.map((way) => [way, false]), ...(mine ? ways.map((way) => [way, true]) : [])]) {
      const wide = Math.max(...words.map((line) => widthOf(line, point, heavy))) + 4;
      const tall = words.length * point * 1.18 + 2;
      let best = null;
      for (const [left, top, align, cost] of places(wide, tall, r)) {
        const box = [x + left, y + top, x + left + wide, y + top + tall];
        if ((seen && !inWindow(box)) || !taken.every((other) => apart(box, other))) continue;
        const covered = shapes.filter((shape) => shape[4] !== i && !apart(box, shape)).length;
        if (covered && !covering) continue;
        let price = cost + 30 * covered;
        for (const [p, q] of lines) { if (best && price >= best.price) break; if (crosses(p, q, box)) price += 2.5; }
        if (!best || price < best.price) best = { price, box, left, top, align };
      }
      if (best) {
        taken.push(best.box);
        found.push({ thing: i, lines: words, point, bold: heavy, align: best.align === "box" ? "center" : best.align, x: best.align === "left" ? best.left + 2 : best.align === "right" ? best.left + wide - 2 : best.left + wide / 2, y: best.top + 1, box: best.box });
        return;
      }
    }
  };
  const bright = (i) => !state.dim || state.dim.has(i);
  order.filter(bright).forEach((i, rank) => { if (taken.length < most) write(i, rank); });
  const chosen = state.chosen && "edge" in state.chosen ? state.chosen.edge : -1;
  [...edgeNames].sort(([a], [b]) => (b === chosen) - (a === chosen) || a - b).forEach(([edge, words]) => {
    const point = Math.min(15, Math.max(11, 12 * scale));
    const [wide, tall] = [widthOf(words, point, false) + 6, point * 1.3];
    for (const t of [0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74]) {
      const [x, y] = screen(along(edge, t));
      const box = [x - wide / 2, y - tall / 2, x + wide / 2, y + tall / 2];
      if (edge !== chosen && !(taken.every((other) => apart(box, other)) && shapes.every((shape) => apart(box, shape)))) continue;
      taken.push(box);
      found.push({ edge, t, lines: [words], point, bold: false, align: "center", x: 0, y: -tall / 2 + 1, box });
      return;
    }
  });
  order.filter((i) => !bright(i)).forEach((i) => { if (taken.length < most) write(i, 99); });
  written = found;
  page.labels = found;
}

function along(edge, t) {
  const drawn = drawing.body.edges[`e${edge}`];
  try { return drawn.edgeType.getPoint(t); } catch { // not drawn yet
    const [a, b] = [state.members.get(drawnEdges[edge].a), state.members.get(drawnEdges[edge].b)];
    return { x: a.x + (b.x - a.x) * t, y: a.y + (b.y - a.y) * t };
  }
}

// Called after vis-network has drawn; the pen counts in the drawing's own pixels.
function writeNames(pen) {
  const scale = drawing.getScale();
  const [ground, text, faint] = ["ground", "ink", "faint"].map(colour);
  pen.lineJoin = "round";
  pen.textBaseline = "top";
  for (const name of written) {
    if ("thing" in name && nodeSet.get(`n${name.thing}`).hidden) continue;
    const at = "thing" in name ? drawing.getPosition(`n${name.thing}`) : along(name.edge, name.t);
    pen.font = `${name.bold ? "bold " : ""}${name.point / scale}px ${family}`;
    pen.textAlign = name.align;
    pen.lineWidth = 3.5 / scale;
    pen.strokeStyle = ground;
    pen.fillStyle = "edge" in name ? colour(drawnEdges[name.edge].status) : !state.dim || state.dim.has(name.thing) ? text : faint;
    name.lines.forEach((line, k) => {
      const [x, y] = [at.x + name.x / scale, at.y + (name.y + k * name.point * 1.18) / scale];
      pen.strokeText(line, x, y);
      pen.fillText(line, x, y);
    });
  }
}
