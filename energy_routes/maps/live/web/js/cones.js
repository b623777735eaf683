/** Caps on concentration: second-order cones, cut by tangents until the point is inside (concentration.py). */

export const CONE = 1e-9; // largest violation that is left, over √H·Σx
const SMALLEST = 1e-9; // what a solver drops

const sum = (x, columns) => columns.reduce((total, column) => total + x[column], 0);

/** Cuts, {columns, weights} each, for every cone that a point breaks by more than `within`. */
export function tangents(cones, x, within) {
  const found = [];
  for (const { cap, groups } of cones) {
    const moved = groups.map((group) => Math.max(0, sum(x, group.columns)));
    const norm = Math.sqrt(groups.reduce((total, group, at) => total + group.weight * moved[at] ** 2, 0));
    if (!(norm > 0)) continue;
    const root = Math.sqrt(cap);
    const own = groups.map((group, at) => (group.weight * moved[at]) / norm - root);
    const kept = own.map((weight) => (Math.abs(weight) <= SMALLEST ? 0 : weight));
    const beyond = kept.reduce((total, weight, at) => total + weight * moved[at], 0);
    if (beyond <= within * root * moved.reduce((total, volume) => total + volume, 0)) continue;
    const columns = groups.flatMap((group) => [...group.columns]);
    const weights = groups.flatMap((group, at) => Array.from(group.columns, () => kept[at]));
    found.push({ columns, weights });
  }
  return found;
}

/** The weighted index of a cone at a point. */
export function indexOf({ groups }, x) {
  const moved = groups.map((group) => Math.max(0, sum(x, group.columns)));
  const total = moved.reduce((all, volume) => all + volume, 0);
  return total > 0 ? groups.reduce((all, group, at) => all + group.weight * (moved[at] / total) ** 2, 0) : 0;
}
