"""What to loosen where no plan keeps every rule: the cheapest set of limits, in words."""

from __future__ import annotations

from typing import Any

from energy_routes.formulation import Space, limit_of
from energy_routes.linear import Columns, Program, Rows, explain_infeasible
from energy_routes.plan import limit_table


def repairs(program: Program, space: Space) -> list[dict[str, Any]]:
    """The cheapest set of limits to loosen in an infeasible case, each with words, volume and period."""
    lifted = program.column_block("lifted")
    blocks: list[Rows | Columns] = [*program.rows, lifted]
    prices = {block.name: limit.repair for block in blocks if (limit := limit_of(block)) is not None and limit.repair}
    starts = {rows.name: program.row_slice(rows.name).start for rows in program.rows}
    starts["lifted"] = program.shape[0] + lifted.start
    where = {row.at: row for row in limit_table(space, program).itertuples()}
    out = []
    for found in explain_infeasible(program, list(prices), prices):
        row: Any = where[starts[found["block"]] + found["row"]]
        amount = float(found["amount"])
        side = found["side"] if row.sign > 0 else {"upper": "lower", "lower": "upper"}[found["side"]]
        direction = "more" if side == "upper" else "less"
        out.append(
            {
                "limit": row.limit,
                "kind": row.kind,
                "name": row.name,
                "period": str(row.period),
                "side": side,
                "amount": amount,
                "unit": row.unit,
                "words": f"{row.name} ({row.period}): {amount:.4g} {row.unit} {direction}",
            }
        )
    return out
