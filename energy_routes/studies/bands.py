"""The bands of a number of a plan, over draws of its figures, and of what it changes against another plan.

Of a change it is the same draw of the figures in both cases, and the difference.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from energy_routes.errors import UsageError
from energy_routes.plan import BANDS, Plan
from energy_routes.solving import Ask, known, refuse_own_rules
from energy_routes.studies.draws.draws import bands
from energy_routes.studies.draws.points import Design
from energy_routes.studies.study import Progress, silent
from energy_routes.studies.sweeps.experiment import DEFAULT
from energy_routes.studies.sweeps.statistics import USED
from energy_routes.studies.sweeps.sweep import Sweep, sweep
from energy_routes.studies.sweeps.workers.workers import Workers

CHANGES = ("what", "kind", "group", "name", "family", "value", "p10", "p50", "p90", "more", "less", "unit", "draws",
           "plans")  # fmt: skip


def with_bands(
    plan: Plan,
    draws: int | None = None,
    *,
    seed: int = 1,
    design: Design = "independent",
    workers: Workers | None = None,
    progress: Progress | None = None,
) -> Plan:
    """A plan with its bands; see :meth:`energy_routes.Plan.with_bands`."""
    return banded(plan, drawn(plan, draws, seed=seed, design=design, workers=workers, progress=progress))


def drawn(
    plan: Plan,
    draws: int | None,
    *,
    seed: int = 1,
    design: Design = "independent",
    workers: Workers | None = None,
    progress: Progress | None = None,
) -> Sweep:
    """The sweep that the bands of a plan are of.

    Raises UsageError where no draw is asked for, or the plan is not the best one by the rules of its case.
    """
    if draws == 0:
        raise UsageError("bands of 0 draws are asked for; expected 1 or more")
    refuse_own_rules(plan, "draws of the case are solved")
    case = plan.case
    arcs = [name for name, ask in known(case).items() if (ask.what, ask.kind) == ("volume", "arc")]
    return sweep(case, draws, seed=seed, design=design, ask=(DEFAULT, *arcs), workers=workers, progress=progress)


def banded(plan: Plan, found: Sweep) -> Plan:
    """A plan with the bands of a sweep of its case."""
    table = pd.DataFrame(_rows_of(plan, found), columns=list(BANDS))
    return replace(plan, parts=plan.parts.but(bands=lambda: table))


def _rows_of(plan: Plan, found: Sweep) -> Iterator[dict[str, Any]]:
    measures, asks, called = found.experiment.measures, found.experiment.compiled.asks, names_of(plan)
    stated = dict(zip(measures.ask, measures.of_plan(plan), strict=True))
    for row in found.summary.to_dict("records"):
        ask = asks[row["answer"]]
        own = {"value": stated[row["answer"]], "draws": row["rows"], "name": called.get((ask.kind, ask.group), "")}
        yield {**{key: row.get(key) for key in BANDS}, **ask._asdict(), **own}


def names_of(plan: Plan) -> dict[tuple[str, str], str]:
    """What groups and arcs are called, by kind and id."""
    groups, arcs = plan.groups.drop_duplicates(["kind", "group"]), plan.arcs.drop_duplicates("arc")
    return {**dict(zip(zip(groups["kind"], groups["group"], strict=True), groups["name"], strict=True)),
            **dict(zip((("arc", arc) for arc in arcs["arc"]), arcs["name"], strict=True))}


def both_banded(
    before: Plan, after: Plan, draws: int, seed: int, workers: Workers | None, progress: Progress | None
) -> tuple[Plan, Plan, pd.DataFrame]:
    """Two plans with their bands, and those of the change; without draws the plans as they are, and no row.

    ``value`` is the change of the plans as stated; ``p10``, ``p50``, ``p90`` are over the draws with a plan in both
    cases (``plans``); ``more`` and ``less`` are the shares of these in which it rises and falls.
    """
    if draws == 0:
        return before, after, pd.DataFrame(columns=list(CHANGES))
    told = progress or silent
    old = drawn(before, draws, seed=seed, workers=workers, progress=lambda done, _: told(done, 2 * draws))
    new = drawn(after, draws, seed=seed, workers=workers, progress=lambda done, _: told(draws + done, 2 * draws))
    table = pd.DataFrame(_rows_between(before, after, old, new), columns=list(CHANGES))
    return banded(before, old), banded(after, new), table


def _rows_between(before: Plan, after: Plan, old: Sweep, new: Sweep) -> Iterator[dict[str, Any]]:
    (was, stated), (now, told) = _answers(old, before), _answers(new, after)
    planned = ((old.data["status"] == "optimal") & (new.data["status"] == "optimal")).to_numpy()
    called, units = names_of(before) | names_of(after), old.units
    same = set(before.case.families) == set(after.case.families)
    for ask in (ask for ask in was if ask in now and ask.kind in ("", "corridor", "market") and ask.what != "share"):
        if ask.what in ("netback", "objective") and not same:
            continue  # oil is not taken from gas
        moved = (new.data[now[ask]] - old.data[was[ask]]).to_numpy(dtype=float)[planned]
        yield {
            **ask._asdict(), "name": called.get((ask.kind, ask.group), ""), "value": told[ask] - stated[ask],
            **dict(zip(("p10", "p50", "p90"), bands(moved), strict=True)),
            "more": _share(moved > USED), "less": _share(moved < -USED), "unit": units[was[ask]],
            "draws": len(planned), "plans": int(planned.sum()),
        }  # fmt: skip


def _answers(found: Sweep, plan: Plan) -> tuple[dict[Ask, str], dict[Ask, float]]:
    """The name of each answer of a sweep, and what the plan as stated has of it."""
    measures, asks = found.experiment.measures, found.experiment.compiled.asks
    named = {asks[name]: name for name in measures.ask}
    return named, dict(zip(named, measures.of_plan(plan), strict=True))


def _share(found: np.ndarray[Any, np.dtype[np.bool_]]) -> float:
    return float(found.mean()) if len(found) else float("nan")
