/** What the reader looks at, kept in the address so that a view can be sent. */

import { arcOf, content, corridorOf, families, kind, plans, spans } from "./data.js";

const VIEWS = kind === "one" ? ["after"] : ["after", "before", "side", "change"];
const FILTERS = ["used", "scarce", "slack", "unused"];
const FOCI = {
  arc: (id) => arcOf(id),
  corridor: (id) => corridorOf(id),
  route: (id) => plans.some((plan) => plan.routes[Number(id)]),
};

export const state = {
  view: "after",
  step: plans.length > 1 ? 1 : 0,
  span: content.start,
  families: new Set(families),
  focus: null, // {kind: "arc" | "corridor" | "route", id}
  camera: null, // {k, x, y}: how much larger than the first view, and the place in the middle; null: the first view
  list: "lines",
  filter: "used", // which lines the list shows
  moving: true,
};

const listeners = [];
const shared = new Map(); // what else the address tells, by its key

/** Keep something else in the address; nothing of a blank text. */
export function keepShared(key, text) {
  if (text) shared.set(key, text);
  else shared.delete(key);
  writeAddress(false);
}

/** Call `listener` after every change. */
export function onChange(listener) {
  listeners.push(listener);
}

const CHOICES = new Set(["view", "focus", "list", "filter", "families"]); // what the browser's Back undoes

/** Change what is looked at, and redraw. */
export function update(changes) {
  Object.assign(state, changes);
  writeAddress(Object.keys(changes).some((key) => CHOICES.has(key)));
  for (const listener of listeners) listener(state);
}

/** Remember where the camera rests; nothing is drawn anew. */
export function keepCamera(camera) {
  state.camera = camera;
  writeAddress(false);
}

/** Focus on something; a second time on the same releases it. */
export function toggleFocus(what, id) {
  const same = state.focus?.kind === what && state.focus.id === String(id);
  update({ focus: same ? null : { kind: what, id: String(id) } });
}

export const isFocus = (what, id) => state.focus?.kind === what && state.focus.id === String(id);

/** The number of the plan whose figures stand beside the map. */
export const shownPlan = () => (state.view === "before" ? 0 : state.step);

/** Whether the figures are told against the plan before. */
export const comparing = () => kind !== "one" && state.view !== "before";

/** The finding of the plan shown, or what it changes against the one before. */
export function findingNow() {
  const plan = plans[shownPlan()];
  return kind === "pair" && comparing() ? plan.moved[state.span] : plan.finding[state.span];
}

/** The numbers of the arcs in focus; null when nothing is. */
export function focusedArcs() {
  if (!state.focus) return null;
  const { kind: what, id } = state.focus;
  if (what === "arc") return new Set([arcOf(id).n]);
  if (what === "corridor") return new Set(corridorOf(id).arcs);
  return new Set(plans[shownPlan()].routes[Number(id)]?.arcs ?? []);
}

/** A camera as an address tells it; null for none, or for what is none. */
function cameraOf(text) {
  const [k, x, y, ...more] = text.split(",").map(Number);
  return k > 0 && Number.isFinite(k) && Number.isFinite(x) && Number.isFinite(y) && !more.length ? { k, x, y } : null;
}

/** Take the view from the address: without a focus, a list or a camera there is none; other things stay. */
export function readAddress() {
  const told = new URLSearchParams(location.hash.slice(1));
  const changes = { focus: null, list: "lines", camera: cameraOf(told.get("z") ?? "") };
  if (VIEWS.includes(told.get("v"))) changes.view = told.get("v");
  const span = spans.findIndex((one) => one.id === told.get("t"));
  if (span >= 0) changes.span = span;
  const step = Number(told.get("s"));
  if (Number.isInteger(step) && step > 0 && step < plans.length) {
    changes.step = step;
  }
  const chosen = (told.get("c") ?? "").split(",");
  const kept = families.filter((family) => chosen.includes(family));
  if (kept.length) changes.families = new Set(kept);
  const [what, ...rest] = (told.get("f") ?? "").split(":");
  if (FOCI[what]?.(rest.join(":"))) {
    changes.focus = { kind: what, id: rest.join(":") };
  }
  if (told.get("l") === "routes") changes.list = "routes";
  changes.filter = FILTERS.includes(told.get("q")) ? told.get("q") : "used";
  if (told.get("a") === "0") changes.moving = false;
  Object.assign(state, changes);
}

function writeAddress(chosen) {
  const told = new URLSearchParams();
  if (kind !== "one") told.set("v", state.view);
  if (content.kind === "steps") told.set("s", state.step);
  if (spans.length > 1) told.set("t", spans[state.span].id);
  if (families.length > 1) told.set("c", [...state.families].join(","));
  if (state.focus) told.set("f", `${state.focus.kind}:${state.focus.id}`);
  if (state.list !== "lines") told.set("l", state.list);
  if (state.filter !== "used") told.set("q", state.filter);
  if (!state.moving) told.set("a", "0");
  if (state.camera) told.set("z", Object.values(state.camera).join(","));
  for (const [key, text] of shared) told.set(key, text);
  const address = `#${told}`;
  try {
    history[chosen && address !== location.hash ? "pushState" : "replaceState"](null, "", address);
  } catch {
    // A sandboxed notebook frame refuses; the page works without an address.
  }
}
