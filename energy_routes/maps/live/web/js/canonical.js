/** One plan among optimal plans, as canonical_plan.py picks it: linear stages, then the nearest point of the face. */

import { peak, snapped, times } from "./form.js";
import { nearest } from "./nearest.js";
import { goalsOf } from "./yardsticks.js";

const CLEAR = 1e-7; // a reduced cost or dual above this share of the largest cost defines the optimal face
const SNAP = 1e-9;

const nearer = (value, low, high) => (Math.abs(value - low) <= Math.abs(high - value) ? low : high);

/** The face of the last solve: columns with a reduced cost and rows with a dual stay at the bound where they are. */
function faceOf(form, held, { x, dual, reduced }) {
  const scale = CLEAR * Math.max(1, peak(held.cost));
  const activity = times(form, x);
  const bounds = [held.colLower, held.colUpper, held.rowLower, held.rowUpper].map((bound) => bound.slice());
  const [colLower, colUpper, rowLower, rowUpper] = bounds;
  reduced.forEach((price, column) => {
    if (Math.abs(price) <= scale) return;
    colLower[column] = colUpper[column] = nearer(x[column], form.colLower[column], form.colUpper[column]);
  });
  dual.forEach((price, row) => {
    if (Math.abs(price) <= scale) return;
    rowLower[row] = rowUpper[row] = nearer(activity[row], form.rowLower[row], form.rowUpper[row]);
  });
  return { ...held, colLower, colUpper, rowLower, rowUpper };
}

/**
 * The preferred point of the optimal face of `form`, which `model` has solved to `solution`; `model` is left changed.
 * `known` is kept from answer to answer.  `alone`: whether it is the one plan that is preferred, or any of those as good.
 */
export function preferred(model, form, solution, stages, yardsticks, known) {
  let held = form;
  let last = solution;
  for (const cost of stages) {
    held = { ...faceOf(form, held, last), cost, sense: 1, offset: 0 };
    model.face(held);
    const next = model.solve();
    if (next.status !== "optimal") return { x: last.x, alone: false };
    last = next;
  }
  held = faceOf(form, held, last);
  const x = nearest(model.highs, held, last.x, goalsOf(yardsticks, form), known);
  const own = x ?? last.x;
  return { x: snapped(snapped(own, form.colLower, SNAP), form.colUpper, SNAP), alone: x !== null };
}
