/** What a panel draws, before it is placed: each arc's look, width and colour. */

import { arcs, content, plans, reading, spans } from "./data.js";
import { changeColour, changeWidth, colour, IDLE, INK, proposedColour, width } from "./palette.js";
import { state } from "./state.js";

const FLOOR = content.style.floor;
const LASTING = new Set(["pipeline", "rail"]); // modes drawn even when unused
export const HATCH = "1.1 1.9"; // px drawn and left out across a line that could carry more or less
export const DASHES = { proposed: "7 5", idle: "1 5", lost: "2 4", swap: "6 3" };

/** The largest change of a flow (a month) in a span of this kind, all steps. */
const largest = new Map();
function largestChange(span) {
  const whole = spans[span].periods > 1;
  if (content.live || !largest.has(whole)) {
    const alike = spans.flatMap((one, i) => (one.periods > 1 === whole ? [i] : []));
    let most = 0;
    for (const i of alike) {
      for (const plan of plans.slice(1)) {
        for (const arc of arcs) {
          const delta = plan.volume[arc.n][i] - plans[0].volume[arc.n][i];
          most = Math.max(most, Math.abs(delta) / spans[i].months);
        }
      }
    }
    largest.set(whole, most || 1);
  }
  return largest.get(whole);
}

/** The largest flow (a month) that is drawn in a span like the one that is shown, in any plan. */
export function largestFlow() {
  const many = spans[state.span].periods > 1;
  const alike = spans.flatMap((one, i) => (one.periods > 1 === many ? [i] : []));
  const drawn = arcs.filter((arc) => arc.p && state.families.has(arc.family));
  const monthly = (volumes) => d3.max(alike, (i) => volumes[i] / spans[i].months);
  return d3.max(plans, (plan) => d3.max(drawn, (arc) => monthly(plan.volume[arc.n]))) ?? 0;
}

/** The largest change in the unit of the span shown. */
export const largestNow = () => largestChange(state.span) * spans[state.span].months;

/** How an arc is drawn in a plan; null leaves it out.  Lost: it carried something before, and has no capacity now. */
function lookOf(arc, now, before) {
  if (before.flow > FLOOR && now.flow <= FLOOR && now.capacity === 0) return "lost";
  if (now.flow > FLOOR) return arc.mode === "swap" ? "swap" : "flow";
  if (now.status === "proposed") return "proposed";
  return LASTING.has(arc.mode) && now.status !== "historic" ? "idle" : null;
}

/**
 * The strands of a panel, widest first: arc, look, width, band (0: none),
 * colour, dash, the widths of least and most where it could be another, the reading, the change against the plan before, and the weight of its number: the same in both plans.
 */
export function strandsOf(which) {
  const months = spans[state.span].months;
  const plan = which === "before" ? 0 : state.step;
  const out = [];
  for (const arc of arcs) {
    if (!arc.p || !state.families.has(arc.family)) continue;
    const now = reading(arc, plan, state.span);
    const before = reading(arc, 0, state.span);
    const strand = which === "change" ? changed(arc, now, before, months) : plain(arc, now, before, months);
    const largest = Math.max(before.flow, reading(arc, state.step, state.span).flow);
    if (strand) out.push({ ...strand, weight: which === "change" ? Math.abs(strand.delta) : largest });
  }
  return out.sort((a, b) => b.width - a.width || b.now.flow - a.now.flow);
}

function plain(arc, now, before, months) {
  const look = lookOf(arc, now, before);
  if (!look) return null;
  const delta = now.flow - before.flow;
  const flows = look === "flow" || look === "swap";
  const tone = { proposed: proposedColour(arc.family), lost: INK }[look] ?? IDLE;
  return {
    arc,
    look,
    now,
    delta,
    flows,
    width: flows ? width(now.flow / months) : 1.6,
    band: flows && now.capacity !== null ? width(now.capacity / months) + 2 : 0,
    colour: flows ? colour(arc.family, now.used) : tone,
    dash: DASHES[look] ?? null,
    ends: flows && now.could ? now.could.map((end) => (end > FLOOR ? width(end / months) : 0)) : null,
  };
}

function changed(arc, now, before, months) {
  const delta = now.flow - before.flow;
  const most = largestChange(state.span);
  const moved = Math.abs(delta) / months >= 0.004 * most;
  if (!moved && !(now.flow > FLOOR)) return null;
  return {
    arc,
    look: moved ? "flow" : "same",
    now,
    delta,
    flows: moved,
    width: changeWidth(delta / months, most),
    band: 0,
    colour: changeColour(delta / months, most),
    dash: null,
    ends: null,
  };
}
