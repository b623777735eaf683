/** Lines on a canvas: where there are many, thousands of elements would make every movement of the map slow. */

import { trace } from "./geometry.js";
import { BAND_OPACITY, baseColour } from "./palette.js";
import { HATCH } from "./scene.js";

export const MANY = 200; // strands from which lines are drawn on a canvas
const FADED = 0.14;
const HALO = 1.8; // px of white around a line, both sides together

/** Give a canvas the size of its panel, in the pixels of the screen. */
function cleared(canvas, { width, height }) {
  const ratio = devicePixelRatio || 1;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  const pen = canvas.getContext("2d");
  pen.scale(ratio, ratio);
  pen.lineCap = "round";
  pen.lineJoin = "round";
  return pen;
}

function stroke(pen, line, colour, width, opacity, dash) {
  pen.globalAlpha = opacity;
  pen.strokeStyle = colour;
  pen.lineWidth = width;
  pen.lineCap = dash === HATCH ? "butt" : "round";
  pen.setLineDash(dash ? dash.split(" ").map(Number) : []);
  pen.beginPath();
  trace(pen, line);
  pen.stroke();
}

/** Draw strands, widest first: the bands of capacity, then each line on its halo. */
export function drawStrokes(canvas, strands, faded, size) {
  const pen = cleared(canvas, size);
  const seen = strands.filter((strand) => strand.line.seen);
  for (const strand of seen) {
    if (strand.band <= strand.width) continue;
    stroke(pen, strand.line, baseColour(strand.arc.family), strand.band, faded(strand) ? 0.03 : BAND_OPACITY);
  }
  for (const strand of seen) {
    const opacity = faded(strand) ? FADED : 1;
    const widest = Math.max(strand.width, strand.ends?.[1] ?? 0);
    if (!strand.dash || strand.flows) stroke(pen, strand.line, "#fff", widest + HALO, 0.9 * opacity);
    const [least, most] = strand.ends ?? [strand.width, 0];
    if (most) stroke(pen, strand.line, strand.colour, most, opacity, HATCH);
    if (least) stroke(pen, strand.line, strand.colour, least, opacity, strand.dash);
  }
}
