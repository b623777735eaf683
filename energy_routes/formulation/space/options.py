"""The index sets of what could be built: options by year, what each adds to which limit, and the arcs it widens."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from energy_routes.case import Case, chosen, opening_edits
from energy_routes.errors import UsageError
from energy_routes.formulation.space.axes import over_periods, rows_of
from energy_routes.linear import (
    Axis,
    Builder,
    Coded,
    Expr,
    Labels,
    Vector,
    axis,
    codes_of,
    pairs,
    plain,
    positions,
    summed,
    zero,
)
from energy_routes.network import sizes, yearly_charge
from energy_routes.pack import means, months_of, periods_of, years_of

OPTION_COLUMNS = [
    "option", "family", "name", "kind", "units", "capacity", "capex", "charge", "year", "before", "years", "open",
]  # fmt: skip


def opened(case: Case) -> Case:
    """The case with the arcs open that its options could build (capacity 0 plus what is built)."""
    options = chosen(case.network.tables, case.policy.build)
    edits = opening_edits(case.network, options, case.periods) if options else ()
    return replace(case, network=case.network.with_edits(*edits)) if edits else case


def option_axis(case: Case) -> Axis:
    """Options by calendar year of the horizon; ``charge`` is what one unit costs in it, ``capex`` to build it (MUSD).

    ``years`` is the length of the year's periods; ``open`` tells whether it can be in service by then.  Raises
    UsageError where some units are to stand that cannot within the horizon.
    """
    build, network = case.policy.build, case.network
    names = chosen(network.tables, build)
    if build is None:
        return axis("option", ("option", "year"), Labels.rows([], *OPTION_COLUMNS))
    spans = years_of(case.periods)
    table, family = network.tables["options"], network.family_of("options")
    first = periods_of([case.periods[0].year], "year")
    figures = {c: network.resolve("options", c, first)[:, 0] for c in ("capex", "capacity", "opex_share")}
    rows = []
    for at, option in enumerate(table.to_dict("records")):
        name, capex = str(option["id"]), float(figures["capex"][at])
        if name not in names:
            continue
        charge = yearly_charge(capex, build.rate, float(option["lifetime"]), float(figures["opex_share"][at]))
        early = -np.inf if pd.isna(option["earliest_year"]) or build.earliest == "waived" else option["earliest_year"]
        sizes = (int(option["units"]), float(figures["capacity"][at]), capex)
        for before, (year, years) in zip([None, *spans], spans.items(), strict=False):
            when = (str(year), None if before is None else str(before), years, year >= early)
            rows.append((name, family[name], option["name"], option["kind"], *sizes, charge * years, *when))
        if build.built and not year >= early:
            raise UsageError(f"policy.build.built: {name!r} cannot stand before {early:g}, which is after the last "
                             "year; ask with policy.build.earliest = 'waived' what it would be worth")
    return axis("option", ("option", "year"), pd.DataFrame(rows, columns=OPTION_COLUMNS))


def built_units(case: Case, builder: Builder) -> Expr:
    """b[o,y]: units of each option that stand in each year, whole ones of projects; no block where nothing can be.

    Where the policy says what stands (``build.built``) they are fixed.
    """
    over = option_axis(case)
    total, built = zero(over), case.policy.build.built if case.policy.build else None
    for name, kind in (("built", "project"), ("built_part", "continuous")) if len(over) else ():
        mask = over.having(kind=kind)
        if mask.any():
            some = over.take(mask)
            units = some.data("units") if built is None else some.frame["option"].map(built).to_numpy(dtype=float)
            most = np.where(some.labels["open"], units, 0.0)
            least = 0.0 if built is None else most
            own = builder.variable(name, some, least, most, integer=kind == "project")
            total = total + own.spread_to(over, missing="zero")
    return total


def added(built: Expr, case: Case, word: str, over: Axis, column: str = "capacity", keys: tuple[str, ...] = ()) -> Expr:
    """Σ_o size_o · b_oy by row of ``over`` (Mt or bcm per period; volumes for ``working_volume``).

    ``keys`` are the columns of ``over`` that make up the target's id; the period's year says which b counts.
    """
    if not len(built.axis) or not len(effects := _effects(built, case, word)):
        return zero(over)
    terms = _terms(case, effects, over, column, keys or (over.keys[0],))
    return (built.spread_to(terms) * terms.data("size")).sum_to(over)


def of_options(expr: Expr) -> NDArray[np.bool_]:
    """Which rows of an expression of builds have any."""
    return np.bincount(expr.row, minlength=len(expr.axis)) > 0


def _effects(built: Expr, case: Case, word: str) -> Labels:
    """What the options do to targets of one kind: ``option``, ``id``, and ``row`` of the table of effects."""
    table = case.network.tables["option_effects"]
    targets = Labels.rows((target.partition(":")[::2] for target in table["target"].tolist()), "word", "id")
    effects = targets.but(option=codes_of(table["option"].tolist()), row=np.arange(len(table)))
    return effects.take(effects.has("word", word) & np.isin(effects["option"], built.axis.labels["option"]))


def _terms(case: Case, effects: Labels, over: Axis, column: str, keys: tuple[str, ...]) -> Axis:
    """Each option that adds to a row of ``over``: ``size`` is what one unit adds there."""
    volumes = _volumes(case, effects, column)
    labels = over.labels.only(*over.keys)
    labels = labels.but(id=_joined(labels, keys), year=codes_of(str(own)[:4] for own in labels.words("period")))
    row, term = pairs(*(own.numbers("id", "period") for own in (labels, volumes)))
    return axis("effect", ("option", *over.keys), volumes.only("option", "size").take(term).beside(labels.take(row)))


def _volumes(case: Case, effects: Labels, column: str) -> Labels:
    """What one unit of each effect adds by period (``option, id, period, size``), Mt or bcm; of an arc the usable.

    Those that add nothing are left out.
    """
    network, periods, rows = case.network, case.periods, effects["row"]
    if column == "working_volume":
        size = sizes(network, column, periods)[rows]
    else:
        months = months_of(periods)
        rates = sizes(network, column, months)[rows]
        arcs = rows_of(network.ids("arcs"), effects["id"])
        at_arc = effects.has("word", "arc")[:, None]
        rates = np.where(at_arc, rates * network.resolve("arcs", "availability", months)[arcs], rates)
        size = means(rates, periods) * [period.years for period in periods]
    volumes = over_periods(effects.only("option", "id"), periods).but(size=plain(size).ravel())
    return volumes.take(volumes["size"] > 0)


def _joined(labels: Labels, keys: tuple[str, ...]) -> Coded:
    """The texts of some columns as one."""
    if len(keys) == 1:
        return labels.codes(keys[0])
    return codes_of("/".join(map(str, row)) for row in zip(*(labels.words(key) for key in keys), strict=True))


def widened_axis(built: Expr, case: Case, arcs: Axis) -> Axis:
    """Arcs with an old capacity whose added volume pays less: ``saving`` (USD/t), ``old`` and ``most`` (Mt or bcm)."""
    if not len(built.axis):
        none = arcs.take(np.zeros(len(arcs), dtype=bool))
        return axis("widened", none.keys, none.labels, **dict.fromkeys(("capacity", "saving", "most"), np.zeros(0)))
    effects = _effects(built, case, "arc")
    capacity, saving = arcs.data("capacity"), arcs.data("tariff") - _dearest(case, effects, arcs)
    labels = arcs.labels.only("arc", "period", "family")
    wide = axis("widened", ("arc", "period"), labels, capacity=capacity, tariff=arcs.data("tariff"), saving=saving)
    some = wide.take((saving > 0) & (capacity > 0) & np.isfinite(capacity))
    terms = _terms(case, effects, some, "capacity", ("arc",))
    units = dict(zip(built.axis.labels["option"].tolist(), built.axis.data("units").tolist(), strict=True))
    most = terms.data("size") * [units[option] for option in terms.labels["option"].tolist()]
    most = summed(positions(terms, some, some.keys), most, len(some))
    return axis("widened", some.keys, some.labels, **some.figures, most=most)


def _dearest(case: Case, effects: Labels, arcs: Axis) -> Vector:
    """The highest tariff that an option states for each arc, USD/t; NaN where none does."""
    stated = case.network.tables["option_effects"]["tariff"].to_numpy(dtype=float)[effects["row"]]
    highest: dict[int, float] = {}
    for arc, tariff in zip(effects["id"].tolist(), stated.tolist(), strict=True):
        highest[arc] = float(np.fmax(tariff, highest.get(arc, np.nan)))
    return np.array([highest.get(arc, np.nan) for arc in arcs.labels["arc"].tolist()], dtype=float)
