/** Arrays and files that stand in the page as text. */

/** The bytes of a base64 text. */
function bytesOf(text) {
  const raw = atob(text);
  const bytes = new Uint8Array(raw.length);
  for (let at = 0; at < raw.length; at += 1) bytes[at] = raw.charCodeAt(at);
  return bytes;
}

/** What a gzipped base64 text holds, as bytes. */
export async function inflated(text) {
  const stream = new Blob([bytesOf(text)]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

const INFINITE = { inf: Infinity, "-inf": -Infinity, nan: NaN };

/** An array that was packed: doubles under `f`, under `i` whole numbers, each as the step from the one before. */
export function unpacked({ f, i }) {
  if (f) return Float64Array.from(f, (value) => INFINITE[value] ?? value);
  let sum = 0;
  return Int32Array.from(i, (step) => (sum += step));
}

/** The same object with every array in it unpacked. */
export function opened(thing) {
  if (Array.isArray(thing)) return thing.map(opened);
  if (thing === null || typeof thing !== "object") return thing;
  if (Array.isArray(thing.f) || Array.isArray(thing.i)) return unpacked(thing);
  return Object.fromEntries(Object.entries(thing).map(([key, value]) => [key, opened(value)]));
}
