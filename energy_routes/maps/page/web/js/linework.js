/** The lines of a panel: elements where they are few; on a canvas where they are many, but for those at hand. */

import { put } from "./dom.js";
import { hideTip } from "./tooltip.js";
import { pathOf } from "./geometry.js";
import { BAND_OPACITY, baseColour } from "./palette.js";
import { HATCH } from "./scene.js";
import { focusedArcs, state, toggleFocus } from "./state.js";
import { drawStrokes, MANY } from "./strokes.js";
import { lineWords } from "./words.js";

const MARCHING = 2.2; // px: a thinner line carries no dashes

export class Linework {
  /** In a canvas and in groups of an SVG; `tell` tells of a strand that has the keyboard. */
  constructor(canvas, svg, tell) {
    this.canvas = canvas;
    this.bands = svg.append("g").attr("class", "bands");
    this.lines = svg.append("g").attr("class", "lines");
    this.tell = tell;
    this.strands = [];
    this.pointed = null; // the arc that the pointer means
    this.visited = null; // the arc that last had the keyboard
  }

  /** Draw strands that are laid out, the widest first. */
  draw(strands, size) {
    this.strands = strands;
    const faded = this.faded();
    drawStrokes(this.canvas.node(), this.many ? strands : [], faded, size);
    this.drawElements(this.elements(), faded);
  }

  /** Whether the lines are too many to be elements: they are drawn on a canvas, but for those at hand. */
  get many() {
    return this.strands.length > MANY;
  }

  /** The strands that are elements: all, or of many the one that Tab reaches, the one in focus and the one pointed at. */
  elements() {
    if (!this.many) return this.strands;
    const own = new Set([this.tabStop(), state.focus?.id, this.pointed]);
    return this.strands.filter((strand) => own.has(strand.arc.id));
  }

  /** Do something, an export, while every line is an element. */
  asElements(act) {
    if (this.many) this.drawElements(this.strands, this.faded());
    const done = act();
    if (this.many) this.drawElements(this.elements(), this.faded());
    return done;
  }

  /** Tells of a strand whether others are in focus. */
  faded() {
    const focus = focusedArcs();
    return (strand) => focus !== null && !focus.has(strand.arc.n);
  }

  drawElements(strands, faded) {
    const stop = this.tabStop();
    for (const strand of strands) strand.path = strand.line.seen ? (strand.line.path ??= pathOf(strand.line)) : "";
    this.bands
      .selectAll("path")
      .data(
        strands.filter((strand) => strand.band > strand.width && strands === this.strands),
        (strand) => strand.arc.id,
      )
      .join("path")
      .attr("fill", "none")
      .attr("stroke-linejoin", "round")
      .attr("stroke", (strand) => baseColour(strand.arc.family))
      .attr("stroke-opacity", (strand) => (faded(strand) ? 0.03 : BAND_OPACITY))
      .attr("stroke-width", (strand) => strand.band)
      .each(place);
    this.lines
      .selectAll("g.line")
      .data(strands, (strand) => strand.arc.id)
      .join((entered) => this.enter(entered))
      .order()
      .classed("faded", faded)
      .classed("flows", (strand) => strand.flows)
      .classed("pointed", (strand) => strand.arc.id === this.pointed)
      .attr("aria-label", (strand) => lineWords(strand))
      .attr("tabindex", (strand) => (strand.arc.id === stop ? 0 : -1))
      .attr("aria-pressed", (strand) => String(state.focus?.kind === "arc" && state.focus.id === strand.arc.id))
      .each(paint);
  }

  /** Give the lines that lie where they did their new widths and colours. */
  follow(strands) {
    const known = new Map(this.lines.selectAll("g.line").nodes().map((node) => [node.dataset.arc, node]));
    if (this.many || strands.some((strand) => !known.has(strand.arc.id)) || known.size !== strands.length) return false;
    this.strands = strands;
    const widths = new Map(strands.map((strand) => [strand.arc.id, strand]));
    for (const strand of strands) {
      const node = known.get(strand.arc.id);
      const before = node.__data__;
      strand.path = before.path;
      node.__data__ = strand;
      const same = before.width === strand.width && before.colour === strand.colour && before.dash === strand.dash;
      if (same && !before.ends) continue;
      node.classList.toggle("flows", strand.flows);
      stroke(node.children, strand);
    }
    for (const node of this.bands.selectAll("path").nodes()) {
      const strand = widths.get(node.__data__.arc.id);
      if (node.__data__.band === strand.band) continue;
      put(node, "stroke-width", Math.max(strand.band, 0));
      node.__data__ = strand;
    }
    return true;
  }

  /** The one line that Tab reaches: the last that had the keyboard, the one in focus, or the largest. */
  tabStop() {
    const kept = [this.visited, state.focus?.id].find((id) => this.strands.some((strand) => strand.arc.id === id));
    return kept ?? this.strands[0]?.arc.id;
  }

  /** Arrows up and down go through the lines by size; Enter chooses one. */
  answerKey(event, strand) {
    const at = this.strands.indexOf(strand);
    const last = this.strands.length - 1;
    const to = { ArrowDown: Math.min(last, at + 1), ArrowUp: Math.max(0, at - 1), Home: 0, End: last }[event.key];
    if (to !== undefined) {
      this.visited = this.strands[to].arc.id;
      this.drawElements(this.elements(), this.faded());
      this.lineOf(this.visited).focus();
    } else if (event.key === "Enter" || event.key === " ") {
      this.visited = strand.arc.id;
      toggleFocus("arc", strand.arc.id);
    } else return;
    event.preventDefault();
  }

  enter(entered) {
    const group = entered
      .append("g")
      .attr("class", "line")
      .attr("role", "button")
      .attr("data-arc", (strand) => strand.arc.id)
      .on("blur", hideTip)
      .on("focus", (event, strand) => this.tell(strand))
      .on("keydown", (event, strand) => this.answerKey(event, strand));
    group.append("path").attr("class", "halo").attr("stroke", "#fff");
    group.append("path").attr("class", "most").attr("stroke-dasharray", HATCH);
    group.append("path").attr("class", "flow");
    group.append("path").attr("class", "march");
    return group;
  }

  /** The element of a line. */
  lineOf(id) {
    return this.lines.select(`[data-arc="${CSS.escape(id)}"]`).node();
  }

  /** Light the line that the pointer means; null: none. */
  light(strand) {
    const id = strand?.arc.id ?? null;
    if (id === this.pointed) return;
    if (!this.many) this.lines.select(".pointed").classed("pointed", false);
    this.pointed = id;
    if (this.many) this.drawElements(this.elements(), this.faded());
    else if (id) this.lineOf(id).classList.add("pointed");
  }

}

/** Lay a path along its strand. */
function place(strand) {
  put(this, "d", strand.path);
}

/** Give the element of a strand its shapes: halo, what it could be, line and marching dashes. */
function paint(strand) {
  for (const shape of this.children) put(shape, "d", strand.path);
  stroke(this.children, strand);
}

/** Give the shapes of a strand their widths and colours. */
function stroke([halo, most, flow, dashes], strand) {
  const [least, wide] = strand.ends ?? [strand.width, 0];
  put(halo, "stroke-opacity", strand.dash && !strand.flows ? 0 : 0.9);
  put(halo, "stroke-width", Math.max(strand.width, wide) + 1.8);
  put(most, "stroke", strand.colour);
  put(most, "stroke-width", wide);
  put(flow, "stroke", strand.colour);
  put(flow, "stroke-width", least);
  if (strand.dash) put(flow, "stroke-dasharray", strand.dash);
  else flow.removeAttribute("stroke-dasharray");
  put(dashes, "stroke-width", Math.max(1.1, Math.min(3, strand.width * 0.24)));
  dashes.style.display = strand.flows && strand.width >= MARCHING && strand.line.seen ? "" : "none";
}
