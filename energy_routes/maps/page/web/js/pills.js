/** Numbers on the map: prices of bottlenecks (never dropped), volumes, changes, and ways out of the frame. */

import { nodeOf, spans } from "./data.js";
import { number, say, signed, unit, volume, worth } from "./format.js";
import { inside, pointAt, stretchInside } from "./geometry.js";
import { around, textWidth } from "./labels.js";
import { BOTTLENECK, changeInk, inkOf } from "./palette.js";
import { state } from "./state.js";

const SHARES = [0.5, 0.38, 0.62, 0.27, 0.74, 0.16, 0.86];
const LEAST_TOLD = 0.008; // of the largest flow: smaller ones are seen, not told
const HEIGHT = 17;

const pillWidth = (text) => textWidth(text, 11, 650) + 14;

/** The middle of what is seen of a line, or of the line when none is. */
function middle(strand, size, share = 0.5) {
  const stretch = stretchInside(strand.line, size) ?? [0, strand.line.length];
  return pointAt(strand.line, stretch[0] + share * (stretch[1] - stretch[0]));
}

/** Bottlenecks of the strands: a diamond on each, and a pill where there is room. */
export function bottleneckPills(strands, placer, size) {
  const marked = [];
  for (const strand of strands) {
    strand.now.limits.forEach((limit, i) => {
      const place = middle(strand, size, [0.5, 0.3, 0.7, 0.15][i % 4]);
      marked.push({ strand, limit, x: place.x, y: place.y });
    });
  }
  const seen = marked.filter((mark) => inside(mark.x, mark.y, size));
  seen.sort((a, b) => b.limit.price - a.limit.price);
  for (const mark of seen) placer.block(around(mark.x, mark.y, 12, 12));
  for (const mark of seen) {
    const { price, family, bound } = mark.limit;
    const { periods } = spans[state.span];
    const told = worth(price, family);
    mark.text = bound < periods ? say("pill.price_periods", { price: told, bound, periods }) : told;
    mark.width = pillWidth(mark.text);
    mark.box = placer.place(ring(mark, mark.width), 5);
  }
  return seen;
}

/** Boxes round a place, ever farther out. */
function ring({ x, y }, width) {
  const out = [];
  for (const away of [9, 17, 28, 44, 64]) {
    for (const turn of [270, 90, 315, 225, 45, 135, 0, 180]) {
      const angle = (turn * Math.PI) / 180;
      const dx = Math.cos(angle) * (width / 2 + away);
      const dy = Math.sin(angle) * (HEIGHT / 2 + away);
      out.push(around(x + dx, y + dy, width, HEIGHT));
    }
  }
  return out;
}

/** The volumes (or changes) worth telling, the largest first: strand, text, ink. */
export const numbersOf = (strands, which) => (which === "change" ? changes(strands) : volumes(strands));

/** Those numbers that find room beside their lines, as pills. */
export function placeNumbers(numbers, placer, size) {
  const pills = [];
  for (const { strand, text, ink } of numbers) {
    const width = pillWidth(text);
    const box = placer.place(beside(strand, width, size), 0);
    if (box) pills.push({ strand, text, ink, width, box });
  }
  return pills;
}

function changes(strands) {
  const moved = strands.filter((strand) => strand.flows);
  const shown = distinct(moved, (strand) => signed(strand.delta, 2));
  return shown
    .filter((strand) => Math.abs(strand.delta) >= 0.005)
    .map((strand) => ({ strand, text: signed(strand.delta, 2), ink: changeInk(strand.delta) }));
}

function volumes(strands) {
  const flows = strands.filter((strand) => strand.flows && !strand.now.limits.length);
  const most = Math.max(...flows.map((strand) => strand.now.flow), 0);
  return distinct(flows, (strand) => number(strand.now.flow))
    .filter((strand) => strand.now.flow >= LEAST_TOLD * most && !strand.leaves)
    .map((strand) => ({
      strand,
      text: say("pill.volume", { volume: number(strand.now.flow), unit: unit(strand.arc.unit) }),
      ink: inkOf(strand.arc.family, strand.now.used),
    }));
}

/** A chain of one number is told once, on its longest link. */
function distinct(strands, tell) {
  const size = (strand) => Math.max(Math.abs(strand.delta), strand.now.flow);
  const ordered = [...strands].sort((a, b) => size(b) - size(a) || b.line.length - a.line.length);
  const told = [];
  for (const strand of ordered) {
    if (strand.line.length < 30) continue;
    const again = told.some(
      (other) =>
        tell(other) === tell(strand) &&
        [other.arc.from, other.arc.to].some((id) => id === strand.arc.from || id === strand.arc.to),
    );
    if (!again) told.push(strand);
  }
  return told;
}

/** Boxes on both sides of a line, near the middle of what is seen of it first. */
export function beside(strand, width, size) {
  const stretch = stretchInside(strand.line, size);
  if (!stretch || stretch[1] - stretch[0] < 30) return [];
  const out = [];
  for (const away of [1, 1.6, 2.3]) {
    for (const share of SHARES) {
      const place = pointAt(strand.line, stretch[0] + share * (stretch[1] - stretch[0]));
      const angle = (place.turn * Math.PI) / 180;
      const [nx, ny] = [-Math.sin(angle), Math.cos(angle)];
      const off = (strand.width / 2 + 4) * away;
      const reach = off + Math.abs(nx) * (width / 2) + Math.abs(ny) * (HEIGHT / 2);
      for (const side of [-1, 1]) {
        const box = around(place.x + side * nx * reach, place.y + side * ny * reach, width, HEIGHT);
        out.push({ ...box, at: place, away });
      }
    }
  }
  return out;
}

export function drawPills(group, leaders, marked, pills) {
  for (const mark of marked.filter((one) => one.box)) {
    leaders.push({ from: mark, to: mark.box, colour: BOTTLENECK });
  }
  for (const pill of pills.filter((one) => one.box.away > 1.2)) {
    leaders.push({ from: pill.box.at, to: pill.box, colour: pill.ink });
  }
  group
    .selectAll("path.diamond")
    .data(marked, (mark) => mark.limit.id)
    .join("path")
    .attr("class", "diamond")
    .attr("data-limit", (mark) => mark.limit.id)
    .attr("d", "M0,-6L6,0L0,6L-6,0Z")
    .attr("fill", BOTTLENECK)
    .attr("stroke", "#fff")
    .attr("stroke-width", 1.3)
    .attr("transform", (mark) => `translate(${mark.x.toFixed(1)},${mark.y.toFixed(1)})`);
  const told = [
    ...pills.map((pill) => ({ ...pill, key: `v${pill.strand.arc.id}`, fill: "#fff", edge: pill.ink })),
    ...marked
      .filter((mark) => mark.box)
      .map((mark) => ({ ...mark, key: `b${mark.limit.id}`, fill: BOTTLENECK, edge: "#fff", ink: "#fff" })),
  ];
  group
    .selectAll("g.pill")
    .data(told, (pill) => pill.key)
    .join((entered) => {
      const pill = entered.append("g").attr("class", "pill");
      pill
        .append("rect")
        .attr("rx", HEIGHT / 2)
        .attr("height", HEIGHT)
        .attr("y", -HEIGHT / 2);
      pill.append("text").attr("dy", ".34em");
      return pill;
    })
    .raise()
    .attr("transform", (pill) => `translate(${pill.box.x.toFixed(1)},${pill.box.y.toFixed(1)})`)
    .each(function fill(pill) {
      const own = d3.select(this);
      own
        .select("rect")
        .attr("x", -pill.width / 2)
        .attr("width", pill.width)
        .attr("stroke", pill.edge)
        .style("fill", pill.fill);
      own.select("text").text(pill.text).attr("fill", pill.ink);
    });
}

/** "→ China coast 5.7 Mt" where flows leave the panel for good. */
export function waysOut(strands, placer, size) {
  const out = [];
  for (const strand of strands) {
    const goal = nodeOf(strand.arc.to);
    const { line } = strand;
    strand.leaves = false;
    if (!strand.flows || goal?.x === undefined) continue;
    const last = line.count - 1;
    if (inside(line.xs[last], line.ys[last], size) || !inside(line.xs[0], line.ys[0], size)) continue;
    let i = last;
    while (i > 0 && !inside(line.xs[i], line.ys[i], size, -2)) i -= 1;
    strand.leaves = true;
    const told = volume(strand.now.flow);
    const text = say("pill.exit", { place: goal.name, volume: told, unit: unit(strand.arc.unit) });
    out.push({ x: line.xs[i], y: line.ys[i], text, width: textWidth(text, 12, 650) });
  }
  out.sort((a, b) => b.width - a.width);
  for (const one of out) {
    const boxes = [];
    for (const dy of [-12, 12, -26, 26, -40, 40, -54, 54, -68, 68, -90, 90]) {
      for (const shift of [0, -0.5, 0.5]) {
        const x = Math.min(size.width - one.width / 2 - 6, Math.max(one.width / 2 + 6, one.x + shift * one.width));
        const y = Math.min(size.height - 12, Math.max(12, one.y + dy));
        boxes.push(around(x, y, one.width + 4, 15));
      }
    }
    one.box = placer.place(boxes, 30);
  }
  return out.filter((one) => one.box);
}

export function drawWaysOut(group, ways) {
  group
    .selectAll("text.way-out")
    .data(ways)
    .join("text")
    .attr("class", "way-out")
    .attr("text-anchor", "middle")
    .attr("x", (one) => one.box.x.toFixed(1))
    .attr("y", (one) => (one.box.y + 4).toFixed(1))
    .text((one) => one.text);
}
