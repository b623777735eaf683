"""The terms of the netback under their names in the ledger, and what one unit of a variable adds to the sheet."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from energy_routes.case import Objective
from energy_routes.errors import LabelError
from energy_routes.formulation.recipe import NETBACK
from energy_routes.formulation.space.space import Space
from energy_routes.indicators import LINES, ledger_term
from energy_routes.linear import Expr, Program, Term, Vector

Sheet = dict[str, float]  # line of the netback sheet → money, costs negative


def ledger_terms(space: Space, objective: Objective = "netback") -> tuple[Term, ...]:
    """The terms of an objective, in MUSD, income positive.  Raises LabelError for one that the ledger does not define.

    Of a netback these are all, of least cost those that are no income.
    """
    sought = [term for term in NETBACK if objective in ledger_term(term.__name__).sought]
    return tuple(ledger_entry(term.__name__, term(space)) for term in sought)


def ledger_entry(name: str, expr: Expr) -> Term:
    """A term of the kind that the ledger defines.  Raises LabelError for a name that it does not."""
    return Term(name, ledger_term(name).kind, expr)


def cash(space: Space) -> tuple[Expr, ...]:
    """The terms that are paid or received, in MUSD; the netback is their sum."""
    return tuple(term.expr for term in ledger_terms(space) if term.kind == "cash")


def netback(space: Space, x: Vector) -> float:
    """Cash netback of a point, MUSD."""
    return float(sum(float(expr.value(x).sum()) for expr in cash(space)))


def netback_terms(space: Space, program: Program) -> tuple[Term, ...]:
    """The terms of the netback, whatever is sought; those of its ``program``, where that seeks it."""
    if space.policy.objective != "netback":
        return ledger_terms(space)
    bets = {bet.name for bet in space.bets}  # what several futures add is none of the plan's own
    return tuple(term for term in program.terms if term.name not in bets)


def on_the_sheet(space: Space, terms: Sequence[Term]) -> list[tuple[str, Expr]]:
    """Lines of the netback sheet with the terms that stand on them, in MUSD, in the order of the ledger.

    Raises LabelError where one is paid for anything but lanes, supplies, sales and home deliveries: no route could
    carry it.
    """
    lines = [(ledger_term(term.name).line, term.expr) for term in terms]
    ways = _ways(space)
    carried = np.zeros(space.builder.size, dtype=bool)
    carried[np.concatenate([way.col for way in ways.values()])] = True
    for line, expr in lines:
        if line and (not carried[expr.col[expr.val != 0.0]].all() or expr.const.any()):
            raise LabelError(f"a term over {expr.axis.name!r} stands on the line {line!r} of the netback sheet; "
                             f"expected one over {', '.join(ways)} alone. Leave its line blank in LEDGER: it is the "
                             "plan's, and no route's.")
    return [(line, expr) for line, expr in lines if line]


def per_unit(space: Space, sheet: Sequence[tuple[str, Expr]]) -> Vector:
    """What one unit of each variable adds to each line of the sheet, USD/t (USD/1000 m³); shape (lines, columns)."""
    money = np.zeros((len(LINES), space.builder.size))
    for line, expr in sheet:
        money[LINES.index(line)] += expr.coefficients(space.builder.size)
    return money


def sheets(space: Space) -> dict[str, list[Sheet]]:
    """What one unit of each lane, supply, sale and home delivery adds to the sheet, USD/t (USD/1000 m³).

    Keys: flow, lifted, delivered, home; in each the labels in the order of its axis, lines of 0 left out.
    """
    money = per_unit(space, on_the_sheet(space, ledger_terms(space)))
    return {
        name: [{line: value for line, value in zip(LINES, row, strict=True) if value}
               for row in money[:, way.col].T.tolist()]
        for name, way in _ways(space).items()
    }  # fmt: skip


def _ways(space: Space) -> dict[str, Expr]:
    """What a route is made of."""
    return {"flow": space.flow, "lifted": space.lifted, "delivered": space.delivered, "home": space.home}
