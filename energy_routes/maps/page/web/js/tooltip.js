/** What the pointer (or the keyboard) rests on. */

import { content, corridorsOf, nodeOf, plans } from "./data.js";
import { find, make } from "./dom.js";
import { aged, bandOf, between, known, number, percent, priceUnit, say, signed, unit, volume } from "./format.js";
import { comparing, shownPlan } from "./state.js";
import { colour } from "./palette.js";
import { sentence } from "./words.js";

const MOST = 4; // neighbours named
let told = []; // the strands that the tip tells; each drawing has its own

const row = (name, value) => make("tr", {}, make("td", {}, name), make("td", {}, value));

function meter(strand) {
  const { now, arc } = strand;
  if (now.used === null) return null;
  const share = 100 * Math.min(1, now.used);
  return make(
    "svg",
    { class: "meter", viewBox: "0 0 100 7", preserveAspectRatio: "none" },
    make("rect", { width: 100, height: 7, fill: "#e3e8ed" }),
    make("rect", { width: share, height: 7, fill: colour(arc.family, now.used) }),
  );
}

function carries({ arc, now }) {
  if (now.flow > content.style.floor) return `${volume(now.flow)} ${unit(arc.unit)}`;
  return say(now.status === "proposed" ? "legend.proposed" : "legend.idle");
}

/** The lines that lie where a strand does, with what they carry. */
function neighbours(others) {
  if (!others.length) return null;
  const each = others.slice(0, MOST).map((strand) => `${strand.arc.name} (${carries(strand)})`);
  return make("p", { class: "quiet said" }, say("tip.near", { lines: each.join(", ") }));
}

/** The figures of a strand, and the others that lie where it does. */
function parts(strand, others) {
  const { arc, now, delta } = strand;
  const measure = unit(arc.unit);
  const groups = corridorsOf(arc).map((one) => one.name);
  const ends = [arc.from, arc.to].map((id) => nodeOf(id)?.name ?? id).join(" → ");
  const kind = [...groups, known("mode", arc.mode), known("status", now.status)].join(" · ");
  const rows = [
    row(say("tip.flow"), `${volume(now.flow)} ${measure}`),
    now.could && row(say("tip.could_be"), `${between(...now.could, volume)} ${measure}`),
    row(say("tip.capacity"), now.capacity === null ? say("tip.no_limit") : `${volume(now.capacity)} ${measure}`),
    row(say("tip.utilisation"), percent(now.used)),
    row(say("tip.tariff"), now.tariff === null ? "–" : aged(`${number(now.tariff, 1)} ${priceUnit(arc.family)}`, arc)),
    row(say("tip.shadow_price"), `${number(now.price)} ${priceUnit(arc.family)}`),
  ].filter(Boolean);
  if (now.band) rows.push(...bandOf(now.band, plans[shownPlan()].bands.draws).map((pair) => row(...pair)));
  if (comparing()) rows.push(row(say("tip.change"), `${signed(delta, 2)} ${measure}`));
  return [
    make("b", {}, arc.name),
    make("div", { class: "quiet" }, ends),
    make("div", { class: "quiet" }, kind),
    meter(strand),
    make("table", {}, make("tbody", {}, rows)),
    make("p", { class: now.limits.length ? "said worth" : "said" }, sentence(strand)),
    neighbours(others),
  ].filter(Boolean);
}

/** Show the figures of a strand beside a place on the screen, and name the others that lie there. */
export function showTip(strand, x, y, others = []) {
  const tip = find("tip");
  const strands = [strand, ...others];
  if (strands.length !== told.length || strands.some((one, at) => one !== told[at])) {
    told = strands;
    tip.dataset.arc = strand.arc.id;
    tip.replaceChildren(...parts(strand, others));
  }
  tip.hidden = false;
  const box = tip.getBoundingClientRect();
  tip.style.left = `${Math.max(6, Math.min(innerWidth - box.width - 8, x + 16))}px`;
  tip.style.top = `${Math.max(6, Math.min(innerHeight - box.height - 8, y + 14))}px`;
}

export function hideTip() {
  find("tip").hidden = true;
}
