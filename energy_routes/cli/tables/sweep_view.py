"""What sweep prints for people: bands of each answer, and the draws without a plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from energy_routes.cli.tables.render import console, digits_for, number, percent, table

if TYPE_CHECKING:
    from energy_routes.studies import Sweep

BANDS = ("p10", "p50", "p90")
REASONS = 3  # reasons for having no plan that are printed


def print_sweep(found: Sweep) -> None:
    """One level: bands of all answers that are ever above 0.  Several: bands of money and exports at each."""
    screen, experiment, summary = console(), found.experiment, found.summary
    draws = (f"{experiment.draws:,} draws of {len(experiment.sampler.figures)} figures, {experiment.design}, seed "
             f"{experiment.seed}" if experiment.draws else "figures as stated")  # fmt: skip
    levels = f"; {len(experiment.levels)} levels" if experiment.paths else ""
    screen.print(f"{experiment.case.name}: {draws}{levels}", soft_wrap=True)
    if experiment.paths:
        few = summary[~summary["answer"].str.contains(":")]
        screen.print(_by_level(few, experiment.paths))
    else:
        screen.print(_by_answer(summary))
    _without_plan(found)


def _by_answer(summary: pd.DataFrame) -> object:
    out = table("", "unit>", "P10", "P50", "P90", "mean", "above 0, %")
    for row in summary[~(summary["used"] == 0)].to_dict("records"):
        share = row["unit"] == "1"
        bands = [float(row[band]) for band in (*BANDS, "mean")]
        digits = digits_for(bands)
        told = [percent(value) if share else number(value, digits) for value in bands]
        out.add_row(str(row["answer"]), "%" if share else str(row["unit"]), *told, percent(row["used"]))
    return out


def _by_level(summary: pd.DataFrame, paths: tuple[str, ...]) -> object:
    out = table(*paths, "answer", "P10", "P50", "P90", "plans", text=len(paths) + 1)
    for row in summary.to_dict("records"):
        bands = [float(row[band]) for band in BANDS]
        digits = digits_for(bands)
        levels = ["" if row[path] is None else str(row[path]) for path in paths]
        out.add_row(*levels, f"{row['answer']}, {row['unit']}", *(number(value, digits) for value in bands),
                    number(row["plans"], 0))  # fmt: skip
    return out


def _without_plan(found: Sweep) -> None:
    """Which share of the draws has no plan, and why."""
    screen, failed = console(), found.without_plan
    if failed.empty:
        screen.print("Every draw has a plan.")
        return
    count, rows = int(failed["draws"].sum()), len(found.data)
    screen.print(f"Without a plan: {count:,} of {rows:,} draws ({percent(count / rows)} %). They are in no band.")
    reasons = failed.groupby("reason")["draws"].sum().sort_values(ascending=False, kind="stable")
    for reason, draws in reasons.head(REASONS).items():
        screen.print(f"  {int(draws):,}: {reason}", soft_wrap=True, markup=False)
