"""What a plan says of risk: losses guarded against, capacity booked, futures weighed; what regret and sweep found."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pandas as pd
from rich.markup import escape
from rich.table import Table

from energy_routes.cli.tables.money_view import Part
from energy_routes.cli.tables.near.band_view import ALIKE
from energy_routes.cli.tables.render import BLANK, console, digits_for, number, percent, table
from energy_routes.cli.tables.unit_choice import Units
from energy_routes.network import Names
from energy_routes.plan import Plan

if TYPE_CHECKING:
    from energy_routes.studies import Experiment, Regret, Sweep

MOST = 20
SEEN = 1e-6
BANDS = ("p10", "p50", "p90")
FEW = 6  # answers that are all printed at each level
MOVERS = 8  # inputs that move an answer most
REASONS = 3  # reasons for having no plan that are printed
WHATEVER = (". Counted is what can be exported, whatever it costs: what is bought and what stands in tanks and stores "
            "helps. What pays then, stress says")
CRITERIA = {"regret": "least regret", "expected": "expected netback", "cvar": "worst tail (CVaR)"}


def risk(plan: Plan, units: Units) -> Iterator[Part]:
    """Each table of risk that a plan has."""
    if len(plan.security):
        yield _security(plan.security, units)
    if len(plan.bookings):
        yield _bookings(plan, units)
    if len(plan.futures):
        yield _futures(plan.futures)


def ramps(plan: Plan, units: Units) -> Iterator[Part]:
    """Where re-routing is held back after an event that nobody foresaw, a row a group and month."""
    for family in dict.fromkeys(plan.ramps["family"]):
        own = plan.ramps[plan.ramps["family"] == family]
        own = own[own[["reference", "ramp", "volume"]].max(axis=1) > SEEN]
        out = table("event", "group", "in", f"without it, {units.volume_names[family]}", "ramp", "with it", text=3)
        factor = units.volume_factors[family]
        for row in own.to_dict("records"):
            volumes = (number(row[name] * factor) for name in ("reference", "ramp", "volume"))
            out.add_row(escape(row["event"]), escape(row["name"]), row["period"], *volumes)
        yield Part("Re-routing after an unforeseen event", out,
                   "a group carries at most its volume without the event and its ramp")  # fmt: skip


def _security(losses: pd.DataFrame, units: Units) -> Part:
    """What survives each single loss; where two families are exported, a row each."""
    several = losses["family"].nunique() > 1
    family = str(losses["family"].iloc[0])
    volume = "volume" if several else units.volume_names[family]
    markets = losses["market"].fillna("").astype(str).str.len().gt(0).any()
    out = table("loss", *(["in market>"] if markets else []), f"planned, {volume}", f"lost, {volume}", "survives, %",
                "may be lost, %", "binds>")  # fmt: skip
    digits = digits_for([v * units.volume_factors[f] for v, f in zip(losses["planned"], losses["family"], strict=True)])
    for row in losses.sort_values("survives", kind="stable").head(MOST).to_dict("records"):
        factor = units.volume_factors[row["family"]]
        name = f"{row['outage']}, {row['family']}" if several else str(row["outage"])
        out.add_row(
            escape(name), *([escape(str(row["market"] or BLANK))] if markets else []),
            number(row["planned"] * factor, digits), number(row["lost"] * factor, digits), percent(row["survives"]),
            percent(row["delta"]), "yes" if row["binding"] else "no",
        )  # fmt: skip
    windows = ", ".join(dict.fromkeys(losses["window"].astype(str)))
    left = len(losses) - MOST
    more = f"; … and {left} more in the table security" if left > 0 else ""
    mode = str(losses["mode"].iloc[0])
    note = f"{mode} plan, loss in {windows}{more}{WHATEVER if mode == 'corrective' else ''}"
    return Part("Exports that survive each single loss", out, note)


def _bookings(plan: Plan, units: Units) -> Part:
    """What is booked of each arc over the horizon, how much of it the undisturbed future uses, and what is paid."""
    called = Names(plan.case.network.tables).arc
    rows = plan.bookings.groupby(["arc", "family"], sort=False)[["booked", "used", "spot", "paid"]].sum().reset_index()
    rows = rows.sort_values("booked", ascending=False, kind="stable")
    family = str(rows["family"].iloc[0])
    volume = units.volume_names[family] if rows["family"].nunique() == 1 else "volume"
    out = table("arc", f"booked, {volume}", "used undisturbed", "bought on the day", "paid, MUSD")
    digits = digits_for([b * units.volume_factors[f] for b, f in zip(rows["booked"], rows["family"], strict=True)])
    for row in rows.head(MOST).to_dict("records"):
        factor = units.volume_factors[row["family"]]
        sizes = (number(row[key] * factor, digits) for key in ("booked", "used", "spot"))
        out.add_row(escape(called.get(row["arc"], str(row["arc"]))), *sizes, number(row["paid"], 1))
    return Part("Capacity booked before it is known what fails", out)


def _futures(futures: pd.DataFrame) -> Part:
    """The likeliest futures: what each earns, what knowing it would have brought; ``*`` marks the worst tail."""
    out = table("future", "probability, %", "netback, MUSD", "had it been known", "lost by not knowing")
    rows = futures.sort_values("probability", ascending=False, kind="stable")
    for row in rows.head(MOST).to_dict("records"):
        mark = " *" if row["tail"] else ""
        out.add_row(escape(f"{row['future']}{mark}"), percent(row["probability"]), number(row["netback"], 1),
                    number(row["alone"], 1), number(row["regret"], 1))  # fmt: skip
    left = len(rows) - MOST
    more = f"; … and {left} less likely ones in the table futures" if left > 0 else ""
    return Part("Futures", out, f"* among the worst{more}")


def print_regret(found: Regret) -> None:
    """What to book by each criterion, and what each scenario earns with it."""
    screen = console()
    out = table("bookings by", "largest regret, MUSD", "expected netback, MUSD", "mean of the worst tail, MUSD")
    for row in found.summary.to_dict("records"):
        out.add_row(CRITERIA[row["criterion"]], number(row["largest_regret"], 1), number(row["expected_netback"], 1),
                    number(-row["cvar"], 1))  # fmt: skip
    screen.print(out)
    screen.print("Regret by case, MUSD: what its own best earns more")
    out = table("case", "its own best", *CRITERIA.values())
    for name, rows in found.scenarios.groupby("scenario", sort=False):
        regret = rows.set_index("criterion")["regret"]
        out.add_row(escape(str(name)), number(rows["alone"].iloc[0], 1), *(number(regret[c], 1) for c in CRITERIA))
    screen.print(out)
    volume = found.bookings.groupby(["arc", "unit", "criterion"])["booked"].sum().unstack()
    volume = volume[(volume > SEEN).any(axis=1)].reset_index()
    if volume.empty:
        screen.print("Nothing is worth booking.")
        return
    out = table("to book", "unit>", *CRITERIA.values())
    for row in volume.to_dict("records"):
        out.add_row(escape(str(row["arc"])), str(row["unit"]), *(number(float(row[c]), 3) for c in CRITERIA))
    screen.print(out)


def print_sweep(found: Sweep, answer: str) -> None:
    """One level: bands of all answers, without routes of the default that no draw uses.  Several: bands of one answer,
    and of exports, at each.

    Then what moves one answer most, and the draws without a plan.
    """
    screen, experiment, summary = console(), found.experiment, found.summary
    drawn = len(experiment.sampler.figures) if experiment.draws else 0
    draws = (f"{experiment.draws:,} draws of {drawn} figures, {experiment.design}, seed {experiment.seed}" if drawn
             else "figures as stated")  # fmt: skip
    levels = f"; {len(experiment.levels)} levels" if experiment.paths else ""
    screen.say(f"{experiment.case.name}: {draws}{levels}")
    if experiment.draws and not drawn:
        screen.say(f"{ALIKE}; or give levels with --over.")
    if experiment.paths:
        asked = summary["answer"]
        few = asked.isin([answer]) | asked.str.startswith("exports.") | (len(found.units) <= FEW)
        screen.print(_by_level(summary[few], experiment))
    else:
        idle = (summary["used"] == 0) & (summary["mean"].abs() <= SEEN) & ~summary["answer"].isin(experiment.ask)
        screen.print(_by_answer(summary[~idle]))
    for name, own in summary[summary["plans"] > 0].groupby("answer", sort=False):
        if own["p50"].isna().all():
            what, _, target = str(name).partition(".")
            why = (f"the arc is closed, or carries nothing at any tariff (energy-routes explain {experiment.case.name} "
                   f"{target})") if what == "enters" else "nothing is carried there"  # fmt: skip
            screen.say(f"{name} has no number in any plan: {why}")
    _what_moves(found, answer)
    _without_plan(found)


def _by_answer(summary: pd.DataFrame) -> Table:
    out = table("", "unit>", "P10", "P50", "P90", "mean", "above 0, %")
    for row in summary.to_dict("records"):
        unit, told = _printed(row["unit"], [float(row[band]) for band in (*BANDS, "mean")])
        out.add_row(str(row["answer"]), unit, *told, percent(row["used"]))
    return out


def _by_level(summary: pd.DataFrame, experiment: Experiment) -> Table:
    """Bands at each level; of figures as stated the one number that there is."""
    paths, bands = experiment.paths, BANDS if experiment.draws else BANDS[:1]
    told = (*(band.upper() for band in bands), "plans") if experiment.draws else ("as stated",)
    out = table(*paths, "answer", *told, text=len(paths) + 1)
    for row in summary.to_dict("records"):
        levels = ["" if row[path] is None else str(row[path]) for path in paths]
        unit, values = _printed(row["unit"], [float(row[band]) for band in bands])
        plans = [number(row["plans"], 0)] if experiment.draws else []
        out.add_row(*levels, f"{row['answer']}, {unit}", *values, *plans)
    return out


def _what_moves(found: Sweep, answer: str) -> None:
    """The inputs that move an answer more than chance may, and how much chance may; nothing where none is known."""
    screen, (movers, chance) = console(), found.movers(answer)
    told = found.drivers[(found.drivers["answer"] == answer) & (found.drivers["level"] == 0)]
    if told.empty:
        return
    at = " at the first level" if found.experiment.paths else ""
    screen.say(f"What moves {answer} most{at}:" if len(movers) else f"No input is seen to move {answer}{at}.")
    if len(movers):
        screen.print(_movers(movers.head(MOVERS)))
    screen.say(f"By chance alone the strongest of {len(told):,} inputs may reach {number(chance)}: those with less are "
               "not told.")


def _movers(rows: pd.DataFrame) -> Table:
    """Rank correlation, first-order index, and the means at the two ends of some inputs."""
    unit, means = _printed(rows["unit"].iloc[0], [*rows["high"], *rows["low"]])
    ends = (f"where {end},\n{unit}" for end in ("lowest", "highest"))
    out = table("input", "rank\ncorrelation", "of the\nvariance, %", *ends)
    for row, high, low in zip(rows.to_dict("records"), means, means[len(rows):], strict=False):
        out.add_row(escape(str(row["input"])), number(row["rank_correlation"]), percent(row["first_order"]), low, high)
    return out


def _printed(unit: str, values: list[float]) -> tuple[str, list[str]]:
    """The unit and the values of one answer as they are printed: a share in percent."""
    if unit == "1":
        return "%", [percent(value) for value in values]
    digits = digits_for(values)
    return str(unit), [number(value, digits) for value in values]


def _without_plan(found: Sweep) -> None:
    """Which share of the draws has no plan, and why."""
    screen, each = console(), "draw" if found.experiment.draws else "level"
    without = found.data[found.data["status"] != "optimal"]
    if without.empty:
        screen.print(f"Every {each} has a plan.")
        return
    count, rows = len(without), len(found.data)
    screen.print(f"Without a plan: {count:,} of {rows:,} {each}s ({percent(count / rows)} %). They are in no band.")
    reasons = without.groupby("reason")["row"].agg(["size", "first"])
    reasons = reasons.sort_values("size", ascending=False, kind="stable")
    for reason, draws, first in reasons.head(REASONS).itertuples():
        screen.say(f"  {draws:,} {each if draws == 1 else f'{each}s'}, first row {first:,}: {reason}")
    screen.say("--replay ROW names the limits that must give way in a row.")
