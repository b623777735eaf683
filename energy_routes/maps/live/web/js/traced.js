/**
 * How each lifted tonne reaches its buyer: proportional tracing, the largest parcels first (plan/flow_tracing.py).
 * What leaves a place is mixed from what arrives; tanks are an arc in time.
 */

const [COVER, DUST, TIED, MOST, DELIVERED] = [0.999, 1e-9, 1e-6, 200_000, -1];

/** Parcels, the largest first; of equal ones the older. */
class Heap {
  constructor() {
    this.all = [];
  }

  before(one, other) {
    const [a, b] = [this.all[one], this.all[other]];
    return a.volume > b.volume || (a.volume === b.volume && a.age < b.age);
  }

  swap(one, other) {
    [this.all[one], this.all[other]] = [this.all[other], this.all[one]];
  }

  push(parcel) {
    this.all.push(parcel);
    for (let at = this.all.length - 1; at > 0; ) {
      const up = (at - 1) >> 1;
      if (!this.before(at, up)) return;
      this.swap(at, up);
      at = up;
    }
  }

  pop() {
    const [first] = this.all;
    const last = this.all.pop();
    if (this.all.length) this.all[0] = last;
    for (let at = 0; ; ) {
      let least = at;
      for (const below of [2 * at + 1, 2 * at + 2]) if (below < this.all.length && this.before(below, least)) least = below;
      if (least === at) return first;
      this.swap(at, least);
      at = least;
    }
  }
}

/** The ways out of every place, each with its share of what passes. */
function waysOut({ places, steps, tanks }, x) {
  const ways = [];
  const add = (start, end, volume, arc = -1, buyer = -1) => {
    if (volume > DUST) ways.push({ start, end, volume, arc, buyer });
  };
  steps.column.forEach((column, at) => add(steps.start[at], steps.end[at], x[column], steps.arc[at], steps.buyer[at]));
  const opening = (at) => x[tanks.stock[at]] - x[tanks.injected[at]] + x[tanks.withdrawn[at]];
  tanks.node.forEach((node, at) => {
    const held = x[tanks.stock[at]];
    const kept = tanks.last[at] ? Math.min(held, opening(tanks.next[at])) : held;
    add(node, places + at, x[tanks.injected[at]]);
    add(places + at, node, x[tanks.withdrawn[at]]);
    add(places + at, places + tanks.next[at], kept);
    add(places + at, DELIVERED, held - kept);
  });
  const out = new Map();
  for (const way of ways) out.set(way.start, [...(out.get(way.start) ?? []), way]);
  for (const own of out.values()) {
    const whole = own.reduce((total, { volume }) => total + volume, 0);
    for (const way of own) way.share = way.volume / whole;
  }
  return out;
}

/** What a route is called: where it starts, the lines that carry it, the ports, and where it is sold. */
function named({ arcs, origins, buyers }, { origin, buyer, way }) {
  const [start, end] = [origins[origin], buyers[buyer]];
  const own = way.map((arc) => arcs[arc]);
  const marks = own.flatMap(({ line, told, node }) => [line, node === start.node || node === end.node ? "" : told]).filter(Boolean);
  const hubs = own.filter(({ hub, node }) => hub && node !== end.node).map(({ hub }) => hub).slice(0, 2);
  return [...new Set([start.name, ...(marks.length ? marks : hubs), end.name])].join(" → ");
}

/** The volume of each route by its name, Mt (bcm); what stays in tanks, or was in them, is on none. */
export function routes(tracing, x) {
  const out = waysOut(tracing, x);
  const { column, place, origin, family } = tracing.sources;
  const found = new Map();
  for (const own of new Set(family)) {
    const heap = new Heap();
    let [left, age, least] = [0, 0, 0];
    column.forEach((at, source) => {
      if (family[source] !== own || !(x[at] > DUST)) return;
      heap.push({ volume: x[at], age: (age += 1), place: place[source], origin: origin[source], way: null });
      left += x[at];
    });
    const rest = left * (1 - COVER);
    for (let step = 0; step < MOST && heap.all.length && heap.all[0].volume >= least; step += 1) {
      const parcel = heap.pop();
      for (const { share, end, arc, buyer } of out.get(parcel.place) ?? []) {
        const volume = parcel.volume * share;
        const way = arc < 0 ? parcel.way : { arc, before: parcel.way };
        if (end === DELIVERED) {
          left -= volume;
          if (buyer < 0) continue;
          const arcs = [];
          for (let at = way; at; at = at.before) arcs.unshift(at.arc);
          const name = named(tracing, { origin: parcel.origin, buyer, way: arcs });
          found.set(name, (found.get(name) ?? 0) + volume);
        } else if (volume > DUST) heap.push({ volume, age: (age += 1), place: end, origin: parcel.origin, way });
      }
      if (left <= rest && !least) least = parcel.volume * (1 - TIED);
    }
  }
  return [...found].sort(([, one], [, other]) => other - one);
}
