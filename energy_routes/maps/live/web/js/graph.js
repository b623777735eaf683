/** What the numbers of a programme come to at values of the levers: a graph of single numbers, in order. */

const truth = (answer) => (answer ? 1 : 0);

/** Half to even, as Python rounds. */
function rounded(value) {
  const down = Math.floor(value);
  const rest = value - down;
  if (rest !== 0.5) return Math.round(value);
  return down % 2 === 0 ? down : down + 1;
}

// In the order of OPERATIONS in programme.py; `move`, which needs the values of the levers, and `sum` are done below.
const OPERATIONS = [
  null,
  (a, b) => a + b,
  (a, b) => a - b,
  (a, b) => a * b,
  (a, b) => a / b,
  (a) => -a,
  (a) => Math.abs(a),
  (a, b) => Math.max(a, b),
  (a, b) => Math.min(a, b),
  (asked, a, b) => (asked ? a : b),
  (a, low, high) => Math.min(Math.max(a, low), high),
  rounded,
  (a) => truth(Number.isFinite(a)),
  (a) => truth(Number.isNaN(a)),
  (a, b) => truth(a === b),
  (a, b) => truth(a !== b),
  (a, b) => truth(a > b),
  (a, b) => truth(a < b),
  (a, b) => truth(a >= b),
  (a, b) => truth(a <= b),
  (a, b) => truth(a && b),
  (a, b) => truth(a || b),
  (a) => truth(!a),
];
const [MOVE, SUM] = [0, OPERATIONS.length];

/** The value of every node; `moved` tells of each lever its value, undefined where it stands at its start. */
export function reckoned({ operations, starts, operands, constants }, moved) {
  const values = new Float64Array(operations.length);
  const operand = (at) => (operands[at] >= 0 ? values[operands[at]] : constants[~operands[at]]);
  for (let node = 0; node < operations.length; node += 1) {
    const [operation, first, end] = [operations[node], starts[node], starts[node + 1]];
    if (operation === MOVE) {
      const value = moved[operand(first)];
      values[node] = value === undefined ? operand(first + 1) : operand(first + 2) + operand(first + 3) * value;
    } else if (operation === SUM) {
      let sum = 0;
      for (let at = first; at < end; at += 1) sum += operand(at);
      values[node] = sum;
    } else {
      const own = OPERATIONS[operation];
      if (end - first === 1) values[node] = own(operand(first));
      else if (end - first === 2) values[node] = own(operand(first), operand(first + 1));
      else values[node] = own(operand(first), operand(first + 1), operand(first + 2));
    }
  }
  return values;
}

/** All arrays of the programme with their moving numbers put in. */
export function arraysAt(programme, moved) {
  const values = reckoned(programme.graph, moved);
  const out = {};
  for (const [name, array] of Object.entries(programme.arrays)) {
    const moving = programme.moving[name];
    if (!moving) {
      out[name] = array;
      continue;
    }
    const [places, nodes] = moving;
    const own = array.slice();
    for (let at = 0; at < places.length; at += 1) own[places[at]] = values[nodes[at]];
    out[name] = own;
  }
  return out;
}
