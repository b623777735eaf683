/** The answer of the levers in one sentence: the subject, the money, and the way that changes most. */

import { content, corridors, familyOf, plans, WHOLE } from "./data.js";
import { carried } from "./dragged.js";
import { filled, number, say, signed, unit } from "./format.js";

const { seen, told: TOLD, slight, money: LEAST } = content.live.changes; // from which a volume or a change is told

/** Whether a change of volume is worth telling beside volumes of these sizes. */
const moved = (change, ...sizes) => Math.abs(change) > Math.max(seen, Math.min(TOLD, slight * Math.max(...sizes.map(Math.abs))));
const stopped = (text) => (text.endsWith(".") ? text : `${text}.`); // no second one after a unit such as "долл."
const capital = (text) => text.slice(0, 1).toUpperCase() + text.slice(1);
const formed = (text, name) => text.replace(/\[([^|\]]*)\|([^|\]]*)\]/g, name.includes(" and ") ? "$2" : "$1");

/** What became of a subject, against the start. */
function fate(subject, now, before, span) {
  const volume = carried(subject, now, span);
  const said = volume > seen ? filled(subject.some, { volume: number(volume) }) : subject.nothing;
  const past = carried(subject, before, span);
  const change = volume - past;
  if (!moved(change, volume, past)) return said;
  const told = { said, volume: number(Math.abs(change)), unit: subject.unit };
  return say(change > 0 ? "answer.more" : "answer.less", told);
}

/** Money that is not known to the last dollar, in millions or thousands of millions: 499 MUSD, 43.6 bn USD. */
function sum(musd) {
  if (musd < 999.5) return `${number(musd)} ${unit("MUSD")}`;
  return `${number(musd / 1000, musd < 9995 ? 2 : musd < 99950 ? 1 : 0)} ${unit("BUSD")}`;
}

function money() {
  const [before, after] = plans.map((plan) => plan.cards.netback[WHOLE]);
  const change = after - before;
  if (Math.abs(change) <= LEAST * Math.abs(before)) return say("answer.no_gain");
  return say(change > 0 ? "answer.gains" : "answer.loses", { value: sum(Math.abs(change)) });
}

/** The corridor that gains or loses most. */
function way(span) {
  const own = new Set(content.live.subjects.map((subject) => subject.name));
  const others = corridors.filter((one) => !own.has(one.name));
  const changes = others.map((one) => {
    const [before, after] = plans.map((plan) => plan.corridors[one.id]?.[span] ?? 0);
    return { one, change: after - before, exported: plans[1].cards[`export_${one.family}`][span] };
  });
  const most = d3.greatest(changes, ({ change }) => Math.abs(change));
  if (!most || !moved(most.change, most.exported)) return null;
  const { one, change } = most;
  const told = { name: one.name, volume: number(Math.abs(change)), unit: unit(familyOf(one.family).unit) };
  return formed(say(change > 0 ? "answer.way_more" : "answer.way_less", told), one.name);
}

/** The sentence of the answer in a span, from the read-outs now and at the start; money is of all periods alone. */
export function sentenceOf(now, before, span) {
  const fates = content.live.subjects.slice(0, 2).map((subject) => fate(subject, now, before, span));
  return stopped(capital([...fates, span === WHOLE ? money() : null, way(span)].filter(Boolean).join("; ")));
}

/** The emissions of a span now, and their change since the start; nothing where no factor tells of any. */
export function emissionsOf(reads, span) {
  const [now, before] = reads.map((read) => carried({ block: "emission", at: 0 }, read, span) / 1000);
  if (!now && !before) return "";
  const change = Math.abs(now - before) < 0.005 ? "" : ` (${signed(now - before, 2)})`;
  return `${say("live.emissions")}: ${number(now, 2)} ${unit("MtCO2e")}${change}`;
}
