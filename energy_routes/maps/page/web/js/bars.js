/** The lists beside the map: lines with flow against capacity, and routes with what they earn. */

import { arcOf, arcs, content, isFull, plans, reading } from "./data.js";
import { find, make, put, renew } from "./dom.js";
import { number, priceUnit, say, volume } from "./format.js";
import { baseColour, BOTTLENECK, colour, INK } from "./palette.js";
import { comparing, isFocus, shownPlan, state, toggleFocus } from "./state.js";
import { focusedArcs } from "./state.js";

const MOST = 60;

// Which lines the list shows, from what they carry in the span and whether they carried something before.
const FILTERS = {
  used: (now, before) => Math.max(now.flow, comparing() ? before.flow : 0) > content.style.floor,
  scarce: (now) => now.limits.length > 0,
  slack: (now) => now.flow > content.style.floor && now.used !== null && now.used < 0.5,
  unused: (now) => now.flow <= content.style.floor,
};

const sought = () => find("search").value.trim().toLocaleLowerCase();
const matches = (...names) => names.some((name) => name?.toLocaleLowerCase().includes(sought()));
const namesOf = (arc) => [arc.name, arc.id, arc.line]; // a line is sought by what the map calls it, too: BTC

/**
 * The lines that pass the filter, largest first; those in focus only, when a corridor is.  What is sought is found
 * among all lines, unless a filter is chosen.
 */
function linesShown() {
  const focus = state.focus && state.focus.kind !== "arc" ? focusedArcs() : null;
  return arcs
    .filter((arc) => state.families.has(arc.family) && (!focus || sought() || focus.has(arc.n)))
    .filter((arc) => matches(...namesOf(arc)))
    .map((arc) => ({ arc, now: reading(arc, shownPlan(), state.span), before: reading(arc, 0, state.span) }))
    .filter(({ now, before }) => (sought() && state.filter === "used") || FILTERS[state.filter](now, before))
    .sort((a, b) => b.now.flow - a.now.flow)
    .slice(0, MOST);
}

function bar({ arc, now, before }, most) {
  const at = (value) => (100 * Math.min(value, most)) / most;
  const parts = [];
  if (now.capacity !== null) {
    parts.push(
      make("rect", { y: 1.5, width: at(now.capacity), height: 10, fill: baseColour(arc.family), opacity: 0.18 }),
    );
  }
  parts.push(make("rect", { class: "flow", y: 3, width: at(now.flow), height: 7, fill: colour(arc.family, now.used) }));
  if (comparing()) parts.push(make("rect", { x: Math.max(0, at(before.flow) - 0.5), width: 1, height: 13, fill: INK }));
  if (isFull(now)) parts.push(make("rect", { x: at(now.flow) - 0.6, width: 1.4, height: 13, fill: BOTTLENECK }));
  const drawn = make(
    "svg",
    { width: "100%", height: 13, viewBox: "0 0 100 13", preserveAspectRatio: "none", "aria-hidden": "true" },
    parts,
  );
  return make(
    "button",
    {
      type: "button",
      class: "bar",
      title: arc.name,
      "data-arc": arc.id,
      "aria-pressed": String(isFocus("arc", arc.id)),
      on: { click: () => toggleFocus("arc", arc.id) },
    },
    make("span", { class: "name" }, arc.name),
    drawn,
    make("span", { class: "number" }, number(now.flow, now.flow < 9.95 ? 2 : 1)),
  );
}

function routeRow(route, i) {
  return make(
    "button",
    {
      type: "button",
      class: "bar path",
      title: route.name,
      "data-route": i,
      "aria-pressed": String(isFocus("route", i)),
      on: { click: () => toggleFocus("route", i) },
    },
    make("span", { class: "name" }, route.name),
    make("span", { class: "number" }, volume(route.volume)),
    make("span", { class: "number" }, number(route.netback, 1)),
  );
}

function routesShown() {
  return plans[shownPlan()].routes
    .map((route, i) => ({ route, i }))
    .filter(({ route }) => state.families.has(route.family) && route.arcs.length)
    .filter(({ route }) => matches(route.name, ...route.arcs.flatMap((n) => namesOf(arcs[n]))));
}

/** Give the lines that the list shows their new figures where they stand; others, and routes, come in a new list. */
export function followBars() {
  if (state.list === "routes") {
    drawBars();
    return;
  }
  const rows = [...find("bars").querySelectorAll("[data-arc]")];
  const told = rows.map((row) => reading(arcOf(row.dataset.arc), shownPlan(), state.span));
  const most = Number(find("bars").dataset.most);
  rows.forEach((row, at) => {
    const { flow, used } = told[at];
    const [line, number_] = [row.querySelector(".flow"), row.querySelector(".number")];
    put(line, "width", (100 * Math.min(flow, most)) / most);
    put(line, "fill", colour(arcOf(row.dataset.arc).family, used));
    renew(number_, number(flow, flow < 9.95 ? 2 : 1));
  });
}

export function drawBars() {
  const routes = state.list === "routes";
  for (const tab of document.querySelectorAll("[data-list]")) {
    const chosen = tab.dataset.list === state.list;
    tab.setAttribute("aria-selected", String(chosen));
    tab.tabIndex = chosen ? 0 : -1;
    if (chosen) find("bars").setAttribute("aria-labelledby", tab.id);
  }
  find("filter").hidden = routes;
  find("filter").value = state.filter;
  const measure = priceUnit([...state.families][0]);
  const note = comparing() ? say("panel.bars_note") : say("legend.capacity");
  find("bars-note").textContent = routes ? say("page.routes_note", { unit: measure }) : note;
  find("bars-title").textContent = routes ? say("report.routes") : say("panel.bars");
  const lines = routes ? [] : linesShown();
  const most = 1.12 * (d3.max(lines, ({ now, before }) => Math.max(now.flow, comparing() ? before.flow : 0)) || 1);
  find("bars").dataset.most = most;
  const rows = routes ? routesShown().map(({ route, i }) => routeRow(route, i)) : lines.map((line) => bar(line, most));
  const empty = make("p", { class: "empty" }, say("panel.nothing"));
  find("bars").replaceChildren(...(rows.length ? rows : [empty]));
}
