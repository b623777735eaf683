/** The page: panels, legend and everything beside the map follow the state. */

import { drawBars, followBars } from "./bars.js";
import { drawCards } from "./cards.js";
import { content, families, familyOf, isPriced, kind, plans, spans } from "./data.js";
import { drawDetail } from "./detail.js";
import { find, make, put, renew } from "./dom.js";
import { savePng, saveSvg } from "./export.js";
import { number, say } from "./format.js";
import { startKeys } from "./keys.js";
import { legend } from "./legend.js";
import { goHome, Panel, zoomBy } from "./panel.js";
import { onChange, readAddress, shownPlan, state, update } from "./state.js";
import { drawSteps, startSteps } from "./steps.js";
import { openTable, saveCsv } from "./table.js";
import { drawTimeline, startTimeline } from "./timeline.js";

const SHEET = 1040; // px: the width of A4 across, without its margins

let panels = [];
let shape = "";

/** The panels of a view, made anew only when there are others. */
function arrange() {
  const wanted = state.view === "side" ? ["before", "after"] : [state.view];
  if (shape === wanted.join()) return;
  shape = wanted.join();
  for (const panel of panels) panel.remove();
  document.body.dataset.panels = wanted.length;
  panels = wanted.map((which) => new Panel(find("panels"), which));
}

/** What a panel shows: its title, and the plan and span. */
function captionOf(which) {
  const span = spans[state.span].name;
  if (which === "change") {
    const step = plans[state.step].label;
    return [say("view.change_long"), [step, span].filter(Boolean).join(" · ")];
  }
  const plan = which === "before" ? plans[0] : plans[state.step];
  if (kind === "steps") {
    const words = which === "before" ? say("page.reference") : plan.label;
    return [words, span];
  }
  if (kind === "one") return [span, ""];
  return [say(`view.${which}`), `${plan.title} · ${span}`];
}

function drawMaps() {
  arrange();
  document.querySelector(".zoomer")?.remove();
  panels[0].root.node().append(zoomer());
  drawLegend();
  for (const panel of panels) panel.draw(...captionOf(panel.which));
}

function drawLegend() {
  const maps = find("maps");
  maps.querySelector(".legend")?.remove();
  maps.append(legend({ width: maps.clientWidth, height: maps.clientHeight }, drawLegend));
}

/** On paper the legend is whole, and as wide as the sheet. */
function drawPaperLegend() {
  document.querySelector(".legend").replaceWith(legend({ width: SHEET, height: Infinity }, drawLegend));
}

function zoomer() {
  const button = (sign, words, factor) =>
    make(
      "button",
      { type: "button", "aria-label": say(words), title: say(words), on: { click: () => zoomBy(factor) } },
      sign,
    );
  return make("div", { class: "zoomer" }, button("+", "button.zoom_in", 1.5), button("−", "button.zoom_out", 1 / 1.5));
}

function drawHeader() {
  const press = (element, on) => put(element, "aria-pressed", on);
  for (const button of document.querySelectorAll("[data-view]")) press(button, button.dataset.view === state.view);
  for (const button of document.querySelectorAll("[data-family]"))
    press(button, state.families.has(button.dataset.family));
  press(find("animate"), state.moving);
  renew(find("subtitle"), setting());
  put(find("subtitle"), "title", setting());
}

/** The line under the title: which plan, where that is not the title's, when, and what on its lines is scarcest. */
function setting() {
  const plan = plans[shownPlan()];
  const title = plan.title === content.title ? "" : plan.title;
  const when = spans[state.span].name;
  const said = [title, plan.label, title.includes(when) ? "" : when].filter(Boolean).join(" · ");
  if (!isPriced(shownPlan(), state.span)) return said;
  const [worst] = plan.limits[state.span];
  if (!worst) return say("title.no_bottleneck", { said });
  const measure = say(`measure.${worst.family}`);
  return say(`title.scarcest.${worst.sign}`, { said, name: worst.name, measure, price: number(worst.price) });
}

function draw() {
  drawHeader();
  drawMaps();
  drawCards();
  drawBars();
  drawDetail();
  drawTimeline();
  drawSteps();
}

/** What follows the hand on a lever: the lines where they lie, the figures beside them. */
export function follow() {
  drawHeader();
  for (const panel of panels) panel.restroke();
  drawCards();
  followBars();
}

function toggleFamily(family) {
  const chosen = new Set(state.families);
  if (chosen.has(family) && chosen.size > 1) chosen.delete(family);
  else chosen.add(family);
  update({ families: chosen });
}

function start() {
  const [, , wide, high] = content.view;
  document.body.style.setProperty("--tall", high / wide);
  find("families").hidden = families.length < 2;
  for (const button of document.querySelectorAll("[data-view]")) {
    button.addEventListener("click", () => update({ view: button.dataset.view }));
  }
  for (const button of document.querySelectorAll("[data-family]")) {
    button.style.setProperty("--own", familyOf(button.dataset.family).proposed);
    button.addEventListener("click", () => toggleFamily(button.dataset.family));
  }
  for (const tab of document.querySelectorAll("[data-list]")) {
    tab.addEventListener("click", () => update({ list: tab.dataset.list }));
    tab.addEventListener("keydown", (event) => {
      if (!event.key.startsWith("Arrow")) return;
      update({ list: state.list === "lines" ? "routes" : "lines" });
      document.querySelector("[data-list][aria-selected=true]").focus();
    });
  }
  for (const button of document.querySelectorAll("[data-close]")) {
    button.addEventListener("click", () => find(button.dataset.close).close());
  }
  find("search").addEventListener("input", drawBars);
  find("filter").addEventListener("change", (event) => update({ filter: event.target.value }));
  find("animate").addEventListener("click", () => update({ moving: !state.moving }));
  find("reset").addEventListener("click", () => {
    goHome();
    update({ focus: null });
  });
  find("open-table").addEventListener("click", openTable);
  find("save-csv").addEventListener("click", saveCsv);
  find("save-svg").addEventListener("click", saveSvg);
  find("save-png").addEventListener("click", savePng);
  find("open-help").addEventListener("click", () => find("help").showModal());
  addEventListener("resize", () => {
    drawLegend();
    drawTimeline();
  });
  addEventListener("beforeprint", drawPaperLegend);
  addEventListener("afterprint", drawLegend);
  addEventListener("hashchange", () => {
    readAddress();
    draw();
  });
  startTimeline();
  startSteps();
  startKeys();
  onChange(draw);
  if (kind === "pair") state.view = content.live ? "after" : "change";
  readAddress();
  draw();
}

start();
