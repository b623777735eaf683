/** Names of lines (CPC, TANAP), each once, beside the longest stretch that has room. */

import { content } from "./data.js";
import { textWidth } from "./labels.js";
import { inkOf } from "./palette.js";
import { beside } from "./pills.js";

const NEAR = 2; // times the least distance: a name farther off would seem another line's
const COVERED = 4; // line samples that the name of a line with a flow may cover
const SIZE = { true: 12.5, false: 11 }; // px, of a line that carries something, and of one that does not

/** Strands with a name by that name, the largest flow first: those that carry something, then the others. */
export function namedLines(strands) {
  const named = strands.filter((strand) => strand.arc.line && strand.line.length > 30);
  const ordered = named.sort((a, b) => b.line.length - a.line.length);
  const carrying = d3.group(
    ordered.filter((strand) => strand.flows),
    (strand) => strand.arc.line,
  );
  const unused = d3.group(
    ordered.filter((strand) => !carrying.has(strand.arc.line)),
    (strand) => strand.arc.line,
  );
  const largest = (own) => d3.max(own, (strand) => strand.now.flow);
  return [[...carrying.values()].sort((a, b) => largest(b) - largest(a)), [...unused.values()]];
}

/** Those names that find room. */
export function placeLineNames(named, placer, size) {
  const told = [];
  for (const strands of named) {
    const [{ arc, flows }] = strands;
    const width = textWidth(arc.line, SIZE[flows], flows ? 650 : 400, true) + 4;
    for (const strand of strands) {
      const boxes = beside(strand, width, size).filter((box) => box.away < NEAR);
      const box = placer.place(boxes, flows ? COVERED : 0);
      if (!box) continue;
      told.push({ name: arc.line, flows, box, ink: flows ? inkOf(arc.family, 1) : content.style.muted });
      break;
    }
  }
  return told;
}

export function drawLineNames(group, told) {
  group
    .selectAll("text.line-name")
    .data(told, (one) => one.name)
    .join("text")
    .attr("class", (one) => (one.flows ? "line-name main" : "line-name"))
    .attr("text-anchor", "middle")
    .attr("fill", (one) => one.ink)
    .attr("x", (one) => one.box.x.toFixed(1))
    .attr("y", (one) => (one.box.y + SIZE[one.flows] * 0.35).toFixed(1))
    .text((one) => one.name);
}
