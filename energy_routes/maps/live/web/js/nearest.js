/**
 * The nearest point of an optimal face: one plan and one set of digits, whichever vertex was found first.
 * Goals, sums of weighted squares, are made least in turn; what each weighs is held before the next.
 */

import { solved } from "./factor.js";
import { residual, snapped, times } from "./form.js";
import { quadratic } from "./model.js";

const SNAP = 1e-9; // a value this near to a bound, over max(1, |bound|), is on it
const NEAR = [SNAP, 1e-7]; // the same for a point of the active-set method
const [EXACT, SMALL] = [1e-12, 1e-3]; // a row that can leave its bound by no more holds its columns, but for slight ones
const ROUNDS = 50;
const [OPTIMAL, PASSABLE] = [1e-9, 1e-7]; // residuals: not looked for any further; refused
const [EXCHANGES, TOGETHER] = [200, 30];
const STEPS = 100;

/** The point of `face` that makes each goal least in turn, from its point `x`; null where none passes our check. */
export function nearest(highs, face, x, goals) {
  let now = face;
  let point = x;
  for (const goal of goals) {
    now = squeezed(now);
    const free = now.colLower.map((low, column) => (low < now.colUpper[column] ? 1 : 0));
    point = point.map((value, column) => (free[column] ? value : now.colLower[column]));
    if (free.some((is, column) => is && goal.weight[column] > 0)) {
      point = least(highs, now, point, goal);
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
  for (let round = 0; round < ROUNDS; round += 1) {
    const [least, most, base] = [new Float64Array(rows), new Float64Array(rows), new Float64Array(rows)];
    const count = new Int32Array(rows);
    for (let column = 0; column < low.length; column += 1) {
      const free = low[column] < high[column];
      for (let at = start[column]; at < start[column + 1]; at += 1) {
        const [one, other] = [value[at] * low[column], value[at] * high[column]];
        if (!free) base[index[at]] += one;
        else {
          least[index[at]] += Math.min(one, other);
          most[index[at]] += Math.max(one, other);
          count[index[at]] += 1;
        }
      }
    }
    const side = new Int8Array(rows); // 1: at its most only with all at their least; −1: the other way; 2: one is left
    for (let row = 0; row < rows; row += 1) {
      if (base[row] + least[row] >= rowUpper[row] - slight(rowUpper[row])) side[row] = 1;
      else if (base[row] + most[row] <= rowLower[row] + slight(rowLower[row])) side[row] = -1;
      else if (rowLower[row] === rowUpper[row] && count[row] === 1) side[row] = 2;
    }
    let some = false;
    for (let column = 0; column < low.length; column += 1) {
      if (low[column] >= high[column]) continue;
      let end = null;
      for (let at = start[column]; at < start[column + 1]; at += 1) {
        const row = index[at];
        if (!side[row] || Math.abs(value[at]) < SMALL) continue;
        if (side[row] === 2) end = (rowLower[row] - base[row]) / value[at];
        else end = side[row] === 1 === value[at] > 0 ? low[column] : high[column];
      }
      if (end === null) continue;
      low[column] = end;
      high[column] = end;
      some = true;
    }
    if (!some) break;
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
  return { part, free };
}

/** The point of a squeezed face that makes one goal least; what it does not weigh is any that fits. */
function least(highs, face, x, goal) {
  const { part, free } = reduced(face, x);
  const weight = Float64Array.from(free, (column) => goal.weight[column]);
  const target = Float64Array.from(free, (column) => goal.target[column]);
  let [best, out] = [PASSABLE, null];
  for (const [point, dual] of candidates(highs, part, Float64Array.from(free, (column) => x[column]), weight, target)) {
    const worst = residual({ ...part, cost: slopeAt(point, weight, target) }, point, dual);
    if (worst < best) [best, out] = [worst, point];
    if (best <= OPTIMAL) break;
  }
  if (out === null) return null;
  const whole = x.slice();
  free.forEach((column, at) => {
    whole[column] = out[at];
  });
  return whole;
}

const slopeAt = (point, weight, target) => point.map((value, at) => 2 * weight[at] * (value - target[at]));

/** Points that may be the least, each with duals: by exchange from where we are, then from what HiGHS finds. */
function* candidates(highs, part, x, weight, target) {
  const rows = rowsOf(part);
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
  }
  yield exchanged(part, rows, found.x, weight, target);
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

/** The least point by exchange of its active set (a primal-dual active-set method: Hintermüller, Ito, Kunisch 2002). */
function exchanged(part, rows, from, weight, target) {
  const [count, size] = [rows.length, from.length];
  const low = [...part.rowLower, ...part.colLower];
  const high = [...part.rowUpper, ...part.colUpper];
  const finite = (bound) => (Number.isFinite(bound) ? Math.abs(bound) : 0);
  const slack = low.map((bound, at) => SNAP * Math.max(1, finite(bound), finite(high[at])));
  const whole = [...rows, ...Array.from(from, (_, column) => ({ columns: [column], values: [1] }))];
  const valued = (point) => [...times(part, point), ...point];
  let value = valued(from);
  const equal = low.map((bound, at) => bound === high[at]);
  const side = value.map((own, at) => (own <= low[at] + slack[at] ? -1 : own >= high[at] - slack[at] ? 1 : 0));
  equal.forEach((is, at) => {
    if (is) side[at] = -1;
  });
  const diagonal = weight.map((own) => 2 * own);
  const pull = weight.map((own, at) => 2 * own * target[at]);
  let x = from;
  let prices = new Float64Array(count + size);
  for (let turn = 0; turn < EXCHANGES; turn += 1) {
    const active = [...side.keys()].filter((at) => side[at]);
    const right = [...pull, ...active.map((at) => (side[at] < 0 ? low : high)[at])];
    const answer = solved(diagonal, active.map((at) => whole[at]), right, x);
    x = answer.slice(0, size);
    prices = new Float64Array(count + size);
    active.forEach((at, place) => {
      prices[at] = -answer[size + place];
    });
    value = valued(x);
    const wrong = value.map((own, at) => {
      if (side[at] === 0) return Math.max(low[at] - own, own - high[at]) - slack[at];
      return (equal[at] ? 0 : side[at] * prices[at]) - OPTIMAL;
    });
    const worst = wrong.reduce((most, own, at) => (own > wrong[most] ? at : most), 0);
    if (!(wrong[worst] > 0)) break;
    const moved = turn < TOGETHER ? [...wrong.keys()].filter((at) => wrong[at] > 0) : [worst];
    for (const at of moved) side[at] = side[at] !== 0 ? 0 : value[at] < low[at] ? -1 : 1;
  }
  const point = snapped(snapped(x, part.colLower, SNAP), part.colUpper, SNAP);
  return [point, prices.slice(0, count)];
}

/** The same point from its active set alone: least squares under the tight rows, columns at a bound kept there. */
function refined(part, rows, x, weight, target, near) {
  const point = snapped(snapped(x, part.colLower, near), part.colUpper, near);
  const inner = [...point.keys()].filter((at) => point[at] !== part.colLower[at] && point[at] !== part.colUpper[at]);
  const place = new Int32Array(point.length).fill(-1);
  inner.forEach((column, at) => {
    place[column] = at;
  });
  const activity = snapped(snapped(times(part, point), part.rowLower, near), part.rowUpper, near);
  const tight = [...activity.keys()].filter((row) => [part.rowLower[row], part.rowUpper[row]].includes(activity[row]));
  const own = tight.map((row) => {
    const kept = [...rows[row].columns.keys()].filter((at) => place[rows[row].columns[at]] >= 0);
    return { columns: kept.map((at) => place[rows[row].columns[at]]), values: kept.map((at) => rows[row].values[at]) };
  });
  const fixed = times(part, point.map((value, column) => (place[column] >= 0 ? 0 : value)));
  const diagonal = Float64Array.from(inner, (column) => 2 * weight[column]);
  const right = [...inner.map((column) => 2 * weight[column] * target[column]),
    ...tight.map((row) => activity[row] - fixed[row])];
  const answer = solved(diagonal, own, right, Float64Array.from(inner, (column) => point[column]));
  const better = point.slice();
  inner.forEach((column, at) => {
    better[column] = answer[at];
  });
  const dual = new Float64Array(rows.length);
  tight.forEach((row, at) => {
    dual[row] = -answer[inner.length + at];
  });
  return [snapped(snapped(better, part.colLower, SNAP), part.colUpper, SNAP), dual];
}
