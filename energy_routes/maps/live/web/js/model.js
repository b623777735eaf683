/** One model inside HiGHS, solved as often as wanted: what differs is changed in place, and the basis is kept. */

const EXACT = 1e-9;
const OPTIONS = {
  output_flag: false,
  primal_feasibility_tolerance: EXACT,
  dual_feasibility_tolerance: EXACT,
};

/** How a run ended, in our words. */
function ended(highs, status) {
  const { optimal, empty, infeasible, unbounded, unboundedOrInfeasible } = highs.constants.modelStatus;
  if (status === optimal || status === empty) return "optimal";
  if (status === infeasible) return "infeasible";
  if (status === unbounded) return "unbounded";
  return status === unboundedOrInfeasible ? "doubtful" : "failed";
}

function dataOf(highs, form) {
  return {
    numCols: form.cost.length,
    numRows: form.rowLower.length,
    sense: form.sense < 0 ? highs.constants.objectiveSense.maximize : highs.constants.objectiveSense.minimize,
    offset: form.offset,
    colCost: form.cost,
    colLower: form.colLower,
    colUpper: form.colUpper,
    rowLower: form.rowLower,
    rowUpper: form.rowUpper,
    matrix: {
      format: "csc",
      numRows: form.rowLower.length,
      numCols: form.cost.length,
      starts: form.start,
      indices: form.index,
      values: form.value,
    },
  };
}

/** The positions at which one of two pairs of arrays differ. */
function differing(old, now, other, more) {
  const found = [];
  if (old === now && other === more) return found;
  for (let at = 0; at < now.length; at += 1) if (old[at] !== now[at] || other[at] !== more[at]) found.push(at);
  return found;
}

const set = (places) => ({ kind: "set", indices: Int32Array.from(places) });
const picked = (values, at) => Float64Array.from(at, (place) => values[place]);

export class Model {
  constructor(highs, form, options = {}) {
    this.highs = highs;
    this.form = form;
    this.value = form.value;
    this.model = highs.createModel(dataOf(highs, form));
    this.model.options.set({ ...OPTIONS, ...options });
    this.column = new Int32Array(form.index.length); // of each coefficient
    for (let column = 0; column < form.cost.length; column += 1) {
      this.column.fill(column, form.start[column], form.start[column + 1]);
    }
    this.cuts = 0;
  }

  dispose() {
    this.model.dispose();
  }

  /** Make the model equal to another programme of the same shape; rows that were added are left out. */
  update(form) {
    const { model, value: old } = this;
    const size = form.rowLower.length; // rows that were cut stand beyond
    if (this.cuts) model.deleteRows({ kind: "range", from: size, to: size + this.cuts - 1 });
    this.cuts = 0;
    if (old !== form.value) {
      for (let at = 0; at < old.length; at += 1) {
        if (old[at] !== form.value[at]) model.changeCoefficient(form.index[at], this.column[at], form.value[at]);
      }
    }
    this.value = form.value;
    this.face(form);
  }

  /** Other bounds and costs of the model as it stands, its added rows among them. */
  face(form) {
    const { model } = this;
    const base = this.form;
    this.price(form.cost, form.sense, form.offset);
    const columns = differing(base.colLower, form.colLower, base.colUpper, form.colUpper);
    if (columns.length) {
      model.changeColsBounds(set(columns), picked(form.colLower, columns), picked(form.colUpper, columns));
    }
    const rows = differing(base.rowLower, form.rowLower, base.rowUpper, form.rowUpper);
    if (rows.length) model.changeRowsBounds(set(rows), picked(form.rowLower, rows), picked(form.rowUpper, rows));
    this.form = form;
  }

  /** Another objective. */
  price(cost, sense, offset) {
    const { model, form: old } = this;
    const columns = differing(old.cost, cost, old.cost, cost);
    if (columns.length) model.changeColsCost(set(columns), picked(cost, columns));
    const { maximize, minimize } = this.highs.constants.objectiveSense;
    if (sense !== old.sense) model.changeObjectiveSense(sense < 0 ? maximize : minimize);
    if (offset !== old.offset) model.changeObjectiveOffset(offset);
    this.form = { ...old, cost, sense, offset };
  }

  /** Rows at the end, each at most 0; the basis is kept. */
  cut(rows) {
    for (const { columns, weights } of rows) {
      const kept = [...columns.keys()].filter((at) => weights[at] !== 0);
      this.model.addRow(-Infinity, 0, { indices: kept.map((at) => columns[at]), values: kept.map((at) => weights[at]) });
    }
    this.cuts += rows.length;
  }

  /** Optimise: how it ended, and where it ended well the point, its duals and reduced costs. */
  solve() {
    const { model } = this;
    let status = this.run();
    if (status !== "optimal") {
      model.clearSolver(); // bad news is told only after a cold run by simplex without presolve has said the same
      model.options.set({ presolve: "off", solver: "simplex" });
      status = this.run();
      model.options.set({ presolve: "choose", solver: "choose" });
    }
    if (status !== "optimal") return { status };
    const { colValue, rowDual, colDual } = model.getSolution();
    return { status, x: colValue, dual: rowDual, reduced: colDual };
  }

  run() {
    try {
      this.model.run();
    } catch {
      return "failed";
    }
    return ended(this.highs, this.model.getModelStatus());
  }
}

/** The point of a programme with whole numbers in some columns, or null. */
export function whole(highs, form, columns) {
  const integrality = new Int32Array(form.cost.length);
  for (const column of columns) integrality[column] = 1;
  const model = highs.createModel({ ...dataOf(highs, form), integrality });
  try {
    model.options.set({ ...OPTIONS, mip_feasibility_tolerance: EXACT, mip_rel_gap: EXACT, mip_abs_gap: EXACT });
    model.run();
    return ended(highs, model.getModelStatus()) === "optimal" ? model.getSolution().colValue : null;
  } catch {
    return null;
  } finally {
    model.dispose();
  }
}

/** The point of a convex quadratic programme, ½·Σ curve·x² added to its cost, and the duals of its rows; or null. */
export function quadratic(highs, form, curve, limit) {
  const size = form.cost.length;
  const own = [...curve.keys()].filter((column) => curve[column]);
  const starts = new Int32Array(size + 1);
  for (const column of own) starts[column + 1] = 1;
  for (let column = 0; column < size; column += 1) starts[column + 1] += starts[column];
  const hessian = {
    format: "triangular",
    dimension: size,
    starts,
    indices: Int32Array.from(own),
    values: picked(curve, own),
  };
  const model = highs.createModel({ ...dataOf(highs, form), hessian });
  try {
    model.options.set({ output_flag: false, qp_regularization_value: 0, qp_iteration_limit: limit });
    model.run();
    const { colValue, rowDual } = model.getSolution();
    return colValue.length === size && rowDual.length === form.rowLower.length ? { x: colValue, dual: rowDual } : null;
  } catch {
    return null;
  } finally {
    model.dispose();
  }
}
