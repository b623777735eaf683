"""Which figures of a case are drawn, how wide, and what they move with: from their grades of confidence.

How far a figure may be off is stated by grade in ``data/draws/spreads.csv``, what moves together in
``data/draws/together.csv``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from energy_routes.case import Case
from energy_routes.errors import UsageError
from energy_routes.network import Network
from energy_routes.pack import parse_unit, to_inner

TABLES = ("arcs", "lanes", "supplies", "markets", "tiers", "differentials", "limits", "contracts")
OF_BUILDS = {"options": ("capex",)}  # what else is drawn where a case may build; the size of a project is its design
SHARED = {"tiers": 1}  # tables of which all rows with the same first part of their key move as one
WHOLE = ("mode", "arc", "commodity", "family")  # columns that a rule names whole, not by a part


@dataclass(frozen=True)
class Figure:
    """One number that is drawn: ``spread`` is half of P10–P90, a share of it (lognormal) or in its inner unit (normal).

    ``factor`` ('' for none) moves ``share`` (0–1) of its variance; ``own`` names the stream of the rest.
    """

    table: str
    id: str
    field: str
    confidence: str
    shape: str
    spread: float
    factor: str
    share: float
    own: str


def figures_of(case: Case, spreads: pd.DataFrame, together: pd.DataFrame) -> Iterator[Figure]:
    """The figures that are drawn, in the order of the tables of the packs.

    Raises UsageError where ``spreads`` has no column for a grade that a pack uses.
    """
    network = case.network
    asked = {(edit.table, edit.id, edit.field) for edit in network.edits if edit.op == "set"}
    for table in (*TABLES, *(OF_BUILDS if case.policy.build is not None else ())):
        frame = network.tables[table]
        for field in (name for name in spreads.index if name in OF_BUILDS.get(table, tuple(frame))):
            grades = _grades(network, case, table, field)
            base = network.resolve(table, field, case.periods)
            families = network.family_of(table) if "id" in frame else {}
            labelled = frame.assign(family=[families.get(name, "") for name in network.ids(table)])
            factors = _factors(labelled, together[(together["table"] == table) & (together["field"] == field)])
            width = spreads.loc[field].to_dict()
            shape, unit = str(width["shape"]), str(width["unit"])
            for at, name in enumerate(network.ids(table)):
                numbers = base[at][np.isfinite(base[at])]
                spread = _widest(grades[name], width)
                idle = table == "limits" and not frame["in_force"].iloc[at]
                known = (table, name, field) in asked or not len(numbers) or spread == 0.0 or not numbers.any()
                if idle or known:
                    continue
                scale = _per_unit(network, frame.iloc[at], unit) if shape == "normal" else 1.0
                own = f"{table}/{'/'.join(name.split('/')[: SHARED.get(table, 99)])}/{field}"
                told = ";".join(sorted(grades[name]))
                yield Figure(table, name, field, told, shape, spread * scale, *factors[at], own)


def _grades(network: Network, case: Case, table: str, field: str) -> dict[str, set[str]]:
    """The grades of confidence of each row's number in the horizon: of its dated rows, else of its own row."""
    dated = network.tables["values"]
    mine = dated[(dated["table"] == table) & (dated["field"] == field)]
    out: dict[str, set[str]] = {}
    for name, period, grade in zip(mine["id"], mine["period"], mine["confidence"], strict=True):
        if any(p.touches(period) for p in case.periods):
            out.setdefault(str(name), set()).add(str(grade))
    for name, grade in zip(network.ids(table), network.tables[table]["confidence"], strict=True):
        out.setdefault(name, {str(grade)})
    return out


def _widest(grades: Iterable[str], width: Mapping[str, Any]) -> float:
    """The largest spread among some grades; what is given by the user ('given') is not drawn."""
    unknown = [grade for grade in grades if grade not in width and grade != "given"]
    if unknown:
        raise UsageError(f"spreads.csv has no column for the confidence {unknown[0]!r}")
    return max((float(width[grade]) for grade in grades if grade != "given"), default=0.0)


def _factors(frame: pd.DataFrame, rules: pd.DataFrame) -> list[tuple[str, float]]:
    """(factor, share) of each row: of the first rule whose text its column contains."""
    out: list[tuple[str, float]] = [("", 0.0)] * len(frame)
    for rule in rules[::-1].to_dict("records"):
        column, wanted = str(rule["column"]), str(rule["contains"])
        for at, text in enumerate(frame[column].fillna("").astype(str)):
            if text == wanted or (column not in WHOLE and wanted in text):
                out[at] = (str(rule["factor"]), float(rule["share"]))
    return out


def _per_unit(network: Network, row: pd.Series[str], unit: str) -> float:
    """One of the unit of a spread, in the inner unit of the row's commodity."""
    if unit == "share":
        return 1.0
    facts = network.tables["commodities"].set_index("id").loc[row["commodity"]]
    own = parse_unit(unit, "unit_value", network.families[str(facts["family"])])
    return float(to_inner(1.0, own, "unit_value", bbl_per_t=facts["bbl_per_t"], mj_per_m3=facts["mj_per_m3"]))
