"""What figures must be to each other, in the base and in every dated period."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from energy_routes.errors import Fault
from energy_routes.pack.reading.dated import by_period
from energy_routes.pack.reading.typed import Drafts
from energy_routes.pack.units.periods import Floats
from energy_routes.pack.units.told import apart

# Two figures that are equal on paper may differ by rounding after conversion.
SLACK = 1e-9
# A supply has at least what must be lifted, a joint limit's low is not above its high, the opening stock fits.
IN_ORDER = (("supplies", "minimum", "available"), ("limits", "low", "high"), ("storages", "opening", "working_volume"))


def arc_capacities(drafts: Drafts) -> Iterable[Fault]:
    """What is left of an arc after availability and bookings carries its minimum (and is not negative)."""
    columns = ("capacity", "availability", "booked", "minimum")
    for row, period, figures in _failing(drafts, "arcs", columns, lambda c, a, b, m: in_service(c, a) - b < m - SLACK):
        capacity, availability, booked, minimum = figures
        left = capacity * availability - booked
        leaves, least = apart(left, minimum)
        yield drafts["arcs"].fault(
            row, "minimum" if left >= 0 else "booked",
            f"{_in(period)}capacity {capacity:g} x availability {availability:g} - booked {booked:g} leaves {leaves}",
            f"at least the minimum of {least}", "Lower the minimum or what is booked, or raise the capacity.")


def ordered(drafts: Drafts) -> Iterable[Fault]:
    """In each pair of ``IN_ORDER`` the first figure of a row is not above the second."""
    for table, low, high in IN_ORDER:
        for row, period, (below, above) in _failing(drafts, table, (low, high), lambda a, b: a > b + SLACK):
            more, less = apart(below, above)
            yield drafts[table].fault(row, low, f"{_in(period)}{low} {more} is above {high} {less}",
                                      f"{low} ≤ {high}", "Correct one of the two.")


def tier_shapes(drafts: Drafts) -> Iterable[Fault]:
    """Tiers count 1, 2, 3 … and each pays no more than the one before, so that filling them in order is best."""
    draft = drafts["tiers"]
    frame = draft.frame[["market", "tier"]].dropna().sort_values(["market", "tier"], kind="stable")
    order = frame.index.to_numpy()
    if not len(frame):
        return
    market, tier = frame["market"].to_numpy(dtype=object), frame["tier"].to_numpy(dtype=float)
    first = np.append(True, market[1:] != market[:-1])
    before = np.where(first, 0.0, np.append(0.0, tier[:-1]))
    for i in np.flatnonzero((tier != before + 1) & (tier != before)):
        yield draft.fault(int(order[i]), "tier", f"{tier[i]:g} follows {before[i]:g}", f"{before[i] + 1:g}",
                          "Count the tiers of a market 1, 2, 3 … without a gap.")
    told = set()
    for period, columns in by_period(drafts, "tiers", ("discount",)):
        discount = columns["discount"][order]
        for i in np.flatnonzero(~first[1:] & (np.diff(discount) < -SLACK)) + 1:
            if i not in told:
                told.add(i)
                less, more = apart(discount[i], discount[i - 1])
                yield draft.fault(int(order[i]), "discount", f"{_in(period)}discount {less} is below {more} of the "
                                  "tier before",
                                  "a discount that does not fall with the tier",
                                  "Order the tiers from the best price to the worst.")


def _failing(drafts: Drafts, table: str, columns: Sequence[str],
             test: Callable[..., NDArray[np.bool_]]) -> Iterable[tuple[int, str, tuple[float, ...]]]:
    """Rows that fail a test, each once: its row, the first period in which it fails ('' is the base), its figures."""
    told: set[int] = set()
    for period, figures in by_period(drafts, table, columns):
        values = [figures[name] for name in columns]
        # A blank figure makes the comparison false: it is another check's matter.
        for row in map(int, np.flatnonzero(test(*values))):
            if row not in told:
                told.add(row)
                yield row, period, tuple(float(value[row]) for value in values)


def in_service(capacity: Floats, availability: Floats) -> Floats:
    """Capacity times availability; unlimited times nothing is nothing."""
    with np.errstate(invalid="ignore"):
        return np.where(availability == 0, 0.0, capacity * availability)


def _in(period: str) -> str:
    return f"in {period}, " if period else ""


FIGURES = (arc_capacities, ordered, tier_shapes)
