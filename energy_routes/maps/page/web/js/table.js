/** Every number behind the map, as tables to read and to save. */

import { arcs, content, corridors, families, familyOf, figure, kind, nodeOf, plans, reading, spans } from "./data.js";
import { find, make } from "./dom.js";
import { save } from "./export.js";
import { aged, number, percent, say, signed, unit, volume } from "./format.js";
import { comparing, shownPlan, state } from "./state.js";

// Key and text of what is told of a route: around the lines of the netback sheet its volume, price and netback.
const SHEET = [
  ["volume", "table.volume"],
  ["price", "table.price"],
  ...content.sheet,
  ["netback", "table.netback"],
];

/** A table to show: title, heads, rows of raw values, and how each column is told (of a value, and its row). */
function linesTable() {
  const told = new Map(); // row → its arc
  const heads = [
    ["table.line", (value) => value],
    ["table.unit", (value) => unit(value)],
    ["table.flow", volume],
    ["table.capacity", (value) => (value === null ? say("tip.no_limit") : volume(value))],
    ["table.utilisation", percent],
    ["table.tariff", (value, row) => aged(number(value, 1), told.get(row))],
    ["table.shadow_price", (value) => number(value)],
  ];
  if (comparing()) heads.push(["table.before", volume], ["table.change", (value) => signed(value, 2)]);
  const rows = arcs
    .filter((arc) => state.families.has(arc.family))
    .map((arc) => {
      const now = reading(arc, shownPlan(), state.span);
      const before = reading(arc, 0, state.span).flow;
      const cells = [arc.name, arc.unit, now.flow, now.capacity, now.used, now.tariff, now.price];
      if (comparing()) cells.push(before, now.flow - before);
      told.set(cells, arc);
      return cells;
    })
    .sort((a, b) => b[2] - a[2]);
  return { title: say("panel.bars"), heads, rows };
}

function limitsTable() {
  const heads = [
    ["table.limit", (value) => value],
    ["table.kind", (value) => value],
    ["table.line", (value) => value],
    ["table.shadow_price", (value) => number(value)],
    ["page.periods", (value) => number(value, 0)],
  ];
  const plan = plans[shownPlan()];
  const rows = [...plan.limits[state.span], ...plan.depths[state.span]].map((limit) => [
    limit.name,
    say(`legend.${limit.sign}`),
    limit.sign === "depth" ? (nodeOf(limit.node)?.name ?? limit.node) : arcs[limit.arc].name,
    limit.price,
    limit.bound,
  ]);
  return { title: say("legend.scarce"), heads, rows };
}

function corridorsTable() {
  const heads = [
    ["table.corridor", (value) => value],
    ["table.unit", (value) => unit(value)],
    ["table.volume", volume],
  ];
  if (comparing()) heads.push(["table.before", volume], ["table.change", (value) => signed(value, 2)]);
  const rows = corridors.map((one) => {
    const now = plans[shownPlan()].corridors[one.id]?.[state.span] ?? 0;
    const before = plans[0].corridors[one.id]?.[state.span] ?? 0;
    const cells = [one.name, familyOf(one.family).unit, now];
    return comparing() ? [...cells, before, now - before] : cells;
  });
  return { title: say("report.corridors"), heads, rows: rows.sort((a, b) => b[2] - a[2]) };
}

function routesTable() {
  const heads = [
    ["table.route", (value) => value],
    ...SHEET.map(([key, words]) => [words, key === "volume" ? volume : (value) => number(value, 1)]),
  ];
  const rows = plans[shownPlan()].routes.map((route) => [route.name, ...SHEET.map(([key]) => route[key])]);
  return { title: say("report.netback_sheets"), heads, rows };
}

function paymentsTable() {
  const money = (value) => number(value, 1);
  const heads = [
    ["table.payee", (value) => value],
    ["table.country", (value) => value],
    ...["receipts", "real_cost", "margin"].map((key) => [`table.${key}`, money]),
  ];
  return { title: `${say("report.payments")}, ${unit("MUSD")}`, heads, rows: plans[shownPlan()].payments ?? [] };
}

function stepsTable() {
  const heads = [
    ["page.step", (value) => value],
    ["kpi.netback", (value) => number(value, 0)],
    ["kpi.exports", volume],
    ["kpi.bottlenecks", (value) => number(value, 0)],
  ];
  const exported = (plan) => d3.sum(families, (family) => figure(`export_${family}`, plan, state.span) ?? 0);
  const rows = plans.map((plan, i) => [
    plan.label || say("page.reference"),
    figure("netback", i, state.span),
    exported(i),
    figure("bottlenecks", i, state.span),
  ]);
  return { title: say("page.steps"), heads, rows };
}

const tables = () => [
  ...(kind === "steps" ? [stepsTable()] : []),
  corridorsTable(),
  linesTable(),
  limitsTable(),
  routesTable(),
  ...(plans[shownPlan()].payments?.length ? [paymentsTable()] : []),
];

/** Rows in the order of a column: numbers by size, words by the alphabet, what is missing last. */
function ordered(rows, column, down) {
  const known = rows.filter((row) => row[column] !== null && row[column] !== undefined);
  const lang = document.documentElement.lang;
  const compare = (one, other) => (typeof one === "number" ? one - other : one.localeCompare(other, lang));
  known.sort((a, b) => (down ? -1 : 1) * compare(a[column], b[column]));
  return [...known, ...rows.filter((row) => !known.includes(row))];
}

/** A table whose rows are sorted by the column that is clicked, the other way round at the next click. */
function element({ title, heads, rows }) {
  const body = make("tbody");
  const fill = (told) =>
    body.replaceChildren(
      ...told.map((row) =>
        make(
          "tr",
          {},
          row.map((value, i) => make(i ? "td" : "th", i ? {} : { scope: "row" }, heads[i][1](value, row))),
        ),
      ),
    );
  const columns = heads.map(([words], i) => {
    const turn = () => {
      const number = typeof rows.find((row) => typeof row[i] === "number")?.[i] === "number";
      const was = columns[i].getAttribute("aria-sort");
      const down = was ? was === "ascending" : number;
      for (const column of columns) column.removeAttribute("aria-sort");
      columns[i].setAttribute("aria-sort", down ? "descending" : "ascending");
      fill(ordered(rows, i, down));
    };
    return make("th", { scope: "col" }, make("button", { type: "button", on: { click: turn } }, say(words)));
  });
  fill(rows);
  return make("table", {}, make("caption", {}, title), make("thead", {}, make("tr", {}, columns)), body);
}

export function openTable() {
  const plan = plans[shownPlan()];
  const span = make("p", {}, [plan.label || plan.title, spans[state.span].name].join(" · "));
  find("table-body").replaceChildren(span, ...tables().map(element));
  find("table").showModal();
}

/** A cell as spreadsheets read it; text that looks like a formula is kept text. */
function cell(value) {
  if (value === null || value === undefined) return "";
  if (typeof value === "number") return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** The tables as one CSV file, raw numbers with a decimal point. */
export function csv() {
  const blocks = tables().map(({ title, heads, rows }) =>
    [[title], heads.map(([words]) => say(words)), ...rows].map((row) => row.map(cell).join(",")).join("\r\n"),
  );
  return `\ufeff${blocks.join("\r\n\r\n")}\r\n`;
}

export const saveCsv = () => save(new Blob([csv()], { type: "text/csv" }), `${content.file}.csv`);
