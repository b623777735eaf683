/** The steps of a frontier or an atlas of outages. */

import { kind, plans } from "./data.js";
import { find, make } from "./dom.js";
import { state, update } from "./state.js";

/** Move by a number of steps, held at the ends. */
export function moveStep(by) {
  if (kind !== "steps") return;
  update({ step: Math.min(plans.length - 1, Math.max(1, state.step + by)) });
}

export function drawSteps() {
  if (kind !== "steps") return;
  const { label, note } = plans[state.step];
  find("step").value = state.step;
  find("step").setAttribute("aria-valuetext", label);
  find("step-list").value = state.step;
  find("step-note").textContent = note;
  find("step-back").disabled = state.step === 1;
  find("step-next").disabled = state.step === plans.length - 1;
}

export function startSteps() {
  if (kind !== "steps") return;
  find("step-row").hidden = false;
  find("step").max = plans.length - 1;
  find("step").addEventListener("input", (event) => update({ step: Number(event.target.value) }));
  find("step-list").append(...plans.slice(1).map((plan, i) => make("option", { value: i + 1 }, plan.label)));
  find("step-list").addEventListener("change", (event) => update({ step: Number(event.target.value) }));
  find("step-back").addEventListener("click", () => moveStep(-1));
  find("step-next").addEventListener("click", () => moveStep(1));
}
