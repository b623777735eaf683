"""What the levers of a policy stand on: the rows of a cap, what it looks at, the cones of a cap on concentration."""

from __future__ import annotations

from typing import Any

import numpy as np

from energy_routes.case import BOUNDS, for_family, weights_of_sets
from energy_routes.formulation import Space, capped
from energy_routes.linear import Expr, Program
from energy_routes.maps.live.levers import Lever
from energy_routes.maps.live.packed import packed, stated

ANY = 0.5  # a level, where only the groups of a cap are looked at


def rows_of(space: Space, program: Program, lever: Lever) -> list[int]:
    """The rows of a cap in the programme."""
    head, _, name = lever.path.partition(".")
    start = program.row_slice(head).start
    frame = next(rows for rows in program.rows if rows.name == head).axis.frame
    if head not in BOUNDS:
        return [start + row for row in range(len(frame))]
    bounds = getattr(space.policy, head)
    labels = zip(frame["kind"], frame["group"], frame["family"], strict=True)
    return [start + row for row, (kind, group, family) in enumerate(labels)
            if any((own.kind, own.group, own.name) == (kind, group, name) for own in for_family(bounds, family))]


def measured(space: Space, lever: Lever) -> list[dict[str, Any]]:
    """Of a cap on a share or a volume, a row each: what it looks at, what that is a share of, and the years it counts.

    Both are sums: columns, weights, constant.
    """
    head, _, name = lever.path.partition(".")
    if head not in BOUNDS:
        return []
    bounds = tuple(own for own in getattr(space.policy, head) if own.name == name)
    exposed, total = capped(space, lambda _: bounds)
    years = stated(exposed.axis.data("years"))
    return [{"part": _sum(exposed, row), "whole": _sum(total, row), "years": float(years[row])}
            for row in range(len(exposed.axis))]


def _sum(expr: Expr, row: int) -> dict[str, Any]:
    own = np.asarray(expr.row) == row
    return {"columns": packed(np.asarray(expr.col)[own]), "weights": packed(stated(expr.val)[own]),
            "constant": float(stated(expr.const)[row])}


def cones(space: Space, lever: Lever) -> list[dict[str, Any]]:
    """Of a cap on concentration, by family: the columns of each group's exposure, and the weight of the group."""
    cap = BOUNDS["max_hhi"].one("max_hhi", lever.path.partition(".")[2], ANY)
    risk = weights_of_sets(space.case.network.tables) if cap.weight == "risk" else None
    frame, columns = space.exposure.axis.frame, np.asarray(space.exposure.col)
    out = []
    for family in space.measured:
        if for_family((cap,), family):
            inside = ((frame["kind"] == cap.kind) & (frame["family"] == family)).to_numpy(dtype=bool)
            groups = frame["group"].to_numpy(dtype=object)
            out.append({"family": family, "groups": [
                {"columns": packed(columns[inside & (groups == group)]), "weight": float(risk[group]) if risk else 1.0}
                for group in dict.fromkeys(groups[inside])]})
    return out
