/** Land, lakes, and the names on them. */

import { content } from "./data.js";
import { around, textWidth } from "./labels.js";

const SIZES = { country: [0, 15, 11, 9.5], sea: [0, 13, 12, 11], lake: [0, 12, 11, 10.5] };
const FROM_SCALE = [0, 0, 0.6, 0.95]; // px per unit from which a rank is named
const SPACING = 0.16; // em between the letters of a country's name

/** Draw land and lakes once; the camera moves the group. */
export function drawGround(group) {
  const { land, lakes } = content.ground;
  group
    .selectAll("path.land")
    .data([...land].sort((a, b) => a.home - b.home))
    .join("path")
    .attr("class", (one) => (one.home ? "land home" : "land"))
    .attr("d", (one) => one.d);
  group
    .selectAll("path.lake")
    .data(lakes)
    .join("path")
    .attr("class", "lake")
    .attr("d", (path) => path);
}

/** Names of countries and waters where there is still room. */
export function drawNames(group, camera, placer) {
  const told = [];
  for (const name of content.ground.names) {
    const size = SIZES[name.kind][name.rank];
    if (camera.scale < FROM_SCALE[name.rank]) continue;
    const land = name.kind === "country";
    const text = land ? name.n.toUpperCase() : name.n;
    const spaced = land ? text.length * SPACING * size : 0;
    const width = textWidth(text, size, 400, !land) + spaced;
    const x = name.x * camera.scale + camera.x;
    const y = name.y * camera.scale + camera.y;
    const shifts = [
      [0, 0],
      [0, 14],
      [0, -14],
      [22, 8],
      [-22, 8],
      [22, -10],
      [-22, -10],
      [0, 28],
      [0, -28],
    ];
    const boxes = shifts.map(([dx, dy]) => around(x + dx, y + dy, width, size + 3));
    const box = placer.place(boxes, 1);
    if (box) told.push({ text, box, size, land });
  }
  group
    .selectAll("text")
    .data(told, (one) => one.text)
    .join("text")
    .attr("class", (one) => `ground-name ${one.land ? "country" : "water"}`)
    .attr("font-size", (one) => one.size)
    .attr("x", (one) => one.box.x)
    .attr("y", (one) => one.box.y + one.size * 0.35)
    .text((one) => one.text);
}
