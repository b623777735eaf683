"""The limits of a programme in the words of the field: which rows and bounds they are, and what they are called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from energy_routes.formulation import Space
from energy_routes.linear import Program, Vector, explain_infeasible
from energy_routes.network import Names

# Row block (or column block) → kind of limit, key column, and whether a repair may loosen it.
BLOCKS: Mapping[str, tuple[str, str]] = {
    "capacity": ("capacity", "arc"),
    "joint_limits": ("joint", "limit"),
    "joint_ratios": ("joint", "limit"),
    "market_depth": ("market", "market"),
    "obligations": ("obligation", "obligation"),
    "contracts": ("contract", "contract"),
    "working_volume": ("storage", "storage"),
    "injection": ("storage", "storage"),
    "withdrawal": ("storage", "storage"),
    "closing_stock": ("storage", "storage"),
    "max_share": ("policy", "group"),
    "max_exposure": ("policy", "group"),
    "hold_exports": ("policy", "family"),
    "secure": ("policy", "outage"),
    "max_emissions": ("policy", "window"),
    "supply_with_options": ("supply", "supply"),
    "lifted": ("supply", "supply"),
}
STRUCTURE = ("balance", "stock_balance", "exports", "exposure", "max_hhi")
# What ties builds to each other and to what moves in added capacity.
BUILT = (
    "standing", "chains", "budget", "arcs_at_least", "limits_at_least", "beyond_old", "within_added", "only_when_full",
)  # fmt: skip
# What security and bookings tie to the plan: no limits of its own.
LINKS = (
    "stranded", "released_stock", "released_rate", "unforeseen", "hold_window", "booked_capacity", "shortfall", "tail",
)  # fmt: skip
# Kind of limit → the names of :class:`Names` that it is called by, and what a block adds to them.
NAMED_BY: Mapping[str, str] = {
    "capacity": "arc", "joint": "limit", "market": "market", "obligation": "obligation", "contract": "contract",
    "storage": "storage", "supply": "supply",
}  # fmt: skip
SUFFIX: Mapping[str, str] = {
    "working_volume": ", full", "injection": ", injection", "withdrawal": ", withdrawal",
    "closing_stock": ", closing stock",
}  # fmt: skip
# What a repair pays for a tonne of each limit: a cap is only a wish, a contract or a market can be talked to, steel is
# steel, and nobody leaves the home refineries dry first.
PRICE_OF_LOOSENING: Mapping[str, float] = {
    "max_share": 1, "max_exposure": 1, "max_hhi": 1, "secure": 1, "max_emissions": 1, "hold_exports": 2,
    "contracts": 4, "market_depth": 4, "closing_stock": 4,
    "capacity": 6, "joint_limits": 6, "joint_ratios": 6, "working_volume": 6, "injection": 6, "withdrawal": 6,
    "lifted": 8, "supply_with_options": 8, "obligations": 50,
}  # fmt: skip
COLUMNS = ["block", "position", "sign", "kind", "limit", "name", "family", "period", "lower", "upper", "unit"]
# Rules that write some of their rows as the negative of the limit, to have one form for both sides: those rows.
NEGATED: Mapping[str, tuple[str, str]] = {"joint_ratios": ("side", "low"), "contracts": ("kind", "firm")}
# What one more of a limit is measured in: of these blocks by themselves, of all others a unit of volume of the family.
# The level of the first two stands in coefficients, and moves by a hundredth.
PRICE_UNITS: Mapping[str, str] = {
    "max_share": "MUSD per pp", "max_hhi": "MUSD per 0.01", "max_emissions": "USD/tCO2e",
}  # fmt: skip
VALUE_UNITS: Mapping[str, str] = {"oil": "USD/t", "gas": "USD/1000m3", "all": "USD/USD", "": ""}
A_PRICE = (
    "The worth of one more of a limit is the right derivative of the optimal value in that bound alone. It is 0 where "
    'more would not be used, and "no plan" where the move is impossible. A row over a year says what one more a year '
    "of the limit, in force in every period, is worth."
)
ONE_OF_SEVERAL, NO_PLAN = "one of several", "no plan"  # what is noted of a price that is no derivative, or is none
# Limits that are levels, not rates: one more of them is there in every period at once, and is counted once.
LEVELS = ("working_volume", "closing_stock", "max_share")


def limit_table(space: Space, program: Program) -> pd.DataFrame:
    """One row a limit and period: its block and position in the programme, kind, id, name, bounds, unit of volume.

    ``position`` counts rows of the programme, or columns for the supplies.  ``lower`` and ``upper`` are those of the
    limit; its row in the programme holds the same times ``sign`` (±1).
    """
    frames = []
    start, called = 0, Names(space.case.network.tables)
    for rows in program.rows:
        if not structural(rows.name):
            frames.append(_describe(space, called, rows.name, rows.axis.frame, start, rows.lower, rows.upper))
        start += len(rows)
    lifted = program.column_block("lifted")
    least = np.where(lifted.lower > 0, lifted.lower, -np.inf)  # that nothing goes back is no limit
    told = _describe(space, called, "lifted", lifted.axis.frame, lifted.start, least, lifted.upper)
    wide = [rows.axis.frame for rows in program.rows if rows.name == "supply_with_options"]
    if wide:  # what an option adds to has a row of its own
        own = set(zip(wide[0]["supply"], wide[0]["period"], strict=True))
        told = told[[key not in own for key in zip(told["limit"], told["period"], strict=True)]]
    frames.append(told)
    return pd.concat([f for f in frames if len(f)] or [pd.DataFrame(columns=COLUMNS)], ignore_index=True)


def structural(block: str) -> bool:
    """Whether a block of rows is no limit of the plan itself: accounts, links, and the copies of recourse."""
    return block in STRUCTURE or block in BUILT or block in LINKS or "@" in block


def _describe(
    space: Space, called: Names, block: str, labels: pd.DataFrame, start: int, lower: Vector, upper: Vector
) -> pd.DataFrame:
    kind, key = BLOCKS.get(block, ("user", ""))
    ids = list(labels[key].astype(str)) if key else [block] * len(labels)
    known: Mapping[str, str] = getattr(called, NAMED_BY[kind]) if kind in NAMED_BY else {}
    names = [known.get(i, i) + SUFFIX.get(block, "") for i in ids]
    if block == "market_depth":
        names = [f"{name}, tier {tier}" for name, tier in zip(names, labels["tier"], strict=True)]
    elif kind == "policy":
        names = _policy_names(block, labels, called)
    period = labels.get("period", labels.get("window", "horizon"))
    family = labels["family"] if "family" in labels else _only_family(space)
    column, value = NEGATED.get(block, ("", ""))
    sign = np.where(labels[column] == value, -1.0, 1.0) if column else np.ones(len(labels))
    lower, upper = np.where(sign > 0, lower, -upper), np.where(sign > 0, upper, -lower)
    frame = pd.DataFrame(
        {
            "block": block,
            "position": start + np.arange(len(labels)),
            "sign": sign,
            "kind": kind,
            "limit": np.asarray(ids, dtype=object),
            "name": np.asarray(names, dtype=object),
            "family": np.asarray(family) if np.ndim(family) else family,
            "period": np.asarray(period) if np.ndim(period) else period,
            "lower": lower,
            "upper": upper,
        }
    )
    units = {"oil": "Mt", "gas": "bcm", "all": "MUSD", "": ""}
    unit = "MtCO2e" if block == "max_emissions" else frame["family"].map(units)
    return frame.assign(unit=unit)[COLUMNS]


def price_unit(block: str, family: str) -> str:
    """The unit of the worth of one more of a limit of a block."""
    return PRICE_UNITS.get(block, VALUE_UNITS.get(family, ""))


def _policy_names(block: str, labels: pd.DataFrame, called: Names) -> list[str]:
    if block == "hold_exports":
        return [f"exports of {family} held" for family in labels["family"]]
    if block == "max_emissions":
        return ["cap on emissions"] * len(labels)
    if block == "secure":
        parts = [outage.split(" & ") for outage in labels["outage"]]
        lost = [" & ".join(called.target.get(part, part) for part in own) for own in parts]
        sold = [f" of {called.market.get(market, market)}" if market else "" for market in labels["market"]]
        return [f"what may be lost with {outage}{market}" for outage, market in zip(lost, sold, strict=True)]
    word = {"max_share": "share", "max_exposure": "volume"}[block]
    keys = [f"{kind}:{group}" for kind, group in zip(labels["kind"], labels["group"], strict=True)]
    return [f"cap on the {word} of {called.target.get(key, key)}" for key in keys]


def _only_family(space: Space) -> str:
    """The family of a rule that names none (a user's own): the case's, or blank where there are several."""
    families = space.exports.axis.frame["family"].unique()
    return str(families[0]) if len(families) == 1 else ""


def repairs(program: Program, space: Space) -> list[dict[str, Any]]:
    """The cheapest set of limits to loosen in an infeasible case, each with words, volume and period."""
    table = limit_table(space, program)
    where = {(row.block, row.position): row for row in table.itertuples()}
    starts = {rows.name: program.row_slice(rows.name).start for rows in program.rows}
    starts["lifted"] = program.column_block("lifted").start
    out = []
    for found in explain_infeasible(program, [b for b in BLOCKS if b in starts], PRICE_OF_LOOSENING):
        row: Any = where[found["block"], starts[found["block"]] + found["row"]]
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
