"""Plans to step through on the map: the kinks of a frontier, the costliest losses of an atlas."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from energy_routes import maps
from energy_routes.answer import Words
from energy_routes.case import BOUNDS, Case, outages_of
from energy_routes.errors import UsageError
from energy_routes.network import Names
from energy_routes.plan import Plan
from energy_routes.solving import solve
from energy_routes.studies.curves.lever import lever_of
from energy_routes.studies.outages.shock import Shock, window

if TYPE_CHECKING:
    from energy_routes.studies.curves.frontier import Frontier
    from energy_routes.studies.outages.stress import Stress

MOST = 12  # steps of a page
WIDE_FIRST = ("transit", "corridor", "chokepoint")  # of losses with the same effect the widest group is shown


def frontier_steps(found: Frontier, lang: str = "en", most: int = MOST) -> tuple[Plan, list[maps.Step]]:
    """The plan without the lever, and the plans at the frontier's points in their order, its ends always among them.

    Each point is solved anew.  Raises the errors of :func:`energy_routes.solve`.
    """
    words = Words.of(lang)
    points = found.points.to_dict("records")
    first, last = points[0]["cap"], points[-1]["cap"]
    lever = lever_of(found.case, found.over, first, last if last != first else first + 1.0,
                     "" if found.unit == "1" else found.unit)
    unit = words.unit(found.case.value_unit)
    steps = [(_label(found, points[at]["cap"], words), lever.compiled.plan_of(lever.at(points[at]["cap"])),
              _opened(points[at], unit, words)) for at in spread(len(points), most)]  # fmt: skip
    return solve(lever.base), steps


def spread(count: int, most: int) -> list[int]:
    """At most ``most`` of ``count`` places, evenly, the first and the last among them."""
    return sorted({round(at) for at in np.linspace(0, count - 1, min(most, count)).tolist()})


def _label(found: Frontier, value: float, words: Words) -> str:
    """"Russia ≤ 92.6 %", or the value with its unit."""
    path = found.over.removeprefix("policy.")
    head, _, rest = path.partition(".")
    rest = words.name(Names(found.case.network.tables).target.get(rest, rest))
    bounds = BOUNDS.get(head)
    if bounds and bounds.measure.percent:
        return f"{rest} {bounds.sign} {words.percent(value, 1)}"
    unit = words.unit(found.unit) if found.unit else ""
    told = f"{rest} {bounds.sign} {words.number(value, 3)}" if bounds else f"{path} = {words.number(value, 2)}"
    return f"{told} {unit}".strip()


def _opened(point: Mapping[Any, Any], unit: str, words: Words) -> str:
    """What the lever costs at a point, which ways open and close there, and which limits begin to bind."""
    told = [words("page.costs", cost=words.number(float(point["cost"]), 1),
                  premium=words.number(float(point["premium_usd_per_t"]), 2), unit=unit)]  # fmt: skip
    for key, column in (("page.opens", "enters"), ("page.closes", "leaves"), ("page.binds", "limits")):
        if isinstance(point[column], str) and point[column]:
            told.append(words(key, what=point[column].replace("; ", ", ")))
    return " ".join(told)


def stress_steps(found: Stress, lang: str = "en", most: int = MOST) -> tuple[Plan, list[maps.Step]]:
    """The calm plan, and the plans after the costliest losses; losses of the same effect are shown once.

    Raises UsageError where oil and gas are in one case: a loss is reckoned for one of them.
    """
    one_family(found.case)
    words = Words.of(lang)
    at, struck, _ = window(found.case, found.onset, found.days)
    shock = Shock(found.case, 0 if found.foreseen else at)
    steps = []
    for row in _distinct(found.outages, most):
        (outage,) = outages_of(found.case.network, [row["what"]], found.case.periods, found.remaining)
        plan = shock.plan_after(outage, struck)
        if plan is not None:
            kind = words.known(f"group.{row['kind']}", str(row["kind"]))
            steps.append((f"{words.name(row['name'])} – {kind}", plan, _lost(row, words)))
    return solve(found.case), steps


def one_family(case: Case) -> None:
    """Raise UsageError where the losses of a case cannot be stepped through."""
    if len(case.families) > 1:
        raise UsageError(f"{case.name} holds {' and '.join(case.families)}, and a loss is reckoned for one of them: "
                         "step through the losses of a model of one family")


def _distinct(outages: pd.DataFrame, most: int) -> list[dict[Any, Any]]:
    """The costliest losses; of those that strand and cost the same, the widest."""
    rows = outages[outages["loss"].notna()]
    rank = rows["kind"].map({kind: at for at, kind in enumerate(WIDE_FIRST)}).fillna(len(WIDE_FIRST))
    effect = rows.assign(width=rank, a=rows["loss"].round(3), b=rows["stranded"].round(5))
    chosen = effect.sort_values(["rank", "width"], kind="stable").sort_values("width", kind="stable")
    chosen = chosen.drop_duplicates(["a", "b"]).sort_values("rank", kind="stable").head(most)
    return chosen.to_dict("records")


def _lost(row: Mapping[Any, Any], words: Words) -> str:
    unit = words.unit(str(row["unit"]))
    told = [words("page.stranded", stranded=words.number(float(row["stranded"]), 2),
                  rerouted=words.number(float(row["rerouted"]), 2), unit=unit,
                  loss=words.number(float(row["loss"]), 0))]  # fmt: skip
    if isinstance(row["rerouted_to"], str) and row["rerouted_to"]:
        told.append(words("page.rerouted_to", what=words.amounts(row["rerouted_to"])))
    if float(row["home_short"]) > 1e-3:
        told.append(words("page.home_short", short=words.number(float(row["home_short"]), 2), unit=unit))
    return " ".join(told)
