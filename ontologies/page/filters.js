// Legend, filters and search.

function facetRows(facet) {
  if (facet === "type") return record.types.map((row) => row.name);
  return facet === "status" ? record.statuses : record.predicates;
}

function facetValues(facet, claim) {
  if (facet === "type") return new Set([entities[claim.s].type, entities[claim.o].type]);
  return [facet === "status" ? claim.status : claim.p];
}

const present = Object.fromEntries(FACETS.map((facet) => [facet, new Set(claims.flatMap((claim) => [...facetValues(facet, claim)]))]));

// Counts in this view, each facet counted as if only the others filtered: things of each kind, statements of the rest.
function counts() {
  const found = Object.fromEntries(FACETS.map((facet) => [facet, new Map()]));
  const things = new Set();
  claims.forEach((claim, i) => {
    if (!inView(i)) return;
    const failed = failures(i);
    FACETS.forEach((facet) => {
      if (failed.some((name) => name !== facet)) return;
      if (facet === "type") things.add(claim.s).add(claim.o);
      else for (const value of facetValues(facet, claim)) found[facet].set(value, (found[facet].get(value) || 0) + 1);
    });
  });
  things.forEach((thing) => found.type.set(entities[thing].type, (found.type.get(entities[thing].type) || 0) + 1));
  return found;
}

function showFilters() {
  const found = counts();
  FACETS.forEach((facet) => {
    const box = document.getElementById(`f-${facet}`);
    const rows = facetRows(facet).filter((value) => present[facet].has(value));
    if (facet === "predicate") rows.sort((a, b) => (found.predicate.get(b) || 0) - (found.predicate.get(a) || 0));
    const held = document.activeElement && box.contains(document.activeElement) ? document.activeElement.dataset.value : null;
    box.replaceChildren(...rows.map((value) => {
      const sign = facet === "type" ? glyph(value) : facet === "status" ? line(value) : null;
      const name = facet === "type" ? types.get(value).label : facet === "status" ? value : spoken(value);
      return make("button", {
        type: "button", "data-value": value, "aria-pressed": String(!state.off[facet].has(value)), title: "Click: show or hide. Shift-click: only this.",
        onclick: (event) => toggle(facet, value, event.shiftKey),
      }, sign, make("span", { class: "name" }, name), make("span", { class: "n" }, String(found[facet].get(value) || 0)));
    }));
    if (held !== null) [...box.children].find((child) => child.dataset.value === held)?.focus();
  });
  const combined = shownClaims().filter((i) => claims[i].with.length).length;
  const key = document.getElementById("combined-key");
  key.hidden = !claims.some((claim) => claim.with.length);
  key.replaceChildren(line("asserted", true, true), make("span", { class: "name" }, "said of a combination"), make("span", { class: "n" }, String(combined)));
  document.getElementById("confidence").value = String(state.least);
  document.getElementById("confidence-value").textContent = state.least.toFixed(2);
  document.getElementById("trial").value = state.trial;
  const select = document.getElementById("view");
  select.value = state.view;
  if (select.selectedIndex < 0) select.value = "";
}

function toggle(facet, value, only) {
  const off = state.off[facet];
  if (only) {
    const rest = [...present[facet]].filter((other) => other !== value);
    const alone = rest.every((other) => off.has(other)) && !off.has(value);
    off.clear();
    if (!alone) rest.forEach((other) => off.add(other));
  } else if (off.has(value)) off.delete(value);
  else off.add(value);
  refresh();
}

function prepareFilters() {
  const option = (value, text) => make("option", { value }, text);
  const views = document.getElementById("view");
  views.append(...record.views.map((view) => option(view.id, trials.has(view.id) ? `${view.label} · ${clip(trials.get(view.id).title, 60)}` : clip(view.label, 80))));
  views.append(make("option", { value: "", hidden: "" }, "Own selection"));
  document.getElementById("view-box").hidden = record.views.length < 2;
  views.addEventListener("change", () => { if (views.value) openView(views.value); });
  const cited = [...new Set(claims.flatMap((claim) => claim.records))].sort();
  const trial = document.getElementById("trial");
  trial.append(option("", `All ${cited.length} trials`), ...cited.map((nct) => option(nct, clip(nct, 60))));
  document.getElementById("trial-box").hidden = cited.length < 2;
  trial.addEventListener("change", () => { state.trial = trial.value; refresh(); });
  const confidence = document.getElementById("confidence");
  confidence.addEventListener("input", () => { state.least = Number(confidence.value); refresh(); });
  document.getElementById("reset").addEventListener("click", () => {
    FACETS.forEach((facet) => state.off[facet].clear());
    state.least = 0;
    state.trial = "";
    refresh();
  });
}

function prepareSearch() {
  const input = document.getElementById("search");
  const list = document.getElementById("hits");
  let hits = [];
  let at = -1;
  const close = () => { list.hidden = true; input.setAttribute("aria-expanded", "false"); input.removeAttribute("aria-activedescendant"); at = -1; };
  const mark = () => {
    [...list.children].forEach((row, k) => row.setAttribute("aria-selected", String(k === at)));
    if (at >= 0) { input.setAttribute("aria-activedescendant", `hit-${at}`); list.children[at].scrollIntoView({ block: "nearest" }); }
  };
  const take = (k) => { if (!hits[k]) return; const { thing } = hits[k]; close(); input.value = ""; input.blur(); goTo(thing); };
  input.addEventListener("input", () => {
    hits = search(input.value);
    at = hits.length ? 0 : -1;
    list.replaceChildren(...hits.map((hit, k) => {
      const entity = entities[hit.thing];
      return make("li", { id: `hit-${k}`, role: "option", onmousedown: (event) => { event.preventDefault(); take(k); } }, glyph(entity.type),
        make("span", { class: "text" }, make("bdi", {}, clip(entity.label, 80)),
          make("small", {}, [types.get(entity.type).label, clip(hit.where || (entity.id.startsWith("kgl:") ? "" : entity.id), 70)].filter(Boolean).join(" · "))),
        make("span", { class: "count" }, String(claimsOf[hit.thing].length)));
    }));
    if (!hits.length && input.value.trim()) list.append(make("li", { class: "none", role: "option", "aria-disabled": "true" }, "Nothing by that name"));
    list.hidden = !input.value.trim();
    input.setAttribute("aria-expanded", String(!list.hidden));
    mark();
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (hits.length) { at = (at + (event.key === "ArrowDown" ? 1 : hits.length - 1)) % hits.length; mark(); }
    } else if (event.key === "Enter") take(at);
    else if (event.key === "Escape") { event.stopPropagation(); close(); input.value = ""; input.blur(); }
  });
  input.addEventListener("blur", close);
}
