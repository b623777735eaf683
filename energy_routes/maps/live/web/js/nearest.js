/**
 * The nearest point of an optimal face: one plan and one set of digits, whichever vertex was found first.
 * Goals, sums of weighted squares, are made least in turn; what each weighs is held before the next.
 */

import { solved } from "./factor.js";
import { residual, snapped, times, turned } from "./form.js";
import { quadratic } from "./model.js";

const SNAP = 1e-9; // a value this near to a bound, over max(1, |bound|), is on it
const NEAR = [SNAP, 1e-7]; // the same for a point of the active-set method
const [EXACT, SMALL] = [1e-12, 1e-3]; // a row that can leave its bound by no more holds its columns, but for slight ones
const ROUNDS = 50;
const [OPTIMAL, PASSABLE] = [1e-9, 1e-7]; // residuals: not looked for any further; refused
const [EXCHANGES, TOGETHER] = [200, 30];
const STEPS = 100;

/**
 * The point of `face` that makes each goal least in turn, from its point `x`; null where none passes our check.
 * `known` keeps from answer to answer what was active at each goal.
 */
export function nearest(highs, face, x, goals, known) {
  let now = face;
  let point = x;
  for (const [turn, goal] of goals.entries()) {
    now = squeezed(now);
    const free = now.colLower.map((low, column) => (low < now.colUpper[column] ? 1 : 0));
    point = point.map((value, column) => (free[column] ? value : now.colLower[column]));
    if (free.some((is, column) => is && goal.weight[column] > 0)) {
      point = least(highs, now, point, goal, (known[turn] ??= {}));
      if (point === null) return null;
    }
    const held = (bound) => bound.map((value, column) => (goal.weight[column] > 0 ? point[column] : value));
    now = { ...now, colLower: held(now.colLower), colUpper: held(now.colUpper) };
  }
  return point;
}

/** The same points, with those columns held that the rows leave no room to move. */
export function squeezed(face) {
  const { start, index, value, rowLower, rowUpper } = face;
  const [low, high] = [face.colLower.slice(), face.colUpper.slice()];
  const rows = rowLower.length;
  const slight = (bound) => EXACT * Math.max(1, Number.isFinite(bound) ? Math.abs(bound) : 0);
  const base = new Float64Array(rows);
  let free = [];
  const hold = (column) => {
    for (let at = start[column]; at < start[column + 1]; at += 1) base[index[at]] += value[at] * low[column];
  };
  for (let column = 0; column < low.length; column += 1) {
    if (low[column] < high[column]) free.push(column);
    else if (low[column] !== 0) hold(column);
  }
  const [least, most] = [new Float64Array(rows), new Float64Array(rows)];
  const [count, side] = [new Int32Array(rows), new Int8Array(rows)];
  for (let round = 0; round < ROUNDS; round += 1) {
    least.fill(0);
    most.fill(0);
    count.fill(0);
    for (const column of free) {
      for (let at = start[column]; at < start[column + 1]; at += 1) {
        if (value[at] === 0) continue;
        const [row, up] = [index[at], value[at] > 0];
        least[row] += value[at] * (up ? low[column] : high[column]);
        most[row] += value[at] * (up ? high[column] : low[column]);
        count[row] += 1;
      }
    }
    for (let row = 0; row < rows; row += 1) {
      side[row] = 0; // 1: at its most only with all at their least; −1: the other way; 2: one column is left
      if (!count[row]) continue;
      if (base[row] + least[row] >= rowUpper[row] - slight(rowUpper[row])) side[row] = 1;
      else if (base[row] + most[row] <= rowLower[row] + slight(rowLower[row])) side[row] = -1;
      else if (rowLower[row] === rowUpper[row] && count[row] === 1) side[row] = 2;
    }
    const held = [];
    const left = [];
    for (const column of free) {
      let end = null;
      for (let at = start[column]; at < start[column + 1]; at += 1) {
        const row = index[at];
        if (!side[row] || Math.abs(value[at]) < SMALL) continue;
        if (side[row] === 2) end = (rowLower[row] - base[row]) / value[at];
        else end = (side[row] === 1) === value[at] > 0 ? low[column] : high[column];
      }
      if (end === null) left.push(column);
      else {
        low[column] = high[column] = end;
        held.push(column);
      }
    }
    if (!held.length) break;
    held.forEach(hold);
    free = left;
  }
  return { ...face, colLower: low, colUpper: high };
}

/** The face as a programme of its free columns alone and of the rows that can still be broken; it has no costs. */
function reduced(face, x) {
  const free = [...x.keys()].filter((column) => face.colLower[column] < face.colUpper[column]);
  const isFree = new Uint8Array(x.length);
  for (const column of free) isFree[column] = 1;
  const base = times(face, x.map((value, column) => (isFree[column] ? 0 : value)));
  const rows = base.length;
  const [least, most, count] = [base.slice(), base.slice(), new Int32Array(rows)];
  for (const column of free) {
    for (let at = face.start[column]; at < face.start[column + 1]; at += 1) {
      const ends = [face.value[at] * face.colLower[column], face.value[at] * face.colUpper[column]];
      least[face.index[at]] += Math.min(...ends);
      most[face.index[at]] += Math.max(...ends);
      count[face.index[at]] += 1;
    }
  }
  const place = new Int32Array(rows).fill(-1);
  const kept = [];
  for (let row = 0; row < rows; row += 1) {
    if (count[row] && (least[row] < face.rowLower[row] || most[row] > face.rowUpper[row])) {
      place[row] = kept.length;
      kept.push(row);
    }
  }
  const [start, index, value] = [[0], [], []];
  for (const column of free) {
    for (let at = face.start[column]; at < face.start[column + 1]; at += 1) {
      if (place[face.index[at]] < 0) continue;
      index.push(place[face.index[at]]);
      value.push(face.value[at]);
    }
    start.push(index.length);
  }
  const part = {
    sense: 1, offset: 0, cost: new Float64Array(free.length),
    start: Int32Array.from(start), index: Int32Array.from(index), value: Float64Array.from(value),
    rowLower: Float64Array.from(kept, (row) => face.rowLower[row] - base[row]),
    rowUpper: Float64Array.from(kept, (row) => face.rowUpper[row] - base[row]),
    colLower: Float64Array.from(free, (column) => face.colLower[column]),
    colUpper: Float64Array.from(free, (column) => face.colUpper[column]),
  };
  return { part, free, kept };
}

/** The point of a squeezed face that makes one goal least; what it does not weigh is any that fits. */
function least(highs, face, x, goal, known) {
  const { part, free, kept } = reduced(face, x);
  const weight = Float64Array.from(free, (column) => goal.weight[column]);
  const target = Float64Array.from(free, (column) => goal.target[column]);
  let [best, out] = [PASSABLE, null];
  const own = Float64Array.from(free, (column) => x[column]);
  for (const [point, dual, side] of candidates(highs, part, own, weight, target, remembered(known, kept, free))) {
    const worst = residual({ ...part, cost: slopeAt(point, weight, target) }, point, dual);
    if (worst < best) {
      [best, out] = [worst, point];
      if (side) remember(known, kept, free, side);
    }
    if (best <= OPTIMAL) break;
  }
  if (out === null) return null;
  const whole = x.slice();
  free.forEach((column, at) => {
    whole[column] = out[at];
  });
  return whole;
}

/** What was active when the goal was last made least; null where nothing is known. */
function remembered({ rows, columns }, kept, free) {
  return rows ? Int8Array.from([...kept.map((row) => rows[row] ?? 0), ...free.map((column) => columns[column] ?? 0)]) : null;
}

function remember(known, kept, free, side) {
  known.rows ??= [];
  known.columns ??= [];
  kept.forEach((row, at) => {
    known.rows[row] = side[at];
  });
  free.forEach((column, at) => {
    known.columns[column] = side[kept.length + at];
  });
}

const slopeAt = (point, weight, target) => point.map((value, at) => 2 * weight[at] * (value - target[at]));

/** Points that may be the least, with duals: by exchange from what is known, from where we are, by HiGHS. */
function* candidates(highs, part, x, weight, target, sides) {
  const rows = rowsOf(part);
  if (sides) yield exchanged(part, rows, x, weight, target, possible(sides, part));
  yield exchanged(part, rows, x, weight, target);
  const curve = weight.map((own) => 2 * own);
  const cost = weight.map((own, at) => -2 * own * target[at]);
  const limit = STEPS * (part.rowLower.length + x.length);
  const found = quadratic(highs, { ...part, cost }, curve, limit);
  if (found === null) return;
  for (const near of NEAR) {
    const [point, dual] = refined(part, rows, found.x, weight, target, near);
    yield [point, found.dual];
    yield [point, dual];
    yield [point, settled(part, rows, point, found.dual, weight, target)];
  }
  yield [found.x, found.dual]; // where cuts are nearly parallel, the place where all of them meet may lie far from it
  yield exchanged(part, rows, found.x, weight, target);
}

/** The duals corrected on the rows that have one, so that columns between their bounds have no reduced cost. */
function settled(part, rows, point, dual, weight, target) {
  const inner = [...point.keys()].filter((at) => point[at] !== part.colLower[at] && point[at] !== part.colUpper[at]);
  const priced = [...dual.keys()].filter((row) => dual[row] !== 0);
  const place = new Int32Array(point.length).fill(-1);
  inner.forEach((column, at) => {
    place[column] = at;
  });
  const across = inner.map(() => ({ columns: [], values: [] })); // the columns between their bounds, as rows
  priced.forEach((row, at) => {
    const own = within(rows[row], place);
    own.columns.forEach((column, entry) => {
      across[column].columns.push(at);
      across[column].values.push(own.values[entry]);
    });
  });
  const reached = turned(part, dual);
  const slope = slopeAt(point, weight, target);
  const missing = inner.map((column) => slope[column] - reached[column]);
  const none = new Float64Array(priced.length);
  const step = solved(new Float64Array(priced.length).fill(1), across, [...none, ...missing], none);
  const out = Float64Array.from(dual);
  priced.forEach((row, at) => {
    out[row] += step[at];
  });
  return out;
}

/** Sides without those at bounds that are not there. */
function possible(sides, { rowLower, rowUpper, colLower, colUpper }) {
  const count = rowLower.length;
  return sides.map((side, at) => {
    const [low, high] = at < count ? [rowLower[at], rowUpper[at]] : [colLower[at - count], colUpper[at - count]];
    return Number.isFinite(side < 0 ? low : high) ? side : 0;
  });
}

/** The rows of a programme: {columns, values} each. */
function rowsOf({ start, index, value, rowLower, cost }) {
  const rows = Array.from(rowLower, () => ({ columns: [], values: [] }));
  for (let column = 0; column < cost.length; column += 1) {
    for (let at = start[column]; at < start[column + 1]; at += 1) {
      rows[index[at]].columns.push(column);
      rows[index[at]].values.push(value[at]);
    }
  }
  return rows;
}

/** At which bound each value stands: −1, 1, or 0 for none. */
function sidesOf(value, low, high, slack) {
  return Int8Array.from(value, (own, at) => (own <= low[at] + slack[at] ? -1 : own >= high[at] - slack[at] ? 1 : 0));
}

/**
 * The least point by exchange of its active set (a primal-dual active-set method: Hintermüller, Ito, Kunisch 2002),
 * begun at `sides`, or where a point stands.
 */
function exchanged(part, rows, from, weight, target, sides) {
  const [count, size] = [rows.length, from.length];
  const low = Float64Array.from([...part.rowLower, ...part.colLower]);
  const high = Float64Array.from([...part.rowUpper, ...part.colUpper]);
  const finite = (bound) => (Number.isFinite(bound) ? Math.abs(bound) : 0);
  const slack = low.map((bound, at) => SNAP * Math.max(1, finite(bound), finite(high[at])));
  const valued = (point) => Float64Array.from([...times(part, point), ...point]);
  const side = sides ?? sidesOf(valued(from), low, high, slack);
  for (let row = 0; row < count; row += 1) if (low[row] === high[row]) side[row] = -1;
  let [x, dual] = [from, null];
  for (let turn = 0; turn < EXCHANGES; turn += 1) {
    [x, dual] = pinned(part, rows, from, weight, target, side, low, high);
    const value = valued(x);
    const reached = turned(part, dual);
    const wrong = value.map((own, at) => {
      if (side[at] === 0) return Math.max(low[at] - own, own - high[at]) - slack[at];
      if (at < count) return low[at] === high[at] ? -1 : side[at] * dual[at] - OPTIMAL;
      const column = at - count;
      return side[at] * (2 * weight[column] * (x[column] - target[column]) - reached[column]) - OPTIMAL;
    });
    let worst = 0;
    for (let at = 1; at < wrong.length; at += 1) if (wrong[at] > wrong[worst]) worst = at;
    if (!(wrong[worst] > 0)) break;
    for (let at = 0; at < wrong.length; at += 1) {
      if (turn < TOGETHER ? wrong[at] > 0 : at === worst) side[at] = side[at] !== 0 ? 0 : value[at] < low[at] ? -1 : 1;
    }
  }
  return [snapped(snapped(x, part.colLower, SNAP), part.colUpper, SNAP), dual, side];
}

/** The least point with what has a side at its bound, and the duals of the rows. */
function pinned(part, rows, from, weight, target, side, low, high) {
  const count = rows.length;
  const place = new Int32Array(from.length).fill(-1);
  const inner = [];
  const x = from.slice();
  for (let column = 0; column < x.length; column += 1) {
    const own = side[count + column];
    if (own) x[column] = own < 0 ? low[count + column] : high[count + column];
    else {
      place[column] = inner.length;
      inner.push(column);
    }
  }
  const fixed = times(part, x.map((value, column) => (place[column] < 0 ? value : 0)));
  const tight = [];
  for (let row = 0; row < count; row += 1) if (side[row]) tight.push(row);
  const right = [...inner.map((column) => 2 * weight[column] * target[column]),
    ...tight.map((row) => (side[row] < 0 ? low[row] : high[row]) - fixed[row])];
  const answer = solved(Float64Array.from(inner, (column) => 2 * weight[column]), tight.map((row) => within(rows[row], place)),
    right, Float64Array.from(inner, (column) => from[column]));
  inner.forEach((column, at) => {
    x[column] = answer[at];
  });
  const dual = new Float64Array(count);
  tight.forEach((row, at) => {
    dual[row] = -answer[inner.length + at];
  });
  return [x, dual];
}

/** A row in some of its columns alone, by their places; −1: left out. */
function within({ columns, values }, place) {
  const own = { columns: [], values: [] };
  for (let at = 0; at < columns.length; at += 1) {
    if (place[columns[at]] < 0) continue;
    own.columns.push(place[columns[at]]);
    own.values.push(values[at]);
  }
  return own;
}

/** The same point from its active set alone: least squares under the tight rows, columns at a bound kept there. */
function refined(part, rows, x, weight, target, near) {
  const point = snapped(snapped(x, part.colLower, near), part.colUpper, near);
  const low = Float64Array.from([...part.rowLower, ...part.colLower]);
  const high = Float64Array.from([...part.rowUpper, ...part.colUpper]);
  const activity = snapped(snapped(times(part, point), part.rowLower, near), part.rowUpper, near);
  const side = sidesOf([...activity, ...point], low, high, new Float64Array(low.length));
  const [better, dual] = pinned(part, rows, point, weight, target, side, low, high);
  return [snapped(snapped(better, part.colLower, SNAP), part.colUpper, SNAP), dual];
}
