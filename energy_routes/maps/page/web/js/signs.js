/** What is scarce: the sign of a full line, of a limit, of a market that takes no more at a price, and what more is worth. */

import { spans } from "./data.js";
import { say, worth } from "./format.js";
import { inside, pointAt, stretchInside } from "./geometry.js";
import { around, pillWidth, PILL_HEIGHT } from "./labels.js";
import { BOTTLENECK } from "./palette.js";
import { state } from "./state.js";

/** A diamond, a valve, and a ring that leaves room for the symbol of the market. */
export const SIGNS = {
  full: "M0,-6L6,0L0,6L-6,0Z",
  limit: "M-7.5,-5.5L7.5,5.5V-5.5L-7.5,5.5Z",
  depth: "M-9.5,0a9.5,9.5 0 1,0 19,0a9.5,9.5 0 1,0 -19,0ZM-6.5,0a6.5,6.5 0 1,1 13,0a6.5,6.5 0 1,1 -13,0Z",
};
const REACH = { full: 12, limit: 15, depth: 19 }; // px across
const [MOST, MOST_TOLD] = [60, 24]; // signs, and prices, in sight at once: the dearest; a closer look shows the others
const SHARES = [0.5, 0.3, 0.7, 0.15]; // of a line, for several limits on one

/** Where the limits of strands, and the depths of markets that have a mark, are shown; the dearest first. */
function places(strands, marks, depths, size) {
  const found = [];
  for (const { now, line } of strands) {
    const [from, to] = stretchInside(line, size) ?? [0, line.length];
    now.limits.forEach((limit, i) => {
      const { x, y } = pointAt(line, from + SHARES[i % SHARES.length] * (to - from));
      found.push({ limit, x, y });
    });
  }
  for (const limit of depths) {
    const mark = marks.find((one) => one.nodes.has(limit.node));
    if (mark) found.push({ limit, x: mark.x, y: mark.y });
  }
  return found.filter((one) => inside(one.x, one.y, size)).sort((a, b) => b.limit.price - a.limit.price).slice(0, MOST);
}

/** The signs in sight, each with a pill where there is room. */
export function placeSigns(strands, marks, depths, placer, size) {
  const signs = places(strands, marks, depths, size);
  for (const one of signs) placer.block(around(one.x, one.y, REACH[one.limit.sign], REACH[one.limit.sign]));
  for (const one of signs.slice(0, MOST_TOLD)) {
    const { price, family, bound } = one.limit;
    const { periods } = spans[state.span];
    const told = worth(price, family);
    one.text = bound < periods ? say("pill.price_periods", { price: told, bound, periods }) : told;
    one.width = pillWidth(one.text);
    one.box = placer.place(ring(one, one.width, REACH[one.limit.sign] / 2), 5);
  }
  return signs;
}

/** Boxes round a place, ever farther out. */
function ring({ x, y }, width, rim) {
  const out = [];
  for (const away of [3, 11, 22, 38, 58]) {
    for (const turn of [270, 90, 315, 225, 45, 135, 0, 180]) {
      const angle = (turn * Math.PI) / 180;
      const dx = Math.cos(angle) * (width / 2 + rim + away);
      const dy = Math.sin(angle) * (PILL_HEIGHT / 2 + rim + away);
      out.push(around(x + dx, y + dy, width, PILL_HEIGHT));
    }
  }
  return out;
}

export function drawSigns(group, signs) {
  group
    .selectAll("path.sign")
    .data(signs, ({ limit }) => `${limit.sign} ${limit.id}`)
    .join("path")
    .attr("class", "sign")
    .attr("data-limit", ({ limit }) => limit.id)
    .attr("data-sign", ({ limit }) => limit.sign)
    .attr("d", ({ limit }) => SIGNS[limit.sign])
    .attr("fill", BOTTLENECK)
    .attr("stroke", "#fff")
    .attr("stroke-width", 1.3)
    .attr("transform", ({ x, y }) => `translate(${x.toFixed(1)},${y.toFixed(1)})`);
}
