/**
 * What one more of a limit is worth: the right derivative of the optimum, which at a degenerate vertex is an optimum
 * on the tangent cone (marginal_prices.py): what is reached has 0 as its limit, all else is free, the bound moves.
 */

import { times } from "./form.js";
import { Model } from "./model.js";

const ACTIVE = 1e-7;

const near = (value, bound) => Number.isFinite(bound) && Math.abs(value - bound) <= ACTIVE * Math.max(1, Math.abs(bound));

function coneAt(form, x) {
  const activity = times(form, x);
  const low = (value, bound) => value.map((own, at) => (near(own, bound[at]) ? 0 : -Infinity));
  const high = (value, bound) => value.map((own, at) => (near(own, bound[at]) ? 0 : Infinity));
  return {
    ...form,
    offset: 0,
    colLower: low(x, form.colLower),
    colUpper: high(x, form.colUpper),
    rowLower: low(activity, form.rowLower),
    rowUpper: high(activity, form.rowUpper),
  };
}

/**
 * The worth of each limit in some periods (their numbers) together, a year's rate each, and in how many of them it is
 * reached; 0 where it is in none, null where the solver finds none.
 */
export function worths(highs, form, x, limits, chosen, years) {
  const cone = coneAt(form, x);
  const model = new Model(highs, cone, { presolve: "off" });
  try {
    return limits.map((limit) => {
      const moving = [...limit.rows.keys()].filter((at) => limit.periods[at] < 0 || chosen.has(limit.periods[at]));
      const [rowLower, rowUpper] = [cone.rowLower.slice(), cone.rowUpper.slice()];
      let [bound, length] = [0, 0];
      for (const at of moving) {
        const [row, sign] = [limit.rows[at], limit.signs[at]];
        const own = limit.periods[at] < 0 ? years.reduce((all, year) => all + year, 0) : years[limit.periods[at]];
        length += own;
        if (sign > 0 && rowUpper[row] === 0) rowUpper[row] = own;
        else if (sign < 0 && rowLower[row] === 0) rowLower[row] = -own;
        else continue;
        if (form.rowLower[row] === form.rowUpper[row]) rowLower[row] = rowUpper[row] = sign * own;
        bound += 1;
      }
      if (!bound) return { worth: 0, bound };
      model.face({ ...cone, rowLower, rowUpper });
      const { status, x: way } = model.solve();
      if (status !== "optimal") return { worth: null, bound };
      const gain = way.reduce((total, value, column) => total + form.cost[column] * value, 0);
      return { worth: (-form.sense * gain) / length, bound };
    });
  } finally {
    model.dispose();
  }
}
