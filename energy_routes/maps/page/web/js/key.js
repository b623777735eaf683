/** What widths, colours and symbols mean: sections of a drawing, set beside each other as the width allows. */

import { content, families, familyOf, plans, spans, WHOLE } from "./data.js";
import { make } from "./dom.js";
import { number, say, unit } from "./format.js";
import { textWidth } from "./labels.js";
import { symbolEdge, symbolFill, symbolOf } from "./marks.js";
import { BOTTLENECK, CHANGE, IDLE, INK, MUTED, proposedColour, rampOf, UNCAPPED, width } from "./palette.js";
import { DASHES, HATCH, largestFlow, largestNow } from "./scene.js";
import { SIGNS } from "./signs.js";
import { state } from "./state.js";

const [SIZE, LINE, GAP] = [11, 15, 18]; // px: text, from row to row, between sections
const TICKS = [1, 2, 5];
const USUAL = [0.5, 2, 6]; // Mt or bcm a month whose widths tell the scale
const STACKED = 4; // px between the lines of a sample that has one for each family
const STEP = 40; // px of a colour, at least
const KINDS = ["field", "port", "hub", "border", "refinery", "storage", "market"];

/** "Mt a year", "Mt or bcm a month", or the plain unit for other spans. */
function spanUnit() {
  const shown = families.filter((family) => state.families.has(family));
  const { months } = spans[state.span];
  const units = [...new Set(shown.map((family) => unit(familyOf(family).unit)))];
  const base = units.reduce((first, second) => say("legend.unit.either", { first, second }));
  if (Math.abs(months - 12) < 0.1) return say("legend.unit.year", { unit: base });
  return months < 1.1 ? say("legend.unit.month", { unit: base }) : base;
}

/** The largest round number up to a value. */
function round(value) {
  const size = 10 ** Math.floor(Math.log10(value));
  return TICKS.map((tick) => tick * size).findLast((tick) => tick <= value * 1.0001);
}

/** Three round volumes whose widths tell the scale: the usual ones, or where no flow has the second the largest below it. */
function ticks() {
  const { months } = spans[state.span];
  const usual = USUAL.map((monthly) => round(monthly * months));
  const most = months * largestFlow();
  if (!most || most >= usual[1]) return usual;
  const [last, middle] = [round(most), round(0.6 * round(most))];
  return [round(0.6 * middle), middle, last];
}

/** A round volume with the decimals that it has. */
const plain = (volume) => number(volume, Math.max(0, -Math.floor(Math.log10(volume))));

const write = (x, y, words, extra = {}) => make("text", { x, y, "font-size": SIZE, fill: INK, ...extra }, words);

/** A sample `wide` px wide that draws itself round a height, and the word behind it. */
const sample = (wide, word, draw) => ({ wide, word, draw });

/** A line in one tone, or in one above the other where each family has its own. */
const stroke = (word, tones, weight, dash = null) =>
  sample(28, word, (x, y) =>
    [tones].flat().map((tone, at, all) =>
      make("path", {
        d: `M${x},${y + STACKED * (at - (all.length - 1) / 2)}h28`,
        stroke: tone,
        "stroke-width": weight / Math.max(1, Math.min(all.length, weight / 1.8)),
        "stroke-dasharray": dash,
        fill: "none",
      }),
    ),
  );

const shape = (word, path, fill, edge) =>
  sample(15, word, (x, y) => [
    make("path", { d: path, transform: `translate(${x + 7},${y})`, fill, stroke: edge, "stroke-width": 1.2 }),
  ]);

/** A heading over rows of samples, set in columns; the last of a shorter row runs on over the columns beside it. */
function section(head, rows) {
  const wide = (one) => (one ? one.wide + (one.word ? 5 + textWidth(one.word, SIZE) : 0) : 0);
  const many = d3.max(rows, (row) => row.length);
  const kept = (row, j) => (j + 1 < row.length || row.length === many ? wide(row[j]) : 0);
  const columns = d3.range(many).map((j) => d3.max(rows, (row) => kept(row, j)));
  const left = columns.map((_, j) => d3.sum(columns.slice(0, j)) + 12 * j);
  const parts = [write(0, SIZE, head, { "font-weight": 600 })];
  rows.forEach((row, i) => {
    row.forEach((one, j) => {
      const y = SIZE + 15 + i * LINE;
      parts.push(...one.draw(left[j], y));
      if (one.word) parts.push(write(left[j] + one.wide + (one.wide ? 5 : 0), y + 4, one.word));
    });
  });
  const ends = rows.map((row) => (row.length ? left[row.length - 1] + wide(row.at(-1)) : 0));
  const reach = Math.max(textWidth(head, SIZE, 600), ...ends);
  return { parts, width: Math.ceil(reach), height: SIZE + 9 + rows.length * LINE };
}

const only = (word) => sample(0, word, () => []);

function widths() {
  const { months } = spans[state.span];
  const strokes = ticks().map((volume) => stroke(plain(volume), "#5d6873", width(volume / months)));
  const { parts, ...size } = section(say("legend.width", { unit: spanUnit() }), [strokes, []]);
  const pale = say("legend.capacity");
  parts.push(write(0, SIZE + 19 + LINE, pale, { fill: MUTED }));
  return { ...size, parts, width: Math.max(size.width, textWidth(pale, SIZE)) };
}

function colours() {
  const shown = families.filter((family) => state.families.has(family));
  const [low, middle, high] = content.style.steps.map((edge) => Math.round(100 * edge));
  const edges = [
    say("legend.below", { high: low }),
    say("legend.between", { low, high: middle }),
    say("legend.between", { low: middle, high }),
    say("legend.above", { low: high }),
  ];
  const step = Math.max(STEP, ...edges.map((edge) => textWidth(edge, SIZE) + 6));
  const ramp = (family) =>
    sample(4 * step, "", (x, y) =>
      rampOf(family).map((tone, j) => make("rect", { x: x + j * step, y: y - 4, width: step, height: 9, fill: tone })),
    );
  const told = sample(4 * step, "", (x, y) =>
    edges.map((edge, j) => write(x + j * step, y + 3, edge, { fill: MUTED })),
  );
  const rows = shown.map((family) => [only(say(`family.${family}`)), ramp(family)]);
  return section(say("legend.colour"), [...rows, [only(""), told]]);
}

function lines() {
  const shown = families.filter((family) => state.families.has(family));
  const carrying = shown.map((family) => rampOf(family)[2]);
  const open = state.span === WHOLE && plans.some((plan) => plan.could.some(Boolean));
  const thin = (word, tones, look) => stroke(say(`legend.${word}`), tones, 1.8, DASHES[look]);
  return section(say("legend.lines"), [
    [stroke(say("legend.no_limit"), UNCAPPED, 4), thin("idle", IDLE, "idle")],
    [thin("proposed", shown.map(proposedColour), "proposed"), thin("swap", carrying, "swap")],
    ...(open ? [[stroke(say("legend.could_be"), carrying, 6, HATCH)]] : []),
  ]);
}

/** What is scarce, and where there may be losses what is closed. */
function signs() {
  const rows = Object.keys(SIGNS).map((sign) => [signSample(sign)]);
  const closed = shape(say("legend.lost"), "M-4,-4L4,4M4,-4L-4,4", "none", INK);
  return section(say("legend.scarce"), plans.length > 1 ? [...rows, [closed]] : rows);
}

const signSample = (sign) =>
  sample(15, say(`legend.${sign}`), (x, y) => [
    make("path", { d: SIGNS[sign], transform: `translate(${x + 7},${y}) scale(0.75)`, fill: BOTTLENECK }),
  ]);

/** The kinds of places, so many in a row. */
function places(many) {
  const each = KINDS.map((what) => shape(say(`kind.${what}`), symbolOf(what), symbolFill(what), symbolEdge(what)));
  return section(
    say("legend.places"),
    d3.range(0, KINDS.length, many).map((from) => each.slice(from, from + many)),
  );
}

/** The scale of a change. */
function changes() {
  const step = number(largestNow() / 3, 2);
  const words = [
    say("legend.decrease_more", { step }),
    say("legend.decrease"),
    say("legend.none"),
    say("legend.increase"),
    say("legend.increase_more", { step }),
  ];
  const each = words.map((word, i) => stroke(word, CHANGE[i], [7, 4, 1.5, 4, 7][i]));
  return section(say("legend.change", { unit: spanUnit() }), [
    [each[0], each[4]],
    [each[1], each[3]],
    [each[2]],
  ]);
}

/** The sections of a view within a width; `short`: widths and colours alone. */
function sections(which, short, most) {
  const own = which === "change" ? [changes()] : [widths(), colours()];
  if (short) return own;
  if (which !== "change") own.push(lines(), signs());
  const beside = places(2);
  const fits = d3.sum([...own, beside], (one) => one.width + GAP) - GAP <= most;
  const row = places(KINDS.length);
  return [...own, fits || row.width > most ? beside : row];
}

/** The key as a drawing of at most a width, so that the exports can carry it. */
export function legendKey(which, short, most) {
  let [x, y, high, wide] = [0, 0, 0, 0];
  const groups = sections(which, short, most).map((one) => {
    if (x && x + one.width > most) [x, y, high] = [0, y + high + 4, 0];
    const group = make("g", { transform: `translate(${x},${y})` }, one.parts);
    wide = Math.max(wide, x + one.width);
    x += one.width + GAP;
    high = Math.max(high, one.height);
    return group;
  });
  const height = y + high;
  return make(
    "svg",
    {
      class: "key",
      width: wide,
      height,
      viewBox: `0 0 ${wide} ${height}`,
      role: "img",
      "aria-label": say("legend.title"),
    },
    groups,
  );
}
