/**
 * A linear programme as arrays: optimise cost·x + offset (`sense` 1 least, −1 most) subject to
 * rowLower ≤ matrix·x ≤ rowUpper and colLower ≤ x ≤ colUpper; the matrix is in columns: `start`, `index`, `value`.
 */

/** matrix·x, a number a row. */
export function times({ start, index, value, rowLower }, x) {
  const out = new Float64Array(rowLower.length);
  for (let column = 0; column < x.length; column += 1) {
    if (x[column] === 0) continue;
    for (let at = start[column]; at < start[column + 1]; at += 1) out[index[at]] += value[at] * x[column];
  }
  return out;
}

/** y·matrix, a number a column. */
export function turned({ start, index, value, cost }, y) {
  const out = new Float64Array(cost.length);
  for (let column = 0; column < out.length; column += 1) {
    let sum = 0;
    for (let at = start[column]; at < start[column + 1]; at += 1) sum += value[at] * y[index[at]];
    out[column] = sum;
  }
  return out;
}

export function dot(one, other) {
  let sum = 0;
  for (let at = 0; at < one.length; at += 1) sum += one[at] * other[at];
  return sum;
}

export const peak = (values) => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

/** The same programme with rows at its end: `rows` are {columns, weights, most}, each at most 0 or `most`. */
export function withRows(form, rows) {
  if (!rows.length) return form;
  const size = form.rowLower.length;
  const entries = Array.from({ length: form.cost.length }, () => []);
  rows.forEach(({ columns, weights }, row) => {
    columns.forEach((column, at) => weights[at] && entries[column].push([size + row, weights[at]]));
  });
  const start = new Int32Array(form.start.length);
  const more = entries.reduce((sum, own) => sum + own.length, 0);
  const index = new Int32Array(form.index.length + more);
  const value = new Float64Array(form.index.length + more);
  let place = 0;
  for (let column = 0; column < entries.length; column += 1) {
    for (let at = form.start[column]; at < form.start[column + 1]; at += 1) {
      index[place] = form.index[at];
      value[place] = form.value[at];
      place += 1;
    }
    for (const [row, weight] of entries[column]) {
      index[place] = row;
      value[place] = weight;
      place += 1;
    }
    start[column + 1] = place;
  }
  const rowLower = Float64Array.from([...form.rowLower, ...rows.map(() => -Infinity)]);
  const rowUpper = Float64Array.from([...form.rowUpper, ...rows.map(({ most }) => most ?? 0)]);
  return { ...form, start, index, value, rowLower, rowUpper };
}

/** The same programme with one more column, free and in no row. */
export function withColumn(form) {
  const longer = (values, end) => Float64Array.from([...values, end]);
  return {
    ...form,
    start: Int32Array.from([...form.start, form.start[form.start.length - 1]]),
    cost: longer(form.cost, 0),
    colLower: longer(form.colLower, -Infinity),
    colUpper: longer(form.colUpper, Infinity),
  };
}

/** Some rows without bounds. */
export function relaxed(form, rows) {
  const [rowLower, rowUpper] = [form.rowLower.slice(), form.rowUpper.slice()];
  for (const row of rows) [rowLower[row], rowUpper[row]] = [-Infinity, Infinity];
  return { ...form, rowLower, rowUpper };
}

const over = (violation, bound) => violation / (Number.isFinite(bound) ? Math.max(1, Math.abs(bound)) : 1);

/** The largest violation of a row or bound, over max(1, |bound|). */
export function broken(form, x) {
  const activity = times(form, x);
  let worst = 0;
  const look = (value, low, high) => {
    for (let at = 0; at < value.length; at += 1) {
      if (Number.isNaN(value[at])) worst = NaN;
      if (low[at] - value[at] > 0) worst = Math.max(worst, over(low[at] - value[at], low[at]));
      if (value[at] - high[at] > 0) worst = Math.max(worst, over(value[at] - high[at], high[at]));
    }
  };
  look(activity, form.rowLower, form.rowUpper);
  look(x, form.colLower, form.colUpper);
  return worst;
}

/** How far a point and duals are from the optimality conditions of a least cost: the largest of all residuals. */
export function residual(form, x, dual) {
  const activity = times(form, x);
  const reached = turned(form, dual);
  const scale = Math.max(1, peak(form.cost));
  const objective = dot(form.cost, x);
  const size = Math.max(1, Math.abs(objective));
  let [wrong, slack, bound] = [0, 0, 0];
  const look = (price, value, low, high) => {
    const [up, down] = [Math.max(price, 0), Math.max(-price, 0)];
    if (up && !Number.isFinite(low)) wrong = Math.max(wrong, up);
    if (down && !Number.isFinite(high)) wrong = Math.max(wrong, down);
    const own = (up && Number.isFinite(low) ? up * (value - low) : 0) + (down && Number.isFinite(high) ? down * (high - value) : 0);
    slack = Math.max(slack, Math.abs(own));
    bound += (up && Number.isFinite(low) ? up * low : 0) - (down && Number.isFinite(high) ? down * high : 0);
  };
  for (let row = 0; row < dual.length; row += 1) look(dual[row], activity[row], form.rowLower[row], form.rowUpper[row]);
  for (let column = 0; column < x.length; column += 1) {
    look(form.cost[column] - reached[column], x[column], form.colLower[column], form.colUpper[column]);
  }
  return Math.max(broken(form, x), wrong / scale, slack / size, Math.abs(objective - bound) / size);
}

/** `values` with those within near·max(1, |bound|) of a finite bound put on it. */
export function snapped(values, bound, near) {
  return values.map((value, at) => {
    const own = bound[at];
    return Number.isFinite(own) && Math.abs(value - own) <= near * Math.max(1, Math.abs(own)) ? own : value;
  });
}
