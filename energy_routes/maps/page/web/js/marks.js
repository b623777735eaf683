/** Arrows on the lines, symbols of the nodes, and their names. */

import { content, nodes } from "./data.js";
import { inside, pointAt } from "./geometry.js";
import { INK } from "./palette.js";
import { textWidth } from "./labels.js";

const RANK = ["port", "market", "field", "border", "hub", "refinery", "storage"];
const MAIN = new Set(["market", "port"]);
const RIM = 4; // px between the symbol of a market and its name that a ring takes
const MOST_ARROWS = 300; // on the widest lines
const MERGE = 8; // px: nodes closer than this are drawn as one
const SYMBOLS = {
  field: "M0,-5L4.6,3.6H-4.6Z",
  port: "M-4.2,0a4.2,4.2 0 1,0 8.4,0a4.2,4.2 0 1,0 -8.4,0Z",
  border: "M-3.4,-3.4H3.4V3.4H-3.4Z",
  market: "M0,-5L5,0L0,5L-5,0Z",
  refinery: "M-3.2,-3.2H3.2V3.2H-3.2Z",
  storage: "M0,-4.4L4.2,-1.4L2.6,3.6H-2.6L-4.2,-1.4Z",
  hub: "M-2.4,0a2.4,2.4 0 1,0 4.8,0a2.4,2.4 0 1,0 -4.8,0Z",
};
const DARK = new Set(["field", "market", "refinery"]);

export const symbolOf = (kind) => SYMBOLS[kind] ?? SYMBOLS.hub;
export const symbolFill = (kind) => (DARK.has(kind) ? INK : "#fff");
export const symbolEdge = (kind) => (DARK.has(kind) ? "#fff" : INK);

/** White chevrons with a dark edge, about every 170 px; they survive print. */
export function drawArrows(group, strands, marks, size) {
  const arrows = [];
  for (const { line, width, flows } of strands) {
    if (arrows.length >= MOST_ARROWS) break;
    if (!flows || width < 1.5 || line.length < 26) continue;
    const count = Math.max(1, Math.min(40, Math.round(line.length / 170)));
    for (let i = 0; i < count; i += 1) {
      const place = pointAt(line, (line.length * (i + 0.6)) / count);
      const crowded = marks.some((mark) => Math.hypot(mark.x - place.x, mark.y - place.y) < 11);
      if (inside(place.x, place.y, size) && !crowded) {
        arrows.push({ ...place, size: Math.max(3.4, Math.min(7, width * 0.55 + 2)) });
      }
    }
  }
  group
    .selectAll("path.arrow")
    .data(arrows)
    .join("path")
    .attr("class", "arrow")
    .attr("d", "M-.8,-1 L1,0 L-.8,1 L-.35,0Z")
    .attr("fill", "#fff")
    .attr("stroke", INK)
    .attr("stroke-width", 0.2)
    .attr(
      "transform",
      (a) => `translate(${a.x.toFixed(1)},${a.y.toFixed(1)}) rotate(${a.turn.toFixed(1)}) scale(${a.size.toFixed(1)})`,
    );
}

/** A cross on each line that is out. */
export function drawLosses(group, strands) {
  const places = strands
    .filter((strand) => strand.look === "lost")
    .map((strand) => pointAt(strand.line, strand.line.length / 2));
  group
    .selectAll("path.cross")
    .data(places)
    .join("path")
    .attr("class", "cross")
    .attr("d", "M-5,-5L5,5M5,-5L-5,5")
    .attr("fill", "none")
    .attr("stroke", INK)
    .attr("stroke-width", 2.6)
    .attr("transform", (place) => `translate(${place.x.toFixed(1)},${place.y.toFixed(1)})`);
}

/** Nodes that a strand touches, those too close to tell apart as one mark. */
export function marksOf(strands, camera, size) {
  const through = new Map();
  for (const { arc, now, look } of strands) {
    for (const id of [arc.from, arc.to]) {
      const flow = look === "same" ? now.flow : Math.max(now.flow, 0);
      through.set(id, Math.max(through.get(id) ?? 0, flow));
    }
  }
  const seen = nodes
    .filter((node) => node.x !== undefined && through.has(node.id))
    .map((node) => ({
      node,
      x: node.x * camera.scale + camera.x,
      y: node.y * camera.scale + camera.y,
      volume: through.get(node.id),
      rank: node.inland ? RANK.length : RANK.indexOf(node.kind),
    }))
    .filter((mark) => inside(mark.x, mark.y, size, 10))
    .sort((a, b) => a.rank - b.rank || b.volume - a.volume);
  const marks = [];
  for (const one of seen) {
    const home = marks.find((mark) => Math.hypot(mark.x - one.x, mark.y - one.y) < MERGE);
    if (home) home.others.push(one);
    else marks.push({ ...one, others: [] });
  }
  for (const mark of marks) {
    const fields = mark.others.filter((other) => other.node.kind === "field");
    const names = new Set([mark.node.name, ...fields.map((other) => other.node.name)]);
    mark.label = [...names].slice(0, 2).join(" · ") + (names.size > 2 ? " …" : "");
    mark.nodes = new Set([mark, ...mark.others].map((one) => one.node.id));
    mark.volume = Math.max(mark.volume, ...mark.others.map((other) => other.volume));
  }
  return marks;
}

export function drawMarks(group, marks) {
  group
    .selectAll("path.node")
    .data(marks, (mark) => mark.node.id)
    .join("path")
    .attr("class", "node")
    .attr("d", (mark) => symbolOf(mark.node.kind))
    .attr("fill", (mark) => symbolFill(mark.node.kind))
    .attr("stroke", (mark) => symbolEdge(mark.node.kind))
    .attr("stroke-width", 1.3)
    .attr("transform", (mark) => `translate(${mark.x.toFixed(1)},${mark.y.toFixed(1)})`);
}

/** Places for a name round a mark: right, left, above, below, then farther. */
function spots(mark, width, height) {
  const out = [];
  for (const away of [9, 15, 23].map((step) => step + (mark.full ? RIM : 0))) {
    const side = away * 0.75;
    for (const [dx, dy, anchor] of [
      [away, 0, 0],
      [-away, 0, 1],
      [0, -away - 2, 0.5],
      [0, away + 2, 0.5],
      [side, -side - 2, 0],
      [side, side + 2, 0],
      [-side, -side - 2, 1],
      [-side, side + 2, 1],
    ]) {
      const left = mark.x + dx - width * anchor;
      const middle = mark.y + dy;
      out.push({
        left: left - 1,
        right: left + width + 1,
        top: middle - height / 2,
        bottom: middle + height / 2,
        x: left,
        y: middle,
        away,
      });
    }
  }
  return out;
}

const isMain = (mark) => MAIN.has(mark.node.kind) && !mark.node.inland;
const weight = (mark) => (isMain(mark) ? 2 : mark.node.kind === "field" ? 1 : 0);
const CLOSE = 1.5; // times the home scale from which places without a flow are named

/** The marks in the order in which they are named: [ports, markets and fields], [others]; each by volume. */
export function byWeight(marks, zoomed) {
  const named = marks.filter((mark) => mark.volume > content.style.floor || zoomed >= CLOSE);
  const ordered = named.sort((a, b) => weight(b) - weight(a) || b.volume - a.volume);
  return [ordered.filter(weight), ordered.filter((mark) => !weight(mark))];
}

/** Those names that find room. */
export function placeNames(marks, placer) {
  const told = [];
  for (const mark of marks) {
    const main = isMain(mark);
    const size = main ? 12.5 : 11.5;
    const width = textWidth(mark.label, size, main ? 650 : 400);
    const box = placer.place(spots(mark, width, size + 2), weight(mark) ? 8 : 3);
    if (box) told.push({ mark, box, main, size });
  }
  return told;
}

export function drawNodeNames(group, leaders, told) {
  group
    .selectAll("text.node-name")
    .data(told, (one) => one.mark.node.id)
    .join("text")
    .attr("class", (one) => (one.main ? "node-name main" : "node-name"))
    .attr("x", (one) => one.box.x.toFixed(1))
    .attr("y", (one) => (one.box.y + one.size * 0.35).toFixed(1))
    .text((one) => one.mark.label);
  for (const { mark, box } of told.filter((one) => one.box.away > (one.mark.full ? 12 + RIM : 12))) {
    const to = {
      x: Math.min(box.right, Math.max(box.left, mark.x)),
      y: Math.min(box.bottom, Math.max(box.top, mark.y)),
    };
    leaders.push({ from: mark, to, colour: INK, thin: true });
  }
}
