/**
 * The symmetric systems of optimality conditions, [D Aᵀ; A 0]: quasi-definite with STEADY on the diagonal, and so
 * factorised as L·diag·Lᵀ in any order (Vanderbei 1995); steps of iterative refinement take out what STEADY puts in.
 */

const STEADY = 1e-6; // with less of it pivots of columns without a weight would swallow the digits of others
const [PASSES, MOST_PASSES, LEFT] = [3, 30, 1e-13];

/** An order of elimination: always the node with the fewest neighbours that are left. */
function ordered(neighbours) {
  const size = neighbours.length;
  const buckets = Array.from({ length: size + 1 }, () => new Set());
  neighbours.forEach((own, node) => buckets[own.size].add(node));
  const order = [];
  let least = 0;
  while (order.length < size) {
    while (!buckets[least].size) least += 1;
    const [node] = buckets[least];
    buckets[least].delete(node);
    order.push(node);
    const own = [...neighbours[node]];
    for (const one of own) {
      const set = neighbours[one];
      buckets[set.size].delete(one);
      set.delete(node);
      for (const other of own) if (other !== one) set.add(other);
      buckets[set.size].add(one);
      if (set.size < least) least = set.size;
    }
    neighbours[node] = null;
  }
  return order;
}

/** The upper triangle of a symmetric matrix in another order, in columns, its diagonal last in each. */
function arranged(size, entries, place) {
  const columns = Array.from({ length: size }, () => new Map());
  for (const [row, column, value] of entries) {
    const [low, high] = [place[row], place[column]].sort((a, b) => a - b);
    columns[high].set(low, (columns[high].get(low) ?? 0) + value);
  }
  return columns.map((own) => [...own].sort((a, b) => a[0] - b[0]));
}

/** L and the diagonal, column by column, going up the elimination tree (as in QDLDL; Stellato and others 2020). */
function factorised(size, columns) {
  const parent = new Int32Array(size).fill(-1);
  const seen = new Int32Array(size).fill(-1);
  const below = Array.from({ length: size }, () => ({ rows: [], values: [] }));
  const diagonal = new Float64Array(size);
  const sums = new Float64Array(size);
  for (let column = 0; column < size; column += 1) {
    for (const [row] of columns[column]) {
      let up = row;
      while (up !== -1 && up < column && seen[up] !== column) {
        if (parent[up] === -1) parent[up] = column;
        seen[up] = column;
        up = parent[up];
      }
    }
  }
  seen.fill(-1);
  for (let column = 0; column < size; column += 1) {
    const path = [];
    seen[column] = column;
    for (const [row, value] of columns[column]) {
      if (row === column) {
        diagonal[column] = value;
        continue;
      }
      sums[row] = value;
      const own = [];
      for (let up = row; up !== -1 && up < column && seen[up] !== column; up = parent[up]) {
        own.push(up);
        seen[up] = column;
      }
      path.push(...own.reverse().map((node) => node));
    }
    path.sort((a, b) => a - b);
    for (const node of path) {
      const { rows, values } = below[node];
      const sum = sums[node];
      sums[node] = 0;
      for (let at = 0; at < rows.length; at += 1) if (rows[at] < column) sums[rows[at]] -= values[at] * sum;
      const entry = sum / diagonal[node];
      diagonal[column] -= sum * entry;
      rows.push(column);
      values.push(entry);
    }
  }
  return { below, diagonal };
}

function backSolved({ below, diagonal }, right) {
  const out = Float64Array.from(right);
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

/**
 * The solution of [diag Aᵀ; A 0]·z = right, begun at `start` for the first block and 0 for the second.
 * `rows` are those of A: {columns, values} each.
 */
export function solved(diagonal, rows, right, start) {
  const columns = diagonal.length;
  const size = columns + rows.length;
  if (!size) return new Float64Array(0);
  const entries = [];
  const neighbours = Array.from({ length: size }, () => new Set());
  for (let at = 0; at < size; at += 1) entries.push([at, at, at < columns ? diagonal[at] + STEADY : -STEADY]);
  rows.forEach((row, at) => {
    row.columns.forEach((column, place) => {
      entries.push([column, columns + at, row.values[place]]);
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
  const scale = Math.max(1, right.reduce((most, value) => Math.max(most, Math.abs(value)), 0));
  for (let turn = 0; turn < MOST_PASSES; turn += 1) {
    const left = Float64Array.from(right);
    for (let at = 0; at < columns; at += 1) left[at] -= diagonal[at] * answer[at];
    rows.forEach((row, at) => {
      row.columns.forEach((column, own) => {
        left[columns + at] -= row.values[own] * answer[column];
        left[column] -= row.values[own] * answer[columns + at];
      });
    });
    const worst = left.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    if (turn >= PASSES && worst <= LEFT * scale) break;
    const step = backSolved(factors, Float64Array.from(order, (node) => left[node]));
    order.forEach((node, at) => {
      answer[node] += step[at];
    });
  }
  return answer;
}
