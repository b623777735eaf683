"""What the levers of a policy stand on: the rows of a cap, what it looks at, the cones of a cap on concentration.

Of a build: the columns that count its units, by whose bounds it stands or not, and the steps that it opens.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from energy_routes.case import BOUNDS, effects_of, for_family, opened_by_options, weights_of_sets
from energy_routes.formulation import Space, Trade, capped
from energy_routes.linear import Expr, Program
from energy_routes.maps.live.levers import Lever
from energy_routes.maps.live.packed import packed, stated
from energy_routes.pack import by_key

BLOCKS = ("built", "built_part")  # that count units
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


def standing(space: Space, program: Program, lever: Lever, levers: Sequence[Lever]) -> dict[str, Any]:
    """The columns that count the units of an option, whether it can stand in the year of each, and what it needs.

    ``needs`` are the numbers of the levers of the options without which it cannot stand.
    """
    columns: dict[int, bool] = {}  # whether it can stand there
    for block in program.columns:
        if block.name in BLOCKS:
            labels = zip(block.axis.frame["option"], block.axis.frame["open"], strict=True)
            columns |= {block.slice.start + at: bool(is_open) for at, (option, is_open) in enumerate(labels)
                        if option == lever.option}  # fmt: skip
    numbers = {own.path: number for number, own in enumerate(levers)}
    return {"columns": packed(np.array(list(columns), dtype=int)),
            "open": packed(np.array(list(columns.values()), dtype=int)),
            "needs": [numbers[path] for path in lever.needs]}


def _opening(space: Space, levers: Sequence[Lever]) -> dict[str, list[int]]:
    """By arc the numbers of the levers whose options add to it."""
    numbers = {lever.option: number for number, lever in enumerate(levers) if lever.kind == "build"}
    effects = effects_of(space.case.network.tables, list(numbers))
    added = effects.loc[effects["word"] == "arc", ["id", "option"]].itertuples(index=False, name=None)
    return by_key((arc, numbers[option]) for arc, option in added)


def full(space: Space, levers: Sequence[Lever]) -> list[dict[str, Any]]:
    """Whether the old capacity of a widened arc is full: its columns by period, whole numbers, and its levers."""
    if not len(space.widened.axis):
        return []
    opening, arcs = _opening(space, levers), space.full.axis.frame["arc"].to_numpy(dtype=object)
    columns = np.asarray(space.full.col)
    return [{"columns": packed(columns[arcs == arc]), "levers": opening[arc]} for arc in dict.fromkeys(arcs)]


def steps(space: Space, trade: Trade, levers: Sequence[Lever]) -> dict[str, Any] | None:
    """From where to where flows lead, and through which levers alone; None where no option opens anything.

    A step of an arc that options open is there while one of them stands: ``levers`` has their numbers, none where the
    step is there in any case.
    """
    opening = _opening(space, levers)
    if not opening:
        return None
    opened = opened_by_options(space.case.network.edits)
    arcs = space.flow.axis.frame["arc"]
    own = [tuple(opening[arc]) if arc in opened else () for arc in arcs]
    found = list(dict.fromkeys(zip(trade.tail.tolist(), trade.head.tolist(), own, strict=True)))
    tail, head, through = zip(*found, strict=True)
    return {"tail": packed(tail), "head": packed(head), "levers": [list(own) for own in through],
            "sources": packed(trade.sources), "targets": packed(trade.targets)}
