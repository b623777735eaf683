/** What a line is in words: for screen readers, and the one plain sentence of the tooltip. */

import { content, isFull, spans } from "./data.js";
import { number, say, signed, unit, volume } from "./format.js";
import { comparing, state } from "./state.js";

/** A strand as a screen reader tells it. */
export function lineWords({ arc, now, delta }) {
  const told = { name: arc.name, flow: volume(now.flow), unit: unit(arc.unit) };
  const parts = [
    now.capacity === null
      ? say("aria.route_unlimited", told)
      : say("aria.route", {
          ...told,
          capacity: volume(now.capacity),
          percent: number(100 * (now.used ?? 0), 0),
        }),
  ];
  if (isFull(now)) parts.push(say("aria.bottleneck"));
  else if (now.limits.length) parts.push(say("legend.limit"));
  if (comparing() && Math.abs(delta) >= 0.005) {
    parts.push(`${say("tip.change")} ${signed(delta, 2)} ${unit(arc.unit)}`);
  }
  return parts.join(", ");
}

/** One plain sentence on what the line means to the plan. */
export function sentence({ arc, now }) {
  const { floor } = content.style;
  const told = { unit: unit(arc.unit) };
  const own = now.limits.find((limit) => limit.id === arc.id);
  if (own) {
    const { periods } = spans[state.span];
    const worth = say(`tip.worth.${arc.family}`, { price: number(own.price) });
    if (own.bound === periods) return worth;
    return `${worth} ${say("tip.worth_periods", { bound: own.bound, periods })}`;
  }
  const joint = now.limits[0];
  if (joint) return say("page.joint", { name: joint.name, price: number(joint.price) });
  if (now.flow <= floor) {
    return say(now.status === "proposed" ? "tip.proposed" : "tip.unused");
  }
  if (now.capacity === null) return say("tip.unlimited", { ...told, volume: volume(now.flow) });
  const spare = now.capacity - now.flow;
  if (spare <= 0.015 * now.capacity) return say("tip.full_free");
  return say("tip.spare_sentence", { ...told, spare: volume(spare) });
}
