/**
 * The solver behind the page: a script that the page holds, run in a worker.  What a worker answers is painted a frame
 * after the event that asked for it.  So the page runs the same script in its own thread, too, and asks it where an answer
 * is found in a few milliseconds: it is painted in the frame of the event.
 */

import { content } from "./data.js";
import { inflated } from "./packed.js";

const SMALL = 1000; // columns of a programme up to which the page's own thread solves, too
const SHORT = 6; // ms of one of the two answers before, up to which the next is found there
const TRIES = 20; // answers in which the browser compiles what they need

const text = (name) => document.getElementById(`live-${name}`).textContent.trim();

export const possible = () =>
  typeof WebAssembly === "object" && typeof Worker === "function" && typeof DecompressionStream === "function";

const waiting = new Map();
let worker = null;
let near = null; // the same in the page's own thread, once it is quick
let asked = 0;
let recent = [Infinity, Infinity]; // ms of the last two answers, where they are plans

/** Ask the worker for something; rejects with what went wrong. */
export function ask(what, given = {}) {
  asked += 1;
  const id = asked;
  return new Promise((done, failed) => {
    waiting.set(id, { done, failed });
    worker.postMessage({ id, what, ...given });
  });
}

/** The answer at values of the levers. */
export async function answerAt(given) {
  const answer = near && Math.min(...recent) <= SHORT ? near.answer(given) : await ask("answer", given);
  recent = answer.status === "optimal" ? [recent[1], answer.ms] : [Infinity, Infinity];
  return answer;
}

/** Start the worker; what the solver says of itself, and what starts it in the page's own thread, too. */
export async function begin() {
  const script = new TextDecoder().decode(await inflated(text("solver")));
  const url = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
  worker = new Worker(url);
  URL.revokeObjectURL(url);
  worker.onmessage = ({ data }) => {
    const { done, failed } = waiting.get(data.id);
    waiting.delete(data.id);
    if (data.error) failed(new Error(data.error));
    else done(data);
  };
  const started = new Promise((_, failed) => {
    worker.onerror = (event) => {
      event.preventDefault();
      failed(new Error(event.message));
    };
  });
  const parts = { programme: text("programme"), wasm: text("wasm") };
  const { version, compiled } = await Promise.race([ask("begin", parts), started]);
  return { version, beginNear: (given) => beginNear(script, { programme: parts.programme, compiled }, given) };
}

/** Whether an answer is found soon, once it has been found often enough. */
async function isQuick(answered) {
  for (let turn = 0; turn < TRIES; turn += 1) if ((await answered()).ms <= SHORT) return true;
  return false;
}

/** Start the solver in the page's own thread where the worker answers `given` soon. */
async function beginNear(script, parts, given) {
  if (content.live.columns > SMALL || !(await isQuick(() => ask("answer", given)))) return;
  const element = document.createElement("script");
  element.textContent = script;
  document.head.append(element); // the policy of the page knows its hash
  element.remove();
  const { solver } = globalThis;
  await solver.begin(parts);
  const own = async () => {
    await new Promise((done) => setTimeout(done, 0)); // the page stays awake between them
    return solver.answer(given);
  };
  if (await isQuick(own)) near = solver;
}
