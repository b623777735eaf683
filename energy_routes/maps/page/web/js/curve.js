/** The frontier of a lever, point by point as it is moved: netback against its values, and what enters and leaves. */

import { chainOf } from "./chains.js";
import { content, plans, WHOLE } from "./data.js";
import { find, make, renew } from "./dom.js";
import { number, say, unit } from "./format.js";

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
const usedOf = ({ routes }) => new Set(routes.filter(([, volume]) => volume > content.live.changes.told).map(([name]) => name));

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

/** Draw the points of a lever; the one where it stands, by its `answer`, is filled. */
export function drawCurve(lever, values, told, answer, before) {
  const own = content.live.levers[lever];
  const points = keep(lever, values, answer, before);
  const value = values[lever];
  const [first, last] = points.length > 1 ? d3.extent(points, (point) => point.value) : [own.low, own.high];
  const x = d3.scaleLinear([first, last], [EDGE, WIDE - EDGE]);
  const [low, high] = d3.extent(points, (point) => point.netback);
  const y = d3.scaleLinear([low, high > low ? high : low + 1], [HIGH - EDGE, EDGE]);
  const place = (point) => [x(point.value), y(point.netback)].map((at) => at.toFixed(1)).join();
  const title = say("live.curve", { name: own.name });
  const turns = points.slice(1).filter((point, at) => fresh(point, points[at]).length || fresh(points[at], point).length);
  const now = points.findIndex((point) => point.value === value);
  const start = points.findIndex((point) => point.value === own.start);
  const from = points[start >= 0 && start !== now ? start : Math.max(0, now - 1)];
  const [enters, leaves] = [fresh(points[now], from), fresh(from, points[now])];
  const parts = [
    make("h3", {}, title),
    make(
      "svg",
      { viewBox: `0 0 ${WIDE} ${HIGH}`, role: "img", "aria-label": `${title}: ${told(value)}, ${number(points[now].netback, 1)} ${unit("MUSD")}` },
      make("path", { d: `M${points.map(place).join("L")}`, class: "frontier" }),
      make("path", { d: points.map((point) => `M${place(point)}h0`).join(""), class: "points" }),
      make("circle", { cx: x(value), cy: y(points[now].netback), r: 4, class: "now" }),
      make("path", { d: turns.map((point) => `M${x(point.value).toFixed(1)},${HIGH - 5}l3,5h-6z`).join(""), class: "turn" }),
    ),
    make("p", { class: "ends" }, make("span", {}, told(first)), make("span", {}, `${number(low, 0)}–${number(high, 0)} ${unit("MUSD")}`), make("span", {}, told(last))),
    enters.length ? make("p", {}, say("live.enters", { names: names(enters) })) : null,
    leaves.length ? make("p", {}, say("live.leaves", { names: names(leaves) })) : null,
  ];
  renew(find("live-curve"), parts);
}
