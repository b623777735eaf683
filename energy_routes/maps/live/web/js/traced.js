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

/** What a unit of a column adds to each line of the netback sheet, by the numbers of the columns. */
function payer({ terms, lines }, arrays) {
  const told = terms.filter(({ line }) => line >= 0).map(({ id, line }) => ({ line, weight: arrays[`term.${id}`] }));
  return (column) => {
    const money = new Float64Array(lines);
    for (const { line, weight } of told) money[line] += weight[column];
    return money;
  };
}

/** The ways out of every place, each with its share of what passes, what is kept of it, and what a unit pays. */
function waysOut({ tracing: { places, steps, tanks }, lines }, x, paid) {
  const ways = [];
  const free = new Float64Array(lines);
  const lead = (start, end, volume, more = {}) => {
    if (volume > DUST) ways.push({ start, end, volume, arc: -1, buyer: -1, kept: 1, money: free, ...more });
  };
  steps.column.forEach((column, at) => {
    if (!(x[column] > DUST)) return;
    const [arc, buyer, kept] = [steps.arc[at], steps.buyer[at], steps.kept[at]];
    lead(steps.start[at], steps.end[at], x[column], { arc, buyer, kept, money: paid(column) });
  });
  const opening = (at) => x[tanks.stock[at]] - x[tanks.injected[at]] + x[tanks.withdrawn[at]];
  tanks.node.forEach((node, at) => {
    const held = x[tanks.stock[at]];
    const kept = tanks.last[at] ? Math.min(held, opening(tanks.next[at])) : held;
    lead(node, places + at, x[tanks.injected[at]]);
    lead(places + at, node, x[tanks.withdrawn[at]]);
    lead(places + at, places + tanks.next[at], kept);
    lead(places + at, DELIVERED, held - kept);
  });
  const out = new Map();
  for (const way of ways) {
    if (!out.has(way.start)) out.set(way.start, []);
    out.get(way.start).push(way);
  }
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

/** Routes, each added up from what is delivered; those that read the same, of one family and shipper, are one. */
class Tally {
  constructor(programme, known) {
    Object.assign(this, programme.tracing, { lines: programme.lines, known, found: new Map() });
  }

  /** Add a volume at the well of a source, with the steps that it has come by, the last one first. */
  deliver(source, volume, trail) {
    const route = this.routeOf(source, trail);
    route.volume += volume;
    for (let line = 0; line < this.lines; line += 1) {
      let gained = 0; // of a unit that arrives at a step
      for (let at = trail; at; at = at.before) gained = at.step.money[line] + at.step.kept * gained;
      route.money[line] += volume * gained;
    }
  }

  routeOf(source, trail) {
    let way = `${this.sources.origin[source]},${this.sources.family[source]},${trail.step.buyer}`;
    for (let at = trail; at; at = at.before) if (at.step.arc >= 0) way += `,${at.step.arc}`;
    if (!this.known.has(way)) this.known.set(way, this.called(source, trail));
    const { key, ids, labels } = this.known.get(way);
    if (!this.found.has(key)) {
      this.found.set(key, { ...labels, arcs: new Set(), volume: 0, money: new Float64Array(this.lines) });
    }
    const route = this.found.get(key);
    for (const id of ids) route.arcs.add(id);
    return route;
  }

  /** What a way is called, by what it is the same as others, and its arcs. */
  called(source, trail) {
    const { origins, buyers, arcs, families, sources } = this;
    const [origin, { buyer }] = [sources.origin[source], trail.step];
    const way = [];
    for (let at = trail; at; at = at.before) if (at.step.arc >= 0) way.unshift(at.step.arc);
    const { export: abroad } = buyers[buyer];
    const labels = { name: named(this, { origin, buyer, way }), family: families[sources.family[source]],
      shipper: origins[origin].shipper, export: abroad };
    const corridor = (abroad && way.map((arc) => arcs[arc].corridor).find(Boolean)) || "";
    return { key: Object.values(labels).join("|"), ids: way.map((arc) => arcs[arc].id), labels: { ...labels, corridor } };
  }

  /** All of them, the largest first. */
  get told() {
    const all = [...this.found.values()].sort((one, other) => other.volume - one.volume);
    for (const route of all) {
      route.arcs = [...route.arcs];
      for (let line = 0; line < this.lines; line += 1) route.money[line] /= route.volume;
    }
    return all;
  }
}

/**
 * Each route: who and what it joins, its volume at the well, Mt (bcm), and its money by line of the netback sheet, USD per
 * unit of that.  What stays in tanks, or was in them, is on none.  `known` keeps from answer to answer what ways are called.
 */
export function routes(programme, arrays, x, known) {
  const paid = payer(programme, arrays);
  const out = waysOut(programme, x, paid);
  const { column, place, family } = programme.tracing.sources;
  const tally = new Tally(programme, known);
  for (const own of new Set(family)) {
    const heap = new Heap();
    let [left, age, least] = [0, 0, 0];
    column.forEach((at, source) => {
      if (family[source] !== own || !(x[at] > DUST)) return;
      const trail = { step: { arc: -1, kept: 1, money: paid(at) }, before: null };
      heap.push({ volume: x[at], age: (age += 1), place: place[source], source, trail });
      left += x[at];
    });
    const rest = left * (1 - COVER);
    for (let turn = 0; turn < MOST && heap.all.length && heap.all[0].volume >= least; turn += 1) {
      const parcel = heap.pop();
      for (const step of out.get(parcel.place) ?? []) {
        const [volume, trail] = [parcel.volume * step.share, { step, before: parcel.trail }];
        if (step.end === DELIVERED) {
          left -= volume;
          if (step.buyer >= 0) tally.deliver(parcel.source, volume, trail);
        } else if (volume > DUST) heap.push({ ...parcel, volume, age: (age += 1), place: step.end, trail });
      }
      if (left <= rest && !least) least = parcel.volume * (1 - TIED);
    }
  }
  return tally.told;
}
