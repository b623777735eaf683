/** The answer of a case at values of its levers, found as solving/loop.py finds it. */

import { built, decided, reaching, widened } from "./builds.js";
import { CONE, tangents } from "./cones.js";
import { arraysAt } from "./graph.js";
import { broken, dot, relaxed, withRows } from "./form.js";
import { preferred } from "./canonical.js";
import { tightest } from "./least.js";
import { Model } from "./model.js";
import { ledger, netback, read, tariffs } from "./readouts.js";
import { worths } from "./worth.js";

const ENOUGH = 1e-12; // exports are held but for this share of them
const TOLERANCE = 1e-6; // largest residual of a plan that is shown
const CUTS = 400;

export class Case {
  /** Of a programme, its arrays unpacked. */
  constructor(highs, programme) {
    this.highs = highs;
    this.programme = programme;
    this.model = null;
    this.active = []; // at each goal of the preferred plan
    this.unbound = []; // the same of the case without caps
    this.known = null; // the exports of the case without caps, at values of the other levers
  }

  /** The levers' values where they are not at their start. */
  moved(values) {
    return values.map((value, at) => (value === this.programme.levers[at].start ? undefined : value));
  }

  /** The programme at values of the levers: those of policies that are neither moved nor stated are off. */
  form(arrays, moved) {
    const { programme } = this;
    const off = programme.levers.flatMap((lever, at) =>
      lever.rows && !lever.stated && moved[at] === undefined ? [...lever.rows] : [],
    );
    const form = {
      sense: programme.sense === "max" ? -1 : 1,
      start: programme.start, index: programme.index, value: arrays.coefficients,
      cost: arrays.cost, offset: arrays.constant[0],
      rowLower: arrays.row_lower, rowUpper: arrays.row_upper,
      colLower: arrays.col_lower, colUpper: arrays.col_upper,
    };
    return built(programme, relaxed(form, off), moved);
  }

  /** The cones of the caps on concentration that are in force. */
  cones(moved) {
    return this.programme.levers.flatMap((lever, at) => {
      const cap = moved[at] ?? (lever.stated ? lever.start : undefined);
      return lever.kind === "hhi" && cap !== undefined ? lever.cones.map((cone) => ({ ...cone, cap })) : [];
    });
  }

  /** Whether exports are held: something is asked that could be met by shutting wells in. */
  holds(moved) {
    const { hold, asked, levers } = this.programme;
    return hold && (asked || levers.some((lever, at) => lever.relaxed && moved[at] !== undefined));
  }

  stages(arrays) {
    return Array.from({ length: this.programme.stages }, (_, at) => arrays[`stage.${at}`]);
  }

  loaded(form) {
    if (this.model) this.model.update(form);
    else this.model = new Model(this.highs, form);
    return this.model;
  }

  /** The programme with the exports held of the one plan of the same case without caps; null where that has none. */
  held(form, arrays, moved) {
    const { levers, caps, held } = this.programme;
    const open = relaxed(form, [...caps, ...held.map(({ row }) => row)]);
    const key = JSON.stringify(levers.map((lever, at) => (lever.relaxed ? null : moved[at])));
    if (this.known?.key !== key) {
      const free = decided(this.highs, this.programme, open, moved, [], []);
      const model = this.loaded(free);
      const solution = model.solve();
      if (solution.status !== "optimal") return null;
      const { x } = preferred(model, free, solution, this.stages(arrays), reaching(this.programme, moved), this.unbound);
      const exported = held.map(({ columns }) => columns.reduce((total, column) => total + x[column], 0));
      this.known = { key, exported, objective: dot(form.cost, x) + form.offset };
    }
    const rowLower = form.rowLower.slice();
    held.forEach(({ row }, at) => {
      const volume = this.known.exported[at];
      rowLower[row] = volume > 0 ? volume * (1 - ENOUGH) : -Infinity;
    });
    return { ...form, rowLower };
  }

  /** The plan at values of the levers, or how it ended; `active` is the lever at hand. */
  at(values, active = -1) {
    const { programme } = this;
    const moved = this.moved(values);
    const arrays = arraysAt(programme, moved);
    const base = this.form(arrays, moved);
    if (crossed(base)) return this.impossible(base, moved, active);
    const rows = programme.held.map(({ row }) => row);
    const form = this.holds(moved) ? this.held(base, arrays, moved) : relaxed(base, rows);
    if (form === null) return { status: "infeasible", least: NaN };
    const found = this.inside(form, arrays, moved);
    if (found.status === "infeasible") return this.impossible(form, moved, active);
    if (found.status !== "optimal") return found;
    const { x, whole } = found;
    const residual = broken(whole, x);
    if (!(residual <= TOLERANCE)) return { status: "failed", residual };
    return {
      ...found, arrays, residual, objective: dot(form.cost, x) + form.offset, netback: netback(arrays, x),
      tariff: tariffs(programme, arrays, x, programme.carriage), read: read(programme.readouts, x), ledger: ledger(programme, arrays, x), rowUpper: widened(programme, whole, x),
    };
  }

  /** Solve, cut what breaks a cone, until the point is inside, again after the one plan is picked. */
  inside(open, arrays, moved) {
    const { programme } = this;
    const [stages, cones, yardsticks] = [this.stages(arrays), this.cones(moved), reaching(programme, moved)];
    const cuts = [];
    const form = decided(this.highs, programme, open, moved, cones, cuts);
    while (cuts.length <= CUTS) {
      const model = this.loaded(form);
      model.cut(cuts);
      let solution = model.solve();
      for (let round = 0; solution.status === "optimal" && round < CUTS; round += 1) {
        const more = tangents(cones, solution.x, CONE);
        if (!more.length) break;
        model.cut(more);
        cuts.push(...more);
        solution = model.solve();
      }
      if (solution.status !== "optimal") return { status: solution.status };
      const whole = withRows(form, cuts);
      const chosen = preferred(model, whole, solution, stages, yardsticks, this.active);
      const outside = tangents(cones, chosen.x, CONE * 100);
      if (!outside.length) return { status: "optimal", ...chosen, whole };
      cuts.push(...outside);
    }
    return { status: "failed" };
  }

  /**
   * That there is no plan, and the tightest level of a `cap` that has one, the others as they are: of the lever at
   * hand, or of the first in force that alone is in the way.
   */
  impossible(form, moved, active) {
    const { levers, periods, caps } = this.programme;
    const years = periods.reduce((total, period) => total + period.years, 0);
    const inForce = [...levers.keys()].filter((at) => levers[at].relaxed && (levers[at].stated || moved[at] !== undefined));
    const asked = levers[active]?.relaxed ? [active, ...inForce.filter((at) => at !== active)] : inForce;
    const valueOf = (at) => moved[at] ?? levers[at].start;
    const leastOf = (at, rows) => tightest(this.highs, relaxed(form, rows), levers[at], valueOf(at), years);
    for (const cap of asked) {
      const least = leastOf(cap, levers[cap].rows ?? []);
      if (levers[cap].kind === "least" ? least < valueOf(cap) : least > valueOf(cap)) return { status: "infeasible", least, cap };
    }
    const [cap] = asked;
    return { status: "infeasible", least: levers[active]?.relaxed ? leastOf(cap, caps) : NaN, cap };
  }

  /** What one more of each limit is worth in some periods, at an answer. */
  worth({ whole, x }, chosen) {
    const { limits, periods } = this.programme;
    return worths(this.highs, whole, x, limits, new Set(chosen), periods.map((period) => period.years));
  }
}

const crossed = (form) =>
  form.rowLower.some((low, row) => low > form.rowUpper[row]) || form.colLower.some((low, at) => low > form.colUpper[at]);
