"""What to loosen where no plan keeps every rule: the cheapest set of limits, in words."""

from __future__ import annotations

from typing import Any

from energy_routes.formulation import Space
from energy_routes.linear import Program, explain_infeasible
from energy_routes.plan import limit_table


def repairs(program: Program, space: Space) -> list[dict[str, Any]]:
    """The cheapest set of limits to loosen in an infeasible case, each with words, volume and period."""
    limits = limit_table(space, program).query("repair > 0").groupby("block", sort=False)
    rows: dict[str, list[Any]] = {str(block): list(own.itertuples()) for block, own in limits}
    prices = {block: float(own[0].repair) for block, own in rows.items()}
    out = []
    for found in explain_infeasible(program, list(prices), prices):
        row = rows[found["block"]][found["row"]]
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
