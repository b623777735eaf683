"""What a coalition is worth: the best of sales less real costs of what the seller can move with the arcs of members.

There is one programme for all coalitions.  A coalition is another set of bounds and costs of its columns: an arc that
needs somebody outside is shut, or open at its posted tariff, and an arc of members costs what moving a unit really
costs.  What one member pays another is no cost of the coalition.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal, TypeAlias

import numpy as np

from energy_routes.case import Build, Case, Policy
from energy_routes.formulation import Space
from energy_routes.linear import INF, Columns, Program, Rows, Session, Term, Vector, form_of, optimal, put
from energy_routes.pack import Mask
from energy_routes.studies.games.players import Players
from energy_routes.studies.kinks.shift import highest_prices

Access: TypeAlias = Literal["shut", "open"]
ACCESS: tuple[Access, ...] = ("shut", "open")
ASKED = ("capacity", "joint_limits", "arcs_at_least", "limits_at_least")  # rows whose lower side asks for a flow
KEPT = ("sales", "home_sales", "quality", "lifting", "carbon")  # terms of the netback that a coalition has, too


def game_case(case: Case, options: tuple[str, ...] = ()) -> Case:
    """The case that is bargained over: the netback is sought, and tanks end with what they began with.

    Caps, security, several futures and bookings are wishes of the seller and left out.  Of what could be built, the
    ``options`` stand from the first year on, and nothing else does.
    """
    build = replace(case.policy.build or Build(), options=options, budget=None, earliest="waived") if options else None
    policy = Policy(carbon_price=case.policy.carbon_price, base_prices=case.policy.base_prices, build=build)
    chosen = case.network.chosen("storages", "closing", case.periods)[:, -1]
    rules = zip(case.network.tables["storages"]["id"], chosen, strict=True)
    ends = {f"storage:{name}.closing": "opening" for name, rule in rules if rule in ("free", "value")}
    return replace(case, policy=policy).set_all(ends)


def penalties(space: Space, stated: float | None = None) -> Vector:
    """What a unit of an obligation that is not met costs, USD/t (USD/1000 m³), shape (obligations,).

    Unless ``stated``, the highest price that any market of the family has then, whether a way leads to it or not: so a
    link changes nothing of it.
    """
    if stated is not None:
        return np.full(len(space.obligations), stated)
    owed, periods = space.obligations.labels, [period.label for period in space.case.periods]
    families, when = (owed.words(name).tolist() for name in ("family", "period"))
    highest = {family: dict(zip(periods, highest_prices(space.case, family).tolist(), strict=True))
               for family in set(families)}  # fmt: skip
    return np.array([highest[family][period] for family, period in zip(families, when, strict=True)])


def game_programme(space: Space, program: Program, real: Vector, penalty: Vector) -> Program:
    """The programme of all players together.

    Lanes cost what moving a unit really costs (``real``, shape (lanes,)), and no contract, rebate or least flow stands.
    What can be built is built whole; its capital is no part.  An obligation may go unmet at its ``penalty``.
    """
    terms = [term for term in program.terms if term.name in KEPT]
    terms += [Term("real_costs", "cash", -(space.flow * real)), Term("shortage", "penalty", -(space.short * penalty))]
    columns = tuple(_bounded(block, space) for block in program.columns)
    rows = tuple(_kept_in_tanks(_unasked(each), space) for each in program.rows)
    return replace(program, columns=columns, rows=rows, terms=tuple(terms))


def _bounded(block: Columns, space: Space) -> Columns:
    none = np.zeros(len(block.axis))
    full = {"upper": none, "integer": False}  # added capacity costs what its arc does: no choice is left
    stands = {"lower": block.upper, "integer": False}
    changed: dict[str, dict[str, Any]] = {
        "lifted": {"lower": none}, "short": {"upper": space.obligations.data("volume")},
        "deficiency": {"upper": none + INF}, "widened": full, "full": full, "built": stands, "built_part": stands,
    }  # fmt: skip
    return replace(block, **changed.get(block.name, {}))


def _unasked(rows: Rows) -> Rows:
    return replace(rows, lower=np.where(rows.lower > 0, -INF, rows.lower)) if rows.name in ASKED else rows


def _kept_in_tanks(rows: Rows, space: Space) -> Rows:
    """Tanks end with what they began with, also in the rest of a year, which may have to fill them up."""
    if rows.name != "closing_stock":
        return rows
    tanks = space.storages.frame.assign(opening=space.storages.data("opening"))
    began = tanks[tanks["first"]].set_index("storage")["opening"]
    return replace(rows, lower=rows.axis.frame["storage"].map(began).to_numpy(dtype=float))


def worths(
    space: Space, program: Program, players: Players, real: Vector, access: Access
) -> Vector:
    """What each coalition is worth, MUSD over the horizon, shape (2ⁿ,); ``program`` is that of :func:`game_programme`.

    Each is solved from the basis of all together, so that their order makes no difference.  Without the seller nothing
    is lifted and nothing moves.
    """
    form, flow = form_of(program), space.flow.col
    session = Session(form, brief=True)
    start = optimal(session).basis
    most, cost, posted = form.col_upper[flow], form.cost[flow], space.flow.axis.data("charge") - real

    def solved(usable: Mask) -> float:
        session.basis = start
        if access == "shut":
            session.set_column_bounds(flow, np.zeros(len(flow)), np.where(usable, most, 0.0))
        else:
            session.set_cost(put(form.cost, flow, np.where(usable, cost, cost - posted)), offset=form.offset)
        return optimal(session).objective

    known: dict[bytes, float] = {}
    found = np.zeros(1 << len(players.names))
    sells = np.flatnonzero(np.arange(len(found)) >> players.seller & 1)
    for coalition in sells.tolist():
        usable = players.usable(coalition)
        key = usable.tobytes()
        known[key] = known[key] if key in known else solved(usable)
        found[coalition] = known[key]
    lifted, none = space.lifted.col, np.zeros(len(space.lifted.col))
    session.set_column_bounds(lifted, none, none)
    idle = solved(np.zeros(len(flow), dtype=bool))
    found[~(np.arange(len(found)) >> players.seller & 1).astype(bool)] = idle
    return found
