/** The months: a slider over the exports of the year, and play. */

import { families, familyOf, figure, spans, WHOLE } from "./data.js";
import { find, make, polyline } from "./dom.js";
import { say } from "./format.js";
import { comparing, shownPlan, state, update } from "./state.js";

const BEAT = 1000; // ms a month
const HIGH = 36;
const EDGE = 8; // px from the slider's end to its first stop

let timer = null;

/** Exports in a span, stacked oil first: [0, oil, oil + gas]. */
function stack(plan, span) {
  const levels = [0];
  for (const family of families) levels.push(levels.at(-1) + (figure(`export_${family}`, plan, span) ?? 0));
  return levels;
}

function drawArea() {
  const svg = find("area");
  const wide = svg.clientWidth || 800;
  const months = spans.slice(0, WHOLE).map((_, i) => i);
  const x = (i) => EDGE + (i * (wide - 2 * EDGE)) / Math.max(1, WHOLE - 1);
  const now = months.map((i) => stack(shownPlan(), i));
  const before = months.map((i) => stack(0, i));
  const most = 1.08 * (d3.max([...now, ...before], (levels) => levels.at(-1)) || 1);
  const y = (value) => HIGH - 3 - (value / most) * (HIGH - 6);
  const areas = families.map((family, k) => {
    const upper = months.map((i) => [x(i), y(now[i][k + 1])]);
    const lower = months.map((i) => [x(i), y(now[i][k])]).reverse();
    return make("path", { d: `${polyline([...upper, ...lower])}Z`, fill: familyOf(family).pale, class: "family" });
  });
  const parts = [...areas];
  if (comparing()) {
    const path = polyline(months.map((i) => [x(i), y(before[i].at(-1))]));
    parts.push(
      make("path", { d: path, fill: "none", stroke: "currentColor", "stroke-width": 1.2, "stroke-dasharray": "4 3" }),
    );
  }
  const every = Math.ceil(WHOLE / Math.max(1, Math.floor(wide / 46)));
  for (const i of months.filter((month) => month % every === 0)) {
    const chosen = i === state.span;
    parts.push(
      make(
        "text",
        {
          x: x(i),
          y: 32,
          "font-size": 10,
          "text-anchor": "middle",
          fill: chosen ? "currentColor" : "var(--muted)",
          "font-weight": chosen ? 700 : 400,
        },
        spans[i].short,
      ),
    );
  }
  if (state.span !== WHOLE) {
    parts.push(make("path", { d: `M${x(state.span)},0V${HIGH - 2}`, stroke: "currentColor", "stroke-width": 1.2 }));
  }
  svg.setAttribute("viewBox", `0 0 ${wide} ${HIGH}`);
  svg.replaceChildren(...parts);
}

export function drawTimeline() {
  if (WHOLE === 0) return;
  const slider = find("period");
  const { name } = spans[state.span];
  if (state.span !== WHOLE) slider.value = state.span;
  slider.setAttribute("aria-valuetext", name);
  slider.classList.toggle("unused", state.span === WHOLE);
  find("whole").setAttribute("aria-pressed", String(state.span === WHOLE));
  find("period-name").textContent = name;
  drawArea();
}

/** Move by a number of periods, round the end. */
export function moveSpan(by) {
  if (WHOLE === 0) return;
  const from = state.span === WHOLE ? (by > 0 ? -1 : WHOLE) : state.span;
  update({ span: (from + by + WHOLE) % WHOLE });
}

/** Start or stop the film of the months. */
export function togglePlay() {
  const button = find("play");
  if (timer) clearInterval(timer);
  timer = timer ? null : setInterval(() => moveSpan(1), BEAT);
  button.textContent = timer ? "❚❚" : "▶";
  button.setAttribute("aria-label", say(timer ? "button.pause" : "button.play"));
  if (timer && state.span === WHOLE) moveSpan(1);
}

export function startTimeline() {
  if (WHOLE === 0) return;
  find("time-row").hidden = false;
  const slider = find("period");
  slider.max = WHOLE - 1;
  slider.addEventListener("input", () => update({ span: Number(slider.value) }));
  find("whole").addEventListener("click", () => update({ span: WHOLE }));
  find("play").addEventListener("click", togglePlay);
}
