/** Colours and widths; the constants are those of the static maps. */

import { content, familyOf } from "./data.js";

const { steps } = content.style;

export const BOTTLENECK = content.style.bottleneck;
export const IDLE = content.style.idle;
export const UNCAPPED = content.style.uncapped;
export const INK = "#1c2733";
export const MUTED = content.style.muted;
export const BAND_OPACITY = 0.17;
/** PRGn from decrease to increase: told apart by colour-blind readers. */
export const CHANGE = ["#762a83", "#af8dc3", "#a9b1b9", "#7fbf7b", "#1b7837"];

/** Width of a flow in px from Mt or bcm a month: linear, the same everywhere. */
export const width = (monthly) => 1.4 + 2.05 * monthly;

/** Which step of the ramp a utilisation falls in. */
export const stepOf = (used) => steps.filter((edge) => used >= edge).length;

/** Colour of a flow; one without a capacity has no utilisation to tell. */
export const colour = (family, used) => (used === null ? UNCAPPED : rampOf(family)[stepOf(used)]);

/** A tone of the family that is dark enough for text on white. */
export const inkOf = (family, used) => (used === null ? "#6d5848" : rampOf(family)[Math.max(2, stepOf(used))]);

export const proposedColour = (family) => familyOf(family).proposed;
export const rampOf = (family) => familyOf(family).ramp;
export const baseColour = (family) => rampOf(family)[1];

/** Colour of a change, strong from a third of the largest. */
export function changeColour(delta, largest) {
  if (Math.abs(delta) < 0.004 * largest) return CHANGE[2];
  const strong = Math.abs(delta) >= largest / 3;
  if (delta < 0) return CHANGE[strong ? 0 : 1];
  return CHANGE[strong ? 4 : 3];
}

/** Width of a change in px. */
export const changeWidth = (delta, largest) =>
  Math.abs(delta) < 0.004 * largest ? 1.1 : 2 + (8 * Math.abs(delta)) / largest;

/** Text on white in the colour of a change. */
export const changeInk = (delta) => (delta < 0 ? CHANGE[0] : CHANGE[4]);
