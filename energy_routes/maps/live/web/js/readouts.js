/** What is read off a point: sums of columns by label and period, and money. */

import { dot } from "./form.js";

/** Each block of read-outs at a point, a number a label and period. */
export function read(readouts, x) {
  const out = {};
  for (const [name, { start, column, weight }] of Object.entries(readouts)) {
    const sums = new Float64Array(start.length - 1);
    for (let row = 0; row < sums.length; row += 1) {
      for (let at = start[row]; at < start[row + 1]; at += 1) sums[row] += weight[at] * x[column[at]];
    }
    out[name] = sums;
  }
  return out;
}

/** Each term of the ledger by period, and over the horizon with its constant, MUSD. */
export function ledger(programme, arrays, x) {
  const out = {};
  for (const { id } of programme.terms) {
    const weights = arrays[`term.${id}`];
    const periods = new Float64Array(programme.periods.length);
    let total = arrays[`term.${id}.constant`][0];
    for (let column = 0; column < x.length; column += 1) {
      if (!weights[column] || !x[column]) continue;
      const own = weights[column] * x[column];
      total += own;
      if (programme.period[column] >= 0) periods[programme.period[column]] += own;
    }
    out[id] = { periods, total };
  }
  return out;
}

/** What a tonne pays on each arc, USD/t: the mean over its flows, else over its lanes. */
export function tariffs({ readouts }, arrays, x, carriage) {
  const { start, column } = readouts.arc;
  const periods = (start.length - 1) / readouts.arc.labels.length;
  return Float64Array.from(readouts.arc.labels, (_, arc) => {
    let [paid, volume, listed, lanes] = [0, 0, 0, 0];
    for (let at = start[arc * periods]; at < start[(arc + 1) * periods]; at += 1) {
      const own = -carriage.reduce((total, id) => total + arrays[`term.${id}`][column[at]], 0);
      paid += own * x[column[at]];
      volume += x[column[at]];
      listed += own;
      lanes += 1;
    }
    return volume > 1e-9 ? paid / volume : listed / lanes;
  });
}

export const netback = (arrays, x) => dot(arrays.cash, x) + arrays["cash.constant"][0];
