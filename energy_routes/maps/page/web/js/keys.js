/** Keys that work wherever the reader is. */

import { WHOLE } from "./data.js";
import { find } from "./dom.js";
import { state, update } from "./state.js";
import { moveStep } from "./steps.js";
import { moveSpan } from "./timeline.js";
import { hideTip } from "./tooltip.js";

/** Arrows move the months, or the steps where there are no months. */
const move = (by) => (WHOLE > 0 ? moveSpan(by) : moveStep(by));

const ACTS = {
  ArrowRight: () => move(1),
  ArrowLeft: () => move(-1),
  0: () => find("reset").click(),
  Escape: () => {
    hideTip();
    if (state.focus) update({ focus: null });
  },
};

export function startKeys() {
  addEventListener("keydown", (event) => {
    const typed = event.target.matches("input, select, textarea, [role=tab]");
    const open = document.querySelector("dialog[open]");
    const held = event.ctrlKey || event.metaKey || event.altKey;
    const act = ACTS[event.key];
    if (!act || typed || open || held) return;
    event.preventDefault();
    act();
  });
}
