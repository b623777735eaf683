/** The worker of the page: it is given a programme and a solver, and answers values of the levers. */

import { Case } from "./answer.js";
import { inflated, opened } from "./packed.js";
import { routes } from "./traced.js";

let own = null;
let last = null; // the last answer with a plan, which the page shows

/** HiGHS from its bytes; `Module` is what its own script defines. */
async function solver(bytes) {
  const instantiateWasm = (imports, done) => {
    WebAssembly.instantiate(bytes, imports).then(({ instance }) => done(instance));
    return {};
  };
  return Module({ instantiateWasm });
}

async function begin({ programme, wasm }) {
  const highs = await solver(await inflated(wasm));
  own = new Case(highs, opened(JSON.parse(new TextDecoder().decode(await inflated(programme)))));
  return { version: highs.version.string };
}

function answer({ values, active }) {
  const began = performance.now();
  const found = own.at(values, active);
  if (found.status === "optimal") last = found;
  const { whole, x, ...told } = found;
  const ways = found.status === "optimal" ? { routes: routes(own.programme.tracing, x) } : {};
  return { ...told, ...ways, ms: performance.now() - began };
}

function priced({ periods }) {
  const began = performance.now();
  const worth = own.worth(last, periods);
  return { worth, ms: performance.now() - began };
}

const DONE = { begin, answer, priced };

self.onmessage = async ({ data: { id, what, ...given } }) => {
  try {
    self.postMessage({ id, ...(await DONE[what](given)) });
  } catch (error) {
    self.postMessage({ id, error: String(error?.stack ?? error) });
  }
};
