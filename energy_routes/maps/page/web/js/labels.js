/** Where words may stand: greedy, most important first; boxes are hard, lines are soft. */

import { inside } from "./geometry.js";

const CELL = 24;

/** Text that is measured once, in the page's own font. */
const ruler = document.createElement("canvas").getContext("2d");
const measured = new Map();
const family = getComputedStyle(document.body).fontFamily;

/** Width in px of a text in a size and weight. */
export function textWidth(text, size, weight = 400, italic = false) {
  const font = `${italic ? "italic " : ""}${weight} ${size}px ${family}`;
  const key = `${font}|${text}`;
  if (!measured.has(key)) {
    ruler.font = font;
    measured.set(key, ruler.measureText(text).width);
  }
  return measured.get(key);
}

export const PILL_HEIGHT = 17;
export const pillWidth = (text) => textWidth(text, 11, 650) + 14;

/** A box around a centre. */
export const around = (x, y, width, height) => ({
  left: x - width / 2,
  top: y - height / 2,
  right: x + width / 2,
  bottom: y + height / 2,
  x,
  y,
});

/** Keeps boxes apart, and counts the line samples that a box would cover. */
export class Placer {
  constructor(size, margin = 3) {
    this.size = size;
    this.margin = margin;
    this.boxes = [];
    this.cells = new Map();
  }

  /** Keep words off a box. */
  block(box) {
    this.boxes.push(box);
  }

  /** Let words avoid a line that is `width` px thick. */
  avoid(line, width) {
    let next = 0;
    for (let i = 0; i < line.count; i += 1) {
      while (next <= line.along[i]) {
        const step = i ? line.along[i] - line.along[i - 1] : 1;
        const back = step ? (line.along[i] - next) / step : 0;
        const from = Math.max(0, i - 1);
        const x = line.xs[i] + back * (line.xs[from] - line.xs[i]);
        const y = line.ys[i] + back * (line.ys[from] - line.ys[i]);
        if (inside(x, y, this.size, 20)) this.sample(x, y, width / 2 + 1);
        next += 6;
      }
    }
  }

  sample(x, y, reach) {
    const key = `${Math.floor(x / CELL)},${Math.floor(y / CELL)}`;
    if (!this.cells.has(key)) this.cells.set(key, []);
    this.cells.get(key).push([x, y, reach]);
  }

  /** Line samples that a box would cover. */
  covered(box) {
    let count = 0;
    const [left, right] = [Math.floor(box.left / CELL) - 1, Math.floor(box.right / CELL) + 1];
    const [top, bottom] = [Math.floor(box.top / CELL) - 1, Math.floor(box.bottom / CELL) + 1];
    for (let column = left; column <= right; column += 1) {
      for (let row = top; row <= bottom; row += 1) {
        for (const [x, y, reach] of this.cells.get(`${column},${row}`) ?? []) {
          if (x > box.left - reach && x < box.right + reach && y > box.top - reach && y < box.bottom + reach) {
            count += 1;
          }
        }
      }
    }
    return count;
  }

  /** Whether a box lies in the panel and on no other box. */
  free(box) {
    const { width, height } = this.size;
    const held =
      box.left >= this.margin &&
      box.top >= this.margin &&
      box.right <= width - this.margin &&
      box.bottom <= height - this.margin;
    return (
      held &&
      !this.boxes.some(
        (other) => box.left < other.right && box.right > other.left && box.top < other.bottom && box.bottom > other.top,
      )
    );
  }

  /**
   * The first free box that covers no line, else the one that covers least (up
   * to `tolerance` samples); it is blocked for those that follow. Null: no room.
   */
  place(boxes, tolerance = 0) {
    let best = null;
    let least = tolerance + 1;
    for (const box of boxes) {
      if (!this.free(box)) continue;
      const count = this.covered(box);
      if (count < least) {
        best = box;
        least = count;
      }
      if (count === 0) break;
    }
    if (best) this.block(best);
    return best;
  }
}
