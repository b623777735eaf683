/**
 * What is asked of the solver: it is given a programme and HiGHS, and answers values of the levers.
 * The script is run in a worker, which is asked by messages, and in the page itself, which calls it.
 */

import { Case } from "./answer.js";
import { inflated, opened } from "./packed.js";
import { routes } from "./traced.js";

let own = null;
let last = null; // the last answer with a plan
const called = new Map(); // what ways are called

/** HiGHS as it was compiled; `Module` is what its own script defines. */
async function highsOf(compiled) {
  const instantiateWasm = (imports, done) => {
    WebAssembly.instantiate(compiled, imports).then(done);
    return {};
  };
  return Module({ instantiateWasm });
}

/** Begin with a programme and HiGHS, packed or `compiled`: what is compiled once serves worker and page. */
async function begin({ programme, wasm, compiled }) {
  compiled ??= await WebAssembly.compile(await inflated(wasm));
  const highs = await highsOf(compiled);
  own = new Case(highs, opened(JSON.parse(new TextDecoder().decode(await inflated(programme)))));
  return { version: highs.version.string, compiled };
}

function answer({ values, active }) {
  const began = performance.now();
  const found = own.at(values, active);
  if (found.status === "optimal") last = { key: String(values), found };
  const { whole, x, arrays, ...told } = found;
  const ways = found.status === "optimal" ? { routes: routes(own.programme, arrays, x, called) } : {};
  return { ...told, ...ways, ms: performance.now() - began };
}

/** What limits are worth at values that have a plan, in some periods. */
function priced({ values, periods }) {
  const began = performance.now();
  if (last?.key !== String(values)) answer({ values, active: -1 });
  return { worth: own.worth(last.found, periods), ms: performance.now() - began };
}

const DONE = { begin, answer, priced };

if (typeof document === "object") globalThis.solver = DONE;
else {
  self.onmessage = async ({ data: { id, what, ...given } }) => {
    try {
      self.postMessage({ id, ...(await DONE[what](given)) });
    } catch (error) {
      self.postMessage({ id, error: String(error?.stack ?? error) });
    }
  };
}
