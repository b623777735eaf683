/** Lines on the screen: placed by the camera, set aside where they share a corridor. */

import { arcs } from "./data.js";

const GAP = 1; // px of daylight between neighbours
const RAMP = 3; // samples over which an offset sets in

/** Points and left-hand normals of an arc's line, in map units. */
function prepare(arc) {
  const count = arc.p.length / 2;
  const x = new Float64Array(count);
  const y = new Float64Array(count);
  for (let i = 0; i < count; i += 1) {
    x[i] = arc.p[2 * i];
    y[i] = arc.p[2 * i + 1];
  }
  const normalX = new Float64Array(count);
  const normalY = new Float64Array(count);
  for (let i = 0; i < count; i += 1) {
    const from = Math.max(0, i - 2);
    const to = Math.min(count - 1, i + 2);
    const dx = x[to] - x[from];
    const dy = y[to] - y[from];
    const length = Math.hypot(dx, dy) || 1;
    normalX[i] = dy / length;
    normalY[i] = -dx / length;
  }
  return { x, y, normalX, normalY, count };
}

const lines = arcs.map((arc) => (arc.p ? prepare(arc) : null));

/**
 * How far (px) each sample of an arc moves to its left, given the widths of
 * all lines now drawn (0: not drawn) and px per map unit.
 */
function offsets(arc, widths, scale) {
  const out = new Float64Array(lines[arc.n].count);
  let moved = false;
  for (const { o, s, r, away } of arc.beside) {
    if (!widths[o]) continue;
    const own = widths[arc.n];
    const needed = (own + widths[o]) / 2 + GAP - away * scale;
    if (needed <= 0) continue;
    const push = (s * needed * widths[o]) / (own + widths[o]);
    for (let run = 0; run < r.length; run += 2) {
      for (let i = r[run]; i <= r[run + 1]; i += 1) out[i] += push;
    }
    moved = true;
  }
  return moved ? gently(gently(out)) : null;
}

/** A running mean, so that lines part and meet in a curve. */
function gently(values) {
  const out = new Float64Array(values.length);
  for (let i = 0; i < values.length; i += 1) {
    let sum = 0;
    for (let j = -RAMP; j <= RAMP; j += 1) {
      sum += values[Math.min(values.length - 1, Math.max(0, i + j))];
    }
    out[i] = sum / (2 * RAMP + 1);
  }
  return out;
}

/**
 * An arc's line on the screen: xs, ys, distances along it, its box, and whether any of
 * it can be seen. `camera` has scale (px per unit), x and y.
 */
export function lay(arc, widths, camera, size) {
  const { x, y, normalX, normalY, count } = lines[arc.n];
  const aside = offsets(arc, widths, camera.scale);
  const xs = new Float64Array(count);
  const ys = new Float64Array(count);
  const along = new Float64Array(count);
  const box = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };
  let seen = false;
  for (let i = 0; i < count; i += 1) {
    const push = aside ? aside[i] : 0;
    xs[i] = x[i] * camera.scale + camera.x + push * normalX[i];
    ys[i] = y[i] * camera.scale + camera.y + push * normalY[i];
    if (i) along[i] = along[i - 1] + Math.hypot(xs[i] - xs[i - 1], ys[i] - ys[i - 1]);
    if (!seen && inside(xs[i], ys[i], size, 40)) seen = true;
    box.left = Math.min(box.left, xs[i]);
    box.right = Math.max(box.right, xs[i]);
    box.top = Math.min(box.top, ys[i]);
    box.bottom = Math.max(box.bottom, ys[i]);
  }
  return { xs, ys, along, count, box, length: along[count - 1], seen };
}

/** Distance (px) of a place from a laid line; Infinity when it is more than `within`. */
export function distanceTo({ xs, ys, count, box }, x, y, within) {
  if (x < box.left - within || x > box.right + within || y < box.top - within || y > box.bottom + within) {
    return Infinity;
  }
  let least = within * within;
  let found = false;
  for (let i = 1; i < count; i += 1) {
    const dx = xs[i] - xs[i - 1];
    const dy = ys[i] - ys[i - 1];
    const share = ((x - xs[i - 1]) * dx + (y - ys[i - 1]) * dy) / (dx * dx + dy * dy || 1);
    const at = Math.min(1, Math.max(0, share));
    const away = (x - xs[i - 1] - at * dx) ** 2 + (y - ys[i - 1] - at * dy) ** 2;
    if (away <= least) {
      least = away;
      found = true;
    }
  }
  return found ? Math.sqrt(least) : Infinity;
}

export const inside = (x, y, size, margin = 0) =>
  x >= -margin && y >= -margin && x <= size.width + margin && y <= size.height + margin;

/** Lead a pen along a laid line, its samples the hinges of a smooth curve. */
export function trace(pen, { xs, ys, count }) {
  pen.moveTo(xs[0], ys[0]);
  for (let i = 1; i < count - 2; i += 1) {
    pen.quadraticCurveTo(xs[i], ys[i], (xs[i] + xs[i + 1]) / 2, (ys[i] + ys[i + 1]) / 2);
  }
  if (count < 3) pen.lineTo(xs[count - 1], ys[count - 1]);
  else pen.quadraticCurveTo(xs[count - 2], ys[count - 2], xs[count - 1], ys[count - 1]);
}

/** The SVG path of a laid line. */
export function pathOf(line) {
  const path = d3.pathRound(1);
  trace(path, line);
  return path.toString();
}

/** Place and direction (degrees) at a distance along a laid line. */
export function pointAt(line, distance) {
  let low = 0;
  let high = line.count - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (line.along[middle] <= distance) low = middle;
    else high = middle;
  }
  const step = line.along[high] - line.along[low] || 1;
  const share = Math.min(1, Math.max(0, (distance - line.along[low]) / step));
  const dx = line.xs[high] - line.xs[low];
  const dy = line.ys[high] - line.ys[low];
  return {
    x: line.xs[low] + share * dx,
    y: line.ys[low] + share * dy,
    turn: (Math.atan2(dy, dx) * 180) / Math.PI,
  };
}

/** The longest stretch of a laid line inside the panel: [from, to] along it. */
export function stretchInside(line, size) {
  let best = null;
  let start = null;
  for (let i = 0; i < line.count; i += 1) {
    const held = inside(line.xs[i], line.ys[i], size, -4);
    if (held && start === null) start = i;
    if (start !== null && (!held || i === line.count - 1)) {
      const stretch = [line.along[start], line.along[held ? i : i - 1]];
      if (!best || stretch[1] - stretch[0] > best[1] - best[0]) best = stretch;
      start = null;
    }
  }
  return best;
}
