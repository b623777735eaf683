/** One map: ground, lines and everything written on them, moved by a camera that all panels share. */

import { content, plans } from "./data.js";
import { say } from "./format.js";
import { inside, lay, pathOf, pointAt, stretchInside } from "./geometry.js";
import { drawGround, drawNames } from "./ground.js";
import { around, Placer } from "./labels.js";
import { drawLineNames, namedLines, placeLineNames } from "./lines.js";
import { byWeight, drawArrows, drawLosses, drawMarks, drawNodeNames, marksOf, placeNames } from "./marks.js";
import { BAND_OPACITY, baseColour } from "./palette.js";
import { drawPills, drawWaysOut, numbersOf, placeNumbers, waysOut } from "./pills.js";
import { startPointer } from "./pointer.js";
import { strandsOf } from "./scene.js";
import { drawSigns, placeSigns } from "./signs.js";
import { focusedArcs, state, toggleFocus } from "./state.js";
import { hideTip, showTip } from "./tooltip.js";
import { lineWords } from "./words.js";

const NEAREST = 24;
const FARTHEST = 0.7; // the page carries as much ground
const REST = 110; // ms without a movement after which the map is laid out anew
const MARCHING = 2.2; // px: a thinner line carries no dashes
const FIRST = 8; // numbers told before the names of places
const MOST = 34; // numbers told at all

let transform = d3.zoomIdentity; // shared by all panels
const panels = [];

export class Panel {
  constructor(host, which) {
    this.which = which;
    this.root = d3.select(host).append("div").attr("class", "panel");
    this.svg = this.root.append("svg").attr("class", "map").attr("role", "group");
    this.ground = this.svg.append("g").attr("class", "ground");
    this.names = this.svg.append("g").attr("class", "names").attr("aria-hidden", "true");
    this.bands = this.svg.append("g").attr("class", "bands");
    this.lines = this.svg.append("g").attr("class", "lines");
    this.over = this.svg.append("g").attr("class", "over").attr("aria-hidden", "true");
    this.caption = this.root.append("div").attr("class", "caption");
    drawGround(this.ground);
    this.zoom = d3
      .zoom()
      .scaleExtent([FARTHEST, NEAREST])
      .on("zoom", (event) => moveAll(event.transform));
    this.svg.call(this.zoom).on("dblclick.zoom", null);
    startPointer(this);
    this.watcher = new ResizeObserver(() => this.resize());
    this.watcher.observe(this.root.node());
    panels.push(this);
  }

  remove() {
    this.watcher.disconnect();
    this.root.remove();
    panels.splice(panels.indexOf(this), 1);
  }

  /** Take the size of the panel; the home view is centred in it. */
  resize() {
    const { width, height } = this.root.node().getBoundingClientRect();
    if (!width || !height) return;
    this.size = { width, height };
    const [left, top, wide, high] = content.view;
    this.fit = Math.min(width / wide, height / high);
    this.origin = {
      x: (width - wide * this.fit) / 2 - left * this.fit,
      y: (height - high * this.fit) / 2 - top * this.fit,
    };
    const [west, north, east, south] = content.reach;
    this.zoom.translateExtent([
      [Math.min(0, west * this.fit + this.origin.x), Math.min(0, north * this.fit + this.origin.y)],
      [Math.max(width, east * this.fit + this.origin.x), Math.max(height, south * this.fit + this.origin.y)],
    ]);
    this.svg.attr("viewBox", `0 0 ${width} ${height}`);
    this.place();
  }

  /** Take new figures, and place them. */
  draw(caption, note) {
    this.caption.text(caption);
    this.caption.append("small").text(note);
    this.svg.attr("aria-label", say("map.aria", { view: `${caption}, ${note}` }));
    this.strands = strandsOf(this.which);
    this.root.classed("still", !state.moving);
    if (!this.size) this.resize();
    else this.place();
  }

  get camera() {
    const { k, x, y } = transform;
    return { scale: this.fit * k, x: this.origin.x * k + x, y: this.origin.y * k + y };
  }

  /** Put everything where the camera sees it. */
  place() {
    if (!this.size || !this.strands) return;
    this.svg.node().__zoom = transform;
    this.laid = transform;
    for (const layer of [this.names, this.bands, this.lines, this.over]) layer.attr("transform", null);
    const { camera, size } = this;
    this.ground.attr("transform", `translate(${camera.x},${camera.y}) scale(${camera.scale})`);
    const widths = [];
    for (const strand of this.strands) widths[strand.arc.n] = strand.width;
    for (const strand of this.strands) {
      strand.line = lay(strand.arc, widths, camera, size);
      strand.path = strand.line.seen ? pathOf(strand.line) : "";
    }
    this.drawLines();
    this.write();
  }

  /** Move what is laid out with the camera, without laying it out anew. */
  shift() {
    if (!this.size || !this.laid) return;
    this.svg.node().__zoom = transform;
    const { camera, laid } = this;
    const k = transform.k / laid.k;
    const moved = `translate(${transform.x - k * laid.x},${transform.y - k * laid.y}) scale(${k})`;
    this.ground.attr("transform", `translate(${camera.x},${camera.y}) scale(${camera.scale})`);
    for (const layer of [this.names, this.bands, this.lines, this.over]) layer.attr("transform", moved);
  }

  drawLines() {
    const focus = focusedArcs();
    const faded = (strand) => focus !== null && !focus.has(strand.arc.n);
    const stop = this.tabStop();
    this.bands
      .selectAll("path")
      .data(
        this.strands.filter((strand) => strand.band > strand.width),
        (strand) => strand.arc.id,
      )
      .join("path")
      .attr("fill", "none")
      .attr("stroke-linejoin", "round")
      .attr("stroke", (strand) => baseColour(strand.arc.family))
      .attr("stroke-opacity", (strand) => (faded(strand) ? 0.03 : BAND_OPACITY))
      .attr("stroke-width", (strand) => strand.band)
      .attr("d", (strand) => strand.path);
    this.lines
      .selectAll("g.line")
      .data(this.strands, (strand) => strand.arc.id)
      .join((entered) => this.enter(entered))
      .order()
      .classed("faded", faded)
      .classed("flows", (strand) => strand.flows)
      .attr("aria-label", (strand) => lineWords(strand))
      .attr("tabindex", (strand) => (strand.arc.id === stop ? 0 : -1))
      .attr("aria-pressed", (strand) => String(state.focus?.kind === "arc" && state.focus.id === strand.arc.id))
      .each(function paint(strand) {
        const march = strand.flows && strand.width >= MARCHING && strand.line.seen;
        const shapes = this.children;
        for (const shape of shapes) shape.setAttribute("d", strand.path);
        const [halo, flow, dashes] = shapes;
        halo.setAttribute("stroke-opacity", strand.dash && !strand.flows ? 0 : 0.9);
        halo.setAttribute("stroke-width", strand.width + 1.8);
        flow.setAttribute("stroke", strand.colour);
        flow.setAttribute("stroke-width", strand.width);
        if (strand.dash) flow.setAttribute("stroke-dasharray", strand.dash);
        else flow.removeAttribute("stroke-dasharray");
        dashes.setAttribute("stroke-width", Math.max(1.1, Math.min(3, strand.width * 0.24)));
        dashes.style.display = march ? "" : "none";
      });
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
      this.lines
        .selectAll("g.line")
        .attr("tabindex", (one) => (one.arc.id === this.visited ? 0 : -1))
        .filter((one) => one.arc.id === this.visited)
        .node()
        .focus();
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
    group.append("path").attr("class", "flow");
    group.append("path").attr("class", "march");
    return group;
  }

  /** Whether what is laid out is where the camera sees it. */
  get settled() {
    return this.laid === transform;
  }

  /** Light the line that the pointer means; null: none. */
  light(strand) {
    this.svg.classed("pointing", strand !== null);
    this.lines.selectAll("g.line.pointed").classed("pointed", false);
    if (strand) this.lines.select(`[data-arc="${CSS.escape(strand.arc.id)}"]`).classed("pointed", true);
  }

  /** Tell the figures of a line at the middle of what is seen of it. */
  tell(strand) {
    const { left, top } = this.svg.node().getBoundingClientRect();
    const [from, to] = stretchInside(strand.line, this.size) ?? [0, strand.line.length];
    const place = pointAt(strand.line, (from + to) / 2);
    showTip(strand, left + place.x, top + place.y);
  }

  /** The markets that take no more at a price. */
  depths() {
    if (this.which === "change") return [];
    const plan = plans[this.which === "before" ? 0 : state.step];
    return plan.depths[state.span].filter((limit) => state.families.has(limit.family));
  }

  /** Arrows, nodes, pills and names, the most important first. */
  write() {
    const { camera, size } = this;
    const focus = focusedArcs();
    const shown = this.strands.filter((strand) => !focus || focus.has(strand.arc.n));
    const seen = shown.filter((strand) => strand.line.seen);
    const placer = new Placer(size);
    for (const box of this.root.selectAll(".caption, .zoomer").nodes()) {
      placer.block({
        left: box.offsetLeft - 4,
        top: box.offsetTop - 4,
        right: box.offsetLeft + box.offsetWidth + 4,
        bottom: box.offsetTop + box.offsetHeight + 4,
      });
    }
    for (const strand of seen) if (strand.flows || strand.look === "same") placer.avoid(strand.line, strand.width);
    const marks = marksOf(shown, camera, size).filter((mark) => inside(mark.x, mark.y, size, 6));
    for (const mark of marks) placer.block(around(mark.x, mark.y, 10, 10));
    const leaders = [];
    const depths = this.depths();
    for (const mark of marks) mark.full = depths.some((limit) => mark.nodes.has(limit.node));
    const signs = this.which === "change" ? [] : placeSigns(seen, marks, depths, placer, size);
    const ways = waysOut(seen, placer, size);
    const numbers = numbersOf(seen, this.which);
    const [main, others] = byWeight(marks, transform.k);
    const pills = placeNumbers(numbers.slice(0, FIRST), placer, size);
    const names = placeNames(main, placer);
    const [carrying, unused] = namedLines(seen);
    const lines = placeLineNames(carrying, placer, size);
    pills.push(...placeNumbers(numbers.slice(FIRST, MOST), placer, size));
    names.push(...placeNames(others, placer));
    lines.push(...placeLineNames(unused, placer, size));
    drawArrows(this.over, seen, marks, size);
    drawLosses(this.over, seen);
    drawMarks(this.over, marks);
    drawNodeNames(this.over, leaders, names);
    drawLineNames(this.over, lines);
    drawSigns(this.over, signs);
    drawPills(this.over, leaders, signs, pills);
    drawWaysOut(this.over, ways);
    drawLeaders(this.over, leaders);
    drawNames(this.names, camera, placer);
  }
}

function drawLeaders(group, leaders) {
  group
    .selectAll("path.leader")
    .data(leaders)
    .join((entered) => entered.insert("path", ":first-child").attr("class", "leader"))
    .attr("stroke", (one) => one.colour)
    .attr("stroke-width", (one) => (one.thin ? 0.6 : 1.1))
    .attr("d", ({ from, to }) => `M${from.x.toFixed(1)},${from.y.toFixed(1)}L${to.x.toFixed(1)},${to.y.toFixed(1)}`);
}

let waiting = 0;
let settling = 0;

/** Move every panel with the camera: as it stands once a frame, laid out anew when the hand rests. */
function moveAll(to) {
  transform = to;
  hideTip();
  clearTimeout(settling);
  settling = setTimeout(placeAll, REST);
  waiting ||= requestAnimationFrame(() => {
    waiting = 0;
    for (const panel of panels) panel.shift();
  });
}

function placeAll() {
  clearTimeout(settling);
  for (const panel of panels) panel.place();
}

/** Zoom all panels about the middle of the first by a factor. */
export function zoomBy(factor) {
  const [panel] = panels;
  panel.svg.call(panel.zoom.scaleBy, factor);
}

/** Go back to the home view. */
export function goHome() {
  transform = d3.zoomIdentity;
  placeAll();
}
