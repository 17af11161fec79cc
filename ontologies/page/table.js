// The same statements as a table: for screen readers, for sorting, and for CSV.

const COLUMNS = [
  ["Subject", (claim) => entities[claim.s].label.toLowerCase()],
  ["With", (claim) => partnersOf(claim).toLowerCase()],
  ["Statement", (claim) => claim.p],
  ["Object", (claim) => entities[claim.o].label.toLowerCase()],
  ["Status", (claim) => claim.status],
  ["Confidence", (claim) => claim.confidence],
  ["Records", (claim) => claim.records.length],
  ["Quote", (claim) => quoteOf(claim)],
];
const quoteOf = (claim) => (claim.evidence[0] ? claim.evidence[0].pieces.map((piece) => piece[0]).join("") : "");
const order = { column: 0, up: true };
const tablePane = document.getElementById("table-pane");

function sortedClaims() {
  const key = COLUMNS[order.column][1];
  const compare = (a, b) => (key(claims[a]) < key(claims[b]) ? -1 : key(claims[a]) > key(claims[b]) ? 1 : a - b);
  return shownClaims().sort((a, b) => (order.up ? compare(a, b) : compare(b, a)));
}

function tableRow(i) {
  const claim = claims[i];
  const cell = (...children) => make("td", {}, ...children);
  const named = (thing) => cell(make("div", { class: "named" }, glyph(entities[thing].type), make("bdi", {}, clip(entities[thing].label, 120))));
  const open = () => chooseClaim(i, {});
  return make("tr", { tabindex: "0", "data-claim": i, "aria-selected": String(Boolean(state.chosen && state.chosen.claim === i)), onclick: open,
    onkeydown: (event) => {
      const step = { ArrowDown: "nextElementSibling", ArrowUp: "previousElementSibling" }[event.key];
      if (event.key === "Enter" || event.key === " ") { event.preventDefault(); open(); }
      else if (step) { event.preventDefault(); event.currentTarget[step]?.focus(); }
    } },
  named(claim.s), cell(make("bdi", {}, clip(partnersOf(claim), 120))), cell((claim.status === "negated" ? "not " : "") + spoken(claim.p)),
  named(claim.o), cell(statusChip(claim.status)),
  make("td", { class: "num" }, claim.confidence.toFixed(2)), make("td", { class: "num" }, String(claim.records.length)),
  cell(make("bdi", {}, clip(quoteOf(claim), 110))));
}

function showTable() {
  if (tablePane.hidden) return;
  const numbers = sortedClaims();
  const body = make("tbody");
  const head = make("tr", {}, ...COLUMNS.map(([name], k) => make("th", { scope: "col", class: `col-${name.toLowerCase()}`, "aria-sort": k === order.column ? (order.up ? "ascending" : "descending") : "none" },
    make("button", { type: "button", "data-column": k, onclick: () => {
      order.up = order.column === k ? !order.up : true;
      order.column = k;
      showTable();
      tablePane.querySelector(`[data-column="${k}"]`).focus();
    }, title: name }, name === "Confidence" ? "Conf." : name))));
  const table = make("table", { class: numbers.some((i) => claims[i].with.length) ? "partners" : "" }, make("caption", {}, `${count(numbers.length, "statement")} of this view. Enter opens the evidence.`), make("thead", {}, head), body);
  const more = make("button", { type: "button", class: "button more" });
  const fill = (from) => {
    body.append(...numbers.slice(from, from + 300).map(tableRow));
    const rest = numbers.length - from - 300;
    more.hidden = rest <= 0;
    more.textContent = `Show ${Math.min(300, rest)} more of ${rest}`;
    more.onclick = () => fill(from + 300);
  };
  fill(0);
  tablePane.replaceChildren(table, more);
}

// RFC 4180, and no cell that a spreadsheet would take for a formula.
function csv() {
  const cell = (value) => {
    const text = String(value);
    const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  const rows = [["claim", "subject_id", "subject", "subject_type", "with", "predicate", "object_id", "object", "object_type", "status", "confidence", "records", "quote"]];
  sortedClaims().forEach((i) => {
    const claim = claims[i];
    const [s, o] = [entities[claim.s], entities[claim.o]];
    rows.push([claim.id, s.id, s.label, s.type, partnersOf(claim, " + "), claim.p, o.id, o.label, o.type, claim.status, claim.confidence, claim.records.join(" "), quoteOf(claim)]);
  });
  return rows.map((row) => row.map(cell).join(",")).join("\r\n") + "\r\n";
}

function download(blob, name) {
  const link = make("a", { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 5000);
}
