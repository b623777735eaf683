/** What stands beside the map on the line, corridor or route in focus. */

import { arcOf, content, corridorOf, corridorsOf, familyOf, plans, reading, routesThrough, spans, WHOLE } from "./data.js";
import { find, make, polyline } from "./dom.js";
import { aged, bandOf, known, number, percent, priceUnit, say, signed, unit, volume } from "./format.js";
import { baseColour } from "./palette.js";
import { comparing, findingNow, shownPlan, state, toggleFocus } from "./state.js";
import { sheet } from "./sheet.js";
import { sentence } from "./words.js";

const [WIDE, HIGH] = [330, 46];
const MOST = 5; // routes named below a line

const fact = (name, value) => make("div", {}, make("span", { title: name }, name), value);

/** Before (dashed), after (solid) and capacity (dotted) over the months. */
function months(series) {
  const most = d3.max(series.flatMap((one) => one.values.filter((value) => value !== null))) || 1;
  const x = (i) => 4 + (i * (WIDE - 8)) / Math.max(1, WHOLE - 1);
  const y = (value) => HIGH - 6 - (value / most) * (HIGH - 12);
  const paths = series.map(({ values, stroke, dash, weight }) =>
    make("path", {
      d: polyline(values.map((value, i) => (value === null ? null : [x(i), y(value)]))),
      fill: "none",
      stroke,
      "stroke-width": weight,
      "stroke-dasharray": dash,
    }),
  );
  const now =
    state.span === WHOLE
      ? null
      : make("path", { d: `M${x(state.span)},2V${HIGH - 4}`, stroke: "currentColor", "stroke-width": 0.8 });
  const label = `${say("panel.months")}: 0–${volume(most)}`;
  return make(
    "svg",
    {
      width: "100%",
      height: HIGH,
      viewBox: `0 0 ${WIDE} ${HIGH}`,
      preserveAspectRatio: "none",
      role: "img",
      "aria-label": label,
    },
    now,
    paths,
  );
}

const monthly = (values) => values.slice(0, WHOLE);

/** The lines of a chart: before only where there is something to compare. */
function seriesOf(valuesOf, capacity, family) {
  const now = { values: monthly(valuesOf(shownPlan())), stroke: baseColour(family), weight: 2 };
  const before = { values: monthly(valuesOf(0)), stroke: "currentColor", dash: "4 3", weight: 1.2 };
  const limit = capacity ? [{ values: monthly(capacity), stroke: "#7d8791", dash: "1.5 3", weight: 1.4 }] : [];
  return comparing() ? [...limit, before, now] : [...limit, now];
}

/** P10 to P90 and use of the plan that is shown; nothing without draws. */
const bandFacts = (band) =>
  band ? bandOf(band, plans[shownPlan()].bands.draws).map(([name, value]) => fact(name, value)) : [];

function ofArc(arc) {
  const now = reading(arc, shownPlan(), state.span);
  const before = reading(arc, 0, state.span);
  const measure = unit(arc.unit);
  const kinds = [
    ...corridorsOf(arc).map((one) => one.name),
    known("mode", arc.mode),
    known("status", now.status),
    arc.operator,
  ];
  const facts = [
    fact(say("tip.flow"), `${volume(now.flow)} ${measure}`),
    comparing()
      ? fact(say("view.before"), `${volume(before.flow)} ${measure}`)
      : fact(say("tip.utilisation"), percent(now.used)),
    fact(say("tip.capacity"), now.capacity === null ? say("tip.no_limit") : `${volume(now.capacity)} ${measure}`),
    fact(`${say("tip.tariff")}, ${priceUnit(arc.family)}`, aged(number(now.tariff, 1), arc)),
    ...bandFacts(now.band),
  ];
  return [
    make("h3", {}, arc.name),
    make("p", {}, kinds.filter(Boolean).join(" · ")),
    make("div", { class: "facts" }, facts),
    arc.paid ? make("p", {}, `${say("tip.paid_to")}: ${arc.paid}`) : null,
    make("p", { class: now.limits.length ? "worth" : "" }, sentence({ arc, now })),
    WHOLE > 0
      ? months(seriesOf((plan) => plans[plan].volume[arc.n], plans[shownPlan()].capacity[arc.n], arc.family))
      : null,
    ...routesOf(routesThrough(arc, shownPlan())),
  ];
}

function ofCorridor(corridor) {
  const volumes = (plan) => plans[plan].corridors[corridor.id] ?? spans.map(() => 0);
  const measure = unit(familyOf(corridor.family).unit);
  const facts = [fact(say("tip.flow"), `${volume(volumes(shownPlan())[state.span])} ${measure}`)];
  if (comparing()) facts.push(fact(say("view.before"), `${volume(volumes(0)[state.span])} ${measure}`));
  if (state.span === WHOLE) {
    facts.push(...bandFacts(plans[shownPlan()].bands?.corridors[corridor.id]));
    const moved = comparing() && content.surely[corridor.id];
    if (moved) facts.push(fact(`${say("tip.change")}, ${say("tip.band")}`, moved.map((v) => signed(v, 2)).join("…")));
  }
  const own = plans[shownPlan()].routes.filter(
    (route) => route.corridor === corridor.corridor && route.family === corridor.family,
  );
  return [
    make("h3", {}, corridor.name),
    make("p", {}, say("group.corridor")),
    make("div", { class: "facts" }, facts),
    WHOLE > 0 ? months(seriesOf(volumes, null, corridor.family)) : null,
    ...routesOf(own),
  ];
}

/** The sheet of the largest route, and the others to choose from. */
function routesOf(routes) {
  const named = routes.filter((route) => route.arcs.length);
  if (!named.length) return [];
  const all = plans[shownPlan()].routes;
  const others = named.slice(1, MOST).map((route) => choice(route, all.indexOf(route)));
  return [...oneSheet(named[0], all.indexOf(named[0])), ...others];
}

function oneSheet(route, i) {
  return [make("h4", {}, say("panel.netback", { unit: priceUnit(route.family) })), choice(route, i), sheet(route)];
}

const choice = (route, i) =>
  make(
    "button",
    { type: "button", class: "bar path", title: route.name, on: { click: () => toggleFocus("route", i) } },
    make("span", { class: "name" }, route.name),
    make("span", { class: "number" }, volume(route.volume)),
    make("span", { class: "number" }, number(route.netback, 1)),
  );

function ofRoute(route) {
  const measure = unit(route.unit);
  const where = [route.shipper, route.limited && `${say("table.limited_by")}: ${route.limited}`];
  return [
    make("h3", {}, route.name),
    make("p", {}, where.filter(Boolean).join(" · ")),
    make("p", {}, `${volume(route.volume)} ${measure} · ${say("panel.netback", { unit: priceUnit(route.family) })}`),
    sheet(route),
  ];
}

export function drawDetail() {
  const { focus } = state;
  let parts = null;
  if (focus?.kind === "arc") parts = ofArc(arcOf(focus.id));
  if (focus?.kind === "corridor") parts = ofCorridor(corridorOf(focus.id));
  if (focus?.kind === "route" && plans[shownPlan()].routes[Number(focus.id)]) {
    parts = ofRoute(plans[shownPlan()].routes[Number(focus.id)]);
  }
  parts ??= idle();
  find("detail").replaceChildren(...parts.filter(Boolean));
}

/** With nothing in focus: what the plan finds, or what it changes. */
function idle() {
  const plan = plans[shownPlan()];
  const head = plan.label ? make("p", {}, plan.label) : null;
  return [head, make("h3", {}, findingNow()), make("p", { class: "hint" }, say("panel.detail_hint"))];
}
