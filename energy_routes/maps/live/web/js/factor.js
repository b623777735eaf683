/**
 * The symmetric systems of optimality conditions, [D Aᵀ; A 0]: quasi-definite with STEADY on the diagonal, and so
 * factorised as L·diag·Lᵀ in any order (Vanderbei 1995); steps of iterative refinement take out what STEADY puts in.
 */

const STEADY = 1e-6; // with less of it pivots of columns without a weight would swallow the digits of others
const [PASSES, MOST_PASSES, LEFT] = [2, 30, 1e-13];

/** An order of elimination: always the node with the fewest neighbours that are left. */
function ordered(neighbours) {
  const size = neighbours.length;
  const buckets = Array.from({ length: size + 1 }, () => []); // a node stands in several: only the last counts
  neighbours.forEach((own, node) => buckets[own.size].push(node));
  const done = new Uint8Array(size);
  const order = new Int32Array(size);
  let least = 0;
  for (let at = 0; at < size; ) {
    const node = buckets[least].pop();
    if (node === undefined) {
      least += 1;
      continue;
    }
    const set = neighbours[node];
    if (done[node] || set.size !== least) continue;
    done[node] = 1;
    order[at] = node;
    at += 1;
    for (const one of set) {
      const own = neighbours[one];
      own.delete(node);
      for (const other of set) if (other !== one) own.add(other);
      buckets[own.size].push(one);
      if (own.size < least) least = own.size;
    }
  }
  return order;
}

/** Where each entry of the upper triangle stands in another order: its row and value, column by column. */
function arranged(size, entries, place) {
  const { rows, columns, values } = entries;
  const start = new Int32Array(size + 1);
  for (let at = 0; at < rows.length; at += 1) start[Math.max(place[rows[at]], place[columns[at]]) + 1] += 1;
  for (let column = 0; column < size; column += 1) start[column + 1] += start[column];
  const next = start.slice();
  const row = new Int32Array(rows.length);
  const value = new Float64Array(rows.length);
  for (let at = 0; at < rows.length; at += 1) {
    const [one, other] = [place[rows[at]], place[columns[at]]];
    const to = next[Math.max(one, other)]++;
    row[to] = Math.min(one, other);
    value[to] = values[at];
  }
  return { start, row, value };
}

/** L and the diagonal, column by column, going up the elimination tree (as in QDLDL; Stellato and others 2020). */
function factorised(size, { start, row, value }) {
  const parent = new Int32Array(size).fill(-1);
  const seen = new Int32Array(size).fill(-1);
  const below = Array.from({ length: size }, () => ({ rows: [], values: [] }));
  const diagonal = new Float64Array(size);
  const sums = new Float64Array(size);
  for (let column = 0; column < size; column += 1) {
    const path = [];
    seen[column] = column;
    for (let at = start[column]; at < start[column + 1]; at += 1) {
      if (row[at] === column) {
        diagonal[column] = value[at];
        continue;
      }
      sums[row[at]] = value[at];
      for (let up = row[at]; seen[up] !== column; up = parent[up]) {
        path.push(up);
        seen[up] = column;
        if (parent[up] === -1) parent[up] = column;
      }
    }
    path.sort((a, b) => a - b);
    for (const node of path) {
      const { rows, values } = below[node];
      const sum = sums[node];
      sums[node] = 0;
      for (let at = 0; at < rows.length; at += 1) sums[rows[at]] -= values[at] * sum;
      const entry = sum / diagonal[node];
      diagonal[column] -= sum * entry;
      rows.push(column);
      values.push(entry);
    }
  }
  return { below, diagonal };
}

function backSolved({ below, diagonal }, out) {
  const size = out.length;
  for (let column = 0; column < size; column += 1) {
    const { rows, values } = below[column];
    for (let at = 0; at < rows.length; at += 1) out[rows[at]] -= values[at] * out[column];
  }
  for (let column = size - 1; column >= 0; column -= 1) {
    const { rows, values } = below[column];
    out[column] /= diagonal[column];
    for (let at = 0; at < rows.length; at += 1) out[column] -= values[at] * out[rows[at]];
  }
  return out;
}

const peak = (values) => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

/** What [diag Aᵀ; A 0]·z leaves of the right-hand side. */
function leftOf(diagonal, rows, right, answer) {
  const left = Float64Array.from(right);
  const size = diagonal.length;
  for (let at = 0; at < size; at += 1) left[at] -= diagonal[at] * answer[at];
  rows.forEach(({ columns, values }, at) => {
    for (let own = 0; own < columns.length; own += 1) {
      left[size + at] -= values[own] * answer[columns[own]];
      left[columns[own]] -= values[own] * answer[size + at];
    }
  });
  return left;
}

/**
 * The solution of [diag Aᵀ; A 0]·z = right, begun at `start` for the first block and 0 for the second.
 * `rows` are those of A: {columns, values} each.
 */
export function solved(diagonal, rows, right, start) {
  const columns = diagonal.length;
  const size = columns + rows.length;
  if (!size) return new Float64Array(0);
  const entries = { rows: [], columns: [], values: [] };
  const neighbours = Array.from({ length: size }, () => new Set());
  const enter = (row, column, value) => {
    entries.rows.push(row);
    entries.columns.push(column);
    entries.values.push(value);
  };
  for (let at = 0; at < size; at += 1) enter(at, at, at < columns ? diagonal[at] + STEADY : -STEADY);
  rows.forEach((row, at) => {
    row.columns.forEach((column, place) => {
      enter(column, columns + at, row.values[place]);
      neighbours[column].add(columns + at);
      neighbours[columns + at].add(column);
    });
  });
  const order = ordered(neighbours);
  const place = new Int32Array(size);
  order.forEach((node, at) => {
    place[node] = at;
  });
  const factors = factorised(size, arranged(size, entries, place));
  const answer = new Float64Array(size);
  answer.set(start);
  const scale = Math.max(1, peak(right));
  for (let turn = 0; turn < MOST_PASSES; turn += 1) {
    const left = leftOf(diagonal, rows, right, answer);
    if (turn >= PASSES && peak(left) <= LEFT * scale) break;
    const step = backSolved(factors, Float64Array.from(order, (node) => left[node]));
    for (let at = 0; at < size; at += 1) answer[order[at]] += step[at];
  }
  return answer;
}
