/** The map as a picture: an SVG that carries its own styles, and a PNG made of it. */

import { content, plans, spans } from "./data.js";
import { make } from "./dom.js";
import { say } from "./format.js";
import { legendKey } from "./key.js";
import { textWidth } from "./labels.js";
import { INK, MUTED } from "./palette.js";
import { panels } from "./panel.js";
import { findingNow, shownPlan, state } from "./state.js";

const HEAD = 54;
const FOOT = 22;
const MARGIN = 14;
const LINE = 12; // from a line of the credits to the next
// What a drawing programme needs to know; everything else is in the attributes already.
const STYLES = [
  "fill",
  "fill-opacity",
  "stroke",
  "stroke-opacity",
  "stroke-width",
  "stroke-linecap",
  "stroke-linejoin",
  "opacity",
  "font-size",
  "font-style",
  "font-weight",
  "letter-spacing",
  "text-anchor",
  "paint-order",
  "vector-effect",
];
const FAMILY = "Arial, 'Liberation Sans', Helvetica, sans-serif";

/** Hand a file to the reader; a sandboxed frame may refuse. */
export function save(blob, name) {
  const url = URL.createObjectURL(blob);
  make("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60000);
}

/** A copy of a drawn element with its computed styles written as attributes. */
function frozen(element) {
  const copy = element.cloneNode(true);
  const pairs = [[element, copy], ...zip(element.querySelectorAll("*"), copy.querySelectorAll("*"))];
  const lost = [];
  for (const [from, to] of pairs) {
    const style = getComputedStyle(from);
    const hidden = style.display === "none" || (to.tagName === "path" && !to.getAttribute("d"));
    if (hidden || to.matches(".march")) lost.push(to);
    if (to.tagName === "g" || to.tagName === "svg") {
      if (style.opacity !== "1") to.setAttribute("opacity", style.opacity);
    } else {
      for (const name of STYLES) {
        const value = style.getPropertyValue(name);
        if (value && value !== "normal" && value !== "none") to.setAttribute(name, value);
        if (name === "fill" || name === "stroke") to.setAttribute(name, value);
      }
    }
    if (to.tagName === "text") to.setAttribute("font-family", FAMILY);
    for (const name of ["class", "style", "role", "tabindex", "aria-label", "aria-pressed", "aria-hidden"])
      to.removeAttribute(name);
  }
  for (const element_ of lost) element_.remove();
  return copy;
}

const zip = (a, b) => [...a].map((one, i) => [one, b[i]]);

const write = (x, y, size, words, extra = {}) =>
  make("text", { x, y, "font-size": size, "font-family": FAMILY, fill: INK, ...extra }, words);

/** A text in lines of at most a width. */
function wrapped(text, size, most) {
  const lines = [""];
  for (const word of text.split(" ")) {
    const longer = `${lines.at(-1)} ${word}`.trim();
    if (!lines.at(-1) || textWidth(longer, size) <= most) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

/** All panels, one below the other, with title, legend and credits. */
export function drawing() {
  const width = Math.round(panels[0].size.width);
  let top = HEAD;
  const parts = [];
  for (const panel of panels) {
    const height = Math.round(panel.size.height);
    const copies = panel.linework.asElements(() => [frozen(panel.base.node()), frozen(panel.svg.node())]);
    for (const copy of copies) {
      for (const [name, value] of Object.entries({ x: 0, y: top, width, height })) copy.setAttribute(name, value);
    }
    copies[0].prepend(make("rect", { width, height, fill: content.style.sea }));
    parts.push(...copies, write(MARGIN, top + 22, 13, panel.caption.text(), { "font-weight": 600 }));
    top += height + 2;
  }
  const key = legendKey(state.view === "change" ? "change" : "plan", false, width - 2 * MARGIN);
  const high = Number(key.getAttribute("height"));
  key.removeAttribute("class");
  key.setAttribute("x", MARGIN);
  key.setAttribute("y", top + 10);
  for (const text of key.querySelectorAll("text")) text.setAttribute("font-family", FAMILY);
  top += high + 16;
  const plan = plans[shownPlan()];
  const credits = wrapped([...content.credits, say("credit.borders")].join(" · "), 9, width - 2 * MARGIN);
  const height = top + FOOT + (credits.length - 1) * LINE;
  const whole = make(
    "svg",
    { xmlns: "http://www.w3.org/2000/svg", width, height, viewBox: `0 0 ${width} ${height}` },
    make("rect", { width, height, fill: "#fff" }),
    write(MARGIN, 24, 18, content.title, { "font-weight": 700 }),
    write(MARGIN, 43, 12, [plan.label, findingNow(), spans[state.span].name].filter(Boolean).join(" · "), {
      fill: MUTED,
    }),
    parts,
    key,
    credits.map((line, i) => write(MARGIN, top + 14 + i * LINE, 9, line, { fill: MUTED })),
  );
  return { text: new XMLSerializer().serializeToString(whole), width, height };
}

export const saveSvg = () => save(new Blob([drawing().text], { type: "image/svg+xml" }), `${content.file}.svg`);

/** Twice the size on screen, sharp enough for a slide. */
export function savePng() {
  const { text, width, height } = drawing();
  const image = new Image();
  image.onload = () => {
    const canvas = make("canvas", { width: 2 * width, height: 2 * height });
    const pen = canvas.getContext("2d");
    pen.scale(2, 2);
    pen.drawImage(image, 0, 0);
    canvas.toBlob((blob) => save(blob, `${content.file}.png`), "image/png");
  };
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
}
