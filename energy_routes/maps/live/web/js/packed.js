/** Arrays and files that stand in the page as text. */

/** The bytes of a base64 text. */
export function bytesOf(text) {
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

/** An array that was packed: doubles under `f`, integers of 32 bits under `i`. */
export function unpacked({ f, i }) {
  const { buffer } = bytesOf(f ?? i);
  return f === undefined ? new Int32Array(buffer) : new Float64Array(buffer);
}

/** The same object with every array in it unpacked. */
export function opened(thing) {
  if (Array.isArray(thing)) return thing.map(opened);
  if (thing === null || typeof thing !== "object") return thing;
  if (typeof thing.f === "string" || typeof thing.i === "string") return unpacked(thing);
  return Object.fromEntries(Object.entries(thing).map(([key, value]) => [key, opened(value)]));
}
