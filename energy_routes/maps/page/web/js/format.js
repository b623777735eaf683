/** Words and numbers as the page's language writes them. */

import { content, familyOf } from "./data.js";

const [THOUSANDS, POINT] = content.marks;
const MINUS = "−";

/** The text of a key, its placeholders filled. */
export function say(key, values = {}) {
  return filled(content.words[key] ?? key, values);
}

/** A text with its placeholders filled. */
export const filled = (text, values) => text.replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);

/** The text of a key made from data, or the raw word when there is none. */
export function known(prefix, word) {
  return content.words[`${prefix}.${word}`] ?? word;
}

/** A size to some decimals; an exact half goes to the even digit, as in the figures made by Python. */
function fixed(size, decimals) {
  const half = Number.isInteger(size * 2 ** (decimals + 1)) && (size * 10 ** decimals) % 1 === 0.5;
  if (!half) return size.toFixed(decimals);
  const below = Math.floor(size * 10 ** decimals);
  return ((below + (below % 2)) / 10 ** decimals).toFixed(decimals);
}

/**
 * A number: with `decimals`, or none from 100, one from 1, else two
 * significant digits; a dash for null.
 */
export function number(value, decimals) {
  if (value === null || value === undefined || Number.isNaN(value)) return "–";
  const size = Math.abs(value);
  let text;
  if (decimals !== undefined) text = fixed(size, decimals);
  else if (size >= 99.95) text = fixed(size, 0);
  else if (size >= 0.95) text = fixed(size, 1);
  else text = size ? String(Number(fixed(size, Math.min(20, 1 - Math.floor(Math.log10(size)))))) : "0";
  if (text.includes("e")) text = "0";
  const [whole, rest] = text.split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, THOUSANDS);
  const sign = value < 0 && /[1-9]/.test(text) ? MINUS : "";
  return sign + grouped + (rest === undefined ? "" : POINT + rest);
}

/** The number that a text of this language tells, with either mark of decimals; NaN for none. */
export function numberIn(text) {
  const plain = text.replace(/\s/g, "").replace(MINUS, "-");
  if (THOUSANDS === "," && /^-?\d{1,3}(,\d{3})+(\.\d*)?$/.test(plain)) return Number(plain.replaceAll(",", ""));
  return plain ? Number(plain.replace(",", ".")) : NaN;
}

/** A number to be changed by hand: no thousands set apart, its decimals behind this language's mark. */
export const editable = (value) => String(value).replace(".", POINT);

/** A change, its sign always written. */
export function signed(value, decimals) {
  const text = number(value, decimals);
  return value > 0 && /[1-9]/.test(text) ? `+${text}` : text;
}

export const percent = (share) => (share === null ? "–" : `${number(100 * share, 0)}\u00a0%`);

/** Decimals that tell a volume apart without false precision; what would be zero with three has two, as any zero. */
const decimalsFor = (size) => (size >= 0.0005 && size < 0.1 ? 3 : 2);

export const volume = (value) => number(value, decimalsFor(Math.abs(value)));

/** What lies between two values: one text where both are told alike. */
export function between(low, high, told) {
  const [one, other] = [told(low), told(high)];
  return one === other ? one : `${one}–${other}`;
}

/** P10 to P90, and the share of draws that use it, each with its name. */
export const bandOf = ([low, high, used], draws) => [
  [say("tip.band"), between(low, high, volume)],
  [say("tip.used", { draws: number(draws, 0) }), percent(used)],
];

/** A tariff as it is told, and of which year it is where that is long ago. */
export const aged = (told, arc) => (arc.aged ? `${told} ${say("tip.aged", { year: arc.aged })}` : told);

export const unit = (code) => known("unit", code);

/** USD a tonne or a thousand m³, as the family is sold. */
export const priceUnit = (family) => unit(familyOf(family).price);

/** A price as a pill tells it, in the figures of every other place: "+$46.2/t". */
export const worth = (price, family) =>
  say("pill.price", { price: number(price), measure: unit(familyOf(family).priced) });
