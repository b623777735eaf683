/** One map: ground, lines and everything written on them, moved by a camera that all panels share. */

import { content, plans } from "./data.js";
import { say } from "./format.js";
import { inside, lay, pointAt, stretchInside } from "./geometry.js";
import { drawGround, drawNames } from "./ground.js";
import { around, Placer } from "./labels.js";
import { Linework } from "./linework.js";
import { drawLineNames, namedLines, placeLineNames } from "./lines.js";
import { byWeight, drawArrows, drawLosses, drawMarks, drawNodeNames, marksOf, placeNames } from "./marks.js";
import { drawPills, drawWaysOut, numbersOf, placeNumbers, SURE, waysOut } from "./pills.js";
import { startPointer } from "./pointer.js";
import { strandsOf } from "./scene.js";
import { drawSigns, placeSigns } from "./signs.js";
import { focusedArcs, keepCamera, state } from "./state.js";
import { hideTip, showTip } from "./tooltip.js";

const NEAREST = 24;
const FARTHEST = 0.7; // the page carries as much ground
const REST = 110; // ms without a movement after which the map is laid out anew
const MOST = 34; // numbers told at all

let transform = d3.zoomIdentity; // shared by all panels
let aimed = null; // the camera of the state that the transform stands for
export const panels = [];

export class Panel {
  constructor(host, which) {
    this.which = which;
    this.root = d3.select(host).append("div").attr("class", "panel");
    this.base = this.root.append("svg").attr("class", "base").attr("aria-hidden", "true");
    this.ground = this.base.append("g").attr("class", "ground");
    this.names = this.base.append("g").attr("class", "names");
    this.canvas = this.root.append("canvas").attr("aria-hidden", "true");
    this.svg = this.root.append("svg").attr("class", "map").attr("role", "group");
    this.linework = new Linework(this.canvas, this.svg, (strand) => this.tell(strand));
    this.over = this.svg.append("g").attr("class", "over").attr("aria-hidden", "true");
    this.layers = [this.names, this.linework.bands, this.linework.lines, this.over];
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
    const same = this.size?.width === width && this.size.height === height;
    if (same || !width || !height) return;
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
    for (const svg of [this.base, this.svg]) svg.attr("viewBox", `0 0 ${width} ${height}`);
    this.aim(true);
    this.place();
  }

  /** Take new figures, and place them. */
  draw(caption, note) {
    this.caption.text(caption);
    this.caption.append("small").text(note);
    this.svg.attr("aria-label", say("map.aria", { view: `${caption}, ${note}` }));
    this.strands = strandsOf(this.which);
    this.root.classed("moving", false).classed("still", !state.moving);
    if (!this.size) this.resize();
    else {
      this.aim();
      this.place();
    }
  }

  /** Take new figures where the lines lie as they do: what is written on them follows when the hand rests. */
  restroke() {
    if (!this.size || !this.strands || !this.settled) return;
    const laid = new Map(this.strands.map((strand) => [strand.arc.id, strand.line]));
    this.strands = strandsOf(this.which);
    const widths = [];
    for (const strand of this.strands) widths[strand.arc.n] = strand.width;
    for (const strand of this.strands) {
      strand.line = laid.get(strand.arc.id) ?? lay(strand.arc, widths, this.camera, this.size);
    }
    this.root.classed("moving", true);
    if (!this.linework.follow(this.strands)) this.linework.draw(this.strands, this.size);
  }

  /** Look where the state's camera does, if that came from elsewhere, or ``again`` in a panel of another size. */
  aim(again = false) {
    const to = state.camera;
    if (to === aimed && !(again && to)) return;
    const scale = to && this.fit * to.k;
    transform = to
      ? d3.zoomIdentity
          .translate(
            this.size.width / 2 - to.x * scale - this.origin.x * to.k,
            this.size.height / 2 - to.y * scale - this.origin.y * to.k,
          )
          .scale(to.k)
      : d3.zoomIdentity;
    aimed = to;
  }

  /** The camera of the transform: how much larger than the first view, and the place in the middle of the panel. */
  get view() {
    const { camera, size } = this;
    const middle = { x: (size.width / 2 - camera.x) / camera.scale, y: (size.height / 2 - camera.y) / camera.scale };
    return { k: +transform.k.toFixed(3), x: +middle.x.toFixed(1), y: +middle.y.toFixed(1) };
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
    for (const layer of this.layers) layer.attr("transform", null);
    this.canvas.style("transform", null);
    const { camera, size } = this;
    this.ground.attr("transform", `translate(${camera.x},${camera.y}) scale(${camera.scale})`);
    const widths = [];
    for (const strand of this.strands) widths[strand.arc.n] = strand.width;
    for (const strand of this.strands) strand.line = lay(strand.arc, widths, camera, size);
    this.linework.draw(this.strands, size);
    this.write();
  }

  /** Move what is laid out with the camera, without laying it out anew. */
  shift() {
    if (!this.size || !this.laid) return;
    this.svg.node().__zoom = transform;
    const { camera, laid } = this;
    const k = transform.k / laid.k;
    const [x, y] = [transform.x - k * laid.x, transform.y - k * laid.y];
    const moved = `translate(${x},${y}) scale(${k})`;
    this.canvas.style("transform", `translate(${x}px, ${y}px) scale(${k})`);
    this.ground.attr("transform", `translate(${camera.x},${camera.y}) scale(${camera.scale})`);
    for (const layer of this.layers) layer.attr("transform", moved);
  }

  /** Whether what is laid out is where the camera sees it. */
  get settled() {
    return this.laid === transform;
  }

  /** Light the line that the pointer means; null: none. */
  light(strand) {
    this.svg.classed("pointing", strand !== null);
    this.linework.light(strand);
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

  /** Put the caption where it covers fewest lines of the first view: at the left above, or below, or at the right. */
  turnCaption(placer) {
    const own = this.caption;
    if (transform !== d3.zoomIdentity) return;
    const covered = ["caption", "caption low", "caption low right"].map((place) => {
      own.attr("class", place);
      return [placer.covered(boxOf(own.node())), place];
    });
    own.attr("class", d3.least(covered, ([count]) => count)[1]);
  }

  /** Arrows, nodes, pills and names, the most important first. */
  write() {
    const { camera, size } = this;
    const focus = focusedArcs();
    const shown = this.strands.filter((strand) => !focus || focus.has(strand.arc.n));
    const seen = shown.filter((strand) => strand.line.seen);
    const placer = new Placer(size);
    for (const strand of seen) if (strand.flows || strand.look === "same") placer.avoid(strand.line, strand.width);
    this.turnCaption(placer);
    for (const box of this.root.selectAll(".caption, .zoomer").nodes()) placer.block(boxOf(box));
    const marks = marksOf(shown, camera, size).filter((mark) => inside(mark.x, mark.y, size, 6));
    for (const mark of marks) placer.block(around(mark.x, mark.y, 10, 10));
    const leaders = [];
    const depths = this.depths();
    for (const mark of marks) mark.full = depths.some((limit) => mark.nodes.has(limit.node));
    const signs = this.which === "change" ? [] : placeSigns(seen, marks, depths, placer, size);
    const ways = waysOut(seen, placer, size);
    const numbers = numbersOf(seen, this.which);
    const [main, others] = byWeight(marks, transform.k);
    const pills = placeNumbers(numbers.slice(0, SURE), placer, size, true);
    const names = placeNames(main, placer);
    const [carrying, unused] = namedLines(seen);
    const lines = placeLineNames(carrying, placer, size);
    pills.push(...placeNumbers(numbers.slice(SURE, MOST), placer, size));
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

/** Where an element lies in its panel, and a little more. */
const boxOf = ({ offsetLeft, offsetTop, offsetWidth, offsetHeight }) => ({
  left: offsetLeft - 4,
  top: offsetTop - 4,
  right: offsetLeft + offsetWidth + 4,
  bottom: offsetTop + offsetHeight + 4,
});

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
  settling = setTimeout(rest, REST);
  waiting ||= requestAnimationFrame(() => {
    waiting = 0;
    for (const panel of panels) panel.shift();
  });
}

function rest() {
  aimed = transform === d3.zoomIdentity ? null : panels[0].view;
  keepCamera(aimed);
  placeAll();
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
  rest();
}
