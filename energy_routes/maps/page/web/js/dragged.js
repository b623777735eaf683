/** The plan of the levers, made of what the solver answers: the second plan of the page. */

import { arcOf, arcs, content, corridors, families, familyOf, plans, spans, WHOLE } from "./data.js";

const { live } = content;
const { utilisation: FULL, price: PRICED } = live.binding; // from which a line is full, and a price is told
const PERIODS = live.years.length;

const digits = (value) => Number(value.toPrecision(10));
const summed = (values, at, span) =>
  at < 0 ? 0 : digits(live.spans[span].reduce((total, period) => total + values[at * PERIODS + period], 0));
const ofSpans = (told) => spans.map((_, span) => told(span));

/** Money of some terms in a span, MUSD. */
const money = (ledger, ids, span) =>
  live.spans[span].reduce((total, period) => total + ids.reduce((all, id) => all + ledger[id].periods[period], 0), 0);

function capacityOf(arc, span, rowUpper) {
  let total = 0;
  for (const period of live.spans[span]) {
    const row = live.rows[arc.n * PERIODS + period];
    const own = row < 0 ? Infinity : rowUpper[row];
    if (!Number.isFinite(own)) return null;
    total += own;
  }
  return digits(total);
}

const LINES = [["price", 1], ...content.sheet.map(([id, , sign]) => [id, sign])];

/** A route of an answer with its netback sheet, as the plan of the start has them. */
function routeOf({ arcs: ids, money, ...route }) {
  const lines = Object.fromEntries(LINES.map(([id, sign], at) => [id, sign * money[at]]));
  const netback = d3.sum(money);
  const drawn = ids.map(arcOf).filter(Boolean).map((arc) => arc.n);
  return { ...route, ...lines, netback, cost: lines.price - netback, arcs: drawn, unit: familyOf(route.family).unit, limited: "" };
}

const whole = structuredClone(plans[1]); // the plan of the start, as it was solved before

/** Show the plan of the start, with all that is known of it. */
export function restore() {
  Object.assign(plans[1], structuredClone(whole), { unpriced: new Set() });
}

/**
 * Put an answer into the second plan; what limits are worth is told later.  What is known of the start alone (the
 * ranges, the bands, what limits a route) is not said of another plan.
 */
export function take({ read, ledger, rowUpper, netback, tariff, routes }) {
  const plan = plans[1];
  Object.assign(plan, { could: arcs.map(() => null), bands: null, payments: [], warnings: [] });
  plan.routes = routes.slice(0, live.routes).map(routeOf);
  plan.tariff = arcs.map((arc) => (live.arcs[arc.n] < 0 ? null : tariff[live.arcs[arc.n]]));
  plan.volume = arcs.map((arc) => ofSpans((span) => summed(read.arc, live.arcs[arc.n], span)));
  plan.capacity = arcs.map((arc) => ofSpans((span) => capacityOf(arc, span, rowUpper)));
  plan.price = arcs.map(() => spans.map(() => 0));
  plan.unpriced = new Set(spans.keys());
  plan.limits = spans.map(() => []);
  plan.depths = spans.map(() => []);
  for (const one of corridors) {
    plan.corridors[one.id] = ofSpans((span) => summed(read.group, live.corridors[one.id], span));
  }
  const { cards } = plan;
  for (const family of families) {
    cards[`export_${family}`] = ofSpans((span) => summed(read.export, live.exports[family] ?? -1, span));
    cards[`home_${family}`] = ofSpans((span) => summed(read.home, live.homes[family] ?? -1, span));
  }
  cards.transport = ofSpans((span) => -money(ledger, live.carriage, span));
  cards.margin = ofSpans((span) => money(ledger, ["sales", ...live.carriage], span));
  cards.netback = ofSpans((span) => (span === WHOLE ? netback : null));
  cards.rent = spans.map(() => null);
}

/** Whether something is full in a period of a span, and in how many. */
function boundIn(limit, span, values, rowUpper) {
  return limit.rows.reduce((count, row, at) => {
    const inside = limit.periods[at] < 0 || live.spans[span].includes(limit.periods[at]);
    return count + (inside && values(limit, at) >= FULL * rowUpper[row] ? 1 : 0);
  }, 0);
}

/** Put what the limits are worth in a span into the plan: bottlenecks, full tiers, rent. */
export function price(worth, span, { read, rowUpper }) {
  const plan = plans[1];
  const volumeOf = (n) => plan.volume[n]?.[span] ?? 0;
  const carried = (limit, at) => read.arc[live.arcs[limit.arcs[0]] * PERIODS + Math.max(0, limit.periods[at])];
  const [limits, depths] = [[], []];
  let rent = 0;
  live.limits.forEach((limit, at) => {
    const { worth: own, bound } = worth[at];
    if (own === null || !(own > PRICED)) return;
    const told = { id: limit.id, name: limit.name, family: limit.family, price: own };
    if (limit.kind === "market") {
      depths.push({ ...told, id: limit.name, node: limit.node, sign: "depth", bound });
      return;
    }
    const drawn = limit.arcs.filter((n) => n >= 0);
    if (!drawn.length) return;
    if (limit.kind === "capacity") {
      const full = boundIn(limit, span, carried, rowUpper);
      if (!full) return;
      plan.price[drawn[0]][span] = own;
      limits.push({ ...told, arc: drawn[0], sign: "full", bound: full });
      rent += own * volumeOf(drawn[0]);
    } else {
      const arc = drawn.reduce((most, n) => (volumeOf(n) > volumeOf(most) ? n : most), drawn[0]);
      limits.push({ ...told, arc, sign: "limit", bound });
      rent += own * live.spans[span].reduce((total, period) => total + bounded(limit, period, rowUpper), 0);
    }
  });
  const dearest = (a, b) => b.price - a.price || (a.id < b.id ? -1 : 1);
  plan.limits = plan.limits.map((old, at) => (at === span ? limits.sort(dearest) : old));
  plan.depths = plan.depths.map((old, at) => (at === span ? depths.sort(dearest) : old));
  plan.cards.rent = plan.cards.rent.map((old, at) => (at === span ? rent : old));
  plan.unpriced.delete(span);
}

/** What a joint limit allows in a period: it is reached. */
function bounded(limit, period, rowUpper) {
  const at = limit.periods.indexOf(period);
  const own = at < 0 ? 0 : rowUpper[limit.rows[at]];
  return Number.isFinite(own) ? own : 0;
}

/** What a subject carries in a span. */
export const carried = ({ block, at }, read, span) => summed(read[block], at, span);
