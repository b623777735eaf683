/** Options of builds go together: one that stands has what it needs, and falls with it. */

/** Move the values of the levers that the lever `at` takes along: no option has a larger part of its units than those that it needs. */
export function chain(levers, values, at) {
  const share = values[at] / levers[at].high;
  const take = (other, round) => {
    const value = share * levers[other].high;
    values[other] = levers[other].whole ? round(value) : value;
    chain(levers, values, other);
  };
  for (const other of levers[at].needs) if (values[other] / levers[other].high < share) take(other, Math.ceil);
  levers.forEach(({ needs, high }, other) => {
    if (needs.includes(at) && values[other] / high > share) take(other, Math.floor);
  });
}

/** The numbers of a lever and of all that it takes along. */
export function chainOf(levers, at) {
  const found = new Set([at]);
  for (const one of found) {
    for (const other of levers[one].needs) found.add(other);
    levers.forEach(({ needs }, other) => needs.includes(one) && found.add(other));
  }
  return found;
}
