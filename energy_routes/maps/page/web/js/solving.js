/** The solver behind the page: a worker made from what the page itself holds.  The newest question is answered. */

import { inflated } from "./packed.js";

const text = (name) => document.getElementById(`live-${name}`).textContent.trim();

export const possible = () =>
  typeof WebAssembly === "object" && typeof Worker === "function" && typeof DecompressionStream === "function";

const waiting = new Map();
let worker = null;
let asked = 0;

/** Ask the worker for something; rejects with what went wrong. */
export function ask(what, given = {}) {
  asked += 1;
  const id = asked;
  return new Promise((done, failed) => {
    waiting.set(id, { done, failed });
    worker.postMessage({ id, what, ...given });
  });
}

/** Start the solver; what it says of itself. */
export async function begin() {
  const script = [await inflated(text("highs")), text("worker")];
  const url = URL.createObjectURL(new Blob(script, { type: "text/javascript" }));
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
  return Promise.race([ask("begin", { programme: text("programme"), wasm: text("wasm") }), started]);
}
