/**
 * What is built: an option stands by the bounds of the columns that count its units.  What moves in added capacity,
 * and so pays less, begins where the old is full: that is a whole number, and is decided first (build_decisions.py).
 */

import { CONE, tangents } from "./cones.js";
import { withRows } from "./form.js";
import { whole } from "./model.js";

const CUTS = 400;
const unitsOf = ({ levers }, moved, at) => moved[at] ?? levers[at].start;
const stands = (programme, moved) => (at) => unitsOf(programme, moved, at) > 0;

/** The programme with as many units of each option as its lever says, and nothing moving in added capacity. */
export function built(programme, form, moved) {
  const { levers, full } = programme;
  const [colLower, colUpper] = [form.colLower.slice(), form.colUpper.slice()];
  levers.forEach((lever, at) => {
    if (lever.kind !== "build") return;
    lever.columns.forEach((column, place) => {
      colLower[column] = colUpper[column] = lever.open[place] * unitsOf(programme, moved, at);
    });
  });
  for (const { columns } of full) for (const column of columns) colUpper[column] = 0;
  return { ...form, colLower, colUpper };
}

/** The programme with it decided where the old capacity is full; tangents that are met on the way join the `cuts`. */
export function decided(highs, programme, form, moved, cones, cuts) {
  const open = programme.full.filter(({ levers }) => levers.some(stands(programme, moved)));
  const columns = open.flatMap((own) => [...own.columns]);
  if (!columns.length) return form;
  const within = (low, high) => {
    const [colLower, colUpper] = [form.colLower.slice(), form.colUpper.slice()];
    columns.forEach((column, at) => {
      [colLower[column], colUpper[column]] = [low[at] ?? 0, high[at] ?? 1];
    });
    return { ...form, colLower, colUpper };
  };
  const free = within([], []);
  for (let round = 0; round < CUTS; round += 1) {
    const x = whole(highs, withRows(free, cuts), columns);
    if (x === null) return form;
    const more = tangents(cones, x, CONE);
    if (!more.length) {
      const at = columns.map((column) => Math.round(x[column]));
      return within(at, at);
    }
    cuts.push(...more);
  }
  return form;
}

/** What limits the rows at a point: their bounds with what is built added. */
export function widened({ levers }, { start, index, value, rowUpper }, x) {
  const limit = rowUpper.slice();
  for (const { columns } of levers.filter(({ kind }) => kind === "build")) {
    for (const column of columns) {
      for (let at = start[column]; at < start[column + 1]; at += 1) limit[index[at]] -= value[at] * x[column];
    }
  }
  return limit;
}

/** Who supplies whom with what stands: the steps of options that do not stand lead nowhere (pro_rata.py). */
export function reaching(programme, moved) {
  const { yardsticks } = programme;
  if (!yardsticks.steps) return yardsticks;
  const { tail, head, levers, sources, targets } = yardsticks.steps;
  const next = new Map();
  tail.forEach((from, at) => {
    if (levers[at].length && !levers[at].some(stands(programme, moved))) return;
    if (!next.has(from)) next.set(from, []);
    next.get(from).push(head[at]);
  });
  const [reached, from] = [[], []];
  sources.forEach((source, place) => {
    const seen = new Set([source]);
    for (const node of seen) for (const to of next.get(node) ?? []) seen.add(to);
    targets.forEach((target, at) => {
      if (seen.has(target)) {
        reached.push(at);
        from.push(place);
      }
    });
  });
  return { ...yardsticks, reached, reaching: from };
}
