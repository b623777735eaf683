/** How the value of a lever is written, and what is said where no plan keeps a cap. */

import { editable, number, say, unit } from "./format.js";

export const scale = (lever) => (lever.percent ? 100 : 1);
export const measure = (lever) => (lever.percent ? "%" : unit(lever.unit));
const decimals = (lever, value) => (lever.whole ? 0 : Math.abs(value) < 10 ? 2 : 1);
export const told = (lever) => (value) =>
  lever.percent ? `${number(100 * value, 1)}\u00a0%` : `${number(value, decimals(lever, value))} ${unit(lever.unit)}`.trim();
export const within = (lever, value) => Math.min(lever.high, Math.max(lever.low, lever.whole ? Math.round(value) : value));
export const clean = (value) => Number(value.toPrecision(12));
export const written = (lever, value) => editable(Number((value * scale(lever)).toPrecision(6))); // as a control shows it

/** Why there is no plan: the tightest level of a cap that has one, of that at hand (`active`) where it is one. */
export function why({ status, least, cap }, levers, active) {
  if (status !== "infeasible") return say("live.failed");
  if (!Number.isFinite(least)) return say("live.none");
  const lever = levers[cap];
  const value = lever.percent ? `${number(100 * least, 1)}\u00a0%` : `${number(least, lever.kind === "hhi" ? 3 : 2)} ${unit(lever.unit)}`;
  const words = say(lever.kind === "least" ? "live.most" : "live.least", { value: value.trim() });
  return cap === active ? words : `${lever.name} – ${words}`;
}
