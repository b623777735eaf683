"""What changes from one answer to the next in the loops: figures by their paths, as ``Case.set`` takes them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

import energy_routes as er

Figures = Mapping[str, str]
KINDS = {"arcs": "arc", "supplies": "supply"}
UNITS = {"capacity": "Mt/y", "available": "Mt/y", "tariff": "USD/t"}
MANY, FEW, SEED = 10, 6, 12
LEAST = 2.0  # figures that are scaled; smaller ones would leave what is plausible


def bounds(case: er.Case) -> list[Figures]:
    """Other capacities of some arcs, and other output of some supplies: a tenth more or less at most."""
    return _scaled(case, {"arcs": "capacity", "supplies": "available"}, 0.1)


def costs(case: er.Case) -> list[Figures]:
    """Other tariffs of some arcs, a fifth more or less at most."""
    return _scaled(case, {"arcs": "tariff"}, 0.2)


def infeasible(case: er.Case) -> list[Figures]:
    """More than there is for a home obligation that must be met: no plan."""
    must = case.network.tables["obligations"].query("penalty.isna()")
    return [{f"obligation:{must['id'].iloc[0]}.volume": f"{300 + extra} Mt/y"} for extra in range(MANY)]


def _scaled(case: er.Case, columns: Mapping[str, str], spread: float) -> list[Figures]:
    """Changes that scale the first few figures of each table, which are of oil, each by a factor of its own."""
    draw = np.random.default_rng(SEED)
    base = {}
    for table, column in columns.items():
        frame = case.network.tables[table]
        known = np.isfinite(frame[column].to_numpy(dtype=float)) & (frame[column] > LEAST).to_numpy()
        if table == "arcs":
            known &= (frame["status"] == "operating").to_numpy()
        few = frame[known].head(FEW)
        base |= {(f"{KINDS[table]}:{name}.{column}", UNITS[column]): float(figure)
                 for name, figure in zip(few["id"], few[column], strict=True)}  # fmt: skip
    return [
        {path: f"{figure * draw.uniform(1 - spread, 1 + spread):.6f} {unit}" for (path, unit), figure in base.items()}
        for _ in range(MANY)
    ]


def changed(case: er.Case, figures: Figures) -> er.Case:
    """The case with the figures set."""
    for path, value in figures.items():
        case = case.set(path, value)
    return case
