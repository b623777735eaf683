/** Words and numbers as the page's language writes them. */

import { content, familyOf } from "./data.js";

const [THOUSANDS, POINT] = content.marks;
const MINUS = "−";

/** The text of a key, its placeholders filled. */
export function say(key, values = {}) {
  const text = content.words[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);
}

/** The text of a key made from data, or the raw word when there is none. */
export function known(prefix, word) {
  return content.words[`${prefix}.${word}`] ?? word;
}

/**
 * A number: with `decimals`, or none from 100, one from 1, else two
 * significant digits; a dash for null.
 */
export function number(value, decimals) {
  if (value === null || value === undefined || Number.isNaN(value)) return "–";
  const size = Math.abs(value);
  let text;
  if (decimals !== undefined) text = size.toFixed(decimals);
  else if (size >= 99.95) text = size.toFixed(0);
  else if (size >= 0.95) text = size.toFixed(1);
  else text = String(Number(size.toPrecision(2)));
  if (text.includes("e")) text = "0";
  const [whole, rest] = text.split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, THOUSANDS);
  const sign = value < 0 && /[1-9]/.test(text) ? MINUS : "";
  return sign + grouped + (rest === undefined ? "" : POINT + rest);
}

/** A change, its sign always written. */
export function signed(value, decimals) {
  const text = number(value, decimals);
  return value > 0 && /[1-9]/.test(text) ? `+${text}` : text;
}

export const percent = (share) => (share === null ? "–" : `${number(100 * share, 0)}\u00a0%`);

/** Decimals that tell a volume apart without false precision. */
export const decimalsFor = (value) => (Math.abs(value) < 0.1 ? 3 : 2);

export const volume = (value) => number(value, decimalsFor(value));

export const unit = (code) => known("unit", code);

/** USD a tonne or a thousand m³, as the family is sold. */
export const priceUnit = (family) => unit(familyOf(family).price);

/** A price as a pill tells it: "+$46/t". */
export function worth(price, family) {
  const decimals = price >= 9.95 ? 0 : price >= 0.95 ? 1 : 2;
  const measure = unit(familyOf(family).priced);
  return say("pill.price", { price: number(price, decimals), measure });
}
