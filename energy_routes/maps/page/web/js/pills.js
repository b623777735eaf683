/** Numbers on the map: prices, volumes, changes, and ways out of the frame. */

import { isFull, nodeOf } from "./data.js";
import { number, percent, say, signed, unit, volume } from "./format.js";
import { inside, pointAt, stretchInside } from "./geometry.js";
import { around, pillWidth, PILL_HEIGHT, textWidth } from "./labels.js";
import { BOTTLENECK, changeInk, inkOf } from "./palette.js";

const SHARES = [0.5, 0.38, 0.62, 0.27, 0.74, 0.16, 0.86];
const NEAR = [1, 1.6, 2.3]; // how far from its line a number stands, in steps of what keeps it off the line
const FAR = [3.5, 5, 7, 9];
const SELDOM = 0.005; // share of draws that is told as none; what lacks no more of all is told as all
const LEAST_TOLD = 0.008; // of the largest flow: smaller ones are seen, not told
export const SURE = 10; // of the largest flows, the same before and after, the numbers always stand

/** The volumes (or changes) worth telling, the largest first: strand, text, ink. */
export const numbersOf = (strands, which) => (which === "change" ? changes(strands) : volumes(strands));

/** Those numbers that find a place beside their lines, as pills; those that must find one may stand farther off. */
export function placeNumbers(numbers, placer, size, must = false) {
  const pills = [];
  for (const { strand, text, ink } of numbers) {
    const width = pillWidth(text);
    const box = placer.place(beside(strand, width, size)) ?? (must && placer.place(beside(strand, width, size, FAR), 12));
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
  const flows = strands.filter((strand) => strand.flows);
  const most = Math.max(...flows.map((strand) => strand.now.flow), 0);
  return distinct(flows, (strand) => number(strand.now.flow))
    .filter((strand, rank) => rank < SURE || (strand.now.flow >= LEAST_TOLD * most && !isFull(strand.now)))
    .filter((strand) => !strand.leaves)
    .map((strand) => ({
      strand,
      text: withUse(say("pill.volume", { volume: number(strand.now.flow), unit: unit(strand.arc.unit) }), strand.now),
      ink: inkOf(strand.arc.family, strand.now.used),
    }));
}

/** What is told of a line, and the share of draws that use it where these are not all, or not none. */
function withUse(told, { band }) {
  const used = band?.[2] ?? 0;
  return SELDOM < used && used < 1 - SELDOM ? say("pill.used", { told, used: percent(used) }) : told;
}

/** A chain of one number is told once, on its longest link. */
function distinct(strands, tell) {
  const ordered = [...strands].sort((a, b) => b.weight - a.weight || b.line.length - a.line.length);
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
export function beside(strand, width, size, steps = NEAR) {
  const stretch = stretchInside(strand.line, size);
  if (!stretch || stretch[1] - stretch[0] < 30) return [];
  const out = [];
  for (const away of steps) {
    for (const share of SHARES) {
      const place = pointAt(strand.line, stretch[0] + share * (stretch[1] - stretch[0]));
      const angle = (place.turn * Math.PI) / 180;
      const [nx, ny] = [-Math.sin(angle), Math.cos(angle)];
      const off = (strand.width / 2 + 4) * away;
      const reach = off + Math.abs(nx) * (width / 2) + Math.abs(ny) * (PILL_HEIGHT / 2);
      for (const side of [-1, 1]) {
        const box = around(place.x + side * nx * reach, place.y + side * ny * reach, width, PILL_HEIGHT);
        out.push({ ...box, at: place, away });
      }
    }
  }
  return out;
}

/** Pills of signs and of lines, and the leaders to what they tell of. */
export function drawPills(group, leaders, signs, pills) {
  const marked = signs.filter((one) => one.box);
  for (const mark of marked) {
    leaders.push({ from: mark, to: mark.box, colour: BOTTLENECK });
  }
  for (const pill of pills.filter((one) => one.box.away > 1.2)) {
    leaders.push({ from: pill.box.at, to: pill.box, colour: pill.ink });
  }
  const told = [
    ...pills.map((pill) => ({ ...pill, key: `v${pill.strand.arc.id}`, fill: "#fff", edge: pill.ink })),
    ...marked.map((mark) => ({ ...mark, key: `b${mark.limit.id}`, fill: BOTTLENECK, edge: "#fff", ink: "#fff" })),
  ];
  group
    .selectAll("g.pill")
    .data(told, (pill) => pill.key)
    .join((entered) => {
      const pill = entered.append("g").attr("class", "pill");
      pill
        .append("rect")
        .attr("rx", PILL_HEIGHT / 2)
        .attr("height", PILL_HEIGHT)
        .attr("y", -PILL_HEIGHT / 2);
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
