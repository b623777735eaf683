/** The legend under the maps: the key, and buttons for the corridors. */

import { corridors, kind, plans } from "./data.js";
import { make } from "./dom.js";
import { say } from "./format.js";
import { legendKey } from "./key.js";
import { baseColour } from "./palette.js";
import { isFocus, state, toggleFocus } from "./state.js";

const MOST = 11; // corridors with a button
const SHORT = 780; // px: under maps lower than this, two of them leave room for a short legend only
let whole = null; // whether the reader wants the whole legend; null: what fits

/** The legend of a view under maps of a size; `again` redraws it. */
export function legend({ width, height }, again) {
  const crowded = state.view === "side" && height < SHORT;
  const short = !(whole ?? !crowded);
  const turn = () => {
    whole = short;
    again();
    document.querySelector(".legend .more").focus();
  };
  const words = say(short ? "page.more" : "page.less");
  const more = make(
    "button",
    {
      type: "button",
      class: "more",
      "aria-expanded": String(!short),
      "aria-label": words,
      title: words,
      on: { click: turn },
    },
    short ? "▴" : "▾",
  );
  const key = legendKey(state.view === "change" ? "change" : "plan", short, width - 56);
  return make("div", { class: "legend" }, more, key, buttons());
}

function buttons() {
  const volume = (one) => d3.sum(plans, (plan) => plan.corridors[one.id]?.[state.span] ?? 0);
  const shown = corridors
    .filter((one) => state.families.has(one.family) && one.arcs.length && (volume(one) > 0 || kind !== "one"))
    .sort((a, b) => volume(b) - volume(a))
    .slice(0, MOST);
  const each = shown.map((one) =>
    make(
      "button",
      {
        type: "button",
        title: one.name,
        "aria-pressed": String(isFocus("corridor", one.id)),
        "data-corridor": one.id,
        on: { click: () => toggleFocus("corridor", one.id) },
      },
      swatch(one.family),
      one.name,
    ),
  );
  return make("div", { class: "corridors", role: "group", "aria-label": say("legend.corridors") }, each);
}

function swatch(family) {
  const mark = make("i");
  mark.style.background = baseColour(family);
  return mark;
}
