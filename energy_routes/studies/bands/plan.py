"""The bands of a number of a plan: its netback, exports, groups and arcs over draws of its figures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pandas as pd

from energy_routes.case import Case
from energy_routes.errors import UsageError
from energy_routes.plan import BANDS, Plan
from energy_routes.solving import known
from energy_routes.studies.draws.points import Design
from energy_routes.studies.study import Progress
from energy_routes.studies.sweeps.experiment import DEFAULT
from energy_routes.studies.sweeps.sweep import Sweep, sweep
from energy_routes.studies.sweeps.workers.workers import Workers


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
    return banded(plan, drawn(plan.case, draws, seed=seed, design=design, workers=workers, progress=progress))


def drawn(
    case: Case,
    draws: int | None,
    *,
    seed: int = 1,
    design: Design = "independent",
    workers: Workers | None = None,
    progress: Progress | None = None,
) -> Sweep:
    """The sweep that the bands of a plan of a case are of.  Raises UsageError where no draw is asked for."""
    if draws == 0:
        raise UsageError("bands of 0 draws are asked for; expected 1 or more")
    arcs = [name for name, ask in known(case).items() if (ask.what, ask.kind) == ("volume", "arc")]
    return sweep(case, draws, seed=seed, design=design, ask=(DEFAULT, *arcs), workers=workers, progress=progress)


def banded(plan: Plan, found: Sweep) -> Plan:
    """A plan with the bands of a sweep of its case."""
    table = pd.DataFrame(_rows(plan, found), columns=list(BANDS))
    return replace(plan, parts=plan.parts.but(bands=lambda: table))


def _rows(plan: Plan, found: Sweep) -> Iterator[dict[str, Any]]:
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
