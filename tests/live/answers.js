// node answers.js SOLVER REQUESTS: the solver of the page that solves, in Node instead of a browser's worker.
// REQUESTS is JSON: {programme, wasm, asked: [{what, ...}]}; prints a line of JSON for each that is asked,
// with the bytes of WebAssembly after it.

"use strict";

const fs = require("node:fs");
const vm = require("node:vm");

const [, , solver, requests] = process.argv;
Object.assign(globalThis, { require, __dirname }); // HiGHS' own script asks for them
const waiting = new Map();
globalThis.self = {
  postMessage: (answer) => {
    waiting.get(answer.id)(answer);
    waiting.delete(answer.id);
  },
};
vm.runInThisContext(fs.readFileSync(solver, "utf8"), { filename: solver });

let memory = null; // of the WebAssembly that the solver starts
const { instantiate } = WebAssembly;
WebAssembly.instantiate = async (...given) => {
  const made = await instantiate(...given);
  memory = Object.values(made.exports).find((own) => own instanceof WebAssembly.Memory);
  return made;
};

const plain = (key, value) => (ArrayBuffer.isView(value) ? [...value] : value);
let asked = 0;
const ask = (what, given) =>
  new Promise((done) => {
    asked += 1;
    waiting.set(asked, done);
    self.onmessage({ data: { id: asked, what, ...given } });
  });

(async () => {
  const { programme, wasm, asked: questions } = JSON.parse(fs.readFileSync(requests, "utf8"));
  const began = await ask("begin", { programme, wasm });
  if (began.error) throw new Error(began.error);
  for (const { what, ...given } of questions) {
    const answer = { ...(await ask(what, given)), memory: memory.buffer.byteLength };
    process.stdout.write(`${JSON.stringify(answer, plain)}\n`);
  }
})();
