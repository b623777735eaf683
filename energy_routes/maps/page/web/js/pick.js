/** Which lines a place on the map means: by distance from the line as drawn, those that carry something first. */

import { distanceTo } from "./geometry.js";

const REACH = { mouse: 12, pen: 12, touch: 22 }; // px beyond a line's edge in which it is meant: targets of 24 px and more
const EDGE = 0.9; // px of halo
const TOGETHER = 6; // px beyond a line's edge in which it is named beside the nearest

/**
 * How far a line is from being meant: below 1 on a stroke that carries something, then unused ones, then what is near.
 * Off the strokes, the larger of two flows is meant a little farther out.
 */
function rank(strand, distance, most, reach) {
  const half = strand.width / 2 + EDGE;
  if (distance <= half) return distance / half + (strand.flows ? 0 : 1);
  const away = (distance - half) / reach;
  return strand.flows ? 2 + away * (1 - (0.4 * strand.now.flow) / most) : 3 + away;
}

/** The strands within reach of a place, the one that is meant first; {strand, away: px beyond its edge}. */
export function linesNear(strands, x, y, pointer = "mouse") {
  const reach = REACH[pointer] ?? REACH.mouse;
  const found = [];
  for (const strand of strands) {
    if (!strand.line?.seen) continue;
    const within = strand.width / 2 + EDGE + reach;
    const distance = distanceTo(strand.line, x, y, within);
    if (distance <= within) found.push({ strand, distance, away: distance - strand.width / 2 - EDGE });
  }
  const most = Math.max(1e-9, ...found.map((one) => one.strand.now.flow));
  for (const one of found) one.rank = rank(one.strand, one.distance, most, reach);
  return found.sort((a, b) => a.rank - b.rank);
}

/** Those of the lines found that lie together where the first does. */
export const together = (found) => found.filter((one, i) => i === 0 || one.away <= TOGETHER).map((one) => one.strand);
