/** What deliveries and flows of equally good plans are measured by: pro rata, and capacity (pro_rata.py). */

const [LEAST, NARROW, NOWHERE] = [1e-3, 1, -1];

/** The limit of each column: its own bound, or that of the row that limits it. */
function limits(row, form) {
  return form.colUpper.map((own, column) => Math.min(own, row[column] === NOWHERE ? Infinity : form.rowUpper[row[column]]));
}

/** What is made least in turn: of deliveries and supplies, then of flows, then of all that is left. */
export function goalsOf(trade, form) {
  const limit = limits(trade.row, form);
  const wanted = new Float64Array(trade.markets);
  const seen = new Set();
  trade.deliveries.forEach((column, at) => {
    if (seen.has(trade.buyer[at])) return;
    seen.add(trade.buyer[at]);
    if (Number.isFinite(limit[column])) wanted[trade.to_market[at]] += limit[column];
  });
  const lifted = Float64Array.from(trade.supplies, (column, at) =>
    Number.isFinite(limit[column]) ? limit[column] : wanted[trade.from_market[at]],
  );
  const given = new Float64Array(trade.markets);
  const volume = new Float64Array(trade.sources * trade.periods);
  lifted.forEach((own, at) => {
    given[trade.from_market[at]] += own;
    volume[trade.from_place[at] * trade.periods + trade.from_period[at]] += own;
  });
  const grade = new Float64Array(trade.places * trade.periods);
  trade.reached.forEach((place, at) => {
    for (let period = 0; period < trade.periods; period += 1) {
      grade[place * trade.periods + period] += volume[trade.reaching[at] * trade.periods + period];
    }
  });
  const own = (at) => grade[trade.to_place[at] * trade.periods + trade.to_period[at]];
  const together = new Float64Array(trade.buyer.reduce((most, buyer) => Math.max(most, buyer + 1), 0));
  trade.buyer.forEach((buyer, at) => {
    together[buyer] += own(at);
  });
  const size = limit.length;
  const none = new Float64Array(size);
  const [target, first, second, third] = [new Float64Array(size), none.slice(), none.slice(), none.slice()];
  const told = new Uint8Array(size);
  const pro = (column, value) => {
    target[column] = value;
    first[column] = 1 / Math.max(value, LEAST);
    told[column] = 1;
  };
  trade.supplies.forEach((column, at) => pro(column, lifted[at]));
  trade.deliveries.forEach((column, at) => {
    const of = together[trade.buyer[at]];
    pro(column, of > 0 ? Math.min(limit[column], given[trade.to_market[at]]) * (own(at) / of) : 0);
  });
  trade.flows.forEach((column, at) => {
    const capacity = Number.isFinite(limit[column]) ? limit[column] : given[trade.flow_market[at]];
    second[column] = 1 / Math.max(capacity, NARROW * trade.years[at]);
    told[column] = 1;
  });
  for (let column = 0; column < size; column += 1) {
    if (!told[column]) third[column] = 1 / (Number.isFinite(limit[column]) ? Math.max(limit[column], LEAST) : 1);
  }
  return [{ weight: first, target }, { weight: second, target: none }, { weight: third, target: none }];
}
