/** The page's content, and how to look into it. */

export const content = JSON.parse(document.getElementById("content").textContent);
export const { arcs, nodes, plans, spans, corridors, kind } = content;
export const WHOLE = spans.length - 1; // the last span is all periods together

arcs.forEach((arc, number) => {
  arc.n = number;
});
const nodesById = new Map(nodes.map((node) => [node.id, node]));
const arcsById = new Map(arcs.map((arc) => [arc.id, arc]));
const corridorsById = new Map(corridors.map((one) => [one.id, one]));

export const nodeOf = (id) => nodesById.get(id);
export const arcOf = (id) => arcsById.get(id);
export const corridorOf = (id) => corridorsById.get(id);

const familiesById = new Map(content.families.map((family) => [family.id, family]));
export const familyOf = (id) => familiesById.get(id);
export const families = [...familiesById.keys()];

/** The corridors that an arc belongs to. */
export function corridorsOf(arc) {
  return corridors.filter((one) => one.arcs.includes(arc.n));
}

const sorted = new WeakMap(); // bottlenecks of a plan in a span → by arc

/** Bottlenecks of a plan in a span: arc number → limits shown on it. */
function limitsByArc(limits) {
  if (!sorted.has(limits)) {
    const found = new Map();
    for (const limit of limits) {
      found.set(limit.arc, [...(found.get(limit.arc) ?? []), limit]);
    }
    sorted.set(limits, found);
  }
  return sorted.get(limits);
}

/**
 * What one plan says of one arc in one span: flow, capacity (null: no limit),
 * utilisation (null: none), tariff, status, the limits that bind on it, and over all periods the least and the most
 * in plans as good (null: it can be no other).
 */
export function reading(arc, plan, span) {
  const told = plans[plan];
  const flow = told.volume[arc.n][span];
  const capacity = told.capacity[arc.n][span];
  return {
    flow,
    capacity,
    used: capacity > 0 ? flow / capacity : null,
    price: told.price[arc.n][span],
    tariff: told.tariff[arc.n],
    status: told.status[arc.n],
    limits: limitsByArc(told.limits[span]).get(arc.n) ?? [],
    could: span === WHOLE ? told.could[arc.n] : null,
    band: span === WHOLE ? (told.bands?.arcs[arc.n] ?? null) : null, // P10, P90, share of draws that use it
  };
}

/** Whether a line itself is full, and one more unit of it worth something. */
export const isFull = (now) => now.limits.some((limit) => limit.sign === "full");

/** Whether it is known what the limits of a plan are worth in a span. */
export const isPriced = (plan, span) => !plans[plan].unpriced?.has(span);

/** The key figure of a plan in a span; null where it has none. */
export function figure(key, plan, span) {
  const told = plans[plan];
  if (key === "bottlenecks") return isPriced(plan, span) ? told.limits[span].length : null;
  return told.cards[key]?.[span] ?? null;
}

/** The routes of a plan that run through an arc, largest first. */
export function routesThrough(arc, plan) {
  return plans[plan].routes.filter((route) => route.arcs.includes(arc.n));
}
