/** The pointer over a map: the line that it means is lit and told, a click keeps it, a click again takes the next. */

import { linesNear, together } from "./pick.js";
import { isFocus, state, update } from "./state.js";
import { hideTip, showTip } from "./tooltip.js";

/** Let a panel answer the pointer. */
export function startPointer(panel) {
  panel.svg
    .on("pointermove", (event) => point(panel, event))
    .on("pointerleave", () => leave(panel))
    .on("click", (event) => choose(panel, event));
}

/** The strands meant by an event, nearest first. */
function meant(panel, event) {
  if (!panel.settled) return [];
  const [x, y] = d3.pointer(event, panel.svg.node());
  return together(linesNear(panel.strands, x, y, event.pointerType));
}

function point(panel, event) {
  if (event.buttons) return leave(panel);
  const [strand, ...others] = meant(panel, event);
  if (!strand) return leave(panel);
  panel.light(strand);
  return showTip(strand, event.clientX, event.clientY, others);
}

function leave(panel) {
  panel.light(null);
  hideTip();
}

/** Focus on what is clicked; again, on the next line there; after the last, on none. */
function choose(panel, event) {
  const found = meant(panel, event);
  const at = found.findIndex((strand) => isFocus("arc", strand.arc.id));
  const next = found[at + 1];
  if (next || state.focus) update({ focus: next ? { kind: "arc", id: next.arc.id } : null });
}
