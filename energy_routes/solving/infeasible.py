"""Where no plan keeps every rule: the cheapest limits to loosen, and limits that contradict each other, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from energy_routes.case import Concentration, for_family
from energy_routes.formulation import CAP, CUT, Limit, Link, Space, declared, max_hhi, tangents
from energy_routes.linear import Columns, Cone, Program, Rows, Vector, explain_infeasible, minimal_conflict
from energy_routes.network import Names
from energy_routes.plan import limit_table
from energy_routes.solving.cutting_planes import CONE

OTHER_SIDE: Mapping[str, str] = {"upper": "lower", "lower": "upper"}


def repairs(program: Program, space: Space) -> list[dict[str, Any]]:
    """The cheapest set of limits to loosen in an infeasible case, each with words, volume and period."""
    limits = limit_table(space, program).query("repair > 0").groupby("block", sort=False)
    rows: dict[str, list[Any]] = {str(block): list(own.itertuples()) for block, own in limits}
    prices = {block: float(own[0].repair) for block, own in rows.items()}
    out = []
    for found in explain_infeasible(program, list(prices), prices):
        row = rows[found["block"]][found["row"]]
        amount = float(found["amount"])
        side = found["side"] if row.sign > 0 else OTHER_SIDE[found["side"]]
        direction = "more" if side == "upper" else "less"
        words = f"{row.name} ({row.period}): {amount:.4g} {row.unit} {direction}"
        out.append(_member(row, side) | {"amount": amount, "words": words})
    return out


def conflict(program: Program, space: Space) -> list[dict[str, Any]]:
    """Limits that cannot be kept together, though all of them but any one can be; all other limits are left aside.

    A cap on concentration is one limit, whatever cuts stand for it; builds may be built in part.  What adds volumes up
    always holds.  Empty where only whole builds are in the way, or where what always holds has no plan.
    Returns one mapping a limit: ``limit``, ``kind``, ``name``, ``period``, ``side`` (lower, upper, crossed), ``bound``
    (both of crossed ones; None where the level stands in coefficients), ``unit``, and ``words``.
    Raises SolverError where it cannot be verified.
    """
    bare = replace(program, rows=tuple(block for block in program.rows if block.name != CUT))
    limits = limit_table(space, bare, _member_limit)
    rows = {str(block): list(own.itertuples()) for block, own in limits.groupby("block", sort=False)}
    blocks: dict[str, Rows | Columns] = {
        block.name: block for part in (bare.rows, bare.columns) for block in part if block.name in rows
    }
    # What the user wishes for gives way first in a repair; of several conflicts the one that has it tells him most.
    repair = limits.groupby("block", sort=False)["repair"].first().sort_values(ascending=False, kind="stable")
    called = Names(space.case.network.tables).target
    return [
        _told(rows[found["block"]][found["row"]], blocks[found["block"]], found, called) if "block" in found else found
        for found in minimal_conflict(bare, [blocks[str(name)] for name in repair.index], list(_cones(space)))
    ]


def _member_limit(block: Rows | Columns) -> Limit | None:
    """What a block of rows is as a member of a conflict: limits, after a loss too, and links that people set."""
    told = declared(block)
    if isinstance(told, Limit):
        return told
    if isinstance(told, Link) and told.name:
        return Limit(told.of, key=block.axis.frame.columns[0], name=told.name, unit=told.unit)
    return None


def _told(row: Any, block: Rows | Columns, found: Mapping[str, Any], called: Mapping[str, str]) -> dict[str, Any]:
    """A member of a conflict in words."""
    limit, after = _member_limit(block), block.name.partition("@")[2]
    assert limit is not None
    told = _member(row, found["side"] if row.sign > 0 else OTHER_SIDE.get(found["side"], found["side"]))
    if after:
        told["name"] += f" after {called.get(after, after)}"
    if limit.ratio:
        told |= {"bound": None, "unit": ""}
    elif limit.gain is not None:
        told |= {"bound": 100 * float(block.axis.data("level")[found["row"]]), "unit": "%"}
    elif found["side"] == "crossed":
        told["bound"] = (float(row.lower), float(row.upper))
    else:
        told["bound"] = float(found["bound"]) * float(row.sign)
    return told | {"words": f"{told['name']} ({told['period']}){_level(told)}"}


def _level(told: Mapping[str, Any]) -> str:
    """``": at most 5 Mt"``; blank where the level stands in coefficients."""
    bound, side = told["bound"], told["side"]
    if bound is None:
        return ""
    if side == "crossed":
        return f": at least {bound[0]:.4g} {told['unit']} and at most {bound[1]:.4g} {told['unit']}"
    return f": at {'most' if side == 'upper' else 'least'} {bound:.4g} {told['unit']}"


def _member(row: Any, side: str) -> dict[str, Any]:
    """A limit of the table of limits, as an error hands it out."""
    return {
        "limit": row.limit, "kind": row.kind, "name": row.name, "period": str(row.period), "side": side,
        "unit": row.unit,
    }  # fmt: skip


def _cones(space: Space) -> Iterator[Cone]:
    """The caps on concentration, each with what cuts off a point beyond it."""
    for family in space.measured:
        for cap in for_family(space.policy.max_hhi, family):
            name = CAP.name.format(cap=cap.name)
            told = {"limit": f"hhi:{cap.name}", "kind": CAP.kind, "name": name, "period": "horizon", "side": "upper",
                    "unit": "", "bound": cap.cap,
                    "words": f"{name} of {family} (horizon): an HHI of at most {cap.cap:.4g}"}  # fmt: skip
            yield Cone(told, partial(_cut, space, cap, family))


def _cut(space: Space, cap: Concentration, family: str, x: Vector) -> Rows | None:
    """The tangent of a cap at a point beyond it; None inside."""
    found = [one for one in tangents(space, x, CONE) if (one.cap, one.family) == (cap, family)]
    return max_hhi(space, found) if found else None
