/** How far a cap can be tightened at all: told where it cannot be met (tightest_caps.py). */

import { CONE, indexOf, tangents } from "./cones.js";
import { withColumn, withRows } from "./form.js";
import { Model } from "./model.js";

const [EXACT, FINE, DUST, ROUNDS, CUTS] = [1e-10, 1e-4, 1e-9, 60, 400];

const valued = ({ columns, weights, constant }, x) =>
  columns.reduce((total, column, at) => total + weights[at] * x[column], constant);

/** A model in which the largest of some sums is made least; `sums` as in `withRows`, their constants beside them. */
function smallest(highs, form, sums) {
  const wide = withColumn(form);
  const worst = form.cost.length;
  const rows = sums.map(({ columns, weights, constant }) => {
    return { columns: [...columns, worst], weights: [...weights, -1], most: -constant };
  });
  const cost = new Float64Array(worst + 1);
  cost[worst] = 1;
  const model = new Model(highs, { ...withRows(wide, rows), cost, sense: 1, offset: 0 });
  try {
    const { status, x } = model.solve();
    return status === "optimal" ? x : null;
  } finally {
    model.dispose();
  }
}

/** part − ratio·whole, times `way`. */
function difference(part, whole, ratio, way) {
  return {
    columns: [...part.columns, ...whole.columns],
    weights: [...part.weights].map((own) => way * own).concat([...whole.weights].map((own) => -way * ratio * own)),
    constant: way * (part.constant - ratio * whole.constant),
  };
}

/** Equal columns of a sum as one. */
function gathered({ columns, weights, constant }) {
  const all = new Map();
  columns.forEach((column, at) => all.set(column, (all.get(column) ?? 0) + weights[at]));
  return { columns: [...all.keys()], weights: [...all.values()], constant };
}

/** The lowest share of a group that a plan of `form` can have, of a minimum (`way` −1) the highest; NaN for none. */
function leastShare(highs, form, measured, way) {
  let ratio = Math.max(way, 0);
  for (let round = 0; round < ROUNDS; round += 1) {
    const sums = measured.map(({ part, whole }) => gathered(difference(part, whole, ratio, way)));
    const x = smallest(highs, form, sums);
    if (x === null) return NaN;
    const ratios = measured
      .filter(({ whole }) => valued(whole, x) > DUST)
      .map(({ part, whole }) => (way * valued(part, x)) / valued(whole, x));
    if (!ratios.length) return NaN;
    const before = ratio;
    ratio = way * Math.max(...ratios);
    if (way * (before - ratio) <= EXACT) return way * Math.min(way * before, way * ratio);
  }
  return ratio;
}

/** The lowest volume a year, of a minimum the highest. */
function leastVolume(highs, form, measured, way) {
  const sums = measured.map(({ part, years }) => ({
    columns: part.columns,
    weights: part.weights.map((own) => (way * own) / years),
    constant: (way * part.constant) / years,
  }));
  const x = smallest(highs, form, sums);
  return x === null ? NaN : way * Math.max(...sums.map((own) => valued(own, x)));
}

/** The lowest value of a row's own sum a year. */
function leastRow(highs, form, row, years) {
  const [columns, weights] = [[], []];
  for (let column = 0; column < form.cost.length; column += 1) {
    for (let at = form.start[column]; at < form.start[column + 1]; at += 1) {
      if (form.index[at] !== row) continue;
      columns.push(column);
      weights.push(form.value[at] / years);
    }
  }
  return leastVolume(highs, form, [{ part: { columns, weights, constant: 0 }, years: 1 }], 1);
}

/** The lowest index that a plan can have, to FINE: bisection on caps, each proved by cuts or refuted. */
function leastIndex(highs, form, cones, low) {
  const free = { ...form, cost: new Float64Array(form.cost.length), sense: 1, offset: 0 };
  const inside = (cap) => {
    const asked = cones.map((cone) => ({ ...cone, cap }));
    const model = new Model(highs, free);
    try {
      for (let round = 0; round < CUTS; round += 1) {
        const { status, x } = model.solve();
        if (status !== "optimal") return null;
        const cuts = tangents(asked, x, CONE);
        if (!cuts.length) return Math.max(...cones.map((cone) => indexOf(cone, x)));
        model.cut(cuts);
      }
      return null;
    } finally {
      model.dispose();
    }
  };
  const most = inside(1);
  if (most === null) return NaN;
  let [below, above] = [low, Math.max(low, most)];
  while (above - below > FINE) {
    const middle = (below + above) / 2;
    const found = inside(middle);
    if (found === null) below = middle;
    else above = Math.min(middle, Math.max(found, below));
  }
  return above;
}

/** The tightest level of a lever that a plan of `form`, which is without it, can keep; NaN where there is none. */
export function tightest(highs, form, lever, value, years) {
  if (lever.kind === "hhi") return leastIndex(highs, form, lever.cones, value);
  const way = lever.kind === "least" ? -1 : 1;
  if (!lever.measured.length) return leastRow(highs, form, lever.rows[0], years);
  const share = lever.path.includes("_share.");
  return (share ? leastShare : leastVolume)(highs, form, lever.measured, way);
}
