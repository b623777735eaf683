/** Key figures: the value, what changed, and its course over the periods or steps. */

import { families, familyOf, figure, plans, spans, WHOLE } from "./data.js";
import { find, make, polyline, renew } from "./dom.js";
import { number, say, signed, unit } from "./format.js";
import { comparing, shownPlan, state } from "./state.js";

const [WIDE, HIGH] = [54, 20];

/** The six cards: for one family its home deliveries stand where the other's exports would. */
function cardsShown() {
  const [first, other] = families;
  const exported = (family) => ({
    key: `export_${family}`,
    title: `kpi.exports.${family}`,
    unit: familyOf(family).unit,
    decimals: 2,
  });
  return [
    exported(first),
    other ? exported(other) : { key: `home_${first}`, title: "page.home", unit: familyOf(first).unit, decimals: 2 },
    netback(),
    { key: "transport", title: "kpi.transport_cost", unit: "MUSD", decimals: 0 },
    { key: "bottlenecks", title: "kpi.bottlenecks", unit: "", decimals: 0 },
    { key: "rent", title: "kpi.congestion_rent", unit: "MUSD", decimals: 0 },
  ];
}

/** The netback proper is known for the whole span only; a month tells sales less carriage. */
function netback() {
  const told = plans.every((plan) => plan.cards.netback[state.span] !== null);
  const [key, title] = told ? ["netback", "kpi.netback"] : ["margin", "page.margin"];
  return { key, title, unit: "MUSD", decimals: 0, course: "margin" };
}

/** The values along the months, or along the steps where there is one period. */
function courseOf(card) {
  const key = card.course ?? card.key;
  if (WHOLE > 0) {
    return { values: spans.slice(0, WHOLE).map((_, span) => figure(key, shownPlan(), span)), at: state.span };
  }
  if (plans.length < 3) return null;
  return { values: plans.map((_, plan) => figure(card.key, plan, state.span)), at: shownPlan() };
}

function sparkline({ values, at }) {
  const low = d3.min(values);
  const high = d3.max(values);
  const x = (i) => 3 + (i * (WIDE - 6)) / Math.max(1, values.length - 1);
  const y = (value) => HIGH - 3 - (high > low ? ((value - low) / (high - low)) * (HIGH - 6) : (HIGH - 6) / 2);
  const points = values.map((value, i) => (value === null ? null : [x(i), y(value)]));
  const dot = points[at];
  return make(
    "svg",
    { width: WIDE, height: HIGH, viewBox: `0 0 ${WIDE} ${HIGH}`, "aria-hidden": "true" },
    make("path", { d: polyline(points), fill: "none", stroke: "#9aa7b4", "stroke-width": 1.3 }),
    dot ? make("circle", { cx: dot[0], cy: dot[1], r: 2.6, fill: "currentColor" }) : null,
  );
}

/** "−0.31 against before"; nothing where nothing is compared. */
function under(card, value) {
  if (!comparing()) return null;
  if (value === null) return make("span", { class: "delta" }, "\u00a0");
  const change = value - figure(card.key, 0, state.span);
  const words = signed(change, card.decimals);
  const told = /[1-9]/.test(words) ? say("kpi.change", { change: words }) : say("tip.same");
  return make("span", { class: change > 0 ? "delta up" : "delta down", title: told }, told);
}

export function drawCards() {
  const cards = cardsShown().map((card) => {
    const value = figure(card.key, shownPlan(), state.span);
    const course = courseOf(card);
    return make(
      "div",
      { class: "kpi", "data-card": card.key },
      make("span", { class: "label", title: say(card.title) }, say(card.title)),
      make(
        "div",
        { class: "value" },
        number(value, card.decimals),
        make("small", {}, card.unit ? unit(card.unit) : ""),
        course ? sparkline(course) : null,
      ),
      under(card, value),
    );
  });
  renew(find("cards"), cards);
}
