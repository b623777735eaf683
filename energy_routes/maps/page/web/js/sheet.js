/** The netback sheet of a route: from the price at the market to what a tonne leaves at the field. */

import { content } from "./data.js";
import { make } from "./dom.js";
import { number, priceUnit, say, signed } from "./format.js";

const [COST, GAIN] = ["#b0563a", "#2f7d4f"];

/** One step of the waterfall as a small bar between two levels. */
function step(from, to, [low, high], fill) {
  const at = (value) => (100 * (value - low)) / (high - low || 1);
  const [left, right] = [Math.min(at(from), at(to)), Math.max(at(from), at(to))];
  return make(
    "svg",
    { width: "100%", height: 9, viewBox: "0 0 100 9", preserveAspectRatio: "none", "aria-hidden": "true" },
    make("rect", { x: left, y: 1, width: Math.max(0.8, right - left), height: 7, fill }),
  );
}

const line = (words, value, bar, sum = false) =>
  make(
    "tr",
    sum ? { class: "sum" } : {},
    make("th", { scope: "row" }, words),
    make("td", {}, value),
    make("td", { class: "track" }, bar),
  );

/** The sheet as a table; a route to a home market has no price and tells what delivery costs. */
export function sheet(route) {
  const sold = route.price > 0;
  const levels = [sold ? route.price : 0];
  const moves = [];
  for (const [key, words, sign] of content.sheet) {
    const amount = sign * (route[key] ?? 0);
    if (Math.abs(amount) < 0.005) continue;
    const from = levels.at(-1);
    levels.push(from + amount);
    moves.push([words, amount, from, from + amount]);
  }
  const range = range_(levels);
  const rows = moves.map(([words, amount, from, to]) =>
    line(say(words), signed(amount, 1), step(from, to, range, amount < 0 ? COST : GAIN)),
  );
  if (sold) {
    rows.unshift(line(say("sheet.price"), number(route.price, 1), step(range[0], route.price, range, "#8896a3")));
    rows.push(line(say("sheet.netback"), number(route.netback, 1), step(range[0], route.netback, range, "currentColor"), true));
  } else {
    rows.push(line(say("table.cost"), number(route.cost, 1), step(0, -route.cost, range, "currentColor"), true));
  }
  const caption = say("panel.netback", { unit: priceUnit(route.family) });
  return make("table", { class: "sheet", "aria-label": caption }, make("tbody", {}, rows));
}

/** The levels with room below, so that small steps are seen. */
function range_(levels) {
  const low = Math.min(...levels);
  const high = Math.max(...levels);
  const pad = 0.6 * (high - low || 1);
  return [low - pad, high + 0.05 * (high - low)];
}
