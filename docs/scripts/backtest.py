"""Hold a pack against the past: measure, naive forecasts, and a fit of a few behavioural numbers on one year.

The distance of two plans is the total variation of their corridor shares, D = ½ Σ_c |s_c − t_c|, in points of 100:
the part of exports that would have to change corridor to turn one into the other.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import pandas as pd
from scipy.optimize import direct

import energy_routes as er
from energy_routes.case.case import Case
from energy_routes.linear.highs.session import Session
from energy_routes.network.edit import Edit
from energy_routes.pack import bundled as library
from energy_routes.pack.units.periods import periods_of
from energy_routes.solving.canonical_plan import pick
from energy_routes.solving.loop import stated

Shares = Mapping[str, float]
WORTH = 0.02  # percentage points that a parameter must gain to leave its published figure


def distance(model: Shares, actual: Shares) -> float:
    """½ Σ_c |s_c − t_c| of two sets of volumes by corridor, each brought to shares; percentage points, 0 to 100.

    Corridors missing on one side count as zero there.  Raises ValueError when a side has no volume.
    """
    left, right = shares(model), shares(actual)
    return 50.0 * sum(abs(left.get(c, 0.0) - right.get(c, 0.0)) for c in {*left, *right})


def shares(volumes: Shares) -> dict[str, float]:
    """Volumes to shares of their sum."""
    total = sum(volumes.values())
    if not total > 0:
        raise ValueError("no volume: a share of nothing is not a number")
    return {c: v / total for c, v in volumes.items()}


def history(family: str) -> pd.DataFrame:
    """What happened: ``data/history/<family>.csv``, one row a year, record and corridor, each with its source."""
    return pd.read_csv(library.data_path("history") / f"{family}.csv", keep_default_na=False)


def records(frame: pd.DataFrame, year: int) -> dict[str, dict[str, float]]:
    """Volumes by corridor for each record of a year: sources that disagree stand side by side.

    A record with a volume that is a value over a price is none: the pack may have the same price.
    """
    rows = frame[(frame["year"] == year) & (frame["corridor"] != "TOTAL")]
    if "from_price" in rows:
        rows = rows[~rows["record"].isin(rows.loc[rows["from_price"].astype(str).str.lower() == "true", "record"])]
    return {str(r): dict(zip(g["corridor"], g["volume"], strict=True)) for r, g in rows.groupby("record", sort=False)}


def total(frame: pd.DataFrame, year: int) -> float | None:
    """All exports of a year as they were told; None where nobody did."""
    rows = frame[(frame["year"] == year) & (frame["corridor"] == "TOTAL")]["volume"]
    return float(rows.iloc[0]) if len(rows) else None


def last_year(frame: pd.DataFrame, year: int, record: Shares) -> dict[str, float] | None:
    """Naive: the volumes of the year before, in its first record.  None where that year is not known.

    Corridors without a figure share what is left of the national total as they do in the record of the year to be told,
    which favours the naive forecast.
    """
    known = next(iter(records(frame, year - 1).values()), None)
    if known is None:
        return None
    left = (total(frame, year - 1) or 0.0) - sum(known.values())
    missing = {c: v for c, v in record.items() if c not in known}
    if left <= 0.5 or not missing:
        return dict(known)
    return {**known, **{c: left * v / sum(missing.values()) for c, v in missing.items()}}


def others_as_last_year(frame: pd.DataFrame, year: int, record: Shares, rest: str) -> dict[str, float] | None:
    """Naive: every corridor carries what it carried the year before, and ``rest`` the remainder of the year's total."""
    before = last_year(frame, year, record)
    if before is None:
        return None
    others = {c: v for c, v in before.items() if c != rest}
    return {**others, rest: sum(record.values()) - sum(others.values())}


def behaviour() -> dict[str, Any]:
    """The parameters of ``data/history/behaviour.toml``, and ``fit_year``."""
    return tomllib.loads((library.data_path("history") / "behaviour.toml").read_text(encoding="utf-8"))


@cache
def _loaded(model: str) -> Case:
    return er.load(model)


def case_of(model: str, year: int) -> Case:
    """A bundled model moved to another whole year.  Raises ValueError when the pack has no figure of that year."""
    case = _loaded(model)
    held = sorted(y for y in set(case.network.tables["values"]["period"].str[:4]) if y.isdigit())
    if str(year) not in held:
        raise ValueError(f"{model} has no figures of {year}; its years are {', '.join(held)}")
    return replace(case, name=f"{model.split('-')[0]}-{year}", periods=periods_of([year], "year"))


def corridors(plan: er.Plan) -> dict[str, float]:
    """Volume by corridor over the horizon."""
    frame = plan.groups
    frame = frame[(frame["kind"] == "corridor") & (frame["period"] == "total")]
    return {str(c): float(v) for c, v in zip(frame["group"], frame["volume"], strict=True)}


def volumes(case: Case) -> dict[str, float]:
    """Volume by corridor of the plan that :func:`energy_routes.solve` picks, without its prices, routes and ledger.

    A tenth of the work: for searches and for taking things away in turn.  Caps that cut (HHI) are not seen.
    Raises InfeasibleError where there is no plan.
    """
    space, program = stated(case)
    session = Session(program)
    solution = session.solve()
    if solution.status == "infeasible":
        raise er.InfeasibleError(f"{case.name}: no plan keeps every limit")
    chosen = pick(session, program, solution, space)
    frame = space.exposure.axis.frame.assign(volume=space.exposure.value(chosen.x))
    sums = frame[frame["kind"] == "corridor"].groupby("group", sort=False)["volume"].sum()
    return {str(c): float(v) if v > 1e-9 else 0.0 for c, v in sums.items()}


@dataclass(frozen=True)
class Knobs:
    """A value for each behavioural parameter, by name."""

    values: Mapping[str, float]

    def on(self, case: Case, told: Mapping[str, Any]) -> Case:
        """The case with the parameters at these values."""
        edits = [e for name, value in self.values.items() for e in _edits(name, value, told[name], case)]
        return case.on_network(lambda n: n.with_edits(*edits))


def _edits(name: str, value: float, told: Mapping[str, Any], case: Case) -> list[Edit]:
    why = f"{name} = {value:.4g}"
    if "arcs" in told:
        factor = value / told["published"]
        return [Edit("arcs", arc, "tariff", "scale", factor, reason=why) for arc in told["arcs"]]
    output = float(case.network.resolve("supplies", "available", case.periods)[:, 0].sum())
    return [Edit("obligations", told["obligation"], "volume", "set", value * output, reason=why)]


def loss(model: Shares, actual: Mapping[str, Shares]) -> float:
    """Mean distance to the records of a year: no source is preferred."""
    return sum(distance(model, record) for record in actual.values()) / len(actual)


def fit(model: str, told: Mapping[str, Any], actual: Mapping[str, Shares], tries: int = 40) -> Knobs:
    """The parameters that bring the year of the fit nearest, searched without derivatives (DIRECT: no chance in it).

    The distance moves in steps and is flat between them: afterwards each parameter goes back to its published figure
    unless leaving it gains more than ``WORTH``.
    """
    base = case_of(model, int(told["fit_year"]))
    names = [n for n, t in told.items() if isinstance(t, dict) and "obligation" not in t]
    start = {n: float(told[n]["published"]) for n in names}

    def cost(values: Mapping[str, float]) -> float:
        return loss(volumes(Knobs(values).on(base, told)), actual)

    found = direct(
        lambda point: cost(dict(zip(names, map(float, point), strict=True))),
        [(told[n]["low"], told[n]["high"]) for n in names], maxfun=tries, locally_biased=True,
    )  # fmt: skip
    best, least = dict(zip(names, map(float, found.x), strict=True)), float(found.fun)
    for name in names:
        back = {**best, name: start[name]}
        if (there := cost(back)) <= least + WORTH:
            best, least = back, min(least, there)
    return Knobs(best)
