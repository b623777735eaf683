/** The state of the levers as a model file that `solve` reads. */

import { content } from "./data.js";

const quoted = (text) => JSON.stringify(text);
const key = (name) => (/^[\w-]+$/.test(name) ? name : quoted(name));

function told(value) {
  if (typeof value === "string") return quoted(value);
  if (typeof value === "number") return String(value);
  const parts = Object.entries(value).map(([name, own]) => `${key(name)} = ${told(own)}`);
  return `{ ${parts.join(", ")} }`;
}

/** The policy of the start with the levers of it that are moved. */
function policyOf(values) {
  const { levers, model } = content.live;
  const policy = structuredClone(model.policy);
  levers.forEach((lever, at) => {
    if (lever.path.includes(":") && /^(arc|limit|supply|market|contract|obligation|storage|tier|lane)\b/.test(lever.path)) return;
    if (values[at] === lever.start) return;
    const dot = lever.path.indexOf(".");
    if (lever.path.startsWith("max_") || lever.path.startsWith("min_")) {
      if (dot > 0) {
        const [head, name] = [lever.path.slice(0, dot), lever.path.slice(dot + 1)];
        policy[head] = { ...policy[head], [name]: values[at] };
        return;
      }
    }
    policy[lever.path] = values[at];
  });
  return policy;
}

/** The edits of the start and those of the levers. */
function editsOf(values) {
  const { levers, model } = content.live;
  const edits = model.edits.map(({ target, field, op, value, unit, periods }) => ({
    target, [field]: unit ? { [op]: value, unit } : { [op]: value }, periods, reason: "Asked of the map.",
  }));
  levers.forEach((lever, at) => {
    const dot = lever.path.lastIndexOf(".");
    const target = lever.path.slice(0, dot);
    if (values[at] === lever.start || /^(max|min)_/.test(lever.path) || !target.includes(":")) return;
    const change = lever.unit ? { set: values[at], unit: lever.unit } : { set: values[at] };
    edits.push({ target, [lever.path.slice(dot + 1)]: change, periods: [], reason: "Moved on the map.", note: "checked" });
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
