"""What the rows of a sweep say: bands of each answer, what moves it; and the rows without a plan, in neither."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from statistics import NormalDist

import numpy as np
import pandas as pd

from energy_routes.linear import Index, Vector
from energy_routes.studies.draws.draws import bands
from energy_routes.studies.sweeps.dataset import INPUT

USED = 1e-6  # Mt or bcm, or a share: what is above is used
FEWEST = 30  # rows with a plan, from which on it is said what moves an answer
BINS = 50  # of an input, as many draws in each; fewer where a bin would hold fewer than FULL
FULL = 40
ONCE_IN = 20  # sweeps of inputs that move nothing, in one of which the strongest passes what chance is granted


def summary_of(data: pd.DataFrame, units: Mapping[str, str], paths: Sequence[str]) -> pd.DataFrame:
    """Each answer at each level over its rows with a plan.

    Columns: ``level``, what the level sets, ``answer``, ``unit``, ``rows``, ``plans``, ``mean``, ``p10``, ``p50``,
    ``p90`` (linear interpolation between order statistics), and ``used``, the share of plans in which it is above 0.
    """
    out = []
    for level, rows in data.groupby("level", sort=True):
        sets = {path: rows[path].iloc[0] for path in paths}
        values = rows.loc[rows["status"] == "optimal", list(units)].to_numpy(dtype=float)
        for (name, unit), column in zip(units.items(), values.T, strict=True):
            known = column[np.isfinite(column)]
            out.append({
                "level": level, **sets, "answer": name, "unit": unit, "rows": len(rows), "plans": len(values),
                "mean": known.mean() if len(known) else np.nan,
                **dict(zip(("p10", "p50", "p90"), bands(known), strict=True)),
                "used": float((known > USED).mean()) if len(known) else np.nan,
            })  # fmt: skip
    return pd.DataFrame(out)


def without_plan_of(data: pd.DataFrame, paths: Sequence[str]) -> pd.DataFrame:
    """How many rows of each level have no plan, by status and reason; ``share`` is of all rows of the level."""
    columns = ["level", *paths, "status", "reason"]
    failed = data[data["status"] != "optimal"]
    out = failed.groupby(columns, dropna=False, sort=True).size().rename("draws").reset_index()
    return out.assign(share=out["draws"] / out["level"].map(data.groupby("level").size()))


def drivers_of(data: pd.DataFrame, units: Mapping[str, str]) -> pd.DataFrame:
    """How far each input of the draws moves each answer, at each level with plans enough; the strongest first.

    Columns: ``level``, ``answer``, ``unit``, ``input``; ``rank_correlation`` (Spearman, −1 to 1); ``first_order``, the
    part of the answer's variance that the input alone explains (0 to 1); ``low`` and ``high``, the mean of the answer
    over the tenth of the draws in which the input is lowest, and highest.  Answers that never differ are left out.

    Inputs are independent, and only so has an index a meaning: a figure that moves with others is judged by what they
    share and by its own part, each for itself.  The rows without a plan are left out, which bends this a little.

    References
    ----------
    I. M. Sobol', Mathematics and Computers in Simulation 55 (2001), doi:10.1016/S0378-4754(00)00270-6: the index.
    E. Plischke, E. Borgonovo and C. L. Smith, European Journal of Operational Research 226 (2013),
    doi:10.1016/j.ejor.2012.11.047: its estimate from draws that are there, in bins of the input.
    """
    columns = ["level", "answer", "unit", "input", "rank_correlation", "first_order", "low", "high"]
    plans = data[data["status"] == "optimal"]
    parts = [_drivers(rows, units).assign(level=level) for level, rows in plans.groupby("level") if len(rows) >= FEWEST]
    found = [part for part in parts if len(part)]
    if not found:
        return pd.DataFrame(columns=columns)
    whole = pd.concat(found, ignore_index=True)
    order = whole["answer"].map({name: place for place, name in enumerate(units)})
    whole = whole.assign(unit=whole["answer"].map(dict(units)), order=order, size=-whole["rank_correlation"].abs())
    return whole.sort_values(["level", "order", "size"], kind="stable", ignore_index=True)[columns]


def chance_of(plans: int, inputs: int) -> float:
    """How large a rank correlation (0 to 1) chance brings: the strongest of ``inputs`` that move nothing is beyond it
    in one sweep of :data:`ONCE_IN` at most.

    Spearman's correlation of independent numbers has the variance 1 / (n − 1), and is nearly normal; each of the
    inputs is granted its part (Bonferroni).
    """
    return min(1.0, NormalDist().inv_cdf(1 - 1 / (2 * ONCE_IN * max(inputs, 1))) / math.sqrt(max(plans - 1, 1)))


def _drivers(rows: pd.DataFrame, answers: Iterable[str]) -> pd.DataFrame:
    """The same of the plans of one level, in the order of inputs and answers."""
    inputs = [str(name) for name in rows if str(name).startswith(INPUT)]
    differ = [name for name in answers if np.ptp(rows[name].to_numpy(dtype=float)) > 0]
    if not inputs or not differ:
        return pd.DataFrame()
    z, y = (rows[names].to_numpy(dtype=float) for names in (inputs, differ))
    order = np.argsort(z.T, axis=1, kind="stable")
    low, high = _ends(order, y)
    found = {"rank_correlation": _rank_correlations(z, y), "first_order": _first_order(order, y), "low": low,
             "high": high}
    pairs = [(name.removeprefix(INPUT), answer) for name in inputs for answer in differ]
    return pd.DataFrame(pairs, columns=["input", "answer"]).assign(**{n: table.ravel() for n, table in found.items()})


def _rank_correlations(z: Vector, y: Vector) -> Vector:
    """Spearman's rank correlation of each input with each answer: Pearson's of their ranks; (inputs, answers)."""
    one, other = (_standard(pd.DataFrame(values).rank().to_numpy()) for values in (z, y))
    return one.T @ other / len(z)


def _first_order(order: Index, y: Vector) -> Vector:
    """Var(E[y|z]) / Var(y) of each input and answer, from the means of bins of the input; (inputs, answers).

    ``order`` has the draws by each input, from its lowest on; (inputs, draws).  What means of bins differ by chance
    alone is taken off (the adjusted correlation ratio); below 0 is 0.
    """
    draws = len(y)
    bins = max(2, min(BINS, draws // FULL))
    standard = _standard(y)
    edges = np.linspace(0, draws, bins + 1).round().astype(int)
    explained = np.empty((len(order), y.shape[1]))
    for place, rising in enumerate(order):
        sums = np.add.reduceat(standard[rising], edges[:-1], axis=0)
        explained[place] = (sums**2 / np.diff(edges)[:, None]).sum(axis=0) / draws
    left = (1.0 - explained) * (draws - 1) / (draws - bins)
    return np.clip(1.0 - left, 0.0, 1.0)


def _ends(order: Index, y: Vector) -> tuple[Vector, Vector]:
    """Mean of each answer over the tenth of draws in which each input is lowest, and highest; (inputs, answers)."""
    few = max(1, len(y) // 10)
    low, high = (np.stack([y[draws].mean(axis=0) for draws in part]) for part in (order[:, :few], order[:, -few:]))
    return low, high


def _standard(values: Vector) -> Vector:
    centred: Vector = values - values.mean(axis=0)
    size = centred.std(axis=0)
    return centred / np.where(size > 0, size, 1.0)
