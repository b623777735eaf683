/** The state of the levers as a model file that `solve` reads. */

import { content } from "./data.js";

const quoted = (text) => JSON.stringify(text);
const key = (name) => (/^[\w-]+$/.test(name) ? name : quoted(name));

/** What stands before a dot of a path, and after it; all of it where there is none (−1). */
const parted = (path, dot) => (dot < 0 ? [path, ""] : [path.slice(0, dot), path.slice(dot + 1)]);

function told(value) {
  if (typeof value === "string") return quoted(value);
  if (typeof value === "number") return String(value);
  const parts = Object.entries(value).map(([name, own]) => `${key(name)} = ${told(own)}`);
  return `{ ${parts.join(", ")} }`;
}

/** What is built: all of it, where some of it is moved. */
function builtOf(values) {
  const { levers, model } = content.live;
  const all = levers.flatMap(({ kind, path, start }, at) => (kind === "build" ? [[path.split(".").at(-1), values[at], start]] : []));
  if (!all.some(([, value, start]) => value !== start)) return {};
  const built = Object.fromEntries(all.filter(([, value]) => value));
  return { build: { ...(model.waived ? { earliest: "waived" } : {}), ...model.policy.build, built } };
}

/** The policy of the start with the levers of it that are moved. */
function policyOf(values) {
  const { levers, model } = content.live;
  const policy = { ...structuredClone(model.policy), ...builtOf(values) };
  levers.forEach((lever, at) => {
    if (!lever.policy || lever.kind === "build" || values[at] === lever.start) return;
    const [head, name] = parted(lever.path, lever.path.indexOf("."));
    policy[head] = name ? { ...policy[head], [name]: values[at] } : values[at];
  });
  return policy;
}

/** The edits of the start and those of the levers. */
function editsOf(values) {
  const { levers, model } = content.live;
  const edits = model.edits.map(({ target, field, op, value, unit, periods }) => ({
    target, [field]: unit ? { [op]: value, unit } : { [op]: value }, periods, reason: "Asked of the map.", note: "checked",
  }));
  levers.forEach((lever, at) => {
    if (lever.policy || values[at] === lever.start) return;
    const [target, field] = parted(lever.path, lever.path.lastIndexOf("."));
    const change = lever.unit ? { set: values[at], unit: lever.unit } : { set: values[at] };
    edits.push({ target, [field]: change, periods: [], reason: "Moved on the map.", note: "checked" });
  });
  return edits;
}

/** The text of the file; null where no file can say what the page started from. */
export function modelFile(values) {
  const { model } = content.live;
  if (!model) return null;
  const lines = [`title = ${quoted(content.title)}`, `extends = ${quoted(model.extends)}`, ""];
  const policy = Object.entries(policyOf(values));
  if (policy.length) lines.push("[policy]", ...policy.map(([name, value]) => `${key(name)} = ${told(value)}`), "");
  for (const { periods, ...edit } of editsOf(values)) {
    lines.push("[[edit]]", ...Object.entries(edit).map(([name, value]) => `${key(name)} = ${told(value)}`));
    if (periods.length) lines.push(`periods = [${periods.map(quoted).join(", ")}]`);
    lines.push("");
  }
  return lines.join("\n");
}
