/** The panel of the page that solves: levers, the answer, the frontier, and what one can do with a state. */

import { chain } from "./chains.js";
import { drawCurve } from "./curve.js";
import { content, plans, spans } from "./data.js";
import { find, make, put, renew } from "./dom.js";
import { price, restore, take } from "./dragged.js";
import { save } from "./export.js";
import { number, numberIn, say } from "./format.js";
import { clean, measure, scale, told, why, within, written } from "./lever_words.js";
import { modelFile } from "./model_file.js";
import { unpacked } from "./packed.js";
import { answerAt, ask, begin, possible } from "./solving.js";
import { keepShared, onChange, state, update } from "./state.js";
import { openTable } from "./table.js";
import { emissionsOf, sentenceOf } from "./telling.js";

const REST = 160; // ms without a movement after which limits are priced and the map is laid out anew
const SLOW = 400; // ms of an answer from which the page waits for the hand to rest
const PAUSE = 250;
const LONG = 300; // ms without an answer from which the page says that it works
const FINE = 3; // significant digits that a hand sets
const STEPS = { ArrowUp: 1, ArrowDown: -1, PageUp: 10, PageDown: -10 };
const { live } = content;
const { levers } = live;

const values = levers.map((lever) => lever.start);
const standing = [...values]; // at which the controls stand
let shown = null; // the answer that is drawn
let first = null; // that of the start
let active = -1;
let busy = false;
let wanted = false;
let last = 0; // ms of the last answer
let version = "";
let resting = 0;
let light = () => {};

const isMoved = (at) => values[at] !== levers[at].start;

/** Put the values into the controls. */
function show() {
  levers.forEach((lever, at) => {
    const row = find(`lever-${at}`);
    if (standing[at] === values[at]) return;
    standing[at] = values[at];
    const [range, typed, back, said] = ["range", "typed", "back", "said"].map((name) => row.querySelector(`.${name}`));
    range.value = values[at];
    range.setAttribute("aria-valuetext", told(lever)(values[at]));
    typed.value = written(lever, values[at]);
    back.disabled = !isMoved(at);
    said.textContent = "";
    row.classList.toggle("moved", isMoved(at));
  });
}

function move(at, value) {
  if (!Number.isFinite(value)) return;
  values[at] = clean(within(levers[at], value));
  chain(levers, values, at);
  active = at;
  show();
  solve();
}

/** A slider at its start is there to the last digit. */
function slid(lever, value) {
  return Math.abs(value - lever.start) < lever.step / 2 ? lever.start : value;
}

function row(lever, at) {
  const { low, high, step } = lever;
  const stepped = (keys) => (event) => {
    if (!keys[event.key]) return;
    event.preventDefault();
    move(at, slid(lever, values[at] + keys[event.key] * step));
    typed.value = written(lever, values[at]);
  };
  const range = make("input", {
    type: "range", class: "range", min: low, max: high, step: lever.whole ? 1 : "any", value: lever.start, "aria-label": lever.name,
    disabled: "",
    on: {
      input: (event) => {
        const there = Number(event.target.value);
        move(at, slid(lever, there === low || there === high ? there : Number(there.toPrecision(FINE))));
      },
      keydown: stepped({ ArrowRight: 1, ArrowLeft: -1, ...STEPS }),
    },
  });
  const typed = make("input", {
    type: "text", inputmode: "decimal", autocomplete: "off", class: "typed", value: written(lever, lever.start), disabled: "",
    "aria-label": say("live.value", { name: lever.name }),
    on: {
      change: (event) => {
        const asked = numberIn(lever.percent ? event.target.value.replace("%", "") : event.target.value) / scale(lever);
        move(at, asked);
        event.target.value = written(lever, values[at]);
        const most = `${written(lever, high)} ${measure(lever)}`.trim();
        said.textContent = asked >= low && asked <= high ? "" : say("live.range", { low: written(lever, low), high: most });
      },
      keydown: stepped(STEPS),
    },
  });
  const back = make("button", {
    type: "button", class: "back", disabled: "", "aria-label": say("live.reset_one", { name: lever.name }),
    title: say("live.reset_one", { name: lever.name }), on: { click: () => move(at, lever.start) },
  }, "↺");
  const said = make("small", { class: "said", role: "status" });
  return make("div", { class: "lever", id: `lever-${at}` },
    make("span", { class: "name" }, lever.name), typed,
    make("span", { class: "unit" }, measure(lever)), back, said, range);
}

const sayThatItWorks = () => {
  find("live-chip").textContent = say("live.solving");
};

/** Solve for the newest values; of several that come while the solver works, only the last. */
async function solve() {
  wanted = true;
  clearTimeout(resting);
  if (busy) return;
  busy = true;
  try {
    while (wanted) {
      if (last > SLOW) {
        sayThatItWorks();
        await new Promise((done) => setTimeout(done, PAUSE));
      }
      wanted = false;
      const asked = [...values];
      const late = setTimeout(sayThatItWorks, LONG);
      const found = await answerAt({ values: asked, active }).finally(() => clearTimeout(late));
      const answer = { ...found, values: asked };
      last = answer.ms;
      tell(answer);
    }
    resting = setTimeout(rest, REST);
  } catch (error) {
    fail(error);
  } finally {
    busy = false;
  }
}

/** Draw an answer, or say that there is none. */
function tell(answer) {
  put(document.body, "data-live", answer.status);
  renew(find("live-chip"), say("live.chip", { version, ms: number(answer.ms, answer.ms < 10 ? 1 : 0) }));
  const panel = find("live-answer");
  if (answer.status !== "optimal") {
    renew(panel, make("strong", {}, why(answer, levers, active)), ` ${say("live.stays")}`);
    return;
  }
  shown = answer;
  first ??= answer;
  const moved = levers.some((_, at) => isMoved(at));
  if (moved) {
    take(answer);
    if (state.focus?.kind === "route") state.focus = null;
  } else restore();
  if (moved) plans[1].moved = plans[1].finding = spans.map((_, span) => sentenceOf(answer.read, first.read, span));
  else answer.priced = state.span;
  saySo();
  if (active >= 0) {
    const [curve, below] = [find("live-curve"), find(`lever-${active}`)];
    if (curve.previousElementSibling !== below) below.after(curve); // no lever moves away from under the hand
    drawCurve(active, values, told(levers[active]), answer, first);
  }
  light();
}

/** The sentence of the span that is shown, and what stands below it. */
function saySo() {
  const beside = [shown.alone ? "" : say("live.several"), emissionsOf([shown.read, first.read], state.span)];
  renew(find("live-answer"), plans[1].finding[state.span], make("small", {}, beside.filter(Boolean).join(" · ")));
}

/** When the hand rests: what limits are worth, and the whole page. */
async function rest() {
  if (!shown || busy) return;
  const answer = shown;
  const { span } = state;
  if (levers.some((_, at) => isMoved(at))) {
    const { worth } = await ask("priced", { values: answer.values, periods: live.spans[span] });
    if (answer !== shown) return;
    price(worth, span, answer);
  }
  answer.priced = span;
  share();
  update({}); // where there is no plan, too: the last that could be found is drawn whole
}

/** The state of the levers as the address tells it. */
function share() {
  const moved = levers.flatMap((lever, at) => (isMoved(at) ? [`${lever.path}=${values[at]}`] : []));
  keepShared("d", moved.join(";"));
}

function readShared() {
  const text = new URLSearchParams(location.hash.slice(1)).get("d") ?? "";
  const found = new Map(text.split(";").map((part) => part.split("=")).map(([path, value]) => [path, Number(value)]));
  active = -1;
  levers.forEach((lever, at) => {
    const value = found.get(lever.path);
    values[at] = Number.isFinite(value) ? within(lever, value) : lever.start;
    if (isMoved(at) && (lever.relaxed || !levers[active]?.relaxed)) active = at;
  });
}

function copyLink() {
  share();
  const note = (key) => {
    find("live-note").textContent = say(key);
  };
  if (!navigator.clipboard) note("live.address");
  else navigator.clipboard.writeText(location.href).then(() => note("live.shared"), () => note("live.address"));
}

function saveModel() {
  save(new Blob([modelFile(values)], { type: "application/toml" }), `${live.base}-moved.toml`);
}

function reset() {
  levers.forEach((lever, at) => {
    values[at] = lever.start;
  });
  show();
  solve();
}

function compare() {
  update({ view: "change" });
  openTable();
}

function fail(error) {
  document.body.dataset.live = "failed";
  find("live-chip").textContent = "";
  find("live-answer").textContent = `${say("live.without")} (${String(error.message).split("\n")[0]})`;
}

function build() {
  find("live-levers").append(...levers.map(row));
  const act = (id, does) => find(id).addEventListener("click", does);
  act("live-compare", compare);
  act("live-reset", reset);
  act("live-share", copyLink);
  if (live.model) act("live-save", saveModel);
  else find("live-save").hidden = true;
}

/** Start the panel; `quick` draws what follows the hand. */
export async function startLevers(quick) {
  live.rows = unpacked(live.capacity);
  for (const limit of live.limits) for (const name of ["rows", "periods"]) limit[name] = unpacked(limit[name]);
  light = quick;
  build();
  if (!possible()) {
    document.body.dataset.live = "without";
    find("live-answer").textContent = say("live.without");
    return;
  }
  find("live-chip").textContent = say("live.loading");
  try {
    const solver = await begin();
    ({ version } = solver);
    const start = { values: levers.map((lever) => lever.start), active: -1 };
    first = await ask("answer", start);
    last = 0;
    for (const control of document.querySelectorAll(".lever input")) control.disabled = false;
    readShared();
    show();
    await solve();
    solver.beginNear(start).catch(() => {}); // without it the worker answers everything
    onChange(() => {
      if (document.body.dataset.live === "optimal") saySo();
      if (shown && shown.priced !== state.span) {
        clearTimeout(resting);
        resting = setTimeout(rest, 0);
      }
    });
    addEventListener("hashchange", () => {
      readShared();
      show();
      solve();
    });
  } catch (error) {
    fail(error);
  }
}

