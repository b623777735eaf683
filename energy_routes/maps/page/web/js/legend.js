/** What widths, colours and symbols mean, and buttons for the corridors. */

import { corridors, families, familyOf, kind, plans, spans } from "./data.js";
import { make } from "./dom.js";
import { number, say, unit } from "./format.js";
import { textWidth } from "./labels.js";
import { symbolEdge, symbolFill, symbolOf } from "./marks.js";
import { baseColour, BOTTLENECK, CHANGE, IDLE, INK, proposedColour, rampOf, width } from "./palette.js";
import { largestNow } from "./scene.js";
import { isFocus, state, toggleFocus } from "./state.js";

const WIDE = 280;
const MOST = 11; // corridors with a button
const TICKS = [1, 2, 5];

const text = (x, y, words, extra = {}) => make("text", { x, y, "font-size": 11, fill: INK, ...extra }, words);

/** "Mt a year", "Mt or bcm a month", or the plain unit for other spans. */
function spanUnit() {
  const shown = families.filter((family) => state.families.has(family));
  const { months } = spans[state.span];
  const units = shown.map((family) => unit(familyOf(family).unit));
  const base = units.reduce((first, second) => say("legend.unit.either", { first, second }));
  if (Math.abs(months - 12) < 0.1) return say("legend.unit.year", { unit: base });
  return months < 1.1 ? say("legend.unit.month", { unit: base }) : base;
}

/** Three round volumes whose widths tell the scale. */
function ticks() {
  const { months } = spans[state.span];
  const round = (value) => {
    const size = 10 ** Math.floor(Math.log10(value));
    return TICKS.map((tick) => tick * size).findLast((tick) => tick <= value * 1.0001);
  };
  return [0.5, 2, 6].map((monthly) => round(monthly * months));
}

function widths(y) {
  const { months } = spans[state.span];
  return ticks().flatMap((volume, i) => [
    make("line", {
      x1: 2 + i * 82,
      x2: 36 + i * 82,
      y1: y,
      y2: y,
      stroke: "#5d6873",
      "stroke-width": width(volume / months),
    }),
    text(42 + i * 82, y + 4, number(volume, volume < 1 ? 1 : 0)),
  ]);
}

function ramps(y) {
  const shown = families.filter((family) => state.families.has(family));
  const rows = shown.flatMap((family, i) => [
    text(0, y + 8 + i * 14, say(`family.${family}`)),
    ...rampOf(family).map((tone, j) =>
      make("rect", { x: 44 + j * 52, y: y + i * 14, width: 52, height: 9, fill: tone }),
    ),
  ]);
  const edges = [
    say("legend.below", { high: 50 }),
    say("legend.between", { low: 50, high: 80 }),
    say("legend.between", { low: 80, high: 95 }),
    say("legend.above", { low: 95 }),
  ];
  const foot = y + shown.length * 14 + 9;
  const words = edges.map((edge, j) => text(44 + j * 52, foot, edge, { fill: "#5b6773" }));
  return { parts: [...rows, ...words], bottom: foot };
}

function looks(y) {
  const [family] = families;
  const dashed = (x, dash, tone, words) => [
    make("path", { d: `M${x},${y}h32`, stroke: tone, "stroke-width": 1.8, "stroke-dasharray": dash, fill: "none" }),
    text(x + 37, y + 4, words),
  ];
  return [
    ...dashed(0, "7 5", proposedColour(family), say("legend.proposed")),
    ...dashed(100, "1 4", IDLE, say("legend.idle")),
    make("path", { d: `M5,${y + 10}l5,5l-5,5l-5,-5z`, fill: BOTTLENECK }),
    text(16, y + 19, say("legend.bottleneck_short")),
  ];
}

function symbols(y) {
  let x = 6;
  return ["field", "port", "border", "market"].flatMap((what) => {
    const word = say(`kind.${what}`);
    const parts = [
      make("path", {
        d: symbolOf(what),
        transform: `translate(${x},${y})`,
        fill: symbolFill(what),
        stroke: symbolEdge(what),
        "stroke-width": 1.2,
      }),
      text(x + 9, y + 4, word),
    ];
    x += 26 + word.length * 5.9;
    return parts;
  });
}

/** A heading; one too long for the box goes on in a second line, from its bracket on. */
function heading(y, words) {
  const bold = { "font-weight": 600 };
  const cut = words.lastIndexOf(" (");
  if (cut < 0 || textWidth(words, 11, 600) < WIDE - 24) return { parts: [text(0, y, words, bold)], down: 0 };
  return { parts: [text(0, y, words.slice(0, cut), bold), text(0, y + 13, words.slice(cut + 1), bold)], down: 13 };
}

/** The key as a drawing, so that the exports can carry it. */
export function legendKey(which, compact) {
  if (which === "change") {
    const step = number(largestNow() / 3, 2);
    const rows = [
      say("legend.decrease_more", { step }),
      say("legend.decrease"),
      say("legend.none"),
      say("legend.increase"),
      say("legend.increase_more", { step }),
    ];
    const parts = rows.flatMap((words, i) => [
      make("line", {
        x1: 2,
        x2: 34,
        y1: 24 + i * 15,
        y2: 24 + i * 15,
        stroke: CHANGE[i],
        "stroke-width": [7, 4, 1.5, 4, 7][i],
      }),
      text(42, 28 + i * 15, words),
    ]);
    return drawing(92, ...heading(10, say("legend.change", { unit: spanUnit() })).parts, ...parts);
  }
  const { parts: head, down } = heading(10, say("legend.width_capacity", { unit: spanUnit() }));
  const { parts, bottom } = ramps(50 + down);
  const body = [...widths(24 + down), ...heading(46 + down, say("legend.colour")).parts, ...parts];
  if (compact) return drawing(bottom + 4, ...head, ...body);
  return drawing(bottom + 50, ...head, ...body, ...looks(bottom + 11), ...symbols(bottom + 42));
}

const drawing = (height, ...parts) =>
  make(
    "svg",
    {
      class: "key",
      width: WIDE,
      height,
      viewBox: `0 0 ${WIDE} ${height}`,
      role: "img",
      "aria-label": say("legend.title"),
    },
    parts,
  );

const SHORT = 640; // px: a map lower than this begins with the short legend
let whole = null; // whether the reader wants the whole legend; null: what fits

/** The legend box of a panel `high` px high; `again` redraws it. */
export function legend(which, high, again) {
  const side = state.view === "side";
  const short = side || !(whole ?? high >= SHORT);
  const box = make("div", { class: side ? "legend compact" : "legend" }, legendKey(which, short));
  if (side) return box;
  box.append(buttons());
  const words = say(short ? "page.more" : "page.less");
  const turn = () => {
    whole = short;
    again();
    document.querySelector(".legend .more")?.focus();
  };
  if (which !== "change") {
    box.append(
      make(
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
      ),
    );
  }
  return box;
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
