// What the page knows and what is chosen. Nothing here touches the document, except to read its data blocks.

const read = (id) => JSON.parse(document.getElementById(id).textContent);
const network = read("network");
const record = read("record");
const { entities, claims } = record;
const trials = new Map(Object.entries(record.trials)); // a Map: a record may be called __proto__
const types = new Map(record.types.map((row) => [row.name, row]));
const symmetric = new Set(record.symmetric);
const drawnNodes = network.nodes;
const drawnEdges = network.edges.map((edge) => ({ ...edge, a: Number(edge.from.slice(1)), b: Number(edge.to.slice(1)) }));

const claimsOf = entities.map(() => []); // claims in which a thing takes part
const edgeOf = []; // the drawn edge of each claim
claims.forEach((claim, i) => { claimsOf[claim.s].push(i); if (claim.o !== claim.s) claimsOf[claim.o].push(i); });
drawnEdges.forEach((edge, i) => edge.claims.forEach((claim) => { edgeOf[claim] = i; }));
const page = { painted: 0, visible: null }; // for tests and for the console, as `kgPage`
const FACETS = ["type", "status", "predicate"];
const state = {
  view: record.views[0].id, // which view the members came from, or "focus:ID"
  members: new Map(), // thing -> {x, y}: what may be shown, and where
  off: { type: new Set(), status: new Set(), predicate: new Set() },
  least: 0, // confidence
  trial: "",
  chosen: null, // {thing: i} or {edge: i, claim: i}
  dim: null, // Set of things that stay bright, or null
  names: false, // names on all edges
  past: [], // earlier views
};

const recordViews = new Set(record.views.filter((view) => view.at && view.id !== "start").map((view) => view.id));
const degree = new Map(); // thing -> statements of this view in which it takes part

function countDegrees(shown) {
  degree.clear();
  for (const i of shown) new Set([claims[i].s, claims[i].o]).forEach((thing) => degree.set(thing, (degree.get(thing) || 0) + 1));
}

// The arguments to point out: the chosen trial's, or all where there are few.
function argumentsNow() {
  const current = record.arguments.filter((argument) => [state.view, state.trial].includes(argument.nct));
  return current.length ? current : record.arguments.length < 4 ? record.arguments : [];
}

function arguedNow() {
  const numbers = new Set(argumentsNow().flatMap((argument) => [...argument.aims, ...argument.chains.flat()]));
  return [numbers, new Set([...numbers].flatMap((i) => [claims[i].s, claims[i].o]))];
}

function neighbours(thing) {
  const found = new Map();
  for (const i of claimsOf[thing]) {
    const other = claims[i].s === thing ? claims[i].o : claims[i].s;
    if (other !== thing) found.set(other, (found.get(other) || 0) + 1);
  }
  return [...found.keys()].sort((a, b) => found.get(b) - found.get(a) || claimsOf[b].length - claimsOf[a].length || a - b);
}

// The facets by which a claim is filtered out: [] for a claim that is shown.
function failures(i) {
  const claim = claims[i];
  const found = [];
  if (state.off.type.has(entities[claim.s].type) || state.off.type.has(entities[claim.o].type)) found.push("type");
  if (state.off.status.has(claim.status)) found.push("status");
  if (state.off.predicate.has(claim.p)) found.push("predicate");
  if (claim.confidence < state.least) found.push("confidence");
  if ((state.trial && !claim.records.includes(state.trial)) || (recordViews.has(state.view) && !claim.records.includes(state.view))) found.push("trial");
  return found;
}

const inView = (i) => state.members.has(claims[i].s) && state.members.has(claims[i].o);
const passes = (i) => inView(i) && failures(i).length === 0;
const shownClaims = () => claims.map((_, i) => i).filter(passes);

// Shortest ways between two things, at most `limit` of them, over the claims that pass the filters.
function paths(from, to, limit = 12) {
  const before = new Map([[from, []]]);
  let edge = [from];
  while (edge.length && !before.has(to)) {
    const next = new Map();
    for (const thing of edge) {
      for (const i of claimsOf[thing]) {
        if (failures(i).length) continue;
        const other = claims[i].s === thing ? claims[i].o : claims[i].s;
        if (before.has(other)) continue;
        if (!next.has(other)) next.set(other, new Set());
        next.get(other).add(thing);
      }
    }
    next.forEach((sources, thing) => before.set(thing, [...sources]));
    edge = [...next.keys()];
  }
  if (!before.has(to)) return [];
  const found = [];
  const walk = (thing, tail) => {
    if (found.length >= limit) return;
    if (thing === from) { found.push([thing, ...tail]); return; }
    before.get(thing).forEach((source) => walk(source, [thing, ...tail]));
  };
  walk(to, []);
  return found;
}

function search(words) {
  const want = words.trim().toLowerCase();
  if (!want) return [];
  const found = [];
  entities.forEach((entity, i) => {
    let best = 9;
    let where = "";
    const texts = [entity.label, entity.id, ...entity.names];
    texts.forEach((text, k) => {
      const at = text.toLowerCase().indexOf(want);
      if (at < 0) return;
      const start = at === 0 ? 0 : /[\s\-/(:]/.test(text[at - 1]) ? 1 : 2;
      const rank = start * 2 + (k === 0 ? 0 : 1);
      if (rank < best) { best = rank; where = k === 0 ? "" : text; }
    });
    if (best < 9) found.push({ thing: i, rank: best, where });
  });
  return found.sort((a, b) => a.rank - b.rank || claimsOf[b.thing].length - claimsOf[a.thing].length || a.thing - b.thing).slice(0, 12);
}

const count = (n, one, many) => `${n.toLocaleString("en")} ${n === 1 ? one : many || one + "s"}`;
const spoken = (predicate) => predicate.replace(/([A-Z])/g, (letter) => " " + letter.toLowerCase());

// What the subject is combined with, where no record says the statement of the subject alone; "" otherwise.
const partnersOf = (claim, and = " and ") => claim.with.map((set) => set.join(and)).join(claim.with.some((set) => set.length > 1) ? ", or " : " or ");
