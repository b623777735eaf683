/** The frontier of a lever, point by point as it is moved: netback against its values, and what enters and leaves. */

import { chainOf } from "./chains.js";
import { content, plans, WHOLE } from "./data.js";
import { find, make, put, renew } from "./dom.js";
import { between, number, say, unit } from "./format.js";

const [WIDE, HIGH, EDGE] = [300, 92, 8];
const MOST = 400; // points of a lever that are kept
const NAMED = 3;
const drawn = new Map(); // by all that the other levers stand at: points {value, netback, used}

/** The points of a lever while the others stand as they do. */
function pointsOf(lever, values, first) {
  const { levers } = content.live;
  const along = chainOf(levers, lever);
  const key = JSON.stringify(values.map((value, at) => (along.has(at) ? null : value)));
  const known = drawn.get(lever);
  if (known?.key === key) return known.points;
  const others = levers.some((own, at) => !along.has(at) && values[at] !== own.start);
  const points = others ? [] : [started(levers[lever], first)];
  drawn.set(lever, { key, points });
  return points;
}

/** The point of the start. */
const started = (own, first) => ({ value: own.start, netback: plans[0].cards.netback[WHOLE], used: usedOf(first) });

/** The names of the routes of an answer that carry something, the largest first. */
function usedOf({ routes }) {
  const carried = d3.rollups(routes, (own) => d3.sum(own, (route) => route.volume), (route) => route.name);
  return new Set(carried.filter(([, volume]) => volume > content.live.changes.told).map(([name]) => name));
}

/** Keep the point where a lever stands now. */
export function keep(lever, values, answer, first) {
  const points = pointsOf(lever, values, first);
  const value = values[lever];
  const at = d3.bisector((point) => point.value).left(points, value);
  const point = { value, netback: plans[1].cards.netback[WHOLE], used: usedOf(answer) };
  points.splice(at, points[at]?.value === value ? 1 : 0, point);
  if (points.length > MOST) points.splice(at > MOST / 2 ? 1 : points.length - 2, 1);
  return points;
}

const names = (own) => (own.length > NAMED ? `${own.slice(0, NAMED).join("; ")} …` : own.join("; "));

/** What is used at one point and not at another. */
const fresh = (now, before) => [...now.used].filter((name) => !before.used.has(name));
const alike = (one, other) => one.used.size === other.used.size && !fresh(one, other).length;

const paths = Object.fromEntries(["frontier", "points", "turn"].map((name) => [name, make("path", { class: name })]));
const dot = make("circle", { r: 4, class: "now" });
const picture = make("svg", { viewBox: `0 0 ${WIDE} ${HIGH}`, role: "img" }, paths.frontier, paths.points, dot, paths.turn);
const head = make("h3");
const ends = Array.from({ length: 3 }, () => make("span"));
const drawing = make("div", {}, picture, make("p", { class: "ends" }, ends));
const [alone, enter, leave] = Array.from({ length: 3 }, () => make("p", { hidden: "" }));

/** A text in an element, which stands only where there is one. */
function saySome(element, text) {
  element.hidden = !text;
  renew(element, text);
}

const sayNames = (element, key, own) => saySome(element, own.length ? say(key, { names: names(own) }) : "");

/** Draw the points of a lever; the one where it stands, by its `answer`, is filled. */
export function drawCurve(lever, values, told, answer, before) {
  const own = content.live.levers[lever];
  const points = keep(lever, values, answer, before);
  const value = values[lever];
  const measure = unit("MUSD");
  const [first, last] = [points[0].value, points.at(-1).value];
  const x = d3.scaleLinear([first, last], [EDGE, WIDE - EDGE]);
  const [low, high] = d3.extent(points, (point) => point.netback);
  const y = d3.scaleLinear([low, high > low ? high : low + 1], [HIGH - EDGE, EDGE]);
  const netbacks = `${between(low, high, (netback) => number(netback, 0))} ${measure}`;
  const places = points.map((point) => [x(point.value), y(point.netback)].map((at) => at.toFixed(1)).join());
  const turns = points.filter((point, at) => at && !alike(point, points[at - 1]));
  const now = points.findIndex((point) => point.value === value);
  const start = points.findIndex((point) => point.value === own.start);
  const from = points[start >= 0 && start !== now ? start : Math.max(0, now - 1)];
  const title = say("live.curve", { name: own.name });
  const money = points[now].netback;
  put(paths.frontier, "d", `M${places.join("L")}`);
  put(paths.points, "d", places.map((place) => `M${place}h0`).join(""));
  put(paths.turn, "d", turns.map((point) => `M${x(point.value).toFixed(1)},${HIGH - 5}l3,5h-6z`).join(""));
  put(dot, "cx", x(value));
  put(dot, "cy", y(money));
  put(picture, "aria-label", `${title}: ${told(value)}, ${number(money, 1)} ${measure}`);
  renew(head, title);
  [told(first), netbacks, told(last)].forEach((words, at) => renew(ends[at], words));
  drawing.hidden = points.length < 2; // a point is no curve
  saySome(alone, drawing.hidden ? say("live.alone", { value: told(value), netback: netbacks }) : "");
  sayNames(enter, "live.enters", fresh(points[now], from));
  sayNames(leave, "live.leaves", fresh(from, points[now]));
  if (!head.isConnected) find("live-curve").append(head, drawing, alone, enter, leave);
}
